"""Shares that change over time."""

import datetime
import itertools
import math
from collections.abc import Iterable, Iterator
from typing import Any, Final, Self

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from sim.scenario.schema.base import MEND_OF_MERGED, Model, refusal
from sim.scenario.schema.units import MS_PER_UNIT, Date, PositiveDuration, Share

REST_WORD: Final = "rest"
FIRST_DAY: Final = datetime.date(2000, 1, 1)
ADOPTION: Final = "adoption"
ADOPTION_CHECKED: Final = range(-60, 61)
"""Twentieths of `takes` around half-way at which shares are added up; beyond 3 `takes` a curve is flat."""


class PathPoint(Model):
    """A share at a date."""

    date: Date
    share: Share


class Adoption(Model):
    """A share that grows, or falls, along a logistic curve, slowly first, fast half-way and slowly again.

    `share = from + (to - from) / (1 + 81^(-t / takes))`, t from half-way: the substitution model of Fisher
    and Pry (1971, Technological Forecasting and Social Change 3, 75-88), whose takeover time is `takes`."""

    start: Share = Field(alias="from", description="Share long before.")
    to: Share = Field(description="Share long after.")
    half_way: Date = Field(description="Day that begins with the share half-way between the two.")
    takes: PositiveDuration = Field(description="Time from 10 % to 90 % of the way.")

    @property
    def takes_days(self) -> float:
        """Time from 10 % to 90 % of the way, days."""
        return self.takes / MS_PER_UNIT["day"]

    def at(self, day: datetime.date) -> float:
        """The share at the beginning of a day."""
        way = (day - self.half_way).days / self.takes_days * math.log(81.0)
        # The form with tanh does not overflow far from half-way.
        return self.start + (self.to - self.start) * (1.0 + math.tanh(way / 2)) / 2

    @property
    def days_to_check(self) -> Iterator[datetime.date]:
        """Days that stand for the whole curve."""
        for step in ADOPTION_CHECKED:
            day = self.half_way.toordinal() + round(step / 20 * self.takes_days)
            yield datetime.date.fromordinal(min(max(day, 1), datetime.date.max.toordinal()))


class SharePath(Model):
    """A share over time: one number, `{date: share, ...}`, linear between the dates and flat outside them, or
    `{adoption: {from, to, half_way, takes}}`.

    A path with nothing in it stands for `rest`; it is replaced before the scenario is handed on: by points,
    or where others follow a curve by what they leave (`beside`)."""

    points: tuple[PathPoint, ...] = Field((), description="Dates in order, each with its share.")
    adoption: Adoption | None = Field(None, description="A logistic curve.")
    beside: tuple["SharePath", ...] = Field((), description="The paths that leave this one the rest.")

    @model_validator(mode="before")
    @classmethod
    def _from_share_or_mapping(cls, data: Any) -> Any:
        if isinstance(data, SharePath):
            return data
        if data == REST_WORD:
            return {"points": ()}
        if isinstance(data, dict):
            if not data:
                raise refusal("found no dates", 'a share such as "20 %", or {date: share}')
            if ADOPTION in data:
                if len(data) > 1:
                    raise refusal("adoption together with dates", "one of the two", MEND_OF_MERGED)
                return data
            return {"points": [{"date": day, "share": share} for day, share in data.items()]}
        return {"points": [{"date": FIRST_DAY, "share": data}]}

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        days = [point.date for point in self.points]
        if any(later <= earlier for earlier, later in itertools.pairwise(days)):
            raise refusal("the dates are not in order", "dates from early to late")
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        share = {"type": ["string", "number"], "title": "share", "examples": ["55 %", "rest"]}
        dated = {"type": "object", "title": "share by date", "additionalProperties": share}
        adopted = {
            "type": "object",
            "title": "logistic curve",
            "properties": {ADOPTION: handler.resolve_ref_schema(handler(schema))["properties"][ADOPTION]},
            "required": [ADOPTION],
            "additionalProperties": False,
        }
        return {"anyOf": [share, dated, adopted]}

    @property
    def is_rest(self) -> bool:
        """Whether this stands for what the others leave."""
        return not self.points and self.adoption is None and not self.beside

    def at(self, day: datetime.date) -> float:
        """The share on a day."""
        if self.adoption is not None:
            return self.adoption.at(day)
        if self.beside:
            return rest_of(path.at(day) for path in self.beside)
        before = [point for point in self.points if point.date <= day]
        after = [point for point in self.points if point.date > day]
        if not before or not after:
            return (before[-1] if before else after[0]).share
        start, end = before[-1], after[0]
        done = (day - start.date) / (end.date - start.date)
        return start.share + done * (end.share - start.share)


def fill_rest(shares: dict[str, SharePath]) -> dict[str, SharePath]:
    """The shares with `rest` replaced by what the others leave; refused unless they always make 100 %."""
    dates = {point.date for path in shares.values() for point in path.points}
    dates |= {day for path in shares.values() if path.adoption for day in path.adoption.days_to_check}
    days = sorted(dates - {FIRST_DAY}) or [FIRST_DAY]
    open_names = [name for name, path in shares.items() if path.is_rest]
    if len(open_names) > 1:
        raise refusal(f"{' and '.join(open_names)} are all {REST_WORD}", f"{REST_WORD} once at most")
    totals = {day: sum(path.at(day) for path in shares.values() if not path.is_rest) for day in days}
    _require_whole(totals, bool(open_names))
    rest = _what_is_left([path for path in shares.values() if not path.is_rest], totals)
    return {name: rest if path.is_rest else path for name, path in shares.items()}


def _what_is_left(paths: list[SharePath], totals: dict[datetime.date, float]) -> SharePath:
    if any(path.adoption for path in paths):
        return SharePath.model_construct(beside=tuple(paths))
    points = tuple(PathPoint(date=day, share=max(0.0, 1.0 - total)) for day, total in totals.items())
    return SharePath.model_construct(points=points)


def _require_whole(totals: dict[datetime.date, float], has_rest: bool) -> None:
    for day, total in totals.items():
        if total > 1 + 1e-9 or (not has_rest and total < 1 - 1e-9):
            when = "" if day == FIRST_DAY else f" on {day}"
            expected = "shares of at most 100 %" if has_rest else "shares that make 100 % together"
            mend = MEND_OF_MERGED if total > 1 else f"write {REST_WORD} for one of them"
            raise refusal(f"the shares make {percent(total)} together{when}", expected, mend)


def percent(share: float) -> str:
    """A share in percent, without needless digits."""
    return f"{share * 100:.6g} %"


def rest_of(shares: Iterable[float]) -> float:
    """What some shares leave of the whole."""
    return max(0.0, 1.0 - sum(shares))
