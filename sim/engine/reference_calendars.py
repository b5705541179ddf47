"""Opening hours and legal deadlines for the naive engine: the rules E4-E6 and E16-E17."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from sim.world.arrays import CLOCK_RESTARTS, FAR_FUTURE_MS, MS_PER_DAY, World

OVERDUE_BEFORE_THE_START_MS = -1


class Calendar:
    """Opening intervals ``[open, close)`` in order, ms; the last one never closes (E4)."""

    def __init__(self, opens: Sequence[int], closes: Sequence[int]) -> None:
        self.opens = list(opens)
        lengths = [closed - opened for opened, closed in zip(opens, closes, strict=True)]
        # Open time before each interval.
        self.before = list(accumulate(lengths[:-1], initial=0))
        self.closes = [*closes[:-1], self.opens[-1] + (1 << 62)]

    def open_until(self, moment: int) -> int:
        """Open time before a moment, ms (E5)."""
        i = bisect_right(self.opens, moment) - 1
        if i < 0:
            return 0
        return self.before[i] + min(moment, self.closes[i]) - self.opens[i]

    def open_between(self, start: int, end: int) -> int:
        """Open time from one moment to a later one, ms."""
        return self.open_until(end) - self.open_until(start)

    def add_working(self, moment: int, work_ms: int) -> int:
        """The first moment, not before the given one, until which so much open time passes (E5)."""
        if work_ms == 0:
            return moment
        target = self.open_until(moment) + work_ms
        i = bisect_left(self.before, target) - 1
        return self.opens[i] + target - self.before[i]

    def next_open(self, moment: int) -> int:
        """The first moment, not before the given one, at which it is open (E6)."""
        i = bisect_right(self.closes, moment)
        return max(moment, self.opens[i])

    def is_open(self, moment: int) -> bool:
        """Whether it is open at a moment (E4)."""
        return self.next_open(moment) == moment


def calendars_of(world: World) -> list[Calendar]:
    """All calendars of the world, by their index."""
    opens, closes = world.interval_open_ms.tolist(), world.interval_close_ms.tolist()
    firsts = [row[0] for row in world.interval_of_day.tolist()]
    ends = sorted({*firsts, len(opens)})
    result = []
    for first in firsts:
        end = ends[ends.index(first) + 1]
        result.append(Calendar(opens[first:end], closes[first:end]))
    return result


class Deadlines:
    """Legal deadlines in working days of the official calendar, with the cut-off hour (E16, E17)."""

    def __init__(self, world: World, official: Calendar) -> None:
        self.official = official
        self.cutoff_ms = world.cutoff_ms
        self.working_day_after = world.working_day_after.tolist()
        self.close_ms = world.working_day_close_ms.tolist()
        self.clock_restarts = world.clock_after_supplement == CLOCK_RESTARTS

    def counted_from(self, received: int) -> int:
        """Number of the working day that a dossier received at this moment counts from."""
        day, time_of_day = divmod(received, MS_PER_DAY)
        return int(self.working_day_after[day + 1 if time_of_day >= self.cutoff_ms else day])

    def due(self, received: int, deadline_days: int) -> int:
        """Deadline of a dossier received at this moment; FAR_FUTURE_MS when its procedure has none."""
        if deadline_days < 0:
            return FAR_FUTURE_MS
        return self.close_after(received, deadline_days)

    def close_after(self, received: int, working_days: int) -> int:
        """Close of the working day so many after the one that is counted from (E16, E22, E48)."""
        return int(self.close_ms[self.counted_from(received) + working_days])

    def inherited_due(self, deadline_days: int, used_share: float) -> int:
        """Deadline of a dossier of which this share was used before the start (E15)."""
        if deadline_days < 0:
            return FAR_FUTURE_MS
        left = deadline_days * (1 - used_share)
        if left < 0:
            return OVERDUE_BEFORE_THE_START_MS
        return int(self.close_ms[self.working_day_after[0] + int(left)])

    def after_supplement(self, due: int, deadline_days: int, asked: int, answered: int) -> int:
        """Deadline after the citizen's answer (E17)."""
        if due == FAR_FUTURE_MS or due < asked:
            return due
        if self.clock_restarts:
            return self.due(answered, deadline_days)
        return self.official.add_working(due, self.official.open_between(asked, answered))
