"""Numbers of provinces: those of their communes together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.analysis.quantities import Numbers, Tally, dossier_quantities
from sim.analysis.rows import table_of
from sim.analysis.setting import Setting

PROVINCE_METRICS = ("on_time_share", "overdue", "cycle_working_mean", "filed", "backlog_end", "online_share")


def by_province_table(communes: Tally, setting: Setting) -> pd.DataFrame:
    """Columns: province (its name), value columns."""
    names, provinces = province_tally(communes, setting)
    quantities = dossier_quantities(provinces, setting)
    return table_of(pd.DataFrame({"province": names}), quantities, setting.confidence, PROVINCE_METRICS)


def late_by_province_table(communes: Tally, replications: Sequence[int], setting: Setting) -> pd.DataFrame:
    """Columns: province, replication, late (finished late, or open past the deadline)."""
    names, provinces = province_tally(communes, setting)
    late = dossier_quantities(provinces, setting)["overdue"].values
    return pd.DataFrame(
        {
            "province": np.repeat(np.array(names, dtype=object), len(replications)),
            "replication": np.tile(np.array(replications), len(names)),
            "late": late.ravel().astype(np.int64),
        }
    )


def province_tally(communes: Tally, setting: Setting) -> tuple[list[str], Tally]:
    """Names of the provinces in order of their first commune, and counts with them as units."""
    place, names = pd.factorize(setting.communes["province"])

    def added(counts: Numbers) -> Numbers:
        sums = np.zeros((len(names), counts.shape[1]), np.int64)
        np.add.at(sums, place, counts.astype(np.int64))
        return sums

    flow = {field: added(counts) for field, counts in communes.flow.items()}
    return list(names), Tally(flow, added(communes.open_dossiers), added(communes.open_overdue))
