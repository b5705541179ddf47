"""People begin and end work on a dossier (E25-E28, E33, E36, E48)."""

import numpy as np

from sim.engine.kernel.calendars import add_working, is_open, next_open
from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.counting import account_wait, add_busy, add_closed, count, note_counter_wait
from sim.engine.kernel.events import bring_forward, push_event, set_event
from sim.engine.kernel.queues import first_that_can_start, take_from_queue
from sim.engine.kernel.randoms import ZERO, quantile, uniform, whole
from sim.world.arrays import (
    BY_WORK,
    ELECTRONIC,
    F_COUNTER_STARTS,
    F_COUNTER_WAIT_MS,
    F_ENTRIES,
    F_MANUAL,
    F_PREFILLED,
    F_SHUTTLES,
    FAR_FUTURE_MS,
    FINISH,
    FOR_APOLOGY,
    FOR_TOUCH_TIME,
    IN_SERVICE,
    MANUAL,
    MS_PER_DAY,
    ON_PAPER,
    POOL_OPENS,
    SERVICE_ENDS,
    SKIP_SYNC,
)

ONE = np.uint64(1)


@inlined
def touch_ms(world, state, tally, slot, stretch):
    """Draws the work of a step that begins now and settles what is done without a system (E27, E54, E55)."""
    dossier = state.dossiers[slot]
    step = world.steps[dossier["step"]]
    u = uniform(dossier["key"], step["key"], np.uint64(dossier["round"]), FOR_TOUCH_TIME)
    touch = quantile(world.tables, step["table"], u)
    touch = touch * world.channel_factor[dossier["step"], dossier["channel"]] * stretch
    if step["eased_by"] != ZERO:
        touch = touch * filled_in_factor(world, state, tally, dossier, step)
    slow = (step["needs"] | step["waits_for"]) & state.slow[dossier["site"]]
    if slow != ZERO:
        touch = touch * greatest_factor(world.slow_factor, slow)
    dossier["by_hand"] = 0
    dossier["skips"] = 0
    if step["needs"] & ~state.reach[dossier["site"]] != ZERO:
        touch = touch * do_without(world, tally, dossier, step)
    if dossier["owes_apology"] == 1:
        touch = touch + apology_ms(world, dossier, step) * stretch
    return whole(touch)


@compiled
def filled_in_factor(world, state, tally, dossier, step):
    """Counts a step whose data may come from other systems; factor on its time (E55)."""
    count(world, tally, dossier, F_ENTRIES, 1)
    if (step["eased_by"] | step["needs"]) & ~state.reach[dossier["site"]] != ZERO:
        return 1.0
    count(world, tally, dossier, F_PREFILLED, 1)
    return step["eased_factor"]


@compiled
def greatest_factor(slow_factor, systems):
    """Greatest factor of the systems of a mask (E54)."""
    greatest = 0.0
    for system in range(slow_factor.shape[0]):
        if (systems >> np.uint64(system)) & ONE != ZERO:
            greatest = max(greatest, slow_factor[system])
    return greatest


@compiled
def do_without(world, tally, dossier, step):
    """A step begins without a system that it needs; factor on its time (E27, E57)."""
    if step["without"] == SKIP_SYNC:
        dossier["skips"] = 1
        return 1.0
    dossier["by_hand"] = 1
    if step["without"] == MANUAL:
        count(world, tally, dossier, F_MANUAL, 1)
    else:
        go_on_paper(world, tally, dossier)
    return step["manual_factor"]


@compiled
def apology_ms(world, dossier, step):
    """Draws the work of the letter of apology, which is written now (E48)."""
    dossier["owes_apology"] = 0
    u = uniform(dossier["key"], step["key"], np.uint64(dossier["round"]), FOR_APOLOGY)
    return quantile(world.tables, world.apology_table, u)


@compiled
def go_on_paper(world, tally, dossier):
    """A dossier goes on without its system and will have to be entered later."""
    dossier["owes_back_entry"] = 1
    if dossier["medium"] == ELECTRONIC:
        dossier["medium"] = ON_PAPER
        count(world, tally, dossier, F_SHUTTLES, 1)


@inlined
def count_first_start(world, state, tally, dossier, now, open_ms):
    """Counts a service that begins for the first time (E38, E39)."""
    pool = state.pools[dossier["pool"]]
    pool["started"] += 1
    if dossier["entered_ms"] < now:
        pool["waited"] += 1
    if (
        world.steps[dossier["step"]]["in_person_wait"] == 1
        and world.channel_in_person[dossier["channel"]] == 1
    ):
        count(world, tally, dossier, F_COUNTER_STARTS, 1)
        count(world, tally, dossier, F_COUNTER_WAIT_MS, open_ms)
        note_counter_wait(world, tally, dossier, open_ms)


