"""Working time by arithmetic on the opening intervals of one calendar (E4-E6).

Apart from `sim.world.calendars`, which makes the intervals from a scenario: who only reads them, a worker
for one, need not load the scenario language.
"""

from dataclasses import dataclass

import numpy as np

from sim.world.arrays import MS_PER_DAY, Ints, World


@dataclass(frozen=True)
class Hours:
    """Opening intervals of one calendar, in order, ms; the last one is open for ever.

    `before_ms` is the open time before each interval.
    """

    open_ms: Ints
    close_ms: Ints
    before_ms: Ints

    def open_until(self, at_ms: int) -> int:
        """Open time before a moment (E5)."""
        interval = int(np.searchsorted(self.open_ms, at_ms, side="right")) - 1
        if interval < 0:
            return 0
        inside = min(at_ms, int(self.close_ms[interval])) - int(self.open_ms[interval])
        return int(self.before_ms[interval]) + inside

    def between(self, start_ms: int, end_ms: int) -> int:
        """Open time from one moment to a later one."""
        return self.open_until(end_ms) - self.open_until(start_ms)

    def add_working(self, at_ms: int, work_ms: int) -> int:
        """First moment at which so much open time has gone by (E5)."""
        if work_ms == 0:
            return at_ms
        wanted = self.open_until(at_ms) + work_ms
        interval = int(np.searchsorted(self.before_ms, wanted, side="left")) - 1
        return int(self.open_ms[interval]) + wanted - int(self.before_ms[interval])

    def next_open(self, at_ms: int) -> int:
        """First moment, this one or later, at which the calendar is open (E6)."""
        interval = int(np.searchsorted(self.close_ms, at_ms, side="right"))
        return max(at_ms, int(self.open_ms[interval]))

    def open_ms_by_day(self, day_count: int) -> Ints:
        """Open time of each of the first days: shape (days,)."""
        until = [self.open_until(day * MS_PER_DAY) for day in range(day_count + 1)]
        return np.array(until[1:], dtype=np.int64) - np.array(until[:-1], dtype=np.int64)


def hours_in_world(world: World, calendar: int) -> Hours:
    """One calendar of a world that was built."""
    firsts = [*world.interval_of_day[:, 0].tolist(), len(world.interval_open_ms)]
    part = slice(firsts[calendar], firsts[calendar + 1])
    return Hours(world.interval_open_ms[part], world.interval_close_ms[part], world.interval_before_ms[part])
