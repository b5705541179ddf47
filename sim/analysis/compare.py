"""The alternatives against the base, paired by replication on common random numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.analysis.intervals import paired_interval, relative_change, simultaneous
from sim.analysis.metrics import METRICS, METRICS_COMPARED
from sim.analysis.order import cost_against_on_time_table, ranking_table
from sim.analysis.sentences import notes_table, sentences_table
from sim.analysis.summary import MAIN_SCOPE, Comparison, Summary
from sim.record.store import StudyRecords

BASE = "base"
LOWER, HIGHER, SAME, UNDECIDED = "lower", "higher", "same", "undecided"


def compare(study: StudyRecords, summaries: Mapping[str, Summary]) -> Comparison:
    """All alternatives that have a summary against the base.

    Only replications that both have are compared. Raises KeyError when the base has no summary.
    """
    base = summaries[BASE]
    alternatives = tuple(name for name in summaries if name != BASE)
    values = values_compared(summaries)
    family = len(alternatives) * sum(METRICS[metric].by_chance for metric in values[BASE].columns)
    each = simultaneous(base.confidence, family)
    differences = _differences(values, alternatives, each)
    shared = sorted(set.intersection(*(set(summary.replications) for summary in summaries.values())))
    return Comparison(
        base=BASE,
        alternatives=alternatives,
        confidence=base.confidence,
        replications=tuple(shared),
        differences=differences,
        sentences=sentences_table(differences, study.study, base.confidence),
        cost_against_on_time=cost_against_on_time_table(summaries, values, base.confidence),
        ranking=ranking_table(values, base.confidence),
        notes=notes_table(base.confidence, family, each, len(shared)),
    )


def values_compared(summaries: Mapping[str, Summary]) -> dict[str, pd.DataFrame]:
    """By alternative: index replication, a column for each number compared that all of them have."""
    tables = {}
    for name, summary in summaries.items():
        table = summary.per_replication
        table = table[(table["scope"] == MAIN_SCOPE) | (table["metric"] == "cost_total")]
        wide = table.pivot(index="replication", columns="metric", values="value")
        tables[name] = wide.dropna(axis="columns", how="all")
    common = [metric for metric in METRICS_COMPARED if all(metric in wide for wide in tables.values())]
    return {name: wide[common] for name, wide in tables.items()}


def verdict(low: float, high: float, differences: np.ndarray) -> str:
    """What the interval shows; nothing while it holds 0 or there is no interval."""
    if len(differences) and not differences.any():
        return SAME
    if low > 0:
        return HIGHER
    return LOWER if high < 0 else UNDECIDED


def _differences(
    values: Mapping[str, pd.DataFrame], alternatives: tuple[str, ...], confidence: float
) -> pd.DataFrame:
    table = pd.DataFrame(
        [
            _difference(name, metric, values[BASE][metric], values[name][metric], confidence)
            for name in alternatives
            for metric in values[BASE].columns
        ]
    )
    return table.astype({"better": object})


def _difference(
    alternative: str, metric: str, base: pd.Series, other: pd.Series, confidence: float
) -> dict[str, object]:
    pairs = pd.concat([base, other], axis=1, join="inner").dropna().to_numpy(np.float64)
    x, y = pairs[:, 0], pairs[:, 1]
    difference, low, high = (float(part) for part in paired_interval(x, y, confidence)[:3])
    relative, relative_low, relative_high = relative_change(x, y, confidence)
    if not METRICS[metric].by_chance:
        low = high = difference
        relative_low = relative_high = relative
    shown = verdict(low, high, y - x)
    return {
        "alternative": alternative,
        "scope": "all" if metric == "cost_total" else MAIN_SCOPE,
        "metric": metric,
        "unit": METRICS[metric].unit,
        "base": x.mean() if len(x) else np.nan,
        "value": y.mean() if len(y) else np.nan,
        "difference": difference,
        "low": low,
        "high": high,
        "relative": relative,
        "relative_low": relative_low,
        "relative_high": relative_high,
        "verdict": shown,
        "better": _is_better(metric, shown),
        "replications": len(pairs),
    }


def _is_better(metric: str, shown: str) -> bool | None:
    if shown not in (LOWER, HIGHER) or not METRICS[metric].good:
        return None
    return shown == (HIGHER if METRICS[metric].good == "more" else LOWER)
