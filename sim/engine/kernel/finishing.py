"""A dossier's result is out: it is counted with all its times (E23, E37, E41, E42)."""

import numpy as np

from sim.engine.kernel.calendars import working_between
from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.counting import cell_of, note, note_bin, note_in_system, settle_in_time, write_log
from sim.engine.kernel.holding import release_person
from sim.engine.kernel.pools import enter_pool
from sim.engine.kernel.slots import give_slot_back
from sim.engine.kernel.status import finish_out_of_step
from sim.engine.kernel.work import pool_above
from sim.world.arrays import (
    CAUSES,
    CLOSED_UNANSWERED,
    F_CLOSED_UNANSWERED,
    F_CYCLE_MS,
    F_CYCLE_WORKING_MS,
    F_FINISHED,
    F_FIRST_CAUSE,
    F_FIRST_LATE_CAUSE,
    F_NEW_DATE_KEPT,
    F_ON_TIME,
    F_OVERDUE_MS,
    F_REFUSED,
    F_WITH_DEADLINE,
    F_WITHDRAWN,
    FAR_FUTURE_MS,
    LOG_FINISH,
    REFUSED,
    S_BACK_ENTRIES_OPEN,
    S_ELAPSED_MS,
    S_FINISHED,
    S_SPLIT_ERRORS,
    WITHDRAWN,
)


@inlined
def finish(world, state, tally, slot, end, now):
    """The result is out: the dossier is counted, and gone unless it owes back-entry (E23, E53)."""
    dossier = state.dossiers[slot]
    elapsed = now - dossier["arrived_ms"]
    write_log(state, slot, LOG_FINISH, dossier["site"], dossier["arrived_ms"], dossier["due_ms"], now, -end)
    count_finish(world, state, tally, slot, end, now, elapsed)
    note_in_system(state, now, -1)
    state.scalars[S_FINISHED] += 1
    state.scalars[S_ELAPSED_MS] += elapsed
    finish_out_of_step(world, state, tally, dossier)
    release_person(world, state, tally, dossier, now)
    if dossier["owes_back_entry"] == 1 and world.back_entry_step >= 0:
        owe_back_entry(world, state, tally, slot, now)
    else:
        give_slot_back(state, slot)


@compiled
def owe_back_entry(world, state, tally, slot, now):
    """Sends a finished dossier to be entered into the system afterwards (E23)."""
    dossier = state.dossiers[slot]
    dossier["finished"] = 1
    dossier["step"] = world.back_entry_step
    state.scalars[S_BACK_ENTRIES_OPEN] += 1
    pool_index = pool_above(world, dossier, world.steps[world.back_entry_step])
    enter_pool(world, state, tally, slot, pool_index, now)


@inlined
def count_finish(world, state, tally, slot, end, now, elapsed):
    """Counts a finished dossier with its times and causes (E37, E41, E42)."""
    dossier = state.dossiers[slot]
    cell = cell_of(world, dossier)
    working = working_between(world, world.official_calendar, dossier["arrived_ms"], now)
    note(tally, cell, F_FINISHED, 1)
    note(tally, cell, F_CYCLE_MS, elapsed)
    note(tally, cell, F_CYCLE_WORKING_MS, working)
    note_bin(tally, cell, 0, elapsed)
    note_bin(tally, cell, 1, working)
    late = False
    if end == CLOSED_UNANSWERED:
        note(tally, cell, F_CLOSED_UNANSWERED, 1)
    elif end == WITHDRAWN:
        note(tally, cell, F_WITHDRAWN, 1)
    else:
        if end == REFUSED:
            note(tally, cell, F_REFUSED, 1)
        late = count_punctuality(world, tally, cell, dossier, now)
    count_causes(state, tally, cell, slot, elapsed, late)
    settle_in_time(tally)


@inlined
def count_punctuality(world, tally, cell, dossier, now):
    """Counts how a finished dossier kept its dates; returns whether it is late (E41, E48)."""
    due = dossier["due_ms"]
    if dossier["apologised"] == 1 and now <= dossier["new_due_ms"]:
        note(tally, cell, F_NEW_DATE_KEPT, 1)
    if due == FAR_FUTURE_MS:
        return False
    note(tally, cell, F_WITH_DEADLINE, 1)
    if now <= due:
        note(tally, cell, F_ON_TIME, 1)
        return False
    overdue = working_between(world, world.official_calendar, max(0, due), now)
    note(tally, cell, F_OVERDUE_MS, overdue)
    return True


@inlined
def count_causes(state, tally, cell, slot, elapsed, late):
    """Adds the causes of a finished dossier, again apart if it is late, and checks that they add up (E37)."""
    sum_of_causes = np.int64(0)
    for cause in range(len(CAUSES)):
        amount = state.dossiers[slot]["causes_ms"][cause]
        if amount == 0:
            continue
        sum_of_causes += amount
        note(tally, cell, F_FIRST_CAUSE + cause, amount)
        if late:
            note(tally, cell, F_FIRST_LATE_CAUSE + cause, amount)
    state.scalars[S_SPLIT_ERRORS] += np.int64(sum_of_causes != elapsed)
