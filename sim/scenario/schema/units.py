"""Quantities with units. They are written with their unit and kept in one base unit."""

import datetime
import math
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, WithJsonSchema

from sim.scenario.schema.base import quoted, refusal, with_decimal_point

MS_PER_UNIT: Final[Mapping[str, int]] = {
    "ms": 1,
    "s": 1_000,
    "second": 1_000,
    "seconds": 1_000,
    "min": 60_000,
    "minute": 60_000,
    "minutes": 60_000,
    "h": 3_600_000,
    "hour": 3_600_000,
    "hours": 3_600_000,
    "day": 86_400_000,
    "days": 86_400_000,
    "week": 604_800_000,
    "weeks": 604_800_000,
}
BITS_PER_S: Final[Mapping[str, float]] = {"kbps": 1e3, "Mbps": 1e6, "Gbps": 1e9}
BYTES: Final[Mapping[str, float]] = {"B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9}
VND: Final[Mapping[str, float]] = {
    "VND": 1.0,
    "thousand VND": 1e3,
    "million VND": 1e6,
    "billion VND": 1e9,
}

LONGEST_MS: Final = 50 * 366 * MS_PER_UNIT["day"]
FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100

_QUANTITY = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?) *([A-Za-z][A-Za-z ]*)")
_PERCENT = re.compile(r"([+-]?[0-9]{1,9}(?:\.[0-9]{1,9})?) *%")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2})")
_TIME_OF_DAY = re.compile(r"([0-9]{2}):([0-9]{2})")
_WORKING_TIME = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?) *working (hours?|minutes?)")
_WORKING_DAYS = re.compile(r"([0-9]{1,4}) *working days?")


def _nearest_unit(unit: str, units: Mapping[str, float]) -> str | None:
    lowered = {known.lower().replace(" ", ""): known for known in units}
    bare = unit.lower().replace(" ", "")
    for form in (bare, bare.rstrip("s"), bare[:3], bare[:1]):
        if form in lowered:
            return lowered[form]
    return None


def _quantity(value: Any, units: Mapping[str, float], expected: str) -> float:
    """The value in base units, from text such as `15 min`."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        unit = expected.split('"')[1].split(" ", 1)[1]
        raise refusal(f"found {value} without a unit", expected, f'write "{value} {unit}" if that is meant')
    match = _QUANTITY.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        mend = with_decimal_point(value)
        # A comma before three digits may as well separate thousands: no guess is made then.
        is_clear = _QUANTITY.fullmatch(mend) and not re.match(r"[0-9]+\.[0-9]{3}(?![0-9])", mend)
        raise refusal(f"found {quoted(value)}", expected, f'write "{mend}"' if is_clear else "")
    number, unit = match[1], " ".join(match[2].split())
    if unit not in units:
        near = _nearest_unit(unit, units)
        raise refusal(
            f"found {quoted(value)}: unknown unit {quoted(unit)}",
            expected,
            f'did you mean "{number} {near}"?' if near else "known units are " + ", ".join(units),
        )
    return float(number) * units[unit]


def duration_ms(value: Any) -> int:
    """Milliseconds in a text such as `15 min`, `1.5 h` or `1 h 30 min`; a day is 24 hours."""
    expected = 'a duration such as "15 min", "6 h" or "2 days"'
    if isinstance(value, str) and "working" in value:
        raise refusal(f"found {quoted(value)}", expected, "working days are for deadlines and limits only")
    parts = re.findall(r"[0-9.]+ *[^0-9.,]+", value) if isinstance(value, str) else []
    whole = "".join(parts) == value if parts else False
    total = sum(_quantity(part, MS_PER_UNIT, expected) for part in (parts if whole else [value]))
    if total > LONGEST_MS:
        raise refusal(f"found {quoted(value)}", "a duration of at most 50 years")
    return round(total)


def _positive_duration(value: Any) -> int:
    milliseconds = duration_ms(value)
    if milliseconds == 0:
        raise refusal(f"found {quoted(value)}", "a duration longer than nothing")
    return milliseconds


def working_days(value: Any) -> int:
    """Number of working days in a text such as `15 working days`."""
    expected = 'working days such as "15 working days"'
    match = _WORKING_DAYS.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        number = re.match(r"[0-9]{1,4}", str(value))
        raise refusal(
            f"found {quoted(value)}", expected, f'write "{number[0]} working days"' if number else ""
        )
    return int(match[1])


def _working_time(value: Any) -> int:
    """Milliseconds of working time in a text such as `2 working hours`."""
    match = _WORKING_TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        hours = re.match(r"([0-9]+) *(h|hours?)$", str(value))
        mend = f'write "{hours[1]} working hours"' if hours else ""
        raise refusal(f"found {quoted(value)}", 'working time such as "2 working hours"', mend)
    return round(float(match[1]) * MS_PER_UNIT[match[2]])


def _deadline(value: Any) -> int | None:
    if value == "none":
        return None
    if value == "same day":
        return 0
    if isinstance(value, str) and _WORKING_DAYS.fullmatch(value.strip()):
        return working_days(value)
    number = re.match(r"[0-9]{1,4}", str(value))
    raise refusal(
        f"found {quoted(value)}",
        '"same day", "none" or working days such as "3 working days"',
        f'write "{number[0]} working days"' if number else "",
    )


def ratio(value: Any) -> float:
    """A plain number or a percentage, as a number: `130 %` is 1.3."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    match = _PERCENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        mend = with_decimal_point(value)
        raise refusal(
            f"found {quoted(value)}",
            'a percentage such as "20 %"',
            f'write "{mend}"' if _PERCENT.fullmatch(mend) else "",
        )
    return float(match[1]) / 100


