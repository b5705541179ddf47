"""SimPy decides, the compiled loop carries: an environment whose clock takes the dossiers along.

Control processes (outages, dated changes) are ordinary SimPy processes. Before each of their events the
kernel lets everything earlier happen; they change staff, reach, routes and desks, and never touch a dossier.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import simpy
from numpy.typing import NDArray

from sim.engine import kernel
from sim.engine.bound import bound
from sim.engine.by_reference import by_reference
from sim.engine.days import DayBook
from sim.engine.state import (
    new_state,
    new_tally,
    put_filings_in_order,
    with_more_filings,
    with_more_log,
    with_more_slots,
)
from sim.world.arrays import (
    DAY_ENDED,
    FREE,
    GONE,
    MOST_PARTS,
    NEEDS_FILINGS,
    NEEDS_LOG,
    NEEDS_ORDER,
    NEEDS_SLOTS,
    REACHED,
    S_AREA_MS,
    S_BACK_ENTRIES_OPEN,
    S_DAY,
    S_ELAPSED_MS,
    S_FILINGS_DRAWN,
    S_FINISHED,
    S_FINISHED_OPEN,
    S_IN_SYSTEM,
    S_LOG_ROWS,
    S_LOGGING,
    S_MOST_IN_SYSTEM,
    S_NEXT_NUMBER,
    S_OUT_OF_STEP,
    S_SPLIT_ERRORS,
    S_STEPS,
    UPLINK,
    Floats,
    Ints,
    Records,
    State,
    Tally,
    World,
)
from sim.world.counts import Counts
from sim.world.network_state import NetworkState
from sim.world.pulse_plan import PulsePlan

StartControl = Callable[[simpy.Environment], object]
Whole = Sequence[int] | NDArray[np.integer]


@dataclass(frozen=True)
class FlowResult:
    """What one replication leaves: last state, counts, totals by name, and the step log if asked for."""

    state: State
    tally: Counts
    totals: dict[str, int]
    log: Ints
    control: object
    flow_seconds: float
    wall_seconds: float


class _Compiled(NamedTuple):
    """Functions of the kernel that are called at every control event, bound to the kinds of the arrays."""

    advance: Callable[..., int]
    apply_network: Callable[..., None]
    lengths_by_region: Callable[..., None]


class FlowEnvironment(simpy.Environment):
    """A SimPy environment that lets the dossiers flow up to each control event before it happens."""

    def __init__(self, world: World, state: State, tally: Tally) -> None:
        super().__init__(0)
        self.world = world
        self.tally = tally
        self._days = DayBook(world, state.pools, tally)
        self._world = by_reference(world)
        self._tally = by_reference(tally)
        self._use(state)
        self._compiled = self._bind(state)
        self.flow_seconds = 0.0

    def _bind(self, state: State) -> _Compiled:
        """What control events call; state arrays may be replaced by longer ones, of the same kinds."""
        arrays = self._world, self._state, self._tally
        sites, number = np.zeros(0, np.int32), 0
        network = sites, state.uplinks, state.reach, state.slow
        regions = self._state, sites, sites, np.zeros((3, 1), np.int64)
        return _Compiled(
            advance=bound(kernel.advance, *arrays, number),
            apply_network=bound(kernel.apply_network, *arrays, *network, number),
            lengths_by_region=bound(kernel.lengths_by_region, *regions),
        )

    def _use(self, state: State) -> None:
        self.state = state
        self._state = by_reference(state)

    def step(self) -> None:
        """Lets the flow catch up with the next control event, then lets that happen."""
        self._advance(min(int(self.peek()), self.world.horizon_ms))
        super().step()

    def _advance(self, until: int) -> None:
        began = time.perf_counter()
        advance = self._compiled.advance
        while (outcome := advance(self._world, self._state, self._tally, until)) != REACHED:
            if outcome == DAY_ENDED:
                self._days.store(int(self.state.scalars[S_DAY]))
            elif outcome == NEEDS_ORDER:
                put_filings_in_order(self.state)
            else:
                self._use(_GROW[outcome](self.state))
        self.flow_seconds += time.perf_counter() - began

    def apply_network(self, network: NetworkState) -> None:
        """Sets uplinks, systems in reach and slow systems of all sites that changed, at once (E34, E54)."""
        if self.state.scalars[S_LOGGING]:
            self._make_room_in_log()
        arrays = self._world, self._state, self._tally
        # Bound functions take what they get for what they were bound to.
        changed = np.ascontiguousarray(network.changed, np.int32)
        uplinks = np.ascontiguousarray(network.uplinks, UPLINK)
        masks = (np.ascontiguousarray(each, np.uint64) for each in (network.reach, network.slow))
        self._compiled.apply_network(*arrays, changed, uplinks, *masks, int(self.now))

    def _make_room_in_log(self) -> None:
        rows = len(self.state.at_work) + kernel.LOG_ROWS_PER_EVENT
        if self.state.scalars[S_LOG_ROWS] + rows > len(self.state.log):
            self._use(with_more_log(self.state, rows))

    def set_staff(self, pools: Whole, people: Whole, stretch: Sequence[float] | Floats) -> None:
        """Sets the people of several pools and their wall time per touch time, all at once (E30).

        IndexError when there is no such pool: compiled code would not notice.
        """
        where, who = np.array(pools, np.int32), np.array(people, np.int32)
        if ((where < 0) | (where >= len(self.state.pools))).any():
            raise IndexError(f"pools {where.tolist()}: there are 0 to {len(self.state.pools) - 1}")
        speed = np.array(stretch, np.float64)
        kernel.set_staff(self._world, self._state, self._tally, where, who, speed, int(self.now))

    def set_headcount(self, pool: int, people: int) -> None:
        """From now on ``people`` work in the pool; nobody at work is interrupted."""
        self.set_staff([pool], [people], self.state.pools["stretch"][[pool]])

    def set_stretch(self, pool: int, stretch: float) -> None:
        """From the next service on, ``stretch`` is the pool's wall time per touch time."""
        self.state.pools["stretch"][pool] = stretch

    def set_routes(self, row: int, steps: Whole, to: Whole) -> None:
        """From now on citizens of a row of routes go to steps ``to`` instead of ``steps`` (E44)."""
        self.state.routes[row, steps] = to

    def set_desks(self, sites: Whole, desks: Whole, travel_m: Whole) -> None:
        """From now on citizens of ``sites`` go to these desks, so far there and back (E49)."""
        self.state.desk_of[sites] = desks
        self.state.travel_m[sites] = travel_m

    def close_books(self) -> tuple[State, Counts]:
        """Counts what is in hand at the horizon, hands over state and counts, and lets go of them.

        An environment and its processes refer to each other and stay until the garbage collector comes;
        the arrays are too large to wait for it.
        """
        kernel.close_books(self._world, self._state, self._tally)
        last_day = int(self.state.scalars[S_DAY])
        if last_day < self.world.day_count:
            self._days.store(last_day)  # the horizon came before the day ended
        counts = self._days.counts(self.world, self.tally)
        state = self.state
        del self.state, self.tally, self._state, self._tally, self._days
        return state, counts

    def queue_length(self, pool: int) -> int:
        """Dossiers waiting for the pool now."""
        return int(self.state.pools["queued"][pool])

    def queue_lengths(self) -> Ints:
        """Dossiers waiting for each pool now."""
        return self.state.pools["queued"].astype(np.int64)

    def held_lengths(self) -> Ints:
        """Of these, those that wait in queues whose needs are out of reach (E62)."""
        held: Ints = kernel.held_lengths(self._state)
        return held

    def outbox_lengths(self) -> Ints:
        """Dossiers in the outbox of each site (E62)."""
        lengths: Ints = kernel.outbox_lengths(self._state)
        return lengths

    def lengths_by_region(self, plan: PulsePlan) -> Ints:
        """[WAITING | HELD | OUTBOX, regions] the sums of all three in each region (E62)."""
        found = np.zeros((3, len(plan.region_site)), np.int64)
        self._compiled.lengths_by_region(self._state, plan.region_of_pool, plan.region_of_site, found)
        return found


