"""Demand: how many dossiers arrive, when, and on which way."""

import datetime
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from sim.scenario.schema.base import (
    Fault,
    Flag,
    Model,
    Name,
    Whole,
    quoted,
    refusal,
    refusals,
    require_exactly_one,
)
from sim.scenario.schema.calendars import ProfilePart, Weekday, profile_parts, require_profile
from sim.scenario.schema.paths import SharePath, fill_rest
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.tables import CsvTable, Table, require_columns
from sim.scenario.schema.text import Titled, named
from sim.scenario.schema.units import Date, Growth, NotNegative, Ratio, date_time_of

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

DEFAULT_CANDIDATES = 5

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
    files_over: Name | None = Field(
        None,
        description="System over which citizens file from home. When it has `sessions`, filing is a session "
        "there; without, nothing comes of it.",
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

    @model_validator(mode="after")
    def _files_from_home(self) -> Self:
        if self.files_over is not None and self.in_person:
            raise refusal(
                "files_over on a channel in person", "files_over on a channel with in_person: false"
            )
        return self

    @property
    def profile(self) -> tuple[ProfilePart, ...]:
        """The hour profile in order of the day; one part with the whole day when none is given."""
        return profile_parts(self.hour_profile) or (ProfilePart(0, 1440, 1.0),)


class ChannelShareCase(Model):
    """Shares of the channels for a part of the sites."""

    where: Selection = Field(Selection(), description="Sites that it is for.")
    shares: ChannelShares = Field(
        description="Share of each channel: a share, `{date: share, ...}` (linear between the dates), "
        "`{adoption: {from: 20 %, to: 82 %, half_way: 2025-09-15, takes: 120 days}}` (a logistic curve; "
        "takes is the time from 10 % to 90 % of the way), or `rest` once; 100 % together.",
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


class FilingElsewhere(Model):
    """How many citizens file in person at another commune of their province, and at which."""

    where: Selection = Field(Selection(), description="Communes, as they are now, whose citizens it is for.")
    share: SharePath = Field(
        description="Share of those who file in person: a share, `{date: share, ...}` or an adoption curve. "
        "None of the procedures marked `confidential` are filed elsewhere."
    )
    choose: Literal["nearest", "ward_near_work", "least_loaded"] = Field(
        description="`nearest` other commune; `ward_near_work`: any of the nearest wards, by chance; "
        "`least_loaded`: of the nearest communes the one with the fewest waiting per person at its counter."
    )
    candidates: Whole | None = Field(
        None,
        description="How many nearest ones there are to choose from; 5 when left out.",
        ge=1,
        le=50,
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.share.is_rest:
            raise refusal('found "rest"', 'a share such as "5 %"')
        if self.choose == "nearest" and self.candidates is not None:
            raise refusal("candidates together with choose: nearest", "no candidates: it is one commune")
        return self

    @property
    def most_candidates(self) -> int:
        """From how many communes a citizen chooses."""
        return 1 if self.choose == "nearest" else self.candidates or DEFAULT_CANDIDATES


class ReplayRow(NamedTuple):
    """One filing of a file that is replayed. `province` is empty when the file has no such column."""

    filed_at: datetime.datetime
    site: str
    procedure: str
    channel: str
    province: str
    line: int


REPLAY_COLUMNS = ("filed_at", "site", "procedure", "channel")


def replay_rows(table: Table) -> tuple[ReplayRow, ...]:
    """The rows of a file of filings; refuses the table with every row that has no date and time."""
    provinces = table.column("province") if "province" in table.columns else ("",) * len(table.rows)
    columns = [table.column(name) for name in REPLAY_COLUMNS]
    rows: list[ReplayRow] = []
    faults: list[Fault] = []
    for filed_at, site, procedure, channel, province, line in zip(
        *columns, provinces, table.lines, strict=True
    ):
        try:
            rows.append(ReplayRow(date_time_of(filed_at), site, procedure, channel, province, line))
        except PydanticCustomError:
            expected = 'a date and time such as "2025-07-03 08:00" (local time)'
            found = f"column filed_at: found {quoted(filed_at)}"
            faults.append(Fault(found, expected, file=table.file, line=line))
    if faults:
        raise refusals(faults)
    return tuple(rows)


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
    filing_elsewhere: tuple[FilingElsewhere, ...] = Field(
        (), description="Filing at another commune than one's own; the first case that fits a commune counts."
    )
    replay_csv: CsvTable | None = Field(
        None,
        description="CSV file of filings to replay, with the columns filed_at (`2025-07-03 08:00`), site (a "
        "present or former commune), procedure, channel and, if names repeat, province. What was filed "
        "outside the period is left out; filings at a present commune are spread over its former communes "
        "where citizens live in those.",
    )
    replay: Literal["adds", "replaces"] = Field(
        "adds",
        description="`adds`: replayed filings come beside those of the rates; `replaces`: procedures in the "
        "file get no others.",
    )

    @model_validator(mode="after")
    def _replay_has_a_file(self) -> Self:
        if self.replay_csv is not None:
            require_columns(self.replay_csv, REPLAY_COLUMNS, ("province",))
            replay_rows(self.replay_csv)
        elif "replay" in self.model_fields_set:
            raise refusal("replay without replay_csv", "replay_csv: the name of a CSV file")
        return self


class RateCase(Model):
    """A factor on a rate for a part of the sites."""

    where: Selection = Field(Selection(), description="Sites that it is for.")
    factor: NotNegative = Field(description="The rate is multiplied by this.")


class RatePerPost(Model):
    """Requests that people inside the administration make: certificates, devices, tickets."""

    pool: Name = Field(description="Pool whose people need it, of the home commune or above.")
    requests: NotNegative = Field(
        description="Requests per post of that pool, as the run begins, and year of 250 working days; "
        "factors of day and month hold for them, the volume factor does not.",
        le=1e6,
    )


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
    per_post_and_year: RatePerPost | None = Field(
        None, description="Requests of the people of a pool, spread evenly over the communes below it."
    )
    cases: tuple[RateCase, ...] = Field((), description="Factors for some sites; the first that fits counts.")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        forms = ("per_1000_inhabitants_and_working_day", "per_commune_and_hour", "per_post_and_year")
        require_exactly_one(self, forms)
        return self
