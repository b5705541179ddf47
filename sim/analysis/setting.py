"""What every number of an alternative refers to: places, groups, days, prices, in the order of all arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.summary import INHERITED_GROUP, SCOPES
from sim.record.store import AlternativeRecords

DAYS_PER_MONTH = 365.25 / 12
MS_PER_HOUR, MS_PER_DAY = 3_600_000, 86_400_000
OVERTIME = "_overtime"
"""End of the name of a pool whose people are those of another one, after hours."""


@dataclass(frozen=True)
class Setting:
    """The axes of the counts and what is needed to read them.

    ``communes`` (the areas that dossiers are counted for) and ``pools`` are tables whose row number is the
    index in the arrays; ``groups`` end with the inherited backlog. Internal groups are requests of the
    administration to itself: in no scope, and in no number but those of their own.
    """

    confidence: float
    warm_up_days: int
    days: pd.DatetimeIndex
    office_ms_per_working_day: float
    office_open: NDArray[np.bool_]
    groups: tuple[str, ...]
    counts_apart: NDArray[np.bool_]
    internal: NDArray[np.bool_]
    communes: pd.DataFrame
    pools: pd.DataFrame
    links: pd.DataFrame
    helpers: pd.DataFrame
    citizen_hour_vnd: float
    targets: Mapping[str, Mapping[str, Any]]

    @property
    def evaluated_days(self) -> pd.DatetimeIndex:
        """The days after the warm-up."""
        return self.days[self.warm_up_days :]

    @property
    def months(self) -> float:
        """Length of the days evaluated, in mean months of the calendar."""
        return len(self.evaluated_days) / DAYS_PER_MONTH

    @property
    def warm_up_ms(self) -> int:
        return self.warm_up_days * MS_PER_DAY

    @property
    def horizon_ms(self) -> int:
        return len(self.days) * MS_PER_DAY

    @cached_property
    def mondays(self) -> pd.DatetimeIndex:
        """Mondays of the weeks that have evaluated days."""
        return pd.DatetimeIndex(self._monday_of_day[self.warm_up_days :].unique())

    @cached_property
    def week_of_day(self) -> NDArray[np.int64]:
        """For each day the number of its week in ``mondays``; -1 in the warm-up where there is none."""
        return np.asarray(self.mondays.get_indexer(self._monday_of_day), dtype=np.int64)

    @property
    def _monday_of_day(self) -> pd.DatetimeIndex:
        return self.days - pd.to_timedelta(self.days.day_of_week, unit="D")

    @cached_property
    def scopes(self) -> NDArray[np.bool_]:
        """Which groups are in which scope: [SCOPES, groups]."""
        inherited = np.array([name == INHERITED_GROUP for name in self.groups])
        filed = ~inherited & ~self.internal
        by_name = {"counted": filed & ~self.counts_apart, "all": filed, "inherited": inherited}
        return np.array([by_name[scope] for scope in SCOPES])

    @cached_property
    def travel_ms_per_metre(self) -> NDArray[np.float64]:
        """Time that citizens of each commune need for a metre of their way."""
        return np.asarray(MS_PER_HOUR / (1000 * self.communes["travel_speed_kmh"]), dtype=np.float64)

    @cached_property
    def kinds(self) -> pd.DataFrame:
        """Kinds of pools: pool, level; in the order of ``pools``."""
        return self.pools[["pool", "level"]].drop_duplicates().reset_index(drop=True)

    @cached_property
    def kind_of_pool(self) -> NDArray[np.int64]:
        """Row in ``kinds`` of each pool."""
        own = pd.MultiIndex.from_frame(self.pools[["pool", "level"]])
        return np.asarray(pd.MultiIndex.from_frame(self.kinds).get_indexer(own), dtype=np.int64)

    def day(self, number: int) -> date:
        """A day by its number, negative ones from the end."""
        return self.days[number].date()


def setting_of(records: AlternativeRecords, study: Mapping[str, Any]) -> Setting:
    """The setting of an alternative, from its records and the study they belong to."""
    calendar = records.calendar.sort_values("day")
    sites = records.sites
    groups = {name: group for name, group in study["groups"].items() if name != INHERITED_GROUP}
    pools = records.pools.merge(sites[["site", "name"]], on="site", how="left")
    office_open = calendar.loc[calendar["office_open_ms"] > 0, "office_open_ms"]
    return Setting(
        confidence=float(study["confidence"]),
        warm_up_days=int(study.get("warm_up_days") or 0),
        days=pd.DatetimeIndex(calendar["day"]),
        office_ms_per_working_day=float(office_open.mean()),
        office_open=calendar["office_open"].to_numpy(np.bool_),
        groups=(*groups, INHERITED_GROUP),
        counts_apart=_flags(groups, "counts_apart"),
        internal=_flags(groups, "internal"),
        communes=records.areas.reset_index(drop=True),
        pools=pools.reset_index(drop=True),
        links=records.links,
        helpers=records.helpers,
        citizen_hour_vnd=float((study.get("costs") or {}).get("citizen_hour") or 0.0),
        targets=study.get("targets") or {},
    )


def _flags(groups: Mapping[str, Mapping[str, Any]], name: str) -> NDArray[np.bool_]:
    """A flag of each group; the inherited backlog has none."""
    return np.array([*(bool(group[name]) for group in groups.values()), False])
