"""What an alternative costs over the days evaluated: posts, overtime, links, support; apart citizens' time.

Prices are the scenario's. What has no price there costs nothing here; nothing is assumed. A post costs the
same whether its holder is there or away.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sim.analysis.counts import FLOW_FIELDS, POOL_FIELDS, Counts
from sim.analysis.intervals import t_interval
from sim.analysis.quantities import Floats, Quantity, as_floats, ratio
from sim.analysis.rows import interval_rows, stacked
from sim.analysis.setting import DAYS_PER_MONTH, MS_PER_HOUR, OVERTIME, Setting

CITIZENS = ("citizens", "")


def cost_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: item, detail, value columns; total is posts, overtime, links and support.

    The time of citizens is given as a whole and, where they travel, waiting and travelling apart.
    """
    paid = paid_items(counts, setting)
    sums = {(item, ""): total_cost(paid, item) for item in ("posts", "overtime", "support")}
    items = (
        paid
        | {item: money for item, money in sums.items() if money.any()}
        | {("total", ""): total_cost(paid)}
        | citizens_items(counts, setting)
    )
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
    finished = _flow_total(counts, setting, "finished")
    nobody = np.zeros((1, len(money)))
    return {
        "cost_total": Quantity(money[None], nobody),
        "cost_per_dossier": Quantity(ratio(money, finished)[None], finished[None]),
        "cost_citizens": Quantity(citizens_items(counts, setting)[CITIZENS][None], nobody),
    }


def paid_items(counts: Counts, setting: Setting) -> dict[tuple[str, str], Floats]:
    """What the administration pays, in VND by (item, detail): [replications]."""
    links = float(setting.links["cost_per_month_vnd"].sum()) * setting.months
    return {
        **_by_kind("posts", _posts_cost(counts, setting), setting),
        **_by_kind("overtime", _overtime_cost(counts, setting), setting),
        ("links", ""): np.full(len(counts.replications), links),
        **_support_cost(counts, setting),
    }


def _support_cost(counts: Counts, setting: Setting) -> dict[tuple[str, str], Floats]:
    """Agents and mobile teams that have a price, by kind; the detail is the kind or the name of teams."""
    helpers = setting.helpers
    money = helpers["number"] * helpers["cost_per_month_vnd"] * setting.months
    detail = helpers["name"].where(helpers["name"] != "", helpers["kind"])
    return {
        ("support", str(name)): np.full(len(counts.replications), float(each))
        for name, each in zip(detail, money, strict=True)
        if each > 0
    }


def _posts_cost(counts: Counts, setting: Setting) -> Floats:
    """[replications, pools]"""
    days = counts.pools[..., POOL_FIELDS.index("posts")]
    return as_floats(days * setting.pools["post_cost_per_month_vnd"].to_numpy() / DAYS_PER_MONTH)


def _overtime_cost(counts: Counts, setting: Setting) -> Floats:
    """[replications, pools]"""
    hours = counts.pools[..., POOL_FIELDS.index("busy_ms")] / MS_PER_HOUR
    return as_floats(hours * setting.pools["overtime_cost_per_hour_vnd"].to_numpy())


def _by_kind(item: str, money: Floats, setting: Setting) -> dict[tuple[str, str], Floats]:
    """Money of the pools by kind: posts of those that have posts, overtime of the others."""
    kind = setting.pools["pool"].to_numpy()
    chosen = [str(pool) for pool in pd.unique(kind) if pool.endswith(OVERTIME) == (item == "overtime")]
    return {(item, pool): money[:, kind == pool].sum(axis=1) for pool in chosen}


def citizens_items(counts: Counts, setting: Setting) -> dict[tuple[str, str], Floats]:
    """Value in VND of the time that citizens wait at counters and travel, all groups: [replications]."""
    parts = {
        ("citizens", detail): _flow_total(counts, setting, field) / MS_PER_HOUR * setting.citizen_hour_vnd
        for detail, field in (("waiting", "counter_wait_ms"), ("travel", "travel_ms"))
    }
    travels = bool(parts["citizens", "travel"].any())
    return {CITIZENS: as_floats(np.sum(list(parts.values()), axis=0))} | (parts if travels else {})


def total_cost(items: dict[tuple[str, str], Floats], of: str = "") -> Floats:
    """All that is paid together, or all of one item: [replications]."""
    chosen = [money for (item, _), money in items.items() if of in ("", item)]
    return as_floats(np.sum(chosen, axis=0)) if chosen else np.zeros_like(items["links", ""])


def _flow_total(counts: Counts, setting: Setting, field: str) -> Floats:
    """All groups but the internal ones: [replications]."""
    by_group = counts.flow[..., FLOW_FIELDS.index(field)].sum(axis=1)
    return as_floats(by_group[:, ~setting.internal].sum(axis=1))
