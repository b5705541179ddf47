"""Random numbers with addresses (E7-E12): known values, evenness, quantiles against another source."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.engine.addressed import (
    ADDRESS_A,
    exp_minus,
    filing_key,
    key_within,
    look_up,
    mix64,
    name_key,
    poisson_count,
    poisson_quantile,
    replication_key,
    rounded,
    uniform,
)
from sim.world.arrays import FOR_COUNT, FOR_TOUCH_TIME, TABLE_NODES
from tests.support.quantile_tables import even

# First five outputs of SplitMix64 for seed 1234567, as published with the generator's reference code.
SPLITMIX64_OF_1234567 = (
    6457827717110365317,
    3203168211198807973,
    9817491932198370423,
    4593380528125082431,
    16408922859458223821,
)


@pytest.mark.parametrize(("place", "expected"), list(enumerate(SPLITMIX64_OF_1234567, start=1)))
def test_e7_mix64_gives_the_published_numbers_of_splitmix64(place: int, expected: int) -> None:
    assert mix64(1234567 + place * ADDRESS_A) == expected


def test_e7_uniform_numbers_of_neighbouring_addresses_are_even_and_uncorrelated() -> None:
    u = np.array([uniform(99, first, 0, FOR_TOUCH_TIME) for first in range(20_000)])
    assert stats.kstest(u, "uniform").pvalue > 0.001
    assert abs(np.corrcoef(u[:-1], u[1:])[0, 1]) < 0.03


def test_e7_each_part_of_the_address_counts() -> None:
    addresses = [(1, 2, 3, 4), (2, 2, 3, 4), (1, 3, 3, 4), (1, 2, 4, 4), (1, 2, 3, 5)]
    assert len({uniform(*address) for address in addresses}) == len(addresses)


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 100))
def test_e7_uniform_numbers_lie_in_the_half_open_unit_interval(key: int, first: int, second: int) -> None:
    assert 0.0 <= uniform(key, first, second, FOR_TOUCH_TIME) < 1.0


def test_e8_replications_and_names_have_different_keys() -> None:
    keys = {key_within(replication_key(7, r), name_key(n)) for r in range(50) for n in ("a", "b")}
    assert len(keys) == 100


def test_e9_filings_of_all_days_and_the_inherited_have_different_keys() -> None:
    keys = {filing_key(12345, day, index) for day in range(-1, 100) for index in range(100)}
    assert len(keys) == 101 * 100


@pytest.mark.parametrize("u", [0.0, 0.1, 0.25, 0.5, 0.75, 0.875, 0.9, 0.99, 0.999, 1 - 2.0**-20])
def test_e10_look_up_of_a_straight_quantile_function_gives_the_probability(u: float) -> None:
    assert look_up(even(0.0, 1.0).tolist(), u) == pytest.approx(u, abs=1e-15)


def test_e10_the_last_part_of_the_probability_draws_the_last_node() -> None:
    table = list(range(TABLE_NODES))
    assert look_up(table, 1 - 2.0**-24) == TABLE_NODES - 1
    assert look_up(table, 1 - 2.0**-53) == TABLE_NODES - 1
    assert look_up(table, 1 - 2.0**-23) < TABLE_NODES - 1


@given(st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True))
def test_e10_look_up_of_a_rising_table_never_falls(one: float, other: float) -> None:
    table = list(np.arange(TABLE_NODES) ** 1.5)
    low, high = sorted((one, other))
    assert look_up(table, low) <= look_up(table, high)


@pytest.mark.parametrize(("drawn", "expected"), [(0.0, 0), (0.49, 0), (0.5, 1), (1.5, 2), (2.5, 3)])
def test_e11_durations_are_rounded_half_up(drawn: float, expected: int) -> None:
    assert rounded(drawn) == expected


@pytest.mark.parametrize("m", [0.0, 1e-9, 0.1, 0.3465, 0.35, 1.0, 17.3, 250.0, 499.9, 500.0])
def test_e12_exp_minus_agrees_with_the_library_to_the_last_digits(m: float) -> None:
    assert exp_minus(m) == pytest.approx(math.exp(-m), rel=1e-15)


@given(st.floats(0.01, 500), st.floats(0, 0.999999))
def test_e12_poisson_quantile_is_the_smallest_count_above_the_probability(mean: float, u: float) -> None:
    count = poisson_quantile(mean, u)
    tolerance = 1e-9
    assert stats.poisson.cdf(count, mean) > u - tolerance
    assert stats.poisson.cdf(count - 1, mean) <= u + tolerance


def test_e12_poisson_quantile_ends_also_for_the_largest_uniform_number() -> None:
    # The sum of the probabilities stays a little below 1, so it ends where they are too small to be floats.
    assert 500 < poisson_quantile(500.0, 1 - 2.0**-53) < 2000


@pytest.mark.parametrize("mean", [0.0, 0.4, 12.0, 1300.0])
def test_e12_counts_have_the_mean_and_variance_of_poisson_also_when_cut_in_parts(mean: float) -> None:
    draws = np.array([poisson_count(mean, mix64(key), 1, FOR_COUNT) for key in range(2000)])
    assert draws.mean() == pytest.approx(mean, abs=4 * math.sqrt(mean / 2000) + 1e-12)
    assert draws.var() == pytest.approx(mean, rel=0.15)
