"""The naive engine: every dossier is a plain SimPy process. It judges the compiled one.

Written straight from docs/engine-semantics.md, to be read and not to be fast: it shares nothing with the
compiled kernel but the ``World``. The network is a NetworkX graph of the links that work, and what is in
reach of a site is looked up in it.
"""

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import networkx as nx
import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine.reference_calendars import Deadlines, calendars_of
from sim.engine.reference_clock import FILING, MIDNIGHT_PRIORITY, Clock, flow_priority
from sim.engine.reference_demand import Demand
from sim.engine.reference_dossier import Dossier, Filing, Log, Row, rows_of, steps_of, unfinished_records
from sim.engine.reference_pools import Pool, pools_of
from sim.engine.reference_register import Register
from sim.engine.reference_tally import Books, ReachHistory
from sim.world.arrays import (
    CITIZEN,
    CITIZEN_ANSWERS,
    CLOSED_UNANSWERED,
    ELECTRONIC,
    FOR_ANSWER,
    FOR_COURIER,
    FREE,
    IN_OUTBOX,
    LOG_CITIZEN,
    LOG_FIELDS,
    LOG_FINISH,
    LOG_SERVICE,
    LOG_TRANSFER,
    MOVING,
    MS_PER_DAY,
    ON_PAPER,
    P_QUEUED_AT_MIDNIGHT,
    TRANSFER_ARRIVES,
    WITH_CITIZEN,
    Ints,
    Records,
    Tally,
    World,
)

Stages = Generator[simpy.Event, None, None]


class Network:
    """The links between sites and their parents that work now."""

    def __init__(self, parents: Sequence[int]) -> None:
        self.parents = parents
        self.graph: nx.Graph[int] = nx.Graph()
        self.graph.add_nodes_from(range(len(parents)))
        self.island = dict.fromkeys(range(len(parents)), -1)

    def set_uplinks(self, uplinks: Records) -> None:
        """Replaces all links by these: one UPLINK record for each site."""
        self.graph.clear_edges()
        for site, link in enumerate(rows_of(uplinks)):
            if self.parents[site] >= 0 and link.up:
                self.graph.add_edge(
                    site, self.parents[site], latency_ms=link.latency_ms, bits_per_ms=link.bits_per_ms
                )
        islands = enumerate(nx.connected_components(self.graph))
        self.island = {site: number for number, members in islands for site in members}

    def transfer_ms(self, start: int, end: int, bits: float) -> int | None:
        """Time of an electronic transfer between two sites, None when there is no path now (E19)."""
        if self.island[start] != self.island[end]:
            return None
        way = nx.shortest_path(self.graph, start, end)
        links = [self.graph.edges[pair] for pair in pairwise(way)]
        slowest = min(float(link["bits_per_ms"]) for link in links)
        latency = sum(int(link["latency_ms"]) for link in links)
        return latency + math.ceil(bits / slowest)

    def in_reach(
        self, site: int, hosts: list[list[int]], works: list[list[bool]], needs: Sequence[Sequence[int]]
    ) -> int:
        """Bit mask of the systems in reach of a site (E31)."""

        def reaches(system: int, place: int) -> bool:
            host = hosts[system][place]
            return (
                host >= 0
                and self.island[place] == self.island[host]
                and works[system][host]
                and all(reaches(other, host) for other in needs[system])
            )

        return sum(1 << system for system in range(len(hosts)) if reaches(system, site))


