"""Support: problems at the sites, a hotline, video help and mobile teams."""

from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from sim.scenario.schema.base import Model, Name, Whole, refusal
from sim.scenario.schema.distributions import Distribution
from sim.scenario.schema.levels import RateLevel
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.text import Titled, named
from sim.scenario.schema.units import Date, Duration, Money, NotNegative, Positive, Share

DISPATCH_RULES: Final = ("nearest", "longest_open", "most_backlog", "reserve")
"""Rules that come with the program (`sim.control.dispatch`)."""

MOST_PER_YEAR: Final = 1000
MOST_SLOWER: Final = 100
MOST_TEAMS: Final = 1000


class ProblemRate(Model):
    """How often a problem arises; the two add up."""

    per_site_and_year: NotNegative = Field(
        0.0, description="Times at each site in a year of 250 working days.", le=MOST_PER_YEAR
    )
    per_post_and_year: NotNegative = Field(
        0.0,
        description="Times for each post that the site has as the run begins, in a year of 250 working days.",
        le=MOST_PER_YEAR,
    )

    @model_validator(mode="after")
    def _arises_some_time(self) -> Self:
        if self.per_site_and_year + self.per_post_and_year == 0:
            raise refusal("no rate is given", "per_site_and_year or per_post_and_year above zero")
        return self


class ProblemEffect(Model):
    """What an open problem does at its site."""

    pools: tuple[Name, ...] = Field((), description="Pools concerned; all of the site when left out.")
    slower: Positive = Field(
        1.0, description="Touch times of these pools are multiplied by this.", ge=1, le=MOST_SLOWER
    )
    holds: Whole = Field(0, description="People of each of these pools who cannot work.", ge=0, le=1000)
    blocks: tuple[Name, ...] = Field((), description="Systems that cannot be used at the site.")

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        if self.slower == 1 and not self.holds and not self.blocks:
            raise refusal("the problem does no harm", "slower, holds or blocks")
        return self


class Help(Model):
    """Help of one kind with a problem."""

    solves: Share = Field(1.0, description="Share of the tickets that come so far and are solved by it.")
    takes: Distribution = Field(description="How long it takes, solved or not.")


class ProblemKind(Titled):
    """One kind of problem: a device, a certificate, software, skill."""

    where: Selection = Field(
        Selection(levels=("commune",)), description="Sites at which it arises; communes when left out."
    )
    rate: ProblemRate = Field(description="How often.")
    levels: tuple[RateLevel, ...] = Field(
        (),
        description="Less of it from a date on, for some sites (training, new devices); the first that fits "
        "counts, and the full rate elsewhere.",
    )
    effect: ProblemEffect = Field(description="What it does while it is open.")
    hotline: Help | None = Field(None, description="What the hotline can do; nothing when left out.")
    video: Help | None = Field(None, description="What video help can do; nothing when left out.")
    on_site: Help = Field(description="What a mobile team does; it always solves the problem.")
    alone: Distribution = Field(
        description="How long the place needs on its own, from when help from afar has failed; it works on "
        "it while it waits for a team as well, and whoever is first solves it."
    )

    @model_validator(mode="after")
    def _teams_solve(self) -> Self:
        if self.on_site.solves != 1:
            raise refusal("on_site.solves is below 100 %", "a team stays until the problem is solved")
        return self


class Agents(Titled):
    """People who help from afar."""

    agents: Whole = Field(description="How many answer at a time.", ge=1, le=100_000)
    calendar: Name | None = Field(None, description="When they work; round the clock when left out.")
    cost_per_month: Money = Field(0.0, description="Cost of one agent.")


class TeamChange(Titled):
    """How many teams there are at some bases from a date on."""

    at: Date = Field(description="First day. Of several changes of a base the one that began last counts.")
    until: Date | None = Field(None, description="Last day; for good when left out.")
    where: Selection = Field(Selection(), description="Bases concerned.")
    number: Whole = Field(description="Teams at each of them.", ge=0, le=MOST_TEAMS)

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> Self:
        if self.until is not None and self.until < self.at:
            raise refusal("until is before at", "at <= until")
        return self


class MobileTeam(Titled):
    """Mobile teams of one kind: so many at every base, for the sites at and below it."""

    base: Selection = Field(
        Selection(levels=("province",)), description="Sites at which they are based; provinces when left out."
    )
    number: Whole = Field(1, description="Teams at each base.", ge=0, le=MOST_TEAMS)
    changes: Annotated[dict[Name, TeamChange], named] = Field(
        {}, description="Another number from a date on, at all or some of the bases."
    )
    people: Whole = Field(
        1,
        description="People of one team; on site each works on a ticket of its own.",
        ge=1,
        le=1000,
    )
    calendar: Name = Field(description="When they drive and work.")
    speed_kmh: Positive | None = Field(
        None, description="Mean speed on the way; that of `territory.travel` when left out.", le=200
    )
    dispatch: Name = Field(
        "nearest",
        description="Rule by which a free team chooses its next ticket: `nearest`, `longest_open`, "
        "`most_backlog`, `reserve`, or one of your own (docs/extending.md).",
    )
    reserve: Whole = Field(1, description="Teams that `reserve` keeps for urgent tickets.", ge=0, le=1000)
    urgent_after: Duration = Field(
        86_400_000, description="A ticket that is open for so long is urgent, as is one that blocks a system."
    )
    cost_per_month: Money = Field(0.0, description="Cost of one team, vehicle included.")


class Support(Model):
    """Problems at the sites and those who solve them."""

    problems: Annotated[dict[Name, ProblemKind], named] = Field({}, description="Kinds of problems.")
    hotline: Agents | None = Field(None, description="Help by telephone.")
    video: Agents | None = Field(None, description="Help by video, for what the hotline did not solve.")
    teams: Annotated[dict[Name, MobileTeam], named] = Field(
        {}, description="Mobile teams, for the rest. The first kind with a base at or above a site comes."
    )
