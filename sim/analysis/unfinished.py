"""Dossiers that were not finished at the end: how many, where they stand, how old they are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.counts import UNFINISHED_KEYS, Counts
from sim.analysis.intervals import t_interval
from sim.analysis.quantities import ratio
from sim.analysis.rows import interval_rows, stacked
from sim.analysis.setting import MS_PER_DAY, Setting


def unfinished_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: group, state, waits_at_level, step, value columns; most dossiers first."""
    columns = ["count", "overdue_count", "age_ms_sum"]
    internal = np.array(setting.groups)[setting.internal]
    wide = counts.unfinished[~counts.unfinished["group"].isin(internal)].pivot_table(
        index=UNFINISHED_KEYS, columns="replication", values=columns, aggfunc="sum", fill_value=0
    )
    if wide.empty:
        return stacked([])
    every = pd.MultiIndex.from_product([columns, counts.replications])
    dossiers, overdue, age_ms = np.split(wide.reindex(columns=every, fill_value=0).to_numpy(), 3, axis=1)
    keys = wide.index.to_frame(index=False).assign(_order=(-dossiers.sum(axis=1)).argsort().argsort())
    measures = (
        ("unfinished", "dossiers", dossiers),
        ("unfinished_overdue", "dossiers", overdue),
        ("unfinished_age", "days", ratio(age_ms, dossiers) / MS_PER_DAY),
    )
    whole = stacked(
        interval_rows(keys, metric, unit, t_interval(values, setting.confidence, 0.0), dossiers.sum(axis=1))
        for metric, unit, values in measures
    )
    return whole.sort_values("_order", kind="stable").drop(columns="_order").reset_index(drop=True)
