"""The kernel draws what the rules say in plain Python, also where its short cuts end (E10, E12)."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine import addressed
from sim.engine.kernel import randoms
from sim.world.arrays import FOR_COUNT, TABLE_NODES

MEANS = st.floats(1e-9, 500.0)
PROBABILITIES = st.floats(0.0, 1.0, exclude_max=True)
A_LITTLE = 1e-9


def steps_of(mean: float, most: int) -> Iterator[float]:
    """The first values of the distribution function, as the rules add them up."""
    probability = cumulative = addressed.exp_minus(mean)
    for count in range(1, most + 1):
        yield cumulative
        probability *= mean / count
        cumulative += probability


@given(MEANS, PROBABILITIES)
def test_e12_a_count_is_that_of_the_rules(mean: float, u: float) -> None:
    assert randoms.poisson_quantile(mean, u) == addressed.poisson_quantile(mean, u)


@given(st.floats(1e-6, 40.0), st.integers(0, 60))
def test_e12_also_at_a_step_and_beside_it(mean: float, number: int) -> None:
    step = list(steps_of(mean, 61))[number]
    for u in (np.nextafter(step, 0.0), step, np.nextafter(step, 1.0), step - A_LITTLE, step + A_LITTLE):
        if 0.0 <= u < 1.0:
            assert randoms.poisson_quantile(mean, float(u)) == addressed.poisson_quantile(mean, float(u))


@pytest.mark.parametrize("mean", [0.01, 0.7, 3.0, 200.0, 500.0])
def test_e12_also_for_the_largest_uniform_number(mean: float) -> None:
    largest = 1.0 - 2.0**-53
    assert randoms.poisson_quantile(mean, largest) == addressed.poisson_quantile(mean, largest)


@given(st.floats(0.0, 2000.0, exclude_min=True), st.integers(0, 2**64 - 1), st.integers(0, 800))
def test_e12_a_large_mean_is_drawn_in_the_same_parts(mean: float, key: int, day: int) -> None:
    drawn = randoms.poisson_count(mean, np.uint64(key), day)
    assert drawn == addressed.poisson_count(mean, key, day, FOR_COUNT)


@given(PROBABILITIES)
def test_e10_a_quantile_is_that_of_the_rules(u: float) -> None:
    table = np.cumsum(np.sqrt(np.arange(1.0, TABLE_NODES + 1.0)))
    assert randoms.quantile(table[np.newaxis], 0, u) == addressed.look_up(table.tolist(), u)


def test_e10_also_at_every_node_and_beside_it() -> None:
    table = np.arange(float(TABLE_NODES)) ** 1.5
    nodes = sorted({1.0 - (1.0 - cell / 128) * 2.0**-halving for halving in range(24) for cell in range(64)})
    assert all(below < above for below, above in pairwise(nodes))
    for node in nodes:
        for u in (np.nextafter(node, 0.0), node, np.nextafter(node, 1.0)):
            if 0.0 <= u < 1.0:
                found = randoms.quantile(table[np.newaxis], 0, float(u))
                assert found == addressed.look_up(table.tolist(), float(u))
