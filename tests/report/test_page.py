"""The page holds the numbers of the analysis, is safe against strangers' text, and needs no network."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from sim.messages import LANGUAGES, text
from sim.report.blocks import Picture, Table
from sim.report.chapters import sections
from sim.report.drawing import FIGURES
from sim.report.material import Material, headline
from sim.report.page import article, page_html, write_figures

LARGEST_PAGE_BYTES = 6_000_000
HOSTILE = "<script>alert(1)</script> & \"'{{ 7 * 7 }} $x$"


class Tags(HTMLParser):
    """All tags of a page with their attributes, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.found if tag == name]


def readable(page: Path) -> str:
    """The HTML with plain spaces."""
    return page.read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ")


def html_without_pictures(material: Material) -> str:
    return page_html([article(material, material.words(language), {}) for language in LANGUAGES])


def with_study(material: Material, **changes: Any) -> Material:
    study = {**material.study, **changes}
    return replace(material, records=replace(material.records, study=study))


def test_headline_numbers_of_the_base_stand_on_the_page_in_both_languages(
    material: Material, page: Path
) -> None:
    html = readable(page)
    for metric in ("on_time_share", "overdue", "cycle_working_mean", "backlog_end"):
        number = headline(material.base, metric)
        assert number is not None
        for language in LANGUAGES:
            words = material.words(language)
            value, between, unit = words.measured(number.value, number.low, number.high, number.unit)
            named = words("heading.with_unit", name=words.metric(metric), unit=unit)
            cells = [named, value, between]
            assert all(f">{cell}<" in html for cell in cells), (metric, language, cells)


def test_every_compared_sentence_about_time_and_cost_stands_on_the_page(
    material: Material, page: Path
) -> None:
    html = readable(page)
    assert material.comparison is not None
    told = material.comparison.sentences
    told = told[told["metric"].isin(["on_time_share", "overdue", "cost_total"])]
    assert len(told)
    for language in LANGUAGES:
        assert all(f"<li>{sentence}</li>" in html for sentence in told[language])


def test_the_worst_ten_communes_are_named(material: Material, page: Path) -> None:
    html = readable(page)
    assert all(name in html for name in material.base.worst_communes["name"].head(10))


def test_sections_come_in_the_order_of_the_readers_questions(page: Path) -> None:
    html = readable(page)
    names = re.findall(r'<section id="en-(\w+)"', html)
    assert names == [
        "asked",
        "answer",
        "headline",
        "alternatives",
        "money",
        "map",
        "changes",
        "why_late",
        "backlog",
        "utilisation",
        "waits",
        "outages",
        "systems",
        "support",
        "network",
        "worst",
        "targets",
        "assumptions",
        "method",
        "commands",
    ]
    assert re.findall(r'<section id="vi-(\w+)"', html) == names


def test_the_answer_has_three_sentences_with_intervals(material: Material) -> None:
    html = html_without_pictures(material)
    answer = html.split('<section id="en-answer"')[1].split("</section>")[0]
    items = re.findall(r"<li>(.*?)</li>", answer)
    assert len(items) == 3
    assert all(" to " in item for item in items)


def test_the_page_loads_nothing_from_anywhere(page: Path) -> None:
    html = readable(page)
    for _, attributes in Tags(html).found:
        for name in ("src", "srcset", "data", "action", "poster", "background"):
            assert (attributes.get(name) or "data:").startswith("data:")
        assert (attributes.get("href") or "#").startswith("#")
    assert Tags(html).named("link") == []
    assert Tags(html).named("script") == []
    style = html.split("<style>")[1].split("</style>")[0]
    assert "url(" not in style
    assert "@import" not in style
    assert "default-src &#39;none&#39;" in html or "default-src 'none'" in html


def test_text_of_strangers_cannot_become_markup(material: Material) -> None:
    hostile = with_study(
        material,
        title=HOSTILE,
        description={"en": HOSTILE, "vi": HOSTILE},
        alternatives=[
            {**entry, "title": HOSTILE, "description": HOSTILE + "!"}
            for entry in material.study["alternatives"]
        ],
        assumptions=[{"name": "x", "text": HOSTILE, "status": "assumption", "source": HOSTILE}],
        groups={
            name: {**group, "title": {"en": HOSTILE, "vi": HOSTILE}}
            for name, group in material.study["groups"].items()
        },
    )
    html = html_without_pictures(hostile)
    assert "&lt;script&gt;" in html
    assert Tags(html).named("script") == []
    assert "49" not in re.findall(r"alert\(1\)[^<]*", html)[0]


