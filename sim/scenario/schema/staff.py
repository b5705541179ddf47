"""People over time: absences, departures, learning and overtime of a pool."""

from typing import Literal, Self

from pydantic import Field, model_validator

from sim.scenario.schema.base import Model, Whole, refusal
from sim.scenario.schema.calendars import DayHours, WeekdaySpan
from sim.scenario.schema.demand import MONTHS, Month
from sim.scenario.schema.distributions import Distribution
from sim.scenario.schema.units import (
    Date,
    Duration,
    Money,
    NotNegative,
    Positive,
    PositiveDuration,
    PositiveShare,
    Ratio,
)

MOST_POSTS = 100_000
MOST_PER_YEAR = 100


class Absence(Model):
    """One reason to be away: whole days, drawn for each post on its own."""

    per_person_and_year: Positive = Field(description="Times a year that it happens.", le=MOST_PER_YEAR)
    lasts: Distribution = Field(description="How long one is away; rounded up to whole days.")
    lasts_in: Literal["days", "working_days"] = Field(
        "days", description="Whether those are days, or working days of the official calendar."
    )
    months: dict[Month, NotNegative] = Field(
        {}, description="Factors on how often, by month (1 when left out); the mean of the year stays."
    )

    @model_validator(mode="after")
    def _happens_some_time(self) -> Self:
        if len(self.months) == len(MONTHS) and not any(self.months.values()):
            raise refusal("all months are zero", "at least one month above zero")
        return self


class Departures(Model):
    """People leave, their posts stay vacant for a while, and who comes is slower at first."""

    per_post_and_year: Ratio = Field(
        description="Departures a year for each post that is filled.", gt=0, le=MOST_PER_YEAR
    )
    hired_after: Distribution = Field(description="How long a post stays vacant; rounded up to whole days.")
    newcomer_speed: PositiveShare = Field(
        1.0, description="Speed of who comes; the pool works at the mean speed of those present."
    )
    newcomer_for: Duration = Field(0, description="How long, rounded up to whole days.")


class Learning(Model):
    """Speed of all on the way back to full speed: 1 - (1 - starts_at) x 2^(-time / half_time)."""

    start: Date = Field(alias="from", description="Day on which it begins; before it, speed is full.")
    starts_at: PositiveShare = Field(description="Speed on that day.")
    half_time: PositiveDuration = Field(description="Time in which the distance to full speed halves.")


class Overtime(Model):
    """Work after hours: people stay when too much waits as the hours begin."""

    hours: DayHours = Field(
        description="Parts of the day, outside the pool's own hours, in which people may stay.", min_length=1
    )
    weekdays: WeekdaySpan = Field("mon-fri", description="On these weekdays, public holidays left out.")
    when_waiting_per_person: Positive = Field(
        description="They stay when at least so many dossiers wait for each person present."
    )
    people: PositiveShare = Field(description="Share of those present who stay; rounded, at least one.")
    cost_per_hour: Money = Field(0.0, description="Cost of an hour of one of them.")


class Training(Model):
    """People away for some days, who work faster afterwards."""

    share: PositiveShare | None = Field(None, description="Share of the posts; rounded.")
    people: Whole | None = Field(None, description="People of each pool.", ge=1, le=MOST_POSTS)
    lasts: PositiveDuration = Field(description="How long they are away; rounded up to whole days.")
    faster: Ratio = Field(description="How much faster those trained work from then on.", le=10)

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.share is None) == (self.people is None):
            raise refusal("share and people are both given or both missing", "exactly one of share, people")
        return self
