"""Software systems and the links over which sites reach them."""

from typing import Annotated, Final, Literal, Self, get_args

from pydantic import Field, model_validator

from sim.scenario.schema.base import Flag, Level, Name, refusal
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.sessions import Sessions
from sim.scenario.schema.text import Titled, named
from sim.scenario.schema.units import Bandwidth, Date, Duration, Money, Positive

NEIGHBOUR: Final = "neighbour"
"""Upper end of a link that joins a site with the nearest other one below the same site."""


class FilingMove(Titled):
    """From a date on, citizens of some places file over another system."""

    at: Date = Field(description="First day. Of several moves of a system the one that began last counts.")
    where: Selection = Field(Selection(), description="Sites at which the citizens live.")
    to: Name = Field(description="The system over which they file then; without sessions there is no limit.")


class System(Titled):
    """A software system that steps need: one at the centre, or one in every province."""

    hosted_at: Literal["centre", "province"] = Field(
        description="`centre`: one for the whole country; `province`: one in every province."
    )
    needs: tuple[Name, ...] = Field((), description="Systems without which it does not work.")
    slow_factor: Positive = Field(
        2.0, description="While it is slow, steps that need it take so many times as long.", ge=1
    )
    may_be_read_only: Flag = Field(
        False,
        description="It may be read while nothing can be written: an outage that makes it read-only then "
        "stops the steps that write in it (`writes`), and those only.",
    )
    vendors: dict[Name, Selection] = Field(
        {},
        description="With `hosted_at: province`: who runs it where, such as "
        "`{vendor_a: {provinces: [Huế]}}`. Provinces that the territory does not have are passed over.",
    )
    sessions: Sessions | None = Field(
        None,
        description="How many citizens can file over it at the same time; without it there is no limit. It "
        "counts for channels with `files_over`.",
    )

    filing_moves: Annotated[dict[Name, FilingMove], named] = Field(
        {}, description="Filing in its sessions moves to another system."
    )

    @model_validator(mode="after")
    def _moves_sessions(self) -> Self:
        if self.filing_moves and self.sessions is None:
            raise refusal("filing_moves of a system without sessions", "sessions, or no filing_moves")
        return self

    @model_validator(mode="after")
    def _vendors_of_provinces(self) -> Self:
        if self.vendors and self.hosted_at != "province":
            raise refusal(
                f"vendors of a system that is hosted at {self.hosted_at}", "vendors with hosted_at: province"
            )
        return self


class LinkUpgrade(Titled):
    """What lines of a kind can do from a date on, at some sites."""

    at: Date = Field(description="First day. Of several upgrades of a line the later one counts.")
    where: Selection = Field(Selection(), description="Sites at the lower end of the lines.")
    bandwidth: Bandwidth | None = Field(None, description="Bandwidth; as before when left out.")
    latency: Duration | None = Field(None, description="Delay of one way; as before when left out.")
    cost_per_month: Money | None = Field(None, description="Cost of one link; as before when left out.")

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if self.bandwidth is None and self.latency is None and self.cost_per_month is None:
            raise refusal("nothing changes", "bandwidth, latency or cost_per_month")
        return self


class LinkKind(Titled):
    """A kind of network link: one from every site of one level to the site above it, or to a neighbour."""

    start: Level = Field(alias="from", description="Level at the lower end.")
    end: Level | Literal["neighbour"] = Field(
        alias="to",
        description="Level at the upper end; or `neighbour`: the nearest other site of the same level below "
        "the same site, over whose line the site is joined while all its own are down.",
    )
    where: Selection = Field(Selection(), description="Sites at the lower end that have one.")
    backup: Flag = Field(False, description="Used only while the primary link is down.")
    bandwidth: Bandwidth = Field(description="Bandwidth.")
    latency: Duration = Field(10, description="Delay of one way.")
    carries: tuple[Name, ...] | None = Field(
        None,
        description="Systems that can be used over it, such as the few that a weak backup is enough for; all "
        "when left out. Dossiers are sent over it all the same.",
    )
    cost_per_month: Money = Field(0.0, description="Cost of one link.")
    upgrades: Annotated[dict[Name, LinkUpgrade], named] = Field(
        {}, description="Better, worse, dearer or cheaper lines from a date on."
    )

    @property
    def is_to_neighbour(self) -> bool:
        """Whether it leads to a neighbour and not to the site above."""
        return self.end == NEIGHBOUR

    @model_validator(mode="after")
    def _leads_upwards(self) -> Self:
        order = get_args(Level)
        if self.is_to_neighbour and self.start == "centre":
            raise refusal("a link from centre to neighbour", "from a province, or from below")
        if not self.is_to_neighbour and order.index(self.start) >= order.index(self.end):
            raise refusal(
                f"a link from {self.start} to {self.end}",
                "from old_seat to commune, from commune to district or province, from district to province, "
                "from province to centre, or to neighbour",
            )
        return self
