"""Dossiers that part: what is made at a fork, and what comes together again (E45)."""

import numpy as np

from sim.engine.kernel.branching import step_instead, take_up_step
from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.counting import write_log
from sim.engine.kernel.randoms import ZERO
from sim.engine.kernel.slots import give_slot_back, take_slot
from sim.engine.kernel.work import send_to_pool
from sim.world.arrays import CAUSES, ELECTRONIC, FAR_FUTURE_MS, FORKED, LOG_JOIN, MOST_PARTS, ON_PAPER, S_FREE


@compiled
def fork(world, state, tally, slot, now):
    """Makes the parts of a dossier, then sends them on their ways."""
    dossier = state.dossiers[slot]
    step = world.steps[dossier["step"]]
    dossier["state"] = FORKED
    dossier["entered_ms"] = now
    dossier["parts_left"] = step["part_count"]
    dossier["parts_refused"] = 0
    dossier["parts_on_paper"] = 0
    top = state.scalars[S_FREE] - 1
    for i in range(step["part_count"]):
        make_part(state, take_slot(state), slot, i + 1, now)
    # Sending parts neither takes nor frees a slot: theirs still stand above the stack.
    for i in range(step["part_count"]):
        part = state.free_slots[top - i]
        first_step = world.parts[step["part_first"] + i]
        take_up_step(world, state.dossiers[part], step_instead(world, state, dossier, first_step))
        send_to_pool(world, state, tally, part, now)


@compiled
def make_part(state, slot, parent, number, now):
    """A copy of a dossier with a number of its own, without a past and owing nothing."""
    state.dossiers[slot] = state.dossiers[parent]
    part = state.dossiers[slot]
    part["number"] += number
    part["parent"] = parent
    part["arrived_ms"] = now
    part["limit_ms"] = FAR_FUTURE_MS
    part["limit_event_ms"] = -1
    part["owes_back_entry"] = 0
    part["owes_apology"] = 0
    part["owed"] = ZERO
    part["sync_pending"] = 0
    part["causes_ms"][:] = 0


@compiled
def come_together(state, slot, now):
    """A part joins its dossier and is gone; whether it was the last one."""
    part = state.dossiers[slot]
    parent = part["parent"]
    dossier = state.dossiers[parent]
    dossier["parts_left"] -= 1
    dossier["parts_on_paper"] |= np.int8(part["medium"] == ON_PAPER)
    dossier["owes_back_entry"] |= part["owes_back_entry"]
    if dossier["parts_left"] == 0:
        dossier["medium"] = ON_PAPER if dossier["parts_on_paper"] == 1 else ELECTRONIC
        for cause in range(len(CAUSES)):
            dossier["causes_ms"][cause] += part["causes_ms"][cause]
        forked, last = dossier["entered_ms"], part["number"] & MOST_PARTS
        write_log(state, parent, LOG_JOIN, dossier["site"], forked, forked, now, last)
    give_slot_back(state, slot)
    return dossier["parts_left"] == 0
