"""Shares that change over time."""

import datetime
import itertools
from collections.abc import Iterable
from typing import Any, Final, Self

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from sim.scenario.schema.base import MEND_OF_MERGED, Model, refusal
from sim.scenario.schema.units import Date, Share

REST_WORD: Final = "rest"
FIRST_DAY: Final = datetime.date(2000, 1, 1)


class PathPoint(Model):
    """A share at a date."""

    date: Date
    share: Share


class SharePath(Model):
    """A share over time: one number, or `{date: share, ...}`, linear between the dates and flat outside them.

    A path without points stands for `rest`; it is replaced before the scenario is handed on."""

    points: tuple[PathPoint, ...] = Field(description="Dates in order, each with its share.")

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
        return {"anyOf": [share, dated]}

    @property
    def is_rest(self) -> bool:
        """Whether this stands for what the others leave."""
        return not self.points

    def at(self, day: datetime.date) -> float:
        """The share on a day."""
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
    days = sorted(dates - {FIRST_DAY}) or [FIRST_DAY]
    open_names = [name for name, path in shares.items() if path.is_rest]
    if len(open_names) > 1:
        raise refusal(f"{' and '.join(open_names)} are all {REST_WORD}", f"{REST_WORD} once at most")
    totals = {day: sum(path.at(day) for path in shares.values() if not path.is_rest) for day in days}
    _require_whole(totals, bool(open_names))
    rest = tuple(PathPoint(date=day, share=max(0.0, 1.0 - total)) for day, total in totals.items())
    return {
        name: SharePath.model_construct(points=rest) if path.is_rest else path
        for name, path in shares.items()
    }


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
