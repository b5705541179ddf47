"""Confidence intervals over replications. The last axis of every input is the replication.

Replications are independent, dossiers of one replication are not (they wait in the same queues), so every
interval here is made from the spread between replications, never from the number of dossiers alone. With a
single replication there is no spread to see, and the intervals are NaN.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtrit

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """Estimates with their limits; arrays of one shape. NaN where there is nothing to tell."""

    value: Floats
    low: Floats
    high: Floats
    replications: NDArray[np.int64]
    """Replications in which the number exists."""


def t_interval(
    values: ArrayLike, confidence: float, lowest: float = -np.inf, highest: float = np.inf
) -> Interval:
    """Mean of the replications and Student's interval (Student 1908; Law 2015, section 4.5).

    ``values`` has shape [..., replications]; NaN means that the number does not exist in a replication.
    Limits are cut to ``lowest`` and ``highest``, what the quantity can be at all.
    """
    values = np.asarray(values, dtype=np.float64)
    exists = np.isfinite(values)
    count = exists.sum(axis=-1)
    mean = _ratio(np.where(exists, values, 0.0).sum(axis=-1), count)
    squares = (np.where(exists, values - mean[..., None], 0.0) ** 2).sum(axis=-1)
    half = t_factor(confidence, count) * np.sqrt(_ratio(_ratio(squares, count - 1), count))
    return Interval(mean, np.maximum(mean - half, lowest), np.minimum(mean + half, highest), count)


def wilson_interval(successes: ArrayLike, trials: ArrayLike, confidence: float) -> tuple[Floats, Floats]:
    """Score interval of a share (Wilson 1927), for independent trials; both may be fractional.

    Holds its confidence for few trials and near 0 and 1, where mean +- deviation does not (Brown, Cai,
    DasGupta 2001). Without trials it is 0 to 1.
    """
    x, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    z2 = normal_factor(confidence) ** 2
    middle = (x + z2 / 2) / (n + z2)
    half = np.sqrt(z2 * (np.maximum(x * (n - x), 0.0) / np.maximum(n, 1e-300) + z2 / 4)) / (n + z2)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def clustered_share_interval(successes: ArrayLike, trials: ArrayLike, confidence: float) -> Interval:
    """A share of dossiers over all replications, with Wilson's interval at the effective number of dossiers.

    Shape [..., replications]. The variance of the share between replications (ratio estimator, Cochran 1977,
    chapter 6) says how many independent dossiers the replications are worth; that number, never above the
    dossiers there are, is lowered once more because the variance was estimated from few replications (Korn
    and Graubard 1998). With Wilson's interval for such samples see Dean and Pagano 2015. For a
    middling share of many dossiers it comes to Student's interval over replications; for a unit with few
    dossiers, or none late, it does not shrink to a point.
    """
    x, n = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    clusters = (n > 0).sum(axis=-1)
    all_x, all_n = x.sum(axis=-1), n.sum(axis=-1)
    share = _ratio(all_x, all_n)
    worth = effective_trials(x, n) * (normal_factor(confidence) / t_factor(confidence, clusters)) ** 2
    low, high = wilson_interval(share * worth, worth, confidence)
    return Interval(share, np.minimum(low, share), np.maximum(high, share), clusters)


def effective_trials(successes: Floats, trials: Floats) -> Floats:
    """How many independent trials the clusters on the last axis are worth; at most the trials there are."""
    all_n = trials.sum(axis=-1)
    share = _ratio(successes.sum(axis=-1), all_n)
    variance = ratio_variance(successes, trials)
    independent = share * (1 - share)
    with np.errstate(invalid="ignore", divide="ignore"):
        worth = np.where((independent > 0) & (variance > 0), independent / variance, all_n)
    return np.asarray(np.minimum(worth, all_n), dtype=np.float64)


def ratio_variance(numerators: Floats, denominators: Floats) -> Floats:
    """Variance of sum(numerators) / sum(denominators) over clusters, the last axis (Cochran 1977, ch. 6)."""
    clusters = (denominators > 0).sum(axis=-1)
    total = denominators.sum(axis=-1)
    ratio = _ratio(numerators.sum(axis=-1), total)
    residuals = numerators - np.nan_to_num(ratio)[..., None] * denominators
    return _ratio(_ratio((residuals**2).sum(axis=-1) * clusters, clusters - 1), total**2)


def simultaneous(confidence: float, intervals: int) -> float:
    """Confidence of each of several intervals so that all hold together with ``confidence``.

    Bonferroni's inequality (Dunn 1961): right for any dependence between them, a little wide when they are
    strongly dependent.
    """
    return 1 - (1 - confidence) / max(intervals, 1)


def paired_interval(base: ArrayLike, other: ArrayLike, confidence: float) -> Interval:
    """Difference other - base by replication, with Student's interval (paired-t; Law 2015, section 10.2).

    With common random numbers the pairs vary together, and the interval is narrower than from independent
    runs.
    """
    return t_interval(np.asarray(other, np.float64) - np.asarray(base, np.float64), confidence)


def relative_change(base: ArrayLike, other: ArrayLike, confidence: float) -> tuple[float, float, float]:
    """Mean of other / mean of base - 1, with its interval (Fieller 1954) from pairs by replication.

    The interval excludes 0 exactly when ``paired_interval`` does. NaN limits where the mean of the base is
    not shown to differ from 0, or with a single pair; all NaN when that mean is 0.
    """
    x, y = np.asarray(base, np.float64), np.asarray(other, np.float64)
    pairs = len(x)
    if pairs == 0 or x.mean() == 0:
        return np.nan, np.nan, np.nan
    change = float(y.mean() / x.mean() - 1)
    if pairs < 2:
        return change, np.nan, np.nan
    t2 = float(t_factor(confidence, pairs)) ** 2
    (var_x, cov), (_, var_y) = np.cov(x, y) / pairs
    a = x.mean() ** 2 - t2 * var_x
    b = x.mean() * y.mean() - t2 * cov
    c = y.mean() ** 2 - t2 * var_y
    if a <= 0:
        return change, np.nan, np.nan
    root = float(np.sqrt(max(b * b - a * c, 0.0)))
    low, high = float((b - root) / a - 1), float((b + root) / a - 1)
    # Where all pairs are alike the limits are the change itself, and rounding may put them on its wrong side.
    return change, min(low, change), max(high, change)


def t_factor(confidence: float, count: ArrayLike) -> Floats:
    """Two-sided factor of Student's distribution for ``count`` values; NaN below two."""
    freedom = np.asarray(count, dtype=np.float64) - 1
    usable = freedom >= 1
    factor = stdtrit(np.where(usable, freedom, 1.0), (1 + confidence) / 2)
    return np.asarray(np.where(usable, factor, np.nan), dtype=np.float64)


def normal_factor(confidence: float) -> float:
    """Two-sided factor of the normal distribution."""
    return float(ndtri((1 + confidence) / 2))


def _ratio(numerator: ArrayLike, denominator: ArrayLike) -> Floats:
    below = np.asarray(denominator, dtype=np.float64)
    usable = below > 0
    above = np.broadcast_to(np.asarray(numerator, dtype=np.float64), below.shape)
    quotient: Floats = np.divide(above, below, out=np.full(below.shape, np.nan), where=usable)
    return quotient
