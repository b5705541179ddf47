"""Phases: what is done from a date on in part of the country, all at once or province by province."""

import datetime
from collections.abc import Iterator
from typing import Annotated, Final, NamedTuple, Self

from pydantic import AfterValidator, Field, model_validator

from sim.scenario.schema.base import Flag, Model, Name, Whole, refusal
from sim.scenario.schema.changes import HeadcountChange, Secondment, SpeedChange
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.staff import Training
from sim.scenario.schema.steps import Step
from sim.scenario.schema.support import MOST_TEAMS
from sim.scenario.schema.text import Titled, named
from sim.scenario.schema.units import (
    MS_PER_UNIT,
    Bandwidth,
    Date,
    Deadline,
    Duration,
    Money,
    PositiveDuration,
    Share,
    WorkingDays,
)

LONGEST_NAME: Final = 34
"""Of a phase; what it is translated into is named after it, with a number behind."""


class PhasedPool(Model):
    """What a phase does to one pool; as in `changes`."""

    headcount: HeadcountChange | None = Field(None, description="Change of the headcount.")
    speed: SpeedChange | None = Field(None, description="Change of the speed of work.")
    training: Training | None = Field(None, description="People are trained from the first day on.")
    secondment: Secondment | None = Field(None, description="People are sent elsewhere.")

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not any((self.headcount, self.speed, self.training, self.secondment)):
            raise refusal("nothing changes", "headcount, speed, training or secondment")
        return self


class PhasedProcedure(Model):
    """How a procedure is handled from then on; as in `versions`."""

    workflow: Name | None = Field(None, description="Workflow whose steps take the place of its own.")
    steps: dict[Name, Step] = Field({}, description="What differs from its steps.")
    deadline: Deadline = Field(None, description="Legal time; as before when left out.")
    deadline_with: dict[Name, WorkingDays] = Field({}, description="Deadlines by trait.")
    abolished: Flag = Field(False, description="Nothing is filed from then on.")


class PhasedWorkflow(Model):
    """How the steps of all procedures with this workflow are done from then on."""

    steps: dict[Name, Step] = Field(description="What differs from its steps.", min_length=1)


class Replacement(Model):
    """A system whose place another one takes in all steps.

    What is begun goes on by the steps of before where it is, with the old system, and by the new ones
    afterwards: the old system stays in service for that."""

    replaced_by: Name = Field(description="The system that takes its place.")
    downtime: Duration = Field(
        0,
        description="Time before the first day in which the old system is down, because data are moved; "
        "whole minutes.",
    )

    @model_validator(mode="after")
    def _whole_minutes(self) -> Self:
        if self.downtime % MS_PER_UNIT["min"]:
            raise refusal("downtime is not a number of minutes", "whole minutes such as 90 min")
        return self


class PhasedLink(Model):
    """What lines can do, and cost, from then on; as in `upgrades`."""

    bandwidth: Bandwidth | None = Field(None, description="Bandwidth; as before when left out.")
    latency: Duration | None = Field(None, description="Delay of one way; as before when left out.")
    cost_per_month: Money | None = Field(None, description="Cost of one link; as before when left out.")

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.bandwidth is None and self.latency is None and self.cost_per_month is None:
            raise refusal("nothing changes", "bandwidth, latency or cost_per_month")
        return self


class PhasedRate(Model):
    """How often a problem arises, or something fails, from then on; as in `levels`."""

    falls_to: Share = Field(description="Share of the full rate.")


class PhasedTeams(Model):
    """How many mobile teams there are; as in `changes` of the teams."""

    number: Whole = Field(description="Teams at each base.", ge=0, le=MOST_TEAMS)


