"""Waiting for the citizen: who brings what is missing, or comes again (E22, E47)."""

import numpy as np

from sim.engine.kernel.calendars import close_of_working_day, working_day_counted_from
from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.counting import count, count_visit
from sim.engine.kernel.deadlines import deadline_from
from sim.engine.kernel.desks import go_to_own_desk
from sim.engine.kernel.events import set_event
from sim.engine.kernel.randoms import quantile, uniform, whole
from sim.engine.kernel.traits import is_elsewhere
from sim.world.arrays import (
    CITIZEN_ANSWERS,
    F_CHANGED_CHANNEL,
    F_SUPPLEMENTS,
    FAR_FUTURE_MS,
    FOR_ANSWER,
    WITH_CITIZEN,
)


@compiled
def wait_for_citizen(world, state, tally, slot, now):
    """The dossier waits for its citizen; for a supplement at most the legal limit (E22, E47)."""
    dossier = state.dossiers[slot]
    step = world.steps[dossier["step"]]
    u = uniform(dossier["key"], step["key"], np.uint64(dossier["round"]), FOR_ANSWER)
    answers = now + whole(quantile(world.tables, step["table"], u))
    limit = np.int64(FAR_FUTURE_MS)
    if step["asks"] == 1:
        count(world, tally, dossier, F_SUPPLEMENTS, 1)
        day = working_day_counted_from(world, now) + world.supplement_limit_days
        limit = close_of_working_day(world, day)
    dossier["state"] = WITH_CITIZEN
    dossier["entered_ms"] = now
    dossier["unanswered"] = np.int8(answers > limit)
    set_event(state, min(answers, limit), CITIZEN_ANSWERS, slot)


@compiled
def come_again(world, state, tally, dossier, now):
    """The citizen comes again, to the desk of now, and the clock starts anew (E47, E60)."""
    channel = world.steps[dossier["step"]]["to_channel"]
    if channel >= 0:
        dossier["channel"] = channel
        dossier["medium"] = world.channel_medium[channel]
        count(world, tally, dossier, F_CHANGED_CHANNEL, 1)
    if not is_elsewhere(dossier):
        go_to_own_desk(world, state, dossier)
    if world.channel_in_person[dossier["channel"]] == 1:
        count_visit(world, tally, dossier)
    dossier["site"] = dossier["desk"]
    if dossier["due_ms"] != FAR_FUTURE_MS:
        dossier["due_ms"] = deadline_from(world, dossier["deadline_days"], now)
