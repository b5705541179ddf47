"""What the naive engine knows of one dossier, and the log that its dossiers write."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import simpy

from sim.engine.addressed import look_up, rounded, uniform
from sim.world.arrays import (
    DOSSIER,
    FAR_FUTURE_MS,
    FOR_BRANCH,
    FREE,
    LOG_FIELDS,
    MOST_PARTS,
    PAPER,
    PART_BITS,
    TRAIT_LATE,
    Ints,
    Records,
    World,
)

# Bits of the detail of a service in the log.
BY_HAND, DONE_ON_PAPER, RESUMED, COVERED, SKIPPED = 1, 2, 4, 8, 16

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
    replayed: bool
    stream: int
    index: int
    key: int
    inherited: bool


class Aside(NamedTuple):
    """What the log does not say of a row, but the counts must know."""

    pool: int  # that it waited for last
    server: int  # that served it
    channel: int  # that it was on
    prefilled: bool  # whether the data of the service came from other systems (E55)


@dataclass
class OutOfStep:
    """A time during which another system did not know how far a dossier is (E57)."""

    site: int  # from which it is told
    since_ms: int
    until_ms: int | None = None


@dataclass(eq=False)
class Dossier:
    """One dossier on its way, or one part of a dossier that has parted (E45). Times in ms."""

    number: int
    key: int
    filed_ms: int
    home: int
    area: int
    procedure: Row
    filed_on: int  # channel
    channel: int  # now (E60)
    group: int
    medium: int
    desk: int
    travel_m: int
    site: int
    step: Row
    inherited: bool = False
    traits: int = 0
    deadline_days: int = -1  # settled at filing (E43)
    due_ms: int = FAR_FUTURE_MS
    holds: int = -1  # pool of which it holds one person while it is open, -1 = none (E53)
    state: int = FREE
    round: int = 0
    marks: set[int] = field(default_factory=set)  # of the branches taken that may be taken once only
    owes_back_entry: bool = False
    visits: list[tuple[int, int]] = field(default_factory=list)  # when, and how far the citizen travelled
    happened: list[tuple[int, int]] = field(default_factory=list)  # what is counted, as F_ field, and when
    owed: int = 0  # systems that still have to learn of its status (E57)
    sync_tries: int = 0
    out_of_step: list[OutOfStep] = field(default_factory=list)
    apologised_ms: int | None = None
    new_due_ms: int = FAR_FUTURE_MS
    owes_apology: bool = False
    finished_ms: int | None = None
    # The present wait, service, move or absence; ``stage_over`` happens at its end.
    pool: int = -1  # that it waits for, or waited for
    server: int = -1  # that serves it, or served it
    entered_ms: int = 0
    started_ms: int = 0
    queue_key: int = 0
    work_ms: int | None = None
    by_hand: bool = False
    skips: bool = False  # it does without a system that is told later (E57)
    prefilled: bool = False
    resumed: bool = False
    no_answer: bool = False
    goes_to_site: int = -1
    reaches_site: int = -1  # at the end of the line that it is on, or where the courier goes
    stage_over: simpy.Event | None = None
    # Of a part: its dossier, and how it ended. Of a dossier: what is known of its parts.
    parent: "Dossier | None" = None
    ended_as: int | None = None
    parts_left: int = 0
    last_part: int = 0
    a_part_was_refused: bool = False
    a_part_is_on_paper: bool = False

    def draw(self, purpose: int) -> float:
        """The uniform number of the present step and round for this purpose."""
        return uniform(self.key, int(self.step.key), self.round, purpose)

    def draw_from(self, table: Sequence[float], purpose: int) -> int:
        """A duration from a table, ms (E11)."""
        return rounded(look_up(table, self.draw(purpose)))

    def detail(self) -> int:
        """What the log says of its present service."""
        on_paper = self.by_hand and self.step.without == PAPER
        how = BY_HAND * self.by_hand + DONE_ON_PAPER * on_paper + RESUMED * self.resumed
        return how + COVERED * (self.server != self.pool) + SKIPPED * self.skips

    def aside(self) -> Aside:
        """What the log does not say of it."""
        return Aside(self.pool, self.server, self.channel, self.prefilled)

    def has_deadline(self) -> bool:
        """Whether a legal deadline holds for it."""
        return self.due_ms != FAR_FUTURE_MS

    def fulfils(self, branch: Row, now: int) -> bool:
        """Whether the branch has a condition and the dossier has the traits that it asks for (E43)."""
        traits = self.traits | TRAIT_LATE * (self.due_ms < now)
        has_condition = branch.if_all != 0 or branch.if_none != 0
        return has_condition and traits & branch.if_all == branch.if_all and not traits & branch.if_none

    def take_branch(self, now: int) -> int:
        """Where the finished step leads: the index of a step, or an end (E21)."""
        left = [branch for branch in self.step.branches if branch.once not in self.marks]
        fulfilled = [branch for branch in left if self.fulfils(branch, now)]
        taken = fulfilled[0] if fulfilled else self._drawn_branch(left)
        if taken.once > 0:
            self.marks.add(taken.once)
        return int(taken.to)

    def _drawn_branch(self, left: Sequence[Row]) -> Row:
        """The branch that chance takes, of those without a condition (E21)."""
        plain = [branch for branch in left if branch.if_all == 0 and branch.if_none == 0]
        all_shares = 0.0
        # Not sum(): from Python 3.12 on it rounds floats in another way.
        for branch in plain:
            all_shares += branch.share
        u = self.draw(FOR_BRANCH) * all_shares
        cumulative = 0.0
        for branch in plain:
            cumulative += branch.share
            if cumulative > u:
                return branch
        return plain[-1]


def unfinished_records(dossiers: Sequence[Dossier]) -> Records:
    """The dossiers that are not finished, as DOSSIER records with what is known of them at the horizon."""
    unfinished = [dossier for dossier in dossiers if dossier.finished_ms is None]
    records = np.zeros(len(unfinished), DOSSIER)
    for name in ("number", "state", "home", "area", "group", "site", "channel", "medium", "due_ms"):
        records[name] = [getattr(dossier, name) for dossier in unfinished]
    records["arrived_ms"] = [dossier.filed_ms for dossier in unfinished]
    records["step"] = [dossier.step.index for dossier in unfinished]
    return records


@dataclass
class Log:
    """What happened to the dossiers, one row for each service, move and absence, with ``LOG_FIELDS``.

    ``asides`` says for each row what the counts must know beside it.
    """

    rows: list[tuple[int, ...]] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)

    def write(
        self, dossier: Dossier, event: int, entered_ms: int, started_ms: int, ended_ms: int, detail: int = 0
    ) -> None:
        """Adds a row about a dossier at the site and step where it is."""
        whose, part = dossier.number >> PART_BITS, dossier.number & MOST_PARTS
        what = (whose, dossier.procedure.index, dossier.step.index, event, dossier.site)
        self.rows.append((*what, entered_ms, started_ms, ended_ms, detail, part))
        self.asides.append(dossier.aside())

    def as_array(self) -> Ints:
        """All rows: shape (rows, len(LOG_FIELDS))."""
        return np.array(self.rows, dtype=np.int64).reshape(-1, len(LOG_FIELDS))
