"""Pools and their queues for the naive engine: the rules E24-E30, E32-E33, E48, E52 and E54-E56."""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass

from sim.engine.addressed import look_up, rounded
from sim.engine.reference_calendars import Calendar
from sim.engine.reference_clock import Clock, flow_priority
from sim.engine.reference_dossier import Dossier, Log, Row, rows_of
from sim.world.arrays import (
    COVER_WHEN_ABSENT,
    EARLIEST_DUE_DATE,
    ELECTRONIC,
    F_SHUTTLES,
    FINISH,
    FIRST_COME,
    FOR_APOLOGY,
    FOR_TOUCH_TIME,
    IN_SERVICE,
    LOG_PUT_ASIDE,
    LOG_SERVICE,
    ON_PAPER,
    PAPER,
    POOL_OPENS,
    QUEUED,
    SERVICE_ENDS,
    SKIP_SYNC,
    World,
)


class Queue:
    """Dossiers that wait for a pool and for the same systems, in the order of the pool's rule."""

    def __init__(self, needs: int) -> None:
        self.needs = needs
        self._waiting: list[tuple[int, int, Dossier]] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, dossier: Dossier) -> None:
        """Puts a dossier in its place (E24)."""
        insort(self._waiting, (dossier.queue_key, dossier.number, dossier))

    def first(self) -> tuple[int, int, Dossier]:
        """The first one, with what it is ordered by."""
        return self._waiting[0]

    def remove(self, dossier: Dossier) -> None:
        """Takes a dossier out."""
        self._waiting.remove((dossier.queue_key, dossier.number, dossier))


