"""How busy people are: utilisation by week, and load, waiting and queue of every pool."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.counts import POOL_FIELDS, WEEK_FIELDS, Counts
from sim.analysis.intervals import t_interval
from sim.analysis.quantities import Numbers, as_floats, ratio
from sim.analysis.rows import interval_rows
from sim.analysis.setting import Setting

MS_PER_MINUTE = 60_000.0


def utilisation_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: site, name, pool, level, week, value columns; weeks in which a pool was open."""
    weeks = len(setting.mondays)
    keys = setting.pools[["site", "name", "pool", "level"]]
    keys = keys.loc[np.repeat(np.arange(len(keys)), weeks)].reset_index(drop=True)
    keys["week"] = np.tile(setting.mondays.date, len(setting.pools))
    busy, available = (
        counts.pool_weeks[..., WEEK_FIELDS.index(name)].reshape(len(counts.replications), -1).T
        for name in ("busy_ms", "available_ms")
    )
    interval = t_interval(ratio(busy, available), setting.confidence, 0.0)
    table = interval_rows(keys, "utilisation", "share", interval)
    return table[table["replications"] > 0].reset_index(drop=True)


def pool_load_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: site, name, pool, level, value columns; first all sites of a pool together, then each."""
    keys = setting.pools[["site", "name", "pool", "level"]]
    kinds = setting.kinds
    together = np.zeros((len(counts.replications), len(kinds), len(POOL_FIELDS)), dtype=np.int64)
    for pool, kind in enumerate(setting.kind_of_pool):
        together[:, kind] += counts.pools[:, pool]
    kind_keys = kinds.assign(site="", name="")[list(keys.columns)]
    days = len(setting.evaluated_days)
    return pd.concat(
        [
            _load_rows(kind_keys, together, days, setting.confidence),
            _load_rows(keys, counts.pools, days, setting.confidence),
        ],
        ignore_index=True,
    )


def _load_rows(keys: pd.DataFrame, pools: Numbers, days: int, confidence: float) -> pd.DataFrame:
    field = {name: pools[..., place].T for place, name in enumerate(POOL_FIELDS)}
    measures = (
        ("utilisation", "share", ratio(field["busy_ms"], field["available_ms"]), np.inf),
        ("wait_mean", "minutes", ratio(field["wait_ms"], field["started"]) / MS_PER_MINUTE, np.inf),
        ("waited_share", "share", ratio(field["waited"], field["started"]), 1.0),
        ("queue_mean", "dossiers", as_floats(field["queued_at_midnight"]) / days, np.inf),
        ("started", "count", as_floats(field["started"]), np.inf),
    )
    tables = [
        interval_rows(
            keys.assign(_order=range(len(keys))),
            metric,
            unit,
            t_interval(values, confidence, 0.0, highest),
            field["started"].sum(axis=-1),
        )
        for metric, unit, values, highest in measures
    ]
    whole = pd.concat(tables).sort_values("_order", kind="stable").drop(columns="_order")
    return whole[whole["replications"] > 0]
