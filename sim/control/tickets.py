"""Problems of a run as tickets, drawn before time starts; every one has an address of its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sim.control.draws import Keys, keys_within, look_up_each, uniform_each
from sim.engine.addressed import look_up, rounded, uniform
from sim.world.arrays import FAR_FUTURE_MS, FOR_SOLVED, FOR_TICKET, FOR_TICKET_WORK, MS_PER_DAY, Floats, Ints
from sim.world.hours import Hours
from sim.world.support_plan import Effect, Problem, Remedy, SupportPlan

ARISES, COMES_TRUE = 0, 1
BY_HOTLINE, BY_VIDEO, BY_TEAM, ALONE = "hotline", "video", "team", "alone"
STAGES = (BY_HOTLINE, BY_VIDEO, BY_TEAM, ALONE)


@dataclass(eq=False)
class Ticket:
    """One problem at one site, from the moment it arises; `solved_by` is empty while it is open."""

    problem: Problem
    effect: Effect
    site: int
    key: int
    number: int
    opened_ms: int
    solved_ms: int = -1
    solved_by: str = ""
    waits_since_ms: int = -1  # for a team
    alone_until_ms: int = FAR_FUTURE_MS  # when the place has solved it itself, should nobody be sooner

    def remedy(self, stage: str) -> Remedy | None:
        """What help from afar can do here, None when nothing."""
        return self.problem.hotline if stage == BY_HOTLINE else self.problem.video

    def takes_ms(self, stage: str, table: Sequence[float]) -> int:
        """How long help of one kind takes, ms."""
        u = uniform(self.key, self.number, STAGES.index(stage), FOR_TICKET_WORK)
        return max(rounded(look_up(table, u)), 1)

    def is_solved_by(self, stage: str, remedy: Remedy) -> bool:
        """Whether help from afar solves it."""
        return uniform(self.key, self.number, STAGES.index(stage), FOR_SOLVED) < remedy.solves


def tickets_of(plan: SupportPlan, replication: int, horizon_ms: int) -> list[Ticket]:
    """All tickets of a replication in order of time, then of problem and site."""
    found = [
        ticket for problem in plan.problems for ticket in _of_problem(plan, problem, replication, horizon_ms)
    ]
    return sorted(found, key=lambda ticket: ticket.opened_ms)


def _of_problem(plan: SupportPlan, problem: Problem, replication: int, horizon_ms: int) -> Iterator[Ticket]:
    keys = keys_within(replication, problem.key)
    for place, number, opened_ms in _arrivals(plan, problem, keys, horizon_ms):
        site = int(problem.sites[place])
        yield Ticket(problem, problem.effects[place], site, int(keys[place]), number, opened_ms)


def _arrivals(
    plan: SupportPlan, problem: Problem, keys: Keys, horizon_ms: int
) -> Iterator[tuple[int, int, int]]:
    """Place of the site, number and time of all that come true, one number of all sites after the other."""
    worked_ms = np.zeros(len(keys))
    active = np.flatnonzero(np.isfinite(problem.gap_ms))
    number = 0
    while len(active):
        u = uniform_each(keys[active], number, ARISES, FOR_TICKET)
        worked_ms[active] += look_up_each(plan.gap_table, u) * problem.gap_ms[active]
        at_ms = moments_of(plan.official, worked_ms[active])
        inside = at_ms < horizon_ms
        active, at_ms = active[inside], at_ms[inside]
        level = problem.level[problem.level_row[active], at_ms // MS_PER_DAY]
        comes_true = uniform_each(keys[active], number, COMES_TRUE, FOR_TICKET) < level
        for place, moment in zip(active[comes_true].tolist(), at_ms[comes_true].tolist(), strict=True):
            yield place, number, moment
        number += 1


def moments_of(hours: Hours, worked_ms: Floats) -> Ints:
    """The moments at which so much open time has gone by since the start, ms."""
    wanted = np.floor(worked_ms + 0.5).astype(np.int64)
    interval = np.maximum(np.searchsorted(hours.before_ms, wanted, side="left") - 1, 0)
    return np.asarray(hours.open_ms[interval] + wanted - hours.before_ms[interval])
