"""The records of all replications, added up to what the analysis needs and no more.

Each replication is read on its own, its long tables a row group at a time, reduced at once and let go, so
memory follows communes and groups, not rows. All sums are of whole numbers and exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from sim.analysis.setting import Setting
from sim.record.histogram import HISTOGRAM_BINS
from sim.record.store import AlternativeRecords
from sim.record.tables import CLOCKS, REPLICATION_TABLES

Ints = NDArray[np.int64]

RECORDED_FIELDS = tuple(REPLICATION_TABLES["flow"].names[3:])
TRAVEL_TIME = "travel_ms"
"""Time of the ways of the visits: not recorded, but metres at the speed of the commune."""
FLOW_FIELDS = (*RECORDED_FIELDS, TRAVEL_TIME)
DAY_RECORDED = (
    "arrived",
    "finished",
    "with_deadline",
    "on_time",
    "visits",
    "travel_m",
    "counter_starts",
    "gave_up",
)
DAY_FIELDS = (*DAY_RECORDED, TRAVEL_TIME)
POOL_FIELDS = tuple(REPLICATION_TABLES["pool_days"].names[3:])
WEEK_FIELDS = ("busy_ms", "available_ms")
STAFF_FIELDS = ("posts", "people")
UNFINISHED_KEYS = ["group", "state", "waits_at_level", "step"]


@dataclass(frozen=True)
class ReplicationCounts:
    """One replication. Axes: communes, groups, days, pools and weeks as in ``Setting``."""

    flow: Ints
    """[communes, groups, FLOW_FIELDS] in the days evaluated"""
    by_day: Ints
    """[groups, days, DAY_FIELDS] all days"""
    open_dossiers: Ints
    """[communes, groups] filed and not finished at the end"""
    open_overdue: Ints
    """[communes, groups] of these past their deadline"""
    cycle: Ints
    """[groups, CLOCKS, HISTOGRAM_BINS] whole run"""
    counter_wait: Ints
    """[HISTOGRAM_BINS] whole run"""
    pools: Ints
    """[pools, POOL_FIELDS] in the days evaluated"""
    pool_weeks: Ints
    """[pools, weeks, WEEK_FIELDS] in the days evaluated"""
    staff: Ints
    """[kinds of pools, days, STAFF_FIELDS] all days"""


@dataclass(frozen=True)
class Counts:
    """All replications: the arrays of ``ReplicationCounts``, the replication as first axis, and two tables.

    ``unfinished``: replication, UNFINISHED_KEYS, count, overdue_count, age_ms_sum.
    ``outages``: replication and the columns of the record, clipped to the days evaluated.
    """

    replications: tuple[int, ...]
    flow: Ints
    by_day: Ints
    open_dossiers: Ints
    open_overdue: Ints
    cycle: Ints
    counter_wait: Ints
    pools: Ints
    pool_weeks: Ints
    staff: Ints
    unfinished: pd.DataFrame
    outages: pd.DataFrame


def count(records: AlternativeRecords, setting: Setting) -> Counts:
    """Read all replications of an alternative, one after the other.

    Raises ResultsError when a table cannot be read, ValueError when it names a place, group or day that the
    study does not have.
    """
    each, unfinished, outages = [], [], []
    for replication in records.replications:
        open_table = records.table("unfinished", replication)
        each.append(_replication_counts(records, replication, open_table, setting))
        unfinished.append(_unfinished(open_table).assign(replication=replication))
        outages.append(
            _outages(records.table("outages", replication), setting).assign(replication=replication)
        )
        # Arrow would keep the memory of these tables for later ones; over many replications that adds up.
        pa.default_memory_pool().release_unused()
    names = tuple(ReplicationCounts.__dataclass_fields__)
    stacked = {name: np.stack([getattr(counts, name) for counts in each]) for name in names}
    return Counts(
        replications=tuple(records.replications),
        unfinished=pd.concat(unfinished, ignore_index=True),
        outages=pd.concat(outages, ignore_index=True),
        **stacked,
    )


def _replication_counts(
    records: AlternativeRecords, replication: int, open_table: pd.DataFrame, setting: Setting
) -> ReplicationCounts:
    flow, by_day = _flow(records, replication, setting)
    pools, pool_weeks, staff = _pools(records, replication, setting)
    return ReplicationCounts(
        flow=flow,
        by_day=by_day,
        open_dossiers=_open(open_table, setting),
        open_overdue=_open(open_table[open_table["overdue"]], setting),
        cycle=_cycle(records.table("cycle", replication, ["group", "clock", "bin", "count"]), setting),
        counter_wait=_counter_wait(records.table("counter_wait", replication, ["bin", "count"])),
        pools=pools,
        pool_weeks=pool_weeks,
        staff=staff,
    )


def _flow(records: AlternativeRecords, replication: int, setting: Setting) -> tuple[Ints, Ints]:
    groups, communes, days = len(setting.groups), len(setting.communes), len(setting.days)
    flow = np.zeros((communes * groups, len(FLOW_FIELDS)), np.int64)
    by_day = np.zeros((groups * days, len(DAY_FIELDS)), np.int64)
    for table in records.pieces("flow", replication):
        group, day = _places(setting.groups, table["group"]), _days(setting, table["day"])
        commune = _places(setting.communes["site"], table["site"])
        travel_ms = np.rint(table["travel_m"] * setting.travel_ms_per_metre[commune])
        table[TRAVEL_TIME] = travel_ms.astype(np.int64)
        by_day += _sums(group * days + day, table, DAY_FIELDS, groups * days)
        cell = np.where(day < setting.warm_up_days, -1, commune * groups + group)
        flow += _sums(cell, table, FLOW_FIELDS, communes * groups)
    return flow.reshape(communes, groups, -1), by_day.reshape(groups, days, -1)


def _pools(records: AlternativeRecords, replication: int, setting: Setting) -> tuple[Ints, Ints, Ints]:
    """Sums by pool, by pool and week, and people by kind of pool and day."""
    pools, weeks = len(setting.pools), len(setting.mondays)
    kinds, days = len(setting.kinds), len(setting.days)
    by_pool = np.zeros((pools, len(POOL_FIELDS)), np.int64)
    by_week = np.zeros((pools * weeks, len(WEEK_FIELDS)), np.int64)
    staff = np.zeros((kinds * days, len(STAFF_FIELDS)), np.int64)
    places = _PoolPlaces(setting)
    for table in records.pieces("pool_days", replication):
        day, pool = _days(setting, table["day"]), places.of(table)
        left_out = day < setting.warm_up_days
        by_pool += _sums(np.where(left_out, -1, pool), table, POOL_FIELDS, pools)
        week = np.where(left_out, -1, pool * weeks + setting.week_of_day[day])
        by_week += _sums(week, table, WEEK_FIELDS, pools * weeks)
        staff += _sums(setting.kind_of_pool[pool] * days + day, table, STAFF_FIELDS, kinds * days)
    return by_pool, by_week.reshape(pools, weeks, -1), staff.reshape(kinds, days, -1)


def _open(table: pd.DataFrame, setting: Setting) -> Ints:
    groups, communes = len(setting.groups), len(setting.communes)
    cell = _places(setting.communes["site"], table["site"]) * groups + _places(setting.groups, table["group"])
    return _sums(cell, table, ["count"], communes * groups).reshape(communes, groups)


def _cycle(table: pd.DataFrame, setting: Setting) -> Ints:
    place = _places(setting.groups, table["group"]) * len(CLOCKS) + _places(CLOCKS, table["clock"])
    cell = place * HISTOGRAM_BINS + table["bin"].to_numpy(np.int64)
    cells = len(setting.groups) * len(CLOCKS) * HISTOGRAM_BINS
    return _sums(cell, table, ["count"], cells).reshape(-1, len(CLOCKS), HISTOGRAM_BINS)


def _counter_wait(table: pd.DataFrame) -> Ints:
    return _sums(table["bin"].to_numpy(np.int64), table, ["count"], HISTOGRAM_BINS)[:, 0]


def _unfinished(table: pd.DataFrame) -> pd.DataFrame:
    late = table.assign(overdue_count=table["count"].where(table["overdue"], 0))
    return late.groupby(UNFINISHED_KEYS, as_index=False)[["count", "overdue_count", "age_ms_sum"]].sum()


def _outages(table: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    clipped = table.assign(
        began_ms=table["began_ms"].clip(lower=setting.warm_up_ms),
        ended_ms=table["ended_ms"].clip(upper=setting.horizon_ms),
    )
    return clipped[clipped["ended_ms"] > clipped["began_ms"]]


def _days(setting: Setting, column: pd.Series) -> Ints:
    """Number of each day, counted from the first of the run; ValueError for a day outside of it."""
    days = (column.to_numpy("datetime64[D]") - setting.days[0].to_datetime64()).astype("timedelta64[D]")
    numbers = days.astype(np.int64)
    if len(numbers) and not (numbers.min() >= 0 and numbers.max() < len(setting.days)):
        raise ValueError("the records name a day that the study does not have")
    return numbers


def _places(known: Iterable[str], names: pd.Series) -> Ints:
    """Index of each name among the known ones; ValueError for a name that is not there."""
    if isinstance(names.dtype, pd.CategoricalDtype):
        # Names that none of the rows has may be strange.
        places = _found(known, names.cat.categories)[names.cat.codes.to_numpy(np.int64)]
    else:
        places = _found(known, names)
    if len(places) and places.min() < 0:
        stranger = names.iloc[int(np.argmin(places))]
        raise ValueError(f"the records name {stranger!r}, which the study does not have")
    return places


def _found(known: Iterable[str], names: pd.Series | pd.Index) -> Ints:
    """Index of each name among the known ones, -1 when it is not there."""
    found = pc.index_in(pa.array(names), value_set=pa.array(list(known), pa.string()))
    return np.asarray(pc.fill_null(found, -1), dtype=np.int64)


class _PoolPlaces:
    """Where the pools of a study stand, by the names of site and pool."""

    def __init__(self, setting: Setting) -> None:
        self._sites, self._pools = (pd.unique(setting.pools[name]) for name in ("site", "pool"))
        self._by_name = np.full((len(self._sites), len(self._pools)), -1, dtype=np.int64)
        known = _places(self._sites, setting.pools["site"]), _places(self._pools, setting.pools["pool"])
        self._by_name[known] = np.arange(len(setting.pools))

    def of(self, table: pd.DataFrame) -> Ints:
        """Index of each row's pool; ValueError for a pool that is not there."""
        places = self._by_name[_places(self._sites, table["site"]), _places(self._pools, table["pool"])]
        if len(places) and places.min() < 0:
            raise ValueError("the records name a pool that the study does not have")
        return places


def _sums(cell: Ints, table: pd.DataFrame, fields: Iterable[str], cells: int) -> Ints:
    """Fields of the table added up by cell: [cells, fields], exact. Rows with cell -1 are left out.

    Field by field, so that no second copy of the table is made.
    """
    fields = tuple(fields)
    sums = np.zeros((cells, len(fields)), dtype=np.int64)
    order = _order_of(cell)
    ordered = cell[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    if len(starts):
        for place, field in enumerate(fields):
            sums[ordered[starts], place] = np.add.reduceat(
                table[field].to_numpy()[order], starts, dtype=np.int64
            )
    return sums


def _order_of(cell: Ints) -> Ints | slice:
    """Where the rows stand that have a cell, in the order of cells; long tables mostly are in order."""
    if len(cell) == 0 or (cell[0] >= 0 and (cell[1:] >= cell[:-1]).all()):
        return slice(None)
    return np.argsort(cell, kind="stable")[np.count_nonzero(cell < 0) :]
