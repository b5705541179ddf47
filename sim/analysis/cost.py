"""What an alternative costs over the days evaluated: posts, links, and the time citizens wait at counters.

Prices are the scenario's. What has no price there costs nothing here; nothing is assumed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.counts import FLOW_FIELDS, Counts
from sim.analysis.intervals import t_interval
from sim.analysis.quantities import Floats, Quantity, as_floats, ratio
from sim.analysis.rows import interval_rows, stacked
from sim.analysis.setting import Setting

MS_PER_HOUR = 3_600_000.0


def cost_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: item, detail, value columns."""
    items = cost_items(counts, setting)
    rows = [
        interval_rows(
            pd.DataFrame({"item": [item], "detail": [detail]}),
            "cost",
            "vnd",
            t_interval(money[None], setting.confidence),
        )
        for (item, detail), money in items.items()
    ]
    total = t_interval(total_cost(items)[None], setting.confidence)
    keys = pd.DataFrame({"item": ["total"], "detail": [""]})
    return stacked([*rows, interval_rows(keys, "cost", "vnd", total)])


def cost_quantities(counts: Counts, setting: Setting) -> dict[str, Quantity]:
    """Cost in all and for each finished dossier of any group, with one unit."""
    money = total_cost(cost_items(counts, setting))
    finished = _flow_total(counts, "finished")
    return {
        "cost_total": Quantity(money[None], np.zeros((1, len(money)))),
        "cost_per_dossier": Quantity(ratio(money, finished)[None], finished[None]),
    }


def cost_items(counts: Counts, setting: Setting) -> dict[tuple[str, str], Floats]:
    """Money in VND by (item, detail): [replications]."""
    always = np.ones(len(counts.replications))
    per_month = setting.pools["headcount"] * setting.pools["post_cost_per_month_vnd"]
    by_pool = per_month.groupby(setting.pools["pool"], sort=False).sum()
    posts = {("posts", str(pool)): always * money * setting.months for pool, money in by_pool.items()}
    links = float(setting.links["cost_per_month_vnd"].sum()) * setting.months
    waiting_hours = _flow_total(counts, "counter_wait_ms") / MS_PER_HOUR
    return posts | {
        ("links", ""): always * links,
        ("citizens", ""): waiting_hours * setting.citizen_hour_vnd,
    }


def total_cost(items: dict[tuple[str, str], Floats]) -> Floats:
    """All items together: [replications]."""
    return as_floats(np.sum(list(items.values()), axis=0))


def _flow_total(counts: Counts, field: str) -> Floats:
    return as_floats(counts.flow[..., FLOW_FIELDS.index(field)].sum(axis=(1, 2)))
