"""Opening hours and working days by table look-up (E4-E6, E16)."""

import numpy as np

from sim.engine.kernel.compiled import compiled, inlined
from sim.world.arrays import MS_PER_DAY


@inlined
def interval_at(world, calendar, t):
    """First interval of the calendar that closes after t."""
    day = min(t // MS_PER_DAY, world.interval_of_day.shape[1] - 1)
    i = world.interval_of_day[calendar, day]
    while world.interval_close_ms[i] <= t:
        i += 1
    return i


@inlined
def open_until(world, calendar, t):
    """Open time before t, ms."""
    i = interval_at(world, calendar, t)
    return world.interval_before_ms[i] + max(0, t - world.interval_open_ms[i])


@inlined
def working_between(world, calendar, a, b):
    """Open time in [a, b), ms."""
    if a >= b:
        return np.int64(0)
    return open_until(world, calendar, b) - open_until(world, calendar, a)


@inlined
def add_working(world, calendar, t, work_ms):
    """When ``work_ms`` of open time have passed since t."""
    if work_ms <= 0:
        return np.int64(t)
    i = interval_at(world, calendar, t)
    start = max(t, world.interval_open_ms[i])
    while world.interval_close_ms[i] - start < work_ms:
        work_ms -= world.interval_close_ms[i] - start
        i += 1
        start = world.interval_open_ms[i]
    return np.int64(start + work_ms)


@inlined
def is_open(world, calendar, t):
    """Whether the calendar is open at t."""
    return world.interval_open_ms[interval_at(world, calendar, t)] <= t


@compiled
def next_open(world, calendar, t):
    """First time from t on at which the calendar is open (E6)."""
    return max(t, world.interval_open_ms[interval_at(world, calendar, t)])


@compiled
def working_day_counted_from(world, t):
    """Number of the working day from which a receipt at t counts (E16)."""
    day = t // MS_PER_DAY
    if t - day * MS_PER_DAY >= world.cutoff_ms:
        day += 1
    return world.working_day_after[min(day, world.working_day_after.shape[0] - 1)]


@compiled
def close_of_working_day(world, number):
    """When the offices close on the working day of this number."""
    return world.working_day_close_ms[min(number, world.working_day_close_ms.shape[0] - 1)]
