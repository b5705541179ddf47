"""The alternatives against the base, paired by replication on common random numbers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.analysis.changes_by_area import changes_by_area_table
from sim.analysis.intervals import paired_interval, relative_change, simultaneous
from sim.analysis.metrics import METRICS, METRICS_COMPARED
from sim.analysis.order import cost_against_on_time_table, is_by_chance, ranking_table
from sim.analysis.resilience import resilience_table, shock_provinces_table, shocks_table
from sim.analysis.rows import happens
from sim.analysis.sentences import notes_table, sentences_table
from sim.analysis.shocks import shocks_of
from sim.analysis.summary import MAIN_SCOPE, Comparison, Summary
from sim.analysis.verdicts import HIGHER, LOWER, verdict
from sim.record.store import StudyRecords

BASE = "base"


def compare(study: StudyRecords, summaries: Mapping[str, Summary]) -> Comparison:
    """All alternatives that have a summary against the base.

    Only replications that both have are compared. Raises KeyError when the base has no summary.
    """
    base = summaries[BASE]
    alternatives = tuple(name for name in summaries if name != BASE)
    values = values_compared(summaries)
    family = len(alternatives) * sum(is_by_chance(values, metric) for metric in values[BASE].columns)
    each = simultaneous(base.confidence, family)
    differences = _differences(values, alternatives, each)
    shocks = shocks_of(study, summaries, BASE)
    shared = sorted(set.intersection(*(set(summary.replications) for summary in summaries.values())))
    return Comparison(
        base=BASE,
        alternatives=alternatives,
        confidence=base.confidence,
        replications=tuple(shared),
        differences=differences,
        by_area=changes_by_area_table(summaries, BASE),
        sentences=sentences_table(differences, study.study, base.confidence),
        cost_against_on_time=cost_against_on_time_table(summaries, values, base.confidence),
        ranking=ranking_table(values, base.confidence),
        shocks=shocks_table(shocks, summaries, BASE),
        resilience=resilience_table(shocks, base.confidence),
        shock_provinces=shock_provinces_table(shocks, summaries, BASE, study.alternatives[BASE]),
        notes=notes_table(differences, base.confidence, family, each, len(shared)),
    )


def values_compared(summaries: Mapping[str, Summary]) -> dict[str, pd.DataFrame]:
    """By alternative: index replication, a column for each number compared that all have and any shows."""
    tables = {}
    for name, summary in summaries.items():
        table = summary.per_replication
        table = table[(table["scope"] == MAIN_SCOPE) | (table["metric"] == "cost_total")]
        wide = table.pivot(index="replication", columns="metric", values="value")
        tables[name] = wide.dropna(axis="columns", how="all")
    common = [metric for metric in METRICS_COMPARED if all(metric in wide for wide in tables.values())]
    shown = [metric for metric in common if any(happens(metric, wide[metric]) for wide in tables.values())]
    return {name: wide[shown] for name, wide in tables.items()}


def _differences(
    values: Mapping[str, pd.DataFrame], alternatives: tuple[str, ...], confidence: float
) -> pd.DataFrame:
    table = pd.DataFrame(
        [
            _difference(name, metric, values, confidence)
            for name in alternatives
            for metric in values[BASE].columns
        ]
    )
    return table.astype({"better": object})


def _difference(
    alternative: str, metric: str, values: Mapping[str, pd.DataFrame], confidence: float
) -> dict[str, object]:
    by_chance = is_by_chance(values, metric)
    pairs = (
        pd.concat([values[BASE][metric], values[alternative][metric]], axis=1, join="inner")
        .dropna()
        .to_numpy(np.float64)
    )
    x, y = pairs[:, 0], pairs[:, 1]
    difference, low, high = (float(part) for part in paired_interval(x, y, confidence)[:3])
    relative, relative_low, relative_high = relative_change(x, y, confidence)
    if not by_chance:
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
        "by_chance": by_chance,
        "replications": len(pairs),
    }


def _is_better(metric: str, shown: str) -> bool | None:
    if shown not in (LOWER, HIGHER) or not METRICS[metric].good:
        return None
    return shown == (HIGHER if METRICS[metric].good == "more" else LOWER)
