"""Support, systems and what happens on a date; provinces where there are several."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pandas import DataFrame

from sim.analysis.provinces import PROVINCE_METRICS
from sim.analysis.support import ALL, PROBLEM, SOLVED_BY, SOLVED_METRICS, TEAM, TEAM_METRICS, TICKET_METRICS
from sim.report.blocks import Block, Cell, Paragraph, Picture, Pictures, Section, Table, number_cell
from sim.report.chapters.tables import interval_of
from sim.report.figures.systems import availability
from sim.report.material import Material, find
from sim.report.words import Words


def provinces(material: Material, words: Words, pictures: Pictures) -> Section | None:
    """Map and table of the provinces; None where there is only one."""
    table = material.base.by_province
    names = table["province"].unique()
    if len(names) < 2:
        return None
    shown = {"replications": material.replications, "confidence": material.confidence(words)}
    blocks: list[Block] = []
    if "map_provinces" in pictures:
        caption = words("caption.map_provinces", **shown)
        blocks.append(Picture(pictures["map_provinces"], words("alt.map_provinces"), caption, wide=True))
    metrics = [metric for metric in PROVINCE_METRICS if (table["metric"] == metric).any()]
    rows = []
    for name in names:
        numbers = [find(table, metric, province=name) for metric in metrics]
        cells = [number_cell(number.value_and_interval(words) if number else "") for number in numbers]
        rows.append((Cell(str(name)), *cells))
    headings = (Cell(words("heading.province")), *(interval_of(table, metric, words) for metric in metrics))
    blocks.append(Table(headings, tuple(rows), words("table.provinces", **shown)))
    return Section("provinces", words("section.provinces"), tuple(blocks))


def systems(material: Material, words: Words, pictures: Pictures) -> Section | None:
    """Graph of the systems with their availability, and what has a date; None where there is neither."""
    blocks: list[Block] = []
    if "systems" in pictures:
        caption = words("caption.systems", replications=material.replications)
        blocks.append(Paragraph(_systems_lead(material, words), "lead"))
        blocks.append(Picture(pictures["systems"], words("alt.systems"), caption, wide=True))
    if "timetable" in pictures:
        caption = words("caption.timetable")
        blocks.append(Picture(pictures["timetable"], words("alt.timetable"), caption, wide=True))
    return Section("systems", words("section.systems"), tuple(blocks)) if blocks else None


def _systems_lead(material: Material, words: Words) -> str:
    shares = availability(material.base, material.base_records.systems)
    failed = [name for name, share in shares.items() if share < 1]
    if not failed:
        return words("lead.systems_none", systems=len(shares))
    worst = min(failed, key=lambda name: shares[name])
    share = words.percent(shares[worst], 2)
    return words(
        "lead.systems", systems=len(shares), failed=len(failed), worst=words.system(worst), share=share
    )


def support(material: Material, words: Words, pictures: Pictures) -> Section | None:
    """Problems, who solved them and how far teams drove; None where no problem arises."""
    table = material.base.support
    if find(table, "tickets", subject=PROBLEM, name=ALL) is None:
        return None
    shown = {"replications": material.replications, "confidence": material.confidence(words)}
    blocks: list[Block] = [Paragraph(_support_lead(material, words), "lead")]
    if "team_routes" in pictures:
        caption = words("caption.team_routes", **shown)
        blocks.append(Picture(pictures["team_routes"], words("alt.team_routes"), caption, wide=True))
    parts: tuple[tuple[str, Sequence[str], str, Callable[[str], str]], ...] = (
        (PROBLEM, tuple(TICKET_METRICS), "problem", lambda name: _problem(name, words)),
        (SOLVED_BY, tuple(SOLVED_METRICS), "solver", lambda name: words.known("solver", name)),
        (TEAM, tuple(TEAM_METRICS), "team", words.team),
    )
    for subject, metrics, heading, title in parts:
        caption = words(f"table.{heading}s", **shown)
        blocks += _table(material, subject, metrics, Cell(words(f"heading.{heading}")), title, caption, words)
    return Section("support", words("section.support"), tuple(blocks))


def _problem(name: str, words: Words) -> str:
    return words("problem.all") if name == ALL else words.problem(name)


def _support_lead(material: Material, words: Words) -> str:
    metrics = {
        "tickets": "tickets",
        "tickets_open": "open",
        "hours_to_solve": "hours",
        "hours_for_team": "team",
    }
    found = {
        place: find(material.base.support, metric, subject=PROBLEM, name=ALL)
        for metric, place in metrics.items()
    }
    shown = {place: number.shown(words) if number else "–" for place, number in found.items()}
    for place in ("tickets", "open"):
        number = found[place]
        shown[place] = words.number(number.value, 0) if number else shown[place]
    key = "lead.support" if found["team"] else "lead.support_no_team"
    return words(key, **{place: text for place, text in shown.items() if place != "team" or found["team"]})


def _table(
    material: Material,
    subject: str,
    metrics: Sequence[str],
    heading: Cell,
    title: Callable[[str], str],
    caption: str,
    words: Words,
) -> list[Table]:
    table = material.base.support[material.base.support["subject"] == subject]
    if table.empty:
        return []
    known = [metric for metric in metrics if (table["metric"] == metric).any()]
    rows = []
    for name in table["name"].unique():
        numbers = [find(table, metric, name=name) for metric in known]
        cells = [
            number_cell(number.value_and_interval(words) if number and number.replications else "")
            for number in numbers
        ]
        rows.append((Cell(title(str(name))), *cells))
    headings = (heading, *(_heading(table, metric, words) for metric in known))
    return [Table(headings, tuple(rows), caption)]


def _heading(table: DataFrame, metric: str, words: Words) -> Cell:
    """Numbers of things need no unit beside their name."""
    if metric in ("tickets", "tickets_open", "trips"):
        return number_cell(words.metric(metric))
    return interval_of(table, metric, words)
