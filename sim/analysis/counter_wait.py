"""How long citizens wait at counters: the distribution, in classes that people think in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.counts import Counts
from sim.analysis.histograms import regrouped
from sim.analysis.intervals import t_interval
from sim.analysis.quantities import ratio
from sim.analysis.rows import interval_rows
from sim.analysis.setting import Setting

LIMITS_MINUTES = (0.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 90.0, 120.0, 180.0, 240.0, np.inf)


def counter_wait_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: from_minutes, to_minutes, value columns; opening hours, all groups, whole run."""
    limits = np.array(LIMITS_MINUTES)
    classes = regrouped(counts.counter_wait, limits * 60).T
    citizens = classes.sum(axis=0)
    keys = pd.DataFrame({"from_minutes": limits[:-1], "to_minutes": limits[1:]})
    measures = (("share_in_bin", classes), ("share_up_to", classes.cumsum(axis=0)))
    return pd.concat(
        [
            interval_rows(
                keys,
                metric,
                "share",
                t_interval(
                    ratio(counted, np.broadcast_to(citizens, counted.shape)), setting.confidence, 0.0, 1.0
                ),
                int(citizens.sum()),
            )
            for metric, counted in measures
        ],
        ignore_index=True,
    )