class Pool:
    """People of one role at one site, who serve one queue for each set of systems."""

    def __init__(
        self,
        clock: Clock,
        log: Log,
        row: Row,
        queues: list[Queue],
        calendar: Calendar,
        apology_table: Sequence[float],
        slow_factor: Sequence[float],
    ) -> None:
        self.clock = clock
        self.log = log
        self.index: int = row.index
        self.rule: int = row.queue_rule
        self.end_of_shift: int = row.end_of_shift
        self.capacity: int = row.capacity
        self.held: int = row.held
        self.busy = 0
        self.stretch: float = row.stretch
        self.calendar = calendar
        self.apology_table = apology_table
        self.slow_factor = slow_factor
        self.queues = queues
        # Its work in service, by its own people or by those of a pool that covers it.
        self.served_by: dict[Dossier, Pool] = {}
        self.covers: list[Cover] = []
        self.coverers: list[Cover] = []
        self.in_reach = ~0
        self.slow = 0
        self.opens_at: int | None = None

    def queued(self) -> int:
        """Dossiers that wait, in all its queues."""
        return sum(len(queue) for queue in self.queues)

    def held_up(self) -> int:
        """Of these, those that wait for a system which is out of reach (E62)."""
        return sum(len(queue) for queue in self.queues if not self.reaches(queue))

    def load(self) -> float:
        """Dossiers at hand for each of its people (E51)."""
        return (self.queued() + self.busy) / max(self.capacity - self.held, 1)

    def has_free_people(self) -> bool:
        """Whether somebody could begin a service (E25)."""
        return self.busy < self.capacity - self.held

    def release(self) -> None:
        """One person less is held (E53)."""
        self.held -= 1
        self.start_what_it_can()

    # What waits for it.

    def enqueue(self, dossier: Dossier) -> None:
        """A dossier enters now; it starts at once if its turn is now (E24)."""
        dossier.entered_ms = int(self.clock.now)
        dossier.state = QUEUED
        dossier.queue_key = self._queue_key(dossier)
        self.queue_of(dossier).add(dossier)
        self.start_what_it_can()

    def queue_of(self, dossier: Dossier) -> Queue:
        """The queue of the dossier's step."""
        place: int = dossier.step.queue_class
        return self.queues[place]

    def _queue_key(self, dossier: Dossier) -> int:
        if self.rule == FIRST_COME:
            return dossier.entered_ms
        if self.rule == EARLIEST_DUE_DATE:
            return dossier.due_ms
        return (int(dossier.procedure.priority) << 44) + dossier.entered_ms

    def reaches(self, queue: Queue) -> bool:
        """Whether all systems that this queue waits for are in reach."""
        return queue.needs & ~self.in_reach == 0

    def ready(self) -> list[Queue]:
        """The queues in which something waits and does not lack a system (E25)."""
        return [queue for queue in self.queues if len(queue) > 0 and self.reaches(queue)]

    # Who begins what.

    def start_what_it_can(self) -> None:
        """Starts its own work, then that of others; others may take what it has to leave (E25, E26, E52)."""
        self._start_own_work()
        self._cover_others()
        self._call_coverers()

    def _start_own_work(self) -> None:
        while self.has_free_people() and self.ready() and self.is_open_or_wakes():
            self.start_first(self, self.stretch)

    def _cover_others(self) -> None:
        for cover in self.covers:
            while self.has_free_people() and cover.has_work() and self.is_open_or_wakes():
                cover.start_first()

    def _call_coverers(self) -> None:
        for cover in self.coverers:
            helper = cover.coverer
            while cover.has_work() and helper.can_help() and helper.is_open_or_wakes():
                cover.start_first()

    def can_help(self) -> bool:
        """Whether it has people for the work of others (E52)."""
        return self.has_free_people() and not self.ready()

    def is_open_or_wakes(self) -> bool:
        """Whether it is open now; if it is not, it will wake at the next opening (E26)."""
        now = int(self.clock.now)
        is_open = self.calendar.is_open(now)
        if not is_open and self.opens_at is None:
            self.opens_at = self.calendar.next_open(now)
            opening = self.clock.at(self.opens_at, flow_priority(POOL_OPENS, self.index))
            assert opening.callbacks is not None
            opening.callbacks.append(lambda _: self._opened())
        return is_open

    def _opened(self) -> None:
        self.opens_at = None
        self.start_what_it_can()

    def start_first(self, server: "Pool", stretch: float) -> None:
        """The first dossier that can start is served by one of these people, so fast (E25, E28, E52)."""
        _, _, dossier = min(queue.first() for queue in self.ready())
        self.queue_of(dossier).remove(dossier)
        dossier.started_ms = int(self.clock.now)
        dossier.state = IN_SERVICE
        dossier.resumed = dossier.work_ms is not None
        if dossier.work_ms is None:
            dossier.work_ms = self._service_ms(dossier, stretch)
        self.served_by[dossier] = server
        server.busy += 1
        dossier.server = server.index
        ends = server.end_of_work(dossier.started_ms, dossier.work_ms)
        assert dossier.stage_over is not None
        # The limit of its wait, if it had one, ends nothing any more (E46).
        dossier.stage_over = self.clock.without_moment(dossier.stage_over)
        self.clock.fix(dossier.stage_over, ends, flow_priority(SERVICE_ENDS, dossier.number))

    # The service.

    def end_of_work(self, started: int, work_ms: int) -> int:
        """When so much work of its people ends (E28)."""
        if self.end_of_shift == FINISH:
            return started + work_ms
        return self.calendar.add_working(started, work_ms)

    def work_between(self, started: int, now: int) -> int:
        """Work that one of its people has done on a dossier since then (E32)."""
        return now - started if self.end_of_shift == FINISH else self.calendar.open_between(started, now)

    def _service_ms(self, dossier: Dossier, stretch: float) -> int:
        """Work of a service that begins now; what an outage makes of the step happens here (E27, E48)."""
        step = dossier.step
        self._settle_how(dossier)
        service = look_up(step.quantiles, dossier.draw(FOR_TOUCH_TIME))
        service = service * step.channel_factors[dossier.channel] * stretch
        if dossier.prefilled:
            service *= step.eased_factor
        service *= self._slowness(step)
        if dossier.by_hand:
            service *= step.manual_factor
        if dossier.by_hand and step.without == PAPER:
            self._put_on_paper(dossier)
        if dossier.owes_apology:
            service += look_up(self.apology_table, dossier.draw(FOR_APOLOGY)) * stretch
            dossier.owes_apology = False
        return rounded(service)

    def _settle_how(self, dossier: Dossier) -> None:
        """With or without the systems that the step needs, and with data filled in or not (E27, E55, E57)."""
        step = dossier.step
        lacks_a_system = step.needs & ~self.in_reach != 0
        dossier.skips = lacks_a_system and step.without == SKIP_SYNC
        dossier.by_hand = lacks_a_system and not dossier.skips
        has_data = step.eased_by != 0 and step.eased_by & ~self.in_reach == 0
        dossier.prefilled = has_data and not lacks_a_system

    def _slowness(self, step: Row) -> float:
        """How much longer a step lasts because systems are slow: the factor of the worst (E54)."""
        slow = (step.needs | step.waits_for) & self.slow
        factors = [factor for system, factor in enumerate(self.slow_factor) if slow >> system & 1]
        return max(factors, default=1.0)

    def _put_on_paper(self, dossier: Dossier) -> None:
        if dossier.medium == ELECTRONIC:
            dossier.happened.append((F_SHUTTLES, int(self.clock.now)))
        dossier.medium = ON_PAPER
        dossier.owes_back_entry = True

    def end_service(self, dossier: Dossier) -> "Pool":
        """A service is over; gives the pool whose people are free now. It takes the next only when the
        dossier has moved on (E29)."""
        dossier.work_ms = None
        return self._leave(dossier, LOG_SERVICE)

    def set_reach(self, in_reach: int) -> None:
        """Other systems are in reach from now on; work from a queue that lacks one is put aside (E32)."""
        cut_off = [queue for queue in self.queues if self.reaches(queue) and queue.needs & ~in_reach != 0]
        self.in_reach = in_reach
        for dossier in list(self.served_by):
            if self.queue_of(dossier) in cut_off:
                self._put_aside(dossier)

    def _put_aside(self, dossier: Dossier) -> None:
        now = int(self.clock.now)
        assert dossier.work_ms is not None and dossier.stage_over is not None
        dossier.stage_over = self.clock.without_moment(dossier.stage_over)
        server = self._leave(dossier, LOG_PUT_ASIDE)
        dossier.work_ms -= server.work_between(dossier.started_ms, now)
        dossier.entered_ms = now
        dossier.state = QUEUED
        self.queue_of(dossier).add(dossier)

    def _leave(self, dossier: Dossier, event: int) -> "Pool":
        server = self.served_by.pop(dossier)
        server.busy -= 1
        now = int(self.clock.now)
        self.log.write(dossier, event, dossier.entered_ms, dossier.started_ms, now, dossier.detail())
        return server


