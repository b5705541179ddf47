"""Do the intervals hold the truth as often as they say? By simulation, judged by exact binomial bounds."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom, binomtest, t

from sim.analysis.intervals import (
    clustered_share_interval,
    paired_interval,
    relative_change,
    simultaneous,
    t_interval,
    wilson_interval,
)

TRIALS = 4000
CONFIDENCE = 0.95
# A right program leaves these bounds once in a thousand seeds; the seeds are fixed.
DOUBT = 1e-3


def held_at_least(covered: NDArray[np.bool_], confidence: float = CONFIDENCE) -> bool:
    return bool(covered.sum() >= binom.ppf(DOUBT, len(covered), confidence))


def held_exactly(covered: NDArray[np.bool_], confidence: float = CONFIDENCE) -> bool:
    return held_at_least(covered, confidence) and bool(
        covered.sum() <= binom.ppf(1 - DOUBT, len(covered), confidence)
    )


def clustered_dossiers(
    replications: int, per_replication: float, share: float, alike: float, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Dossiers on time and dossiers; those of one replication share their luck (beta-binomial)."""
    rng = np.random.default_rng(seed)
    shape = (TRIALS, replications)
    sharpness = (1 - alike) / alike
    luck = rng.beta(share * sharpness, (1 - share) * sharpness, shape)
    dossiers = rng.poisson(per_replication, shape)
    return rng.binomial(dossiers, luck), dossiers


@pytest.mark.parametrize("replications", [2, 5, 10, 30])
def test_student_interval_holds_the_mean_as_often_as_it_says(replications: int) -> None:
    values = np.random.default_rng(1).normal(3.0, 2.0, (TRIALS, replications))
    interval = t_interval(values, CONFIDENCE)
    assert held_exactly((interval.low <= 3.0) & (interval.high >= 3.0))


def test_student_interval_is_that_of_scipy() -> None:
    values = np.array([3.1, 2.7, 4.4, 3.9, 3.0])
    expected = t.interval(0.9, 4, loc=values.mean(), scale=values.std(ddof=1) / np.sqrt(5))
    interval = t_interval(values, 0.9)
    assert (interval.low, interval.high) == pytest.approx(expected)


def test_replications_without_a_number_do_not_count() -> None:
    whole, with_gaps = t_interval([1.0, 2.0, 4.0], 0.95), t_interval([1.0, np.nan, 2.0, 4.0], 0.95)
    assert (with_gaps.value, with_gaps.low, with_gaps.high) == (whole.value, whole.low, whole.high)
    assert with_gaps.replications == 3


def test_one_replication_gives_no_interval() -> None:
    assert np.isnan(t_interval([5.0], 0.95).low)
    assert np.isnan(clustered_share_interval([9], [10], 0.95).high)
    assert np.isnan(relative_change([4.0], [5.0], 0.95)[1])


@pytest.mark.parametrize(("successes", "trials"), [(0, 1), (0, 12), (7, 7), (3, 40), (950, 1000)])
def test_wilson_interval_is_that_of_scipy(successes: int, trials: int) -> None:
    expected = binomtest(successes, trials).proportion_ci(CONFIDENCE, method="wilson")
    low, high = wilson_interval(successes, trials, CONFIDENCE)
    assert (float(low), float(high)) == pytest.approx((expected.low, expected.high), abs=1e-12)


@pytest.mark.parametrize(
    ("replications", "per_replication", "share", "alike"),
    [
        (5, 20, 0.9, 0.05),
        (10, 10, 0.95, 0.02),
        (10, 200, 0.9, 0.02),
        (10, 5, 0.98, 0.01),
        (20, 50, 0.99, 0.01),
    ],
)
def test_share_of_few_dossiers_that_share_their_luck_is_held(
    replications: int, per_replication: float, share: float, alike: float
) -> None:
    on_time, dossiers = clustered_dossiers(replications, per_replication, share, alike, seed=2)
    interval = clustered_share_interval(on_time, dossiers, CONFIDENCE)
    assert held_at_least((interval.low <= share) & (interval.high >= share))


def test_counting_dossiers_as_independent_would_claim_too_much() -> None:
    on_time, dossiers = clustered_dossiers(10, 200, 0.9, 0.02, seed=2)
    low, high = wilson_interval(on_time.sum(axis=1), dossiers.sum(axis=1), CONFIDENCE)
    assert ((low <= 0.9) & (high >= 0.9)).mean() < 0.7


def test_share_of_many_dossiers_has_about_students_width() -> None:
    on_time, dossiers = clustered_dossiers(10, 1000, 0.5, 0.05, seed=3)
    by_dossiers = clustered_share_interval(on_time, dossiers, CONFIDENCE)
    by_replications = t_interval(on_time / dossiers, CONFIDENCE)
    widths = (by_dossiers.high - by_dossiers.low) / (by_replications.high - by_replications.low)
    assert np.median(widths) == pytest.approx(1.0, abs=0.05)


def test_a_commune_with_no_late_dossier_is_not_sure_to_be_always_on_time() -> None:
    few = clustered_share_interval([4, 3, 5, 4], [4, 3, 5, 4], CONFIDENCE)
    many = clustered_share_interval([400, 300, 500, 400], [400, 300, 500, 400], CONFIDENCE)
    assert few.high == many.high == 1.0
    assert few.low < 0.8 < many.low < 1.0


def test_paired_interval_holds_the_difference_and_pairing_narrows_it() -> None:
    rng = np.random.default_rng(4)
    common = rng.normal(100, 10, (TRIALS, 10))
    base, other = common + rng.normal(0, 1, (TRIALS, 10)), common + rng.normal(2, 1, (TRIALS, 10))
    paired = paired_interval(base, other, CONFIDENCE)
    assert held_exactly((paired.low <= 2) & (paired.high >= 2))
    unpaired = paired_interval(base, rng.permuted(other, axis=1), CONFIDENCE)
    assert np.median((paired.high - paired.low) / (unpaired.high - unpaired.low)) < 0.2


def test_relative_change_holds_the_ratio_of_the_means() -> None:
    rng = np.random.default_rng(5)
    common = rng.normal(100, 15, (TRIALS, 8))
    base, other = common + rng.normal(0, 5, (TRIALS, 8)), 0.7 * common + rng.normal(0, 5, (TRIALS, 8))
    limits = np.array(
        [relative_change(x, y, CONFIDENCE)[1:] for x, y in zip(base[:2000], other[:2000], strict=True)]
    )
    assert held_exactly((limits[:, 0] <= -0.3) & (limits[:, 1] >= -0.3))


def test_intervals_made_simultaneous_hold_all_together() -> None:
    rng = np.random.default_rng(6)
    shared = rng.normal(0, 1, (TRIALS, 1, 10))
    values = shared + rng.normal(0, 1, (TRIALS, 12, 10))
    together = t_interval(values, simultaneous(CONFIDENCE, 12))
    assert held_at_least(((together.low <= 0) & (together.high >= 0)).all(axis=1))
    alone = t_interval(values, CONFIDENCE)
    assert not held_at_least(((alone.low <= 0) & (alone.high >= 0)).all(axis=1))
