"""How often something arises over time, as a share of its full rate."""

from pydantic import Field

from sim.scenario.schema.base import Model
from sim.scenario.schema.paths import SharePath
from sim.scenario.schema.selection import Selection


class RateLevel(Model):
    """How often a problem arises, or something fails, over time at some sites."""

    where: Selection = Field(Selection(), description="Sites that it is for.")
    path: SharePath = Field(description="Share of the full rate: `{date: share}`, linear in between.")
