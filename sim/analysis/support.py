"""Support: problems at the sites, who solved them and how soon, and how far the mobile teams drove."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from pandas.api.typing import SeriesGroupBy

from sim.analysis.intervals import t_interval
from sim.analysis.rows import interval_rows, stacked
from sim.analysis.setting import MS_PER_HOUR, Setting
from sim.analysis.summary import VALUE_COLUMNS
from sim.record.store import AlternativeRecords

PROBLEM, SOLVED_BY, TEAM = "problem", "solved_by", "team"
KEYS = ["subject", "name"]
ALL = ""
TICKET_METRICS: Mapping[str, str] = {
    "tickets": "count",
    "tickets_open": "count",
    "hours_to_solve": "hours",
    "hours_for_team": "hours",
}
SOLVED_METRICS: Mapping[str, str] = {"tickets": "count", "hours_to_solve": "hours"}
TEAM_METRICS: Mapping[str, str] = {
    "trips": "count",
    "km_driven": "km",
    "hours_on_the_way": "hours",
    "hours_on_site": "hours",
}


def support_table(tickets: pd.DataFrame, trips: pd.DataFrame, setting: Setting) -> pd.DataFrame:
    """Columns: subject, name, value columns; see ``Summary``. The tables are those of ``read_support``."""
    solved = tickets[tickets["solved_ms"] >= 0]
    of_tickets = (
        (PROBLEM, tickets.assign(name=ALL), TICKET_METRICS),
        (PROBLEM, tickets.assign(name=tickets["problem"]), TICKET_METRICS),
        (SOLVED_BY, solved.assign(name=solved["solved_by"]), SOLVED_METRICS),
    )
    rows = [
        *(_rows(subject, _ticket_values(table), metrics, setting) for subject, table, metrics in of_tickets),
        _rows(TEAM, _trip_values(trips.assign(name=trips["team"])), TEAM_METRICS, setting),
    ]
    found = [table for tables in rows for table in tables]
    return stacked(found) if any(map(len, found)) else pd.DataFrame(columns=[*KEYS, *VALUE_COLUMNS])


def _ticket_values(tickets: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Numbers of tickets by metric: tables [names, replications]."""
    solved = tickets[tickets["solved_ms"] >= 0]
    by_team = solved[solved["solved_by"] == TEAM]
    return {
        "tickets": _sums(tickets, tickets["opened_ms"] * 0 + 1),
        "tickets_open": _sums(tickets, tickets["solved_ms"] < 0),
        "hours_to_solve": _means(solved, (solved["solved_ms"] - solved["opened_ms"]) / MS_PER_HOUR),
        "hours_for_team": _means(by_team, (by_team["solved_ms"] - by_team["waits_since_ms"]) / MS_PER_HOUR),
    }


def _trip_values(trips: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Numbers of ways by metric: tables [names, replications]."""
    return {
        "trips": _sums(trips, trips["km"] * 0 + 1),
        "km_driven": _sums(trips, trips["km"]),
        "hours_on_the_way": _sums(trips, (trips["arrived_ms"] - trips["left_ms"]) / MS_PER_HOUR),
        "hours_on_site": _sums(trips, trips["worked_ms"] / MS_PER_HOUR),
    }


def _sums(rows: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    """[names, replications]; 0 where nothing happened."""
    return _by_name(rows, values).sum().unstack("replication").fillna(0.0)


def _means(rows: pd.DataFrame, values: pd.Series) -> pd.DataFrame:
    """[names, replications]; NaN where nothing happened."""
    return _by_name(rows, values).mean().unstack("replication")


def _by_name(rows: pd.DataFrame, values: pd.Series) -> SeriesGroupBy[Any, Any]:
    keys = pd.MultiIndex.from_arrays([rows["name"].astype(object), rows["replication"]])
    series = pd.Series(values.to_numpy(np.float64), keys)
    return series.groupby(level=["name", "replication"], observed=False)


def _rows(
    subject: str, found: Mapping[str, pd.DataFrame], metrics: Mapping[str, str], setting: Setting
) -> list[pd.DataFrame]:
    names = list(next(iter(found.values())).index)
    tables = []
    for metric, unit in metrics.items():
        values = found[metric].reindex(names)
        if values.notna().to_numpy().any():
            keys = pd.DataFrame({"subject": subject, "name": names})
            interval = t_interval(values.to_numpy(np.float64), setting.confidence, 0.0)
            tables.append(interval_rows(keys, metric, unit, interval))
    return tables


def team_routes_table(trips: pd.DataFrame) -> pd.DataFrame:
    """Columns: team, from, to, trips (mean of the replications), km (their mean)."""
    replications = len(trips["replication"].cat.categories)
    routes = trips.groupby(["team", "from", "to"], as_index=False).agg(
        trips=("km", "size"), km=("km", "mean")
    )
    return routes.assign(trips=routes["trips"] / replications)


def read_support(
    records: AlternativeRecords, name: str, replications: Sequence[int], since: str, setting: Setting
) -> pd.DataFrame:
    """A table of all replications, of what began (column ``since``) in the days evaluated."""
    tables = [records.table(name, number).assign(replication=number) for number in replications]
    whole = pd.concat(tables, ignore_index=True)
    whole["replication"] = pd.Categorical(whole["replication"], categories=list(replications))
    return whole[whole[since] >= setting.warm_up_ms]
