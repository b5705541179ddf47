"""What shocks do, each against the same organisation without it: days after it, places, groups, money."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.analysis.intervals import Interval, t_interval
from sim.record.store import AlternativeRecords
from sim.scenario import BASE
from sim.study import Results
from tools.scenario_facts.reading import CERTIFICATION, CONFIDENCE, INHERITED, of_row, shown

CERTIFICATES: Final = "certificates"
NOT_COUNTED: Final = (CERTIFICATION, CERTIFICATES, INHERITED)
WINDOW_DAYS: Final = 28
"""Days, from that of the shock on, in which its harm is counted."""
COUNTS: Final = (
    "with_deadline",
    "on_time",
    "shuttles",
    "manual",
    "back_entries",
    "timed_out",
    "changed_channel",
    "withdrawn",
    "gave_up",
    "visits",
    "cause_outage_ms",
)
MS_PER_DAY: Final = 86_400_000

Floats = NDArray[np.float64]
Rows = Callable[[pd.DataFrame], "pd.Series[bool]"]


class Shocks:
    """The shocks of one organisation; numbers are arrays with a value for each replication."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self.names = [name for name in results.alternatives if name != BASE]
        self._flows: dict[str, list[pd.DataFrame]] = {}

    def records(self, name: str) -> AlternativeRecords:
        """Records of a shock, or of the quiet base."""
        return self.results.records.alternatives[name]

    @cached_property
    def replications(self) -> tuple[int, ...]:
        """Replications that the base and all shocks have."""
        return tuple(
            sorted(set.intersection(*(set(self.records(n).replications) for n in (BASE, *self.names))))
        )

    @cached_property
    def labels(self) -> Mapping[str, frozenset[str]]:
        """Labels and kind of each commune, by code."""
        areas = self.records(BASE).areas
        return {row.site: frozenset((*row.labels, row.kind)) for row in areas.itertuples(index=False)}

    def first_day(self, name: str) -> pd.Timestamp:
        """Day on which the shock begins."""
        start = pd.Timestamp(self.results.records.study["period"]["start"])
        return start + pd.Timedelta(
            days=int(self._new_outages(name, self.replications[0])["began_ms"].min() // MS_PER_DAY)
        )

    def communes_hit(self, name: str) -> Floats:
        """Communes of which the commune, an old seat or a system that all need is hit."""
        sites = self.records(name).sites.set_index("site")
        return np.array(
            [self._hit(sites, self._new_outages(name, each)) for each in self.replications], float
        )

    def _hit(self, sites: pd.DataFrame, outages: pd.DataFrame) -> int:
        hit = sites.loc[outages["site"].unique()]
        if hit["level"].isin(["centre", "province"]).any():
            return int((sites["level"] == "commune").sum())
        communes = np.where(hit["level"] == "commune", hit.index, hit["parent"])
        return len(set(communes))

    def _new_outages(self, name: str, replication: int) -> pd.DataFrame:
        known = set(self.records(BASE).table("outages", replication, ["cause"])["cause"])
        outages = self.records(name).table("outages", replication, ["cause", "site", "began_ms"])
        return outages[~outages["cause"].isin(known)]

    def more(self, name: str, column: str, rows: Rows | None = None) -> Floats:
        """How much more is counted in the days after the shock than in the base on the same days."""
        first = self.first_day(name)
        both = (self._sums(of, column, first, rows) for of in (name, BASE))
        with_shock, without = both
        return with_shock - without

    def more_late(self, name: str, rows: Rows | None = None) -> Floats:
        """Dossiers more that were finished after their deadline."""
        return self.more(name, "with_deadline", rows) - self.more(name, "on_time", rows)

    def _sums(self, name: str, column: str, first: pd.Timestamp, rows: Rows | None) -> Floats:
        last = first + pd.Timedelta(days=WINDOW_DAYS)
        sums = []
        for table in self._tables(name):
            kept = table[(table["day"] >= first) & (table["day"] < last)]
            sums.append(kept.loc[rows(kept), column].sum() if rows is not None else kept[column].sum())
        return np.array(sums, float)

    def _tables(self, name: str) -> list[pd.DataFrame]:
        if name not in self._flows:
            columns = ["site", "group", "day", *COUNTS]
            tables = (self.records(name).table("flow", each, columns) for each in self.replications)
            self._flows[name] = [each[~each["group"].isin(NOT_COUNTED)] for each in tables]
        return self._flows[name]

    def shock_number(self, name: str, metric: str) -> Interval | None:
        """A number of the table of shocks; None where the shock has none."""
        comparison = self.results.comparison
        assert comparison is not None
        found = comparison.shocks
        row = found[(found["alternative"] == name) & (found["metric"] == metric)]
        return of_row(row.iloc[0]) if len(row) else None


def in_words(values: Floats, unit: str = "dossiers", factor: float = 1.0) -> str:
    """The mean of the replications with its interval."""
    return shown(t_interval(values * factor, CONFIDENCE), unit)


def more_in_words(values: Floats, unit: str = "dossiers", confidence: float = CONFIDENCE) -> str:
    """A difference: with its sign, and said not to be shown when the interval holds zero."""
    if not np.any(values):
        return "none"
    interval = t_interval(values, confidence)
    text = shown(interval, unit)
    text = text if float(interval.value) < 0 else f"+{text}"
    return text if float(interval.low) > 0 or float(interval.high) < 0 else f"not shown: {text}"


def day_in_words(day: pd.Timestamp) -> str:
    """A day as people write it."""
    date: datetime.date = day.date()
    return f"{date:%A} {date.day} {date:%B}"


def of_sites(codes: Iterable[str]) -> Rows:
    """Rows of some communes."""
    wanted = list(codes)
    return lambda table: table["site"].isin(wanted)


def of_group(group: str) -> Rows:
    """Rows of one group of procedures."""
    return lambda table: table["group"] == group
