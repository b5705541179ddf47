"""The report: one HTML page that holds everything, in all languages, and needs no network."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from sim.analysis.summary import Comparison, Summary
from sim.messages import LANGUAGES
from sim.record.store import StudyRecords
from sim.report.blocks import Article, Pictures
from sim.report.chapters import sections
from sim.report.drawing import draw_figures
from sim.report.material import Material
from sim.report.words import Words

PAGE, FIGURES = "report.html", "figures"
# A drawing larger than this goes into the page as PNG, which does not grow with the number of communes.
LARGEST_SVG_BYTES = 150_000
MEDIA_TYPES = {".svg": "image/svg+xml", ".png": "image/png"}


def write_report(
    folder: Path,
    study_records: StudyRecords,
    summaries: Mapping[str, Summary],
    comparison: Comparison | None,
    languages: Sequence[str] = LANGUAGES,
) -> Path:
    """Write ``report.html`` and the figures of a study into its results folder; returns the path of the page.

    ``summaries`` are by alternative, the base first. The first language is the one shown at opening.
    Raises OSError when the folder cannot be written.
    """
    material = Material(study_records, summaries, comparison)
    drawn = draw_figures(folder / FIGURES, material, languages)
    articles = [article(material, material.words(language), drawn[language]) for language in languages]
    path = folder / PAGE
    path.write_text(page_html(articles), encoding="utf-8", newline="\n")
    return path


def write_figures(
    folder: Path,
    study_records: StudyRecords,
    summaries: Mapping[str, Summary],
    comparison: Comparison | None,
    languages: Sequence[str] = LANGUAGES,
) -> list[Path]:
    """Write the figures alone, as PNG and SVG in each language; returns all paths."""
    drawn = draw_figures(folder, Material(study_records, summaries, comparison), languages)
    svgs = [path for pictures in drawn.values() for path in pictures.values()]
    return [path for svg in svgs for path in (svg, svg.with_suffix(".png"))]


def article(material: Material, words: Words, pictures: Pictures) -> Article:
    """The page in one language."""
    study = material.study
    return Article(
        language=words.language,
        language_name=words("language.name"),
        title=words.own(study.get("title")) or str(study["name"]),
        subtitle=material.period(words),
        remark=words("page.no_answer_warning"),
        contents_title=words("page.contents"),
        swipe=words("page.swipe"),
        footer=words("page.footer", version=material.base_records.manifest.get("haicap_version", "")),
        sections=sections(material, words, pictures),
    )


def page_html(articles: Sequence[Article]) -> str:
    """The articles as one HTML page with a switch between their languages."""
    environment = Environment(
        loader=PackageLoader("sim.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_unbroken,
    )
    environment.filters["data_uri"] = data_uri
    style = environment.loader.get_source(environment, "report.css")[0] if environment.loader else ""
    return environment.get_template("report.html.j2").render(articles=articles, style=Markup(style))


def _unbroken(value: object) -> object:
    """Text in which no line may end between a number and its per cent sign; anything else as it is."""
    return value.replace(" %", "\N{NO-BREAK SPACE}%") if isinstance(value, str) else value


def data_uri(svg: Path) -> str:
    """A stored figure as a data URI: the SVG, or the PNG beside it where the SVG is large."""
    path = svg if svg.stat().st_size <= LARGEST_SVG_BYTES else svg.with_suffix(".png")
    content = base64.b64encode(path.read_bytes()).decode("ascii")
    return f"data:{MEDIA_TYPES[path.suffix]};base64,{content}"
