"""How many replications a wanted width of the intervals would take."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.intervals import t_factor
from sim.analysis.metrics import METRICS, METRICS_COMPARED
from sim.analysis.rows import happens

WANTED_POINTS = 0.01
"""Half-width wanted of a share: one percentage point."""
WANTED_PART = 0.05
"""Half-width wanted of other numbers, as a part of their mean."""
MOST_REPLICATIONS = 10_000
FEWEST_TO_ADVISE = 10
"""Below this many replications their spread is known too badly to say how many more are needed."""
METRICS_THAT_ADVISE = ("on_time_share", "cycle_working_mean")
"""Numbers that decide the advice: a rare count would ask for replications without end."""


def replication_advice_table(per_replication: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """One row for each number on which alternatives are compared; columns as in ``Summary``."""
    rows = []
    for metric in METRICS_COMPARED:
        table = per_replication[per_replication["metric"] == metric]
        if not happens(metric, table["value"]):
            continue
        for values in (part["value"].dropna().to_numpy() for _, part in table.groupby("scope", sort=False)):
            rows.append(_row(metric, values, confidence))
            break
    return pd.DataFrame(rows)


def replications_advised(advice: pd.DataFrame, replications: int) -> int:
    """Replications to run, from the table above and the number there are: ten first, then what it takes."""
    if replications < FEWEST_TO_ADVISE or advice.empty:
        return max(replications, FEWEST_TO_ADVISE)
    needed = advice.loc[advice["metric"].isin(METRICS_THAT_ADVISE), "replications_needed"]
    return max([replications, *(int(count) for count in needed)])


def replications_needed(values: NDArray[np.float64], half_width: float, confidence: float) -> int:
    """Replications after which Student's interval is expected to be no wider than +- ``half_width``.

    From the spread of the replications there are (Law 2015, section 9.4.1); 0 when there are fewer than two,
    ``MOST_REPLICATIONS`` when even these would not do.
    """
    if len(values) < 2:
        return 0
    deviation = float(np.std(values, ddof=1))
    counts = np.arange(2, MOST_REPLICATIONS + 1)
    enough = t_factor(confidence, counts) * deviation / np.sqrt(counts) <= half_width
    return int(counts[np.argmax(enough)]) if enough.any() else MOST_REPLICATIONS


def _row(metric: str, values: NDArray[np.float64], confidence: float) -> dict[str, object]:
    count = len(values)
    unit = METRICS[metric].unit
    wanted = (
        WANTED_POINTS if unit == "share" else WANTED_PART * abs(float(values.mean())) if count else np.nan
    )
    spread = float(np.std(values, ddof=1)) if count > 1 else np.nan
    half_width = float(t_factor(confidence, count)) * spread / np.sqrt(max(count, 1))
    return {
        "metric": metric,
        "unit": unit,
        "replications": count,
        "half_width": half_width,
        "wanted_half_width": wanted,
        "replications_needed": replications_needed(values, wanted, confidence),
        "enough": bool(half_width <= wanted),
    }
