"""Everything a report is made from, and how to look a number up in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from pandas import DataFrame

from sim.analysis.summary import MAIN_SCOPE, Comparison, Summary
from sim.record.store import AlternativeRecords, StudyRecords
from sim.report.words import Words

BASE = "base"
NAN = float("nan")


@dataclass(frozen=True)
class Number:
    """One number of the analysis: a row of a table with value columns."""

    metric: str
    value: float
    low: float
    high: float
    unit: str
    replications: int
    dossiers: int

    def shown(self, words: Words) -> str:
        """Value, unit and interval as one phrase."""
        return words.in_words(self.value, self.low, self.high, self.unit)

    def value_and_interval(self, words: Words) -> str:
        """Value and interval without the unit, for a table whose heading names it."""
        value, between, _ = words.measured(self.value, self.low, self.high, self.unit)
        return f"{value} ({between})" if between else value


@dataclass(frozen=True)
class Material:
    """Records, numbers and comparison of one study. The comparison is None when there are no alternatives."""

    records: StudyRecords
    summaries: Mapping[str, Summary]
    comparison: Comparison | None

    @property
    def study(self) -> Mapping[str, Any]:
        return self.records.study

    @property
    def base(self) -> Summary:
        return self.summaries[BASE]

    @property
    def base_records(self) -> AlternativeRecords:
        return self.records.alternatives[BASE]

    @cached_property
    def communes(self) -> DataFrame:
        """The communes that dossiers are counted for."""
        return self.base_records.areas

    @property
    def replications(self) -> int:
        return len(self.base.replications)

    @property
    def compared(self) -> Comparison | None:
        """The comparison, when there is an alternative to compare."""
        return self.comparison if self.comparison is not None and self.comparison.alternatives else None

    def numbers(self, metric: str) -> dict[str, Number | None]:
        """A headline number of every alternative."""
        return {name: headline(summary, metric) for name, summary in self.summaries.items()}

    def words(self, language: str) -> Words:
        return Words(language, self.study)

    def period(self, words: Words) -> str:
        """First and last day evaluated, in words."""
        days: tuple[date, date] = (self.base.first_day, self.base.last_day)
        return words("page.period", start=words.day(days[0]), end=words.day(days[1]))

    def confidence(self, words: Words) -> str:
        """The confidence of the intervals as per cent."""
        confidence = self.base.confidence
        return words.percent(confidence, 0 if round(1000 * confidence) % 10 == 0 else 1)

    def sample(self, words: Words, number: Number | None) -> str:
        """The sample behind a figure, as its caption says it."""
        dossiers = words.number(number.dossiers if number else 0, 0)
        return words(
            "caption.sample",
            dossiers=dossiers,
            replications=self.replications,
            confidence=self.confidence(words),
        )


def find(table: DataFrame, metric: str, **where: object) -> Number | None:
    """The first row with this metric and these values in its leading columns; None when there is none."""
    chosen = table["metric"] == metric
    for column, value in where.items():
        chosen &= table[column] == value
    rows = table[chosen]
    return as_number(rows.iloc[0]) if len(rows) else None


def headline(summary: Summary, metric: str, scope: str = MAIN_SCOPE) -> Number | None:
    """A headline number of an alternative; of those that exist for one scope only, that one."""
    return find(summary.headline, metric, scope=scope) or find(summary.headline, metric)


def as_number(row: Any) -> Number:
    """A row of a table with value columns as a number."""
    return Number(
        metric=str(row["metric"]),
        value=_float(row["value"]),
        low=_float(row["low"]),
        high=_float(row["high"]),
        unit=str(row["unit"]),
        replications=int(row["replications"]),
        dossiers=int(row["dossiers"]),
    )


def _float(value: Any) -> float:
    return NAN if value is None or not np.isfinite(value) else float(value)
