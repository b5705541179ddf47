"""Pools and their queues for the naive engine: the rules E24-E30 and E32-E33."""

import heapq
from collections.abc import Sequence

from sim.engine.addressed import look_up, rounded
from sim.engine.reference_calendars import Calendar
from sim.engine.reference_clock import Clock, flow_priority
from sim.engine.reference_dossier import Dossier, Log, Row, rows_of
from sim.world.arrays import (
    EARLIEST_DUE_DATE,
    ELECTRONIC,
    FINISH,
    FIRST_COME,
    FOR_TOUCH_TIME,
    IN_SERVICE,
    LOG_PUT_ASIDE,
    LOG_SERVICE,
    ON_PAPER,
    PAPER,
    POOL_OPENS,
    QUEUED,
    SERVICE_ENDS,
    WAIT,
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
        heapq.heappush(self._waiting, (dossier.queue_key, dossier.number, dossier))

    def first(self) -> tuple[int, int, Dossier]:
        """The first one, with what it is ordered by."""
        return self._waiting[0]

    def take_first(self) -> None:
        """Takes the first one out."""
        heapq.heappop(self._waiting)


class Pool:
    """People of one role at one site, who serve one queue for each set of systems."""

    def __init__(self, clock: Clock, log: Log, row: Row, queues: list[Queue], calendar: Calendar) -> None:
        self.clock = clock
        self.log = log
        self.index: int = row.index
        self.rule: int = row.queue_rule
        self.end_of_shift: int = row.end_of_shift
        self.capacity: int = row.capacity
        self.stretch: float = row.stretch
        self.calendar = calendar
        self.queues = queues
        self.at_work: dict[int, Dossier] = {}
        self.in_reach = ~0
        self.opens_at: int | None = None

    def queued(self) -> int:
        """Dossiers that wait, in all its queues."""
        return sum(len(queue) for queue in self.queues)

    def enqueue(self, dossier: Dossier) -> None:
        """A dossier enters now; it starts at once if its turn is now (E24)."""
        dossier.entered_ms = int(self.clock.now)
        dossier.state = QUEUED
        dossier.queue_key = self._queue_key(dossier)
        self.queues[dossier.step.queue_class].add(dossier)
        self.start_what_it_can()

    def _queue_key(self, dossier: Dossier) -> int:
        if self.rule == FIRST_COME:
            return dossier.entered_ms
        if self.rule == EARLIEST_DUE_DATE:
            return dossier.due_ms
        return (int(dossier.procedure.priority) << 44) + dossier.entered_ms

    def start_what_it_can(self) -> None:
        """Starts services until nobody is free, nothing can start, or the pool is closed (E25, E26)."""
        while len(self.at_work) < self.capacity:
            ready = [queue for queue in self.queues if len(queue) > 0 and self.reaches(queue)]
            if not ready:
                return
            if not self.calendar.is_open(int(self.clock.now)):
                self._wake_at_opening()
                return
            queue = min(ready, key=Queue.first)
            _, _, dossier = queue.first()
            queue.take_first()
            self._start(dossier)

    def reaches(self, queue: Queue) -> bool:
        """Whether all systems that this queue waits for are in reach."""
        return queue.needs & ~self.in_reach == 0

    def _wake_at_opening(self) -> None:
        if self.opens_at is None:
            self.opens_at = self.calendar.next_open(int(self.clock.now))
            opening = self.clock.at(self.opens_at, flow_priority(POOL_OPENS, self.index))
            assert opening.callbacks is not None
            opening.callbacks.append(lambda _: self._opened())

    def _opened(self) -> None:
        self.opens_at = None
        self.start_what_it_can()

    def _start(self, dossier: Dossier) -> None:
        now = int(self.clock.now)
        dossier.started_ms = now
        dossier.state = IN_SERVICE
        dossier.resumed = dossier.work_ms is not None
        if dossier.work_ms is None:
            dossier.work_ms = self._service_ms(dossier)
        ends = now + dossier.work_ms
        if self.end_of_shift != FINISH:
            ends = self.calendar.add_working(now, dossier.work_ms)
        self.at_work[dossier.number] = dossier
        assert dossier.stage_over is not None
        self.clock.fix(dossier.stage_over, ends, flow_priority(SERVICE_ENDS, dossier.number))

    def _service_ms(self, dossier: Dossier) -> int:
        """Work of a service that begins now; what an outage makes of the step happens here (E27)."""
        step = dossier.step
        service = look_up(step.quantiles, dossier.draw(FOR_TOUCH_TIME))
        service = service * step.channel_factors[dossier.channel] * self.stretch
        dossier.by_hand = step.without != WAIT and step.needs & ~self.in_reach != 0
        if dossier.by_hand:
            service *= step.manual_factor
        if dossier.by_hand and step.without == PAPER:
            if dossier.medium == ELECTRONIC:
                dossier.shuttled_ms.append(int(self.clock.now))
            dossier.medium = ON_PAPER
            dossier.owes_back_entry = True
        return rounded(service)

    def end_service(self, dossier: Dossier) -> None:
        """A service is over: one of the people is free (E29); the caller lets the dossier move on first."""
        self._leave(dossier, LOG_SERVICE)
        dossier.work_ms = None

    def set_reach(self, in_reach: int) -> None:
        """Other systems are in reach from now on; work that waits for a lost one is put aside (E32)."""
        cut_off = [queue for queue in self.queues if self.reaches(queue) and queue.needs & ~in_reach != 0]
        self.in_reach = in_reach
        for dossier in list(self.at_work.values()):
            queue = self.queues[dossier.step.queue_class]
            if dossier.step.without == WAIT and queue in cut_off:
                self._put_aside(dossier, queue)

    def _put_aside(self, dossier: Dossier, queue: Queue) -> None:
        now = int(self.clock.now)
        assert (
            dossier.started_ms is not None and dossier.work_ms is not None and dossier.stage_over is not None
        )
        done = now - dossier.started_ms
        if self.end_of_shift != FINISH:
            done = self.calendar.open_between(dossier.started_ms, now)
        dossier.stage_over = self.clock.without_moment(dossier.stage_over)
        self._leave(dossier, LOG_PUT_ASIDE)
        dossier.work_ms -= done
        dossier.entered_ms = now
        dossier.state = QUEUED
        queue.add(dossier)

    def _leave(self, dossier: Dossier, event: int) -> None:
        del self.at_work[dossier.number]
        now = int(self.clock.now)
        self.log.write(dossier, event, dossier.entered_ms, dossier.started_ms, now, dossier.detail())


def pools_of(world: World, clock: Clock, log: Log, calendars: Sequence[Calendar]) -> list[Pool]:
    """All pools of the world as the run begins, by their index."""
    needs = world.queues["needs"].tolist()
    return [
        Pool(
            clock,
            log,
            row,
            [Queue(mask) for mask in needs[row.queue_first : row.queue_first + row.queue_count]],
            calendars[row.calendar],
        )
        for row in rows_of(world.pools)
    ]
