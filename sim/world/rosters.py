"""Rosters: at their sites they say when a pool is open and how many of its people are on duty."""

import datetime
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import RosterRow, Scenario, SiteRow, Table, roster_rows
from sim.world.arrays import MS_PER_DAY, MS_PER_MINUTE
from sim.world.calendars import DAY_OFF_BY_WORKED_SATURDAY, DAYS_AFTER_THE_RUN, hours_from, is_day_off
from sim.world.day_factors import days_of
from sim.world.hours import Hours
from sim.world.selecting import Selector
from sim.world.staff_plan import Duty
from sim.world.staffing import Staffing

MOST_ROSTERS = 500
"""Each of them is a calendar; many sites may have the same."""

Segment = tuple[int, int, int]
"""So many people on duty from one minute of the day to another: (start, end, people)."""


@dataclass(frozen=True)
class _Roster:
    """Who is on duty on the seven weekdays, Monday first, and on dates, which go before weekdays."""

    week: tuple[tuple[Segment, ...], ...]
    dates: tuple[tuple[datetime.date, tuple[Segment, ...]], ...]

    def on(self, day: datetime.date) -> tuple[Segment, ...]:
        """Duties of a day; a weekday that is a public holiday is off."""
        for date, segments in self.dates:
            if date == day:
                return segments
        if is_day_off(day):
            return ()
        return self.week[DAY_OFF_BY_WORKED_SATURDAY.get(day, day).weekday()]

    @property
    def most(self) -> int:
        """Most people on duty at once."""
        days = [*self.week, *(segments for _, segments in self.dates)]
        return max(people for segments in days for _, _, people in segments)


@dataclass(frozen=True)
class Rosters:
    """The rosters of a world: `calendar` by pool is a name in `hours`; `duties` as in `StaffPlan`."""

    pools: NDArray[np.int32]
    calendar: Mapping[int, str]
    hours: Mapping[str, Hours]
    duties: tuple[tuple[Duty, ...], ...]


def rosters_of(scenario: Scenario, selector: Selector, staffing: Staffing) -> Rosters:
    """The rosters of all pools that have one."""
    by_pool: dict[int, _Roster] = {}
    for role, (name, pool) in enumerate(scenario.pools.items()):
        if pool.roster_csv is not None:
            rows = _rows_by_pool(pool.roster_csv, name, role, selector, staffing)
            for number, own in rows.items():
                by_pool[number] = _roster(own)
                _check(pool.roster_csv, own, by_pool[number], int(staffing.most_posts[number]), selector)
    distinct = list(dict.fromkeys(by_pool.values()))
    if len(distinct) > MOST_ROSTERS:
        found = f"{len(distinct)} sites have different rosters"
        selector.mistakes.add(("pools",), found, f"at most {MOST_ROSTERS} different ones")
        return Rosters(np.zeros(0, np.int32), {}, {}, ())
    days = days_of(scenario.period)
    names = {roster: f"roster:{number}" for number, roster in enumerate(distinct)}
    return Rosters(
        pools=np.array(sorted(by_pool), dtype=np.int32),
        calendar={number: names[roster] for number, roster in by_pool.items()},
        hours={name: _hours(roster, scenario.period.start, len(days)) for roster, name in names.items()},
        duties=_duties(by_pool, days) if by_pool else (),
    )


def _rows_by_pool(
    table: Table, name: str, role: int, selector: Selector, staffing: Staffing
) -> dict[int, list[RosterRow]]:
    """The rows of a roster by the pool that they are about."""
    pool_at = dict(
        zip(
            staffing.site[staffing.role == role].tolist(),
            np.flatnonzero(staffing.role == role).tolist(),
            strict=True,
        )
    )
    found: dict[int, list[RosterRow]] = defaultdict(list)
    for row in roster_rows(table):
        wanted = SiteRow(site=row.site, province=row.province, value=0.0, line=row.line)
        for site in selector.row_values(table, (wanted,)):
            if site in pool_at:
                found[pool_at[site]].append(row)
            else:
                full_name = selector.sites.all[site].full_name
                selector.mistakes.add_in_table(
                    table.file, row.line, f"{full_name} has no pool {name} of its own"
                )
    return found


def _roster(rows: Sequence[RosterRow]) -> _Roster:
    week = [_segments(row for row in rows if day in row.weekdays) for day in range(7)]
    dates = sorted({row.date for row in rows if row.date is not None})
    return _Roster(
        tuple(week), tuple((date, _segments(row for row in rows if row.date == date)) for date in dates)
    )


def _segments(rows: Iterable[RosterRow]) -> tuple[Segment, ...]:
    """How many are on duty in each part of a day, parts with nobody left out."""
    rows = list(rows)
    moments = sorted({minute for row in rows for minute in (row.start_minute, row.end_minute)})
    parts = [
        (start, end, sum(row.people for row in rows if row.start_minute <= start and end <= row.end_minute))
        for start, end in itertools.pairwise(moments)
    ]
    return tuple(part for part in parts if part[2] > 0)


def _check(table: Table, rows: Sequence[RosterRow], roster: _Roster, posts: int, selector: Selector) -> None:
    """More people on duty than posts are a mistake."""
    if roster.most > posts:
        selector.mistakes.add_in_table(
            table.file,
            rows[0].line,
            f"{roster.most} people are on duty at once at {rows[0].site}, which has {posts} posts",
            "a headcount of at least the people on duty",
        )


def _hours(roster: _Roster, start: datetime.date, day_count: int) -> Hours:
    """Open while anybody is on duty."""
    table_days = day_count + DAYS_AFTER_THE_RUN
    intervals: list[tuple[int, int]] = []
    for day in range(table_days):
        for begin, end, _ in roster.on(start + datetime.timedelta(days=day)):
            open_ms, close_ms = (day * MS_PER_DAY + minute * MS_PER_MINUTE for minute in (begin, end))
            if intervals and intervals[-1][1] == open_ms:
                open_ms = intervals.pop()[0]
            intervals.append((open_ms, close_ms))
    return hours_from(intervals, table_days)


def _duties(by_pool: Mapping[int, _Roster], days: Sequence[datetime.date]) -> tuple[tuple[Duty, ...], ...]:
    """Duties of all pools by day; days that are alike share them."""
    pools_of: dict[_Roster, list[int]] = defaultdict(list)
    for number, roster in sorted(by_pool.items()):
        pools_of[roster].append(number)
    known: dict[tuple[tuple[Segment, ...], ...], tuple[Duty, ...]] = {}
    found = []
    for day in days:
        segments = tuple(roster.on(day) for roster in pools_of)
        if segments not in known:
            known[segments] = _duties_of_day(zip(segments, pools_of.values(), strict=True))
        found.append(known[segments])
    return tuple(found)


def _duties_of_day(parts: Iterable[tuple[tuple[Segment, ...], list[int]]]) -> tuple[Duty, ...]:
    starts: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for segments, pools in parts:
        for start, _, people in segments:
            starts[start].extend((number, people) for number in pools)
    return tuple(
        Duty(
            time_ms=start * MS_PER_MINUTE,
            pools=np.array([number for number, _ in pairs], dtype=np.int32),
            people=np.array([people for _, people in pairs], dtype=np.int32),
        )
        for start, pairs in sorted(starts.items())
    )
