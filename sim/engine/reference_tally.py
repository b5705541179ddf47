"""The counts of a run of the naive engine, taken afterwards from its log and its dossiers (E38-E42, E55-E61).

Nothing is counted while time passes, so these counts judge those that the compiled engine keeps as it goes.
"""

from collections.abc import Sequence

import numpy as np

from sim.engine.reference_calendars import Calendar
from sim.engine.reference_causes import Causes, ReachHistory
from sim.engine.reference_dossier import BY_HAND, RESUMED, Aside, Dossier, Log, Row, rows_of
from sim.world.arrays import (
    BINS_PER_DOUBLING,
    CLOSED_UNANSWERED,
    ELECTRONIC,
    F_APOLOGIES,
    F_ARRIVED,
    F_ARRIVED_ELECTRONIC,
    F_BACK_ENTRIES,
    F_CLOSED_UNANSWERED,
    F_COUNTER_STARTS,
    F_COUNTER_WAIT_MS,
    F_CYCLE_MS,
    F_CYCLE_WORKING_MS,
    F_ENTRIES,
    F_ESCALATED,
    F_FILED_ELSEWHERE,
    F_FINISHED,
    F_FIRST_CAUSE,
    F_FIRST_LATE_CAUSE,
    F_GAVE_UP,
    F_MANUAL,
    F_NEW_DATE_KEPT,
    F_ON_TIME,
    F_OUT_OF_STEP,
    F_OUT_OF_STEP_MS,
    F_OVERDUE_MS,
    F_PREFILLED,
    F_REFUSED,
    F_SUPPLEMENTS,
    F_SYNCED,
    F_SYNCED_LATE,
    F_TIMED_OUT,
    F_TRAVEL_M,
    F_VISITS,
    F_WITH_DEADLINE,
    F_WITHDRAWN,
    FLOW_FIELDS,
    HISTOGRAM_BINS,
    IN_SERVICE,
    LOG_CITIZEN,
    LOG_FINISH,
    LOG_JOIN,
    LOG_PUT_ASIDE,
    LOG_SERVICE,
    LOG_TRANSFER,
    LOG_WAIT_ENDS,
    MANUAL,
    MS_PER_DAY,
    P_BUSY_MS,
    P_STARTED,
    P_WAIT_MS,
    P_WAITED,
    PART_BITS,
    POOL_FIELDS,
    REFUSED,
    TRAIT_ELSEWHERE,
    WITH_CITIZEN,
    WITHDRAWN,
    World,
)
from sim.world.counts import Counts
from sim.world.day_rows import day_rows_of


def bin_of(duration_ms: int) -> int:
    """Bin of a duration in a histogram: one for each second below 16, then 16 to each doubling (E42)."""
    seconds = duration_ms // 1000
    doublings = max(seconds.bit_length() - BINS_PER_DOUBLING.bit_length(), 0)
    return min(BINS_PER_DOUBLING * doublings + (seconds >> doublings), HISTOGRAM_BINS - 1)


