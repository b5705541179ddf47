"""Quantile tables: any distribution as 1537 numbers, so that one uniform number gives one draw.

Node ``64 h + c`` of a table stands at ``u = 1 - 2^-h + (c/64) 2^-(h+1)``: 64 equal cells to each halving of
the upper tail, 24 halvings. Between nodes the quantile function is taken as straight; the last 2^-24 of the
probability draws the last node, so that no draw lies beyond the quantile at ``1 - 2^-24``.
"""

from collections.abc import Callable, Mapping

import numpy as np
from scipy.special import gammainccinv, ndtri

from sim.world.arrays import CELLS_PER_HALVING, TABLE_NODES, Floats

Quantile = Callable[[Floats], Floats]
"""Maps probabilities of being exceeded (1 - u) to values."""

LOWEST_CELL_POINTS = 512
"""Points at which the mean of the first cell of a table is taken."""


def node_exceedance() -> Floats:
    """Probability of being exceeded, 1 - u, at every node: shape (1537,), from 1 down to 2^-24, exact."""
    halving, cell = np.divmod(np.arange(TABLE_NODES), CELLS_PER_HALVING)
    return np.ldexp(1.0 - cell / (2.0 * CELLS_PER_HALVING), -halving)


def node_weights() -> Floats:
    """Weight of every node in the mean of a table: shape (1537,), adding up to 1."""
    exceedance = node_exceedance()
    widths = exceedance[:-1] - exceedance[1:]
    weights = np.zeros(TABLE_NODES)
    weights[:-1] += widths / 2
    weights[1:] += widths / 2
    weights[-1] += exceedance[-1]
    return weights


def table_mean(table: Floats) -> float:
    """Mean of what a table draws."""
    return float(node_weights() @ table)


def table_share_below(table: Floats, value: float) -> float:
    """Probability that a table draws at most this value."""
    exceedance = node_exceedance()
    if value >= table[-1]:
        return 1.0
    return float(1.0 - np.interp(value, table, exceedance)) if value >= table[0] else 0.0


def table_of(quantile: Quantile, mean: float) -> Floats:
    """Table of a quantile function, with no value below zero and exactly this mean.

    Straight lines between nodes and the cut tail move the mean by a little; all values are scaled to
    make up for it. ValueError when the values are not finite or cannot have that mean.
    """
    if not 0 <= mean < np.inf:
        raise ValueError(
            f"the mean of the distribution is {mean:g}, which is not a finite number of zero or more"
        )
    values = np.empty(TABLE_NODES)
    values[1:] = np.maximum.accumulate(_not_negative(quantile(node_exceedance()[1:])))
    values[0] = _lowest_node(quantile, values[1])
    if not np.all(np.isfinite(values)):
        raise ValueError("the distribution has no finite quantiles")
    drawn = table_mean(values)
    if drawn == 0.0:
        if mean > 0:
            raise ValueError(f"the distribution draws only zero, its mean cannot be {mean:g}")
        return values
    return values * (mean / drawn)


def _not_negative(values: Floats) -> Floats:
    return np.maximum(np.asarray(values, dtype=np.float64), 0.0)


def _lowest_node(quantile: Quantile, second: float) -> float:
    """Value of the first node such that the first cell has its right mean, if that is zero or more.

    The quantile at probability 0 itself may be far below, or not finite, and would stretch the whole cell.
    """
    probability = (np.arange(LOWEST_CELL_POINTS) + 0.5) / LOWEST_CELL_POINTS / (2 * CELLS_PER_HALVING)
    mean_of_cell = float(_not_negative(quantile(1.0 - probability)).mean())
    return min(max(2 * mean_of_cell - second, 0.0), second)


def constant(value: float) -> Floats:
    """Table that always draws the same value."""
    return np.full(TABLE_NODES, float(value))


def exponential(mean: float) -> Floats:
    """Exponential distribution."""
    return table_of(lambda exceedance: -mean * np.log(exceedance), mean)


