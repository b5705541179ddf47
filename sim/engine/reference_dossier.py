"""What the naive engine knows of one dossier, and the log that its dossiers write."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

import numpy as np
import simpy

from sim.engine.addressed import look_up, rounded, uniform
from sim.world.arrays import DOSSIER, FAR_FUTURE_MS, FOR_BRANCH, FREE, LOG_FIELDS, PAPER, Ints, Records, World

# Bits of the detail of a service in the log.
BY_HAND, DONE_ON_PAPER, RESUMED = 1, 2, 4

Row = SimpleNamespace
"""One row of a table of the world; its fields are those of its type in ``sim.world.arrays``."""


def rows_of(records: Records) -> list[Row]:
    """The rows of a structured array as plain objects, each with its place in ``index``."""
    names = records.dtype.names or ()
    return [
        Row(index=index, **dict(zip(names, row, strict=True))) for index, row in enumerate(records.tolist())
    ]


def steps_of(world: World, tables: Sequence[list[float]]) -> list[Row]:
    """All steps, each with its branches, its quantile table and its factors on the touch time by channel."""
    branches = rows_of(world.branches)
    steps = rows_of(world.steps)
    for step, factors in zip(steps, world.channel_factor.tolist(), strict=True):
        step.branches = branches[step.branch_first : step.branch_first + step.branch_count]
        step.quantiles = tables[step.table]
        step.channel_factors = factors
    return steps


@dataclass(frozen=True, order=True)
class Filing:
    """One dossier handed in; filings of a day are numbered in this order (E14)."""

    filed_ms: int
    stream: int
    index: int
    key: int
    inherited: bool


@dataclass(eq=False)
class Dossier:
    """One dossier on its way. Times in ms."""

    number: int
    key: int
    filed_ms: int
    home: int
    procedure: Row
    channel: int
    group: int
    medium: int
    due_ms: int
    site: int
    step: Row
    inherited: bool
    state: int = FREE
    round: int = 0
    supplemented: bool = False
    owes_back_entry: bool = False
    shuttled_ms: list[int] = field(default_factory=list)  # when an outage put it on paper
    finished_ms: int | None = None
    ended_as: int = 0
    # The present wait, service, move or absence; ``stage_over`` happens at its end.
    entered_ms: int = 0
    started_ms: int = 0
    queue_key: int = 0
    work_ms: int | None = None
    by_hand: bool = False
    resumed: bool = False
    no_answer: bool = False
    goes_to_site: int = -1
    stage_over: simpy.Event | None = None

    def draw(self, purpose: int) -> float:
        """The uniform number of the present step and round for this purpose."""
        return uniform(self.key, int(self.step.key), self.round, purpose)

    def draw_from(self, table: Sequence[float], purpose: int) -> int:
        """A duration from a table, ms (E11)."""
        return rounded(look_up(table, self.draw(purpose)))

    def detail(self) -> int:
        """What the log says of its present service."""
        on_paper = self.by_hand and self.step.without == PAPER
        return BY_HAND * self.by_hand + DONE_ON_PAPER * on_paper + RESUMED * self.resumed

    def has_deadline(self) -> bool:
        """Whether a legal deadline holds for it."""
        return self.due_ms != FAR_FUTURE_MS

    def take_branch(self) -> int:
        """Where the finished step leads: the index of a step, or an end (E21)."""
        left = [branch for branch in self.step.branches if not (branch.once and self.supplemented)]
        all_shares = 0.0
        # Not sum(): from Python 3.12 on it rounds floats in another way.
        for branch in left:
            all_shares += branch.share
        u = self.draw(FOR_BRANCH) * all_shares
        cumulative, taken = 0.0, left[-1]
        for branch in left:
            cumulative += branch.share
            if cumulative > u:
                taken = branch
                break
        self.supplemented |= bool(taken.once)
        if 0 <= taken.to <= self.step.index:
            self.round += 1
        return int(taken.to)


def unfinished_records(dossiers: Sequence[Dossier]) -> Records:
    """The dossiers that are not finished, as DOSSIER records with what is known of them at the horizon."""
    unfinished = [dossier for dossier in dossiers if dossier.finished_ms is None]
    records = np.zeros(len(unfinished), DOSSIER)
    for name in ("number", "state", "home", "group", "site", "channel", "medium", "due_ms"):
        records[name] = [getattr(dossier, name) for dossier in unfinished]
    records["arrived_ms"] = [dossier.filed_ms for dossier in unfinished]
    records["step"] = [dossier.step.index for dossier in unfinished]
    return records


@dataclass
class Log:
    """What happened to the dossiers, one row for each service, move and absence, with ``LOG_FIELDS``."""

    rows: list[tuple[int, ...]] = field(default_factory=list)

    def write(
        self, dossier: Dossier, event: int, entered_ms: int, started_ms: int, ended_ms: int, detail: int = 0
    ) -> None:
        """Adds a row about a dossier at the site and step where it is."""
        what = (dossier.number, dossier.procedure.index, dossier.step.index, event, dossier.site)
        self.rows.append((*what, entered_ms, started_ms, ended_ms, detail))

    def as_array(self) -> Ints:
        """All rows: shape (rows, len(LOG_FIELDS))."""
        return np.array(self.rows, dtype=np.int64).reshape(-1, len(LOG_FIELDS))
