"""Pools begin and end work (E24-E30, E33)."""

import numpy as np

from sim.engine.kernel.calendars import add_working, is_open, next_open
from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.counting import account_wait, add_busy, add_closed, count, down_so_far, histogram_bin
from sim.engine.kernel.events import push_event, set_event
from sim.engine.kernel.queues import first_that_can_start, note_queue_change, put_in_queue, without_root
from sim.engine.kernel.randoms import ZERO, quantile, uniform, whole
from sim.world.arrays import (
    BY_WORK,
    EARLIEST_DUE_DATE,
    ELECTRONIC,
    F_COUNTER_STARTS,
    F_COUNTER_WAIT_MS,
    F_MANUAL,
    F_SHUTTLES,
    FINISH,
    FIRST_COME,
    FOR_TOUCH_TIME,
    IN_SERVICE,
    MANUAL,
    MS_PER_DAY,
    ON_PAPER,
    P_STARTED,
    P_WAIT_MS,
    P_WAITED,
    POOL_OPENS,
    SERVICE_ENDS,
)

PRIORITY_SHIFT = 44


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
    """A dossier goes on without its system and will have to be entered later."""
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
    if (
        world.steps[dossier["step"]]["in_person_wait"] == 1
        and world.channel_in_person[dossier["channel"]] == 1
    ):
        count(tally, dossier, now, F_COUNTER_STARTS, 1)
        count(tally, dossier, now, F_COUNTER_WAIT_MS, open_ms)
        tally.counter_wait[dossier["home"], histogram_bin(open_ms)] += 1


@compiled
def start_service(world, state, tally, slot, pool_index, now):
    """A person begins to work on a dossier, or goes on with what was put aside (E27, E28, E33)."""
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
    """Sets the event at the next opening, unless it is set (E26)."""
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
    """Place of a dossier in the order of the pool's rule (E24)."""
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
    add_busy(world, tally, pool, pool_index, started, now, now - started == work)
