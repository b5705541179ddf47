"""Waits that have a limit: its event in the list, at most one a slot (E46)."""

import numpy as np

from sim.engine.kernel.calendars import add_working
from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.events import bring_forward, push_event
from sim.engine.kernel.randoms import quantile, uniform, whole
from sim.world.arrays import FOR_WAIT_LIMIT, WAIT_ENDS


@compiled
def limit_wait(world, state, slot, calendar, now):
    """Draws how long a dossier waits at most for its step, and sets the end."""
    dossier = state.dossiers[slot]
    step = world.steps[dossier["step"]]
    if step["limit_in_person"] == 1 and world.channel_in_person[dossier["channel"]] == 0:
        return
    u = uniform(dossier["key"], step["key"], np.uint64(dossier["round"]), FOR_WAIT_LIMIT)
    longest = max(1, whole(quantile(world.tables, step["limit_table"], u)))
    dossier["limit_ms"] = add_working(world, calendar, now, longest)
    set_limit_event(state, slot)


@compiled
def set_limit_event(state, slot):
    """Sees to it that an event comes by the limit; an earlier one, left by another wait, will do."""
    dossier = state.dossiers[slot]
    limit, pending = dossier["limit_ms"], dossier["limit_event_ms"]
    if 0 <= pending <= limit:
        return
    if pending < 0:
        push_event(state, limit, WAIT_ENDS, slot)
    else:
        bring_forward(state, pending, limit, WAIT_ENDS, slot)
    dossier["limit_event_ms"] = limit
