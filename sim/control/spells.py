"""Who is absent, whose post is vacant and who is new, drawn for all posts of a replication at once.

The n-th absence of a post, from 0: the time to it since the end of the one before (at first, since
`DAYS_BEFORE` days before the run) is the gap table at `uniform(key, n, 0, FOR_ABSENCE)`, stretched by the
factors of the months, and its length the length table at `uniform(key, n, 0, FOR_ABSENCE_LENGTH)`; with
`key = mix64(replication_key + key of "absence:SITE/POOL/POST/NAME")`. It begins at the midnight before and
takes whole days, rounded up, at least one. Departures are the same with FOR_DEPARTURE, FOR_HIRING and the key
of "departure:SITE/POOL/POST", from the first day of the run on. No number depends on another post.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.control.draws import Keys, keys_within, look_up_each, uniform_each
from sim.world.arrays import FOR_ABSENCE, FOR_ABSENCE_LENGTH, FOR_DEPARTURE, FOR_HIRING, Floats, Ints
from sim.world.staff_plan import DAYS_BEFORE, Absences, Departures, StaffPlan


@dataclass(frozen=True)
class Spells:
    """Posts with whole days from one to before another; days count from the first of the run."""

    posts: NDArray[np.int32]  # rows of `StaffPlan.posts`
    begin: Ints
    end: Ints


@dataclass(frozen=True)
class _Source:
    """How times are drawn: two tables, days, with their purposes; days before the last one count from 0."""

    gap_table: Floats
    length_table: Floats
    for_gap: int
    for_length: int
    last_day: int
    later: Callable[[Floats, Floats], Floats]  # moments so long after others
    end: Callable[[Ints, Ints], Ints]  # day after the last of so many days from others on


def absence_spells(absences: Absences, plan: StaffPlan, replication: int) -> Spells:
    """All absences for one reason that touch the run; `replication` is its key."""
    source = _Source(
        gap_table=absences.gap_table,
        length_table=absences.length_table,
        for_gap=FOR_ABSENCE,
        for_length=FOR_ABSENCE_LENGTH,
        last_day=DAYS_BEFORE + plan.day_count,
        later=partial(_later, absences.intensity_before),
        end=partial(_end_in_working_days, plan) if absences.in_working_days else np.add,
    )
    place, begin, end = _drawn(source, keys_within(replication, absences.key))
    return _in_run(Spells(absences.posts[place], begin - DAYS_BEFORE, end - DAYS_BEFORE), plan)


def departure_spells(departures: Departures, plan: StaffPlan, replication: int) -> tuple[Spells, Spells]:
    """When posts are vacant, and when who fills them is new; `replication` is its key."""
    source = _Source(
        gap_table=departures.gap_table,
        length_table=departures.vacancy_table,
        for_gap=FOR_DEPARTURE,
        for_length=FOR_HIRING,
        last_day=plan.day_count,
        later=np.add,
        end=np.add,
    )
    place, left, hired = _drawn(source, keys_within(replication, departures.key))
    posts = departures.posts[place]
    until = np.minimum(hired + departures.newcomer_days, _next_of_post(place, left, plan.day_count))
    return _in_run(Spells(posts, left, hired), plan), _in_run(Spells(posts, hired, until), plan)


def _drawn(source: _Source, key: Keys) -> tuple[Ints, Ints, Ints]:
    """Place of the post, first day, and day after the last; by post, then in order of time."""
    clock = np.zeros(len(key))
    left, nth, found = np.arange(len(key)), 0, [(np.zeros(0, np.int64),) * 3]
    while len(left):
        gap = look_up_each(source.gap_table, uniform_each(key[left], nth, 0, source.for_gap))
        start = source.later(clock[left], gap)
        left, start = left[start < source.last_day], start[start < source.last_day]
        length = look_up_each(source.length_table, uniform_each(key[left], nth, 0, source.for_length))
        begin = np.floor(start).astype(np.int64)
        end = source.end(begin, _whole_days(length))
        found.append((left, begin, end))
        clock[left] = start + (end - begin)
        left, nth = left[clock[left] < source.last_day], nth + 1
    place, begins, ends = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(place, kind="stable")
    return place[order], begins[order], ends[order]


def _next_of_post(place: Ints, begin: Ints, last_day: int) -> Ints:
    """First day of the next spell of the same post; the last day where there is none."""
    following = np.append(begin[1:], last_day)[: len(begin)]
    same = np.append(place[1:] == place[:-1], False)[: len(begin)]
    return np.asarray(np.where(same, following, last_day))


def _whole_days(days: Floats) -> Ints:
    return np.maximum(np.ceil(days), 1.0).astype(np.int64)


def _later(intensity_before: Floats, clock: Floats, gap: Floats) -> Floats:
    """The moments at which the integral of the intensity has grown by the gaps; the last day is the end."""
    day = np.floor(clock).astype(np.int64)
    before = intensity_before[day] + (intensity_before[day + 1] - intensity_before[day]) * (clock - day)
    wanted = before + gap
    found = np.searchsorted(intensity_before, wanted, side="right") - 1
    inside = np.minimum(found, len(intensity_before) - 2)
    rise = intensity_before[inside + 1] - intensity_before[inside]
    part = np.where(found == inside, (wanted - intensity_before[inside]) / np.where(rise > 0, rise, 1.0), 1.0)
    return np.asarray(inside + np.minimum(part, 1.0))


def _end_in_working_days(plan: StaffPlan, begin: Ints, length: Ints) -> Ints:
    """Day after the last of so many working days of the official calendar."""
    last = np.minimum(plan.working_day_after[begin] + length - 1, len(plan.working_day_of) - 1)
    return np.asarray(np.maximum(plan.working_day_of[last], begin) + 1)


def _in_run(spells: Spells, plan: StaffPlan) -> Spells:
    """Those that touch the run, cut to it."""
    begin, end = np.maximum(spells.begin, 0), np.minimum(spells.end, plan.day_count)
    kept = begin < end
    return Spells(spells.posts[kept], begin[kept], end[kept])
