"""People by day, from what control set: posts filled, and time of those present in opening hours."""

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


def posts_by_day(world: World, entries: Iterable[StaffEntry]) -> Ints:
    """Posts filled in each pool, the most of each day: shape (pools, days).

    The entries are in order of time; before the first of a pool nobody is there.
    """
    return _most_by_day(world, ((entry.at_ms, entry.pools, entry.filled) for entry in entries))


def people_by_day(world: World, entries: Iterable[StaffEntry]) -> Ints:
    """People at work in each pool, the most of each day: shape (pools, days)."""
    return _most_by_day(world, ((entry.at_ms, entry.pools, entry.people) for entry in entries))


def _most_by_day(world: World, entries: Iterable[tuple[int, NDArray[np.int32], NDArray[np.int32]]]) -> Ints:
    now = np.zeros(len(world.pools), np.int32)
    more = np.zeros((len(world.pools), world.day_count + 1), np.int32)
    within_days = []
    for at_ms, pools, people in entries:
        day, time_ms = divmod(at_ms, MS_PER_DAY)
        more[pools, day + (time_ms > 0)] += people - now[pools]
        now[pools] = people
        if time_ms:
            within_days.append((pools, day, people))
    most: Ints = np.cumsum(more[:, :-1], axis=1, dtype=np.int64)
    for pools, day, people in within_days:
        most[pools, day] = np.maximum(most[pools, day], people)
    return most


def available_ms_by_day(world: World, entries: Iterable[StaffEntry]) -> Ints:
    """Time of the people present in the opening hours of their pool, by pool and day: shape (pools, days).

    The integral of people x open time, exact to the millisecond; entries as for `posts_by_day`.
    """
    calendar = world.pools["calendar"]
    hours = {number: hours_in_world(world, number) for number in np.unique(calendar).tolist()}
    now = np.zeros(len(world.pools), np.int64)
    more = np.zeros((len(world.pools), world.day_count + 1), np.int32)
    within_days = []
    for entry in entries:
        day, time_ms = divmod(entry.at_ms, MS_PER_DAY)
        change = entry.people - now[entry.pools]
        more[entry.pools, day + (time_ms > 0)] += change.astype(np.int32)
        now[entry.pools] = entry.people
        if time_ms:
            within_days.append((entry.pools, day, change * _open_rest(entry, calendar, hours)))
    available: Ints = np.cumsum(more[:, :-1], axis=1, dtype=np.int64)
    available *= open_ms_by_day(world)
    for pools, day, rest_ms in within_days:
        available[pools, day] += rest_ms
    return available


def _open_rest(entry: StaffEntry, calendar: NDArray[np.int32], hours: dict[int, Hours]) -> Ints:
    """Open time of each pool of an entry from its moment to midnight."""
    midnight = (entry.at_ms // MS_PER_DAY + 1) * MS_PER_DAY
    numbers, place = np.unique(calendar[entry.pools], return_inverse=True)
    rest = [hours[number].between(entry.at_ms, midnight) for number in numbers.tolist()]
    return np.asarray(np.array(rest, np.int64)[place])


def open_ms_by_day(world: World) -> Ints:
    """Opening time of each pool on each day: shape (pools, days)."""
    open_ms = {
        calendar: hours_in_world(world, calendar).open_ms_by_day(world.day_count)
        for calendar in np.unique(world.pools["calendar"]).tolist()
    }
    result: Ints = np.array([open_ms[calendar] for calendar in world.pools["calendar"].tolist()], np.int64)
    return result.reshape(len(world.pools), world.day_count)
