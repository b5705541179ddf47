"""How often a dossier comes to each step, from the branching shares, conditions and marks."""

from collections.abc import Iterator
from itertools import product

import numpy as np

from sim.world.arrays import CITIZEN, FORK, MS_PER_DAY, REFUSED, Floats, World
from sim.world.quantiles import table_share_below


def expected_visits(world: World, procedure: int, stream_traits: int = 0) -> Floats:
    """Expected number of times that a dossier enters each step: shape (steps,), zero for other procedures.

    `stream_traits` are the traits that its stream gives it; those of the procedure come by chance. Nothing is
    late, or filed elsewhere, and no wait is too long. Outages, and dossiers handed over on day one, are left
    out.
    """
    first = int(world.procedures[procedure]["first_step"])
    visits = np.zeros(len(world.steps))
    for share, traits in _sets_of_traits(world, procedure, first):
        visits += share * _walk(world, first, 0, traits | stream_traits)[0]
    return visits


def _sets_of_traits(world: World, procedure: int, first: int) -> Iterator[tuple[float, int]]:
    """Every set of those traits of the procedure that some way on asks for, with its probability."""
    record = world.procedures[procedure]
    start = int(record["trait_first"])
    asked = _traits_asked_for(world, first)
    traits = [
        (int(trait["mask"]), float(trait["share"]))
        for trait in world.traits[start : start + int(record["trait_count"])]
        if int(trait["mask"]) & asked
    ]
    for held in product((False, True), repeat=len(traits)):
        chances = [share if has else 1 - share for has, (_, share) in zip(held, traits, strict=True)]
        mask = sum(mask for has, (mask, _) in zip(held, traits, strict=True) if has)
        if all(chances):
            yield float(np.prod(chances)), mask


def _traits_asked_for(world: World, first: int) -> int:
    """All traits in the conditions of the steps that follow this one, as a mask."""
    asked, ahead, seen = 0, [first], set[int]()
    while ahead:
        step = ahead.pop()
        if step >= 0 and step not in seen:
            seen.add(step)
            ahead += _parts(world, step)
            for _, to, _, if_all, if_none in _written(world, step):
                asked |= if_all | if_none
                ahead.append(to)
    return asked


def _walk(world: World, first: int, marks: int, traits: int) -> tuple[Floats, float]:
    """Expected visits to every step, shape (steps,), and the probability to be refused.

    A Markov chain over (step, marks) of dossiers with known traits, solved as linear equations.
    """
    states = {(first, marks): 0}
    moves: list[tuple[int, int, float]] = []
    inside: list[tuple[int, Floats]] = []
    refused: list[tuple[int, float]] = []
    for place, (step, held) in enumerate(_growing(states)):
        of_parts = [_walk(world, part, held, traits) for part in _parts(world, step)]
        inside += [(place, visits) for visits, _ in of_parts]
        joins = float(np.prod([1 - chance for _, chance in of_parts]))
        goes_on = joins * _share_that_goes_on(world, step)
        refused.append((place, 1 - joins))
        for share, to, once in _ways(world, step, held, traits):
            if to >= 0:
                state = (to, held | 1 << once if once else held)
                moves.append((place, states.setdefault(state, len(states)), share * goes_on))
            elif to == REFUSED:
                refused.append((place, share * goes_on))
    in_state = _solve(len(states), moves)
    visits = np.zeros(len(world.steps))
    np.add.at(visits, [step for step, _ in states], in_state)
    for place, of_part in inside:
        visits += in_state[place] * of_part
    return visits, float(sum(in_state[place] * chance for place, chance in refused))


def _growing(states: dict[tuple[int, int], int]) -> Iterator[tuple[int, int]]:
    """The states in order, those too that are added meanwhile."""
    done = 0
    while done < len(states):
        for state in list(states)[done:]:
            done += 1
            yield state


def _solve(count: int, moves: list[tuple[int, int, float]]) -> Floats:
    """Expected number of times in each state, from the first one on."""
    matrix = np.eye(count)
    for start, to, share in moves:
        matrix[to, start] -= share
    return np.asarray(np.linalg.solve(matrix, np.eye(count)[0]))


def _parts(world: World, step: int) -> list[int]:
    """First steps of the parts of a step; none unless its ways part."""
    record = world.steps[step]
    first = int(record["part_first"])
    return world.parts[first : first + int(record["part_count"])].tolist() if record["kind"] == FORK else []


def _written(world: World, step: int) -> list[tuple[float, int, int, int, int]]:
    """Share, target, mark and conditions of each branch."""
    record = world.steps[step]
    start = int(record["branch_first"])
    branches: list[tuple[float, int, int, int, int]] = world.branches[
        start : start + int(record["branch_count"])
    ].tolist()
    return branches


def _ways(world: World, step: int, marks: int, traits: int) -> list[tuple[float, int, int]]:
    """Probability, target and mark of each branch that is open, the probabilities adding up to 1 (E21)."""
    left = [branch for branch in _written(world, step) if not (branch[2] and marks >> branch[2] & 1)]
    for _, to, once, if_all, if_none in left:
        if (if_all or if_none) and not (if_all & ~traits or if_none & traits):
            return [(1.0, to, once)]
    by_chance = [branch for branch in left if not (branch[3] or branch[4])]
    total = sum(branch[0] for branch in by_chance)
    return [(share / total, to, once) for share, to, once, _, _ in by_chance]


def _share_that_goes_on(world: World, step: int) -> float:
    """Share of the dossiers that are not closed at this step because the citizen answers too late (E22).

    The limit is taken at its mean length in calendar days.
    """
    if world.steps[step]["kind"] != CITIZEN or not world.steps[step]["asks"]:
        return 1.0
    days = len(world.working_day_after)
    working_days = max(1, int(np.searchsorted(world.working_day_of, days)))
    limit_ms = world.supplement_limit_days * days / working_days * MS_PER_DAY
    return table_share_below(world.tables[world.steps[step]["table"]], limit_ms)
