"""The compiled engine before its judge: both play one replication, and all that they say is compared."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import simpy

from sim.engine.flow import FlowResult, run_flow
from sim.engine.reference import ReferenceResult, run_reference
from sim.world.arrays import (
    FLOW_FIELDS,
    LOG_FIELDS,
    LOG_SERVICE,
    MS_PER_DAY,
    MS_PER_HOUR,
    MS_PER_MINUTE,
    POOL_FIELDS,
    Ints,
    World,
)
from sim.world.counts import Counts
from sim.world.names_of import Names

EVENT_WORDS = (
    "service",
    "put aside",
    "transfer",
    "time with the citizen",
    "finish",
    "wait that ended without service",
    "joining of its parts",
)
"""What the rows of the log tell of, by the LOG_ constants."""

LAST_AXIS = {"flow": FLOW_FIELDS, "pools": POOL_FIELDS}
AXES = {
    "flow": ("area", "group", "day"),
    "cycle": ("area", "group", "clock", "bin"),
    "counter_wait": ("area", "bin"),
    "pools": ("pool", "day"),
}


@dataclass(frozen=True)
class Verification:
    """What was compared, and the first difference in plain words (None when there is none)."""

    dossiers_compared: int
    steps_compared: int
    log_rows_compared: int
    counts_compared: int
    first_difference: str | None
    naive_seconds: float
    compiled_seconds: float

    @property
    def equal(self) -> bool:
        """Whether both engines said the same everywhere."""
        return self.first_difference is None


def verify(
    world: World,
    seed: int,
    replication: int,
    start_control: Callable[[simpy.Environment], object],
    names: Names | None = None,
) -> Verification:
    """Plays one replication in both engines and compares each time stamp and each count."""
    began = time.perf_counter()
    naive = run_reference(world, seed, replication, start_control, logging=True)
    between = time.perf_counter()
    compiled = run_flow(world, seed, replication, start_control, logging=True)
    ended = time.perf_counter()
    return Verification(
        dossiers_compared=naive.totals["filed"],
        steps_compared=int((naive.log[:, LOG_FIELDS.index("event")] == LOG_SERVICE).sum()),
        log_rows_compared=len(naive.log),
        counts_compared=sum(np.size(getattr(naive.tally, table)) for table in AXES),
        first_difference=first_difference(naive, compiled, names),
        naive_seconds=between - began,
        compiled_seconds=ended - between,
    )


def first_difference(
    naive: ReferenceResult, compiled: FlowResult | ReferenceResult, names: Names | None = None
) -> str | None:
    """The first thing that two results do not agree on: in the log, the counts, or the totals."""
    return (
        log_difference(naive.log, compiled.log, names)
        or tally_difference(naive.tally, compiled.tally)
        or totals_difference(naive.totals, compiled.totals)
    )


def log_difference(naive: Ints, compiled: Ints, names: Names | None = None) -> str | None:
    """The earliest row, by the end of what it tells of, that only one of two logs has; None when none."""
    if np.array_equal(_in_order(naive), _in_order(compiled)):
        return None
    ours, theirs = ({tuple(row) for row in log.tolist()} for log in (naive, compiled))
    ended = LOG_FIELDS.index("ended_ms")
    apart = sorted(ours ^ theirs, key=lambda row: (row[ended], row))
    if not apart:
        return "one of the engines logged the same row twice"
    row = apart[0]
    said, silent = ("naive", "compiled") if row in ours else ("compiled", "naive")
    instead = [other for other in apart if _what(other) == _what(row) and (other in ours) != (row in ours)]
    answer = f"says {_times(instead[0])}" if instead else "says nothing of the kind"
    return f"{_subject(row, names)}: the {said} engine says {_times(row)}; the {silent} engine {answer}"


def tally_difference(naive: Counts, compiled: Counts) -> str | None:
    """The first count that differs, None when none does."""
    for table in AXES:
        ours: Ints = getattr(naive, table)
        theirs: Ints = getattr(compiled, table)
        if ours.shape != theirs.shape:
            return f"the counts {table} have shape {ours.shape} in one engine and {theirs.shape} in the other"
        apart = np.argwhere(ours != theirs)
        if len(apart):
            place = tuple(int(i) for i in apart[0])
            values = f"{ours[place]} in the naive engine, {theirs[place]} in the compiled one"
            return f"{_place_words(table, place)}: {values}"
    return None


def totals_difference(naive: dict[str, int], compiled: dict[str, int]) -> str | None:
    """The first total that differs, None when none does."""
    for name in {**naive, **compiled}:
        ours, theirs = naive.get(name), compiled.get(name)
        if ours != theirs:
            return f"total {name}: {ours} in the naive engine, {theirs} in the compiled one"
    return None


def _in_order(log: Ints) -> Ints:
    return log[np.lexsort(log.T[::-1])]


def _what(row: tuple[int, ...]) -> tuple[int, ...]:
    """Dossier, procedure, step, event and part."""
    return (*row[:4], row[LOG_FIELDS.index("part")])


def _subject(row: tuple[int, ...], names: Names | None) -> str:
    dossier, procedure, step, event, site = row[:5]
    part = row[LOG_FIELDS.index("part")]
    whose = f"dossier {dossier}" + (f", part {part}" if part else "")
    if names is None:
        return f"{whose}, procedure {procedure}, step {step} at site {site}, {EVENT_WORDS[event]}"
    where = f"step {names.steps[step]} at {names.sites[site]}"
    return f"{whose} ({names.procedures[procedure]}), {where}, {EVENT_WORDS[event]}"


def _times(row: tuple[int, ...]) -> str:
    entered, started, ended, detail = row[5:9]
    return f"{_moment(entered)}, then {_moment(started)}, then {_moment(ended)} (detail {detail})"


def _moment(moment_ms: int) -> str:
    day, rest = divmod(moment_ms, MS_PER_DAY)
    hour, rest = divmod(rest, MS_PER_HOUR)
    minute, rest = divmod(rest, MS_PER_MINUTE)
    return f"day {day} {hour:02}:{minute:02}:{rest // 1000:02}.{rest % 1000:03}"


def _place_words(table: str, place: tuple[int, ...]) -> str:
    words = [f"{axis} {i}" for axis, i in zip(AXES[table], place, strict=False)]
    fields = LAST_AXIS.get(table)
    counted = fields[place[-1]] if fields else "count"
    return f"{counted} of {table}, {', '.join(words)}"
