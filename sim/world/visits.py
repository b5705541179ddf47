"""How often a dossier comes to each step, from the branching shares."""

import numpy as np

from sim.world.arrays import CITIZEN, MS_PER_DAY, Floats, World
from sim.world.quantiles import table_share_below


def expected_visits(world: World, procedure: int) -> Floats:
    """Expected number of times that a dossier enters each step: shape (steps,), zero for other procedures.

    A Markov chain over (step, whether a branch marked `once` was taken), solved as linear equations.
    Outages, and dossiers handed over on day one, are left out.
    """
    first = int(world.procedures[procedure]["first_step"])
    numbers = _steps_of(world, first)
    count = len(numbers)
    moves = np.zeros((2 * count, 2 * count))
    for place, step in enumerate(numbers):
        goes_on = _share_that_goes_on(world, step)
        for supplemented in (0, 1):
            for share, to, once in _branches(world, step, bool(supplemented)):
                if to >= 0:
                    state = 2 * (to - first) + int(bool(supplemented) or once)
                    moves[2 * place + supplemented, state] += share * goes_on
    start = np.zeros(2 * count)
    start[0] = 1.0
    in_state = np.linalg.solve(np.eye(2 * count) - moves.T, start)
    visits = np.zeros(len(world.steps))
    visits[numbers] = in_state[0::2] + in_state[1::2]
    return visits


def _steps_of(world: World, first: int) -> list[int]:
    """Numbers of the steps of the procedure whose first step this is; they stand together."""
    ends = [int(each) for each in world.procedures["first_step"] if each > first]
    if world.back_entry_step >= 0:
        ends.append(world.back_entry_step)
    return list(range(first, min(ends, default=len(world.steps))))


def _branches(world: World, step: int, supplemented: bool) -> list[tuple[float, int, bool]]:
    """Probability, target and `once` of each branch that is open, the probabilities adding up to 1 (E21)."""
    record = world.steps[step]
    start = int(record["branch_first"])
    written = world.branches[start : start + int(record["branch_count"])]
    found = [(float(share), int(to), bool(once)) for share, to, once in written.tolist()]
    found = [branch for branch in found if not (supplemented and branch[2])]
    total = sum(share for share, _, _ in found)
    return [(share / total, to, once) for share, to, once in found]


def _share_that_goes_on(world: World, step: int) -> float:
    """Share of the dossiers that are not closed at this step because the citizen answers too late (E22).

    The limit is taken at its mean length in calendar days.
    """
    if world.steps[step]["kind"] != CITIZEN:
        return 1.0
    days = len(world.working_day_after)
    working_days = max(1, int(np.searchsorted(world.working_day_of, days)))
    limit_ms = world.supplement_limit_days * days / working_days * MS_PER_DAY
    return table_share_below(world.tables[world.steps[step]["table"]], limit_ms)
