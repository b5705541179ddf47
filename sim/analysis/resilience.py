"""Resilience: how deep a shock goes, how long until it is over, what is lost, and who is hit.

After Bruneau et al. (2003), "A framework to quantitatively assess and enhance the seismic resilience of
communities": the performance Q(t) of a system in per cent falls when it is hit and comes back by and by; the
area between 100 % and Q(t) until it is back is the loss of resilience. Here

    Q(t) = M / (M + E(t))

with E(t) the dossiers that wait more than in the base at that moment (0 where fewer wait) and M the mean
number that wait in the base: 100 % as without the shock, 50 % when as many again wait as usual.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from sim.analysis.intervals import simultaneous, t_interval
from sim.analysis.rows import interval_rows, stacked
from sim.analysis.setting import MS_PER_DAY, MS_PER_HOUR
from sim.analysis.shocks import Floats, Shock
from sim.analysis.summary import MAIN_SCOPE, VALUE_COLUMNS, Summary
from sim.record.store import AlternativeRecords

SHOCK_METRICS: Mapping[str, str] = {
    "shock_began": "hours",
    "shock_lasted": "hours",
    "extra_waiting_most": "dossiers",
    "hours_to_depth": "hours",
    "performance_lowest": "share",
    "recovered_share": "share",
    "time_to_recover": "hours",
    "loss": "dossier_days",
    "extra_late": "dossiers",
    "extra_citizens_cost": "vnd",
}
"""Numbers of a shock and their units, in the order of the table."""
PROVINCE_METRICS = ("extra_waiting_most", "loss", "extra_late")
CURVE_METRICS: Mapping[str, str] = {"extra_waiting": "dossiers", "performance": "share"}
BEFORE_HOURS = AFTER_HOURS = 24
"""The curve begins so long before the shock and ends so long after the recovery."""


def shocks_table(shocks: Iterable[Shock], summaries: Mapping[str, Summary], base: str) -> pd.DataFrame:
    """Columns: alternative, causes, value columns; see ``Comparison``. Each interval holds by itself."""
    rows = []
    for shock in shocks:
        keys = pd.DataFrame({"alternative": [shock.alternative], "causes": [", ".join(shock.causes)]})
        values = _measures(shock) | _differences(shock, summaries, base)
        for metric in (metric for metric in SHOCK_METRICS if metric in values):
            unit = SHOCK_METRICS[metric]
            lowest = -np.inf if metric.startswith("extra_") or metric == "loss" else 0.0
            highest = 1.0 if unit == "share" else np.inf
            interval = t_interval(values[metric][None], summaries[base].confidence, lowest, highest)
            rows.append(interval_rows(keys, metric, unit, interval))
    return _table(rows, ["alternative", "causes"])


def resilience_table(shocks: Iterable[Shock], confidence: float) -> pd.DataFrame:
    """Columns: alternative, hours (since the begin of the shock), value columns; metrics of CURVE_METRICS."""
    rows = []
    for shock in shocks:
        hours, curves = _curves(shock)
        keys = pd.DataFrame({"alternative": shock.alternative, "hours": hours})
        for metric, unit in CURVE_METRICS.items():
            limits = (0.0, 1.0) if unit == "share" else (-np.inf, np.inf)
            rows.append(interval_rows(keys, metric, unit, t_interval(curves[metric], confidence, *limits)))
    return _table(rows, ["alternative", "hours"])


def shock_provinces_table(
    shocks: Iterable[Shock], summaries: Mapping[str, Summary], base: str, records: AlternativeRecords
) -> pd.DataFrame:
    """Columns: alternative, province, value columns; metrics of PROVINCE_METRICS.

    Intervals of one number hold for all provinces of an alternative at once.
    """
    rows = []
    for shock in shocks:
        found = {**_of_regions(shock, records), "extra_late": _extra_late(shock, summaries, base)}
        for metric in PROVINCE_METRICS:
            values, unit = found[metric], SHOCK_METRICS[metric]
            keys = pd.DataFrame({"alternative": shock.alternative, "province": list(values.index)})
            each = simultaneous(summaries[base].confidence, len(values))
            rows.append(interval_rows(keys, metric, unit, t_interval(values.to_numpy(np.float64), each)))
    return _table(rows, ["alternative", "province"])


def performance(extra: Floats, usual: Floats) -> Floats:
    """Q from the dossiers that wait more and the mean number that wait as usual; arrays of fitting shapes."""
    usual = np.maximum(usual, 1.0)
    return np.asarray(usual / (usual + np.maximum(extra, 0.0)))


def _measures(shock: Shock) -> dict[str, Floats]:
    """Numbers of the shock from the pulse: [replications], NaN where it did not come."""
    at_ms, extra = shock.base.at_ms, shock.extra
    usual = shock.usual
    found = {metric: np.full(len(extra), np.nan) for metric in SHOCK_METRICS}
    for place in np.flatnonzero(shock.came):
        start, end = int(shock.start[place]), int(shock.recovered[place])
        began_ms, within = int(shock.began_ms[place]), extra[place, shock.window(int(place))]
        most = max(int(within.max()), 0)
        is_back = end < shock.moments
        values = {
            "shock_began": began_ms / MS_PER_HOUR,
            "shock_lasted": (shock.ended_ms[place] - began_ms) / MS_PER_HOUR,
            "extra_waiting_most": most,
            "hours_to_depth": (at_ms[start + int(within.argmax())] - began_ms) / MS_PER_HOUR,
            "performance_lowest": float(performance(np.array(float(most)), usual[place])),
            "recovered_share": float(is_back),
            "time_to_recover": (at_ms[end] - began_ms) / MS_PER_HOUR if is_back else np.nan,
            "loss": _dossier_days(within, shock.base.step_ms),
        }
        for metric, value in values.items():
            found[metric][place] = value
    return found


def _differences(shock: Shock, summaries: Mapping[str, Summary], base: str) -> dict[str, Floats]:
    """Late dossiers and, where an hour has a price, the time of citizens, more than in the base."""
    found = {}
    for title, metric in (("extra_late", "overdue"), ("extra_citizens_cost", "cost_citizens")):
        x, y = (_by_replication(summaries[name], metric, shock) for name in (base, shock.alternative))
        if metric == "overdue" or np.nan_to_num(x + y).any():
            found[title] = np.where(shock.came, y - x, np.nan)
    return found


def _by_replication(summary: Summary, metric: str, shock: Shock) -> Floats:
    table = summary.per_replication
    rows = table[table["metric"] == metric]
    rows = rows[rows["scope"] == MAIN_SCOPE] if (rows["scope"] == MAIN_SCOPE).any() else rows
    return rows.set_index("replication")["value"].reindex(list(shock.replications)).to_numpy(np.float64)


def _curves(shock: Shock) -> tuple[Floats, dict[str, Floats]]:
    """Hours since the shock, and by metric [hours, replications]; NaN beyond the run."""
    step = shock.base.step_ms
    start = shock.start[shock.came]
    after = AFTER_HOURS * MS_PER_HOUR // step
    # Whole until the last replication has recovered, or to where the first of them ends.
    ends = np.array([shock.window(int(place)).stop for place in np.flatnonzero(shock.came)])
    last = min(int((ends - start).max()) + after, int((shock.moments - 1 - start).min()))
    places = np.arange(-min(BEFORE_HOURS * MS_PER_HOUR // step, int(start.min())), last + 1)
    extra = np.stack(
        [row[first + places] for row, first in zip(shock.extra[shock.came], start, strict=True)], axis=1
    ).astype(np.float64)
    usual = shock.usual[shock.came]
    return places * step / MS_PER_HOUR, {"extra_waiting": extra, "performance": performance(extra, usual)}


def _of_regions(shock: Shock, records: AlternativeRecords) -> dict[str, pd.DataFrame]:
    """Depth and loss by name of the region: [regions, replications]."""
    names = records.sites.set_index("site")["name"].reindex(list(shock.base.regions))
    extra = (shock.other.waiting - shock.base.waiting).swapaxes(1, 2)
    most, loss = (np.full((len(names), len(extra)), np.nan) for _ in range(2))
    for place in np.flatnonzero(shock.came):
        within = extra[place][:, shock.window(int(place))]
        most[:, place] = np.maximum(within.max(axis=1), 0)
        loss[:, place] = [_dossier_days(row, shock.base.step_ms) for row in within]
    return {
        "extra_waiting_most": pd.DataFrame(most, index=names.to_numpy()),
        "loss": pd.DataFrame(loss, index=names.to_numpy()),
    }


def _extra_late(shock: Shock, summaries: Mapping[str, Summary], base: str) -> pd.DataFrame:
    """Late dossiers more than in the base by province of the home: [provinces, replications]."""
    x, y = (
        summaries[name]
        .late_by_province.pivot(index="province", columns="replication", values="late")
        .reindex(columns=list(shock.replications))
        for name in (base, shock.alternative)
    )
    difference = (y - x).astype(np.float64)
    difference.loc[:, ~shock.came] = np.nan
    return difference


def _dossier_days(extra: np.ndarray, step_ms: int) -> float:
    """Sum over time of the dossiers that wait more; moments at which fewer wait do not make up for others."""
    return float(np.maximum(extra, 0).sum()) * step_ms / MS_PER_DAY


def _table(rows: Sequence[pd.DataFrame], keys: Sequence[str]) -> pd.DataFrame:
    return stacked(rows) if rows else pd.DataFrame(columns=[*keys, *VALUE_COLUMNS])
