"""Where citizens go with their dossiers, and how far (E49, E51)."""

import numpy as np

from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.counting import count
from sim.engine.kernel.randoms import ZERO, uniform
from sim.engine.kernel.traits import ELSEWHERE
from sim.world.arrays import (
    CHOOSE_ANY,
    CHOOSE_FIRST,
    F_FILED_ELSEWHERE,
    FOR_CANDIDATE,
    FOR_ELSEWHERE,
    MS_PER_DAY,
)


@compiled
def go_to_own_desk(world, state, dossier):
    """The citizen goes to the desk of the home, or sends the dossier to its seat (E49)."""
    home = dossier["home"]
    if world.channel_in_person[dossier["channel"]] == 1:
        dossier["desk"] = state.desk_of[home]
        dossier["travel_m"] = state.travel_m[home]
    else:
        dossier["desk"] = world.seat_of[home]
        dossier["travel_m"] = 0


@compiled
def choose_desk(world, state, tally, dossier, stream, now):
    """The citizen chooses where to file a new dossier, at another commune too if that is allowed (E51)."""
    go_to_own_desk(world, state, dossier)
    if stream["elsewhere_row"] < 0 or world.channel_in_person[dossier["channel"]] == 0:
        return
    candidates = world.candidates[stream["candidate_set"], dossier["home"]]
    number = number_of(candidates)
    share = world.elsewhere_share[stream["elsewhere_row"], now // MS_PER_DAY]
    if number > 0 and uniform(dossier["key"], ZERO, ZERO, FOR_ELSEWHERE) < share:
        place = choose_candidate(world, state, dossier, stream["choose"], candidates, number)
        dossier["desk"] = candidates[place]
        dossier["travel_m"] = world.candidate_m[stream["candidate_set"], dossier["home"], place]
        dossier["traits"] |= ELSEWHERE
        count(world, tally, dossier, F_FILED_ELSEWHERE, 1)


@compiled
def number_of(candidates):
    """Number of candidates in a row that ends with -1 or is full."""
    number = 0
    while number < candidates.shape[0] and candidates[number] >= 0:
        number += 1
    return number


@compiled
def choose_candidate(world, state, dossier, choose, candidates, number):
    """Place of the candidate that is chosen (E51)."""
    if choose == CHOOSE_FIRST:
        return 0
    if choose == CHOOSE_ANY:
        return int(uniform(dossier["key"], ZERO, ZERO, FOR_CANDIDATE) * number)
    return least_loaded(world, state, world.steps[dossier["step"]]["role"], candidates, number)


@compiled
def least_loaded(world, state, role, candidates, number):
    """Place of the candidate whose pool of a role has the least to do for its people (E51)."""
    best, least = 0, np.inf
    for place in range(number):
        pool_index = world.pool_of[candidates[place], role]
        if pool_index >= 0:
            pool = state.pools[pool_index]
            load = (pool["queued"] + pool["busy"]) / max(pool["capacity"] - pool["held"], 1)
            if load < least:
                best, least = place, load
    return best
