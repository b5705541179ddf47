"""Whether other systems know how far a dossier is: messages, those that are lost, and new tries (E57)."""

import numpy as np

from sim.engine.kernel.calendars import working_between
from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.counting import count
from sim.engine.kernel.events import push_event
from sim.engine.kernel.randoms import ZERO, uniform
from sim.engine.kernel.slots import give_slot_back
from sim.world.arrays import (
    F_FINISHED_OPEN,
    F_OUT_OF_STEP,
    F_OUT_OF_STEP_MS,
    F_SYNCED,
    F_SYNCED_LATE,
    FOR_SYNC,
    FOR_SYNC_TRY,
    GONE,
    S_FINISHED_OPEN,
    S_OUT_OF_STEP,
    SYNC_TRIED,
)


@inlined
def tell_others(world, state, tally, slot, now):
    """A service has ended: systems that must know of it are told, or the dossier falls out of step."""
    served = state.dossiers[slot]
    step = world.steps[served["step"]]
    told = step["tells"]
    if served["skips"] == 1:
        told = told | step["needs"]
    if told == ZERO:
        return
    is_lost = told & ~state.reach[served["site"]] != ZERO
    if not is_lost and step["sync_failure"] > 0.0:
        u = uniform(served["key"], step["key"], np.uint64(served["round"]), FOR_SYNC)
        is_lost = u < step["sync_failure"]
    if is_lost:
        subject = served["parent"] if served["parent"] >= 0 else slot
        owe_message(world, state, tally, subject, told, served["site"], now)


@compiled
def owe_message(world, state, tally, slot, told, site, now):
    """A message about a dossier is lost; one that owed nothing falls out of step."""
    dossier = state.dossiers[slot]
    if dossier["owed"] == ZERO:
        count(world, tally, dossier, F_OUT_OF_STEP, 1)
        state.scalars[S_OUT_OF_STEP] += 1
        dossier["out_of_step_ms"] = now
        dossier["sync_site"] = site
        try_later(world, state, slot, now)
    dossier["owed"] |= told


@compiled
def try_later(world, state, slot, now):
    """Sets the next try."""
    state.dossiers[slot]["sync_pending"] = 1
    push_event(state, now + world.sync_retry_ms, SYNC_TRIED, slot)


@compiled
def try_to_tell(world, state, tally, slot, now):
    """A try to bring the status of a dossier into step."""
    dossier = state.dossiers[slot]
    dossier["sync_pending"] = 0
    dossier["sync_tries"] += 1
    if dossier["owed"] & ~state.reach[dossier["sync_site"]] != ZERO or is_lost_again(world, dossier):
        try_later(world, state, slot, now)
        return
    dossier["owed"] = ZERO
    since = dossier["out_of_step_ms"]
    count(world, tally, dossier, F_SYNCED, 1)
    count(world, tally, dossier, F_OUT_OF_STEP_MS, now - since)
    if working_between(world, world.official_calendar, since, now) > world.sync_limit_ms:
        count(world, tally, dossier, F_SYNCED_LATE, 1)
    state.scalars[S_OUT_OF_STEP] -= 1
    state.scalars[S_FINISHED_OPEN] -= dossier["finished"]
    if dossier["state"] == GONE:
        give_slot_back(state, slot)


@compiled
def is_lost_again(world, dossier):
    """Whether a try fails although the systems are in reach."""
    u = uniform(dossier["key"], np.uint64(dossier["sync_tries"]), ZERO, FOR_SYNC_TRY)
    return u < world.sync_failure


@compiled
def finish_out_of_step(world, state, tally, dossier):
    """Counts a dossier that finishes while another system does not know it."""
    if dossier["owed"] != ZERO:
        count(world, tally, dossier, F_FINISHED_OPEN, 1)
        state.scalars[S_FINISHED_OPEN] += 1
        dossier["finished"] = 1
