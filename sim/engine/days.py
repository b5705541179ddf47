"""The days of a replication that are over, taken out of the tally one by one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sim.engine import kernel
from sim.world.arrays import FLOW_FIELDS, HISTOGRAM_BINS, POOL_FIELDS, Ints, Records, Tally, World
from sim.world.counts import Counts
from sim.world.day_rows import DayRows


class DayBook:
    """Takes the counts of each day out of a tally, which is all zeros again, and keeps them."""

    def __init__(self, world: World, pools: Records, tally: Tally) -> None:
        self.flow = DayRows((world.area_count, world.group_count), len(FLOW_FIELDS))
        self.pools = DayRows((len(world.pools),), len(POOL_FIELDS))
        table = tally.flow.reshape(-1, self.flow.fields)
        self._tables = (
            _Table(table, kernel.take_rows, self.flow),
            _Table(pools, kernel.take_pool_rows, self.pools),
        )

    def store(self, day: int) -> None:
        """Takes out and keeps the counts of a day that is over."""
        for table in self._tables:
            table.store(day)

    def counts(self, world: World, tally: Tally) -> Counts:
        """All counts of the replication, once its last day is stored."""
        bins = tally.bins.reshape(-1, HISTOGRAM_BINS)
        cycle, counter_wait = np.split(bins, [len(bins) - world.area_count])
        shape = (*self.flow.shape, 2, HISTOGRAM_BINS)
        return Counts(world.day_count, self.flow, self.pools, cycle.reshape(shape), counter_wait)


class _Table:
    """One table of counts, how they are taken, the store of its days, and room between them."""

    def __init__(self, table: Ints | Records, take: Callable[..., int], days: DayRows) -> None:
        self._table, self._take, self._days = table, take, days
        self._cells = np.zeros(len(table), np.int32)
        self._columns = np.zeros((days.fields, len(table)), np.int64)

    def store(self, day: int) -> None:
        taken = self._take(self._table, self._cells, self._columns)
        self._days.add(day, self._cells[:taken], self._columns[:, :taken])
