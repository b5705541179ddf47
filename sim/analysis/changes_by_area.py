"""Who wins and who loses: what each alternative changes in each commune, paired by replication."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.intervals import Interval, paired_interval, simultaneous
from sim.analysis.metrics import METRICS
from sim.analysis.quantities import Floats, Tally, dossier_quantities, ratio
from sim.analysis.rows import happens, stacked
from sim.analysis.setting import Setting
from sim.analysis.spread import drawn_together
from sim.analysis.summary import MAIN_SCOPE, Comparison, Summary
from sim.analysis.verdicts import HIGHER, LOWER, verdict

AREA_METRICS = ("travel_km_per_visit", "travel_hours", "counter_wait_mean", "on_time_share")
"""Numbers in which communes may win or lose."""
LEADING_FAMILIES = (("travel_km_per_visit",), ("on_time_share", "counter_wait_mean"))
LEADING_METRICS = tuple(metric for family in LEADING_FAMILIES for metric in family)
"""Those by which winners and losers are put in order; hours of travel follow the size of a commune."""
ALL_TOGETHER = ""
COLUMNS = (
    "alternative",
    "metric",
    "site",
    "name",
    "unit",
    "base",
    "value",
    "difference",
    "low",
    "high",
    "gain",
    "verdict",
    "replications",
)


def site_replications_table(communes: Tally, replications: Sequence[int], setting: Setting) -> pd.DataFrame:
    """Columns: site, name, replication, then the numbers of AREA_METRICS; NaN where one does not exist."""
    quantities = dossier_quantities(communes, setting)
    keys = setting.communes[["site", "name"]]
    table = keys.loc[keys.index.repeat(len(replications))].reset_index(drop=True)
    table["replication"] = np.tile(np.array(replications), len(keys))
    return table.assign(**{metric: quantities[metric].values.ravel() for metric in AREA_METRICS})


def changes_by_area_table(summaries: Mapping[str, Summary], base: str) -> pd.DataFrame:
    """All alternatives against the base, commune by commune; columns as in ``Comparison``."""
    shown = [
        metric
        for metric in AREA_METRICS
        if any(happens(metric, each.by_site_and_replication[metric]) for each in summaries.values())
    ]
    whole = stacked(
        part.assign(alternative=name, metric=metric, unit=METRICS[metric].unit)
        for name, other in summaries.items()
        if name != base
        for metric in shown
        for part in (_together(summaries[base], other, metric), _apart(summaries[base], other, metric))
    )
    return whole.reindex(columns=list(COLUMNS))


def leading_metrics(changes: pd.DataFrame) -> list[str]:
    """The numbers in which communes are shown to change: the way, and of service what changes most of them.

    ``changes`` are the rows of one alternative.
    """
    of_communes = changes[changes["site"] != ALL_TOGETHER]
    decided = of_communes[of_communes["verdict"].isin((LOWER, HIGHER))]["metric"].value_counts()
    most = [max(family, key=lambda metric: int(decided.get(metric, 0))) for family in LEADING_FAMILIES]
    return [metric for metric in most if decided.get(metric, 0)]


def shown_anywhere(comparison: Comparison, metric: str) -> bool:
    """Whether any alternative is shown to change a number in any commune."""
    rows = comparison.by_area[comparison.by_area["site"] != ALL_TOGETHER]
    return bool((rows["verdict"].isin((LOWER, HIGHER)) & (rows["metric"] == metric)).any())


def winners_and_losers(changes: pd.DataFrame, metric: str, most: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Communes shown to gain and to lose in a number, the largest first; ``changes`` are of one alternative.

    Their order is that of ``gain``, so that a commune with few dossiers does not lead by luck.
    """
    rows = changes[(changes["metric"] == metric) & (changes["site"] != ALL_TOGETHER)]
    shown = rows[rows["verdict"].isin((LOWER, HIGHER))]
    ordered = shown.sort_values(["gain", "site"], ascending=[False, True])
    change = _sign(metric) * ordered["difference"]
    return ordered[change > 0].head(most), ordered[change < 0][::-1].head(most)


def _sign(metric: str) -> float:
    """Direction in which the number is better."""
    return -1.0 if METRICS[metric].good == "less" else 1.0


def _together(base: Summary, other: Summary, metric: str) -> pd.DataFrame:
    """The change in the number of all communes together, one row."""
    x, y = (_of_all(summary, metric) for summary in (base, other))
    pairs = x.index.intersection(y.index)
    both = (x[pairs].to_numpy(np.float64)[None], y[pairs].to_numpy(np.float64)[None])
    keys = pd.DataFrame({"site": [ALL_TOGETHER], "name": [""]})
    return _rows(keys, *both, metric, base.confidence)


def _of_all(summary: Summary, metric: str) -> pd.Series:
    table = summary.per_replication
    chosen = table[(table["metric"] == metric) & (table["scope"] == MAIN_SCOPE)]
    return chosen.set_index("replication")["value"].astype(np.float64)


def _apart(base: Summary, other: Summary, metric: str) -> pd.DataFrame:
    """The change in each commune that both have; intervals that hold for all of them at once."""
    x, y = (
        summary.by_site_and_replication.pivot(index=["site", "name"], columns="replication", values=metric)
        for summary in (base, other)
    )
    x, y = x.align(y, join="inner")
    both = (x.to_numpy(np.float64), y.to_numpy(np.float64))
    known = int(np.isfinite(both[1] - both[0]).any(axis=1).sum())
    rows = _rows(x.index.to_frame(index=False), *both, metric, simultaneous(base.confidence, known))
    return rows[rows["replications"] > 0]


def _rows(keys: pd.DataFrame, base: Floats, other: Floats, metric: str, confidence: float) -> pd.DataFrame:
    """A row for each unit; ``base`` and ``other`` are [units, replications]."""
    change = other - base
    exists = np.isfinite(change)
    interval = paired_interval(base, other, confidence)
    drawn = drawn_together(interval.value, _chance_variance(change, interval), _middle(interval))
    limits = zip(interval.low, interval.high, change, exists, strict=True)
    return keys.assign(
        base=_means(base, exists),
        value=_means(other, exists),
        difference=interval.value,
        low=interval.low,
        high=interval.high,
        gain=_sign(metric) * drawn,
        verdict=[verdict(low, high, each[there]) for low, high, each, there in limits],
        replications=interval.replications,
    )


def _means(values: Floats, exists: NDArray[np.bool_]) -> Floats:
    return ratio(np.where(exists, values, 0.0).sum(axis=1), exists.sum(axis=1))


def _middle(interval: Interval) -> float:
    known = interval.value[np.isfinite(interval.value)]
    return float(known.mean()) if len(known) else 0.0


def _chance_variance(change: Floats, interval: Interval) -> Floats:
    """Variance of each mean change; 0 where a single pair tells nothing of it."""
    squares = np.nan_to_num(change - interval.value[:, None]) ** 2
    count = interval.replications
    return np.nan_to_num(ratio(squares.sum(axis=1), count * (count - 1)))
