"""Quantile tables of plain distributions, for small worlds."""

from functools import cache

import numpy as np

from sim.world.arrays import TABLE_NODES, Floats


@cache
def steady(value: float) -> Floats:
    """A table that always draws the same."""
    return np.full(TABLE_NODES, value)


@cache
def even(low: float, high: float) -> Floats:
    """A table that draws evenly from low to high, but for the straightened tail."""
    node = np.arange(TABLE_NODES)
    halving, cell = node // 64, node % 64
    u = 1.0 - np.ldexp(1.0 - cell / 128.0, -halving)
    return low + (high - low) * u


@cache
def long_tailed(mean: float) -> Floats:
    """A table near the exponential distribution of this mean."""
    node = np.arange(TABLE_NODES)
    halving, cell = node // 64, node % 64
    return -mean * np.log(np.ldexp(1.0 - cell / 128.0, -halving))


@cache
def stepped(low: float, high: float, step: float) -> Floats:
    """A table that mostly draws multiples of a step, so that many things happen at the same time."""
    return np.round(even(low, high) / step) * step
