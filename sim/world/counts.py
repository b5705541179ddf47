"""What a replication leaves behind in numbers."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.world.arrays import Ints
from sim.world.day_rows import DayRows


@dataclass(frozen=True)
class Counts:
    """All counts of a replication: by day in a compact form, times by histogram bin."""

    day_count: int
    flow_rows: DayRows
    """cells: areas x groups; fields: FLOW_FIELDS"""
    pool_rows: DayRows
    """cells: pools; fields: POOL_FIELDS"""
    cycle: NDArray[np.int32]
    """[areas, groups, 2, HISTOGRAM_BINS] as in ``Tally``"""
    counter_wait: NDArray[np.int32]
    """[areas, HISTOGRAM_BINS] as in ``Tally``"""

    @cached_property
    def flow(self) -> Ints:
        """[areas, groups, days, FLOW_FIELDS], zeros included: 4 GB for a year of the nation."""
        return self.flow_rows.dense(range(self.day_count))

    @cached_property
    def pools(self) -> Ints:
        """[pools, days, POOL_FIELDS], zeros included."""
        return self.pool_rows.dense(range(self.day_count))
