"""Communes by their on-time share, worst first, so that chance alone does not make a commune look bad."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.intervals import clustered_share_interval, simultaneous
from sim.analysis.quantities import Tally
from sim.analysis.setting import Setting
from sim.analysis.spread import corrected_shares, on_time_counts


def worst_communes_table(communes: Tally, setting: Setting) -> pd.DataFrame:
    """All communes with dossiers whose punctuality is decided; columns as in ``Summary``.

    The order is that of shares drawn towards the mean by what is known of each commune
    (``sim.analysis.spread.corrected_shares``). The intervals hold for all communes at once, so that the worst
    of many is not shown as bad because it was picked as the worst.
    """
    on_time, decided = on_time_counts(communes)
    replications = max(decided.shape[1], 1)
    confidence = simultaneous(setting.confidence, int((decided.sum(axis=1) > 0).sum()))
    interval = clustered_share_interval(on_time, decided, confidence)
    table = setting.communes[["site", "name", "kind", "province"]].assign(
        dossiers=decided.sum(axis=1) / replications,
        late=(decided - on_time).sum(axis=1) / replications,
        on_time_share=interval.value,
        low=interval.low,
        high=interval.high,
        ranked_by=corrected_shares(on_time, decided),
        worse_than_mean=interval.high < on_time.sum() / max(decided.sum(), 1.0),
    )
    table = table[table["dossiers"] > 0].sort_values(["ranked_by", "site"], ignore_index=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table
