"""What the planner wants to reach: met, not met, or undecided at the study's confidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.counts import Counts
from sim.analysis.quantities import Quantity, dossier_quantities, tally
from sim.analysis.rows import quantity_rows, stacked
from sim.analysis.setting import Setting
from sim.analysis.summary import MAIN_SCOPE, SCOPES

MET, NOT_MET, UNDECIDED = "met", "not_met", "undecided"


def targets_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: target, title_en, title_vi, wanted, goal, verdict, value columns.

    A target is about the groups that count in the total, less those that it leaves out.
    """
    return stacked(_row(name, target, counts, setting) for name, target in setting.targets.items())


def verdict(wanted: str, goal: float, low: float, high: float) -> str:
    """'met' or 'not_met' only when the whole interval is on one side of the goal."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return UNDECIDED
    met, missed = (low >= goal, high < goal) if wanted == "at_least" else (high <= goal, low > goal)
    return MET if met else NOT_MET if missed else UNDECIDED


def _row(name: str, target: Mapping[str, Any], counts: Counts, setting: Setting) -> pd.DataFrame:
    wanted = "at_least" if target.get("at_least") is not None else "at_most"
    title = target.get("title") or {}
    keys = pd.DataFrame(
        {
            "target": [name],
            "title_en": title.get("en") or name,
            "title_vi": title.get("vi") or name,
            "wanted": wanted,
            "goal": float(target[wanted]),
        }
    )
    quantity = _quantity(target["metric"], tuple(target.get("without") or ()), counts, setting)
    row = quantity_rows(keys, target["metric"], quantity, setting.confidence)
    row.insert(
        5,
        "verdict",
        [verdict(wanted, *values) for values in zip(row["goal"], row["low"], row["high"], strict=True)],
    )
    return row


def _quantity(metric: str, without: tuple[str, ...], counts: Counts, setting: Setting) -> Quantity:
    left_out = np.isin(np.array(setting.groups), without)
    chosen = setting.scopes[SCOPES.index(MAIN_SCOPE)] & ~left_out
    units = tally(
        counts.flow[:, :, chosen].sum(axis=(1, 2))[:, None],
        counts.open_dossiers[:, :, chosen].sum(axis=(1, 2))[:, None],
        counts.open_overdue[:, :, chosen].sum(axis=(1, 2))[:, None],
    )
    return dossier_quantities(units, setting)[metric]
