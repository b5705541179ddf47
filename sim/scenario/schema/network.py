"""Software systems and the links over which sites reach them."""

from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from sim.scenario.schema.base import Flag, Level, Name, refusal
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.text import Titled
from sim.scenario.schema.units import Bandwidth, Duration, Money


class System(Titled):
    """A software system that steps need: one at the centre, or one in every province."""

    hosted_at: Literal["centre", "province"] = Field(
        description="`centre`: one for the whole country; `province`: one in every province."
    )
    needs: tuple[Name, ...] = Field((), description="Systems without which it does not work.")


class LinkKind(Titled):
    """A kind of network link: one link from every site of one level to the site above it."""

    start: Level = Field(alias="from", description="Level at the lower end.")
    end: Level = Field(alias="to", description="Level at the upper end.")
    where: Selection = Field(Selection(), description="Sites at the lower end that have one.")
    backup: Flag = Field(False, description="Used only while the primary link is down.")
    bandwidth: Bandwidth = Field(description="Bandwidth.")
    latency: Duration = Field(10, description="Delay of one way.")
    cost_per_month: Money = Field(0.0, description="Cost of one link.")

    @model_validator(mode="after")
    def _leads_upwards(self) -> Self:
        order = get_args(Level)
        if order.index(self.start) >= order.index(self.end):
            raise refusal(
                f"a link from {self.start} to {self.end}",
                "from old_seat to commune, from commune to district or province, from district to province, "
                "or from province to centre",
            )
        return self
