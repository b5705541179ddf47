"""From local date and time to the clock of a run."""

import datetime

from sim.world.arrays import MS_PER_DAY, MS_PER_MINUTE


def ms_since(start: datetime.date, moment: datetime.datetime) -> int:
    """Time from 00:00 of the first day to a moment, whole minutes, ms; below 0 before the run."""
    days = (moment.date() - start).days
    return days * MS_PER_DAY + (moment.hour * 60 + moment.minute) * MS_PER_MINUTE
