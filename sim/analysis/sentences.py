"""What the comparison shows, in plain sentences; never more than the intervals show."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, isfinite, log10
from typing import Any

import pandas as pd

from sim.messages import LANGUAGES, text, translated

Row = Mapping[Any, Any]


def sentences_table(differences: pd.DataFrame, study: Mapping[str, Any], confidence: float) -> pd.DataFrame:
    """Columns: alternative, metric, verdict, en, vi; one row for each row of ``differences``."""
    titles = {entry["name"]: entry.get("title") for entry in study["alternatives"]}
    return pd.DataFrame(
        [
            {
                "alternative": row["alternative"],
                "metric": row["metric"],
                "verdict": row["verdict"],
                **{
                    language: sentence(
                        row, _title(titles, row["alternative"], language), confidence, language
                    )
                    for language in LANGUAGES
                },
            }
            for row in differences.to_dict("records")
        ],
        columns=["alternative", "metric", "verdict", *LANGUAGES],
    )


def notes_table(
    differences: pd.DataFrame, confidence: float, family: int, each: float, replications: int
) -> pd.DataFrame:
    """Columns: en, vi; how the intervals were made."""
    is_planned = (~differences.loc[differences["metric"] == "cost_total", "by_chance"]).all()
    keys = ["paired", "simultaneous", "ranking", "scope", "cost_planned" if is_planned else "cost", "model"]
    if replications < 2:
        keys.append("one_replication")
    return pd.DataFrame(
        [
            {
                language: text(
                    language,
                    f"comparison.note.{key}",
                    confidence=_percent(confidence, language),
                    each=_percent(each, language),
                    family=family,
                    replications=replications,
                )
                for language in LANGUAGES
            }
            for key in keys
        ]
    )


def sentence(row: Row, title: str, confidence: float, language: str) -> str:
    """One row of the differences in words."""
    key = row["verdict"]
    if not row["by_chance"]:
        key = f"planned_{key}"
    elif row["replications"] < 2:
        key = "same_once" if key == "same" else "one_replication"
    return text(
        language,
        f"comparison.{key}",
        confidence=_percent(confidence, language),
        title=title,
        metric=text(language, f"comparison.metric.{row['metric']}"),
        replications=row["replications"],
        size=_size(row, language),
        **_limits(row, language),
        **_levels(row, language),
    )


def _size(row: Row, language: str) -> str:
    """Size of the change, without its sign: in per cent of the base, in points for shares, or in money."""
    unit, scale = _scale(row["unit"], row["low"], row["high"])
    ends = [row["low"] * scale, row["high"] * scale]
    if row["unit"] not in ("share", "vnd") and isfinite(row["relative_low"]):
        unit, ends = "percent", [row["relative_low"] * 100, row["relative_high"] * 100]
    smaller, larger = sorted(abs(end) for end in ends)
    decimals = decimals_for(smaller, larger)
    low, high = (formatted(end, decimals, language) for end in (smaller, larger))
    if smaller == larger:
        return _with_unit(low, unit, language)
    if low == high:
        return text(language, "comparison.about", value=_with_unit(low, unit, language))
    return _with_unit(text(language, "comparison.range", low=low, high=high), unit, language)


def _limits(row: Row, language: str) -> dict[str, str]:
    """Limits of the difference with sign and unit."""
    unit, scale = _scale(row["unit"], row["low"], row["high"])
    ends = {name: row[name] * scale for name in ("low", "high")}
    decimals = decimals_for(ends["low"], ends["high"])
    return {
        name: _with_unit(formatted(end, decimals, language), unit, language) for name, end in ends.items()
    }


def _levels(row: Row, language: str) -> dict[str, str]:
    """Base and alternative themselves, with and without unit."""
    unit, scale = _scale(row["unit"], row["base"], row["value"])
    unit = "percent" if unit == "points" else unit
    levels = {name: row[name] * scale for name in ("base", "value")}
    decimals = decimals_for(*levels.values())
    plain = {name: formatted(level, decimals, language) for name, level in levels.items()}
    return plain | {f"{name}_with_unit": _with_unit(plain[name], unit, language) for name in plain}


def decimals_for(low: float, high: float) -> int:
    """Decimals that show two figures of the distance, but no more than three of the larger number."""
    size = max(abs(low), abs(high))
    if not isfinite(size) or size == 0:
        return 0
    distance = abs(high - low) or size
    return max(0, min(1 - floor(log10(distance)), 2 - floor(log10(size))))


def formatted(value: float, decimals: int, language: str) -> str:
    """A number with thousands marks as the language writes it."""
    shown = f"{value:,.{decimals}f}"
    if not any(digit in shown for digit in "123456789"):
        shown = shown.lstrip("-")
    return shown.replace("-", "−").translate(_MARKS[language])


_MARKS: Mapping[str, dict[int, str]] = {"en": {}, "vi": {ord(","): ".", ord("."): ","}}


def _scale(unit: str, low: float, high: float) -> tuple[str, float]:
    """Unit in which numbers up to this size are said, and the factor to it."""
    if unit == "share":
        return "points", 100.0
    size = max(abs(low), abs(high))
    if unit != "vnd" or not size >= 1e6:
        return unit, 1.0
    return ("billion_vnd", 1e-9) if size >= 1e9 else ("million_vnd", 1e-6)


def _with_unit(value: str, unit: str, language: str) -> str:
    return text(language, f"comparison.unit.{unit}", value=value)


def _percent(share: float, language: str) -> str:
    return f"{share * 100:.4g}".translate(_MARKS[language]) + " %"


def _title(titles: Mapping[str, Any], name: str, language: str) -> str:
    return translated(titles.get(name), language) or name.replace("_", " ")
