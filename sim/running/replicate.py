"""One replication, from the built world to the files that it leaves: what a worker does."""

import gc
import time
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from sim.control.extensions import NO_EXTENSIONS, Extensions
from sim.control.start import ControlLog, start_control
from sim.engine.flow import FlowResult, run_flow
from sim.record.checks import check
from sim.record.collect import collect, log_table, outages_table, pulse_table, support_tables
from sim.record.replication import ReplicationRecord, encode_numbers, encode_tables
from sim.running.memory import peak_memory_mb
from sim.world.arrays import HISTOGRAM_BINS, World
from sim.world.control_plan import ControlPlan
from sim.world.names_of import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sim.engine.reference import ReferenceResult
    from sim.world.build import Built

Engine = Literal["compiled", "reference"]


LARGE_BYTES = 1_000_000
BYTES_PER_COUNT = 4


class Task(NamedTuple):
    """All that a worker needs for the replications of one alternative."""

    world: World
    names: Names
    plan: ControlPlan
    seed: int
    engine: Engine
    log: bool
    extensions: Extensions = NO_EXTENSIONS


def task_of(
    built: "Built", seed: int, engine: Engine, log: bool, extensions: Extensions = NO_EXTENSIONS
) -> Task:
    """The task of an alternative; the graph of its network stays behind, nothing in a run needs it."""
    return Task(built.world, built.names, built.control_plan, seed, engine, log, extensions)


def play(task: Task, replication: int) -> dict[str, bytes]:
    """Run one replication and return the files of its folder.

    Raises ConservationError when it breaks a law that every replication must keep.
    """
    began = time.perf_counter()
    with _only_new_objects_collected():
        record = _recorded(task, replication)
        # A SimPy environment and its processes refer to each other: unless they are looked for, the arrays of
        # several replications pile up. Looking takes a while, so it is done for large ones only.
        if counted_bytes(task.world) > LARGE_BYTES:
            gc.collect()
    record = replace(record, totals={**record.totals, "checks": check(record)})
    tables = encode_tables(record)
    wall_seconds = time.perf_counter() - began
    spent = record.timing["flow_seconds"] + record.timing["control_seconds"]
    timing = {
        "wall_seconds": round(wall_seconds, 4),
        **record.timing,
        "records_seconds": round(wall_seconds - spent, 4),
        "peak_memory_mb": peak_memory_mb(),
    }
    return tables | encode_numbers(replace(record, timing=timing))


@contextmanager
def _only_new_objects_collected() -> "Iterator[None]":
    """The garbage collector does not go through what is there already: a world has many objects."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def counted_bytes(world: World) -> int:
    """Size of the largest array of a replication but for the dossiers, its histograms by area and group."""
    return world.area_count * world.group_count * 2 * HISTOGRAM_BINS * BYTES_PER_COUNT


def _recorded(task: Task, replication: int) -> ReplicationRecord:
    """Run one replication and turn its arrays into tables."""
    began = time.perf_counter()
    start = _start_control(task, replication)
    result = _engine(task.engine)(task.world, task.seed, replication, start, logging=task.log)
    wall_seconds = time.perf_counter() - began
    # In the naive engine flow and control are one: all its time counts as flow.
    flow_seconds = result.flow_seconds if isinstance(result, FlowResult) else wall_seconds
    control = cast(ControlLog, result.control)
    record = collect(
        task.world,
        task.names,
        control.staff,
        replication,
        result.state.dossiers,
        result.tally,
        result.totals,
        outages_table(task.world, control.outages.rows()),
        pulse_table(task.names, control.pulse.plan.region_site, control.pulse.at_ms, control.pulse.seen),
        support_tables(task.names, control.support.tickets, control.support.trips),
    )
    timing = {
        "flow_seconds": round(flow_seconds, 4),
        "control_seconds": round(wall_seconds - flow_seconds, 4),
    }
    log = {"log": log_table(result.log)} if task.log else {}
    return replace(record, tables={**record.tables, **log}, timing=timing)


def _start_control(task: Task, replication: int) -> "Callable[[Any], ControlLog]":
    return partial(
        start_control,
        plan=task.plan,
        seed=task.seed,
        replication=replication,
        extensions=task.extensions,
    )


def _engine(name: Engine) -> "Callable[..., FlowResult | ReferenceResult]":
    if name == "compiled":
        return run_flow
    # Imported here: it brings NetworkX along, which no other worker needs.
    from sim.engine.reference import run_reference

    return run_reference


def warm_up(task: Task) -> None:
    """Have the engine compiled, or taken from the cache, by running its first millisecond."""
    first = task.world._replace(horizon_ms=1, day_count=1)
    run_flow(first, task.seed, 0, _start_control(task, 0))
