"""The bins of the histograms in the records: which bin a time falls in, and the edges of each bin.

A time is counted in whole seconds, by its leading bits: below 16 s a bin holds one second; above, every
doubling is cut in 16 bins of equal width (the layout of HdrHistogram, Tene 2012), so that a bin is at most
6.25 % wide. The last bin also holds everything beyond it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.world.arrays import BINS_PER_DOUBLING, HISTOGRAM_BINS

__all__ = ["BINS_PER_DOUBLING", "HISTOGRAM_BINS", "bin_of_seconds", "edges_seconds"]

_LEADING_BITS = BINS_PER_DOUBLING.bit_length() - 1


def bin_of_seconds(seconds: ArrayLike) -> NDArray[np.int64]:
    """Bin of each time; ``seconds`` are whole numbers >= 0, any shape."""
    value = np.asarray(seconds, dtype=np.int64)
    # frexp is exact below 2**53, and times are far below.
    doublings = np.maximum(np.frexp(value.astype(np.float64))[1].astype(np.int64) - 1 - _LEADING_BITS, 0)
    above = BINS_PER_DOUBLING * (doublings + 1) + ((value >> doublings) & (BINS_PER_DOUBLING - 1))
    bins = np.where(value < BINS_PER_DOUBLING, value, above)
    return np.minimum(bins, HISTOGRAM_BINS - 1)


def edges_seconds() -> NDArray[np.int64]:
    """Lower edges of all bins, then the upper edge of the last: HISTOGRAM_BINS + 1 times in seconds.

    Bin b holds the times ``edges[b] <= seconds < edges[b + 1]``; the last one also all beyond.
    """
    number = np.arange(HISTOGRAM_BINS + 1, dtype=np.int64)
    doublings = np.maximum(number // BINS_PER_DOUBLING - 1, 0)
    within = number - BINS_PER_DOUBLING * doublings
    return np.asarray(np.left_shift(within, doublings), dtype=np.int64)
