"""The two engines on worlds drawn at random: every time stamp and every count is the same."""

import numpy as np
import pytest

from sim.engine.flow import run_flow
from sim.engine.verify import tally_difference, verify
from tests.support.random_worlds import random_world

WORLDS = 500
WORLDS_A_TEST = 25


@pytest.mark.parametrize("first", range(0, WORLDS, WORLDS_A_TEST))
def test_both_engines_give_the_same_time_stamps_and_counts(first: int) -> None:
    for seed in range(first, first + WORLDS_A_TEST):
        world, start_control = random_world(seed)
        verification = verify(world, seed, 0, start_control)
        assert verification.first_difference is None, f"world {seed}: {verification.first_difference}"


def test_replications_of_a_world_differ_and_each_is_repeatable() -> None:
    world, start_control = random_world(1)
    logs = [run_flow(world, 1, replication, start_control, logging=True).log for replication in (0, 1, 0)]
    assert np.array_equal(logs[0], logs[2])
    assert not np.array_equal(logs[0], logs[1])


def test_the_log_changes_nothing() -> None:
    for seed in range(10):
        world, start_control = random_world(seed)
        with_log, without = (run_flow(world, seed, 0, start_control, logging=log) for log in (True, False))
        assert with_log.totals == without.totals
        assert tally_difference(with_log.tally, without.tally) is None