def _within(lowest: float, highest: float, expected: str) -> Callable[[Any], float]:
    def parse(value: Any) -> float:
        number = ratio(value)
        if not lowest <= number <= highest:
            percent = isinstance(value, (int, float)) and lowest <= number / 100 <= highest
            raise refusal(f"found {quoted(value)}", expected, f'write "{value:g} %"' if percent else "")
        return number

    return parse


def _positive_share(value: Any) -> float:
    number = share(value)
    if number == 0:
        raise refusal(f"found {quoted(value)}", 'a share above 0 % and up to 100 %, such as "80 %"')
    return number


def _confidence(value: Any) -> float:
    number = share(value)
    if not 0.5 <= number <= 0.9999:
        raise refusal(f"found {quoted(value)}", 'a confidence from 50 % to 99.99 %, such as "95 %"')
    return number


share = _within(0.0, 1.0, 'a share from 0 % to 100 %, such as "80 %"')


def _bandwidth(value: Any) -> float:
    bits_per_s = _quantity(value, BITS_PER_S, 'a bandwidth such as "200 Mbps"')
    if not 0 < bits_per_s <= 1e13:
        raise refusal(f"found {quoted(value)}", "a bandwidth above zero and at most 10000 Gbps")
    return bits_per_s


def _size(value: Any) -> int:
    size_bytes = _quantity(value, BYTES, 'a size such as "5 MB"')
    if size_bytes > 1e12:
        raise refusal(f"found {quoted(value)}", "a size of at most 1000 GB")
    return round(size_bytes)


def _money(value: Any) -> float:
    return _quantity(value, VND, 'an amount such as "40000 VND" or "12 million VND"')


def date_of(value: Any) -> datetime.date:
    """A day written year-month-day."""
    expected = f'a date from {FIRST_YEAR} to {LAST_YEAR} such as "2025-07-01"'
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        day_first = re.fullmatch(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})", str(value))
        mend = f'write "{day_first[3]}-{day_first[2]:0>2}-{day_first[1]:0>2}"' if day_first else ""
        raise refusal(f"found {quoted(value)}", expected, mend)
    try:
        day = datetime.date.fromisoformat(value)
    except ValueError as error:
        raise refusal(f"found {quoted(value)}, which is not in the calendar", expected) from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise refusal(f"found {quoted(value)}", expected)
    return day


def date_time_of(value: Any) -> datetime.datetime:
    """A moment written year-month-day hour:minute."""
    expected = 'a date and time such as "2025-07-03 08:00" (local time)'
    match = _DATE_TIME.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        bare_date = isinstance(value, str) and _DATE.fullmatch(value) is not None
        raise refusal(f"found {quoted(value)}", expected, f'write "{value} 00:00"' if bare_date else "")
    midnight = datetime.datetime.combine(date_of(match[1]), datetime.time())
    return midnight + datetime.timedelta(minutes=minute_of_day(match[2]))


