"""Who is absent, whose post is vacant and who is new, drawn for all posts of a replication at once.

The n-th absence of a post, from 0: the time to it since the end of the one before (at first, since
`DAYS_BEFORE` days before the run) is the gap table at `uniform(key, n, 0, FOR_ABSENCE)`, stretched by the
factors of the months, and its length the length table at `uniform(key, n, 0, FOR_ABSENCE_LENGTH)`; with
`key = mix64(replication_key + key of "absence:SITE/POOL/POST/NAME")`. It begins at the midnight before and
takes whole days, rounded up, at least one. Departures are the same with FOR_DEPARTURE, FOR_HIRING and the key
of "departure:SITE/POOL/POST", from the first day of the run on. No number depends on another post.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.control.draws import keys_within, look_up_each, uniform_each
from sim.world.arrays import FOR_ABSENCE, FOR_ABSENCE_LENGTH, FOR_DEPARTURE, FOR_HIRING, Floats, Ints
from sim.world.staff_plan import DAYS_BEFORE, Absences, Departures, StaffPlan


@dataclass(frozen=True)
class Spells:
    """Posts with whole days from one to before another; days count from the first of the run."""

    posts: NDArray[np.int32]  # rows of `StaffPlan.posts`
    begin: Ints
    end: Ints


def absence_spells(absences: Absences, plan: StaffPlan, replication: int) -> Spells:
    """All absences for one reason that touch the run; `replication` is its key."""
    key = keys_within(replication, absences.key)
    clock = np.zeros(len(key))
    left, nth, found = np.arange(len(key)), 0, []
    while len(left):
        gap = look_up_each(absences.gap_table, uniform_each(key[left], nth, 0, FOR_ABSENCE))
        start = _later(absences.intensity_before, clock[left], gap)
        inside = start < DAYS_BEFORE + plan.day_count
        left, start = left[inside], start[inside]
        length = look_up_each(absences.length_table, uniform_each(key[left], nth, 0, FOR_ABSENCE_LENGTH))
        begin = np.floor(start).astype(np.int64)
        end = _end(begin, _whole_days(length), plan if absences.in_working_days else None)
        found.append((left, begin, end))
        clock[left] = start + (end - begin)
        left, nth = left[clock[left] < DAYS_BEFORE + plan.day_count], nth + 1
    place, begin, end = _joined(found)
    return _in_run(Spells(absences.posts[place], begin - DAYS_BEFORE, end - DAYS_BEFORE), plan)


def departure_spells(departures: Departures, plan: StaffPlan, replication: int) -> tuple[Spells, Spells]:
    """When posts are vacant, and when who fills them is new; `replication` is its key."""
    key = keys_within(replication, departures.key)
    clock = np.zeros(len(key))
    left, nth, found = np.arange(len(key)), 0, []
    hired = np.full(len(key), -departures.newcomer_days)
    new = []
    while len(left):
        gap = look_up_each(departures.gap_table, uniform_each(key[left], nth, 0, FOR_DEPARTURE))
        start = clock[left] + gap
        begin = np.floor(np.minimum(start, plan.day_count)).astype(np.int64)
        new.append((left, hired[left], np.minimum(hired[left] + departures.newcomer_days, begin)))
        inside = start < plan.day_count
        left, start, begin = left[inside], start[inside], begin[inside]
        vacant = look_up_each(departures.vacancy_table, uniform_each(key[left], nth, 0, FOR_HIRING))
        hired[left] = begin + _whole_days(vacant)
        found.append((left, begin, hired[left]))
        clock[left] = start + (hired[left] - begin)
        left, nth = left[clock[left] < plan.day_count], nth + 1
    spells = (_joined(found), _joined(new))
    vacancies, newcomers = (Spells(departures.posts[place], begin, end) for place, begin, end in spells)
    return _in_run(vacancies, plan), _in_run(newcomers, plan)


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


def _end(begin: Ints, length: Ints, plan: StaffPlan | None) -> Ints:
    """Day after the last of so many days from a day on; of working days when a plan is given."""
    if plan is None:
        return begin + length
    last = np.minimum(plan.working_day_after[begin] + length - 1, len(plan.working_day_of) - 1)
    return np.asarray(np.maximum(plan.working_day_of[last], begin) + 1)


def _joined(parts: list[tuple[NDArray[np.intp], Ints, Ints]]) -> tuple[Ints, Ints, Ints]:
    if not parts:
        return (np.zeros(0, np.int64),) * 3
    place, begin, end = (np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True))
    return place, begin, end


def _in_run(spells: Spells, plan: StaffPlan) -> Spells:
    """Those that touch the run, cut to it."""
    begin, end = np.maximum(spells.begin, 0), np.minimum(spells.end, plan.day_count)
    kept = begin < end
    return Spells(spells.posts[kept], begin[kept], end[kept])
