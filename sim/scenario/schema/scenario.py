"""The scenario: everything a planner writes about one study."""

import hashlib
import json
from typing import Annotated, Any, Final, Self

from pydantic import Field, PrivateAttr, model_validator

from sim.scenario.errors import Place
from sim.scenario.schema.base import Model, Name, Whole, refusal, require_exactly_one
from sim.scenario.schema.calendars import Calendar
from sim.scenario.schema.changes import Change
from sim.scenario.schema.crews import Crew
from sim.scenario.schema.demand import Channel, Demand
from sim.scenario.schema.hits import OFFICES
from sim.scenario.schema.network import LinkKind, System
from sim.scenario.schema.outages import Outage
from sim.scenario.schema.own_process import OwnProcess
from sim.scenario.schema.phases import Phases
from sim.scenario.schema.pools import Pool
from sim.scenario.schema.procedures import Group, Procedure, Workflow
from sim.scenario.schema.rules import Rules
from sim.scenario.schema.storms import Storm
from sim.scenario.schema.support import Support
from sim.scenario.schema.targets import Costs, Target
from sim.scenario.schema.territory import Territory
from sim.scenario.schema.text import Assumption, Text, Titled, named
from sim.scenario.schema.units import MS_PER_UNIT, Confidence, Date, Duration, PositiveDuration

NOT_HASHED: Final = frozenset({"assumptions", "alternatives", "workflows", "replications", "phases"})
"""Sections that change no number of any replication: words, what was merged already, how many there are."""

MOST_DAYS: Final = 10 * 366
MOST_CHANNELS: Final = 100
MOST_GROUPS: Final = 1000


class Period(Model):
    """The time that is simulated."""

    start: Date = Field(description="First day.")
    end: Date = Field(description="Last day.")
    warm_up: Duration = Field(0, description="Time from the start that statistics leave out.")
    pulse: PositiveDuration = Field(
        MS_PER_UNIT["hour"], description="How often it is noted how many dossiers wait in each province."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = (self.end - self.start).days + 1
        if days < 1:
            raise refusal(f"end {self.end} is before start {self.start}", "start <= end")
        if days > MOST_DAYS:
            raise refusal(f"the period has {days} days", f"at most {MOST_DAYS} days")
        if self.warm_up >= days * MS_PER_UNIT["day"]:
            raise refusal("warm_up is as long as the period", "a warm-up shorter than the period")
        return self


class Alternative(Titled):
    """What the base is compared with: the base with a patch, or another scenario on the same land."""

    description: Text | None = Field(None, description="What is done, and why.")
    patch: dict[str, Any] | None = Field(
        None, description="What differs from the base, in the form of the scenario itself.", min_length=1
    )
    scenario: str | None = Field(
        None,
        description="A scenario file of the same folder, or one that comes with the program, that is played "
        "on the land, in the period and by the seed of this study, such as the four levels of before.",
        max_length=200,
    )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        require_exactly_one(self, ("patch", "scenario"))
        return self


class Scenario(Model):
    """One study: territory, people, network, demand, procedures, and the alternatives to compare."""

    name: Name = Field(description="Name of the study; results go to `results/NAME`.")
    title: Text | None = Field(None, description="Title of the report.")
    description: Text | None = Field(None, description="What the study is about.")
    assumptions: dict[Name, Assumption] = Field(
        {}, description="What is taken for true; shown in every report."
    )
    period: Period = Field(description="Time that is simulated.")
    replications: Whole = Field(
        10, description="Number of independent runs of every alternative.", ge=1, le=10_000
    )
    seed: Whole = Field(
        description="Number that fixes all chance; the same for all alternatives.", ge=0, le=10**15
    )
    confidence: Confidence = Field(0.95, description="Confidence of all intervals.")
    territory: Territory = Field(description="Sites.")
    calendars: dict[Name, Calendar] = Field(description="Opening hours by name.", min_length=1)
    official_calendar: Name = Field(
        description="Calendar whose open days are the working days of legal deadlines."
    )
    pools: Annotated[dict[Name, Pool], named] = Field(description="People by role.", min_length=1)
    systems: Annotated[dict[Name, System], named] = Field({}, description="Software systems.")
    network: Annotated[dict[Name, LinkKind], named] = Field({}, description="Kinds of links between sites.")
    outages: Annotated[dict[Name, Outage], named] = Field({}, description="Sources of outages.")
    storms: Annotated[dict[Name, Storm], named] = Field({}, description="Storms.")
    support: Support = Field(Support(), description="Problems at the sites, and who solves them.")
    processes: Annotated[dict[Name, OwnProcess], named] = Field(
        {}, description="Processes of your own, by name (docs/extending.md)."
    )
    crews: Annotated[dict[Name, Crew], named] = Field({}, description="Repair crews.")
    channels: Annotated[dict[Name, Channel], named] = Field(
        description="Ways on which dossiers come in.", min_length=1, max_length=MOST_CHANNELS
    )
    demand: Demand = Field(Demand(), description="Volume and channels.")
    rules: Rules = Field(Rules(), description="Rules for all procedures.")
    workflows: Annotated[dict[Name, Workflow], named] = Field({}, description="Steps shared by procedures.")
    groups: Annotated[dict[Name, Group], named] = Field(
        description="Groups of procedures.", min_length=1, max_length=MOST_GROUPS
    )
    procedures: Annotated[dict[Name, Procedure], named] = Field(description="Procedures.", min_length=1)
    changes: Annotated[dict[Name, Change], named] = Field({}, description="Dated changes.")
    phases: Phases = Field(
        {}, description="Dated bundles of changes, on one day or province by province (docs/phases.md)."
    )
    costs: Costs = Field(Costs(), description="Prices.")
    targets: Annotated[dict[Name, Target], named] = Field({}, description="What is to be reached.")
    alternatives: Annotated[dict[Name, Alternative], named] = Field(
        {}, description="Named patches of the base that are compared with it."
    )
    _places: dict[tuple[str | int, ...], Place] = PrivateAttr(default_factory=dict)

    @property
    def places(self) -> dict[tuple[str | int, ...], Place]:
        """Where each value was written: path inside the scenario -> file, line, column."""
        return self._places

    @property
    def closes_offices(self) -> bool:
        """Whether any outage or storm may close offices."""
        hits = (hit for storm in self.storms.values() for hit in storm.hits)
        return any(OFFICES in hit.sites for hit in hits) or any(
            outage.closes_offices for outage in self.outages.values()
        )

    def with_places(self, places: dict[tuple[str | int, ...], Place]) -> Self:
        """The same scenario that knows where each value was written."""
        known = self.model_copy()
        known._places = places
        return known

    def content_hash(self) -> str:
        """SHA-256 of everything that can change a number of a replication, tables included, as hex."""
        content = _without_words(self.model_dump(mode="json", exclude=set(NOT_HASHED)))
        # Keys stay in their order: the first step of a procedure is where a dossier begins.
        text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _without_words(value: Any) -> Any:
    """The value without titles and descriptions."""
    if isinstance(value, dict):
        return {key: _without_words(part) for key, part in value.items() if not _is_words(key, part)}
    return [_without_words(part) for part in value] if isinstance(value, list) else value


def _is_words(key: str, value: Any) -> bool:
    words = value is None or (isinstance(value, dict) and set(value) == {"en", "vi"})
    return key in ("title", "description") and words
