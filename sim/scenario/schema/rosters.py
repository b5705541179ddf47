"""Rosters: who is on duty when, as a table."""

import datetime
from collections.abc import Iterator
from typing import Annotated, Final, NamedTuple

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from sim.scenario.schema.base import REFUSAL, Fault, refusals
from sim.scenario.schema.calendars import weekdays_of
from sim.scenario.schema.tables import CsvTable, Table, require_columns
from sim.scenario.schema.units import date_of, minute_of_day

MOST_ON_DUTY: Final = 10_000
NEEDED: Final = ("site", "weekday", "from", "until", "people")
OPTIONAL: Final = ("person", "province")


class RosterRow(NamedTuple):
    """So many people on duty at a site in a part of some weekdays, or of one date; minutes since midnight."""

    site: str
    province: str
    weekdays: tuple[int, ...]  # Monday is 0; empty when it is for a date
    date: datetime.date | None
    start_minute: int
    end_minute: int
    people: int
    line: int


def _checked(table: Table) -> Table:
    """Refuses the table with every row that cannot be read."""
    require_columns(table, NEEDED, OPTIONAL)
    faults = [fault for row in range(len(table.rows)) for fault in _faults_of(table, row)]
    if faults:
        raise refusals(faults)
    if not table.rows:
        raise refusals([Fault("the table has no rows", "who is on duty when", file=table.file, line=1)])
    return table


RosterCsv = Annotated[CsvTable, AfterValidator(_checked)]
"""A table of who is on duty when."""


def roster_rows(table: Table) -> tuple[RosterRow, ...]:
    """The rows of a roster that was checked."""
    return tuple(_row(table, row) for row in range(len(table.rows)))


def _faults_of(table: Table, row: int) -> Iterator[Fault]:
    try:
        _row(table, row)
    except PydanticCustomError as error:
        if error.type != REFUSAL:
            raise
        for fault in (error.context or {})["faults"]:
            yield fault._replace(file=table.file, line=table.line_of(row))


def _row(table: Table, row: int) -> RosterRow:
    cell = dict(zip(table.columns, (text.strip() for text in table.rows[row]), strict=True))
    weekdays, date = _days(cell["weekday"])
    start, end = minute_of_day(cell["from"]), minute_of_day(cell["until"])
    if start >= end:
        raise refusals([Fault(f"{cell['from']} to {cell['until']} ends before it starts", "from < until")])
    people = _people(cell["people"], cell.get("person", ""))
    line = table.line_of(row)
    return RosterRow(cell["site"], cell.get("province", ""), weekdays, date, start, end, people, line)


def _days(text: str) -> tuple[tuple[int, ...], datetime.date | None]:
    if text[:1].isdigit():
        return (), date_of(text)
    return weekdays_of(text), None


def _people(text: str, person: str) -> int:
    expected = f"a whole number from 1 to {MOST_ON_DUTY:,}"
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= MOST_ON_DUTY:
        raise refusals([Fault(f'column people: found "{text[:40]}"', expected)])
    if person and int(text) != 1:
        raise refusals([Fault(f"{text} people in the row of one person", "1")])
    return int(text)
