"""The numbers and the names that sites and pools happen to have change no result; chance goes by keys."""

import copy
import random
from typing import Any

import numpy as np
import pytest

from sim.engine.flow import FlowResult, run_flow
from sim.world.arrays import World
from tests.support.network_states import LiveNetwork
from tests.support.played import played
from tests.support.random_worlds import SYSTEMS
from tests.support.renumbered import Renumbered, shuffled_communes, without_ties
from tests.support.small_worlds import world_of
from tests.support.tiny_scenario import TINY, tiny_scenario

WORLDS = 40


def calm(env: Any) -> None:
    """Control that leaves everything as it is at the start."""
    parents = env.world.site_parent.tolist()
    hosts = [[0] * len(parents)] * SYSTEMS
    env.apply_network(LiveNetwork(parents, hosts, [[]] * SYSTEMS, latency_ms=20).state())


def play(world: World, seed: int) -> FlowResult:
    return run_flow(world, seed, 0, calm)


@pytest.mark.parametrize("first", range(0, WORLDS, 10))
def test_other_numbers_of_sites_and_pools_change_no_count(first: int) -> None:
    finished = 0
    for seed in range(first, first + 10):
        options = without_ties(seed)
        world = world_of(options)
        other = Renumbered(world, shuffled_communes(options, random.Random(seed + 1)))
        one, two = play(world, seed), play(other.world, seed)
        finished += one.totals["finished"]
        assert one.totals == two.totals, seed
        for name in ("flow", "cycle", "counter_wait"):
            assert np.array_equal(getattr(one.tally, name), getattr(two.tally, name)[other.new_site]), seed
        assert np.array_equal(one.tally.pools, two.tally.pools[other.new_pool]), seed
    assert finished > 50


def test_other_names_of_pools_change_nothing() -> None:
    """Names that stand in the other order of the alphabet, and pools written in the other order."""
    pools = {"a_signs": TINY["pools"]["leader"], "z_receives": TINY["pools"]["reception"]}
    steps = copy.deepcopy(TINY["procedures"]["permit"]["steps"])
    steps["desk"]["pool"], steps["signature"]["pool"] = "z_receives", "a_signs"
    one, two = played(tiny_scenario()), played(tiny_scenario(pools=pools, procedures__permit__steps=steps))
    assert one.result.totals == two.result.totals and one.result.totals["finished"] > 50
    for name in ("flow", "cycle", "counter_wait"):
        assert np.array_equal(getattr(one.result.tally, name), getattr(two.result.tally, name))
