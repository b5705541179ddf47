"""What an outage or a storm does, and to what."""

from typing import Final, Literal, Self

from pydantic import Field, model_validator

from sim.scenario.schema.base import Model, Name, refusal
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.units import PositiveShare

OFFICES: Final = "offices"
"""Name of the system without which nobody works at a site: offices that are open."""

POWER: Final = "power"

Effect = Literal["down", "slow", "read_only"]
SiteLoss = Literal["power", "offices"]


class Hit(Model):
    """What is hit, and what happens to it."""

    links: tuple[Name, ...] = Field((), description="Kinds of links that are hit.")
    systems: tuple[Name, ...] = Field((), description="Systems that are hit.")
    sites: tuple[SiteLoss, ...] = Field(
        (),
        description="What sites lose: `power` (no link from or over the site, and what is hosted there is "
        "down), `offices` (they are closed: nobody works there).",
    )
    where: Selection = Field(
        Selection(),
        description="Sites that are hit: those that lose power or offices, lower ends of links, hosts of "
        "systems.",
    )
    effect: Effect = Field(
        "down",
        description="`down`; `slow` (links: see `bandwidth_left`; systems: see their `slow_factor`); or "
        "`read_only` (systems: steps that write do without it, others go on).",
    )
    bandwidth_left: PositiveShare | None = Field(
        None, description="Part of their bandwidth that slow links keep."
    )

    @property
    def has_targets(self) -> bool:
        """Whether anything is named that is hit."""
        return bool(self.links or self.systems or self.sites)

    @property
    def may_slow_links(self) -> bool:
        """Whether links may become slow, so that `bandwidth_left` means something."""
        return self.effect == "slow" and bool(self.links)

    @model_validator(mode="after")
    def _effect_fits(self) -> Self:
        if self.effect == "read_only" and (self.links or self.sites):
            raise refusal("read_only together with links or sites", "systems only")
        if self.effect == "slow" and self.sites:
            raise refusal("slow together with sites", "effect: down, the default")
        is_slow_link = self.effect == "slow" and bool(self.links)
        if is_slow_link and self.bandwidth_left is None:
            raise refusal("slow links without bandwidth_left", "bandwidth_left: 10 %")
        if self.bandwidth_left is not None and not self.may_slow_links:
            raise refusal("bandwidth_left without slow links", "effect: slow, and links")
        return self
