"""The compiled flow: dossiers through pools, queues and networks, between two control events.

The rules and their numbers (E1-E42) are in ``docs/engine-semantics.md``; ``reference.py`` says the same in
plain SimPy. Everything here works on the arrays of ``sim.world.arrays`` and calls no library function: only
additions, multiplications, divisions and shifts, so the same bits come out on every machine.

All functions live in this one file because Numba's cache notices edits of the defining file only.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from sim.world.arrays import (
    BY_CITIZEN,
    BY_CLOSED,
    BY_OUTAGE,
    BY_SIGNATURE,
    BY_STAFF,
    BY_TRANSFER,
    BY_WORK,
    CELLS_PER_HALVING,
    CITIZEN,
    CITIZEN_ANSWERS,
    CLOCK_RESTARTS,
    CLOSED_UNANSWERED,
    EARLIEST_DUE_DATE,
    ELECTRONIC,
    F_ARRIVED,
    F_ARRIVED_ELECTRONIC,
    F_BACK_ENTRIES,
    F_CLOSED_UNANSWERED,
    F_COUNTER_STARTS,
    F_COUNTER_WAIT_MS,
    F_CYCLE_MS,
    F_CYCLE_WORKING_MS,
    F_FINISHED,
    F_FIRST_CAUSE,
    F_MANUAL,
    F_ON_TIME,
    F_OVERDUE_MS,
    F_REFUSED,
    F_SHUTTLES,
    F_SUPPLEMENTS,
    F_VISITS,
    F_WITH_DEADLINE,
    FAR_FUTURE_MS,
    FINISH,
    FIRST_COME,
    FOR_ANSWER,
    FOR_BRANCH,
    FOR_BUSY_DAY,
    FOR_COUNT,
    FOR_COURIER,
    FOR_TIME_OF_DAY,
    FOR_TOUCH_TIME,
    FOR_USED_DEADLINE,
    FREE,
    HALVINGS,
    HISTOGRAM_BINS,
    IN_OUTBOX,
    IN_SERVICE,
    LOG_CITIZEN,
    LOG_FINISH,
    LOG_PUT_ASIDE,
    LOG_SERVICE,
    LOG_TRANSFER,
    MANUAL,
    MOVING,
    MS_PER_DAY,
    NEEDS_FILINGS,
    NEEDS_LOG,
    NEEDS_SLOTS,
    ON_PAPER,
    P_BUSY_MS,
    P_QUEUED_AT_MIDNIGHT,
    P_STARTED,
    P_WAIT_MS,
    P_WAITED,
    POOL_OPENS,
    QUEUED,
    REACHED,
    REFUSED,
    S_AREA_CHANGED_MS,
    S_AREA_MS,
    S_BACK_ENTRIES_OPEN,
    S_DAY,
    S_ELAPSED_MS,
    S_EVENTS,
    S_FILINGS,
    S_FILINGS_DRAWN,
    S_FINISHED,
    S_FREE,
    S_IN_SYSTEM,
    S_LOG_ROWS,
    S_LOGGING,
    S_MOST_IN_SYSTEM,
    S_NEXT_FILING,
    S_NEXT_NUMBER,
    S_NOW_MS,
    S_SPLIT_ERRORS,
    S_STEPS,
    SERVICE_ENDS,
    TRANSFER_ARRIVES,
    WITH_CITIZEN,
    WORK,
)

# Unsigned constants: in Numba an int64 beside a uint64 would turn both into floats.
ZERO, ONE = np.uint64(0), np.uint64(1)
SHIFT_30, SHIFT_27, SHIFT_31, SHIFT_11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
MIX_1, MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
ADDRESS_A = np.uint64(0x9E3779B97F4A7C15)
ADDRESS_B = np.uint64(0xD1B54A32D192ED03)
ADDRESS_C = np.uint64(0x8CB92BA72F3D8DD7)
TWO_TO_MINUS_53 = 2.0**-53
LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 0.693147180369123816490, 1.90821492927058770002e-10
PRIORITY_SHIFT = 44
# A mean of 500 keeps exp(-mean) far from underflow.
LARGEST_POISSON_PART = 500.0
PLACE_BITS = 36
PLACE_MASK = (1 << PLACE_BITS) - 1
LOG_ROWS_PER_EVENT = 8

compiled = njit(cache=True, nogil=True, fastmath=False, error_model="numpy")


# --- random numbers (E7-E11) ---------------------------------------------------------------------------


@compiled
def mix64(z):
    """Finaliser of SplitMix64 (Steele, Lea, Flood 2014)."""
    z = (z ^ (z >> SHIFT_30)) * MIX_1
    z = (z ^ (z >> SHIFT_27)) * MIX_2
    return z ^ (z >> SHIFT_31)


@compiled
def uniform(key, a, b, purpose):
    """The random number in [0, 1) that stands at an address."""
    z = mix64(key + a * ADDRESS_A + b * ADDRESS_B + np.uint64(purpose) * ADDRESS_C)
    return np.float64(z >> SHIFT_11) * TWO_TO_MINUS_53


@compiled
def quantile(tables, table, u):
    """Value of a quantile table at u (E10)."""
    v = 1.0 - u
    halving = 0
    while v <= 0.5 and halving < HALVINGS:
        v *= 2.0
        halving += 1
    if halving == HALVINGS:
        return tables[table, CELLS_PER_HALVING * HALVINGS]
    x = (1.0 - v) * (2.0 * CELLS_PER_HALVING)
    cell = int(x)
    node = CELLS_PER_HALVING * halving + cell
    low = tables[table, node]
    return low + (tables[table, node + 1] - low) * (x - cell)


@compiled
def whole(x):
    """A float of milliseconds as an integer (E11)."""
    return np.int64(math.floor(x + 0.5))


@compiled
def exp_minus(m):
    """exp(-m) for m >= 0 by range reduction and a Taylor sum, the same bits everywhere."""
    k = math.floor(m * LOG2_E + 0.5)
    r = m - k * LN2_HIGH - k * LN2_LOW
    s = 1.0
    for i in range(17, 0, -1):
        s = 1.0 - (r * s) / i
    return math.ldexp(s, -int(k))


@compiled
def poisson_quantile(mean, u):
    """Smallest k whose Poisson distribution function exceeds u."""
    p = exp_minus(mean)
    c = p
    k = 0
    while u >= c and (p > 0.0 or k < mean):
        k += 1
        p *= mean / k
        c += p
    return k


@compiled
def poisson_count(mean, key, day_number):
    """Count of a stream on a day, in parts when the mean is large (E12)."""
    parts = int(math.ceil(mean / LARGEST_POISSON_PART))
    count = 0
    for part in range(parts):
        u = uniform(key, np.uint64(day_number), np.uint64(part), FOR_COUNT)
        count += poisson_quantile(mean / parts, u)
    return count


# --- calendars (E4-E6) ---------------------------------------------------------------------------------


@compiled
def interval_at(world, calendar, t):
    """First interval of the calendar that closes after t."""
    day = min(t // MS_PER_DAY, world.interval_of_day.shape[1] - 1)
    i = world.interval_of_day[calendar, day]
    while world.interval_close_ms[i] <= t:
        i += 1
    return i


@compiled
def open_until(world, calendar, t):
    """Open time before t, ms."""
    i = interval_at(world, calendar, t)
    return world.interval_before_ms[i] + max(0, t - world.interval_open_ms[i])


@compiled
def working_between(world, calendar, a, b):
    """Open time in [a, b), ms."""
    if a >= b:
        return np.int64(0)
    return open_until(world, calendar, b) - open_until(world, calendar, a)


@compiled
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


@compiled
def is_open(world, calendar, t):
    return world.interval_open_ms[interval_at(world, calendar, t)] <= t


@compiled
def next_open(world, calendar, t):
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
    return world.working_day_close_ms[min(number, world.working_day_close_ms.shape[0] - 1)]


# --- queues: pairing heaps through the dossiers (E24) -----------------------------------------------------


@compiled
def goes_before(dossiers, a, b):
    if dossiers[a]["queue_key"] != dossiers[b]["queue_key"]:
        return dossiers[a]["queue_key"] < dossiers[b]["queue_key"]
    return dossiers[a]["number"] < dossiers[b]["number"]


@compiled
def meld(dossiers, a, b):
    """One heap of two; returns its root."""
    if goes_before(dossiers, b, a):
        a, b = b, a
    dossiers[b]["next"] = dossiers[a]["child"]
    dossiers[a]["child"] = b
    return a


@compiled
def without_root(dossiers, root):
    """The heap without its root, by the two passes of Fredman et al. (1986); returns the new root or -1."""
    node = dossiers[root]["child"]
    paired = -1
    while node >= 0:
        partner = dossiers[node]["next"]
        if partner < 0:
            dossiers[node]["next"] = paired
            paired = node
            break
        rest = dossiers[partner]["next"]
        tree = meld(dossiers, node, partner)
        dossiers[tree]["next"] = paired
        paired = tree
        node = rest
    new_root = -1
    while paired >= 0:
        rest = dossiers[paired]["next"]
        new_root = paired if new_root < 0 else meld(dossiers, new_root, paired)
        paired = rest
    return new_root


@compiled
def note_queue_change(pool, now, change):
    pool["queue_area_ms"] += pool["queued"] * (now - pool["queue_changed_ms"])
    pool["queue_changed_ms"] = now
    pool["queued"] += change


@compiled
def put_in_queue(state, slot, now):
    dossier = state.dossiers[slot]
    queue = state.queues[dossier["queue"]]
    dossier["state"] = QUEUED
    dossier["next"] = -1
    dossier["child"] = -1
    queue["root"] = slot if queue["root"] < 0 else meld(state.dossiers, queue["root"], slot)
    note_queue_change(state.pools[dossier["pool"]], now, 1)


@compiled
def first_that_can_start(state, pool):
    """Index of the queue with the first dossier whose systems are in reach, -1 when there is none (E25)."""
    best = -1
    for q in range(pool["queue_first"], pool["queue_first"] + pool["queue_count"]):
        root = state.queues[q]["root"]
        if root < 0 or state.queues[q]["down_since_ms"] >= 0:
            continue
        if best < 0 or goes_before(state.dossiers, root, state.queues[best]["root"]):
            best = q
    return best


# --- the event list: a 4-ary heap (E2) --------------------------------------------------------------------


@compiled
def comes_first(state, key_a, item_a, key_b, item_b):
    if key_a != key_b:
        return key_a < key_b
    if key_a & 3 == POOL_OPENS:
        return item_a < item_b
    return state.dossiers[item_a]["number"] < state.dossiers[item_b]["number"]


@compiled
def push_event(state, t, kind, item):
    key = t * 4 + kind
    keys, items = state.event_key, state.event_item
    hole = state.scalars[S_EVENTS]
    state.scalars[S_EVENTS] += 1
    while hole > 0:
        parent = (hole - 1) >> 2
        if not comes_first(state, key, item, keys[parent], items[parent]):
            break
        keys[hole] = keys[parent]
        items[hole] = items[parent]
        hole = parent
    keys[hole] = key
    items[hole] = item


@compiled
def smallest_child(state, hole, count):
    first = 4 * hole + 1
    best = first
    for child in range(first + 1, min(first + 4, count)):
        if comes_first(
            state, state.event_key[child], state.event_item[child], state.event_key[best], state.event_item[best]
        ):
            best = child
    return best


@compiled
def drop_first_event(state):
    state.scalars[S_EVENTS] -= 1
    count = state.scalars[S_EVENTS]
    keys, items = state.event_key, state.event_item
    key, item = keys[count], items[count]
    hole = 0
    while 4 * hole + 1 < count:
        child = smallest_child(state, hole, count)
        if not comes_first(state, keys[child], items[child], key, item):
            break
        keys[hole] = keys[child]
        items[hole] = items[child]
        hole = child
    keys[hole] = key
    items[hole] = item


@compiled
def set_event(state, t, kind, slot):
    state.dossiers[slot]["has_event"] = 1
    push_event(state, t, kind, slot)


# --- what is counted (E35-E42) ----------------------------------------------------------------------------


@compiled
def count(tally, dossier, now, field, amount):
    tally.flow[dossier["home"], dossier["group"], now // MS_PER_DAY, field] += amount


@compiled
def write_log(state, slot, event, site, entered, started, ended, detail):
    if state.scalars[S_LOGGING] == 0:
        return
    dossier = state.dossiers[slot]
    row = state.log[state.scalars[S_LOG_ROWS]]
    state.scalars[S_LOG_ROWS] += 1
    row[0] = dossier["number"]
    row[1] = dossier["procedure"]
    row[2] = dossier["step"]
    row[3] = event
    row[4] = site
    row[5] = entered
    row[6] = started
    row[7] = ended
    row[8] = detail


@compiled
def histogram_bin(milliseconds):
    """Bin of a time (E42)."""
    v = milliseconds // 1000
    if v < 16:
        return v
    e = 4
    while v >> (e + 1) > 0:
        e += 1
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
def add_busy(world, tally, pool, pool_index, a, b):
    """Adds the work of a service in [a, b) to the days it fell on (E38)."""
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
    scalars = state.scalars
    scalars[S_AREA_MS] += scalars[S_IN_SYSTEM] * (now - scalars[S_AREA_CHANGED_MS])
    scalars[S_AREA_CHANGED_MS] = now
    scalars[S_IN_SYSTEM] += change
    scalars[S_MOST_IN_SYSTEM] = max(scalars[S_MOST_IN_SYSTEM], scalars[S_IN_SYSTEM])


# --- service (E25-E30, E33) -------------------------------------------------------------------------------


@compiled
def touch_ms(world, state, tally, slot, pool, now):
    """Draws the work of a step that begins now and settles what is done without a system (E27)."""
    dossier = state.dossiers[slot]
    step = world.steps[dossier["step"]]
    u = uniform(dossier["key"], step["key"], np.uint64(dossier["round"]), FOR_TOUCH_TIME)
    touch = quantile(world.tables, step["table"], u)
    touch = touch * world.channel_factor[dossier["step"], dossier["channel"]] * pool["stretch"]
    dossier["by_hand"] = 0
    if step["needs"] & ~state.reach[pool["site"]] != ZERO:
        dossier["by_hand"] = 1
        touch = touch * step["manual_factor"]
        if step["without"] == MANUAL:
            count(tally, dossier, now, F_MANUAL, 1)
        else:
            go_on_paper(tally, dossier, now)
    return whole(touch)


@compiled
def go_on_paper(tally, dossier, now):
    dossier["owes_back_entry"] = 1
    if dossier["medium"] == ELECTRONIC:
        dossier["medium"] = ON_PAPER
        dossier["shuttles"] += 1
        count(tally, dossier, now, F_SHUTTLES, 1)


@compiled
def count_first_start(world, tally, dossier, pool_index, now, open_ms):
    """Counts a service that begins for the first time (E38, E39)."""
    day = now // MS_PER_DAY
    tally.pools[pool_index, day, P_STARTED] += 1
    if dossier["entered_ms"] < now:
        tally.pools[pool_index, day, P_WAITED] += 1
    if world.steps[dossier["step"]]["in_person_wait"] == 1 and world.channel_in_person[dossier["channel"]] == 1:
        count(tally, dossier, now, F_COUNTER_STARTS, 1)
        count(tally, dossier, now, F_COUNTER_WAIT_MS, open_ms)
        tally.counter_wait[dossier["home"], histogram_bin(open_ms)] += 1


@compiled
def start_service(world, state, tally, slot, pool_index, now):
    pool = state.pools[pool_index]
    dossier = state.dossiers[slot]
    open_ms = account_wait(world, state, slot, pool, now)
    tally.pools[pool_index, now // MS_PER_DAY, P_WAIT_MS] += now - dossier["entered_ms"]
    if dossier["work_left_ms"] < 0:
        count_first_start(world, tally, dossier, pool_index, now, open_ms)
        dossier["service_ms"] = touch_ms(world, state, tally, slot, pool, now)
    else:
        dossier["service_ms"] = dossier["work_left_ms"]
    dossier["state"] = IN_SERVICE
    dossier["started_ms"] = now
    if pool["end_of_shift"] == FINISH:
        dossier["ends_ms"] = now + dossier["service_ms"]
    else:
        dossier["ends_ms"] = add_working(world, pool["calendar"], now, dossier["service_ms"])
    dossier["place"] = pool["busy_first"] + pool["busy"]
    state.at_work[dossier["place"]] = slot
    pool["busy"] += 1
    if dossier["has_event"] == 0:
        set_event(state, dossier["ends_ms"], SERVICE_ENDS, slot)


@compiled
def start_what_it_can(world, state, tally, pool_index, now):
    """Starts work as long as the pool has a free person, is open, and something can start (E25, E26)."""
    pool = state.pools[pool_index]
    while pool["queued"] > 0 and pool["busy"] < pool["capacity"]:
        q = first_that_can_start(state, pool)
        if q < 0:
            return
        if not is_open(world, pool["calendar"], now):
            wake_at_opening(world, state, pool, pool_index, now)
            return
        slot = state.queues[q]["root"]
        state.queues[q]["root"] = without_root(state.dossiers, slot)
        note_queue_change(pool, now, -1)
        start_service(world, state, tally, slot, pool_index, now)


@compiled
def wake_at_opening(world, state, pool, pool_index, now):
    if pool["wakes_at_ms"] < 0:
        pool["wakes_at_ms"] = next_open(world, pool["calendar"], now)
        push_event(state, pool["wakes_at_ms"], POOL_OPENS, pool_index)


@compiled
def enter_pool(world, state, tally, slot, pool_index, now):
    """A dossier joins the pool of its step and is started at once if that is possible (E24)."""
    pool = state.pools[pool_index]
    dossier = state.dossiers[slot]
    dossier["pool"] = pool_index
    dossier["site"] = pool["site"]
    dossier["queue"] = pool["queue_first"] + world.steps[dossier["step"]]["queue_class"]
    dossier["entered_ms"] = now
    dossier["work_left_ms"] = -1
    dossier["down_before_ms"] = down_so_far(world, state, pool, dossier["queue"], now)
    dossier["queue_key"] = queue_key(world, pool["queue_rule"], dossier, now)
    idle = pool["queued"] == 0 and pool["busy"] < pool["capacity"]
    in_reach = state.queues[dossier["queue"]]["down_since_ms"] < 0
    if idle and in_reach and is_open(world, pool["calendar"], now):
        start_service(world, state, tally, slot, pool_index, now)
    else:
        put_in_queue(state, slot, now)
        start_what_it_can(world, state, tally, pool_index, now)


@compiled
def queue_key(world, rule, dossier, now):
    if rule == FIRST_COME:
        return np.int64(now)
    if rule == EARLIEST_DUE_DATE:
        return np.int64(dossier["due_ms"])
    return (np.int64(world.procedures[dossier["procedure"]]["priority"]) << PRIORITY_SHIFT) + now


@compiled
def leave_work(state, pool, slot):
    """Frees the person who served the dossier; the last one at work takes the place."""
    pool["busy"] -= 1
    place = state.dossiers[slot]["place"]
    last = state.at_work[pool["busy_first"] + pool["busy"]]
    state.at_work[place] = last
    state.dossiers[last]["place"] = place


@compiled
def account_service(world, state, tally, slot, pool_index, now, work):
    """Books the service that ends or is put aside now, after ``work`` ms of work (E36, E38)."""
    pool = state.pools[pool_index]
    started = state.dossiers[slot]["started_ms"]
    state.causes_ms[slot, BY_WORK] += work
    add_closed(world, state, slot, pool, started, now, (now - started) - work)
    add_busy(world, tally, pool, pool_index, started, now)


@compiled
def end_service(world, state, tally, slot, now):
    dossier = state.dossiers[slot]
    pool_index = dossier["pool"]
    step = world.steps[dossier["step"]]
    account_service(world, state, tally, slot, pool_index, now, dossier["service_ms"])
    leave_work(state, state.pools[pool_index], slot)
    state.scalars[S_STEPS] += 1
    if state.scalars[S_LOGGING] == 1:
        log_service(world, state, slot, now)
    if dossier["finished"] == 1:
        count(tally, dossier, now, F_BACK_ENTRIES, 1)
        state.scalars[S_BACK_ENTRIES_OPEN] -= 1
        give_slot_back(state, slot)
    else:
        if step["digitises"] == 1 and dossier["by_hand"] == 0 and dossier["owes_back_entry"] == 0:
            dossier["medium"] = ELECTRONIC
        go_on(world, state, tally, slot, now)
    start_what_it_can(world, state, tally, pool_index, now)


@compiled
def log_service(world, state, slot, now):
    dossier = state.dossiers[slot]
    paper = dossier["by_hand"] == 1 and world.steps[dossier["step"]]["without"] != MANUAL
    detail = dossier["by_hand"] + 2 * np.int64(paper) + 4 * np.int64(dossier["work_left_ms"] >= 0)
    write_log(
        state, slot, LOG_SERVICE, dossier["site"], dossier["entered_ms"], dossier["started_ms"], now, detail
    )


@compiled
def service_event(world, state, tally, slot, now):
    """An event of a service: the true end, or what is left of one that was put aside meanwhile."""
    dossier = state.dossiers[slot]
    dossier["has_event"] = 0
    if dossier["state"] != IN_SERVICE:
        return
    if dossier["ends_ms"] > now:
        set_event(state, dossier["ends_ms"], SERVICE_ENDS, slot)
    else:
        end_service(world, state, tally, slot, now)


# --- the way of a dossier (E18-E23) -------------------------------------------------------------------------


@compiled
def branch_after(world, dossier):
    """Index of the branch taken after the present step (E21)."""
    step = world.steps[dossier["step"]]
    first = step["branch_first"]
    last = first + step["branch_count"]
    total, open_branches, only = 0.0, 0, -1
    for b in range(first, last):
        if world.branches[b]["once"] == 0 or dossier["supplemented"] == 0:
            total += world.branches[b]["share"]
            open_branches += 1
            only = b
    if open_branches == 1:
        return only
    u = uniform(dossier["key"], step["key"], np.uint64(dossier["round"]), FOR_BRANCH) * total
    cumulative = 0.0
    for b in range(first, last):
        if world.branches[b]["once"] == 0 or dossier["supplemented"] == 0:
            cumulative += world.branches[b]["share"]
            if u < cumulative:
                return b
    return only


@compiled
def go_on(world, state, tally, slot, now):
    """The dossier leaves its present step for the next one, or ends."""
    dossier = state.dossiers[slot]
    branch = world.branches[branch_after(world, dossier)]
    if branch["once"] == 1:
        dossier["supplemented"] = 1
    to = branch["to"]
    if to < 0:
        finish(world, state, tally, slot, to, now)
        return
    if to <= dossier["step"]:
        dossier["round"] += 1
    dossier["step"] = to
    enter_step(world, state, tally, slot, now)


@compiled
def enter_step(world, state, tally, slot, now):
    dossier = state.dossiers[slot]
    step = world.steps[dossier["step"]]
    if step["kind"] == CITIZEN:
        ask_citizen(world, state, tally, slot, now)
        return
    site = world.site_at_level[dossier["home"], step["level"]]
    pool_index = world.pool_of[site, step["role"]]
    if site == dossier["site"]:
        enter_pool(world, state, tally, slot, pool_index, now)
    else:
        move(world, state, slot, pool_index, now)


@compiled
def move(world, state, slot, pool_index, now):
    """Sends the dossier to another site: by courier, by line, or into the outbox (E19)."""
    dossier = state.dossiers[slot]
    dossier["pool"] = pool_index
    dossier["entered_ms"] = now
    if dossier["medium"] == ON_PAPER:
        send_by_courier(world, state, slot, now)
    elif not send_by_line(world, state, slot, now):
        put_in_outbox(state, slot)


@compiled
def send_by_courier(world, state, slot, now):
    dossier = state.dossiers[slot]
    key = world.steps[dossier["step"]]["key"]
    u = uniform(dossier["key"], key, np.uint64(dossier["round"]), FOR_COURIER)
    work = whole(quantile(world.tables, world.courier_table, u))
    dossier["state"] = MOVING
    dossier["started_ms"] = now
    set_event(state, add_working(world, world.courier_calendar, now, work), TRANSFER_ARRIVES, slot)


@compiled
def send_by_line(world, state, slot, now):
    """Sends an electronic dossier if every uplink on its way works; False if not."""
    dossier = state.dossiers[slot]
    takes = transfer_ms(world, state, dossier["site"], state.pools[dossier["pool"]]["site"])
    if takes < 0:
        return False
    state.causes_ms[slot, BY_OUTAGE] += now - dossier["entered_ms"]
    dossier["state"] = MOVING
    dossier["started_ms"] = now
    set_event(state, now + takes, TRANSFER_ARRIVES, slot)
    return True


@compiled
def transfer_ms(world, state, a, b):
    """Time from site a to site b up and down the tree, -1 when a link on the way is down."""
    latency = np.int64(0)
    bits_per_ms = np.inf
    while a != b:
        if world.site_depth[a] >= world.site_depth[b]:
            lower, a = a, world.site_parent[a]
        else:
            lower, b = b, world.site_parent[b]
        uplink = state.uplinks[lower]
        if uplink["up"] == 0:
            return np.int64(-1)
        latency += uplink["latency_ms"]
        bits_per_ms = min(bits_per_ms, uplink["bits_per_ms"])
    return latency + np.int64(math.ceil(world.dossier_bits / bits_per_ms))


@compiled
def put_in_outbox(state, slot):
    dossier = state.dossiers[slot]
    dossier["state"] = IN_OUTBOX
    dossier["next"] = -1
    site = dossier["site"]
    if state.outbox_first[site] < 0:
        state.outbox_first[site] = slot
    else:
        state.dossiers[state.outbox_last[site]]["next"] = slot
    state.outbox_last[site] = slot


@compiled
def arrive(world, state, tally, slot, now):
    dossier = state.dossiers[slot]
    dossier["has_event"] = 0
    state.causes_ms[slot, BY_TRANSFER] += now - dossier["started_ms"]
    site = state.pools[dossier["pool"]]["site"]
    write_log(state, slot, LOG_TRANSFER, site, dossier["entered_ms"], dossier["started_ms"], now, 0)
    enter_pool(world, state, tally, slot, dossier["pool"], now)


@compiled
def ask_citizen(world, state, tally, slot, now):
    """The office asks for what is missing and waits, at most the legal limit (E22)."""
    dossier = state.dossiers[slot]
    step = world.steps[dossier["step"]]
    count(tally, dossier, now, F_SUPPLEMENTS, 1)
    u = uniform(dossier["key"], step["key"], np.uint64(dossier["round"]), FOR_ANSWER)
    answers = now + whole(quantile(world.tables, step["table"], u))
    limit = close_of_working_day(world, working_day_counted_from(world, now) + world.supplement_limit_days)
    dossier["state"] = WITH_CITIZEN
    dossier["entered_ms"] = now
    dossier["unanswered"] = np.int8(answers > limit)
    set_event(state, min(answers, limit), CITIZEN_ANSWERS, slot)


@compiled
def hear_from_citizen(world, state, tally, slot, now):
    dossier = state.dossiers[slot]
    dossier["has_event"] = 0
    asked = dossier["entered_ms"]
    state.causes_ms[slot, BY_CITIZEN] += now - asked
    write_log(state, slot, LOG_CITIZEN, dossier["site"], asked, asked, now, dossier["unanswered"])
    if dossier["unanswered"] == 1:
        finish(world, state, tally, slot, CLOSED_UNANSWERED, now)
        return
    if world.channel_in_person[dossier["channel"]] == 1:
        count(tally, dossier, now, F_VISITS, 1)
    renew_deadline(world, dossier, asked, now)
    go_on(world, state, tally, slot, now)


@compiled
def renew_deadline(world, dossier, asked, now):
    """The clock stopped when the office asked; it restarts or resumes (E17)."""
    due = dossier["due_ms"]
    if due == FAR_FUTURE_MS or due < asked:
        return
    if world.clock_after_supplement == CLOCK_RESTARTS:
        dossier["due_ms"] = deadline_from(world, dossier["procedure"], now)
    else:
        calendar = world.official_calendar
        stopped = working_between(world, calendar, asked, now)
        dossier["due_ms"] = add_working(world, calendar, due, stopped)


@compiled
def deadline_from(world, procedure, received):
    days = world.procedures[procedure]["deadline_days"]
    if days < 0:
        return np.int64(FAR_FUTURE_MS)
    return np.int64(close_of_working_day(world, working_day_counted_from(world, received) + days))


@compiled
def finish(world, state, tally, slot, end, now):
    """The result is out: the dossier is counted, and gone unless it owes back-entry (E23)."""
    dossier = state.dossiers[slot]
    elapsed = now - dossier["arrived_ms"]
    write_log(state, slot, LOG_FINISH, dossier["site"], dossier["arrived_ms"], dossier["due_ms"], now, -end)
    count_finish(world, state, tally, slot, end, now, elapsed)
    note_in_system(state, now, -1)
    state.scalars[S_FINISHED] += 1
    state.scalars[S_ELAPSED_MS] += elapsed
    if dossier["owes_back_entry"] == 1 and world.back_entry_step >= 0:
        owe_back_entry(world, state, tally, slot, now)
    else:
        give_slot_back(state, slot)


@compiled
def owe_back_entry(world, state, tally, slot, now):
    dossier = state.dossiers[slot]
    dossier["finished"] = 1
    dossier["step"] = world.back_entry_step
    state.scalars[S_BACK_ENTRIES_OPEN] += 1
    step = world.steps[world.back_entry_step]
    site = world.site_at_level[dossier["home"], step["level"]]
    enter_pool(world, state, tally, slot, world.pool_of[site, step["role"]], now)


@compiled
def count_finish(world, state, tally, slot, end, now, elapsed):
    dossier = state.dossiers[slot]
    row = tally.flow[dossier["home"], dossier["group"], now // MS_PER_DAY]
    row[F_FINISHED] += 1
    row[F_REFUSED] += np.int64(end == REFUSED)
    row[F_CLOSED_UNANSWERED] += np.int64(end == CLOSED_UNANSWERED)
    if dossier["due_ms"] != FAR_FUTURE_MS and end != CLOSED_UNANSWERED:
        row[F_WITH_DEADLINE] += 1
        row[F_ON_TIME] += np.int64(now <= dossier["due_ms"])
        row[F_OVERDUE_MS] += working_between(world, world.official_calendar, max(0, dossier["due_ms"]), now)
    working = working_between(world, world.official_calendar, dossier["arrived_ms"], now)
    row[F_CYCLE_MS] += elapsed
    row[F_CYCLE_WORKING_MS] += working
    sum_of_causes = np.int64(0)
    for cause in range(state.causes_ms.shape[1]):
        row[F_FIRST_CAUSE + cause] += state.causes_ms[slot, cause]
        sum_of_causes += state.causes_ms[slot, cause]
    state.scalars[S_SPLIT_ERRORS] += np.int64(sum_of_causes != elapsed)
    tally.cycle[dossier["home"], dossier["group"], 0, histogram_bin(elapsed)] += 1
    tally.cycle[dossier["home"], dossier["group"], 1, histogram_bin(working)] += 1


@compiled
def give_slot_back(state, slot):
    state.dossiers[slot]["state"] = FREE
    state.free_slots[state.scalars[S_FREE]] = slot
    state.scalars[S_FREE] += 1


# --- filings (E9, E12-E16) ----------------------------------------------------------------------------------


@compiled
def time_of_day(world, pattern, u):
    """When on its day a filing comes, ms after 00:00 (E13)."""
    segment = world.pattern_first[pattern]
    begin = 0.0
    while u >= world.segment_until[segment] and segment + 1 < world.pattern_first[pattern + 1]:
        begin = world.segment_until[segment]
        segment += 1
    length = world.segment_length_ms[segment]
    into = np.int64(math.floor((u - begin) / (world.segment_until[segment] - begin) * length))
    return world.segment_start_ms[segment] + min(into, length - 1)


@compiled
def filing_address(stream_key, day, k):
    return mix64(stream_key + np.uint64(day + 1) * ADDRESS_A + np.uint64(k + 1) * ADDRESS_B)


@compiled
def note_filing(state, n, at, stream, k):
    """Writes the n-th filing of the day if there is room; returns n + 1."""
    if n < state.filing_key.shape[0]:
        state.filing_key[n] = (at << PLACE_BITS) | n
        state.filing_stream[n] = stream
        state.filing_index[n] = k
    return n + 1


@compiled
def draw_inherited(world, state):
    """The backlog handed over on day one, as filings at 00:00 with index -1, -2, ... (E15)."""
    n = 0
    for stream in range(world.streams.shape[0]):
        mean = world.streams[stream]["inherited"]
        if mean > 0.0:
            for k in range(poisson_count(mean, state.stream_key[stream], 0)):
                n = note_filing(state, n, np.int64(0), stream, -1 - k)
    return n


@compiled
def busy_day_factor(world, state, site, day):
    if world.busy_day_table < 0:
        return 1.0
    u = uniform(state.site_day_key[site], np.uint64(day + 1), ZERO, FOR_BUSY_DAY)
    return quantile(world.tables, world.busy_day_table, u)


@compiled
def draw_filings(world, state, day):
    """Draws the filings of a day in order; returns their number, which may exceed the room (E12-E14)."""
    n = draw_inherited(world, state) if day == 0 else 0
    site = -1
    busy = 1.0
    for stream in range(world.streams.shape[0]):
        row = world.streams[stream]
        if row["site"] != site:
            site = row["site"]
            busy = busy_day_factor(world, state, site, day)
        mean = row["per_day"] * world.day_factor[row["factor_row"], day] * busy
        pattern = world.pattern_of_day[row["channel"], day]
        if mean > 0.0 and pattern >= 0:
            key = state.stream_key[stream]
            for k in range(poisson_count(mean, key, day + 1)):
                address = filing_address(key, day, k)
                at = time_of_day(world, pattern, uniform(address, ZERO, ZERO, FOR_TIME_OF_DAY))
                n = note_filing(state, n, at, stream, k)
    if n <= state.filing_key.shape[0]:
        state.filing_key[:n].sort()
    return n


@compiled
def file_next(world, state, tally, now):
    """The next filing of the day becomes a dossier."""
    place = state.filing_key[state.scalars[S_NEXT_FILING]] & PLACE_MASK
    state.scalars[S_NEXT_FILING] += 1
    stream = state.filing_stream[place]
    k = state.filing_index[place]
    state.scalars[S_FREE] -= 1
    slot = state.free_slots[state.scalars[S_FREE]]
    begin_dossier(world, state, slot, stream, now)
    dossier = state.dossiers[slot]
    if k >= 0:
        dossier["key"] = filing_address(state.stream_key[stream], state.scalars[S_DAY], k)
        dossier["due_ms"] = deadline_from(world, dossier["procedure"], now)
        count_filing(world, tally, dossier, now)
    else:
        take_over(world, state, dossier, stream, -1 - k)
        count(tally, dossier, now, F_ARRIVED, 1)
    note_in_system(state, now, 1)
    enter_step(world, state, tally, slot, now)


@compiled
def begin_dossier(world, state, slot, stream, now):
    dossier = state.dossiers[slot]
    row = world.streams[stream]
    procedure = world.procedures[row["procedure"]]
    dossier["number"] = state.scalars[S_NEXT_NUMBER]
    state.scalars[S_NEXT_NUMBER] += 1
    dossier["stream"] = stream
    dossier["procedure"] = row["procedure"]
    dossier["channel"] = row["channel"]
    dossier["group"] = procedure["group"]
    dossier["step"] = procedure["first_step"]
    dossier["home"] = row["site"]
    dossier["site"] = row["site"]
    dossier["medium"] = world.channel_medium[row["channel"]]
    dossier["arrived_ms"] = now
    dossier["round"] = 0
    dossier["has_event"] = 0
    dossier["supplemented"] = 0
    dossier["owes_back_entry"] = 0
    dossier["finished"] = 0
    dossier["shuttles"] = 0
    state.causes_ms[slot] = 0


@compiled
def take_over(world, state, dossier, stream, k):
    """A dossier of the old district, at some step and with part of its time used (E15)."""
    procedure = world.procedures[dossier["procedure"]]
    dossier["key"] = filing_address(state.stream_key[stream], -1, k)
    dossier["group"] = world.group_count - 1
    dossier["medium"] = ELECTRONIC
    dossier["step"] = procedure["inherited_step"]
    dossier["site"] = world.site_at_level[dossier["home"], world.steps[dossier["step"]]["level"]]
    dossier["due_ms"] = FAR_FUTURE_MS
    if procedure["deadline_days"] >= 0:
        u = uniform(dossier["key"], ZERO, ZERO, FOR_USED_DEADLINE)
        left = procedure["deadline_days"] * (1.0 - quantile(world.tables, procedure["inherited_used_table"], u))
        if left >= 0.0:
            day = world.working_day_after[0] + int(math.floor(left))
            dossier["due_ms"] = close_of_working_day(world, day)
        else:
            dossier["due_ms"] = -1


@compiled
def count_filing(world, tally, dossier, now):
    count(tally, dossier, now, F_ARRIVED, 1)
    if world.channel_medium[dossier["channel"]] == ELECTRONIC:
        count(tally, dossier, now, F_ARRIVED_ELECTRONIC, 1)
    if world.channel_in_person[dossier["channel"]] == 1:
        count(tally, dossier, now, F_VISITS, 1)


# --- time passes (E1-E3) --------------------------------------------------------------------------------------


@compiled
def midnight(world, state, tally, t):
    """Notes the queues of the day that ends and draws the day that begins; NEEDS_FILINGS if room is short."""
    scalars = state.scalars
    day = t // MS_PER_DAY
    if day < world.day_count:
        n = draw_filings(world, state, day)
        scalars[S_FILINGS_DRAWN] = n
        if n > state.filing_key.shape[0]:
            return NEEDS_FILINGS
        scalars[S_FILINGS] = n
    else:
        scalars[S_FILINGS] = 0
    if day > 0:
        for p in range(state.pools.shape[0]):
            tally.pools[p, day - 1, P_QUEUED_AT_MIDNIGHT] = state.pools[p]["queued"]
    scalars[S_NEXT_FILING] = 0
    scalars[S_DAY] = day
    return REACHED


@compiled
def next_filing_ms(state):
    scalars = state.scalars
    if scalars[S_NEXT_FILING] >= scalars[S_FILINGS]:
        return np.int64(FAR_FUTURE_MS)
    return scalars[S_DAY] * MS_PER_DAY + (state.filing_key[scalars[S_NEXT_FILING]] >> PLACE_BITS)


@compiled
def happen(world, state, tally, now):
    """The first event of the list happens."""
    kind = state.event_key[0] & 3
    item = state.event_item[0]
    drop_first_event(state)
    if kind == SERVICE_ENDS:
        service_event(world, state, tally, item, now)
    elif kind == TRANSFER_ARRIVES:
        arrive(world, state, tally, item, now)
    elif kind == CITIZEN_ANSWERS:
        hear_from_citizen(world, state, tally, item, now)
    else:
        state.pools[item]["wakes_at_ms"] = -1
        start_what_it_can(world, state, tally, item, now)


@compiled
def advance(world, state, tally, until):
    """Lets everything before ``until`` happen; returns REACHED, or what must grow before it can go on."""
    scalars = state.scalars
    while True:
        if scalars[S_LOGGING] == 1 and scalars[S_LOG_ROWS] + LOG_ROWS_PER_EVENT > state.log.shape[0]:
            return NEEDS_LOG
        filing = next_filing_ms(state)
        event = state.event_key[0] >> 2 if scalars[S_EVENTS] > 0 else np.int64(FAR_FUTURE_MS)
        t = min(filing, event)
        day_end = (scalars[S_DAY] + 1) * MS_PER_DAY
        if day_end <= min(t, until):
            if midnight(world, state, tally, day_end) == NEEDS_FILINGS:
                return NEEDS_FILINGS
            continue
        if t >= until:
            scalars[S_NOW_MS] = until
            return REACHED
        scalars[S_NOW_MS] = t
        if event <= t:
            happen(world, state, tally, t)
        elif scalars[S_FREE] == 0:
            return NEEDS_SLOTS
        else:
            file_next(world, state, tally, t)


# --- what control changes (E30-E34) ---------------------------------------------------------------------------


@compiled
def put_aside(world, state, tally, slot, pool_index, now):
    """Interrupts a service whose system is lost; what was done is kept (E32)."""
    pool = state.pools[pool_index]
    dossier = state.dossiers[slot]
    done = now - dossier["started_ms"]
    if pool["end_of_shift"] != FINISH:
        done = working_between(world, pool["calendar"], dossier["started_ms"], now)
    account_service(world, state, tally, slot, pool_index, now, done)
    detail = np.int64(4) * np.int64(dossier["work_left_ms"] >= 0)
    write_log(
        state, slot, LOG_PUT_ASIDE, dossier["site"], dossier["entered_ms"], dossier["started_ms"], now, detail
    )
    leave_work(state, pool, slot)
    dossier["work_left_ms"] = dossier["service_ms"] - done
    dossier["entered_ms"] = now
    dossier["down_before_ms"] = down_so_far(world, state, pool, dossier["queue"], now)
    put_in_queue(state, slot, now)


@compiled
def put_queue_aside(world, state, tally, pool_index, queue_index, now):
    """Puts aside all that is in service from a queue whose systems are lost."""
    pool = state.pools[pool_index]
    place = pool["busy_first"]
    while place < pool["busy_first"] + pool["busy"]:
        slot = state.at_work[place]
        if state.dossiers[slot]["queue"] == queue_index:
            put_aside(world, state, tally, slot, pool_index, now)
        else:
            place += 1


@compiled
def change_reach_of_pool(world, state, tally, pool_index, reach, now):
    pool = state.pools[pool_index]
    for q in range(pool["queue_first"], pool["queue_first"] + pool["queue_count"]):
        queue = state.queues[q]
        lost = queue["needs"] & ~reach != ZERO
        if lost and queue["down_since_ms"] < 0:
            queue["down_since_ms"] = now
            put_queue_aside(world, state, tally, pool_index, q, now)
        elif not lost and queue["down_since_ms"] >= 0:
            queue["down_ms"] = down_so_far(world, state, pool, q, now)
            queue["down_since_ms"] = -1


@compiled
def apply_reach(world, state, tally, reach, now):
    """Systems come into or go out of reach of sites, all at once (E32)."""
    changed = np.flatnonzero(reach != state.reach)
    for site in changed:
        for p in range(world.site_first_pool[site], world.site_first_pool[site + 1]):
            change_reach_of_pool(world, state, tally, p, reach[site], now)
        state.reach[site] = reach[site]
    for site in changed:
        for p in range(world.site_first_pool[site], world.site_first_pool[site + 1]):
            start_what_it_can(world, state, tally, p, now)


@compiled
def empty_outboxes(world, state, now):
    """Sends what waited for a path and has one now (E19)."""
    for site in range(state.outbox_first.shape[0]):
        slot = state.outbox_first[site]
        state.outbox_first[site] = -1
        while slot >= 0:
            after = state.dossiers[slot]["next"]
            if not send_by_line(world, state, slot, now):
                put_in_outbox(state, slot)
            slot = after


@compiled
def set_headcount(world, state, tally, pool_index, people, now):
    state.pools[pool_index]["capacity"] = people
    start_what_it_can(world, state, tally, pool_index, now)


@compiled
def close_books(world, state, tally):
    """Books what is in hand at the horizon (E38)."""
    now = world.horizon_ms
    note_in_system(state, now, 0)
    for p in range(state.pools.shape[0]):
        pool = state.pools[p]
        note_queue_change(pool, now, 0)
        for place in range(pool["busy_first"], pool["busy_first"] + pool["busy"]):
            add_busy(world, tally, pool, p, state.dossiers[state.at_work[place]]["started_ms"], now)
