"""Opening hours: which part of which day somebody works."""

import itertools
from typing import Annotated, Any, Final, Literal, NamedTuple, Self

from pydantic import AfterValidator, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic_core import CoreSchema

from sim.scenario.schema.base import Flag, Model, quoted, refusal
from sim.scenario.schema.units import Date, minute_of_day

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Interval(Model):
    """A part of a day, in minutes since midnight; written `07:30-11:30`."""

    start_minute: int = Field(description="First minute.")
    end_minute: int = Field(description="Minute at which it ends; 1440 is midnight.")

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, data: Any) -> Any:
        if isinstance(data, Interval):
            return data
        return dict(zip(("start_minute", "end_minute"), interval_minutes(data), strict=True))

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "string", "title": "part of a day", "examples": ["07:30-11:30"]}


def interval_minutes(value: Any) -> tuple[int, int]:
    """Start and end, in minutes since midnight, of a text such as `07:30-11:30`."""
    expected = 'a part of a day such as "07:30-11:30"'
    parts = value.split("-") if isinstance(value, str) else []
    if len(parts) != 2:
        raise refusal(f"found {quoted(value)}", expected)
    start, end = (minute_of_day(part.strip()) for part in parts)
    if start >= end:
        raise refusal(f"found {quoted(value)}, which ends before it starts", expected)
    return start, end


def weekdays_of(span: str) -> tuple[int, ...]:
    """Numbers (Monday is 0) of the weekdays in a text such as `mon`, `mon-fri` or `sat, sun`."""
    days: list[int] = []
    for part in span.split(","):
        ends = [end.strip() for end in part.split("-")]
        if len(ends) > 2 or any(end not in WEEKDAYS for end in ends):
            raise refusal(
                f"{quoted(span)} is not a weekday", 'weekdays such as "mon", "mon-fri" or "sat,sun"'
            )
        first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
        if first > last:
            raise refusal(f"{quoted(span)} runs backwards", 'weekdays in order such as "mon-fri"')
        days.extend(range(first, last + 1))
    return tuple(days)


def _is_weekday_span(value: str) -> str:
    weekdays_of(value)
    return value


def _without_overlap(intervals: tuple[Interval, ...]) -> tuple[Interval, ...]:
    for earlier, later in itertools.pairwise(intervals):
        if later.start_minute < earlier.end_minute:
            raise refusal(
                "parts of the day overlap or are out of order", "parts in order, one after the other"
            )
    return intervals


WeekdaySpan = Annotated[str, AfterValidator(_is_weekday_span), WithJsonSchema({"type": "string"})]
DayHours = Annotated[tuple[Interval, ...], AfterValidator(_without_overlap)]
"""Opening intervals of one day, in order; empty is closed."""


class Calendar(Model):
    """When somebody works: weekly hours, less holidays and closed dates, plus extra days."""

    always_open: Flag = Field(False, description="Open round the clock, every day of the year.")
    weekly: dict[WeekdaySpan, DayHours] = Field(
        {},
        description="Opening hours by weekday: keys such as `mon-fri` or `sat`, lists of parts of a day.",
    )
    holidays: Literal["viet_nam", "none"] = Field(
        "viet_nam", description="Public holidays on which it is closed, days in lieu included."
    )
    closed_dates: tuple[Date, ...] = Field((), description="Further dates on which it is closed.")
    extra_days: dict[Date, DayHours] = Field(
        {}, description="Hours of single dates; they go before weekly hours, holidays and closed dates."
    )

    @model_validator(mode="after")
    def _open_some_time(self) -> Self:
        if self.always_open and (self.weekly or self.closed_dates or self.extra_days):
            raise refusal("always_open is given together with hours", "either always_open: true or hours")
        days = [day for span in self.weekly for day in weekdays_of(span)]
        twice = {WEEKDAYS[day] for day in days if days.count(day) > 1}
        if twice:
            raise refusal(
                f"{', '.join(sorted(twice))} is given more than once in weekly", "each weekday once"
            )
        if not self.always_open and not any(self.weekly.values()):
            raise refusal("it is never open", "weekly opening hours, or always_open: true")
        return self

    @property
    def week(self) -> tuple[tuple[Interval, ...], ...]:
        """Opening intervals of the seven weekdays, Monday first."""
        if self.always_open:
            return ((Interval.model_validate("00:00-24:00"),),) * 7
        hours = {day: parts for span, parts in self.weekly.items() for day in weekdays_of(span)}
        return tuple(hours.get(day, ()) for day in range(7))


class ProfilePart(NamedTuple):
    """A part of the day with its weight among all parts of the day."""

    start_minute: int
    end_minute: int
    weight: float


def profile_parts(profile: dict[str, float]) -> tuple[ProfilePart, ...]:
    """The parts of an hour profile in order of the day."""
    return tuple(sorted(ProfilePart(*interval_minutes(text), weight) for text, weight in profile.items()))


def require_profile(profile: dict[str, float]) -> dict[str, float]:
    """Refuse an hour profile with overlapping parts or without any weight."""
    parts = profile_parts(profile)
    for earlier, later in itertools.pairwise(parts):
        if later.start_minute < earlier.end_minute:
            raise refusal("parts of the day overlap", "parts that do not overlap")
    if parts and sum(part.weight for part in parts) == 0:
        raise refusal("all weights are zero", "at least one weight above zero")
    return profile
