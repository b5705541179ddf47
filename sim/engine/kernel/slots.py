"""Slots of dossiers: taken from a stack and given back to it."""

from sim.engine.kernel.compiled import inlined
from sim.world.arrays import FREE, GONE, S_FREE


@inlined
def take_slot(state):
    """A free slot, which is one no longer."""
    state.scalars[S_FREE] -= 1
    return state.free_slots[state.scalars[S_FREE]]


@inlined
def free_slot(state, slot):
    """Lets a slot be used again."""
    state.dossiers[slot]["state"] = FREE
    state.free_slots[state.scalars[S_FREE]] = slot
    state.scalars[S_FREE] += 1


@inlined
def give_slot_back(state, slot):
    """Frees the slot of a dossier that is gone; with an event in the list it stays until then (E46, E57)."""
    if state.dossiers[slot]["limit_event_ms"] >= 0 or state.dossiers[slot]["sync_pending"] == 1:
        state.dossiers[slot]["state"] = GONE
    else:
        free_slot(state, slot)
