"""Repair crews: people who have to come to the place before a repair begins."""

from typing import Literal

from pydantic import Field

from sim.scenario.schema.base import Name, Whole
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.text import Titled
from sim.scenario.schema.units import Positive

CrewRule = Literal["first_come", "nearest", "most_people"]


class Crew(Titled):
    """Repair crews of one kind: so many at every base, for all that lies at or below it."""

    base: Selection = Field(
        Selection(levels=("province",)),
        description="Sites at which they are based; all provinces when left out. Each mends what lies at its "
        "base and below.",
    )
    number: Whole = Field(1, description="Crews at each base.", ge=1, le=1000)
    calendar: Name | None = Field(
        None,
        description="When they drive and work; what is not done goes on at the next opening. Round the "
        "clock when left out.",
    )
    speed_kmh: Positive | None = Field(
        None, description="Mean speed on the way, km/h; that of `territory.travel` when left out.", le=200
    )
    queue: CrewRule = Field(
        "first_come",
        description="Which repair a free crew takes next: `first_come`, `nearest` to where it is, or the one "
        "with `most_people` at or below the place.",
    )
