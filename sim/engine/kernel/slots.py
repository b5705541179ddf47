"""Slots of dossiers: taken from a stack and given back to it."""

from sim.engine.kernel.compiled import compiled
from sim.world.arrays import FREE, GONE, S_FREE


@compiled
def take_slot(state):
    """A free slot, which is one no longer."""
    state.scalars[S_FREE] -= 1
    return state.free_slots[state.scalars[S_FREE]]


@compiled
def free_slot(state, slot):
    """Lets a slot be used again."""
    state.dossiers[slot]["state"] = FREE
    state.free_slots[state.scalars[S_FREE]] = slot
    state.scalars[S_FREE] += 1


@compiled
def give_slot_back(state, slot):
    """Frees the slot of a dossier that is gone; one with an event in the list keeps it until then (E46)."""
    if state.dossiers[slot]["limit_event_ms"] >= 0:
        state.dossiers[slot]["state"] = GONE
    else:
        free_slot(state, slot)