class PhaseContent(Model):
    """What is done in a phase."""

    pools: dict[Name, PhasedPool] = Field({}, description="By pool: people and speed.")
    procedures: dict[Name, PhasedProcedure] = Field({}, description="By procedure: e-forms, data filled in.")
    workflows: dict[Name, PhasedWorkflow] = Field(
        {}, description="By workflow: the same for all procedures that have it."
    )
    systems: dict[Name, Replacement] = Field({}, description="By system: what takes its place.")
    network: dict[Name, PhasedLink] = Field({}, description="By kind of link: what lines can do, and cost.")
    problems: dict[Name, PhasedRate] = Field({}, description="By kind of problem: how often it arises.")
    outages: dict[Name, PhasedRate] = Field({}, description="By source of random outages: how often it hits.")

    teams: dict[Name, PhasedTeams] = Field(
        {}, description="By kind of mobile team: how many there are at the bases concerned."
    )

    @property
    def lasting(self) -> str:
        """Name of a section whose changes cannot be taken back; empty when there is none."""
        for name in ("procedures", "workflows", "systems", "network", "problems", "outages"):
            if getattr(self, name):
                return name
        return ""

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if not self.pools and not self.teams and not self.lasting:
            raise refusal("nothing is done", f"one of {', '.join(PhaseContent.model_fields)}")
        return self


class Stagger(Model):
    """One province after the other instead of all on one day."""

    by: tuple[str, ...] = Field(description="Provinces in order.", min_length=1, max_length=100)
    every: PositiveDuration = Field(description="Time from one to the next; whole days.")

    @model_validator(mode="after")
    def _whole_days(self) -> Self:
        if self.every % MS_PER_UNIT["day"]:
            raise refusal("every is not a number of days", "whole days such as 7 days")
        if len(set(self.by)) < len(self.by):
            raise refusal("a province is given twice", "each province once")
        return self


class Wave(NamedTuple):
    """A phase in one province, or everywhere (`province` is empty), with its first and last day."""

    province: str
    at: datetime.date
    until: datetime.date | None


class RolloutPhase(Titled):
    """A dated bundle of changes to part of the country: all on one day, or staggered by province.

    It is translated into `changes`, `versions`, `upgrades`, `levels`, `filing_moves`, `changes` of mobile
    teams and planned outages before anything is built; what they mean holds for it."""

    at: Date = Field(description="First day, of the first province when it is staggered.")
    until: Date | None = Field(None, description="Last day, of pools and teams only; for good when left out.")
    lasts: PositiveDuration | None = Field(
        None, description="How long it lasts in each province, in place of `until`; whole days."
    )
    where: Selection = Field(Selection(), description="Sites concerned.")
    stagger: Stagger | None = Field(None, description="One province after the other; one day when left out.")
    change: PhaseContent = Field(description="What is done.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.until is not None and self.lasts is not None:
            raise refusal("until together with lasts", "one of the two")
        if self.lasts is not None and self.lasts % MS_PER_UNIT["day"]:
            raise refusal("lasts is not a number of days", "whole days such as 21 days")
        if (self.until or self.lasts) and self.change.lasting:
            raise refusal(f"{self.change.lasting} that end", "until or lasts with pools and teams only")
        if self.stagger is not None and self.where.provinces:
            raise refusal("stagger together with where.provinces", "the provinces in stagger.by")
        last = self.waves[-1]
        if last.until is not None and last.until < last.at:
            raise refusal(f"until is before {last.at}, its last first day", "a later day, or lasts")
        return self

    @property
    def waves(self) -> tuple[Wave, ...]:
        """When it comes where."""
        return tuple(self._waves())

    def _waves(self) -> Iterator[Wave]:
        provinces = ("",) if self.stagger is None else self.stagger.by
        every = datetime.timedelta(milliseconds=0 if self.stagger is None else self.stagger.every)
        for place, province in enumerate(provinces):
            at = self.at + place * every
            until = self.until
            if self.lasts is not None:
                until = at + datetime.timedelta(milliseconds=self.lasts) - datetime.timedelta(1)
            yield Wave(province, at, until)


def _short_names(phases: dict[str, RolloutPhase]) -> dict[str, RolloutPhase]:
    too_long = [name for name in phases if len(name) > LONGEST_NAME]
    if too_long:
        raise refusal(f"the name {too_long[0]} is too long", f"at most {LONGEST_NAME} characters")
    return phases


Phases = Annotated[dict[Name, RolloutPhase], named, AfterValidator(_short_names)]
"""Phases by name."""
