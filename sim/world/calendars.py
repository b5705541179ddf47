"""Calendars as tables: opening intervals with prefix sums, so that working time is arithmetic.

The rules E4-E6 and E16 of docs/engine-semantics.md, for use when a world is built and when its results are
read; the engines have their own, over the same tables.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import holidays
import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import Calendar, Interval
from sim.world.arrays import FAR_FUTURE_MS, MS_PER_DAY, MS_PER_MINUTE, Ints
from sim.world.hours import Hours

DAYS_AFTER_THE_RUN = 400
"""A calendar's table goes on so long after the run, so that deadlines and late work fall inside it."""

DAY_OFF_BY_WORKED_SATURDAY = {
    datetime.date(2025, 4, 26): datetime.date(2025, 5, 2),
    datetime.date(2026, 1, 10): datetime.date(2026, 1, 2),
    datetime.date(2026, 8, 22): datetime.date(2026, 8, 31),
}
"""Swapped working days of the state service: worked on the Saturday, off on the other day.

Source: notices of the Ministry of Home Affairs on public holidays 2025 and 2026 (2 January 2026: government
document 12729/VPCP-KGVX of 25 December 2025). The `holidays` package knows most of the days off, but not
the Saturdays worked for them.
"""


@dataclass(frozen=True)
class WorkingDays:
    """The working days of legal deadlines (E16): fields as in `World`."""

    after: NDArray[np.int32]
    day_of: NDArray[np.int32]
    close_ms: Ints


def is_day_off(day: datetime.date) -> bool:
    """Whether the state service is off on this date: public holidays, days in lieu, swapped days."""
    return day in _public_holidays(day.year) or day in DAY_OFF_BY_WORKED_SATURDAY.values()


@cache
def _public_holidays(year: int) -> frozenset[datetime.date]:
    return frozenset(holidays.country_holidays("VN", years=year))


def hours_of(calendar: Calendar, start: datetime.date, table_days: int) -> Hours:
    """Table of a calendar for so many days from a date on; after them it is open for ever (E4)."""
    if calendar.always_open:
        return _hours([(0, FAR_FUTURE_MS)])
    week = calendar.week
    intervals = [
        (
            day * MS_PER_DAY + part.start_minute * MS_PER_MINUTE,
            day * MS_PER_DAY + part.end_minute * MS_PER_MINUTE,
        )
        for day in range(table_days)
        for part in _parts_of_day(calendar, week, start + datetime.timedelta(days=day))
    ]
    return hours_from(intervals, table_days)


def _parts_of_day(
    calendar: Calendar, week: tuple[tuple[Interval, ...], ...], day: datetime.date
) -> tuple[Interval, ...]:
    if day in calendar.extra_days:
        return calendar.extra_days[day]
    if day in calendar.closed_dates:
        return ()
    if calendar.holidays == "viet_nam":
        if is_day_off(day):
            return ()
        day = DAY_OFF_BY_WORKED_SATURDAY.get(day, day)
    return week[day.weekday()]


def hours_from(intervals: list[tuple[int, int]], table_days: int) -> Hours:
    """Table of opening intervals of so many days, in order, ms; after them it is open for ever (E4)."""
    return _hours([*intervals, (table_days * MS_PER_DAY, FAR_FUTURE_MS)])


def _hours(intervals: list[tuple[int, int]]) -> Hours:
    open_ms, close_ms = np.array(intervals, dtype=np.int64).T.copy()
    lengths = close_ms - open_ms
    return Hours(open_ms, close_ms, np.cumsum(lengths) - lengths)


@dataclass(frozen=True)
class CalendarTables:
    """The intervals of all calendars, one calendar after the other: fields as in `World`."""

    open_ms: Ints
    close_ms: Ints
    before_ms: Ints
    interval_of_day: NDArray[np.int32]


def calendar_tables(calendars: Iterable[Hours], table_days: int) -> CalendarTables:
    """The calendars in one set of arrays."""
    hours = list(calendars)
    firsts = np.cumsum([0] + [len(each.open_ms) for each in hours])
    midnights = np.arange(table_days, dtype=np.int64) * MS_PER_DAY
    rows = [
        first + np.searchsorted(each.close_ms, midnights, side="right")
        for first, each in zip(firsts[:-1], hours, strict=True)
    ]
    return CalendarTables(
        np.concatenate([each.open_ms for each in hours]),
        np.concatenate([each.close_ms for each in hours]),
        np.concatenate([each.before_ms for each in hours]),
        np.array(rows, dtype=np.int32).reshape(len(hours), table_days),
    )


def working_days_of(official: Hours, table_days: int, longest_limit: int) -> WorkingDays:
    """Working days: those on which the official calendar is open, and every day after its table.

    So many of the latter are added that the longest limit, in working days, ends inside the arrays.
    """
    closes = [_last_close(official, day) for day in range(table_days)]
    worked = [day for day, close in enumerate(closes) if close is not None]
    later = [table_days + extra for extra in range(longest_limit + 2)]
    close_ms = [close for close in closes if close is not None] + [(day + 1) * MS_PER_DAY for day in later]
    day_of = np.array(worked + later, dtype=np.int32)
    after = np.searchsorted(day_of, np.arange(table_days), side="left").astype(np.int32)
    return WorkingDays(after, day_of, np.array(close_ms, dtype=np.int64))


def _last_close(hours: Hours, day: int) -> int | None:
    """When the last interval of a day closes (midnight at the latest), None on a day off."""
    start, end = day * MS_PER_DAY, (day + 1) * MS_PER_DAY
    interval = int(np.searchsorted(hours.open_ms, end, side="left")) - 1
    if interval < 0 or hours.close_ms[interval] <= start:
        return None
    return min(int(hours.close_ms[interval]), end)
