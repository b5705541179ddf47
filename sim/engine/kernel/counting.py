"""What is counted, and how elapsed time is split by cause (E35-E42)."""

import numpy as np

from sim.engine.kernel.calendars import working_between
from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.fetching import fetch_early
from sim.engine.kernel.randoms import EXPONENT_BIAS, EXPONENT_SHIFT
from sim.world.arrays import (
    BY_CLOSED,
    BY_OUTAGE,
    BY_SIGNATURE,
    BY_STAFF,
    F_TRAVEL_M,
    F_VISITS,
    FINISH,
    FLOW_FIELDS,
    HISTOGRAM_BINS,
    MOST_NOTES_AT_ONCE,
    MOST_PARTS,
    NOTES,
    PAPER,
    PART_BITS,
    S_AREA_CHANGED_MS,
    S_AREA_MS,
    S_IN_SYSTEM,
    S_LOG_ROWS,
    S_LOGGING,
    S_MOST_IN_SYSTEM,
)


@inlined
def cell_of(world, dossier):
    """Number of the area and the group that a dossier is counted in (E40)."""
    return dossier["area"] * np.int64(world.group_count) + dossier["group"]


@inlined
def note(tally, cell, field, amount):
    """Notes something to be added to a field; whoever noted a few then calls ``settle_in_time``."""
    n = tally.noted[0]
    place = cell * len(FLOW_FIELDS) + field
    fetch_early(tally.flow, place)
    tally.noted_place[n] = place
    tally.noted_amount[n] = amount
    tally.noted[0] = n + 1


@inlined
def histogram_bin(milliseconds):
    """Bin of a time (E42)."""
    v = milliseconds // 1000
    if v < 16:
        return v
    # The exponent of a float is the position of the leading bit; v is far below 2^53.
    e = (np.float64(v).view(np.int64) >> EXPONENT_SHIFT) - EXPONENT_BIAS
    return min(16 * (e - 3) + ((v >> (e - 4)) & 15), HISTOGRAM_BINS - 1)


@inlined
def note_bin(tally, cell, clock, time_ms):
    """Notes an elapsed time for its histogram (E42)."""
    n = tally.noted[1]
    tally.noted_bin[n] = (cell * 2 + clock) * HISTOGRAM_BINS + histogram_bin(time_ms)
    tally.noted[1] = n + 1


@compiled
def note_counter_wait(world, tally, dossier, open_ms):
    """Notes a wait at the counter for the histogram of its area, which follows those of all cells (E38)."""
    n = tally.noted[1]
    first = world.area_count * np.int64(world.group_count) * 2 + dossier["area"]
    tally.noted_bin[n] = first * HISTOGRAM_BINS + histogram_bin(open_ms)
    tally.noted[1] = n + 1
    settle_in_time(tally)


@compiled
def settle(tally):
    """Adds what is noted; fetches from memory do not wait for one another here, as they would one by one."""
    for i in range(tally.noted[0]):
        tally.flow[tally.noted_place[i]] += tally.noted_amount[i]
    for i in range(tally.noted[1]):
        tally.bins[tally.noted_bin[i]] += 1
    tally.noted[:] = 0


@inlined
def settle_in_time(tally):
    """Adds what is noted before there is no room for the notes of another event."""
    if max(tally.noted[0], tally.noted[1]) > NOTES - MOST_NOTES_AT_ONCE:
        settle(tally)


@inlined
def count(world, tally, dossier, field, amount):
    """Adds to a field of the present day, in the area and the group of the dossier (E40)."""
    note(tally, cell_of(world, dossier), field, amount)
    settle_in_time(tally)


@compiled
def count_visit(world, tally, dossier):
    """Counts a way of the citizen to the desk and back (E40)."""
    count(world, tally, dossier, F_VISITS, 1)
    if dossier["travel_m"] > 0:
        count(world, tally, dossier, F_TRAVEL_M, dossier["travel_m"])


@inlined
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
def log_detail(world, dossier):
    """Detail of a service in the step log: how it was done, whether resumed, and by whom (E63)."""
    paper = dossier["by_hand"] == 1 and world.steps[dossier["step"]]["without"] == PAPER
    detail = dossier["by_hand"] + 2 * np.int64(paper) + 16 * dossier["skips"]
    return (
        detail
        + 4 * np.int64(dossier["work_left_ms"] >= 0)
        + 8 * np.int64(dossier["server"] != dossier["pool"])
    )


@inlined
def add_closed(world, state, slot, pool, a, b, closed):
    """Splits closed time between signature windows and closed offices (E35)."""
    if closed <= 0:
        return
    signature = 0
    if pool["windows_within"] >= 0:
        signature = working_between(world, pool["windows_within"], a, b) - ((b - a) - closed)
    causes_ms = state.dossiers[slot]["causes_ms"]
    causes_ms[BY_SIGNATURE] += signature
    causes_ms[BY_CLOSED] += closed - signature


@inlined
def down_so_far(world, state, pool, queue_index, now):
    """Opening time of the pool during which the queue's systems were out of reach, ms."""
    queue = state.queues[queue_index]
    if queue["down_since_ms"] < 0:
        return queue["down_ms"]
    return queue["down_ms"] + working_between(world, pool["calendar"], queue["down_since_ms"], now)


@inlined
def account_wait(world, state, slot, pool, now):
    """Splits the wait that ends now by cause (E35); returns its part in opening hours, ms."""
    dossier = state.dossiers[slot]
    entered = dossier["entered_ms"]
    if entered == now:
        return np.int64(0)
    open_ms = working_between(world, pool["calendar"], entered, now)
    add_closed(world, state, slot, pool, entered, now, (now - entered) - open_ms)
    outage = down_so_far(world, state, pool, dossier["queue"], now) - dossier["down_before_ms"]
    dossier["causes_ms"][BY_OUTAGE] += outage
    dossier["causes_ms"][BY_STAFF] += open_ms - outage
    return open_ms


@inlined
def add_busy(world, pool, a, b, uninterrupted):
    """Adds the work of a service in [a, b), a part of the present day, to its pool (E38)."""
    if uninterrupted or pool["end_of_shift"] == FINISH:
        pool["busy_ms"] += b - a
    else:
        pool["busy_ms"] += working_between(world, pool["calendar"], a, b)


@compiled
def add_busy_in_hand(world, state, day_start, now):
    """Adds the work since 00:00 of all services in hand at the end of the present day (E38)."""
    for p in range(state.pools.shape[0]):
        pool = state.pools[p]
        for place in range(pool["busy_first"], pool["busy_first"] + pool["busy"]):
            started = state.dossiers[state.at_work[place]]["started_ms"]
            add_busy(world, pool, max(started, day_start), now, False)


@inlined
def note_in_system(state, now, change):
    """Keeps the integral of the number of open dossiers when that number changes."""
    scalars = state.scalars
    scalars[S_AREA_MS] += scalars[S_IN_SYSTEM] * (now - scalars[S_AREA_CHANGED_MS])
    scalars[S_AREA_CHANGED_MS] = now
    scalars[S_IN_SYSTEM] += change
    scalars[S_MOST_IN_SYSTEM] = max(scalars[S_MOST_IN_SYSTEM], scalars[S_IN_SYSTEM])
