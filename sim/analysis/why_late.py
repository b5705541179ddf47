"""Why dossiers take as long as they do: elapsed time by cause, adding up to the whole."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.counts import FLOW_FIELDS, Counts
from sim.analysis.intervals import Interval, t_interval
from sim.analysis.metrics import CAUSES
from sim.analysis.quantities import Floats, Numbers, as_floats, ratio
from sim.analysis.rows import interval_rows
from sim.analysis.setting import Setting
from sim.analysis.summary import SCOPES

MS_PER_HOUR = 3_600_000.0
CAUSE_FIELDS = tuple(f"cause_{cause}_ms" for cause in CAUSES)
LATE_FIELDS = tuple(f"late_{cause}_ms" for cause in CAUSES)


def why_late_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: scope, group, cause, value columns. Of finished dossiers; hours are calendar hours.

    Raises ValueError when the causes in the records do not add up to the elapsed time.
    """
    flow = counts.flow.sum(axis=1)
    require_whole_split(flow)
    return _table(flow, setting, CAUSE_FIELDS, _field(flow, "finished"))


def late_causes_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """The same of those finished after their deadline alone."""
    flow = counts.flow.sum(axis=1)
    return _table(flow, setting, LATE_FIELDS, _field(flow, "with_deadline") - _field(flow, "on_time"))


def _table(flow: Numbers, setting: Setting, fields: tuple[str, ...], dossiers: Numbers) -> pd.DataFrame:
    """Rows for the scopes and for each group in one; ``flow`` [replications, groups, FLOW_FIELDS]."""
    causes = np.stack([_field(flow, name) for name in fields], axis=-1)
    cells = np.concatenate([causes, dossiers[..., np.newaxis]], axis=-1)
    by_scope = np.einsum("rgf,kg->rkf", cells, setting.scopes.astype(np.int64))
    scope_keys = pd.DataFrame({"scope": SCOPES, "group": ""})
    shown = ~setting.internal
    groups = np.array(setting.groups)[shown]
    group_keys = pd.DataFrame({"scope": _scope_of_groups(setting), "group": groups})
    keys = pd.concat([scope_keys, group_keys], ignore_index=True)
    return _rows(keys, np.concatenate([by_scope, cells[:, shown]], axis=1), setting.confidence)


def _field(flow: Numbers, name: str) -> Numbers:
    return flow[..., FLOW_FIELDS.index(name)]


def require_whole_split(flow: Numbers) -> None:
    """Every cell's causes must add up to its elapsed time, to the millisecond; flow is [..., FLOW_FIELDS]."""
    causes = flow[..., [FLOW_FIELDS.index(name) for name in CAUSE_FIELDS]].sum(axis=-1)
    error = np.abs(causes - flow[..., FLOW_FIELDS.index("cycle_ms")]).max(initial=0)
    if error:
        raise ValueError(f"the causes of elapsed time do not add up to it: {error} ms are missing")


def _scope_of_groups(setting: Setting) -> list[str]:
    """The narrowest scope of each group that is in one."""
    in_scopes = setting.scopes.T[~setting.internal]
    return [next(SCOPES[place] for place in (0, 2, 1) if in_scope[place]) for in_scope in in_scopes]


def _rows(keys: pd.DataFrame, units: Numbers, confidence: float) -> pd.DataFrame:
    """``units`` [replications, keys, causes and then dossiers]."""
    dossiers = as_floats(units[..., len(CAUSES)].T)
    elapsed = units[..., : len(CAUSES)].sum(axis=-1).T
    tables = []
    for place, cause in enumerate(CAUSES):
        named = keys.assign(cause=cause, _order=range(place, len(keys) * len(CAUSES), len(CAUSES)))
        for metric, unit, interval in _measures(units[..., place].T, dossiers, elapsed, confidence):
            tables.append(interval_rows(named, metric, unit, interval, dossiers.sum(axis=-1)))
    whole = pd.concat(tables).sort_values("_order", kind="stable").drop(columns="_order")
    return whole[whole["replications"] > 0].reset_index(drop=True)


def _measures(
    lost: Numbers, finished: Floats, elapsed: Numbers, confidence: float
) -> tuple[tuple[str, str, Interval], ...]:
    hours = t_interval(ratio(lost, finished) / MS_PER_HOUR, confidence, 0.0)
    shares = t_interval(ratio(lost, elapsed), confidence, 0.0, 1.0)
    return ("hours_per_dossier", "hours", hours), ("share_of_elapsed", "share", shares)
