"""Storms: a disc that moves over the land and hits what it reaches."""

import datetime
import re
from typing import Annotated, Any, Final, Self

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, WithJsonSchema, model_validator
from pydantic_core import CoreSchema

from sim.scenario.schema.base import Model, Name, Number, quoted, refusal
from sim.scenario.schema.distributions import Distribution
from sim.scenario.schema.hits import Hit
from sim.scenario.schema.text import Titled
from sim.scenario.schema.units import DateTime, NotNegative, Positive, Share

_MONTH_DAY = re.compile(r"[0-9]{2}-[0-9]{2}")
ORDINARY_YEAR: Final = 2025


def _month_and_day(value: Any) -> str:
    is_written_so = isinstance(value, str) and _MONTH_DAY.fullmatch(value) is not None
    try:
        is_in_calendar = is_written_so and bool(day_in_year(value, ORDINARY_YEAR))
    except ValueError:
        is_in_calendar = False
    if not is_in_calendar:
        raise refusal(f"found {quoted(value)}", 'a month and day such as "07-15"')
    return str(value)


def day_in_year(month_and_day: str, year: int) -> datetime.date:
    """The date of a month and day such as `07-15` in a year; ValueError when the year has no such day."""
    month, day = (int(part) for part in month_and_day.split("-"))
    return datetime.date(year, month, day)


MonthDay = Annotated[
    str,
    BeforeValidator(_month_and_day),
    WithJsonSchema({"type": "string", "title": "month and day", "examples": ["07-15"]}),
]


class TrackPoint(Model):
    """Where the middle of a storm was; between two of them it moves evenly on a straight line."""

    at: DateTime = Field(description="When.")
    latitude: Number = Field(description="Degrees north.", ge=-60, le=60)
    longitude: Number = Field(description="Degrees east.", ge=-180, le=180)
    radius_km: NotNegative = Field(description="How far from the middle things are hit.", le=2000)


class HitShare(Model):
    """Which share of what the storm reaches is hit: a plain share, or one that depends on the distance."""

    at_centre: Share = Field(description="Of what the middle of the storm passes over.")
    at_edge: Share = Field(description="Of what its edge just reaches; in between, evenly by distance.")

    @model_validator(mode="before")
    @classmethod
    def _plain_share_is_everywhere(cls, data: Any) -> Any:
        return data if isinstance(data, (dict, HitShare)) else {"at_centre": data, "at_edge": data}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        plain = {"type": ["string", "number"], "title": "share", "examples": ["50 %"]}
        return {"anyOf": [plain, handler.resolve_ref_schema(handler(schema))]}


class StormHit(Hit):
    """What a storm does to one sort of things when it reaches them."""

    share: HitShare = Field(
        HitShare(at_centre=1.0, at_edge=1.0),
        description="Probability that something is hit: a share, or `{at_centre: 90 %, at_edge: 20 %}` by "
        "the least distance to the middle of the storm, in radii.",
    )
    lasts: Distribution = Field(
        description="From the hit, or with `crew` from its arrival, until it works again."
    )
    crew: Name | None = Field(None, description="Crews of which one has to come to the place.")

    @model_validator(mode="after")
    def _hits_something(self) -> Self:
        if not self.has_targets:
            raise refusal("nothing is given that is hit", "links, systems or sites")
        return self


class RandomStorms(Model):
    """Storms by chance: their number in a year is Poisson, their dates are even over a season."""

    per_year: Positive = Field(description="Mean number in a year.", le=100)
    start: MonthDay = Field(
        "01-01", alias="from", description="First day of the season on which one may begin."
    )
    until: MonthDay = Field("12-31", description="Last such day; before `from`: in the next year.")
    tracks: tuple[Name, ...] = Field(
        (), description="Storms on whose tracks they go, each as likely; on its own track when left out."
    )


class Storm(Titled):
    """A storm: on its date, on another one, or by chance."""

    extends: str | None = Field(
        None,
        description="A storm that comes with the program, such as `haicap:wipha`; what is written here is "
        "laid over it.",
        max_length=60,
    )
    track: tuple[TrackPoint, ...] = Field((), description="Its way, in order of time.", max_length=200)
    hits: tuple[StormHit, ...] = Field(description="What it does to what it reaches.", min_length=1)
    begins: DateTime | None = Field(
        None, description="When it begins, in place of the date of its track: the same storm at another time."
    )
    random: RandomStorms | None = Field(None, description="It comes by chance, and not on its date.")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.extends is not None:
            raise refusal("extends where no file was read", "track and hits")
        if not self.track and (self.random is None or not self.random.tracks):
            raise refusal("no track", "track, or random with the tracks of other storms")
        if len(self.track) == 1:
            raise refusal("a track of one point", "at least two points")
        if any(later.at <= sooner.at for sooner, later in zip(self.track, self.track[1:], strict=False)):
            raise refusal("points of the track that are not in order of time", "each at a later time")
        if self.begins is not None and self.random is not None:
            raise refusal("found begins and random", "one of begins, random")
        return self
