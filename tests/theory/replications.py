"""Scenario files through the real program, down to what each commune counted after the warm-up."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.control.start import start_control
from sim.engine.flow import FlowResult, is_open, run_flow
from sim.scenario.reader import load
from sim.world.arrays import MS_PER_DAY
from sim.world.build import Built, build
from sim.world.sites import LEVELS

SCENARIOS = Path(__file__).parents[2] / "scenarios" / "theory"
COMMUNE_LEVEL = LEVELS.index("commune")

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Communes:
    """What independent communes left; the first axis is the commune, days are those after the warm-up."""

    pools: Ints  # [communes, roles, days, fields of sim.world.arrays.POOL_FIELDS]
    flow: Ints  # [communes, groups, days, fields of sim.world.arrays.FLOW_FIELDS]
    elapsed: Ints  # [communes, bins] finished dossiers by elapsed time, the warm-up included
    queue_area_ms: Ints  # [communes] integral of the queue length over the whole run, all pools
    unfinished: Ints  # [communes] dossiers in hand at the end
    totals: dict[str, int]  # of the whole run


def play(name: str, replication: int) -> Communes:
    """One replication of a scenario of the folder."""
    scenario = load(SCENARIOS / f"{name}.yaml").base
    built = build(scenario)
    start = partial(start_control, plan=built.control_plan, seed=scenario.seed, replication=replication)
    result = run_flow(built.world, scenario.seed, replication, start)
    return communes_of(built, result, scenario.period.warm_up // MS_PER_DAY)


def replications_of(name: str) -> int:
    """How many replications the file asks for: the length of the long form."""
    return load(SCENARIOS / f"{name}.yaml").base.replications


def communes_of(built: Built, result: FlowResult, warm_up_days: int) -> Communes:
    """The counts of a run by commune."""
    world, state, tally = built.world, result.state, result.tally
    sites = np.flatnonzero(world.site_level == COMMUNE_LEVEL)
    pools = world.pool_of[sites]
    in_hand = state.dossiers["home"][is_open(state.dossiers)]
    return Communes(
        pools=tally.pools[pools][:, :, warm_up_days:],
        flow=tally.flow[sites][:, :, warm_up_days:],
        elapsed=tally.cycle[sites, :, 0].sum(axis=1),
        queue_area_ms=state.pools["queue_area_ms"][pools].sum(axis=1),
        unfinished=np.bincount(in_hand, minlength=len(world.site_level))[sites],
        totals=result.totals,
    )
