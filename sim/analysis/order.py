"""Which alternatives can be put in an order, and which cannot: ranks, and cost against on-time share."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.intervals import paired_interval, simultaneous
from sim.analysis.metrics import METRICS
from sim.analysis.summary import Summary

COST, ON_TIME = "cost_total", "on_time_share"
FRONT, BEATEN, UNDECIDED = "front", "beaten", "undecided"
COST_COLUMNS = ("cost", "cost_low", "cost_high")
ON_TIME_COLUMNS = ("on_time_share", "on_time_low", "on_time_high")
STANDING_COLUMNS = ("alternative", *COST_COLUMNS, *ON_TIME_COLUMNS, "standing", "beaten_by")

Order = NDArray[np.bool_]
"""[alternatives, alternatives]: whether the row is shown to be better than the column."""


def ranking_table(values: Mapping[str, pd.DataFrame], confidence: float) -> pd.DataFrame:
    """Columns: metric, alternative, value, rank_best, rank_worst; best possible rank first.

    For each number the intervals of all pairs of alternatives hold together with ``confidence``.
    """
    names = list(values)
    rows = []
    for metric in (metric for metric in values[names[0]].columns if METRICS[metric].good):
        better = shown_better(values, metric, simultaneous(confidence, _pairs(len(names))))
        table = pd.DataFrame({"metric": metric, "alternative": names})
        table["value"] = [values[name][metric].mean() for name in names]
        table["rank_best"] = 1 + better.sum(axis=0)
        table["rank_worst"] = len(names) - better.sum(axis=1)
        rows.append(table.sort_values(["rank_best", "rank_worst"], kind="stable"))
    return pd.concat(rows, ignore_index=True)


def cost_against_on_time_table(
    summaries: Mapping[str, Summary], values: Mapping[str, pd.DataFrame], confidence: float
) -> pd.DataFrame:
    """Columns as in ``Comparison``; empty when no procedure has a deadline.

    The intervals of the on-time share of all pairs hold together with ``confidence``, and those of the cost
    where it differs between replications.
    """
    names = list(values)
    if ON_TIME not in values[names[0]]:
        return pd.DataFrame(columns=list(STANDING_COLUMNS))
    each = simultaneous(confidence, _pairs(len(names)))
    cheaper, same_cost = shown_better(values, COST, each), _same(values, COST)
    earlier, same_on_time = shown_better(values, ON_TIME, each), _same(values, ON_TIME)
    beats = (cheaper & (earlier | same_on_time)) | (earlier & same_cost)
    cannot_beat = cheaper.T | earlier.T | (same_cost & same_on_time)
    rows = []
    for place, name in enumerate(names):
        others = np.arange(len(names)) != place
        beaten_by = np.flatnonzero(beats[:, place])
        standing = FRONT if cannot_beat[others, place].all() else UNDECIDED
        rows.append(
            {
                "alternative": name,
                **_limits(summaries[name], COST, COST_COLUMNS),
                **_limits(summaries[name], ON_TIME, ON_TIME_COLUMNS),
                "standing": BEATEN if len(beaten_by) else standing,
                "beaten_by": names[beaten_by[0]] if len(beaten_by) else "",
            }
        )
    return pd.DataFrame(rows)


def shown_better(values: Mapping[str, pd.DataFrame], metric: str, confidence: float) -> Order:
    """Pairs whose whole interval of the paired difference is on the good side of 0.

    For a number that is planned, not by chance, the difference itself decides.
    """
    names = list(values)
    by_chance = is_by_chance(values, metric)
    sign = 1.0 if METRICS[metric].good == "more" else -1.0
    better = np.zeros((len(names), len(names)), dtype=np.bool_)
    for one, other in permutations(range(len(names)), 2):
        x, y = _paired(values[names[other]][metric], values[names[one]][metric])
        gain = paired_interval(sign * x, sign * y, confidence)
        better[one, other] = bool((gain.low if by_chance else gain.value) > 0)
    return better


def is_by_chance(values: Mapping[str, pd.DataFrame], metric: str) -> bool:
    """Whether a number is not planned alone: overtime and vacant posts make even the cost differ."""
    return METRICS[metric].by_chance or any(table[metric].nunique() > 1 for table in values.values())


def _same(values: Mapping[str, pd.DataFrame], metric: str) -> Order:
    """Pairs that are equal in every replication; a single one proves it only of what is planned."""
    needed = 2 if is_by_chance(values, metric) else 1
    names = list(values)
    same = np.zeros((len(names), len(names)), dtype=np.bool_)
    for one, other in permutations(range(len(names)), 2):
        x, y = _paired(values[names[one]][metric], values[names[other]][metric])
        same[one, other] = len(x) >= needed and bool((x == y).all())
    return same


def _paired(one: pd.Series, other: pd.Series) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    pairs = pd.concat([one, other], axis=1, join="inner").dropna().to_numpy(np.float64)
    return pairs[:, 0], pairs[:, 1]


def _limits(summary: Summary, metric: str, names: tuple[str, ...]) -> dict[str, float]:
    table = summary.headline
    row = table[table["metric"] == metric].iloc[0]
    return dict(zip(names, (float(row[column]) for column in ("value", "low", "high")), strict=True))


def _pairs(alternatives: int) -> int:
    return alternatives * (alternatives - 1) // 2
