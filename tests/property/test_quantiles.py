"""Quantile tables: exact mean, right quantiles, honest tail (E10)."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sim.engine.addressed import look_up
from sim.scenario.schema import Distribution, ShareDistribution
from sim.world import quantiles
from sim.world.arrays import HALVINGS, TABLE_NODES
from sim.world.tables import Tables, quantile_table

positive = st.floats(1e-3, 1e9)

LAWS = {
    "exponential": (quantiles.exponential(20.0), stats.expon(scale=20.0)),
    "gamma": (quantiles.gamma(1.0, 0.2), stats.gamma(25.0, scale=0.04)),
    "gamma of one phase in four": (quantiles.gamma(3.0, 2.0), stats.gamma(0.25, scale=12.0)),
    "erlang": (quantiles.erlang(9.0, 3), stats.gamma(3.0, scale=3.0)),
    "lognormal": (
        quantiles.lognormal(6.0, 1.2),
        stats.lognorm(np.sqrt(np.log(2.44)), scale=6.0 / np.sqrt(2.44)),
    ),
    "uniform": (quantiles.uniform(2.0, 5.0), stats.uniform(2.0, 3.0)),
    "triangular": (quantiles.triangular(1.0, 2.0, 6.0), stats.triang(0.2, 1.0, 5.0)),
    "weibull": (
        quantiles.from_scipy("weibull_min", {"c": 1.5}, stats.weibull_min(1.5).mean()),
        stats.weibull_min(1.5),
    ),
}


def mean_by_integration(table: np.ndarray) -> float:
    """Integral of `look_up` over all uniform numbers, cell by cell, without the weights of the table."""
    corners = [1.0 - e for e in quantiles.node_exceedance()]
    # Straight in each cell, so that the middle is the mean of the cell.
    inside = sum((b - a) * look_up(table, (a + b) / 2) for a, b in itertools.pairwise(corners))
    return inside + 2.0**-HALVINGS * look_up(table, 1.0 - 2.0**-30)


@pytest.mark.parametrize("name", LAWS)
def test_the_mean_of_what_is_drawn_is_the_mean_of_the_distribution(name: str) -> None:
    table, law = LAWS[name]
    assert quantiles.table_mean(table) == pytest.approx(law.mean(), rel=1e-12)
    assert mean_by_integration(table) == pytest.approx(law.mean(), rel=1e-12)


@pytest.mark.parametrize("name", LAWS)
def test_quantiles_are_those_of_the_distribution(name: str) -> None:
    table, law = LAWS[name]
    for u in np.linspace(0.05, 0.99, 40):
        assert look_up(table, float(u)) == pytest.approx(law.ppf(u), rel=2e-3, abs=1e-4 * law.mean())


@pytest.mark.parametrize("name", LAWS)
def test_the_tail_goes_as_far_as_one_in_sixteen_million(name: str) -> None:
    table, law = LAWS[name]
    for halving in (10, 17, 23):
        assert look_up(table, 1.0 - 2.0**-halving) == pytest.approx(law.isf(2.0**-halving), rel=2e-3)
    assert table[-1] == pytest.approx(law.isf(2.0**-HALVINGS), rel=2e-3)


def test_the_lower_end_is_not_stretched_to_zero() -> None:
    table, law = LAWS["gamma"]
    assert look_up(table, 1e-4) == pytest.approx(law.ppf(1e-3), rel=0.1)


@pytest.mark.parametrize("name", LAWS)
def test_the_spread_of_what_is_drawn_is_that_of_the_distribution(name: str) -> None:
    table, law = LAWS[name]
    grid = (np.arange(100_000) + 0.5) / 100_000
    drawn = np.interp(grid, 1.0 - quantiles.node_exceedance(), table)
    assert drawn.std() == pytest.approx(law.std(), rel=0.02)


def test_hyperexponential_has_its_mean_and_its_coefficient_of_variation() -> None:
    table = quantiles.hyperexponential(10.0, 2.0)
    exceedance = quantiles.node_exceedance()
    # Second moment of a straight line in each cell.
    low, high = table[:-1], table[1:]
    squares = (low**2 + low * high + high**2) / 3
    second = float(((exceedance[:-1] - exceedance[1:]) * squares).sum() + exceedance[-1] * table[-1] ** 2)
    assert quantiles.table_mean(table) == pytest.approx(10.0, rel=1e-12)
    assert np.sqrt(second - 100.0) / 10.0 == pytest.approx(2.0, rel=0.005)


@given(positive, st.floats(0.01, 3.0))
def test_mean_is_exact_and_values_rise_for_every_lognormal(mean: float, cv: float) -> None:
    table = quantiles.lognormal(mean, cv)
    assert table.shape == (TABLE_NODES,)
    assert quantiles.table_mean(table) == pytest.approx(mean, rel=1e-11)
    assert table[0] >= 0
    assert (np.diff(table) >= 0).all()


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=50))
def test_measured_values_keep_their_mean(values: list[int]) -> None:
    table = quantiles.from_data(np.array(values, dtype=float))
    assert quantiles.table_mean(table) == pytest.approx(np.mean(values), rel=1e-11)
    assert (np.diff(table) >= 0).all()


@given(positive, st.floats(0, 1))
def test_share_below_a_value_is_the_inverse_of_looking_up(mean: float, u: float) -> None:
    table = quantiles.exponential(mean)
    drawn = look_up(table.tolist(), min(u, 1 - 2.0**-20))
    assert quantiles.table_share_below(table, drawn) == pytest.approx(min(u, 1 - 2.0**-20), abs=1e-9)


def test_a_distribution_with_negative_values_is_cut_at_zero_and_keeps_the_mean_asked_for() -> None:
    table = quantiles.from_scipy("norm", {}, 5.0)
    assert look_up(table.tolist(), 0.4) == 0
    assert quantiles.table_mean(table) == pytest.approx(5.0, rel=1e-12)


def test_unknown_or_impossible_distributions_are_refused() -> None:
    with pytest.raises(ValueError, match="no continuous distribution"):
        quantiles.from_scipy("poisson", {}, 1.0)
    with pytest.raises(ValueError, match="weibull_min"):
        quantiles.from_scipy("weibull_min", {"shape": 1.0}, 1.0)
    with pytest.raises(ValueError, match="finite"):
        quantiles.exponential(float("inf"))
    with pytest.raises(ValueError, match="draws only zero"):
        quantiles.table_of(np.zeros_like, 1.0)


@pytest.mark.parametrize(
    ("written", "mean_ms"),
    [
        ("15 min", 900_000),
        ({"exponential": {"mean": "15 min"}}, 900_000),
        ({"lognormal": {"mean": "6 h", "cv": 1.2}}, 21_600_000),
        ({"gamma": {"mean": "1 min", "cv": 0.5}}, 60_000),
        ({"uniform": {"low": "1 h", "high": "2 h"}}, 5_400_000),
        ({"triangular": {"low": "1 min", "mode": "2 min", "high": "6 min"}}, 180_000),
        ({"erlang": {"mean": "1 min", "phases": 4}}, 60_000),
        ({"hyperexponential": {"mean": "1 min", "cv": 2.0}}, 60_000),
        ({"scipy": {"name": "weibull_min", "parameters": {"c": 1.5}, "mean": "15 min"}}, 900_000),
    ],
)
def test_every_form_of_the_scenario_becomes_a_table_with_its_mean(written: object, mean_ms: int) -> None:
    table = quantile_table(Distribution.model_validate(written))
    assert quantiles.table_mean(table) == pytest.approx(mean_ms, rel=1e-12)


@pytest.mark.parametrize(
    ("written", "mean"),
    [("40 %", 0.4), ({"uniform": {"low": "20 %", "high": "130 %"}}, 0.75),
     ({"triangular": {"low": 0.0, "mode": 0.5, "high": 1.0}}, 0.5)],
)  # fmt: skip
def test_shares_become_tables_too(written: object, mean: float) -> None:
    table = quantile_table(ShareDistribution.model_validate(written))
    assert quantiles.table_mean(table) == pytest.approx(mean, rel=1e-12)


def test_equal_distributions_share_one_table() -> None:
    tables = Tables()
    first = tables.number_of(Distribution.model_validate({"exponential": {"mean": "15 min"}}))
    assert tables.number_of(Distribution.model_validate({"exponential": {"mean": "900 s"}})) == first
    assert tables.number_of(Distribution.model_validate("15 min")) != first
    assert tables.array.shape == (2, TABLE_NODES)
