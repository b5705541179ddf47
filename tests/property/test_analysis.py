"""Laws of the analysis that hold for any numbers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sim.analysis.counts import FLOW_FIELDS
from sim.analysis.histograms import quantile_seconds, regrouped
from sim.analysis.intervals import clustered_share_interval, paired_interval, relative_change, wilson_interval
from sim.analysis.metrics import CAUSES
from sim.analysis.outages import union_ms
from sim.analysis.replication_advice import replications_needed
from sim.analysis.spread import corrected_shares
from sim.analysis.why_late import CAUSE_FIELDS, require_whole_split
from sim.record.histogram import BINS_PER_DOUBLING, HISTOGRAM_BINS, bin_of_seconds, edges_seconds

SECONDS = st.integers(0, 2**30)
FOUR_YEARS_SECONDS = 2**27 - 1
COUNTS = arrays(np.int64, (6,), elements=st.integers(0, 500))


def bin_in_the_kernels_way(seconds: int) -> int:
    """The rule of the compiled engine, in whole numbers."""
    if seconds < BINS_PER_DOUBLING:
        return seconds
    leading = seconds.bit_length() - 1
    return min(BINS_PER_DOUBLING * (leading - 3) + ((seconds >> (leading - 4)) & 15), HISTOGRAM_BINS - 1)


@given(SECONDS)
def test_bins_are_those_of_the_kernel(seconds: int) -> None:
    assert bin_of_seconds(seconds) == bin_in_the_kernels_way(seconds)


@given(st.integers(0, FOUR_YEARS_SECONDS))
def test_the_edges_of_a_bin_hold_its_times_and_no_others(seconds: int) -> None:
    edges, place = edges_seconds(), int(bin_of_seconds(seconds))
    assert edges[place] <= seconds < edges[place + 1]


def test_every_lower_edge_falls_in_its_own_bin() -> None:
    edges = edges_seconds()
    assert (bin_of_seconds(edges[:-1]) == np.arange(HISTOGRAM_BINS)).all()
    assert (bin_of_seconds(edges[1:] - 1) == np.arange(HISTOGRAM_BINS)).all()


@given(st.lists(st.integers(0, 10_000_000), min_size=1, max_size=60), st.sampled_from([0.5, 0.9, 0.95]))
def test_a_quantile_lies_in_the_bin_of_the_exact_one(times: list[int], probability: float) -> None:
    counts = np.bincount(bin_of_seconds(times), minlength=HISTOGRAM_BINS)
    exact = np.quantile(times, probability, method="inverted_cdf")
    edges, place = edges_seconds(), int(bin_of_seconds(exact))
    assert edges[place] <= quantile_seconds(counts, probability) <= edges[place + 1]


@given(st.integers(1_000, 400_000), st.sampled_from([0.5, 0.9, 0.95]))
def test_quantiles_of_evenly_spread_times_are_exact(longest: int, probability: float) -> None:
    counts = np.bincount(bin_of_seconds(np.linspace(0, longest, 5_000).astype(int)), minlength=HISTOGRAM_BINS)
    assert quantile_seconds(counts, probability) == pytest.approx(probability * longest, rel=0.005, abs=1)


@given(st.lists(st.integers(0, 100_000), max_size=60))
def test_wider_classes_lose_no_visit(waits: list[int]) -> None:
    counts = np.bincount(bin_of_seconds(waits), minlength=HISTOGRAM_BINS)
    classes = regrouped(counts, [0, 300, 600, 3600, np.inf])
    assert classes.sum() == pytest.approx(len(waits))
    assert classes[-1] >= sum(wait >= 3840 for wait in waits) - 1e-9


@given(arrays(np.int64, (3, 4, len(CAUSES)), elements=st.integers(0, 10**13)), st.integers(1, 10**9))
def test_a_split_is_taken_only_when_the_causes_are_the_whole_time(causes: np.ndarray, missing: int) -> None:
    flow = np.zeros((3, 4, len(FLOW_FIELDS)), dtype=np.int64)
    flow[..., [FLOW_FIELDS.index(name) for name in CAUSE_FIELDS]] = causes
    flow[..., FLOW_FIELDS.index("cycle_ms")] = causes.sum(axis=-1)
    require_whole_split(flow)
    flow[1, 2, FLOW_FIELDS.index("cycle_ms")] += missing
    with pytest.raises(ValueError, match=f"{missing} ms"):
        require_whole_split(flow)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 200), st.integers(1, 80)), min_size=1, max_size=20)
)
def test_overlapping_outages_of_a_target_count_once(rows: list[tuple[int, int, int]]) -> None:
    target, began, length = (np.array(column) for column in zip(*rows, strict=True))
    down = np.zeros((target.max() + 1, 300), dtype=bool)
    for which, start, hours in rows:
        down[which, start : start + hours] = True
    assert (union_ms(target, began, began + length) == down.sum(axis=1)).all()


@given(COUNTS, COUNTS)
def test_a_share_lies_in_its_interval_and_the_interval_between_0_and_1(
    on_time: np.ndarray, late: np.ndarray
) -> None:
    assume((on_time + late > 0).sum() >= 2)
    interval = clustered_share_interval(on_time, on_time + late, 0.95)
    assert 0 <= interval.low <= interval.value <= interval.high <= 1


@given(st.integers(0, 300), st.integers(1, 300), st.floats(0.5, 0.999))
def test_wilson_intervals_of_a_share_and_of_its_complement_mirror_each_other(
    successes: int, failures: int, confidence: float
) -> None:
    low, high = wilson_interval(successes, successes + failures, confidence)
    other_low, other_high = wilson_interval(failures, successes + failures, confidence)
    assert (1 - other_high, 1 - other_low) == pytest.approx((low, high), abs=1e-9)


@given(
    st.lists(st.tuples(st.floats(50, 150), st.floats(50, 150)), min_size=3, max_size=12),
    st.sampled_from([0.9, 0.95, 0.99]),
)
def test_relative_and_absolute_change_show_the_same(
    pairs: list[tuple[float, float]], confidence: float
) -> None:
    base, other = np.array(pairs).T
    absolute = paired_interval(base, other, confidence)
    change, low, high = relative_change(base, other, confidence)
    assume(np.isfinite(low) and min(abs(absolute.low), abs(absolute.high)) > 1e-6)
    assert low <= change <= high
    assert (low > 0, high < 0) == (absolute.low > 0, absolute.high < 0)


@given(
    arrays(np.int64, (8, 4), elements=st.integers(0, 50)),
    arrays(np.int64, (8, 4), elements=st.integers(0, 50)),
)
def test_corrected_shares_lie_between_the_own_and_the_common_share(
    on_time: np.ndarray, late: np.ndarray
) -> None:
    decided = on_time + late
    assume(decided.sum() > 0)
    common = on_time.sum() / decided.sum()
    with np.errstate(invalid="ignore"):
        own = np.where(decided.sum(axis=1) > 0, on_time.sum(axis=1) / decided.sum(axis=1), common)
    corrected = corrected_shares(on_time.astype(float), decided.astype(float))
    assert (corrected >= np.minimum(own, common) - 1e-9).all()
    assert (corrected <= np.maximum(own, common) + 1e-9).all()


@given(st.lists(st.floats(0, 100), min_size=2, max_size=10), st.floats(0.5, 50))
def test_a_wider_interval_never_takes_more_replications(values: list[float], half_width: float) -> None:
    found = replications_needed(pd.Series(values).to_numpy(), half_width, 0.95)
    assert replications_needed(pd.Series(values).to_numpy(), 2 * half_width, 0.95) <= found


def test_replications_needed_for_a_half_width_of_a_fifth_of_the_deviation() -> None:
    # Student's factor for 99 values is 1.9845: 1.9845 x 10 / sqrt(99) = 1.9945; for 98 it is 2.0048.
    values = np.array([-1.0, 0.0, 1.0]) * 10
    assert np.std(values, ddof=1) == 10
    assert replications_needed(values, 2.0, 0.95) == 99
