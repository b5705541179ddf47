"""Quantiles and shares from the histograms in the records."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.record.histogram import HISTOGRAM_BINS, edges_seconds

Floats = NDArray[np.float64]


def quantile_seconds(counts: ArrayLike, probability: float) -> Floats:
    """The time in seconds within which a share ``probability`` of the counted lie.

    ``counts`` has shape [..., HISTOGRAM_BINS]. Inside a bin the times are taken as evenly spread, so the
    error is at most the width of a bin: 1 s below 16 s, 6.25 % above. NaN where nothing was counted.
    """
    counts = np.asarray(counts, dtype=np.float64)
    edges = edges_seconds().astype(np.float64)
    up_to = counts.cumsum(axis=-1)
    total = up_to[..., -1]
    wanted = probability * total
    place = np.minimum((up_to < wanted[..., None]).sum(axis=-1), HISTOGRAM_BINS - 1)
    inside = np.take_along_axis(counts, place[..., None], axis=-1)[..., 0]
    before = np.take_along_axis(up_to, place[..., None], axis=-1)[..., 0] - inside
    part = (wanted - before) / np.maximum(inside, 1.0)
    found = edges[place] + part * (edges[place + 1] - edges[place])
    return np.asarray(np.where(total > 0, found, np.nan), dtype=np.float64)


def regrouped(counts: ArrayLike, limits_seconds: ArrayLike) -> Floats:
    """Histogram counts in wider classes: [..., len(limits) - 1], the last class open above.

    A bin that a limit cuts is divided evenly. ``limits_seconds`` increase and start at 0.
    """
    counts = np.asarray(counts, dtype=np.float64)
    edges = edges_seconds().astype(np.float64)
    limits = np.asarray(limits_seconds, dtype=np.float64)
    up_to = np.concatenate([np.zeros((*counts.shape[:-1], 1)), counts.cumsum(axis=-1)], axis=-1)
    flat = up_to.reshape(-1, HISTOGRAM_BINS + 1)
    at_limits = np.array([np.interp(limits[:-1], edges, row) for row in flat])
    at_limits = at_limits.reshape(*counts.shape[:-1], len(limits) - 1)
    return np.diff(at_limits, axis=-1, append=up_to[..., -1:])
