"""A scenario taken the whole way through world, control and engine, in one call."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

import pandas as pd

from sim.control.start import ControlLog, start_control
from sim.engine.flow import FlowResult, run_flow
from sim.record.collect import collect, outages_table, pulse_table, support_tables
from sim.record.pieces import whole
from sim.record.replication import ReplicationRecord
from sim.scenario.schema import Scenario
from sim.world.arrays import CAUSES, LOG_FIELDS
from sim.world.build import Built, build


@dataclass(frozen=True)
class Played:
    """A built world and what one replication of it left."""

    built: Built
    result: FlowResult

    @property
    def record(self) -> ReplicationRecord:
        """The tables that the replication leaves, not checked yet."""
        world, names, control = self.built.world, self.built.names, cast(ControlLog, self.result.control)
        outages = outages_table(world, control.outages.rows())
        pulse = pulse_table(names, control.pulse.plan.region_site, control.pulse.at_ms, control.pulse.seen)
        support = support_tables(names, control.support.tickets, control.support.trips)
        state, tally, totals = self.result.state.dossiers, self.result.tally, self.result.totals
        return collect(world, names, control.staff, 0, state, tally, totals, outages, pulse, support)

    def table(self, name: str) -> pd.DataFrame:
        """One of the tables, with names, as pandas reads it."""
        return whole(self.record.tables[name]).to_pandas()

    @property
    def flow(self) -> "pd.Series[int]":
        """Sums of all counts of the flow table."""
        return self.table("flow").drop(columns=["site", "group", "day"]).sum()

    @property
    def log(self) -> pd.DataFrame:
        """The step log, with names; ask for it when playing."""
        log = pd.DataFrame(self.result.log, columns=list(LOG_FIELDS))
        names = self.built.names
        return log.assign(
            procedure=[names.procedures[n] for n in log["procedure"]],
            step=[names.steps[n] for n in log["step"]],
            site=[names.sites[n] for n in log["site"]],
        )

    def hours_by_cause(self) -> dict[str, float]:
        """Hours of the finished dossiers by cause, all together."""
        return {cause: self.flow[f"cause_{cause}_ms"] / 3_600_000 for cause in CAUSES}


def control_of(built: Built, seed: int, replication: int = 0) -> Callable[[Any], ControlLog]:
    """What starts the control processes of a replication."""
    return partial(start_control, plan=built.control_plan, seed=seed, replication=replication)


def played(scenario: Scenario, replication: int = 0, logging: bool = False) -> Played:
    """Plays one replication of a scenario in the compiled engine."""
    built = build(scenario)
    start = control_of(built, scenario.seed, replication)
    return Played(built, run_flow(built.world, scenario.seed, replication, start, logging))
