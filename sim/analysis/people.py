"""People who are there and posts that are planned, day by day, by kind of pool."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.counts import STAFF_FIELDS, Counts
from sim.analysis.intervals import t_interval
from sim.analysis.quantities import as_floats
from sim.analysis.rows import interval_rows, stacked
from sim.analysis.setting import Setting


def people_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: pool, level, day, value columns; all sites of a kind of pool together, the days evaluated."""
    days = setting.evaluated_days.date
    keys = setting.kinds.loc[np.repeat(setting.kinds.index, len(days))].reset_index(drop=True)
    keys["day"] = np.tile(days, len(setting.kinds))
    return stacked(
        interval_rows(
            keys,
            metric,
            "people",
            t_interval(_by_kind_and_day(counts, setting, place), setting.confidence, 0.0),
        )
        for place, metric in enumerate(STAFF_FIELDS)
    )


def _by_kind_and_day(counts: Counts, setting: Setting, place: int) -> np.ndarray:
    """[kinds x days, replications]"""
    values = counts.staff[:, :, setting.warm_up_days :, place]
    return as_floats(values.reshape(len(counts.replications), -1).T)
