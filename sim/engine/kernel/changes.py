"""What control changes: reach, outboxes, staff; and the books at the end (E30-E34, E38)."""

import numpy as np

from sim.engine.kernel.calendars import working_between
from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.counting import (
    add_busy_in_hand,
    down_so_far,
    log_detail,
    note_in_system,
    settle,
    write_log,
)
from sim.engine.kernel.fetching import fetch_first_line
from sim.engine.kernel.moving import put_in_outbox, send_by_line
from sim.engine.kernel.pools import start_what_it_can
from sim.engine.kernel.queues import note_queue_change, put_in_queue
from sim.engine.kernel.randoms import ZERO
from sim.engine.kernel.service import account_service, leave_work
from sim.world.arrays import FINISH, LOG_PUT_ASIDE, MS_PER_DAY

# Beyond the last one asking does nothing.
POOLS_AHEAD = 16


@compiled
def put_aside(world, state, tally, slot, now):
    """Interrupts a service whose system is lost; what was done is kept (E32)."""
    dossier = state.dossiers[slot]
    server, pool = state.pools[dossier["server"]], state.pools[dossier["pool"]]
    started = dossier["started_ms"]
    done = now - started
    if server["end_of_shift"] != FINISH:
        done = working_between(world, server["calendar"], started, now)
    account_service(world, state, slot, now, done)
    detail, waited_from = log_detail(world, dossier), dossier["entered_ms"]
    write_log(state, slot, LOG_PUT_ASIDE, dossier["site"], waited_from, started, now, detail)
    leave_work(state, slot)
    dossier["work_left_ms"] = dossier["service_ms"] - done
    dossier["entered_ms"] = now
    dossier["down_before_ms"] = down_so_far(world, state, pool, dossier["queue"], now)
    put_in_queue(state, slot, now)


@compiled
def put_aside_at(world, state, tally, server_index, queue_index, now):
    """Puts aside what the people of a pool have in hand from a queue whose systems are lost."""
    server = state.pools[server_index]
    place = server["busy_first"]
    while place < server["busy_first"] + server["busy"]:
        slot = state.at_work[place]
        if state.dossiers[slot]["queue"] == queue_index:
            put_aside(world, state, tally, slot, now)
        else:
            place += 1


@compiled
def put_queue_aside(world, state, tally, pool_index, queue_index, now):
    """Puts aside all that is in service from a queue, by its pool and by those that cover it (E52)."""
    put_aside_at(world, state, tally, pool_index, queue_index, now)
    for i in range(world.coverer_first[pool_index], world.coverer_first[pool_index + 1]):
        put_aside_at(world, state, tally, world.coverer_pool[i], queue_index, now)


@compiled
def change_reach_of_pool(world, state, tally, pool_index, reach, now):
    """Takes up that other systems are in reach of the pool's site: clocks of its queues, work put aside."""
    pool = state.pools[pool_index]
    for q in range(pool["queue_first"], pool["queue_first"] + pool["queue_count"]):
        queue = state.queues[q]
        lost = queue["needs"] & ~reach != ZERO
        if lost and queue["down_since_ms"] < 0:
            queue["down_since_ms"] = now
            pool["queues_down"] += 1
            put_queue_aside(world, state, tally, pool_index, q, now)
        elif not lost and queue["down_since_ms"] >= 0:
            queue["down_ms"] = down_so_far(world, state, pool, q, now)
            queue["down_since_ms"] = -1
            pool["queues_down"] -= 1


@compiled
def apply_reach(world, state, tally, sites, reach, now):
    """Systems come into or go out of reach of some sites, all at once (E32); `reach` is that of all sites."""
    changed = sites[reach[sites] != state.reach[sites]]
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
def apply_network(world, state, tally, changed, uplinks, reach, slow, now):
    """Uplinks, systems in reach and slow systems of some sites are other ones now (E31, E34, E54).

    The three arrays are those of all sites; what waited for a path and has one now is sent.
    """
    for site in changed:
        state.uplinks[site] = uplinks[site]
        state.slow[site] = slow[site]
    apply_reach(world, state, tally, changed, reach, now)
    empty_outboxes(world, state, now)


@compiled
def held_of(state, pool):
    """Dossiers of a pool that wait in queues whose needs are out of reach (E62)."""
    held = 0
    for q in range(pool["queue_first"], pool["queue_first"] + pool["queue_count"]):
        if state.queues[q]["down_since_ms"] >= 0:
            held += state.queues[q]["count"]
    return held


@compiled
def held_lengths(state):
    """The same for each pool (E62)."""
    held = np.zeros(state.pools.shape[0], np.int64)
    for p in range(held.shape[0]):
        if state.pools[p]["queues_down"] > 0:
            held[p] = held_of(state, state.pools[p])
    return held


@compiled
def outbox_length(state, site):
    """Dossiers in the outbox of a site (E62)."""
    length = 0
    slot = state.outbox_first[site]
    while slot >= 0:
        length += 1
        slot = state.dossiers[slot]["next"]
    return length


@compiled
def outbox_lengths(state):
    """The same for each site (E62)."""
    lengths = np.zeros(state.outbox_first.shape[0], np.int64)
    for site in range(lengths.shape[0]):
        lengths[site] = outbox_length(state, site)
    return lengths


@compiled
def lengths_by_region(state, region_of_pool, region_of_site, found):
    """Adds up what waits in each region, [waiting, held, in outboxes; regions] (E62)."""
    region, waiting = 0, 0
    for p in range(state.pools.shape[0]):
        fetch_first_line(state.pools, p + POOLS_AHEAD)
        pool = state.pools[p]
        # Pools of a region stand together, mostly; whether somebody waits cannot be foreseen, so no look.
        if region_of_pool[p] != region:
            found[0, region] += waiting
            region, waiting = region_of_pool[p], 0
        waiting += pool["queued"]
        if pool["queues_down"] > 0:
            found[1, region] += held_of(state, pool)
    found[0, region] += waiting
    for site in range(state.outbox_first.shape[0]):
        if state.outbox_first[site] >= 0:
            found[2, region_of_site[site]] += outbox_length(state, site)


@compiled
def set_staff(world, state, tally, pools, people, stretch, now):
    """Sets people and stretch of some pools, which then start what they can, in this order (E30)."""
    for i in range(pools.shape[0]):
        state.pools[pools[i]]["capacity"] = people[i]
        state.pools[pools[i]]["stretch"] = stretch[i]
    for pool_index in pools:
        start_what_it_can(world, state, tally, pool_index, now)


@compiled
def close_books(world, state, tally):
    """Books what is in hand at the horizon; the last day was booked when it ended, if it did (E38)."""
    now = world.horizon_ms
    note_in_system(state, now, 0)
    for p in range(state.pools.shape[0]):
        pool = state.pools[p]
        note_queue_change(pool, now, 0)
    settle(tally)
    add_busy_in_hand(world, state, now // MS_PER_DAY * MS_PER_DAY, now)
