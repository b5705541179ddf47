"""Legal deadlines, and what is promised when they have passed (E16, E17, E48)."""

import numpy as np

from sim.engine.kernel.calendars import (
    add_working,
    close_of_working_day,
    working_between,
    working_day_counted_from,
)
from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.counting import count
from sim.world.arrays import CLOCK_RESTARTS, F_APOLOGIES, FAR_FUTURE_MS


@compiled
def deadline_from(world, days, received):
    """Deadline of a dossier received at a time that gets so many working days, -1 = no deadline (E16)."""
    if days < 0:
        return np.int64(FAR_FUTURE_MS)
    return np.int64(close_of_working_day(world, working_day_counted_from(world, received) + days))


@compiled
def renew_deadline(world, dossier, asked, now):
    """The clock stopped when the office asked; it restarts or resumes (E17)."""
    due = dossier["due_ms"]
    if due == FAR_FUTURE_MS or due < asked:
        return
    if world.clock_after_supplement == CLOCK_RESTARTS:
        dossier["due_ms"] = deadline_from(world, dossier["deadline_days"], now)
    else:
        calendar = world.official_calendar
        stopped = working_between(world, calendar, asked, now)
        dossier["due_ms"] = add_working(world, calendar, due, stopped)


@compiled
def apologise(world, tally, dossier, now):
    """Sends the one apology to a dossier past its deadline, with a new date (E48)."""
    if dossier["apologised"] == 1 or dossier["parent"] >= 0:
        return
    dossier["apologised"] = 1
    dossier["owes_apology"] = 1
    day = working_day_counted_from(world, now) + world.apology_days
    dossier["new_due_ms"] = close_of_working_day(world, day)
    count(world, tally, dossier, F_APOLOGIES, 1)
