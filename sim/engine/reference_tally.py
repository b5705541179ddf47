"""The counts of a run of the naive engine, taken afterwards from its log and its dossiers (E35-E42).

Nothing is counted while time passes, so these counts judge those that the compiled engine keeps as it goes.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from sim.engine.reference_calendars import Calendar
from sim.engine.reference_dossier import BY_HAND, RESUMED, Dossier, Row, rows_of
from sim.world.arrays import (
    BINS_PER_DOUBLING,
    BY_CITIZEN,
    BY_CLOSED,
    BY_OUTAGE,
    BY_SIGNATURE,
    BY_STAFF,
    BY_TRANSFER,
    BY_WORK,
    CAUSES,
    CLOSED_UNANSWERED,
    ELECTRONIC,
    F_ARRIVED,
    F_ARRIVED_ELECTRONIC,
    F_BACK_ENTRIES,
    F_CLOSED_UNANSWERED,
    F_COUNTER_STARTS,
    F_COUNTER_WAIT_MS,
    F_CYCLE_MS,
    F_CYCLE_WORKING_MS,
    F_FINISHED,
    F_FIRST_CAUSE,
    F_FIRST_LATE_CAUSE,
    F_MANUAL,
    F_ON_TIME,
    F_OVERDUE_MS,
    F_REFUSED,
    F_SHUTTLES,
    F_SUPPLEMENTS,
    F_VISITS,
    F_WITH_DEADLINE,
    FINISH,
    FLOW_FIELDS,
    HISTOGRAM_BINS,
    IN_SERVICE,
    LOG_CITIZEN,
    LOG_FINISH,
    LOG_PUT_ASIDE,
    LOG_SERVICE,
    LOG_TRANSFER,
    MANUAL,
    MS_PER_DAY,
    P_BUSY_MS,
    P_STARTED,
    P_WAIT_MS,
    P_WAITED,
    POOL_FIELDS,
    REFUSED,
    WITH_CITIZEN,
    Ints,
    World,
)

ReachHistory = list[list[tuple[int, int]]]
"""For each site the moments at which the systems in reach changed, and the bit mask from then on."""


def bin_of(duration_ms: int) -> int:
    """Bin of a duration in a histogram: one for each second below 16, then 16 to each doubling (E42)."""
    seconds = duration_ms // 1000
    doublings = max(seconds.bit_length() - BINS_PER_DOUBLING.bit_length(), 0)
    return min(BINS_PER_DOUBLING * doublings + (seconds >> doublings), HISTOGRAM_BINS - 1)


class Books:
    """Counts per site, group and day, and per pool and day."""

    def __init__(
        self,
        world: World,
        calendars: Sequence[Calendar],
        steps: Sequence[Row],
        dossiers: Sequence[Dossier],
        reach_history: ReachHistory,
    ) -> None:
        self.world = world
        self.calendars = calendars
        self.official = calendars[world.official_calendar]
        self.steps = steps
        self.dossiers = {dossier.number: dossier for dossier in dossiers}
        self.reach_history = reach_history
        self.pool_rows = rows_of(world.pools)
        self.queue_needs = world.queues["needs"].tolist()
        self.pool_of = world.pool_of.tolist()
        self.in_person = world.channel_in_person.tolist()
        self.flow = np.zeros(
            (len(world.site_parent), world.group_count, world.day_count, len(FLOW_FIELDS)), np.int64
        )
        sites = len(world.site_parent)
        self.cycle = np.zeros((sites, world.group_count, 2, HISTOGRAM_BINS), np.int32)
        self.counter_wait = np.zeros((sites, HISTOGRAM_BINS), np.int32)
        self.pools = np.zeros((len(world.pools), world.day_count, len(POOL_FIELDS)), np.int64)
        self.causes: dict[int, list[int]] = defaultdict(lambda: [0] * len(CAUSES))
        self.split_errors = 0

    def count(self, log: Ints) -> None:
        """Counts everything, once."""
        for dossier in self.dossiers.values():
            self._filed(dossier)
            self._still_under_way(dossier)
        finished: set[int] = set()
        for number, _, step, event, site, entered, started, ended, detail in log.tolist():
            dossier = self.dossiers[number]
            if event in (LOG_SERVICE, LOG_PUT_ASIDE):
                pool = self._pool(self.steps[step], site)
                self._begun(dossier, self.steps[step], pool, entered, started, detail)
                self._worked(pool, started, ended)
                if number not in finished:
                    self._split_wait(dossier, self.steps[step], pool, entered, started)
                    self._split_service(dossier, pool, started, ended)
                elif event == LOG_SERVICE:
                    self._add(dossier, ended, F_BACK_ENTRIES)
            elif event == LOG_TRANSFER:
                self.causes[number][BY_OUTAGE] += started - entered
                self.causes[number][BY_TRANSFER] += ended - started
            elif event == LOG_CITIZEN:
                self._answered(dossier, started, ended, bool(detail))
            elif event == LOG_FINISH:
                finished.add(number)
                self._finished(dossier, due=started, ended_as=-detail)

    def _add(self, dossier: Dossier, moment: int, field: int, amount: int = 1) -> None:
        if amount:
            self.flow[dossier.home, dossier.group, moment // MS_PER_DAY, field] += amount

    def _pool(self, step: Row, site: int) -> Row:
        pool: int = self.pool_of[site][step.role]
        return self.pool_rows[pool]

    def _filed(self, dossier: Dossier) -> None:
        self._add(dossier, dossier.filed_ms, F_ARRIVED)
        for moment in dossier.shuttled_ms:
            self._add(dossier, moment, F_SHUTTLES)
        if dossier.inherited:
            return
        electronic = self.world.channel_medium[dossier.channel] == ELECTRONIC
        self._add(dossier, dossier.filed_ms, F_ARRIVED_ELECTRONIC, electronic)
        self._add(dossier, dossier.filed_ms, F_VISITS, self.in_person[dossier.channel])

    def _still_under_way(self, dossier: Dossier) -> None:
        if dossier.state == IN_SERVICE:
            pool = self._pool(dossier.step, dossier.site)
            self._begun(dossier, dossier.step, pool, dossier.entered_ms, dossier.started_ms, dossier.detail())
            self._worked(pool, dossier.started_ms, self.world.horizon_ms)
        elif dossier.state == WITH_CITIZEN:
            self._add(dossier, dossier.entered_ms, F_SUPPLEMENTS)

    def _begun(self, dossier: Dossier, step: Row, pool: Row, entered: int, started: int, detail: int) -> None:
        today = self.pools[pool.index, started // MS_PER_DAY]
        today[P_WAIT_MS] += started - entered
        if detail & RESUMED:
            return
        today[P_STARTED] += 1
        today[P_WAITED] += started > entered
        if step.in_person_wait and self.in_person[dossier.channel]:
            wait = self.calendars[pool.calendar].open_between(entered, started)
            self._add(dossier, started, F_COUNTER_STARTS)
            self._add(dossier, started, F_COUNTER_WAIT_MS, wait)
            self.counter_wait[dossier.home, bin_of(wait)] += 1
        if detail & BY_HAND and step.without == MANUAL:
            self._add(dossier, started, F_MANUAL)

    def _worked(self, pool: Row, started: int, ended: int) -> None:
        for day in range(started // MS_PER_DAY, (ended - 1) // MS_PER_DAY + 1):
            begin, end = max(started, day * MS_PER_DAY), min(ended, (day + 1) * MS_PER_DAY)
            self.pools[pool.index, day, P_BUSY_MS] += self._work_between(pool, begin, end)

    def _work_between(self, pool: Row, begin: int, end: int) -> int:
        if pool.end_of_shift == FINISH:
            return end - begin
        return self.calendars[int(pool.calendar)].open_between(begin, end)

    def _split_wait(self, dossier: Dossier, step: Row, pool: Row, entered: int, started: int) -> None:
        calendar = self.calendars[pool.calendar]
        needs = self.queue_needs[pool.queue_first + step.queue_class]
        opened = calendar.open_between(entered, started)
        outage = sum(
            calendar.open_between(begin, end)
            for begin, end in self._out_of_reach(pool.site, needs, entered, started)
        )
        causes = self.causes[dossier.number]
        causes[BY_OUTAGE] += outage
        causes[BY_STAFF] += opened - outage
        self._split_closed(causes, pool, entered, started, opened)

    def _split_service(self, dossier: Dossier, pool: Row, started: int, ended: int) -> None:
        causes = self.causes[dossier.number]
        work = self._work_between(pool, started, ended)
        causes[BY_WORK] += work
        self._split_closed(causes, pool, started, ended, work)

    def _split_closed(self, causes: list[int], pool: Row, begin: int, end: int, used: int) -> None:
        signature = 0
        if pool.windows_within >= 0 and end - begin > used:
            signature = self.calendars[pool.windows_within].open_between(begin, end) - used
        causes[BY_SIGNATURE] += signature
        causes[BY_CLOSED] += end - begin - used - signature

    def _out_of_reach(self, site: int, needs: int, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """The parts of ``[begin, end)`` during which one of these systems was out of reach of the site."""
        history = self.reach_history[site]
        # From the last change not after the beginning to the last one before the end.
        first, last = (bisect_left(history, (moment, -1)) for moment in (begin + 1, end))
        spans = [(begin, history[first - 1][1]), *history[first:last], (end, 0)]
        for (since, in_reach), (until, _) in pairwise(spans):
            if needs & ~in_reach:
                yield since, until

    def _answered(self, dossier: Dossier, asked: int, ended: int, no_answer: bool) -> None:
        self.causes[dossier.number][BY_CITIZEN] += ended - asked
        self._add(dossier, asked, F_SUPPLEMENTS)
        if self.in_person[dossier.channel] and not no_answer:
            self._add(dossier, ended, F_VISITS)

    def _finished(self, dossier: Dossier, due: int, ended_as: int) -> None:
        filed, ended = dossier.filed_ms, dossier.finished_ms
        assert ended is not None
        self._add(dossier, ended, F_FINISHED)
        self._add(dossier, ended, F_REFUSED, ended_as == REFUSED)
        self._add(dossier, ended, F_CLOSED_UNANSWERED, ended_as == CLOSED_UNANSWERED)
        clocks = (ended - filed, self.official.open_between(filed, ended))
        self._add(dossier, ended, F_CYCLE_MS, clocks[0])
        self._add(dossier, ended, F_CYCLE_WORKING_MS, clocks[1])
        for clock, duration in enumerate(clocks):
            self.cycle[dossier.home, dossier.group, clock, bin_of(duration)] += 1
        counted = dossier.has_deadline() and ended_as != CLOSED_UNANSWERED
        if counted:
            self._add(dossier, ended, F_WITH_DEADLINE)
            self._add(dossier, ended, F_ON_TIME, ended <= due)
            self._add(dossier, ended, F_OVERDUE_MS, max(0, self.official.open_between(due, ended)))
        causes = self.causes[dossier.number]
        for cause, amount in enumerate(causes):
            self._add(dossier, ended, F_FIRST_CAUSE + cause, amount)
            self._add(dossier, ended, F_FIRST_LATE_CAUSE + cause, amount * (counted and ended > due))
        self.split_errors += sum(causes) != ended - filed
