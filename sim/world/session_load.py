"""How many sessions a scenario asks of its portals in the busiest hour, without running it."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.arrays import MS_PER_DAY, MS_PER_HOUR, Floats, World
from sim.world.build import Built
from sim.world.quantiles import table_mean
from sim.world.sessions import SESSIONS, is_pool_of_sessions

HOURS = 24


@dataclass(frozen=True)
class SessionLoad:
    """Expected sessions in a system, at the host where they fill it most.

    `sessions` are those at a time in the busiest hour of the run, a mean: nothing varies from day to day,
    and nobody tries again. `utilisation` is their share of the capacity.
    """

    system: str
    site: str
    hosts: int
    capacity: int
    per_hour: float
    minutes: float
    sessions: float
    utilisation: float


def session_loads(built: Built) -> tuple[SessionLoad, ...]:
    """The expected load of every system in which filing is a session."""
    world, roles = built.world, built.names.roles
    per_hour = _sessions_per_hour(built)
    return tuple(
        _load(built, role, per_hour)
        for role, name in enumerate(roles)
        if is_pool_of_sessions(name) and (world.pools["role"] == role).any()
    )


def _load(built: Built, role: int, per_hour: Floats) -> SessionLoad:
    world = built.world
    pools = np.flatnonzero(world.pools["role"] == role)
    step = int(np.flatnonzero((world.steps["is_session"] == 1) & (world.steps["role"] == role))[0])
    lasts_ms = table_mean(world.tables[world.steps["table"][step]])
    busiest = pools[int(np.argmax(per_hour[pools] / world.pools["capacity"][pools]))]
    sessions = float(per_hour[busiest] * lasts_ms / MS_PER_HOUR)
    capacity = int(world.pools["capacity"][busiest])
    return SessionLoad(
        system=built.names.roles[role].removesuffix(SESSIONS),
        site=built.names.sites[world.pools["site"][busiest]],
        hosts=len(pools),
        capacity=capacity,
        per_hour=float(per_hour[busiest]),
        minutes=lasts_ms * 60 / MS_PER_HOUR,
        sessions=sessions,
        utilisation=sessions / capacity if capacity else math.inf,
    )


def _sessions_per_hour(built: Built) -> Floats:
    """Sessions that begin in the busiest hour of the run: shape (pools,), zero for pools of people."""
    world = built.world
    most = np.zeros(len(world.pools))
    for days, entry in _entry_steps(built):
        pool = _pools_of_sessions(world, entry)
        for number in np.unique(pool[pool >= 0]).tolist():
            most[number] = max(most[number], _by_hour(world, pool == number)[days].max())
    return most


def _entry_steps(built: Built) -> Iterator[tuple[slice, NDArray[np.int32]]]:
    """Days from one change of ways to the next, and the step at which each stream is filed meanwhile."""
    world, changes = built.world, built.control_plan.route_changes
    streams, routes = world.streams, world.routes.copy()
    entry = world.entry_step[streams["procedure"], streams["channel"]]
    row = world.route_row[streams["site"]]
    first_days = [0, *dict.fromkeys(change.at_ms // MS_PER_DAY for change in changes)]
    for first, end in itertools.pairwise([*first_days, world.day_count]):
        for change in changes:
            if change.at_ms == first * MS_PER_DAY:
                routes[change.row, change.steps] = change.to
        yield slice(first, end), routes[row, entry] if len(routes) else entry


def _pools_of_sessions(world: World, entry: NDArray[np.int32]) -> NDArray[np.int64]:
    """The pool of the session in which each stream is filed, -1 = in none: shape (streams,)."""
    level, role = world.steps["level"][entry], world.steps["role"][entry]
    pool = world.pool_of[world.site_at_level[world.streams["site"], level], role]
    return np.where(world.steps["is_session"][entry] == 1, pool, -1)


def _by_hour(world: World, mine: NDArray[np.bool_]) -> Floats:
    """Expected filings of some streams in each hour: shape (days, 24)."""
    channel = world.streams["channel"]
    by_hour = np.zeros((world.day_count, HOURS))
    for number in np.unique(channel[mine]).tolist():
        chosen = np.flatnonzero(mine & (channel == number))
        by_hour += _by_day(world, chosen)[:, np.newaxis] * _share_of_hours(world, number)
    return by_hour


def _by_day(world: World, streams: NDArray[np.int64]) -> Floats:
    """Expected filings of some streams on each day, drawn and replayed: shape (days,)."""
    records = world.streams[streams]
    weight = np.bincount(records["factor_row"], weights=records["per_day"], minlength=len(world.day_factor))
    day = np.repeat(np.arange(world.day_count), np.diff(world.replay_first))
    is_mine = np.isin(world.replay_stream, streams)
    return np.asarray(weight @ world.day_factor + np.bincount(day[is_mine], minlength=world.day_count))


def _share_of_hours(world: World, channel: int) -> Floats:
    """Share of the filings of a day on a channel that falls in each hour: shape (days, 24)."""
    patterns = np.array([_pattern_hours(world, number) for number in range(len(world.pattern_first) - 1)])
    of_day = world.pattern_of_day[channel]
    return np.where(of_day[:, np.newaxis] >= 0, patterns[of_day], 0.0)


def _pattern_hours(world: World, pattern: int) -> Floats:
    """Share of a pattern in each hour of the day: shape (24,)."""
    segments = slice(world.pattern_first[pattern], world.pattern_first[pattern + 1])
    share = np.diff(world.segment_until[segments], prepend=0.0)
    start, length = world.segment_start_ms[segments], world.segment_length_ms[segments]
    hour_ms = np.arange(HOURS)[:, np.newaxis] * MS_PER_HOUR
    inside = np.minimum(hour_ms + MS_PER_HOUR, start + length) - np.maximum(hour_ms, start)
    return np.asarray((np.maximum(inside, 0) / length) @ share)
