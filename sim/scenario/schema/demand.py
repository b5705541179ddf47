"""Demand: how many dossiers arrive, when, and on which way."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sim.scenario.schema.base import Flag, Model, Name, refusal, require_exactly_one
from sim.scenario.schema.calendars import ProfilePart, Weekday, profile_parts, require_profile
from sim.scenario.schema.paths import SharePath, fill_rest
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.text import Titled, named
from sim.scenario.schema.units import Date, Growth, NotNegative, Ratio

Month = Literal["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MONTHS: tuple[Month, ...] = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)

HourProfile = Annotated[dict[str, NotNegative], AfterValidator(require_profile)]
ChannelShares = Annotated[dict[Name, SharePath], AfterValidator(fill_rest)]


class Channel(Titled):
    """A way on which dossiers come in."""

    medium: Literal["electronic", "paper"] = Field(
        description="Electronic dossiers go over the network; paper goes by courier."
    )
    in_person: Flag = Field(description="Whether the citizen comes to the office (a visit).")
    filing: Literal["any_time", "opening_hours"] = Field(
        description="`opening_hours`: only while demand.opening_calendar is open."
    )
    weekday_factors: dict[Weekday, NotNegative] = Field(
        {}, description="Relative volume by weekday; 1 where none is given."
    )
    hour_profile: HourProfile = Field(
        {},
        description="Relative volume of parts of the day, such as `07:30-11:30: 60`: the weight is that "
        "of the whole part, spread evenly in it; nothing comes outside the parts. Left out: even over the "
        "day.",
    )

    @property
    def profile(self) -> tuple[ProfilePart, ...]:
        """The hour profile in order of the day; one part with the whole day when none is given."""
        return profile_parts(self.hour_profile) or (ProfilePart(0, 1440, 1.0),)


class ChannelShareCase(Model):
    """Shares of the channels for a part of the sites."""

    where: Selection = Field(Selection(), description="Sites that it is for.")
    shares: ChannelShares = Field(
        description="Share of each channel: a share, `{date: share, ...}` (linear between the dates), or "
        "`rest` once; 100 % together.",
        min_length=1,
    )


class Phase(Titled):
    """A time in which more, or fewer, dossiers come."""

    start: Date = Field(description="First day.")
    end: Date = Field(description="Last day.")
    factor: NotNegative = Field(description="Volume is multiplied by this.")
    groups: tuple[Name, ...] | None = Field(
        None, description="Groups of procedures concerned; all when left out."
    )
    where: Selection = Field(Selection(), description="Sites concerned.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end < self.start:
            raise refusal("end is before start", "start <= end")
        return self


class Demand(Model):
    """Volume of all procedures together, and the ways on which dossiers come in."""

    volume_factor: NotNegative = Field(1.0, description="Multiplies all rates.")
    day_to_day_variation: Ratio = Field(
        0.0,
        description="Coefficient of variation of a gamma factor shared by all procedures of a site on a day.",
        le=5,
    )
    month_factors: dict[Month, NotNegative] = Field(
        {}, description="Relative volume by month; 1 where none is given."
    )
    growth_per_year: Growth = Field(0.0, description="Growth of the volume from the start of the period.")
    phases: Annotated[dict[Name, Phase], named] = Field({}, description="Times with more or fewer dossiers.")
    channel_shares: tuple[ChannelShareCase, ...] = Field(
        (), description="Shares of the channels; the first case that fits a site counts."
    )
    opening_calendar: Name | None = Field(
        None, description="Calendar of the counters: filings in opening hours come only while it is open."
    )


class RateCase(Model):
    """A factor on a rate for a part of the sites."""

    where: Selection = Field(Selection(), description="Sites that it is for.")
    factor: NotNegative = Field(description="The rate is multiplied by this.")


class Rate(Model):
    """How many dossiers of a procedure arrive."""

    per_1000_inhabitants_and_working_day: NotNegative | None = Field(
        None, description="Dossiers per 1,000 inhabitants and working day, before all factors.", le=1e6
    )
    per_commune_and_hour: NotNegative | None = Field(
        None,
        description="Dossiers per commune and hour, round the clock, an exact Poisson process without any "
        "factor; for theory and benchmark scenarios.",
        le=1e9,
    )
    cases: tuple[RateCase, ...] = Field((), description="Factors for some sites; the first that fits counts.")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        require_exactly_one(self, ("per_1000_inhabitants_and_working_day", "per_commune_and_hour"))
        return self
