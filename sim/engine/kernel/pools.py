"""Pools take in dossiers and start what they can (E24-E26, E30)."""

import numpy as np

from sim.engine.kernel.calendars import is_open
from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.counting import down_so_far
from sim.engine.kernel.covering import be_covered, cover_others
from sim.engine.kernel.limits import limit_wait
from sim.engine.kernel.queues import put_in_queue
from sim.engine.kernel.service import has_free_people, serve, start_service
from sim.world.arrays import EARLIEST_DUE_DATE, FIRST_COME, QUEUED

PRIORITY_SHIFT = 44


@inlined
def start_what_it_can(world, state, tally, pool_index, now):
    """A pool starts its own work, then that of others; what it cannot start itself is offered (E25, E52)."""
    serve(world, state, tally, pool_index, pool_index, 1.0, now)
    if world.cover_pool.shape[0] > 0:
        cover_others(world, state, tally, pool_index, now)
        be_covered(world, state, tally, pool_index, now)


@compiled
def enter_pool(world, state, tally, slot, pool_index, now):
    """A dossier joins the pool of its step and is started at once if that is possible (E24, E46)."""
    pool = state.pools[pool_index]
    dossier = state.dossiers[slot]
    step = world.steps[dossier["step"]]
    dossier["pool"] = pool_index
    dossier["site"] = pool["site"]
    dossier["queue"] = pool["queue_first"] + step["queue_class"]
    dossier["entered_ms"] = now
    dossier["work_left_ms"] = -1
    dossier["down_before_ms"] = down_so_far(world, state, pool, dossier["queue"], now)
    dossier["queue_key"] = queue_key(world, pool["queue_rule"], dossier, now)
    if goes_straight_in(world, state, pool, dossier["queue"], now):
        start_service(world, state, tally, slot, pool_index, 1.0, now)
        if world.cover_pool.shape[0] > 0:
            cover_others(world, state, tally, pool_index, now)
        return
    put_in_queue(state, slot, now)
    start_what_it_can(world, state, tally, pool_index, now)
    if step["limit_table"] >= 0 and dossier["state"] == QUEUED:
        limit_wait(world, state, slot, pool["calendar"], now)


@inlined
def goes_straight_in(world, state, pool, queue_index, now):
    """Whether a dossier that enters now need not even be put in the queue."""
    return (
        pool["queued"] == 0
        and has_free_people(pool)
        and state.queues[queue_index]["down_since_ms"] < 0
        and is_open(world, pool["calendar"], now)
    )


@inlined
def queue_key(world, rule, dossier, now):
    """Place of a dossier in the order of the pool's rule (E24)."""
    if rule == FIRST_COME:
        return np.int64(now)
    if rule == EARLIEST_DUE_DATE:
        return np.int64(dossier["due_ms"])
    return (np.int64(world.procedures[dossier["procedure"]]["priority"]) << PRIORITY_SHIFT) + now
