"""The days of a replication that are over, taken out of the tally one by one."""

from __future__ import annotations

import numpy as np

from sim.engine import kernel
from sim.world.arrays import FLOW_FIELDS, HISTOGRAM_BINS, POOL_FIELDS, Ints, Tally, World
from sim.world.counts import Counts
from sim.world.day_rows import DayRows


class DayBook:
    """Takes the counts of each day out of a tally, which is all zeros again, and keeps them."""

    def __init__(self, world: World, tally: Tally) -> None:
        self.flow = DayRows((world.area_count, world.group_count), len(FLOW_FIELDS))
        self.pools = DayRows((len(world.pools),), len(POOL_FIELDS))
        self._from_to = (_Taken(tally.flow, self.flow), _Taken(tally.pools, self.pools))

    def store(self, day: int) -> None:
        """Takes out and keeps the counts of a day that is over."""
        for table in self._from_to:
            table.store(day)

    def counts(self, world: World, tally: Tally) -> Counts:
        """All counts of the replication, once its last day is stored."""
        cycle = tally.cycle.reshape(*self.flow.shape, 2, HISTOGRAM_BINS)
        return Counts(world.day_count, self.flow, self.pools, cycle, tally.counter_wait)


class _Taken:
    """One table of a tally, the store of its days, and room for what is taken from one to the other."""

    def __init__(self, counts: Ints, days: DayRows) -> None:
        self._table = counts.reshape(-1, days.fields)
        self._days = days
        self._cells = np.zeros(len(self._table), np.int32)
        self._columns = np.zeros(self._table.shape[::-1], np.int64)

    def store(self, day: int) -> None:
        taken = kernel.take_rows(self._table, self._cells, self._columns)
        self._days.add(day, self._cells[:taken], self._columns[:, :taken])