class ReferenceFlow(Clock):
    """The environment of the naive engine: control processes run in it, and so do all dossiers."""

    def __init__(self, world: World, seed: int, replication: int) -> None:
        super().__init__()
        self.world = world
        self.log = Log()
        self.calendars = calendars_of(world)
        self.deadlines = Deadlines(world, self.calendars[world.official_calendar])
        self.tables: list[list[float]] = world.tables.tolist()
        self.demand = Demand(world, seed, replication)
        self.steps = steps_of(world, self.tables)
        self.register = Register(world, self.deadlines, self.steps, self.tables)
        self.pool_of: list[list[int]] = world.pool_of.tolist()
        self.network = Network(world.site_parent.tolist())
        # In the beginning everything is in reach, as in the compiled engine; control says more at time 0.
        sites = len(world.site_parent)
        self.reach = [(1 << 64) - 1] * sites
        self.reach_history: ReachHistory = [[(0, mask)] for mask in self.reach]
        self.outboxes: list[list[Dossier]] = [[] for _ in range(sites)]
        self.pools = pools_of(world, self, self.log, self.calendars)
        self.site_pools = [
            [pool for pool in self.pools if world.pools["site"][pool.index] == site] for site in range(sites)
        ]
        self.dossiers: list[Dossier] = []
        self.numbered = 0
        self.in_system = 0
        self.most_in_system = 0
        self.queued_at_midnight = np.zeros((len(self.pools), world.day_count), np.int64)
        self.process(self._days())

    # What control does.

    def apply_network(
        self,
        uplinks: Records,
        reach: NDArray[np.uint64],
        system_host: NDArray[np.int32],
        system_up: NDArray[np.bool_],
        system_needs: Sequence[Sequence[int]],
    ) -> None:
        """Sets all links and systems at once (E34).

        ``uplinks`` [sites] UPLINK records; ``reach`` [sites] bit masks; ``system_host`` [systems, sites] site
        of the instance that serves a site, -1 = none; ``system_up`` [systems, sites] whether the instance
        hosted at a site works; ``system_needs`` the systems that each system needs. ValueError when ``reach``
        is not what the links and systems say.
        """
        self.network.set_uplinks(uplinks)
        hosts, works = system_host.tolist(), system_up.tolist()
        found = [self.network.in_reach(site, hosts, works, system_needs) for site in range(len(self.reach))]
        if found != reach.tolist():
            site = next(site for site, mask in enumerate(found) if mask != int(reach[site]))
            raise ValueError(f"reach of site {site} should be {found[site]:#x}, not {int(reach[site]):#x}")
        self._set_reach(found)
        self._empty_outboxes()

    def set_headcount(self, pool: int, people: int) -> None:
        """From now on so many people work in the pool; nobody at work is interrupted (E30)."""
        self.pools[pool].capacity = people
        self.pools[pool].start_what_it_can()

    def set_stretch(self, pool: int, stretch: float) -> None:
        """From the next service on, this is the pool's wall time per touch time (E30)."""
        self.pools[pool].stretch = stretch

    def queue_length(self, pool: int) -> int:
        """Dossiers waiting for the pool now."""
        return self.pools[pool].queued()

    def _set_reach(self, found: list[int]) -> None:
        changed = [site for site, mask in enumerate(found) if mask != self.reach[site]]
        for site in changed:
            self.reach[site] = found[site]
            self.reach_history[site].append((int(self.now), found[site]))
            for pool in self.site_pools[site]:
                pool.set_reach(found[site])
        for site in changed:
            for pool in self.site_pools[site]:
                pool.start_what_it_can()

    def _empty_outboxes(self) -> None:
        for outbox in self.outboxes:
            for dossier in list(outbox):
                if self._leave_by_network(dossier):
                    outbox.remove(dossier)

    # The days.

    def _days(self) -> Stages:
        for day in range(self.world.day_count):
            yield self.at(day * MS_PER_DAY, MIDNIGHT_PRIORITY)
            if day > 0:
                self.note_queues(day - 1)
            inherited = self.demand.inherited() if day == 0 else []
            for filing in inherited + self.demand.filings_of(day):
                self.process(self._life(filing, self.numbered))
                self.numbered += 1

    def note_queues(self, day: int) -> None:
        """Notes the lengths of all queues at the end of a day or of the run (E3)."""
        self.queued_at_midnight[:, day] = [pool.queued() for pool in self.pools]

    # The way of one dossier.

    def _life(self, filing: Filing, number: int) -> Stages:
        """A dossier from its filing to its end (E18-E23)."""
        yield self.at(filing.filed_ms, flow_priority(FILING, number))
        dossier = self.register.enter(filing, number)
        self.dossiers.append(dossier)
        self.in_system += 1
        self.most_in_system = max(self.most_in_system, self.in_system)
        left: Pool | None = None
        step: Row | None = dossier.step
        while step is not None:
            stage_over = self._begin(dossier, step)
            _take_next(left)
            yield stage_over
            left, step = self._end(dossier)
        _take_next(left)

    def _begin(self, dossier: Dossier, step: Row) -> simpy.Event:
        """Begins what comes before or at this step: a move, a wait for a pool, or one for the citizen."""
        dossier.step = step
        dossier.stage_over = self.event()
        site = self.register.site_of(step, dossier)
        if site != dossier.site:
            self._send(dossier, site)
        elif step.kind == CITIZEN:
            self._ask(dossier)
        else:
            self._pool_of(dossier).enqueue(dossier)
        return dossier.stage_over

    def _end(self, dossier: Dossier) -> tuple[Pool | None, Row | None]:
        """Ends it: the pool that the dossier leaves, if any, and the step that it goes to, if any."""
        if dossier.state == MOVING:
            self._arrive(dossier)
            return None, dossier.step
        if dossier.state == WITH_CITIZEN:
            return None, self._next_step(dossier, self._hear(dossier))
        pool = self._pool_of(dossier)
        return pool, self._next_step(dossier, self._served(dossier, pool))

    def _pool_of(self, dossier: Dossier) -> Pool:
        role: int = dossier.step.role
        return self.pools[self.pool_of[dossier.site][role]]

    def _send(self, dossier: Dossier, site: int) -> None:
        """Sends the dossier to another site, by courier or over the network (E19)."""
        dossier.entered_ms = int(self.now)
        dossier.goes_to_site = site
        if dossier.medium == ON_PAPER:
            courier = self.calendars[self.world.courier_calendar]
            work = dossier.draw_from(self.tables[self.world.courier_table], FOR_COURIER)
            self._leave(dossier, courier.add_working(dossier.entered_ms, work))
        elif not self._leave_by_network(dossier):
            dossier.state = IN_OUTBOX
            self.outboxes[dossier.site].append(dossier)

    def _leave_by_network(self, dossier: Dossier) -> bool:
        """Lets an electronic dossier leave if there is a path now."""
        lasts = self.network.transfer_ms(dossier.site, dossier.goes_to_site, self.world.dossier_bits)
        if lasts is not None:
            self._leave(dossier, int(self.now) + lasts)
        return lasts is not None

    def _leave(self, dossier: Dossier, arrival: int) -> None:
        assert dossier.stage_over is not None
        dossier.started_ms, dossier.state = int(self.now), MOVING
        self.fix(dossier.stage_over, arrival, flow_priority(TRANSFER_ARRIVES, dossier.number))

    def _arrive(self, dossier: Dossier) -> None:
        dossier.site = dossier.goes_to_site
        self.log.write(dossier, LOG_TRANSFER, dossier.entered_ms, dossier.started_ms, int(self.now))

    def _ask(self, dossier: Dossier) -> None:
        """Asks the citizen for something; the answer, or the limit, ends the stage (E22)."""
        assert dossier.stage_over is not None
        asked = dossier.entered_ms = dossier.started_ms = int(self.now)
        answer = asked + dossier.draw_from(dossier.step.quantiles, FOR_ANSWER)
        limit = self.deadlines.supplement_limit(asked)
        dossier.no_answer = answer > limit
        dossier.state = WITH_CITIZEN
        self.fix(dossier.stage_over, min(answer, limit), flow_priority(CITIZEN_ANSWERS, dossier.number))

    def _hear(self, dossier: Dossier) -> int:
        """The citizen has answered or the limit has passed; where the dossier goes now (E17, E22)."""
        asked, now = dossier.entered_ms, int(self.now)
        self.log.write(dossier, LOG_CITIZEN, asked, asked, now, int(dossier.no_answer))
        if dossier.no_answer:
            return CLOSED_UNANSWERED
        dossier.due_ms = self.deadlines.after_supplement(
            dossier.due_ms, dossier.procedure.deadline_days, asked, now
        )
        return dossier.take_branch()

    def _served(self, dossier: Dossier, pool: Pool) -> int | None:
        """A service is over; where the dossier goes now, None when only back-entry was left (E20, E29)."""
        pool.end_service(dossier)
        if dossier.finished_ms is not None:
            return None
        if dossier.step.digitises and not dossier.by_hand and not dossier.owes_back_entry:
            dossier.medium = ELECTRONIC
        return dossier.take_branch()

    def _next_step(self, dossier: Dossier, goes_to: int | None) -> Row | None:
        """The step it goes to, having finished first when its way ends (E23); None when it is gone."""
        if goes_to is None:
            dossier.owes_back_entry, dossier.state = False, FREE
            return None
        if goes_to >= 0:
            return self.steps[goes_to]
        self._finish(dossier, goes_to)
        if not dossier.owes_back_entry:
            return None
        back_entry = self.steps[self.world.back_entry_step]
        dossier.site = self.register.site_of(back_entry, dossier)
        return back_entry

    def _finish(self, dossier: Dossier, ended_as: int) -> None:
        dossier.finished_ms, dossier.state = int(self.now), FREE
        self.in_system -= 1
        self.log.write(dossier, LOG_FINISH, dossier.filed_ms, dossier.due_ms, dossier.finished_ms, -ended_as)