_GROW: dict[int, Callable[[State], State]] = {
    NEEDS_SLOTS: with_more_slots,
    NEEDS_FILINGS: lambda state: with_more_filings(state, int(state.scalars[S_FILINGS_DRAWN])),
    NEEDS_LOG: with_more_log,
}


def run_flow(
    world: World, seed: int, replication: int, start_control: StartControl, logging: bool = False
) -> FlowResult:
    """Runs one replication in the compiled engine.

    ``start_control`` gets the environment and starts the control processes; what it returns is handed back as
    ``control``. It must apply the network once, at time 0.
    """
    began = time.perf_counter()
    # With the JIT off NumPy would warn that the products in mix64 overflow, as they are meant to.
    with np.errstate(over="ignore"):
        env = FlowEnvironment(world, new_state(world, seed, replication, logging), new_tally(world))
        control = start_control(env)
        env.run(until=world.horizon_ms)
        state, counts = env.close_books()
    return FlowResult(
        state=state,
        tally=counts,
        totals=totals(world, state),
        log=state.log[: state.scalars[S_LOG_ROWS]],
        control=control,
        flow_seconds=env.flow_seconds,
        wall_seconds=time.perf_counter() - began,
    )


def is_open(dossiers: Records) -> NDArray[np.bool_]:
    """Which slots hold a dossier, and no part of one, without a result."""
    there = (dossiers["state"] != FREE) & (dossiers["state"] != GONE)
    found: NDArray[np.bool_] = there & (dossiers["finished"] == 0) & (dossiers["number"] & MOST_PARTS == 0)
    return found


def totals(world: World, state: State) -> dict[str, int]:
    """The counters of a replication by name; times in ms."""
    scalars = state.scalars
    arrived_ms = state.dossiers["arrived_ms"][is_open(state.dossiers)]
    return {
        "filed": int(scalars[S_NEXT_NUMBER]),
        "finished": int(scalars[S_FINISHED]),
        "unfinished": int(scalars[S_IN_SYSTEM]),
        "open_slots": len(arrived_ms),
        "steps": int(scalars[S_STEPS]),
        "most_in_system": int(scalars[S_MOST_IN_SYSTEM]),
        "back_entries_open": int(scalars[S_BACK_ENTRIES_OPEN]),
        "in_system_area_ms": int(scalars[S_AREA_MS]),
        "elapsed_ms_finished": int(scalars[S_ELAPSED_MS]),
        "elapsed_ms_unfinished": int((world.horizon_ms - arrived_ms).sum()),
        "split_errors": int(scalars[S_SPLIT_ERRORS]),
        "out_of_step": int(scalars[S_OUT_OF_STEP]),
        "finished_open": int(scalars[S_FINISHED_OPEN]),
    }
