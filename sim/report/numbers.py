"""Numbers as planners read them: three significant figures, a unit, an interval, in the reader's language."""

from __future__ import annotations

import math
from datetime import date

MISSING = "–"
_VIETNAMESE_MARKS = str.maketrans({",": ".", ".": ","})


def number(value: float, language: str = "en", decimals: int | None = None) -> str:
    """A number with thousands marks; without ``decimals`` to about three significant figures."""
    if value is None or not math.isfinite(value):
        return MISSING
    shown = f"{value:,.{sensible_decimals(value) if decimals is None else decimals}f}"
    if float(shown.replace(",", "")) == 0:
        shown = shown.lstrip("-")
    shown = shown.replace("-", "−")
    return with_marks(shown, language)


def with_marks(shown: str, language: str) -> str:
    """A number in English digits and marks, with the marks for thousands and decimals of the language."""
    return shown.translate(_VIETNAMESE_MARKS) if language == "vi" else shown


def tick(value: float, language: str = "en") -> str:
    """A number beside an axis: as many decimals as it has, no trailing zeros."""
    shown = f"{value:,.4f}".rstrip("0").rstrip(".")
    shown = "0" if shown == "-0" else shown.replace("-", "−")
    return with_marks(shown, language)


def sensible_decimals(value: float) -> int:
    """Decimals that show about three significant figures, never more than three places."""
    size = abs(value)
    if size >= 100 or size == 0 or float(size).is_integer():
        return 0
    return 1 if size >= 10 else 2 if size >= 1 else 3


def interval(low: float, high: float, language: str = "en", decimals: int | None = None) -> str:
    """The two ends of an interval, or nothing when there is none."""
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return ""
    if decimals is None:
        decimals = max(sensible_decimals(low), sensible_decimals(high))
    joint = " đến " if language == "vi" else " to "
    return f"{number(low, language, decimals)}{joint}{number(high, language, decimals)}"


def interval_decimals(value: float, low: float, high: float) -> int:
    """Decimals that fit the width of an interval: two figures of it, so that nothing pretends to be exact."""
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return sensible_decimals(value)
    return max(0, min(4, 1 - math.floor(math.log10(high - low))))


def percent(share: float, language: str = "en", decimals: int = 1) -> str:
    """A share between 0 and 1 as per cent."""
    return f"{number(100 * share, language, decimals)} %" if math.isfinite(share) else MISSING


def day_text(day: date, language: str = "en") -> str:
    """A date as it is written in the language: 1 July 2025, 1/7/2025."""
    if language == "vi":
        return f"{day.day}/{day.month}/{day.year}"
    return f"{day.day} {day:%b %Y}"
