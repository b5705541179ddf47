"""People who are there and posts that are filled, day by day, by kind of pool."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.counts import STAFF_FIELDS, Counts
from sim.analysis.intervals import t_interval
from sim.analysis.quantities import as_floats
from sim.analysis.rows import interval_rows, stacked
from sim.analysis.setting import Setting


def people_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: pool, level, day, value columns; all sites of a kind of pool together.

    Of the days evaluated those on which offices are open.
    """
    shown = setting.office_open & (np.arange(len(setting.days)) >= setting.warm_up_days)
    days = setting.days[shown].date
    keys = setting.kinds.loc[np.repeat(setting.kinds.index, len(days))].reset_index(drop=True)
    keys["day"] = np.tile(days, len(setting.kinds))
    tables = []
    for place, metric in enumerate(STAFF_FIELDS):
        by_day = as_floats(counts.staff[:, :, shown, place].reshape(len(counts.replications), -1).T)
        tables.append(interval_rows(keys, metric, "people", t_interval(by_day, setting.confidence, 0.0)))
    return stacked(tables)
