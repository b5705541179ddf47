"""Where the time of each dossier went, found afterwards in a run of the naive engine (E35-E37, E45)."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from sim.engine.reference_calendars import Calendar
from sim.engine.reference_dossier import Row
from sim.world.arrays import (
    BY_CITIZEN,
    BY_CLOSED,
    BY_OUTAGE,
    BY_SIGNATURE,
    BY_STAFF,
    BY_TRANSFER,
    BY_WORK,
    CAUSES,
    FINISH,
    MOST_PARTS,
    World,
)

ReachHistory = list[list[tuple[int, int]]]
"""For each site the moments at which the systems in reach changed, and the bit mask from then on."""


class Causes:
    """The seven causes of the elapsed time of each dossier and part, by its number, ms."""

    def __init__(self, world: World, calendars: Sequence[Calendar], reach_history: ReachHistory) -> None:
        self.calendars = calendars
        self.reach_history = reach_history
        self.queue_needs = world.queues["needs"].tolist()
        self.of: dict[int, list[int]] = defaultdict(lambda: [0] * len(CAUSES))

    def work_between(self, server: Row, begin: int, end: int) -> int:
        """Work that one of the people of a pool does from one moment to another (E28)."""
        if server.end_of_shift == FINISH:
            return end - begin
        calendar: Calendar = self.calendars[server.calendar]
        return calendar.open_between(begin, end)

    def add_wait(self, number: int, step: Row, pool: Row, entered: int, until: int) -> None:
        """A wait for a pool is over (E35)."""
        calendar = self.calendars[pool.calendar]
        needs = self.queue_needs[pool.queue_first + step.queue_class]
        opened = calendar.open_between(entered, until)
        outage = sum(
            calendar.open_between(begin, end)
            for begin, end in self._out_of_reach(pool.site, needs, entered, until)
        )
        self.of[number][BY_OUTAGE] += outage
        self.of[number][BY_STAFF] += opened - outage
        self._add_closed(number, pool, entered, until, opened)

    def add_service(self, number: int, server: Row, started: int, ended: int) -> None:
        """A service of a pool, or what was done of it, is over (E36)."""
        work = self.work_between(server, started, ended)
        self.of[number][BY_WORK] += work
        self._add_closed(number, server, started, ended, work)

    def add_move(self, number: int, entered: int, started: int, ended: int) -> None:
        """A move is over, and the wait in the outbox before it (E37)."""
        self.of[number][BY_OUTAGE] += started - entered
        self.of[number][BY_TRANSFER] += ended - started

    def add_absence(self, number: int, asked: int, ended: int) -> None:
        """The dossier is back from the citizen (E37)."""
        self.of[number][BY_CITIZEN] += ended - asked

    def join(self, number: int, last_part: int) -> None:
        """The dossier takes over the causes of the part that joined last, and of no other one (E45)."""
        parts = {part: self.of.pop(number + part, None) for part in range(1, MOST_PARTS + 1)}
        for cause, amount in enumerate(parts[last_part] or []):
            self.of[number][cause] += amount

    def _add_closed(self, number: int, pool: Row, begin: int, end: int, used: int) -> None:
        signature = 0
        if pool.windows_within >= 0 and end - begin > used:
            signature = self.calendars[pool.windows_within].open_between(begin, end) - used
        self.of[number][BY_SIGNATURE] += signature
        self.of[number][BY_CLOSED] += end - begin - used - signature

    def _out_of_reach(self, site: int, needs: int, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """The parts of ``[begin, end)`` during which one of these systems was out of reach of the site."""
        history = self.reach_history[site]
        # From the last change not after the beginning to the last one before the end.
        first, last = (bisect_left(history, (moment, -1)) for moment in (begin + 1, end))
        spans = [(begin, history[first - 1][1]), *history[first:last], (end, 0)]
        for (since, in_reach), (until, _) in pairwise(spans):
            if needs & ~in_reach:
                yield since, until
