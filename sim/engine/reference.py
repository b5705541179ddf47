"""The naive engine: every dossier is a plain SimPy process. It judges the compiled one.

Written straight from docs/engine-semantics.md, to be read and not to be fast: it shares nothing with the
compiled kernel but the ``World``. The sites are a NetworkX tree, and what is in reach of a site is looked for
in it anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine.reference_causes import ReachHistory
from sim.engine.reference_clock import FILING, MIDNIGHT_PRIORITY, flow_priority
from sim.engine.reference_demand import Demand
from sim.engine.reference_dossier import Dossier, Filing, unfinished_records
from sim.engine.reference_journeys import Journeys, Stages
from sim.engine.reference_network import Findings, require_listed, require_same
from sim.engine.reference_register import Register
from sim.engine.reference_tally import Books
from sim.world.arrays import (
    LOG_FIELDS,
    LOG_SERVICE,
    MS_PER_DAY,
    P_QUEUED_AT_MIDNIGHT,
    PART_BITS,
    UPLINK,
    Floats,
    Ints,
    Records,
    World,
)
from sim.world.counts import Counts
from sim.world.network_state import NetworkState
from sim.world.pulse_plan import PulsePlan, by_region


class ReferenceFlow(Journeys):
    """The environment of the naive engine: control processes run in it, and so do all dossiers."""

    def __init__(self, world: World, seed: int, replication: int) -> None:
        super().__init__(world)
        self.demand = Demand(world, seed, replication)
        self.register = Register(world, self.deadlines, self.steps, self.tables, self.places, self.pools)
        sites = len(world.site_parent)
        self.uplinks: Records = np.zeros(sites, UPLINK)
        self.slow = [0] * sites
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

    def apply_network(self, network: NetworkState) -> None:
        """Sets all links and systems at once (E34).

        ValueError when what is in reach, or slow, is not what the links and systems say, or when a site is
        other than before that is not among those that changed.
        """
        found = Findings(self.ways, network)
        require_same("reach", found.reach, network.reach)
        require_same("slow systems", found.slow, network.slow)
        require_listed(self._differs(network), network.changed)
        self.uplinks = network.uplinks.copy()
        self.moves.uplinks = found.uplinks
        self._set_slow(found.slow)
        self._set_reach(found.reach)
        self.moves.empty_outboxes()

    def _differs(self, network: NetworkState) -> NDArray[np.bool_]:
        """Which sites are other than before: their uplink, what is in reach or what is slow."""
        before = [np.array(masks, np.uint64) for masks in (self.reach, self.slow)]
        differs: NDArray[np.bool_] = (
            (self.uplinks != network.uplinks) | (before[0] != network.reach) | (before[1] != network.slow)
        )
        return differs

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

    def held_lengths(self) -> Ints:
        """Of these, those that wait for a system which is out of reach (E62)."""
        return np.array([pool.held_up() for pool in self.pools], np.int64)

    def outbox_lengths(self) -> Ints:
        """Dossiers in the outbox of each site now (E62)."""
        return np.array([len(outbox) for outbox in self.moves.outboxes], np.int64)

    def lengths_by_region(self, plan: PulsePlan) -> Ints:
        """[WAITING | HELD | OUTBOX, regions] the sums of all three in each region (E62)."""
        return by_region(plan, self.queue_lengths(), self.held_lengths(), self.outbox_lengths())

    def _set_slow(self, found: list[int]) -> None:
        for site, mask in enumerate(found):
            self.slow[site] = mask
            for pool in self.site_pools[site]:
                pool.slow = mask

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
        "out_of_step": sum(dossier.owed != 0 for dossier in env.dossiers),
        "finished_open": sum(dossier.owed != 0 for dossier in finished),
    }
