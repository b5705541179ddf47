"""The closed forms themselves, where two of them must agree, and the tables that services are drawn from."""

import numpy as np
import pytest

from sim.world import quantiles
from tests.theory.closed_forms import (
    breakdown_distribution,
    cobham_waits,
    erlang_a,
    erlang_c,
    fork_join_time,
    forward_equations,
    jackson_rates,
    mg1_wait,
    mmc_wait,
    n_model_waits,
    second_moment,
)

pytestmark = pytest.mark.theory


def test_erlang_c_with_one_server_is_utilisation():
    assert erlang_c(1, 0.8, 1.0) == pytest.approx(0.8)


def test_erlang_c_agrees_with_the_balance_equations_of_two_servers():
    load = 1.2  # P(wait) = load^2 / (2 + load) for two servers
    assert erlang_c(2, load, 1.0) == pytest.approx(load**2 / (2 + load))


def test_pollaczek_khinchine_with_exponential_service_is_m_m_1():
    assert mg1_wait(0.8, 1.0, 1.0) == pytest.approx(mmc_wait(1, 0.8, 1.0))


def test_cobham_weighted_by_load_is_first_come_first_served():
    """Kleinrock's conservation law: priorities only share the wait out anew."""
    first, second = cobham_waits([(0.3, 1.0, 1.0), (0.5, 1.0, 1.0)])
    assert (0.3 * first + 0.5 * second) / 0.8 == pytest.approx(mmc_wait(1, 0.8, 1.0))


def test_traffic_equations_of_one_station_with_feedback():
    assert jackson_rates(np.array([1.0]), np.array([[0.25]])) == pytest.approx([1 / 0.75])


def test_breakdowns_that_never_come_leave_m_m_1():
    numbers = breakdown_distribution(0.8, 1.0, failure_rate=0.0, repair_rate=1.0, most=500).sum(axis=0)
    assert numbers[:5] == pytest.approx(0.2 * 0.8 ** np.arange(5))


def test_breakdowns_leave_the_share_of_time_that_is_up_and_no_mass_at_the_cut():
    states = breakdown_distribution(1 / 60, 1 / 36, 1 / 3600, 1 / 480)
    assert states.sum(axis=1) == pytest.approx([60 / 68, 8 / 68])
    assert states[:, -1].sum() < 1e-12


def test_forward_equations_settle_at_erlang_c():
    until_500, until_600 = (forward_equations(3, 1.0, [(end, 2.0)], most=200) for end in (500.0, 600.0))
    waiting, queue_area, busy = (until_600 - until_500)[:3] / 100
    assert waiting / 2.0 == pytest.approx(erlang_c(3, 2.0, 1.0), rel=1e-5)
    assert queue_area == pytest.approx(2.0 * mmc_wait(3, 2.0, 1.0), rel=1e-5)
    assert busy == pytest.approx(2.0, rel=1e-5)


def test_patience_without_end_is_erlang_c():
    leave, wait = erlang_a(3, 2.0, 1.0, patience=1e9)
    assert leave == pytest.approx(0.0, abs=1e-6)
    assert wait == pytest.approx(mmc_wait(3, 2.0, 1.0), rel=1e-5)


def test_patience_as_long_as_the_service_makes_the_number_in_the_system_poisson():
    """With equal rates every customer leaves alone, as in M/M/infinity."""
    load, servers = 4.0, 3
    number = np.arange(60)
    poisson = np.exp(-load) * np.cumprod([1.0, *(load / number[1:])])
    assert erlang_a(servers, load, 1.0, 1.0)[0] == pytest.approx(
        np.maximum(number - servers, 0) @ poisson / load
    )


def test_fork_join_lies_between_one_queue_and_both_one_after_the_other():
    one = mmc_wait(1, 0.7, 1.0) + 1.0
    assert one < fork_join_time(0.7, 1.0) < 1.5 * one
    assert fork_join_time(0.0, 1.0) == pytest.approx(1.5)  # mean of the longer of two exponentials


def test_help_shortens_one_queue_and_lengthens_the_other():
    alone = mmc_wait(1, 0.7, 1.0)
    helped, own = n_model_waits((0.7, 0.3), (1.0, 1.0), covering=1.0)
    assert helped < alone
    assert own > mmc_wait(1, 0.3, 1.0)


def test_a_helper_with_hardly_any_own_work_is_a_second_server():
    assert n_model_waits((1.2, 1e-9), (1.0, 1.0), covering=1.0)[0] == pytest.approx(
        mmc_wait(2, 1.2, 1.0), rel=1e-4
    )


@pytest.mark.parametrize(
    ("table", "cv"),
    [
        (quantiles.exponential(1.0), 1.0),
        (quantiles.lognormal(1.0, 1.2), 1.2),
        (quantiles.gamma(1.0, 0.6), 0.6),
        (quantiles.hyperexponential(1.0, 2.0), 2.0),
        (quantiles.erlang(1.0, 4), 0.5),
        (quantiles.uniform(0.5, 1.5), 12**-0.5),
    ],
)
def test_tables_keep_the_second_moment_so_that_waits_are_right(table: np.ndarray, cv: float):
    """Straight lines between nodes and the cut tail bias the mean wait in M/G/1 by no more than 0.1 %."""
    widths = -np.diff(quantiles.node_exceedance())
    low, high = table[:-1], table[1:]
    square = widths @ (low**2 + low * high + high**2) / 3 + quantiles.node_exceedance()[-1] * table[-1] ** 2
    assert square == pytest.approx(second_moment(1.0, cv), rel=1e-3)
