"""The key numbers of an alternative: in all, by group, by commune and by day."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.cost import cost_quantities
from sim.analysis.counts import DAY_FIELDS, POOL_FIELDS, Counts
from sim.analysis.histograms import quantile_seconds
from sim.analysis.metrics import METRICS
from sim.analysis.quantities import (
    QUANTILES,
    Floats,
    Numbers,
    Quantity,
    Tally,
    as_floats,
    cycle_quantiles,
    dossier_quantities,
    left_counter_share,
    mean,
    number,
    ratio,
    share,
    tally,
    travel_quantities,
)
from sim.analysis.rows import stacked, table_of
from sim.analysis.setting import Setting
from sim.analysis.spread import decile_quantities
from sim.analysis.summary import MAIN_SCOPE, SCOPES

BY_SITE_METRICS = (
    "on_time_share",
    "overdue",
    "cycle_working_mean",
    "counter_wait_mean",
    "filed",
    "backlog_end",
    "visits_per_dossier",
    "online_share",
    "experienced_availability",
    "shuttles",
    "travel_km_per_visit",
    "travel_km_per_dossier",
    "travel_hours",
    "left_counter_share",
    "withdrawn_share",
    "escalated_per_1000",
    "apologies_per_1000",
    "filed_elsewhere_share",
)
BY_DAY_METRICS = (
    "filed",
    "finished",
    "backlog",
    "on_time_share_of_finished",
    "visits_per_dossier",
    "left_counter_share",
    "travel_km_per_visit",
    "travel_km_per_dossier",
    "travel_hours",
)
INTERNAL_METRICS = ("filed", "cycle_working_mean", "backlog_end")
WHOLE_SCOPE = "all"
"""Scope of the numbers that are not known by group: counters, pools and money serve everybody."""


def headline_quantities(counts: Counts, setting: Setting) -> dict[str, dict[str, Quantity]]:
    """For each scope the quantities of its one unit, by metric in the order of ``METRICS``."""
    by_scope = scope_quantities(counts, setting)
    found = {
        scope: {metric: _unit(quantity, place) for metric, quantity in by_scope.items()}
        for place, scope in enumerate(SCOPES)
    }
    found[WHOLE_SCOPE] |= _counter_quantiles(counts) | _utilisation(counts) | cost_quantities(counts, setting)
    found[MAIN_SCOPE] |= decile_quantities(site_tally(counts, setting))
    return {
        scope: {metric: quantities[metric] for metric in METRICS if metric in quantities}
        for scope, quantities in found.items()
    }


def scope_quantities(counts: Counts, setting: Setting) -> dict[str, Quantity]:
    """Numbers about dossiers with the scopes as units."""
    scopes = setting.scopes.astype(np.int64)
    flow = np.einsum("rsgf,kg->rkf", counts.flow, scopes)
    open_dossiers = np.einsum("rsg,kg->rk", counts.open_dossiers, scopes)
    overdue = np.einsum("rsg,kg->rk", counts.open_overdue, scopes)
    cycle = np.einsum("rgcb,kg->rkcb", counts.cycle, scopes)
    quantities = dossier_quantities(tally(flow, open_dossiers, overdue), setting)
    return quantities | cycle_quantiles(cycle, setting) | _backlogs(counts, setting)


def headline_table(quantities: dict[str, dict[str, Quantity]], setting: Setting) -> pd.DataFrame:
    """Columns: scope, value columns."""
    return stacked(
        table_of(pd.DataFrame({"scope": [scope]}), found, setting.confidence, found)
        for scope, found in quantities.items()
    )


def per_replication_table(quantities: dict[str, dict[str, Quantity]], counts: Counts) -> pd.DataFrame:
    """Columns: scope, metric, unit, replication, value, dossiers."""
    return stacked(
        pd.DataFrame(
            {
                "scope": scope,
                "metric": metric,
                "unit": METRICS[metric].unit,
                "replication": counts.replications,
                "value": quantity.values[0],
                "dossiers": quantity.dossiers[0].astype(np.int64),
            }
        )
        for scope, found in quantities.items()
        for metric, quantity in found.items()
    )


def by_group_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: group, counts_apart, value columns."""
    shown = ~setting.internal
    quantities = group_quantities(counts, setting, shown)
    keys = pd.DataFrame({"group": setting.groups, "counts_apart": setting.counts_apart})[shown]
    ordered = [metric for metric in METRICS if metric in quantities]
    return table_of(keys, quantities, setting.confidence, ordered)


