"""Changes: dated patches of pools."""

from typing import Any, Self

from pydantic import Field, model_validator

from sim.scenario.schema.base import Model, Name, Whole, quoted, refusal, require_exactly_one
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.staff import MOST_POSTS, Training
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


class Destination(Model):
    """Where people are sent."""

    where: Selection = Field(Selection(), description="Sites that get them.")
    pool: Name = Field(description="Pool in which they work there.")


class Secondment(Model):
    """People of the pools of a change who work elsewhere while it is on."""

    people: Whole = Field(
        description="People of each pool; where there are fewer, all of them.", ge=1, le=MOST_POSTS
    )
    to: Destination = Field(
        description="Where they go: the same number to each site, one more to the first as far as they reach."
    )


class Change(Titled):
    """A dated change to one pool at some sites."""

    at: Date = Field(description="First day.")
    until: Date | None = Field(None, description="Last day; for good when left out.")
    where: Selection = Field(Selection(), description="Sites concerned.")
    pool: Name = Field(description="Pool concerned.")
    headcount: HeadcountChange | None = Field(None, description="Change of the headcount.")
    speed: SpeedChange | None = Field(None, description="Change of the speed of work.")
    training: Training | None = Field(None, description="People are trained from the first day on.")
    secondment: Secondment | None = Field(None, description="People are sent elsewhere.")

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not any((self.headcount, self.speed, self.training, self.secondment)):
            raise refusal("nothing changes", "headcount, speed, training or secondment")
        if self.until is not None and self.until < self.at:
            raise refusal("until is before at", "at <= until")
        return self
