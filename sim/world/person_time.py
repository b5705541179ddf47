"""People by day, from what control set: posts filled, and time of those present in opening hours."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.arrays import MS_PER_DAY, Ints, World
from sim.world.hours import Hours, hours_in_world


@dataclass(frozen=True)
class StaffEntry:
    """From a moment on, so many people work in some pools; posts that are filled count who is away too."""

    at_ms: int
    pools: NDArray[np.int32]
    people: NDArray[np.int32]
    filled: NDArray[np.int32]


def posts_by_day(world: World, entries: Iterable[StaffEntry], days: range | None = None) -> Ints:
    """Posts filled in each pool, the most of each day: shape (pools, days); all days, or some.

    The entries are in order of time; before the first of a pool nobody is there.
    """
    filled = ((entry.at_ms, entry.pools, entry.filled) for entry in entries)
    return _most_by_day(world, filled, _all_days(world) if days is None else days)


def people_by_day(world: World, entries: Iterable[StaffEntry], days: range | None = None) -> Ints:
    """People at work in each pool, the most of each day: shape (pools, days); all days, or some."""
    people = ((entry.at_ms, entry.pools, entry.people) for entry in entries)
    return _most_by_day(world, people, _all_days(world) if days is None else days)


def _all_days(world: World) -> range:
    return range(world.day_count)


def _most_by_day(
    world: World, entries: Iterable[tuple[int, NDArray[np.int32], NDArray[np.int32]]], days: range
) -> Ints:
    now = np.zeros(len(world.pools), np.int32)
    more = np.zeros((len(days) + 1, len(world.pools)), np.int32)
    within_days = []
    for at_ms, pools, people in entries:
        day, time_ms = divmod(at_ms, MS_PER_DAY)
        more[_place(day + (time_ms > 0), days), pools] += people - now[pools]
        now[pools] = people
        if time_ms and day in days:
            within_days.append((pools, day - days.start, people))
    most: Ints = _running_sums(more)
    for pools, day, people in within_days:
        most[pools, day] = np.maximum(most[pools, day], people)
    return most


def _running_sums(more: NDArray[np.int32]) -> Ints:
    """(pools, days) from what is more on each day, [days + 1, pools]; day by day, along the memory."""
    sums = more[:-1].astype(np.int64)
    for before, day in itertools.pairwise(sums):
        day += before
    return sums.T


def _place(day: int, days: range) -> int:
    """Place of a day among some days; what was before is there on the first, what comes after is apart."""
    return min(max(day - days.start, 0), len(days))


def available_ms_by_day(world: World, entries: Iterable[StaffEntry], days: range | None = None) -> Ints:
    """Time of the people present in the opening hours of their pool, by pool and day: shape (pools, days).

    The integral of people x open time, exact to the millisecond; entries and days as for `posts_by_day`.
    """
    days = _all_days(world) if days is None else days
    calendar = world.pools["calendar"]
    hours = {number: hours_in_world(world, number) for number in np.unique(calendar).tolist()}
    now = np.zeros(len(world.pools), np.int64)
    more = np.zeros((len(days) + 1, len(world.pools)), np.int32)
    within_days = []
    for entry in entries:
        day, time_ms = divmod(entry.at_ms, MS_PER_DAY)
        change = entry.people - now[entry.pools]
        more[_place(day + (time_ms > 0), days), entry.pools] += change.astype(np.int32)
        now[entry.pools] = entry.people
        if time_ms and day in days:
            rest_ms = change * _open_rest(entry, calendar, hours)
            within_days.append((entry.pools, day - days.start, rest_ms))
    available: Ints = _running_sums(more) * open_ms_by_day(world, days)
    for pools, day, rest_ms in within_days:
        available[pools, day] += rest_ms
    return available


def _open_rest(entry: StaffEntry, calendar: NDArray[np.int32], hours: dict[int, Hours]) -> Ints:
    """Open time of each pool of an entry from its moment to midnight."""
    midnight = (entry.at_ms // MS_PER_DAY + 1) * MS_PER_DAY
    numbers, place = np.unique(calendar[entry.pools], return_inverse=True)
    rest = [hours[number].between(entry.at_ms, midnight) for number in numbers.tolist()]
    return np.asarray(np.array(rest, np.int64)[place])


def open_ms_by_day(world: World, days: range | None = None) -> Ints:
    """Opening time of each pool on each day: shape (pools, days); all days, or some."""
    days = _all_days(world) if days is None else days
    calendars, place = np.unique(world.pools["calendar"], return_inverse=True)
    open_ms = [hours_in_world(world, number).open_ms_by_day(world.day_count) for number in calendars.tolist()]
    by_calendar = np.array(open_ms, np.int64).reshape(len(calendars), world.day_count)
    return by_calendar[:, days.start : days.stop][place]
