"""The way of a dossier in the naive engine, from stage to stage: E18-E23, E29, E44-E48, E60 and E61.

A stage is a wait for a pool with the service after it, a move, an absence with the citizen, or the time in
which a dossier waits for its parts.
"""

from collections.abc import Generator

import simpy

from sim.engine.reference_calendars import Deadlines, calendars_of
from sim.engine.reference_clock import Clock, flow_priority
from sim.engine.reference_dossier import Dossier, Log, rows_of, steps_of
from sim.engine.reference_forks import begin_parting, medium_after_joining, note_joining, part_of
from sim.engine.reference_moves import Moves
from sim.engine.reference_network import Ways
from sim.engine.reference_places import Places
from sim.engine.reference_pools import Pool, pools_of
from sim.engine.reference_status import Status
from sim.world.arrays import (
    CITIZEN,
    CITIZEN_ANSWERS,
    CLOSED_UNANSWERED,
    ELECTRONIC,
    F_CHANGED_CHANNEL,
    F_FINISHED_OPEN,
    F_REDONE,
    FOR_ANSWER,
    FOR_COURIER,
    FOR_ERROR,
    FOR_RETURN,
    FOR_WAIT_LIMIT,
    FORK,
    FORKED,
    FREE,
    LOG_CITIZEN,
    LOG_FINISH,
    LOG_JOIN,
    LOG_WAIT_ENDS,
    MOVING,
    QUEUED,
    REFUSED,
    TRAIT_ELSEWHERE,
    WAIT_ENDS,
    WITH_CITIZEN,
    World,
)

Stages = Generator[simpy.Event, None, None]
EVERYTHING = (1 << 64) - 1


