"""What an alternative costs over the days evaluated: posts and links, and apart the time citizens wait.

Prices are the scenario's. What has no price there costs nothing here; nothing is assumed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.counts import FLOW_FIELDS, POOL_FIELDS, Counts
from sim.analysis.intervals import t_interval
from sim.analysis.quantities import Floats, Quantity, as_floats, ratio
from sim.analysis.rows import interval_rows, stacked
from sim.analysis.setting import DAYS_PER_MONTH, Setting

MS_PER_HOUR = 3_600_000.0


def cost_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: item, detail, value columns; total is posts and links."""
    paid = paid_items(counts, setting)
    items = paid | {("total", ""): total_cost(paid), ("citizens", ""): citizens_cost(counts, setting)}
    return stacked(
        interval_rows(
            pd.DataFrame({"item": [item], "detail": [detail]}),
            "cost",
            "vnd",
            t_interval(money[None], setting.confidence, 0.0),
        )
        for (item, detail), money in items.items()
    )


def cost_quantities(counts: Counts, setting: Setting) -> dict[str, Quantity]:
    """What the administration pays, in all and for each finished dossier, and citizens' time; one unit."""
    money = total_cost(paid_items(counts, setting))
    finished = _flow_total(counts, "finished")
    nobody = np.zeros((1, len(money)))
    return {
        "cost_total": Quantity(money[None], nobody),
        "cost_per_dossier": Quantity(ratio(money, finished)[None], finished[None]),
        "cost_citizens": Quantity(citizens_cost(counts, setting)[None], nobody),
    }


def paid_items(counts: Counts, setting: Setting) -> dict[tuple[str, str], Floats]:
    """What the administration pays, in VND by (item, detail): [replications]."""
    post_days = counts.pools[..., POOL_FIELDS.index("people")]
    paid = post_days * setting.pools["post_cost_per_month_vnd"].to_numpy() / DAYS_PER_MONTH
    kind = setting.pools["pool"].to_numpy()
    posts = {("posts", str(pool)): paid[:, kind == pool].sum(axis=1) for pool in pd.unique(kind)}
    links = float(setting.links["cost_per_month_vnd"].sum()) * setting.months
    return posts | {("links", ""): np.full(len(counts.replications), links)}


def citizens_cost(counts: Counts, setting: Setting) -> Floats:
    """Value in VND of the time that citizens of all groups wait at counters: [replications]."""
    return _flow_total(counts, "counter_wait_ms") / MS_PER_HOUR * setting.citizen_hour_vnd


def total_cost(items: dict[tuple[str, str], Floats]) -> Floats:
    """All items together: [replications]."""
    return as_floats(np.sum(list(items.values()), axis=0))


def _flow_total(counts: Counts, field: str) -> Floats:
    return as_floats(counts.flow[..., FLOW_FIELDS.index(field)].sum(axis=(1, 2)))
