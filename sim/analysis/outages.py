"""Outages as they befell: how many, how long, and for which share of the time links and systems were up."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.counts import Counts
from sim.analysis.intervals import t_interval
from sim.analysis.quantities import Floats
from sim.analysis.rows import interval_rows, stacked
from sim.analysis.setting import Setting

MS_PER_HOUR = 3_600_000.0
KEYS = ["target_kind", "target", "site", "cause"]


def outages_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: target_kind, target, site, cause, value columns.

    Rows by cause have an empty target and site. ``link_availability`` is the mean of all links; every system
    that ever failed has a row of ``system_availability`` for each site that hosts it. An overlap of two
    causes counts once there; what is slow, or read-only, is available.
    """
    return stacked([*_cause_rows(counts, setting), *_availability_rows(counts, setting)])


def union_ms(target: NDArray[np.int64], began_ms: NDArray[np.int64], ended_ms: NDArray[np.int64]) -> Floats:
    """Time that the intervals cover, by target 0, 1, ... (the largest in ``target``); overlaps count once."""
    order = np.lexsort((began_ms, target))
    target, began, ended = target[order], began_ms[order], ended_ms[order]
    span = int(ended.max(initial=0)) + 1
    reached = np.maximum.accumulate(ended + target * span)
    before = np.concatenate([[0], reached[:-1]]) - target * span
    covered = np.maximum(ended - np.maximum(began, before), 0)
    return np.asarray(np.bincount(target, weights=covered), dtype=np.float64)


def _cause_rows(counts: Counts, setting: Setting) -> list[pd.DataFrame]:
    table = counts.outages.assign(
        hours=(counts.outages["ended_ms"] - counts.outages["began_ms"]) / MS_PER_HOUR
    )
    grouped = table.groupby(["target_kind", "cause", "replication"])["hours"]
    replications = pd.Index(counts.replications, name="replication")
    found = {name: _by_replication(grouped.agg(name), replications) for name in ("count", "sum", "max")}
    keys = found["count"].index.to_frame(index=False).assign(target="", site="")[KEYS]
    number, total, longest = (found[name].to_numpy(np.float64) for name in ("count", "sum", "max"))
    each = np.divide(total, number, out=np.full(number.shape, np.nan), where=number > 0)
    measures = (
        ("outages", "count", number),
        ("down_hours", "hours", total),
        ("hours_per_outage", "hours", each),
        ("longest_hours", "hours", longest),
    )
    return [
        interval_rows(keys, metric, unit, t_interval(values, setting.confidence, 0.0))
        for metric, unit, values in measures
    ]


def _by_replication(series: pd.Series, replications: pd.Index) -> pd.DataFrame:
    return series.unstack("replication").reindex(columns=replications).fillna(0.0)


def _availability_rows(counts: Counts, setting: Setting) -> list[pd.DataFrame]:
    span_ms = setting.horizon_ms - setting.warm_up_ms
    rows = []
    if len(setting.links):
        down = _down_ms(counts, "link").sum(axis=0, keepdims=True)
        keys = pd.DataFrame([("link", "", "", "")], columns=KEYS)
        rows.append(_availability(keys, "link_availability", down, span_ms * len(setting.links), setting))
    systems = _targets(counts, "system")
    if len(systems):
        keys = systems.assign(target_kind="system", cause="")[KEYS]
        rows.append(_availability(keys, "system_availability", _down_ms(counts, "system"), span_ms, setting))
    return rows


def _availability(
    keys: pd.DataFrame, metric: str, down_ms: Floats, span_ms: int, setting: Setting
) -> pd.DataFrame:
    interval = t_interval(1 - down_ms / span_ms, setting.confidence, 0.0, 1.0)
    return interval_rows(keys, metric, "share", interval)


def _failures(counts: Counts, kind: str) -> pd.DataFrame:
    """The outages in which something of a kind was down."""
    table = counts.outages
    return table[(table["target_kind"] == kind) & (table["effect"] == "down")]


def _targets(counts: Counts, kind: str) -> pd.DataFrame:
    """Everything of a kind that ever failed: target, site."""
    failed = _failures(counts, kind)
    return failed[["target", "site"]].drop_duplicates().sort_values(["target", "site"]).reset_index(drop=True)


def _down_ms(counts: Counts, kind: str) -> Floats:
    """Time out of work: [targets of ``_targets``, replications]."""
    known, failures = pd.MultiIndex.from_frame(_targets(counts, kind)), _failures(counts, kind)
    down = np.zeros((len(known), len(counts.replications)))
    for place, replication in enumerate(counts.replications):
        table = failures[failures["replication"] == replication]
        if len(table):
            target = known.get_indexer(pd.MultiIndex.from_frame(table[["target", "site"]]))
            began, ended = (table[name].to_numpy(np.int64) for name in ("began_ms", "ended_ms"))
            covered = union_ms(target.astype(np.int64), began, ended)
            down[: len(covered), place] = covered
    return down