@dataclass(frozen=True)
class Cover:
    """People of one pool do work of another one at their site (E52)."""

    coverer: Pool
    covered: Pool
    stretch: float
    only_when_absent: bool

    def has_work(self) -> bool:
        """Whether something waits that the coverer may do now."""
        absent = self.covered.capacity - self.covered.held <= 0
        return (absent or not self.only_when_absent) and len(self.covered.ready()) > 0

    def start_first(self) -> None:
        """The coverer begins the first dossier that can start in the other pool."""
        self.covered.start_first(self.coverer, self.coverer.stretch * self.stretch)


def pools_of(
    world: World,
    clock: Clock,
    log: Log,
    calendars: Sequence[Calendar],
    tables: Sequence[Sequence[float]],
) -> list[Pool]:
    """All pools of the world as the run begins, by their index."""
    needs = world.queues["needs"].tolist()
    slow_factor: list[float] = world.slow_factor.tolist()
    pools = [
        Pool(
            clock,
            log,
            row,
            [Queue(mask) for mask in needs[row.queue_first : row.queue_first + row.queue_count]],
            calendars[row.calendar],
            tables[world.apology_table],
            slow_factor,
        )
        for row in rows_of(world.pools)
    ]
    _join_covers(world, pools)
    return pools


def _join_covers(world: World, pools: list[Pool]) -> None:
    """Tells each pool whom it covers and who covers it, in order of preference (E52)."""
    covers: list[Cover] = []
    for pool in pools:
        for place in range(world.cover_first[pool.index], world.cover_first[pool.index + 1]):
            covered = pools[world.cover_pool[place]]
            only_when_absent = world.cover_when[place] == COVER_WHEN_ABSENT
            covers.append(Cover(pool, covered, float(world.cover_stretch[place]), bool(only_when_absent)))
            pool.covers.append(covers[-1])
    for pool in pools:
        places = world.coverer_place[world.coverer_first[pool.index] : world.coverer_first[pool.index + 1]]
        pool.coverers = [covers[place] for place in places.tolist()]