def minute_of_day(value: Any) -> int:
    """Minutes since midnight of a time such as `07:30`; `24:00` is the end of the day."""
    expected = 'a time of day from "00:00" to "24:00" such as "07:30"'
    match = _TIME_OF_DAY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        short = re.fullmatch(r"([0-9])[:h]([0-9]{2})", str(value))
        raise refusal(f"found {quoted(value)}", expected, f'write "0{short[1]}:{short[2]}"' if short else "")
    minute = int(match[1]) * 60 + int(match[2])
    if minute > 24 * 60 or int(match[2]) > 59:
        raise refusal(f"found {quoted(value)}", expected)
    return minute


def _finite_positive(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < math.inf:
        raise refusal(f"found {quoted(value)}", "a number above zero such as 1.5")
    return float(value)


def _finite_not_negative(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < math.inf:
        raise refusal(f"found {quoted(value)}", "a number of zero or more such as 1.5")
    return float(value)


def _schema(name: str, *examples: str, or_number: bool = False) -> WithJsonSchema:
    kind: Any = ["string", "number"] if or_number else "string"
    return WithJsonSchema({"type": kind, "title": name, "examples": list(examples)})


Duration = Annotated[int, BeforeValidator(duration_ms), _schema("duration", "15 min", "6 h", "2 days")]
"""Clock time in milliseconds."""

PositiveDuration = Annotated[
    int, BeforeValidator(_positive_duration), _schema("duration above zero", "15 min", "6 h", "2 days")
]
"""Clock time in milliseconds, above zero."""

WorkingDays = Annotated[int, BeforeValidator(working_days), _schema("working days", "15 working days")]
"""Number of working days of the official calendar."""

WorkingTime = Annotated[
    int, BeforeValidator(_working_time), _schema("working time", "2 working hours", "30 working minutes")
]
"""Open time of a calendar in milliseconds."""

Deadline = Annotated[
    int | None, BeforeValidator(_deadline), _schema("deadline", "same day", "3 working days", "none")
]
"""Working days of the official calendar; 0 is the same day; None is no legal deadline."""

Share = Annotated[float, BeforeValidator(share), _schema("share", "80 %", or_number=True)]
"""A part of a whole, 0 to 1."""

PositiveShare = Annotated[
    float, BeforeValidator(_positive_share), _schema("share above zero", "80 %", or_number=True)
]
"""A part of a whole, above 0 and up to 1."""

Confidence = Annotated[float, BeforeValidator(_confidence), _schema("confidence", "95 %", or_number=True)]
"""Confidence of intervals, 0.5 to 0.9999."""

Ratio = Annotated[
    float,
    BeforeValidator(_within(0.0, 100.0, 'a percentage or number of zero or more, such as "20 %"')),
    _schema("ratio", "20 %", "130 %", or_number=True),
]
"""A number of zero or more that may be written in percent."""

Growth = Annotated[
    float,
    BeforeValidator(_within(-1.0, 10.0, 'a percentage from -100 % to 1000 %, such as "5 %"')),
    _schema("growth", "5 %", "-2 %", or_number=True),
]
"""Relative change; 0.05 is five percent more."""

Bandwidth = Annotated[float, BeforeValidator(_bandwidth), _schema("bandwidth", "200 Mbps")]
"""Bits per second."""

Size = Annotated[int, BeforeValidator(_size), _schema("size", "5 MB")]
"""Bytes; 1 MB is 1,000,000 bytes."""

Money = Annotated[float, BeforeValidator(_money), _schema("money", "12 million VND", "40000 VND")]
"""Viet Nam dong."""

Date = Annotated[
    datetime.date,
    BeforeValidator(date_of),
    WithJsonSchema({"type": "string", "title": "date", "examples": ["2025-07-01"]}),
]
"""A day, local time (UTC+7)."""

DateTime = Annotated[
    datetime.datetime, BeforeValidator(date_time_of), _schema("date and time", "2025-07-03 08:00")
]
"""A moment, local time (UTC+7), without zone."""

TimeOfDay = Annotated[int, BeforeValidator(minute_of_day), _schema("time of day", "15:00")]
"""Minutes since midnight."""

Positive = Annotated[
    float,
    BeforeValidator(_finite_positive),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0, "title": "number above zero"}),
]
"""A number above zero without unit."""

NotNegative = Annotated[
    float,
    BeforeValidator(_finite_not_negative),
    WithJsonSchema({"type": "number", "minimum": 0, "title": "number of zero or more"}),
]
"""A number of zero or more without unit."""