class Books:
    """Counts per area, group and day, and per pool and day."""

    def __init__(
        self,
        world: World,
        calendars: Sequence[Calendar],
        steps: Sequence[Row],
        dossiers: Sequence[Dossier],
        parts: Sequence[Dossier],
        reach_history: ReachHistory,
    ) -> None:
        self.world = world
        self.calendars = calendars
        self.official = calendars[world.official_calendar]
        self.steps = steps
        self.dossiers = dossiers
        self.parts = parts
        self.pool_rows = rows_of(world.pools)
        self.in_person = world.channel_in_person.tolist()
        areas, groups, days = world.area_count, world.group_count, world.day_count
        self.flow = np.zeros((areas, groups, days, len(FLOW_FIELDS)), np.int64)
        self.cycle = np.zeros((areas, groups, 2, HISTOGRAM_BINS), np.int32)
        self.counter_wait = np.zeros((areas, HISTOGRAM_BINS), np.int32)
        self.pools = np.zeros((len(world.pools), days, len(POOL_FIELDS)), np.int64)
        self.causes = Causes(world, calendars, reach_history)
        self.finished: set[int] = set()
        self.split_errors = 0

    def counts(self) -> Counts:
        """What was counted."""
        return Counts(
            self.world.day_count,
            day_rows_of(self.flow),
            day_rows_of(self.pools),
            self.cycle,
            self.counter_wait,
        )

    def count(self, log: Log) -> None:
        """Counts everything, once."""
        for dossier in self.dossiers:
            self._filed(dossier)
            self._apologised(dossier)
            self._out_of_step(dossier)
        for each in [*self.dossiers, *self.parts]:
            self._still_under_way(each)
        by_number = {each.number: each for each in [*self.dossiers, *self.parts]}
        for row, aside in zip(log.rows, log.asides, strict=True):
            self._row(by_number[row[0] << PART_BITS | row[-1]], row, aside)

    def _row(self, dossier: Dossier, row: tuple[int, ...], aside: Aside) -> None:
        """Counts what one row of the log tells of."""
        step, event, (entered, started, ended, detail) = self.steps[row[2]], row[3], row[5:9]
        if event in (LOG_SERVICE, LOG_PUT_ASIDE):
            self._service(dossier, step, row, aside)
        elif event == LOG_WAIT_ENDS:
            self._wait_ended(dossier, step, self.pool_rows[aside.pool], entered, ended)
        elif event == LOG_TRANSFER:
            self.causes.add_move(dossier.number, entered, started, ended)
        elif event == LOG_CITIZEN:
            self._with_citizen(dossier, step, started, ended)
        elif event == LOG_JOIN:
            self.causes.join(dossier.number, detail)
        elif event == LOG_FINISH:
            self._finished(dossier, due=started, ended_as=-detail)

    def _add(self, dossier: Dossier, moment: int, field: int, amount: int = 1) -> None:
        if amount:
            self.flow[dossier.area, dossier.group, moment // MS_PER_DAY, field] += amount

    # What the dossiers know.

    def _filed(self, dossier: Dossier) -> None:
        self._add(dossier, dossier.filed_ms, F_ARRIVED)
        self._add(dossier, dossier.filed_ms, F_FILED_ELSEWHERE, bool(dossier.traits & TRAIT_ELSEWHERE))
        electronic = self.world.channel_medium[dossier.filed_on] == ELECTRONIC and not dossier.inherited
        self._add(dossier, dossier.filed_ms, F_ARRIVED_ELECTRONIC, electronic)
        for field, moment in dossier.happened:
            self._add(dossier, moment, field)
        for moment, travel_m in dossier.visits:
            self._add(dossier, moment, F_VISITS)
            self._add(dossier, moment, F_TRAVEL_M, travel_m)

    def _apologised(self, dossier: Dossier) -> None:
        if dossier.apologised_ms is not None:
            self._add(dossier, dossier.apologised_ms, F_APOLOGIES)

    def _out_of_step(self, dossier: Dossier) -> None:
        for spell in dossier.out_of_step:
            since, until = spell.since_ms, spell.until_ms
            self._add(dossier, since, F_OUT_OF_STEP)
            if until is not None:
                was_late = self.official.open_between(since, until) > self.world.sync_limit_ms
                self._add(dossier, until, F_SYNCED)
                self._add(dossier, until, F_SYNCED_LATE, was_late)
                self._add(dossier, until, F_OUT_OF_STEP_MS, until - since)

    def _still_under_way(self, dossier: Dossier) -> None:
        entered, started = dossier.entered_ms, dossier.started_ms
        if dossier.state == IN_SERVICE:
            self._begun(dossier, dossier.step, entered, started, dossier.detail(), dossier.aside())
            self._worked(self.pool_rows[dossier.server], started, self.world.horizon_ms)
        elif dossier.state == WITH_CITIZEN and dossier.step.asks:
            self._add(dossier, entered, F_SUPPLEMENTS)

    # What the log says of pools.

    def _service(self, dossier: Dossier, step: Row, row: tuple[int, ...], aside: Aside) -> None:
        event, (entered, started, ended, detail) = row[3], row[5:9]
        pool, server = self.pool_rows[aside.pool], self.pool_rows[aside.server]
        self._begun(dossier, step, entered, started, detail, aside)
        self._worked(server, started, ended)
        if dossier.number not in self.finished:
            self.causes.add_wait(dossier.number, step, pool, entered, started)
            self.causes.add_service(dossier.number, server, started, ended)
        elif event == LOG_SERVICE:
            self._add(dossier, ended, F_BACK_ENTRIES)

    def _begun(
        self, dossier: Dossier, step: Row, entered: int, started: int, detail: int, aside: Aside
    ) -> None:
        today = self.pools[aside.pool, started // MS_PER_DAY]
        today[P_WAIT_MS] += started - entered
        if detail & RESUMED:
            return
        today[P_STARTED] += 1
        today[P_WAITED] += started > entered
        if step.in_person_wait and self.in_person[aside.channel]:
            self._called(dossier, self.pool_rows[aside.pool], entered, started)
        if detail & BY_HAND and step.without == MANUAL:
            self._add(dossier, started, F_MANUAL)
        if step.eased_by != 0:
            self._add(dossier, started, F_ENTRIES)
            self._add(dossier, started, F_PREFILLED, aside.prefilled)

    def _called(self, dossier: Dossier, pool: Row, entered: int, started: int) -> None:
        """A citizen is called to the counter (E39)."""
        wait = self.calendars[pool.calendar].open_between(entered, started)
        self._add(dossier, started, F_COUNTER_STARTS)
        self._add(dossier, started, F_COUNTER_WAIT_MS, wait)
        self.counter_wait[dossier.area, bin_of(wait)] += 1

    def _worked(self, server: Row, started: int, ended: int) -> None:
        for day in range(started // MS_PER_DAY, (ended - 1) // MS_PER_DAY + 1):
            begin, end = max(started, day * MS_PER_DAY), min(ended, (day + 1) * MS_PER_DAY)
            self.pools[server.index, day, P_BUSY_MS] += self.causes.work_between(server, begin, end)

    def _wait_ended(self, dossier: Dossier, step: Row, pool: Row, entered: int, ended: int) -> None:
        self.pools[pool.index, ended // MS_PER_DAY, P_WAIT_MS] += ended - entered
        going_on = F_TIMED_OUT if step.is_session else F_ESCALATED
        self._add(dossier, ended, F_GAVE_UP if step.limit_in_person else going_on)
        self.causes.add_wait(dossier.number, step, pool, entered, ended)

    # What it says of the rest.

    def _with_citizen(self, dossier: Dossier, step: Row, asked: int, ended: int) -> None:
        self.causes.add_absence(dossier.number, asked, ended)
        if step.asks:
            self._add(dossier, asked, F_SUPPLEMENTS)

    def _finished(self, dossier: Dossier, due: int, ended_as: int) -> None:
        filed, ended = dossier.filed_ms, dossier.finished_ms
        assert ended is not None
        self.finished.add(dossier.number)
        given_up = ended_as in (CLOSED_UNANSWERED, WITHDRAWN)
        self._add(dossier, ended, F_FINISHED)
        self._add(dossier, ended, F_REFUSED, ended_as == REFUSED)
        self._add(dossier, ended, F_CLOSED_UNANSWERED, ended_as == CLOSED_UNANSWERED)
        self._add(dossier, ended, F_WITHDRAWN, ended_as == WITHDRAWN)
        kept = dossier.apologised_ms is not None and ended <= dossier.new_due_ms
        self._add(dossier, ended, F_NEW_DATE_KEPT, kept and not given_up)
        self._add_cycle(dossier, filed, ended)
        counted = dossier.has_deadline() and not given_up
        if counted:
            self._add(dossier, ended, F_WITH_DEADLINE)
            self._add(dossier, ended, F_ON_TIME, ended <= due)
            self._add(dossier, ended, F_OVERDUE_MS, max(0, self.official.open_between(due, ended)))
        self._add_causes(dossier, filed, ended, late=counted and ended > due)

    def _add_cycle(self, dossier: Dossier, filed: int, ended: int) -> None:
        clocks = (ended - filed, self.official.open_between(filed, ended))
        self._add(dossier, ended, F_CYCLE_MS, clocks[0])
        self._add(dossier, ended, F_CYCLE_WORKING_MS, clocks[1])
        for clock, duration in enumerate(clocks):
            self.cycle[dossier.area, dossier.group, clock, bin_of(duration)] += 1

    def _add_causes(self, dossier: Dossier, filed: int, ended: int, late: bool) -> None:
        causes = self.causes.of[dossier.number]
        for cause, amount in enumerate(causes):
            self._add(dossier, ended, F_FIRST_CAUSE + cause, amount)
            self._add(dossier, ended, F_FIRST_LATE_CAUSE + cause, amount * late)
        self.split_errors += sum(causes) != ended - filed