def gamma(mean: float, cv: float) -> Floats:
    """Gamma distribution by mean and coefficient of variation (0: constant)."""
    if cv == 0 or mean == 0:
        return constant(mean)
    shape, scale = cv**-2, mean * cv**2
    return table_of(lambda exceedance: np.multiply(scale, gammainccinv(shape, exceedance)), mean)


def erlang(mean: float, phases: int) -> Floats:
    """Sum of this many equal exponential phases."""
    return gamma(mean, phases**-0.5)


def lognormal(mean: float, cv: float) -> Floats:
    """Lognormal distribution by mean and coefficient of variation (0: constant)."""
    if cv == 0 or mean == 0:
        return constant(mean)
    variance = float(np.log1p(cv**2))
    median, deviation = mean * float(np.exp(-variance / 2)), variance**0.5
    return table_of(lambda exceedance: median * np.exp(-deviation * ndtri(exceedance)), mean)


def uniform(low: float, high: float) -> Floats:
    """Every value between two bounds equally likely."""
    if low == high:
        return constant(low)
    return table_of(lambda exceedance: high - (high - low) * exceedance, (low + high) / 2)


def triangular(low: float, mode: float, high: float) -> Floats:
    """Triangular distribution."""
    if low == high:
        return constant(low)
    width, rise = high - low, mode - low

    def quantile(exceedance: Floats) -> Floats:
        rising = low + np.sqrt((1 - exceedance) * width * rise)
        falling = high - np.sqrt(exceedance * width * (width - rise))
        return np.where(1 - exceedance <= rise / width, rising, falling)

    return table_of(quantile, (low + mode + high) / 3)


def hyperexponential(mean: float, cv: float) -> Floats:
    """Mixture of two exponentials with balanced means, for a coefficient of variation of 1 or more.

    Source of the weights: Tijms, A First Course in Stochastic Models (2003), appendix B.
    """
    if cv <= 1:
        return exponential(mean)
    first = 0.5 * (1 + np.sqrt((cv**2 - 1) / (cv**2 + 1)))
    rates = 2 * first / mean, 2 * (1 - first) / mean
    return table_of(lambda exceedance: _mixture_quantile(exceedance, first, rates), mean)


def _mixture_quantile(exceedance: Floats, first: float, rates: tuple[float, float]) -> Floats:
    """Quantiles of the mixture by bisection; 100 halvings leave nothing of the bracket."""
    low = np.zeros_like(exceedance)
    high = -np.log(exceedance) / min(rates)
    for _ in range(100):
        middle = (low + high) / 2
        beyond = first * np.exp(-rates[0] * middle) + (1 - first) * np.exp(-rates[1] * middle)
        low, high = np.where(beyond > exceedance, middle, low), np.where(beyond > exceedance, high, middle)
    return (low + high) / 2


def from_data(values: Floats) -> Floats:
    """Distribution of a sample, straight between its order statistics (Hazen's plotting positions)."""
    sample = np.asarray(values, dtype=np.float64)
    return table_of(
        lambda exceedance: np.quantile(sample, 1 - exceedance, method="hazen"), float(sample.mean())
    )


def from_scipy(name: str, parameters: Mapping[str, float], mean: float) -> Floats:
    """Any continuous distribution of ``scipy.stats`` by name, its shape stretched to this mean.

    ValueError when there is no such distribution or it cannot have the parameters or the mean.
    """
    # Imported here: it is large, and few scenarios name a distribution of it.
    from scipy import stats

    family = getattr(stats, name, None)
    if not isinstance(family, stats.rv_continuous):
        raise ValueError(f"scipy.stats has no continuous distribution {name!r}")
    try:
        frozen = family(**parameters)
    except TypeError as error:
        raise ValueError(f"scipy.stats.{name}: {error}") from error
    return table_of(frozen.isf, mean)
