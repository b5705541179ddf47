"""Changes: dated patches of pools."""

from typing import Any, Self

from pydantic import Field, model_validator

from sim.scenario.schema.base import Model, Name, Whole, quoted, refusal, require_exactly_one
from sim.scenario.schema.pools import MOST_POSTS
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.text import Titled
from sim.scenario.schema.units import Date, NotNegative, Positive


class HeadcountChange(Model):
    """How a headcount changes: exactly one of the three."""

    add: Whole | None = Field(
        None, description="Posts more (or, below zero, fewer).", ge=-MOST_POSTS, le=MOST_POSTS
    )
    set: Whole | None = Field(None, description="Posts from then on.", ge=0, le=MOST_POSTS)
    multiply: NotNegative | None = Field(
        None, description="Posts are multiplied by this and rounded.", le=1000
    )

    @model_validator(mode="before")
    @classmethod
    def _has_a_key(cls, data: Any) -> Any:
        if not isinstance(data, (dict, cls)):
            raise refusal(f"found {quoted(data)}", "{add: 2}, {set: 4} or {multiply: 1.5}")
        return data

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        require_exactly_one(self, ("add", "set", "multiply"))
        return self


class SpeedChange(Model):
    """How the speed of work changes."""

    multiply: Positive = Field(
        description="1.1 is ten percent faster: touch times are divided by this.", le=100
    )


class Change(Titled):
    """A dated change to one pool at some sites."""

    at: Date = Field(description="First day.")
    until: Date | None = Field(None, description="Last day; for good when left out.")
    where: Selection = Field(Selection(), description="Sites concerned.")
    pool: Name = Field(description="Pool concerned.")
    headcount: HeadcountChange | None = Field(None, description="Change of the headcount.")
    speed: SpeedChange | None = Field(None, description="Change of the speed of work.")

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.headcount is None and self.speed is None:
            raise refusal("nothing changes", "headcount, speed, or both")
        if self.until is not None and self.until < self.at:
            raise refusal("until is before at", "at <= until")
        return self
