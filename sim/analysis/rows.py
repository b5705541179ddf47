"""Tidy tables from quantities: leading columns that say what a number is about, then the value columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sim.analysis.intervals import Interval
from sim.analysis.metrics import METRICS
from sim.analysis.quantities import Quantity
from sim.analysis.summary import VALUE_COLUMNS


def quantity_rows(keys: pd.DataFrame, metric: str, quantity: Quantity, confidence: float) -> pd.DataFrame:
    """One row for each unit of the quantity; ``keys`` has a row for each unit, in the same order."""
    interval = quantity.interval(metric, confidence)
    return interval_rows(keys, metric, METRICS[metric].unit, interval, quantity.dossiers.sum(axis=-1))


def interval_rows(
    keys: pd.DataFrame, metric: str, unit: str, interval: Interval, dossiers: object = 0
) -> pd.DataFrame:
    """One row for each unit of an interval."""
    return keys.assign(
        metric=metric,
        value=interval.value,
        low=interval.low,
        high=interval.high,
        unit=unit,
        replications=interval.replications,
        dossiers=np.asarray(dossiers).astype(np.int64),
    )


def table_of(
    keys: pd.DataFrame, quantities: Mapping[str, Quantity], confidence: float, metrics: Iterable[str]
) -> pd.DataFrame:
    """Rows of several metrics, unit by unit.

    Units for which a number does not exist are left out, and what never happens to any of them.
    """
    tables = [
        quantity_rows(keys, metric, quantities[metric], confidence).assign(_unit=range(len(keys)))
        for metric in metrics
        if happens(metric, quantities[metric].values)
    ]
    if keys.empty or not tables:
        return pd.DataFrame(columns=[*keys.columns, *VALUE_COLUMNS])
    whole = stacked(tables).sort_values("_unit", kind="stable").drop(columns="_unit")
    return whole[whole["replications"] > 0].reset_index(drop=True)


def happens(metric: str, values: ArrayLike) -> bool:
    """Whether a number has something to tell: not when its rule is missing and all values are 0."""
    return METRICS[metric].always or bool(np.nan_to_num(np.asarray(values, np.float64)).any())


def stacked(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Tables of one shape, one below the other."""
    kept = [table for table in tables if len(table)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=list(VALUE_COLUMNS))
