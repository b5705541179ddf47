"""The naive engine: every dossier is a plain SimPy process. It judges the compiled one.

Written straight from docs/engine-semantics.md, to be read and not to be fast: it shares nothing with the
compiled kernel but the ``World``. The network is a NetworkX graph of the links that work, and what is in
reach of a site is looked up in it.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import networkx as nx
import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine.reference_causes import ReachHistory
from sim.engine.reference_clock import FILING, MIDNIGHT_PRIORITY, flow_priority
from sim.engine.reference_demand import Demand
from sim.engine.reference_dossier import Dossier, Filing, rows_of, unfinished_records
from sim.engine.reference_journeys import Journeys, Stages
from sim.engine.reference_register import Register
from sim.engine.reference_tally import Books
from sim.world.arrays import (
    LOG_FIELDS,
    LOG_SERVICE,
    MS_PER_DAY,
    P_QUEUED_AT_MIDNIGHT,
    PART_BITS,
    Floats,
    Ints,
    Records,
    World,
)
from sim.world.counts import Counts


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


class ReferenceFlow(Journeys):
    """The environment of the naive engine: control processes run in it, and so do all dossiers."""

    def __init__(self, world: World, seed: int, replication: int) -> None:
        self.network = Network(world.site_parent.tolist())
        super().__init__(world, self.network)
        self.demand = Demand(world, seed, replication)
        self.register = Register(world, self.deadlines, self.steps, self.tables, self.places, self.pools)
        # In the beginning everything is in reach, as in the compiled engine; control says more at time 0.
        sites = len(world.site_parent)
        self.reach = [(1 << 64) - 1] * sites
        self.reach_history: ReachHistory = [[(0, mask)] for mask in self.reach]
        self.site_pools = [
            [pool for pool in self.pools if world.pools["site"][pool.index] == site] for site in range(sites)
        ]
        self.dossiers: list[Dossier] = []
        self.numbered = 0
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
        self.moves.empty_outboxes()

    def set_headcount(self, pool: int, people: int) -> None:
        """From now on so many people work in the pool; nobody at work is interrupted (E30)."""
        self.pools[pool].capacity = people
        self.pools[pool].start_what_it_can()

    def set_stretch(self, pool: int, stretch: float) -> None:
        """From the next service on, this is the pool's wall time per touch time (E30)."""
        self.pools[pool].stretch = stretch

    def set_staff(self, pools: Ints, people: Ints, stretch: Floats) -> None:
        """Changes the people and the stretch of several pools at once; then each starts what it can (E30)."""
        changed = [self.pools[pool] for pool in pools.tolist()]
        for pool, capacity, time_per_work in zip(changed, people.tolist(), stretch.tolist(), strict=True):
            pool.capacity, pool.stretch = capacity, time_per_work
        for pool in changed:
            pool.start_what_it_can()

    def set_routes(self, row: int, steps: Ints, to: Ints) -> None:
        """From now on other steps are done instead of these by dossiers of a row of the routes (E44)."""
        self.places.set_routes(row, steps, to)

    def set_desks(self, sites: Ints, desks: Ints, travel_m: Ints) -> None:
        """From now on citizens of these sites go to these desks in person, so far there and back (E49)."""
        self.places.set_desks(sites, desks, travel_m)

    def queue_length(self, pool: int) -> int:
        """Dossiers waiting for the pool now."""
        return self.pools[pool].queued()

    def queue_lengths(self) -> Ints:
        """Dossiers waiting for each pool now."""
        return np.array([pool.queued() for pool in self.pools], np.int64)

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

    # The days.

    def _days(self) -> Stages:
        for day in range(self.world.day_count):
            yield self.at(day * MS_PER_DAY, MIDNIGHT_PRIORITY)
            if day > 0:
                self.note_queues(day - 1)
            inherited = self.demand.inherited() if day == 0 else []
            for filing in inherited + self.demand.filings_of(day):
                self.process(self._life(filing, self.numbered << PART_BITS))
                self.numbered += 1

    def note_queues(self, day: int) -> None:
        """Notes the lengths of all queues at the end of a day or of the run (E3)."""
        self.queued_at_midnight[:, day] = self.queue_lengths()

    def _life(self, filing: Filing, number: int) -> Stages:
        """A dossier from its filing to its end (E18, E53)."""
        yield self.at(filing.filed_ms, flow_priority(FILING, number))
        dossier = self.register.enter(filing, number)
        self.dossiers.append(dossier)
        self.in_system += 1
        self.most_in_system = max(self.most_in_system, self.in_system)
        if dossier.holds >= 0:
            self.pools[dossier.holds].held += 1
        self.go_to(dossier, dossier.step.index)
        yield from self.journey(dossier)


class LastState(NamedTuple):
    """What is left at the horizon: the dossiers filed and not finished, as DOSSIER records."""

    dossiers: Records


@dataclass(frozen=True)
class ReferenceResult:
    """What one replication of the naive engine leaves; the names are those of ``sim.engine.flow.FlowResult``.

    ``log`` [rows, LOG_FIELDS] in the order of happening.
    """

    state: LastState
    tally: Counts
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
    books = Books(world, env.calendars, env.steps, env.dossiers, env.parts, env.reach_history)
    books.count(env.log)
    books.pools[:, :, P_QUEUED_AT_MIDNIGHT] = env.queued_at_midnight
    return ReferenceResult(
        state=LastState(unfinished_records(env.dossiers)),
        tally=books.counts(),
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