def internal_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: group, value columns; the requests of the administration to itself."""
    keys = pd.DataFrame({"group": setting.groups})[setting.internal]
    quantities = group_quantities(counts, setting, setting.internal)
    return table_of(keys, quantities, setting.confidence, INTERNAL_METRICS)


def group_quantities(counts: Counts, setting: Setting, chosen: NDArray[np.bool_]) -> dict[str, Quantity]:
    """Numbers about dossiers with the chosen groups as units."""
    units = tally(
        counts.flow[:, :, chosen].sum(axis=1),
        counts.open_dossiers[:, :, chosen].sum(axis=1),
        counts.open_overdue[:, :, chosen].sum(axis=1),
    )
    return dossier_quantities(units, setting) | cycle_quantiles(counts.cycle[:, chosen], setting)


def by_site_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: site, name, kind, province, value columns; communes, groups that count in the total."""
    keys = setting.communes[["site", "name", "kind", "province"]]
    quantities = dossier_quantities(site_tally(counts, setting), setting)
    return table_of(keys, quantities, setting.confidence, BY_SITE_METRICS)


def site_tally(counts: Counts, setting: Setting) -> Tally:
    """Counts with the communes as units, groups that count in the total."""
    counted = setting.scopes[SCOPES.index(MAIN_SCOPE)]
    return tally(
        counts.flow[:, :, counted].sum(axis=2),
        counts.open_dossiers[:, :, counted].sum(axis=2),
        counts.open_overdue[:, :, counted].sum(axis=2),
    )


def by_day_table(counts: Counts, setting: Setting) -> pd.DataFrame:
    """Columns: scope, day, value columns; the days evaluated."""
    by_day = _scope_days(counts, setting)
    backlog = _backlog_by_day(by_day)
    evaluated = slice(setting.warm_up_days, None)
    day = {name: _units_first(by_day[:, :, evaluated, place]) for place, name in enumerate(DAY_FIELDS)}
    quantities = {
        "filed": number(day["arrived"]),
        "finished": number(day["finished"]),
        "backlog": number(_units_first(backlog[:, :, evaluated])),
        "on_time_share_of_finished": share(day["on_time"], day["with_deadline"]),
        "visits_per_dossier": mean(day["visits"], day["arrived"]),
        "left_counter_share": left_counter_share(day),
    } | travel_quantities(day)
    days = setting.evaluated_days.date
    keys = pd.DataFrame({"scope": np.repeat(SCOPES, len(days)), "day": np.tile(days, len(SCOPES))})
    return table_of(keys, quantities, setting.confidence, BY_DAY_METRICS)


def _scope_days(counts: Counts, setting: Setting) -> Numbers:
    """[replications, scopes, days, DAY_FIELDS]"""
    days: Numbers = np.einsum("rgdf,kg->rkdf", counts.by_day, setting.scopes.astype(np.int64))
    return days


def _backlog_by_day(by_day: Numbers) -> Numbers:
    """Filed and not finished at the end of each day: [replications, scopes, days]."""
    change = by_day[..., DAY_FIELDS.index("arrived")] - by_day[..., DAY_FIELDS.index("finished")]
    return np.asarray(change.cumsum(axis=-1))


def _backlogs(counts: Counts, setting: Setting) -> dict[str, Quantity]:
    backlog = _backlog_by_day(_scope_days(counts, setting))[:, :, setting.warm_up_days :]
    return {
        "backlog_mean": number(backlog.mean(axis=-1).T),
        "backlog_highest": number(backlog.max(axis=-1).T),
    }


def _counter_quantiles(counts: Counts) -> dict[str, Quantity]:
    citizens = as_floats(counts.counter_wait.sum(axis=-1))[None]
    return {
        f"counter_wait_{name}": Quantity(
            quantile_seconds(counts.counter_wait, probability)[None] / 60, citizens
        )
        for name, probability in QUANTILES.items()
    }


def _utilisation(counts: Counts) -> dict[str, Quantity]:
    totals = counts.pools.sum(axis=1)
    busy = totals[:, POOL_FIELDS.index("busy_ms")]
    available = totals[:, POOL_FIELDS.index("available_ms")]
    return {"utilisation": Quantity(ratio(busy, available)[None], np.zeros((1, len(busy))))}


def _units_first(by_scope_and_day: Numbers) -> Numbers:
    """[replications, scopes, days] as [scopes x days, replications]."""
    return by_scope_and_day.reshape(len(by_scope_and_day), -1).T


def _unit(quantity: Quantity, place: int) -> Quantity:
    def one(array: Floats) -> Floats:
        return array[place : place + 1]

    successes = None if quantity.successes is None else one(quantity.successes)
    return Quantity(one(quantity.values), one(quantity.dossiers), successes)
