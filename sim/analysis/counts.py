"""The records of all replications, added up to what the analysis needs and no more.

Each replication is read on its own, reduced at once and let go, so memory follows communes and groups, not
rows. All sums are of whole numbers and exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.setting import Setting
from sim.record.histogram import HISTOGRAM_BINS
from sim.record.store import AlternativeRecords
from sim.record.tables import CLOCKS, REPLICATION_TABLES

Ints = NDArray[np.int64]

FLOW_FIELDS = tuple(REPLICATION_TABLES["flow"].names[3:])
DAY_FIELDS = ("arrived", "finished", "with_deadline", "on_time")
POOL_FIELDS = tuple(REPLICATION_TABLES["pool_days"].names[3:])
WEEK_FIELDS = ("busy_ms", "available_ms")
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
    flow, by_day = _flow(records.table("flow", replication), setting)
    pools, pool_weeks = _pools(records.table("pool_days", replication), setting)
    return ReplicationCounts(
        flow=flow,
        by_day=by_day,
        open_dossiers=_open(open_table, setting),
        open_overdue=_open(open_table[open_table["overdue"]], setting),
        cycle=_cycle(records.table("cycle", replication, ["group", "clock", "bin", "count"]), setting),
        counter_wait=_counter_wait(records.table("counter_wait", replication, ["bin", "count"])),
        pools=pools,
        pool_weeks=pool_weeks,
    )


def _flow(table: pd.DataFrame, setting: Setting) -> tuple[Ints, Ints]:
    groups, communes = len(setting.groups), len(setting.communes)
    group = _places(setting.groups, table["group"])
    day = _days(setting, table["day"])
    by_day = _sums(
        group * len(setting.days) + day, table[list(DAY_FIELDS)].to_numpy(), groups * len(setting.days)
    )
    evaluated = day >= setting.warm_up_days
    cell = (_places(setting.communes["site"], table["site"]) * groups + group)[evaluated]
    fields = table[list(FLOW_FIELDS)].to_numpy()
    flow = _sums(cell, fields if evaluated.all() else fields[evaluated], communes * groups)
    return flow.reshape(communes, groups, -1), by_day.reshape(groups, len(setting.days), -1)


def _pools(table: pd.DataFrame, setting: Setting) -> tuple[Ints, Ints]:
    day = _days(setting, table["day"])
    evaluated = day >= setting.warm_up_days
    table, day = table[evaluated], day[evaluated]
    known = pd.MultiIndex.from_frame(setting.pools[["site", "pool"]])
    pool = _places(known, pd.MultiIndex.from_frame(table[["site", "pool"]]))
    weeks = len(setting.mondays)
    cell = pool * weeks + setting.week_of_day[day]
    by_week = _sums(cell, table[list(POOL_FIELDS)].to_numpy(), len(known) * weeks)
    by_week = by_week.reshape(len(known), weeks, -1)
    columns = [POOL_FIELDS.index(name) for name in WEEK_FIELDS]
    return by_week.sum(axis=1), by_week[:, :, columns]


def _open(table: pd.DataFrame, setting: Setting) -> Ints:
    groups, communes = len(setting.groups), len(setting.communes)
    cell = _places(setting.communes["site"], table["site"]) * groups + _places(setting.groups, table["group"])
    return _sums(cell, table[["count"]].to_numpy(), communes * groups).reshape(communes, groups)


def _cycle(table: pd.DataFrame, setting: Setting) -> Ints:
    place = _places(setting.groups, table["group"]) * len(CLOCKS) + _places(CLOCKS, table["clock"])
    cell = place * HISTOGRAM_BINS + table["bin"].to_numpy(np.int64)
    cells = len(setting.groups) * len(CLOCKS) * HISTOGRAM_BINS
    return _sums(cell, table[["count"]].to_numpy(), cells).reshape(-1, len(CLOCKS), HISTOGRAM_BINS)


def _counter_wait(table: pd.DataFrame) -> Ints:
    return _sums(table["bin"].to_numpy(np.int64), table[["count"]].to_numpy(), HISTOGRAM_BINS)[:, 0]


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
    return _places(setting.days, pd.DatetimeIndex(column))


def _places(known: Any, names: Any) -> Ints:
    """Index of each name among the known ones; ValueError for a name that is not there."""
    index = known if isinstance(known, pd.Index) else pd.Index(known)
    wanted = names if isinstance(names, pd.Index) else pd.Index(names)
    places = np.asarray(index.get_indexer(wanted), dtype=np.int64)
    if (places < 0).any():
        raise ValueError(
            f"the records name {wanted[int(np.argmin(places))]!r}, which the study does not have"
        )
    return places


def _sums(cell: Ints, values: NDArray[np.integer], cells: int) -> Ints:
    """Rows of ``values`` added up by cell: [cells, columns], exact."""
    sums = np.zeros((cells, values.shape[1]), dtype=np.int64)
    if len(cell):
        order = np.argsort(cell, kind="stable")
        ordered = cell[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        sums[ordered[starts]] = np.add.reduceat(values[order], starts, axis=0, dtype=np.int64)
    return sums
