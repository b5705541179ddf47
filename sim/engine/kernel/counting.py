"""What is counted, and how elapsed time is split by cause (E35-E42)."""

import numpy as np

from sim.engine.kernel.calendars import working_between
from sim.engine.kernel.compiled import compiled
from sim.world.arrays import (
    BY_CLOSED,
    BY_OUTAGE,
    BY_SIGNATURE,
    BY_STAFF,
    F_TRAVEL_M,
    F_VISITS,
    FINISH,
    HISTOGRAM_BINS,
    MOST_PARTS,
    MS_PER_DAY,
    P_BUSY_MS,
    PART_BITS,
    S_AREA_CHANGED_MS,
    S_AREA_MS,
    S_IN_SYSTEM,
    S_LOG_ROWS,
    S_LOGGING,
    S_MOST_IN_SYSTEM,
)

EXPONENT_SHIFT, EXPONENT_BIAS = 52, 1023


@compiled
def count(tally, dossier, now, field, amount):
    """Adds to a field of the day, in the area and the group of the dossier (E40)."""
    tally.flow[dossier["area"], dossier["group"], now // MS_PER_DAY, field] += amount


@compiled
def count_visit(tally, dossier, now):
    """Counts a way of the citizen to the desk and back (E40)."""
    count(tally, dossier, now, F_VISITS, 1)
    count(tally, dossier, now, F_TRAVEL_M, dossier["travel_m"])


@compiled
def write_log(state, slot, event, site, entered, started, ended, detail):
    """Writes a row of the step log, if it is asked for."""
    if state.scalars[S_LOGGING] == 0:
        return
    dossier = state.dossiers[slot]
    row = state.log[state.scalars[S_LOG_ROWS]]
    state.scalars[S_LOG_ROWS] += 1
    row[0] = dossier["number"] >> PART_BITS
    row[1] = dossier["procedure"]
    row[2] = dossier["step"]
    row[3] = event
    row[4] = site
    row[5] = entered
    row[6] = started
    row[7] = ended
    row[8] = detail
    row[9] = dossier["number"] & MOST_PARTS


@compiled
def log_detail(dossier):
    """Detail of a service in the step log: 4 when it was put aside before, 8 when a coverer does it."""
    return 4 * np.int64(dossier["work_left_ms"] >= 0) + 8 * np.int64(dossier["server"] != dossier["pool"])


@compiled
def histogram_bin(milliseconds):
    """Bin of a time (E42)."""
    v = milliseconds // 1000
    if v < 16:
        return v
    # The exponent of a float is the position of the leading bit; v is far below 2^53.
    e = (np.float64(v).view(np.int64) >> EXPONENT_SHIFT) - EXPONENT_BIAS
    return min(16 * (e - 3) + ((v >> (e - 4)) & 15), HISTOGRAM_BINS - 1)


@compiled
def add_closed(world, state, slot, pool, a, b, closed):
    """Splits closed time between signature windows and closed offices (E35)."""
    if closed <= 0:
        return
    signature = 0
    if pool["windows_within"] >= 0:
        signature = working_between(world, pool["windows_within"], a, b) - ((b - a) - closed)
    state.causes_ms[slot, BY_SIGNATURE] += signature
    state.causes_ms[slot, BY_CLOSED] += closed - signature


@compiled
def down_so_far(world, state, pool, queue_index, now):
    """Opening time of the pool during which the queue's systems were out of reach, ms."""
    queue = state.queues[queue_index]
    if queue["down_since_ms"] < 0:
        return queue["down_ms"]
    return queue["down_ms"] + working_between(world, pool["calendar"], queue["down_since_ms"], now)


@compiled
def account_wait(world, state, slot, pool, now):
    """Splits the wait that ends now by cause (E35); returns its part in opening hours, ms."""
    dossier = state.dossiers[slot]
    entered = dossier["entered_ms"]
    if entered == now:
        return np.int64(0)
    open_ms = working_between(world, pool["calendar"], entered, now)
    add_closed(world, state, slot, pool, entered, now, (now - entered) - open_ms)
    outage = down_so_far(world, state, pool, dossier["queue"], now) - dossier["down_before_ms"]
    state.causes_ms[slot, BY_OUTAGE] += outage
    state.causes_ms[slot, BY_STAFF] += open_ms - outage
    return open_ms


@compiled
def add_busy(world, tally, pool, pool_index, a, b, uninterrupted):
    """Adds the work of a service in [a, b) to the days it fell on (E38)."""
    first_day = a // MS_PER_DAY
    if uninterrupted and b <= (first_day + 1) * MS_PER_DAY:
        tally.pools[pool_index, first_day, P_BUSY_MS] += b - a
        return
    while a < b:
        day = a // MS_PER_DAY
        until = min(b, (day + 1) * MS_PER_DAY)
        if pool["end_of_shift"] == FINISH:
            tally.pools[pool_index, day, P_BUSY_MS] += until - a
        else:
            tally.pools[pool_index, day, P_BUSY_MS] += working_between(world, pool["calendar"], a, until)
        a = until


@compiled
def note_in_system(state, now, change):
    """Keeps the integral of the number of open dossiers when that number changes."""
    scalars = state.scalars
    scalars[S_AREA_MS] += scalars[S_IN_SYSTEM] * (now - scalars[S_AREA_CHANGED_MS])
    scalars[S_AREA_CHANGED_MS] = now
    scalars[S_IN_SYSTEM] += change
    scalars[S_MOST_IN_SYSTEM] = max(scalars[S_MOST_IN_SYSTEM], scalars[S_IN_SYSTEM])
