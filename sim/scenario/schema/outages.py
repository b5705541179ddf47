"""Outages of links and systems: by chance, or planned."""

from typing import Self

from pydantic import Field, model_validator

from sim.scenario.schema.base import Model, Name, refusal, require_exactly_one
from sim.scenario.schema.distributions import Distribution
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.text import Titled
from sim.scenario.schema.units import DateTime, PositiveDuration


class RandomOutages(Model):
    """Every link and system concerned fails on its own, again and again."""

    time_between_failures: Distribution = Field(description="From the end of a repair to the next failure.")
    time_to_repair: Distribution = Field(description="From failure to repair.")


class PlannedOutage(Model):
    """One outage with known time."""

    at: DateTime = Field(description="When it begins.")
    lasts: PositiveDuration = Field(description="How long it lasts.")


class Outage(Titled):
    """A source of outages: what is hit, where, and when."""

    links: tuple[Name, ...] = Field((), description="Kinds of links that are hit.")
    systems: tuple[Name, ...] = Field((), description="Systems that are hit.")
    where: Selection = Field(
        Selection(), description="Sites whose links (lower end), or provinces whose systems, are hit."
    )
    random: RandomOutages | None = Field(None, description="Outages by chance.")
    planned: tuple[PlannedOutage, ...] | None = Field(None, description="Outages with known time.")

    @model_validator(mode="after")
    def _hits_something_sometime(self) -> Self:
        require_exactly_one(self, ("random", "planned"))
        if not self.links and not self.systems:
            raise refusal("neither links nor systems are given", "links or systems that are hit")
        return self