def test_every_figure_and_table_has_a_caption_and_every_figure_a_text_for_the_blind(page: Path) -> None:
    html = readable(page)
    figures = html.count("<figure")
    assert figures > 20
    assert html.count("<figcaption>") == figures
    assert all(len(image.get("alt") or "") > 20 for image in Tags(html).named("img"))


def test_captions_say_how_many_replications_stand_behind_them(material: Material) -> None:
    words = material.words("en")
    paths = dict.fromkeys(("map", "backlog", "differences", "counter_wait"), Path("x.svg"))
    for section in sections(material, words, paths):
        for block in section.blocks:
            if isinstance(block, Picture):
                assert f"{material.replications} " in block.caption, block.caption


def test_all_rows_of_a_table_are_as_long_as_its_headings(material: Material) -> None:
    for language in LANGUAGES:
        for section in sections(material, material.words(language), {}):
            for block in section.blocks:
                if isinstance(block, Table):
                    assert {len(row) for row in block.rows} <= {len(block.headings)}, section.name


def test_assumptions_are_called_assumptions_and_carry_their_source(material: Material) -> None:
    study = with_study(
        material,
        assumptions=[
            {"name": "a", "text": {"en": "Lines fail monthly."}, "status": "assumption", "source": None},
            {"name": "b", "text": {"en": "Counts."}, "status": "measured", "source": "Letter 7260"},
        ],
    )
    html = html_without_pictures(study)
    assert "Lines fail monthly." in html
    assert f">{text('en', 'status.assumption')}<" in html
    assert "Letter 7260" in html
    assert text("en", "no_source") in html


def test_page_is_small_enough_to_be_sent_by_mail(page: Path) -> None:
    assert page.stat().st_size < LARGEST_PAGE_BYTES


def test_only_the_languages_asked_for_are_on_the_page(material: Material) -> None:
    html = page_html([article(material, material.words("vi"), {})])
    assert 'lang="vi"' in html
    assert 'lang="en"' not in html