def _take_next(left: Pool | None) -> None:
    """The pool that a dossier left takes the next one, after the dossier has moved on (E29)."""
    if left is not None:
        left.start_what_it_can()


class LastState(NamedTuple):
    """What is left at the horizon: the dossiers filed and not finished, as DOSSIER records."""

    dossiers: Records


@dataclass(frozen=True)
class ReferenceResult:
    """What one replication of the naive engine leaves; the names are those of ``sim.engine.flow.FlowResult``.

    ``log`` [rows, LOG_FIELDS] in the order of happening.
    """

    state: LastState
    tally: Tally
    totals: dict[str, int]
    log: Ints
    control: object


def run_reference(
    world: World,
    seed: int,
    replication: int,
    start_control: Callable[[simpy.Environment], object],
    logging: bool = False,
) -> ReferenceResult:
    """Runs one replication in the naive engine; arguments as for ``sim.engine.flow.run_flow``."""
    env = ReferenceFlow(world, seed, replication)
    control = start_control(env)
    while env.peek() < world.horizon_ms:
        env.step()
    env.note_queues(world.day_count - 1)
    log = env.log.as_array()
    books = Books(world, env.calendars, env.steps, env.dossiers, env.reach_history)
    books.count(log)
    books.pools[:, :, P_QUEUED_AT_MIDNIGHT] = env.queued_at_midnight
    return ReferenceResult(
        state=LastState(unfinished_records(env.dossiers)),
        tally=Tally(books.flow, books.cycle, books.counter_wait, books.pools),
        totals=_totals(env, books, log),
        log=log if logging else log[:0],
        control=control,
    )


def _totals(env: ReferenceFlow, books: Books, log: Ints) -> dict[str, int]:
    """The totals of ``sim.engine.flow.totals``, counted afterwards."""
    horizon = env.world.horizon_ms
    finished = [dossier for dossier in env.dossiers if dossier.finished_ms is not None]
    elapsed = sum((dossier.finished_ms or 0) - dossier.filed_ms for dossier in finished)
    waited = sum(horizon - dossier.filed_ms for dossier in env.dossiers if dossier.finished_ms is None)
    return {
        "filed": len(env.dossiers),
        "finished": len(finished),
        "unfinished": len(env.dossiers) - len(finished),
        "open_slots": env.in_system,
        "steps": int((log[:, LOG_FIELDS.index("event")] == LOG_SERVICE).sum()),
        "most_in_system": env.most_in_system,
        "back_entries_open": sum(dossier.owes_back_entry for dossier in finished),
        "in_system_area_ms": elapsed + waited,
        "elapsed_ms_finished": elapsed,
        "elapsed_ms_unfinished": waited,
        "split_errors": books.split_errors,
    }
