"""Streams of filings as a replication reads them: all that a filing needs, in one cache line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.engine.aligned import zeros
from sim.world.arrays import WORK, Records, World
from sim.world.cache_lines import on_whole_lines

# The fields of STREAM, as far as they are needed every day, and three more.
LIVE_STREAM = on_whole_lines(
    [
        ("key", "u8"),  # address of the stream in this replication
        ("traits", "u8"),
        ("per_day", "f8"),
        ("site", "i4"),
        ("procedure", "i4"),
        ("factor_row", "i4"),
        ("elsewhere_row", "i4"),
        ("candidate_set", "i4"),
        ("pool", "i4"),  # where its filings come to as a rule, -1 = to no pool; nothing hangs on it but speed
        ("queue", "i4"),
        ("channel", "i2"),
        ("choose", "i1"),
    ]
)


def live_streams(world: World, key: NDArray[np.uint64]) -> Records:
    """[streams] LIVE_STREAM, with the keys of a replication."""
    streams = zeros(len(world.streams), LIVE_STREAM)
    for name in set(world.streams.dtype.names or ()) & set(LIVE_STREAM.names or ()):
        streams[name] = world.streams[name]
    streams["key"] = key
    pool = _usual_pool(world)
    step = world.steps[_first_step(world)]
    streams["pool"] = pool
    streams["queue"] = np.where(pool >= 0, world.pools["queue_first"][pool] + step["queue_class"], -1)
    return streams


def _first_step(world: World) -> NDArray[np.int32]:
    step: NDArray[np.int32] = world.entry_step[world.streams["procedure"], world.streams["channel"]]
    return step


def _usual_pool(world: World) -> NDArray[np.int32]:
    """Pool at or above the home that does the first step of each stream, -1 = none."""
    step = world.steps[_first_step(world)]
    site = world.site_at_level[world.streams["site"], step["level"]]
    there = (step["kind"] == WORK) & (site >= 0)
    return np.where(there, world.pool_of[site, step["role"]], -1).astype(np.int32)