@inlined
def start_service(world, state, tally, slot, server_index, cover_stretch, now):
    """Somebody begins to work on a dossier, or goes on with what was put aside (E27, E28, E33, E52)."""
    server = state.pools[server_index]
    dossier = state.dossiers[slot]
    open_ms = end_of_wait(world, state, slot, now)
    if dossier["work_left_ms"] < 0:
        count_first_start(world, state, tally, dossier, now, open_ms)
        dossier["service_ms"] = touch_ms(world, state, tally, slot, server["stretch"] * cover_stretch)
    else:
        dossier["service_ms"] = dossier["work_left_ms"]
    dossier["state"] = IN_SERVICE
    dossier["server"] = server_index
    dossier["started_ms"] = now
    if server["end_of_shift"] == FINISH:
        dossier["ends_ms"] = now + dossier["service_ms"]
    else:
        dossier["ends_ms"] = add_working(world, server["calendar"], now, dossier["service_ms"])
    take_place(state, server, slot)
    set_end_event(state, slot)


@inlined
def set_end_event(state, slot):
    """Sees to it that an event comes by the end of the service; one left when it was put aside will do.

    With the same people it is never later: only other ones, who cover or are covered, have other hours (E52).
    """
    dossier = state.dossiers[slot]
    ends = dossier["ends_ms"]
    if dossier["event_ms"] < 0:
        set_event(state, ends, SERVICE_ENDS, slot)
    elif ends < dossier["event_ms"]:
        bring_forward(state, dossier["event_ms"], ends, SERVICE_ENDS, slot)
        dossier["event_ms"] = ends


@inlined
def end_of_wait(world, state, slot, now):
    """Books the wait that ends now (E35, E38); returns its part in opening hours, ms."""
    dossier = state.dossiers[slot]
    pool = state.pools[dossier["pool"]]
    pool["wait_ms"] += now - dossier["entered_ms"]
    dossier["limit_ms"] = FAR_FUTURE_MS
    return account_wait(world, state, slot, pool, now)


@inlined
def take_place(state, server, slot):
    """Somebody of a pool is at work on the dossier now."""
    state.at_work[server["busy_first"] + server["busy"]] = slot
    server["busy"] += 1


@inlined
def has_free_people(pool):
    """Whether somebody of the pool could begin to work (E25)."""
    return pool["busy"] < pool["capacity"] - pool["held"]


@inlined
def serve(world, state, tally, server_index, pool_index, cover_stretch, now):
    """Starts what waits in a pool, the server itself or one that it covers, while it can (E25, E26, E52)."""
    server, pool = state.pools[server_index], state.pools[pool_index]
    while pool["queued"] > 0 and has_free_people(server):
        q = first_that_can_start(state, pool)
        if q < 0:
            return
        if not is_open(world, server["calendar"], now):
            wake_at_opening(world, state, server, server_index, now)
            return
        slot = state.queues[q]["root"]
        take_from_queue(state, slot, now)
        start_service(world, state, tally, slot, server_index, cover_stretch, now)


@compiled
def wake_at_opening(world, state, pool, pool_index, now):
    """Sets the event at the next opening, unless it is set (E26)."""
    if pool["wakes_at_ms"] < 0:
        pool["wakes_at_ms"] = next_open(world, pool["calendar"], now)
        push_event(state, pool["wakes_at_ms"], POOL_OPENS, pool_index)


@inlined
def leave_work(state, slot):
    """Frees the person who served the dossier; the last one at work takes the place."""
    server = state.pools[state.dossiers[slot]["server"]]
    server["busy"] -= 1
    place = server["busy_first"]
    while state.at_work[place] != slot:
        place += 1
    state.at_work[place] = state.at_work[server["busy_first"] + server["busy"]]


@inlined
def account_service(world, state, slot, now, work):
    """Books the service that ends or is put aside now, after ``work`` ms of work (E36, E38, E52)."""
    dossier = state.dossiers[slot]
    server, started = state.pools[dossier["server"]], dossier["started_ms"]
    dossier["causes_ms"][BY_WORK] += work
    add_closed(world, state, slot, server, started, now, (now - started) - work)
    # What it took of earlier days was added when they ended.
    today = max(started, now // MS_PER_DAY * MS_PER_DAY)
    add_busy(world, server, today, now, now - started == work)
