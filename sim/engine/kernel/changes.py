"""What control changes: reach, outboxes, headcounts; and the books at the end (E30-E34, E38)."""

import numpy as np

from sim.engine.kernel.calendars import working_between
from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.counting import add_busy, down_so_far, note_in_system, write_log
from sim.engine.kernel.journey import put_in_outbox, send_by_line
from sim.engine.kernel.queues import note_queue_change, put_in_queue
from sim.engine.kernel.randoms import ZERO
from sim.engine.kernel.service import account_service, leave_work, start_what_it_can
from sim.world.arrays import FINISH, LOG_PUT_ASIDE


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
    """Takes up that other systems are in reach of the pool's site: clocks of its queues, work put aside."""
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
    """Sets the people of a pool, who start at once what they can (E30)."""
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
            started = state.dossiers[state.at_work[place]]["started_ms"]
            add_busy(world, tally, pool, p, started, now, False)
