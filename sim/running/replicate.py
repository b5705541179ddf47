"""One replication, from the built world to the files that it leaves: what a worker does."""

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from sim.control.outages import OutageLog
from sim.control.start import start_control
from sim.engine.flow import FlowResult, run_flow
from sim.engine.reference import ReferenceResult, run_reference
from sim.record.checks import check
from sim.record.collect import collect, log_table, outages_table
from sim.record.replication import encode
from sim.running.memory import peak_memory_mb
from sim.world.arrays import World
from sim.world.control_plan import ControlPlan
from sim.world.names_of import Names

if TYPE_CHECKING:
    from sim.world.build import Built

Engine = Literal["compiled", "reference"]


class Task(NamedTuple):
    """All that a worker needs for the replications of one alternative."""

    world: World
    names: Names
    plan: ControlPlan
    seed: int
    engine: Engine
    log: bool


def task_of(built: "Built", seed: int, engine: Engine, log: bool) -> Task:
    """The task of an alternative; the graph of its network stays behind, nothing in a run needs it."""
    return Task(built.world, built.names, built.control_plan, seed, engine, log)


def play(task: Task, replication: int) -> dict[str, bytes]:
    """Run one replication and return the files of its folder.

    Raises ConservationError when it breaks a law that every replication must keep.
    """
    began = time.perf_counter()
    start = partial(start_control, plan=task.plan, seed=task.seed, replication=replication)
    result: FlowResult | ReferenceResult
    if task.engine == "compiled":
        result = run_flow(task.world, task.seed, replication, start, logging=task.log)
    else:
        result = run_reference(task.world, task.seed, replication, start, logging=task.log)
    ran = time.perf_counter()
    outages = outages_table(task.world, cast(OutageLog, result.control).rows())
    record = collect(
        task.world,
        task.names,
        task.plan,
        replication,
        result.state.dossiers,
        result.tally,
        result.totals,
        outages,
    )
    if task.log:
        record = replace(record, tables={**record.tables, "log": log_table(result.log)})
    record = replace(record, totals={**record.totals, "checks": check(record)})
    # In the naive engine flow and control are one: all its time counts as flow.
    flow_seconds = result.flow_seconds if isinstance(result, FlowResult) else ran - began
    timing = {
        "wall_seconds": round(time.perf_counter() - began, 4),
        "flow_seconds": round(flow_seconds, 4),
        "control_seconds": round(ran - began - flow_seconds, 4),
        "records_seconds": round(time.perf_counter() - ran, 4),
        "peak_memory_mb": peak_memory_mb(),
    }
    return encode(replace(record, timing=timing))


def warm_up(task: Task) -> None:
    """Have the engine compiled, or taken from the cache, by running its first millisecond."""
    first = task.world._replace(horizon_ms=1)
    start = partial(start_control, plan=task.plan, seed=task.seed, replication=0)
    run_flow(first, task.seed, 0, start)
