"""Procedures: their steps, deadlines, traits and versions, and how often they are asked for."""

from collections.abc import Iterator
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sim.scenario.errors import did_you_mean, known_words
from sim.scenario.schema.base import Fault, Flag, Model, Name, Whole, quoted, refusals
from sim.scenario.schema.demand import ChannelShareCase, Rate
from sim.scenario.schema.distributions import ShareDistribution
from sim.scenario.schema.flow import MOST_MARKS, flow_faults, steps_in_parts, unknown_step
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.steps import KNOWN_TRAITS, Step, with_following_steps
from sim.scenario.schema.text import Titled, named
from sim.scenario.schema.units import Date, Deadline, NotNegative, Share, Size, WorkingDays

MOST_TRAITS: Final = 40

StepsByName = Annotated[dict[Name, Step], named, AfterValidator(with_following_steps)]


class Workflow(Titled):
    """Steps that several procedures share."""

    steps: Annotated[dict[Name, Step], named] = Field(description="Steps in order.", min_length=1)


class Inherited(Model):
    """Dossiers of the former districts that are in hand on day one."""

    per_1000_inhabitants: NotNegative = Field(description="Dossiers per 1,000 inhabitants.", le=1e6)
    at_step: Name = Field(description="Step at which they wait.")
    deadline_used: ShareDistribution = Field(
        description="Share of the legal time that is used up; above 100 % they are overdue from the start."
    )


class Version(Titled):
    """How a procedure is handled from a date on, at some sites: decentralised, moved up, or abolished.

    Dossiers in hand go on at the step of the same name, or in the old way where there is none."""

    at: Date = Field(description="First day. Of several versions the one that began last counts.")
    where: Selection = Field(Selection(), description="Sites concerned, by where the citizen lives.")
    workflow: Name | None = Field(
        None, description="Workflow whose steps take the place of those of the procedure."
    )
    steps: StepsByName = Field(
        {}, description="What differs from the steps of the procedure, or of `workflow` when that is given."
    )
    deadline: Deadline = Field(None, description="Legal time; that of the procedure when left out.")
    deadline_with: dict[Name, WorkingDays] = Field(
        {}, description="Deadlines by trait; those of the procedure when left out."
    )
    abolished: Flag = Field(
        False, description="Nothing is filed from then on; dossiers in hand are finished."
    )


class Procedure(Titled):
    """An administrative procedure: its steps, its legal deadline and how often it is asked for."""

    group: Name = Field(description="Group of procedures it belongs to.")
    workflow: Name | None = Field(None, description="Workflow whose steps it takes over.")
    steps: StepsByName = Field(
        {},
        description="Steps in order; with a workflow, what differs from it, and further steps after its own.",
    )
    deadline: Deadline = Field(description="Legal time to the result.")
    traits: dict[Name, Share] = Field(
        {},
        description="What some dossiers are and others not, with the share of those that are, such as "
        "`{needs_verification: 10 %}`, each by chance. Ways on (`when`) and deadlines may depend on it.",
        max_length=MOST_TRAITS,
    )
    deadline_with: dict[Name, WorkingDays] = Field(
        {},
        description="By trait: another legal time for the dossiers that have it. Of several the one that "
        "stands first in `traits` counts.",
    )
    rate: Rate = Field(description="How many dossiers arrive.")
    channel_shares: tuple[ChannelShareCase, ...] | None = Field(
        None, description="Shares of the channels for this procedure; those of demand when left out."
    )
    dossier_size: Size | None = Field(
        None, description="Size of its electronic dossiers; rules.dossier_size when left out."
    )
    priority: Whole = Field(0, description="In queues by priority; smaller first.", ge=0, le=99)
    inherited: Inherited | None = Field(None, description="Backlog on day one.")
    versions: Annotated[dict[Name, Version], named] = Field(
        {}, description="Other ways in which it is handled, each from a date on."
    )
    holds: Name | None = Field(
        None,
        description="Pool of which one person, above the home or in it, cannot work while a request is open "
        "(a certificate that is locked, a device under repair).",
    )
    confidential: Literal["land", "energy_security", "resources"] | None = Field(
        None, description="Class of confidentiality: cannot be filed outside the home commune."
    )
    source: str | None = Field(None, description="Where the deadline comes from.", max_length=1000)

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """Its steps and those of all its versions."""
        of_versions = (step for version in self.versions.values() for step in version.steps.values())
        return (*self.steps.values(), *of_versions)

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        faults = (*flow_faults(self.steps, self.traits), *self._faults_of_traits())
        if self.inherited is not None:
            faults += tuple(_inherited_faults(self.inherited.at_step, self.steps))
        for name, version in self.versions.items():
            faults += tuple(_version_faults(name, version, self))
        if faults:
            raise refusals(faults)
        return self

    def _faults_of_traits(self) -> Iterator[Fault]:
        for name in self.traits:
            if name in KNOWN_TRAITS:
                yield Fault(f'"{name}" is a trait of its own', "another name", at=("traits", name))
        yield from _deadline_faults(self.deadline_with, self)
        marks = {branch.to for step in self.all_steps for branch in step.next if branch.once}
        if len(marks) > MOST_MARKS:
            yield Fault(f"ways to {len(marks)} steps may be taken once", f"at most {MOST_MARKS} of them")


def _inherited_faults(at_step: str, steps: dict[str, Step]) -> Iterator[Fault]:
    at = ("inherited", "at_step")
    if at_step not in steps:
        yield unknown_step(at_step, steps, at)
    elif at_step in steps_in_parts(steps):
        yield Fault(f"{at_step} stands in a part", "a step before or after the parts", at=at)


def _deadline_faults(deadlines: dict[str, int], procedure: Procedure) -> Iterator[Fault]:
    known = list(procedure.traits)
    for name in deadlines:
        if name not in known:
            expected = "one of " + known_words(known) if known else "a trait of the procedure; it has none"
            at = ("deadline_with", name)
            yield Fault(f"unknown trait {quoted(name)}", expected, did_you_mean(name, known), at)


def _version_faults(name: str, version: Version, procedure: Procedure) -> Iterator[Fault]:
    if version.abolished and (version.workflow or version.steps):
        yield Fault("steps of something abolished", "either abolished, or steps", at=("versions", name))
        return
    if not version.abolished:
        for fault in flow_faults(version.steps, procedure.traits):
            yield fault._replace(at=("versions", name, *fault.at))
        for fault in _deadline_faults(version.deadline_with, procedure):
            yield fault._replace(at=("versions", name, *fault.at))


class Group(Titled):
    """A group of procedures."""

    counts_apart: Flag = Field(
        False, description="A stream of its own: shown beside the total, not in it (certification of copies)."
    )
    internal: Flag = Field(
        False,
        description="Requests inside the administration (certificates, tickets): no dossiers of citizens, "
        "and not counted among them.",
    )
