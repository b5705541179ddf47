"""Numbers of results by place and time, each with its interval over the replications, in words."""

import datetime
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.analysis.intervals import Interval, t_interval
from sim.study import Results

CONFIDENCE = 0.95
CERTIFICATION = "certification"
INHERITED = "inherited"
FIRST_DAY = datetime.date(2025, 7, 1)
LAST_DAY_OF_JULY = datetime.date(2025, 7, 31)
FACTOR_OF_UNIT = {"share": 100.0, "vnd": 1e-9}
WORDS_OF_UNIT = {
    "share": " %",
    "working_days": " working days",
    "days": " days",
    "minutes": " min",
    "km": " km",
    "vnd": " billion VND",
    "dossiers": "",
}


class Fact(NamedTuple):
    """One line of a page: what is compared, the reported figure, the model's, the report, a remark."""

    what: str
    reported: str
    model: str
    report: str
    remark: str = ""


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Rows as a Markdown table."""
    names = list(columns)
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)])


def facts_table(facts: Iterable[Fact]) -> str:
    """Facts as a Markdown table."""
    return table(("figure", "reported", "model", "report", "remark"), facts)


def number(value: float) -> str:
    """A number as people read it: four digits or more without decimals."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def shown(interval: Interval, unit: str) -> str:
    """A value with its interval and unit; without one when there is a single replication."""
    factor, words = FACTOR_OF_UNIT.get(unit, 1.0), WORDS_OF_UNIT.get(unit, f" {unit}")
    value, low, high = (factor * float(part) for part in interval[:3])
    write: Callable[[float], str] = (lambda x: f"{x:.1f}") if unit in ("share", "vnd") else number
    text = f"{write(value)}{words}"
    return text if np.isnan(low) else f"{text} ({write(low)} to {write(high)})"


def of_row(row: "pd.Series[Any]") -> Interval:
    """The interval that stands in a row of a summary."""
    return Interval(row["value"], row["low"], row["high"], row["replications"])


def headline(results: Results, alternative: str, metric: str, scope: str = "counted") -> str:
    """A number of the whole run."""
    rows = results.summary(alternative).headline
    row = rows[(rows["metric"] == metric) & (rows["scope"] == scope)]
    return shown(of_row(row.iloc[0]), str(row.iloc[0]["unit"])) if len(row) else "none"


def of_group(results: Results, alternative: str, group: str, metric: str) -> str:
    """A number of one group of procedures over the whole run."""
    rows = results.summary(alternative).by_group
    row = rows[(rows["metric"] == metric) & (rows["group"] == group)]
    return shown(of_row(row.iloc[0]), str(row.iloc[0]["unit"])) if len(row) else "none"


def titles(results: Results) -> dict[str, str]:
    """The base and all alternatives with their English titles, in the order of the study."""
    written = {each["name"]: str(each["title"]["en"]) for each in results.records.study["alternatives"]}
    return {name: written[name] for name in results.alternatives}


class Flows:
    """The daily counts of one alternative; every question is answered replication by replication."""

    def __init__(self, results: Results, alternative: str, columns: Iterable[str]) -> None:
        records = results.records.alternatives[alternative]
        wanted = ["site", "group", "day", *columns]
        self.tables = [records.table("flow", replication, wanted) for replication in records.replications]

    def only(
        self,
        groups: Callable[[pd.Series], pd.Series] | None = None,
        sites: Iterable[str] | None = None,
        first: datetime.date | None = None,
        last: datetime.date | None = None,
    ) -> list[pd.DataFrame]:
        """The rows of some groups, sites and days, one table for each replication."""
        return [_chosen(each, groups, sites, first, last) for each in self.tables]


def _chosen(
    rows: pd.DataFrame,
    groups: Callable[[pd.Series], pd.Series] | None,
    sites: Iterable[str] | None,
    first: datetime.date | None,
    last: datetime.date | None,
) -> pd.DataFrame:
    kept = pd.Series(True, index=rows.index)
    if groups is not None:
        kept &= groups(rows["group"])
    if sites is not None:
        kept &= rows["site"].isin(list(sites))
    if first is not None:
        kept &= rows["day"] >= pd.Timestamp(first)
    if last is not None:
        kept &= rows["day"] <= pd.Timestamp(last)
    return rows[kept]


def counted(apart: Iterable[str] = (CERTIFICATION,)) -> Callable[[pd.Series], pd.Series]:
    """The groups that count in the total."""
    left_out = [*apart, INHERITED]
    return lambda group: ~group.isin(left_out)


def is_group(*names: str) -> Callable[[pd.Series], pd.Series]:
    """These groups alone."""
    return lambda group: group.isin(names)


def total(rows: list[pd.DataFrame], column: str, unit: str = "dossiers", factor: float = 1.0) -> str:
    """A sum, times a factor."""
    return shown(t_interval(np.array([factor * each[column].sum() for each in rows]), CONFIDENCE), unit)


def ratio(rows: list[pd.DataFrame], above: str, below: str, unit: str, factor: float = 1.0) -> str:
    """One sum over another, times a factor."""
    values = [factor * each[above].sum() / max(each[below].sum(), 1) for each in rows]
    highest = 1.0 if unit == "share" else np.inf
    return shown(t_interval(np.array(values), CONFIDENCE, 0.0, highest), unit)
