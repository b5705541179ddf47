"""Tables that several sections share."""

from __future__ import annotations

import math
from collections.abc import Iterable

from pandas import DataFrame

from sim.report.blocks import Cell, Table, number_cell
from sim.report.material import Number, find
from sim.report.words import Words


def number_table(rows: Iterable[tuple[Cell, ...]], caption: str, words: Words) -> Table:
    """A table with one number a row: name with unit, value, interval, dossiers behind it, replications."""
    names = ("number", "value", "interval", "dossiers", "replications")
    numeric = {"value", "interval", "dossiers", "replications"}
    headings = tuple(
        number_cell(words(f"heading.{name}")) if name in numeric else Cell(words(f"heading.{name}"))
        for name in names
    )
    return Table(headings, tuple(rows), caption)


def number_row(name: str, number: Number, words: Words) -> tuple[Cell, ...]:
    """The row of one number in such a table."""
    value, between, unit = words.measured(number.value, number.low, number.high, number.unit)
    return (
        Cell(words("heading.with_unit", name=name, unit=unit) if unit else name),
        number_cell(value),
        number_cell(between),
        number_cell(words.number(number.dossiers, 0) if number.dossiers else ""),
        number_cell(str(number.replications)),
    )


def interval_of(table: DataFrame, metric: str, words: Words) -> Cell:
    """Heading of a column of values with intervals: the number's name and unit."""
    number = find(table, metric)
    unit = words.measured(number.value, number.low, number.high, number.unit)[2] if number else ""
    return number_cell(f"{words.metric(metric)}, {unit}" if unit else words.metric(metric))


def signed(value: float, low: float, high: float, words: Words, unit: str = "percent") -> str:
    """A change with its sign and interval, without the unit."""
    shown, between, _ = words.measured(value, low, high, unit)
    if math.isfinite(value) and not (math.isfinite(low) and math.isfinite(high)):
        between = words("differences.no_bound")
    sign = "+" if value > 0 else ""
    return f"{sign}{shown} ({between})" if between else f"{sign}{shown}"