def test_no_line_ends_between_a_number_and_its_per_cent_sign(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    assert "95\N{NO-BREAK SPACE}%" in html
    assert re.findall(r"\d %", html.split("</style>")[1]) == []


def test_ids_are_unique(page: Path) -> None:
    ids = [attributes["id"] for _, attributes in Tags(readable(page)).found if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_every_link_of_the_contents_leads_somewhere(page: Path) -> None:
    tags = Tags(readable(page))
    ids = {attributes.get("id") for _, attributes in tags.found}
    links = [(attributes.get("href") or "")[1:] for attributes in tags.named("a")]
    assert links
    assert set(links) <= ids


def test_a_study_without_alternatives_has_a_page_without_comparison(material: Material) -> None:
    alone = Material(material.records, {"base": material.base}, None)
    html = html_without_pictures(alone)
    assert 'id="en-alternatives"' not in html
    assert text("en", "answer.no_alternatives") in html
    words = alone.words("en")
    of_alternatives = ("differences", "cost_against_on_time", "map_alternatives", "why_late_alternatives")
    assert [FIGURES[name](alone, words) for name in of_alternatives] == [None] * len(of_alternatives)


def test_a_study_without_deadlines_has_a_page_that_speaks_of_time_instead(material: Material) -> None:
    base = material.base
    timeless = replace(
        base,
        headline=base.headline[~base.headline["metric"].str.contains("on_time|overdue")],
        by_site=base.by_site[base.by_site["metric"] != "on_time_share"],
        worst_communes=base.worst_communes.iloc[:0],
        late_causes=base.late_causes.iloc[:0],
        targets=base.targets.iloc[:0],
    )
    alone = Material(material.records, {"base": timeless}, None)
    html = html_without_pictures(alone)
    assert "None has a legal deadline." in html
    assert text("en", "answer.never_late") in html
    assert 'id="en-map"' not in html
    assert 'id="en-worst"' not in html
    words = alone.words("en")
    assert [FIGURES[name](alone, words) for name in ("map", "worst_communes", "why_late")] == [None] * 3


def test_figures_can_be_written_without_a_page(
    material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sim.report.drawing.FIGURES", {"backlog": FIGURES["backlog"]})
    paths = write_figures(tmp_path, material.records, material.summaries, material.comparison, ("vi",))
    assert {path.name for path in paths} == {"backlog.vi.svg", "backlog.vi.png"}
    assert all(path.is_file() for path in paths)


def test_the_first_language_is_the_one_shown_at_opening(material: Material) -> None:
    html = page_html([article(material, material.words(language), {}) for language in ("vi", "en")])
    checked = [attributes["id"] for attributes in Tags(html).named("input") if "checked" in attributes]
    assert checked == ["show-vi"]
    assert '<html lang="vi">' in html


def test_a_change_without_bounds_says_so_and_what_that_means(material: Material) -> None:
    comparison = material.comparison
    assert comparison is not None
    unbounded = comparison.differences.assign(relative_low=float("nan"), relative_high=float("nan"))
    changed = replace(material, comparison=replace(comparison, differences=unbounded))
    html, before = html_without_pictures(changed), html_without_pictures(material)
    for language in LANGUAGES:
        words = material.words(language)
        assert f"({words('differences.no_bound')})" in html
        assert words("table.differences_no_bound") in html
        assert words("table.differences_no_bound") not in before


def test_with_few_replications_ten_are_advised_first(material: Material) -> None:
    assert material.replications < 10
    assert "<code>replications: 10</code>" in html_without_pictures(material)


def section(html: str, name: str, language: str = "en") -> str:
    """The text of one section of a page."""
    return html.split(f'<section id="{language}-{name}"')[1].split("</section>")[0]


def test_who_wins_and_who_loses_is_told_by_name_with_kilometres_and_hours(
    material: Material, page: Path
) -> None:
    told = section(readable(page), "changes")
    assert material.comparison is not None
    table = material.comparison.by_area
    losers = table[(table["metric"] == "travel_km_per_visit") & (table["verdict"] == "higher")]["name"]
    assert all(f">{name}<" in told for name in losers if name)
    words = material.words("en")
    for metric, unit in (("travel_km_per_visit", "km"), ("travel_hours", "hours")):
        assert words("heading.difference", metric=words.metric(metric), unit=unit) in told
    whole = table[(table["metric"] == "travel_hours") & (table["site"] == "")].iloc[0]
    assert f"+{words.number(whole['difference'], 0)}" in told


def test_where_nothing_changes_nobody_is_said_to_win(material: Material) -> None:
    comparison = material.comparison
    assert comparison is not None
    still = replace(comparison, by_area=comparison.by_area.assign(verdict="same", difference=0.0))
    html = html_without_pictures(replace(material, comparison=still))
    assert text("en", "changes.none") in section(html, "changes")
    assert (
        FIGURES["map_change_on_time_share"](replace(material, comparison=still), material.words("en")) is None
    )


def test_overtime_and_ways_of_citizens_are_lines_of_the_costs(material: Material, page: Path) -> None:
    told = section(readable(page), "money")
    for item in ("posts", "overtime", "links", "total", "citizens_waiting", "citizens_travel", "citizens"):
        assert material.words("en")(f"cost_item.{item}").replace("'", "&#39;") in told


def test_without_prices_there_is_no_section_on_costs(material: Material) -> None:
    free = {
        name: replace(summary, cost=summary.cost.assign(value=0.0))
        for name, summary in material.summaries.items()
    }
    assert 'id="en-money"' not in html_without_pictures(replace(material, summaries=free))


def test_internal_requests_have_a_table_of_their_own_and_are_named_in_no_other(
    material: Material, page: Path
) -> None:
    html = readable(page)
    assert section(html, "headline").count("Help-desk tickets") == 1
    assert "Help-desk tickets" in section(html, "asked")
    for name in ("why_late", "backlog", "targets", "alternatives"):
        assert "Help-desk tickets" not in section(html, name)


def test_what_never_happens_is_not_on_the_page(material: Material) -> None:
    rare = {"escalated_per_1000", "apologies_per_1000", "filed_elsewhere_share"}
    quiet = replace(
        material.base,
        headline=material.base.headline[~material.base.headline["metric"].isin(rare)],
        by_group=material.base.by_group[~material.base.by_group["metric"].isin(rare)],
    )
    html = html_without_pictures(Material(material.records, {"base": quiet}, None))
    words = material.words("en")
    assert not [metric for metric in rare if words.metric(metric) in html]
    assert words.metric("travel_km_per_visit") in html


def test_a_number_that_only_an_alternative_has_is_0_in_the_others(material: Material) -> None:
    patient = replace(
        material.base,
        headline=material.base.headline[material.base.headline["metric"] != "left_counter_share"],
    )
    changed = replace(material, summaries={**material.summaries, "base": patient})
    html = section(html_without_pictures(changed), "alternatives")
    row = html.split("Whether two alternatives differ")[0].rsplit("<tbody>", 1)[1].split("</tr>")[0]
    assert ">0<" in row


def test_a_number_without_spread_but_for_rounding_has_no_interval(material: Material) -> None:
    words = material.words("en")
    assert words.measured(6.0, 6.0 - 1e-13, 6.0 + 1e-13, "km") == ("6", "", "km")