class Journeys(Clock):
    """SimPy's environment with all that dossiers go through in it."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.log = Log()
        self.calendars = calendars_of(world)
        self.deadlines = Deadlines(world, self.calendars[world.official_calendar])
        self.tables: list[list[float]] = world.tables.tolist()
        self.steps = steps_of(world, self.tables)
        self.procedures = rows_of(world.procedures)
        self.places = Places(world)
        self.pools = pools_of(world, self, self.log, self.calendars, self.tables)
        self.ways = Ways(world.site_parent.tolist())
        self.moves = Moves(world, self, self.log, self.calendars, self.tables, self.ways)
        # In the beginning everything is in reach, as in the compiled engine; control says more at time 0.
        self.reach = [EVERYTHING] * len(world.site_parent)
        self.status = Status(world, self, self.reach)
        self.parts: list[Dossier] = []
        self.in_system = 0

    def journey(self, dossier: Dossier) -> Stages:
        """All stages of a dossier that has begun one, or of a part."""
        while dossier.stage_over is not None:
            yield dossier.stage_over
            left = self._end_stage(dossier)
            # The pool takes the next one when the dossier has moved on (E29).
            if left is not None:
                left.start_what_it_can()

    def _end_stage(self, dossier: Dossier) -> Pool | None:
        """What was under way ends and the dossier moves on; gives the pool whose people are free now."""
        dossier.stage_over = None
        if dossier.state == MOVING:
            self._arrive(dossier)
        elif dossier.state == WITH_CITIZEN:
            self._hear(dossier)
        elif dossier.state == QUEUED:
            self._stop_waiting(dossier)
        elif dossier.state == FORKED:
            self._go_on_after_joining(dossier)
        else:
            return self._served(dossier)
        return None

    # From step to step.

    def go_to(self, dossier: Dossier, step_index: int) -> None:
        """The dossier goes to this step and belongs to its procedure; a move comes first (E18, E19, E44).

        Into a session there is no move: the citizen enters it from home (E60).
        """
        step = dossier.step = self.steps[step_index]
        if step.procedure >= 0:
            dossier.procedure = self.procedures[step.procedure]
        dossier.stage_over = self.event()
        self._apologise_when_late(dossier)
        site = self.places.site_of(step, dossier)
        if step.is_session:
            dossier.site = site
        if site != dossier.site:
            self.moves.send(dossier, site, FOR_COURIER)
        else:
            self._enter(dossier)

    def _enter(self, dossier: Dossier) -> None:
        """The dossier is at the site of its step: it asks the citizen, parts, or waits for the pool."""
        if dossier.step.kind == CITIZEN:
            self._ask(dossier)
        elif dossier.step.kind == FORK:
            self._fork(dossier)
        else:
            self._wait(dossier)

    def _arrive(self, dossier: Dossier) -> None:
        if not self.moves.arrive(dossier):
            dossier.stage_over = self.event()
            self.moves.send_on(dossier)
        elif dossier.ended_as is not None:
            self._join(dossier)
        else:
            dossier.stage_over = self.event()
            self._enter(dossier)

    def _go_on(self, dossier: Dossier, leads_to: int) -> None:
        """Goes to the step done instead of this one, or comes to this end (E21, E23, E44, E45)."""
        if leads_to >= 0:
            step = self.places.instead(dossier.home, leads_to)
            dossier.round += step <= dossier.step.index
            self.go_to(dossier, step)
        elif dossier.parent is None:
            self._finish(dossier, leads_to)
        else:
            self._end_part(dossier, leads_to)

    def _take_branch(self, dossier: Dossier) -> None:
        self._go_on(dossier, dossier.take_branch(int(self.now)))

    def _finish(self, dossier: Dossier, ended_as: int) -> None:
        """The result is out; what is owed to the system comes after it (E23, E53)."""
        dossier.finished_ms, dossier.state = int(self.now), FREE
        self.in_system -= 1
        if dossier.owed != 0:
            dossier.happened.append((F_FINISHED_OPEN, dossier.finished_ms))
        self.log.write(dossier, LOG_FINISH, dossier.filed_ms, dossier.due_ms, dossier.finished_ms, -ended_as)
        if dossier.holds >= 0:
            self.pools[dossier.holds].release()
        if dossier.owes_back_entry:
            back_entry = self.world.back_entry_step
            dossier.site = self.places.site_of(self.steps[back_entry], dossier)
            self.go_to(dossier, back_entry)

    def _apologise_when_late(self, dossier: Dossier) -> None:
        """Sends a late dossier one apology with a new date (E48)."""
        now = int(self.now)
        may_get_one = dossier.parent is None and dossier.finished_ms is None and dossier.apologised_ms is None
        if self.world.apology_days >= 0 and may_get_one and dossier.due_ms < now:
            dossier.apologised_ms, dossier.owes_apology = now, True
            dossier.new_due_ms = self.deadlines.close_after(now, self.world.apology_days)

    # With a pool.

    def _wait(self, dossier: Dossier) -> None:
        """Waits for the pool, perhaps only for a limited time (E24, E46)."""
        dossier.pool = self.places.pool_for(dossier.step, dossier)
        self.pools[dossier.pool].enqueue(dossier)
        step = dossier.step
        in_person = self.places.in_person[dossier.channel]
        if dossier.state == QUEUED and step.limit_table >= 0 and (in_person or not step.limit_in_person):
            self._limit_wait(dossier)

    def _limit_wait(self, dossier: Dossier) -> None:
        assert dossier.stage_over is not None
        calendar = self.pools[dossier.pool].calendar
        longest = max(1, dossier.draw_from(self.tables[dossier.step.limit_table], FOR_WAIT_LIMIT))
        limit = calendar.add_working(dossier.entered_ms, longest)
        self.fix(dossier.stage_over, limit, flow_priority(WAIT_ENDS, dossier.number))

    def _stop_waiting(self, dossier: Dossier) -> None:
        """It has waited too long and goes elsewhere (E46)."""
        now, step = int(self.now), dossier.step
        self.pools[dossier.pool].queue_of(dossier).remove(dossier)
        self.log.write(dossier, LOG_WAIT_ENDS, dossier.entered_ms, now, now, step.limit_in_person)
        self._go_on(dossier, step.limit_to)

    def _served(self, dossier: Dossier) -> Pool:
        """A service is over (E29); after that of back-entry a dossier is gone (E23)."""
        server = self.pools[dossier.pool].end_service(dossier)
        if dossier.finished_ms is not None:
            dossier.owes_back_entry, dossier.state = False, FREE
        elif dossier.by_hand and dossier.draw(FOR_ERROR) < dossier.step.manual_error:
            self._do_again(dossier)
        else:
            self._done(dossier)
        return server

    def _do_again(self, dossier: Dossier) -> None:
        """Work by hand went wrong (E61)."""
        dossier.happened.append((F_REDONE, int(self.now)))
        dossier.round += 1
        self.go_to(dossier, dossier.step.index)

    def _done(self, dossier: Dossier) -> None:
        """The step is done: others are told, and the dossier goes on (E20, E21, E57)."""
        self.status.tell(dossier)
        with_all_systems = not dossier.by_hand and not dossier.skips
        if dossier.step.digitises and with_all_systems and not dossier.owes_back_entry:
            dossier.medium = ELECTRONIC
        self._take_branch(dossier)

    # With the citizen.

    def _ask(self, dossier: Dossier) -> None:
        """Asks for a supplement, which has a limit (E22), or for the citizen to come again (E47)."""
        assert dossier.stage_over is not None
        asked = dossier.entered_ms = dossier.started_ms = int(self.now)
        ends = asked + dossier.draw_from(dossier.step.quantiles, FOR_ANSWER)
        dossier.no_answer = False
        if dossier.step.asks:
            limit = self.deadlines.close_after(asked, self.world.supplement_limit_days)
            dossier.no_answer = ends > limit
            ends = min(ends, limit)
        dossier.state = WITH_CITIZEN
        self.fix(dossier.stage_over, ends, flow_priority(CITIZEN_ANSWERS, dossier.number))

    def _hear(self, dossier: Dossier) -> None:
        """The citizen has answered, has come again, or has let the limit pass (E17, E22, E47)."""
        asked, now = dossier.entered_ms, int(self.now)
        self.log.write(dossier, LOG_CITIZEN, asked, asked, now, int(dossier.no_answer))
        if dossier.no_answer:
            self._go_on(dossier, CLOSED_UNANSWERED)
            return
        if dossier.step.asks:
            dossier.due_ms = self.deadlines.after_supplement(
                dossier.due_ms, dossier.deadline_days, asked, now
            )
        else:
            self._begin_anew(dossier)
        if self.places.in_person[dossier.channel]:
            dossier.visits.append((now, dossier.travel_m))
        self._take_branch(dossier)

    def _begin_anew(self, dossier: Dossier) -> None:
        """The citizen who was not ready has come again, to the desk of today, or otherwise (E47, E60)."""
        if dossier.step.to_channel >= 0:
            self._change_channel(dossier, dossier.step.to_channel)
        if not dossier.traits & TRAIT_ELSEWHERE:
            desk_and_travel = self.places.desk_and_travel(dossier.home, dossier.channel)
            dossier.desk, dossier.travel_m = desk_and_travel
        dossier.site = dossier.desk
        if dossier.has_deadline():
            dossier.due_ms = self.deadlines.due(int(self.now), dossier.deadline_days)

    def _change_channel(self, dossier: Dossier, channel: int) -> None:
        """The citizen takes to a channel, and the dossier is on its medium (E60)."""
        dossier.channel, dossier.medium = channel, int(self.world.channel_medium[channel])
        dossier.happened.append((F_CHANGED_CHANNEL, int(self.now)))

    # In parts.

    def _fork(self, dossier: Dossier) -> None:
        """The dossier parts; each part goes its own way (E45)."""
        now = dossier.entered_ms = dossier.started_ms = int(self.now)
        dossier.state = FORKED
        first, count = dossier.step.part_first, dossier.step.part_count
        begin_parting(dossier, count)
        parts = [part_of(dossier, place, now) for place in range(1, count + 1)]
        self.parts += parts
        for part, step in zip(parts, self.world.parts[first : first + count].tolist(), strict=True):
            self.go_to(part, self.places.instead(part.home, step))
            self.process(self.journey(part))

    def _end_part(self, part: Dossier, ended_as: int) -> None:
        """A part is done: it returns to its dossier and joins (E45)."""
        assert part.parent is not None
        part.ended_as = ended_as
        if part.site == part.parent.site:
            self._join(part)
        else:
            part.stage_over = self.event()
            self.moves.send(part, part.parent.site, FOR_RETURN)

    def _join(self, part: Dossier) -> None:
        dossier, part.state = part.parent, FREE
        assert dossier is not None
        note_joining(dossier, part)
        if dossier.parts_left == 0:
            assert dossier.stage_over is not None
            self.happen_now(dossier.stage_over)

    def _go_on_after_joining(self, dossier: Dossier) -> None:
        """The last part is back (E45)."""
        forked, now = dossier.entered_ms, int(self.now)
        self.log.write(dossier, LOG_JOIN, forked, forked, now, dossier.last_part)
        dossier.medium = medium_after_joining(dossier)
        if dossier.a_part_was_refused:
            self._go_on(dossier, REFUSED)
        else:
            self._take_branch(dossier)
