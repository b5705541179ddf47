"""Which step comes next: branches, and what is done instead of a step (E21, E43, E44)."""

import numpy as np

from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.randoms import ZERO, uniform
from sim.engine.kernel.traits import traits_now
from sim.world.arrays import FOR_BRANCH


@compiled
def is_open_to(branch, marks):
    """Whether a dossier with these marks may take a branch (E21)."""
    return branch["once"] == 0 or (marks >> branch["once"]) & 1 == 0


@compiled
def has_condition(branch):
    """Whether a branch is taken by traits and not by chance (E43)."""
    return branch["if_all"] | branch["if_none"] != ZERO


@compiled
def fulfils(branch, traits):
    """Whether a dossier with these traits fulfils the condition of a branch (E43)."""
    return traits & branch["if_all"] == branch["if_all"] and traits & branch["if_none"] == ZERO


@inlined
def branch_after(world, dossier, now):
    """Index of the branch taken after the present step (E21)."""
    step = world.steps[dossier["step"]]
    first, last = step["branch_first"], step["branch_first"] + step["branch_count"]
    if first + 1 == last:
        return first
    total, open_branches, only = 0.0, 0, -1
    for b in range(first, last):
        branch = world.branches[b]
        if not is_open_to(branch, dossier["marks"]):
            continue
        if not has_condition(branch):
            total += branch["share"]
            open_branches += 1
            only = b
        elif fulfils(branch, traits_now(dossier, now)):
            return b
    return only if open_branches == 1 else draw_branch(world, dossier, first, last, total, only)


@compiled
def draw_branch(world, dossier, first, last, total, otherwise):
    """One of several branches without a condition, by chance (E21)."""
    key = world.steps[dossier["step"]]["key"]
    u = uniform(dossier["key"], key, np.uint64(dossier["round"]), FOR_BRANCH) * total
    cumulative = 0.0
    for b in range(first, last):
        branch = world.branches[b]
        if is_open_to(branch, dossier["marks"]) and not has_condition(branch):
            cumulative += branch["share"]
            if u < cumulative:
                return b
    return otherwise


@inlined
def take_branch(world, dossier, now):
    """Takes a branch after the present step; returns the step or end that it leads to (E21)."""
    branch = world.branches[branch_after(world, dossier, now)]
    if branch["once"] > 0:
        dossier["marks"] |= np.int64(1) << branch["once"]
    return np.int64(branch["to"])


@inlined
def step_instead(world, state, dossier, step):
    """Step that is done now instead of a step, where the citizen lives (E44)."""
    if state.routes.shape[0] == 0:
        return np.int32(step)
    return state.routes[world.route_row[dossier["home"]], step]


@inlined
def take_up_step(world, dossier, step):
    """The dossier is at a step now, and belongs to its procedure (E44)."""
    dossier["step"] = step
    procedure = world.steps[step]["procedure"]
    if procedure >= 0:
        dossier["procedure"] = procedure
