"""The two engines on worlds drawn at random: every time stamp and every count is the same."""

import numpy as np
import pytest

from sim.engine.flow import run_flow
from sim.engine.reference import run_reference
from sim.engine.verify import tally_difference, verify
from sim.world.arrays import (
    LOG_CITIZEN,
    LOG_JOIN,
    LOG_PUT_ASIDE,
    LOG_SERVICE,
    LOG_TRANSFER,
    LOG_WAIT_ENDS,
)
from tests.support.random_worlds import random_world

WORLDS = 500
WORLDS_A_TEST = 25


@pytest.mark.parametrize("first", range(0, WORLDS, WORLDS_A_TEST))
def test_both_engines_give_the_same_time_stamps_and_counts(first: int) -> None:
    for seed in range(first, first + WORLDS_A_TEST):
        world, start_control = random_world(seed)
        verification = verify(world, seed, 0, start_control)
        assert verification.first_difference is None, f"world {seed}: {verification.first_difference}"


def test_the_generated_worlds_reach_every_kind_of_event() -> None:
    seen = dict.fromkeys((LOG_SERVICE, LOG_PUT_ASIDE, LOG_TRANSFER, LOG_CITIZEN, LOG_WAIT_ENDS, LOG_JOIN), 0)
    counts = np.zeros(0)
    for seed in range(60):
        world, start_control = random_world(seed)
        result = run_reference(world, seed, 0, start_control, logging=True)
        for event in seen:
            seen[event] += int((result.log[:, 3] == event).sum())
        totals = result.tally.flow.sum(axis=(0, 1, 2))
        counts = totals if len(counts) == 0 else counts + totals
    assert min(seen.values()) > 20
    assert counts.min() > 0


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
