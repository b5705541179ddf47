"""The alternatives against the base."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pandas import DataFrame

from sim.analysis.metrics import METRICS_COMPARED
from sim.report.blocks import Block, Bullets, Cell, Paragraph, Picture, Pictures, Section, Table, number_cell
from sim.report.chapters.opening import sentence_of
from sim.report.chapters.tables import signed
from sim.report.figures.differences import differences_in, shown_scale
from sim.report.material import Material, Number
from sim.report.rows import rows_of
from sim.report.words import Words

# Differences told in sentences; the table holds all of them.
METRICS_IN_WORDS = ("on_time_share", "overdue", "cost_total")


def alternatives(material: Material, words: Words, pictures: Pictures) -> Section | None:
    """Differences as picture and sentences, values, cost against on-time; None without alternatives."""
    if material.compared is None:
        return None
    pairs = {"replications": material.replications, "confidence": material.confidence(words)}
    blocks: list[Block] = [Paragraph(words("lead.paired"))]
    if "differences" in pictures:
        path = pictures["differences"]
        caption = words("caption.differences", **pairs)
        blocks.append(Picture(path, words("alt.differences"), caption, wide=True))
    blocks.append(_differences(material, words))
    blocks += _sentences(material, words)
    blocks.append(_values(material, words, words("table.alternatives", **pairs)))
    if "cost_against_on_time" in pictures:
        path = pictures["cost_against_on_time"]
        blocks.append(Picture(path, words("alt.cost"), words("caption.cost", **pairs)))
        blocks.append(_cost(material, words, words("table.cost", **pairs)))
    return Section("alternatives", words("section.alternatives"), tuple(blocks))


def _differences(material: Material, words: Words) -> Table:
    comparison = material.comparison
    if comparison is None:
        return Table((), (), "")
    tables = {metric: differences_in(comparison, metric) for metric in METRICS_COMPARED}
    shown = {metric: table for metric, table in tables.items() if len(table)}
    headings = [Cell(words("heading.alternative"))]
    headings += [number_cell(_difference_heading(metric, table, words)) for metric, table in shown.items()]
    rows = [
        (Cell(words.alternative(name)), *(_difference(table, name, words) for table in shown.values()))
        for name in comparison.alternatives
    ]
    caption = words(
        "table.differences",
        confidence=material.confidence(words),
        count=sum(len(table) for table in shown.values()),
        replications=material.replications,
    )
    if any(words("differences.no_bound") in cell.text for row in rows for cell in row):
        caption = f"{caption} {words('table.differences_no_bound')}"
    return Table(tuple(headings), tuple(rows), caption)


def _difference_heading(metric: str, table: DataFrame, words: Words) -> str:
    in_points = shown_scale(table)[1]
    unit = words("differences.points") if in_points else words("differences.percent")
    return words("heading.difference", metric=words.metric(metric), unit=unit)


def _difference(table: DataFrame, alternative: str, words: Words) -> Cell:
    """Percentage points for shares, else per cent of the base."""
    scaled, _ = shown_scale(table)
    for row, (value, low, high) in zip(rows_of(table), scaled, strict=True):
        if row.alternative == alternative:
            look = "good" if row.better is True else "bad" if row.better is False else "number"
            return Cell(signed(value, low, high, words), look)
    return number_cell("")


def _sentences(material: Material, words: Words) -> list[Bullets]:
    lists = []
    for alternative in material.comparison.alternatives if material.comparison else ():
        found = [sentence_of(material, words, alternative, metric) for metric in METRICS_IN_WORDS]
        lists.append(
            Bullets(tuple(sentence for sentence in found if sentence), title=words.alternative(alternative))
        )
    return lists


def _values(material: Material, words: Words, caption: str) -> Table:
    tables = [material.numbers(metric) for metric in METRICS_COMPARED]
    shown = [numbers for numbers in tables if any(numbers.values())]
    headings = [number_cell(_with_unit(numbers, words)) for numbers in shown]
    rows = []
    for name in material.summaries:
        cells = [number_cell(_or_never(numbers[name], words)) for numbers in shown]
        rows.append((Cell(words.alternative(name)), *cells))
    return Table((Cell(words("heading.alternative")), *headings), tuple(rows), caption)


def _or_never(number: Number | None, words: Words) -> str:
    """A number with its interval; 0 of what never happens in this alternative but in another one."""
    return number.value_and_interval(words) if number else words.number(0.0)


def _with_unit(numbers: Mapping[str, Number | None], words: Words) -> str:
    number = next(found for found in numbers.values() if found)
    unit = words.measured(number.value, number.low, number.high, number.unit)[2]
    return f"{words.metric(number.metric)}, {unit}"


def _cost(material: Material, words: Words, caption: str) -> Table:
    keys = ("heading.alternative", "heading.cost", "cost.on_time_axis", "heading.standing")
    headings = [words(key) for key in keys]
    rows = [_cost_row(row, words) for row in _rows(material)]
    looks = ("text", "number", "number", "text")
    cells = tuple(Cell(heading, look) for heading, look in zip(headings, looks, strict=True))
    return Table(cells, tuple(rows), caption)


def _rows(material: Material) -> list[Any]:
    comparison = material.comparison
    return rows_of(comparison.cost_against_on_time) if comparison is not None else []


def _cost_row(row: Any, words: Words) -> tuple[Cell, ...]:
    cost = words.measured(row.cost / 1e9, row.cost_low / 1e9, row.cost_high / 1e9, "billion_vnd")
    on_time = words.in_words(row.on_time_share, row.on_time_low, row.on_time_high, "share")
    by = words.alternative(row.beaten_by) if row.beaten_by else ""
    return (
        Cell(words.alternative(row.alternative)),
        number_cell(f"{cost[0]} ({cost[1]})" if cost[1] else cost[0]),
        number_cell(on_time),
        Cell(words(f"standing.{row.standing}", by=by)),
    )
