"""The words of one language, with the names that a study brings along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from math import isclose
from typing import Any

from sim.messages import has_text, text, translated
from sim.report.numbers import day_text, interval, interval_decimals, number, percent, sensible_decimals, tick

MILLION = 1e6
BILLION = 1e9
# Three decimals could be taken for thousands, above all in Vietnamese, where the comma marks decimals.
MOST_DECIMALS = 2
# Ends of an interval no farther apart than this, as a part of them, differ by rounding only.
SAME_NUMBER = 1e-9
# Units whose numbers are shown on another scale: as per cent, or in millions or billions of VND.
SHARE, VND = "share", "vnd"


@dataclass(frozen=True)
class Words:
    """Texts, names and numbers in one language; names that the study does not translate stay as they are."""

    language: str = "en"
    study: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, key: str, **values: object) -> str:
        return text(self.language, key, **values)

    def own(self, texts: Mapping[str, str] | str | None) -> str:
        """A text of the planner's, in this language when there is one."""
        return translated(texts, self.language)

    def alternative(self, name: str) -> str:
        """Title of an alternative."""
        for entry in self.study.get("alternatives", ()):
            if entry["name"] == name:
                return self.own(entry.get("title")) or self._base_or(name)
        return self._base_or(name)

    def group(self, name: str) -> str:
        """Title of a group of procedures; the inherited backlog has one of ours."""
        return self._title("groups", name) or self._known("group", name)

    def pool(self, name: str) -> str:
        """Title of a kind of pool."""
        return self._title("pools", name) or self._known("pool", name)

    def system(self, name: str) -> str:
        """Title of a system or of a kind of line."""
        return self._title("systems", name) or self._title("links", name) or self._known("system", name)

    def outage(self, name: str) -> str:
        """Title of a source of outages."""
        return self._title("outages", name) or self._known("outage", name)

    def change(self, name: str) -> str:
        """Title of a dated change."""
        return self._title("changes", name) or name.replace("_", " ")

    def problem(self, name: str) -> str:
        """Title of a kind of problem."""
        return self._title("problems", name) or name.replace("_", " ")

    def team(self, name: str) -> str:
        """Title of a kind of mobile teams."""
        return self._title("teams", name) or name.replace("_", " ")

    def metric(self, name: str) -> str:
        return self._known("metric", name)

    def known(self, family: str, name: str) -> str:
        """Our word for a name of a family such as causes or levels, else the name itself."""
        return self._known(family, name)

    def number(self, value: float, decimals: int | None = None) -> str:
        return number(value, self.language, decimals)

    def tick(self, value: float, _: object = None) -> str:
        """A number beside an axis."""
        return tick(value, self.language)

    def percent_tick(self, share: float, _: object = None) -> str:
        """A share beside an axis, as per cent."""
        return f"{tick(round(100 * share, 6), self.language)} %"

    def percent(self, share: float, decimals: int = 1) -> str:
        return percent(share, self.language, decimals)

    def day(self, day: date) -> str:
        return day_text(day, self.language)

    def unit(self, unit: str) -> str:
        """Name of a unit as it stands in a column of a table."""
        return self._known("unit", unit)

    def measured(self, value: float, low: float, high: float, unit: str) -> tuple[str, str, str]:
        """Value, interval and unit as a table shows them, on a scale that reads well.

        A number that is the same in all replications has no interval.
        """
        scale, shown_unit = _scale(value, unit)
        value, low, high = value * scale, low * scale, high * scale
        exact = isclose(low, high, rel_tol=SAME_NUMBER)
        low, high = (value, value) if exact else (low, high)
        decimals = min(interval_decimals(value, low, high), max(sensible_decimals(value), 1) + 1)
        if unit == SHARE or shown_unit == "billion_vnd":
            decimals = max(decimals, 1)
        decimals = min(decimals, MOST_DECIMALS if abs(value) >= 1 or shown_unit == "percent" else 3)
        return (
            number(value, self.language, decimals),
            "" if exact else interval(low, high, self.language, decimals),
            self.unit(shown_unit),
        )

    def in_words(self, value: float, low: float, high: float, unit: str) -> str:
        """A number with unit and interval as one phrase, for sentences."""
        shown, between, unit_name = self.measured(value, low, high, unit)
        phrase = f"{shown} {unit_name}".strip()
        return self("phrase.with_interval", value=phrase, interval=between) if between else phrase

    def _title(self, family: str, name: str) -> str:
        entry = self.study.get(family, {}).get(name)
        if isinstance(entry, Mapping) and "title" in entry:
            entry = entry["title"]
        return self.own(entry)

    def _known(self, family: str, name: str) -> str:
        key = f"{family}.{name}"
        return self(key) if has_text(self.language, key) else name.replace("_", " ")

    def _base_or(self, name: str) -> str:
        return self("alternative.base") if name == "base" else name.replace("_", " ")


def _scale(value: float, unit: str) -> tuple[float, str]:
    if unit == SHARE:
        return 100.0, "percent"
    if unit == VND and abs(value) >= BILLION:
        return 1 / BILLION, "billion_vnd"
    if unit == VND and abs(value) >= MILLION:
        return 1 / MILLION, "million_vnd"
    return 1.0, unit
