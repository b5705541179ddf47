"""What a planner wants to reach, and what things cost."""

from typing import Literal, Self

from pydantic import Field, model_validator

from sim.scenario.schema.base import Model, Name, require_exactly_one
from sim.scenario.schema.text import Titled
from sim.scenario.schema.units import Money, Share


class Target(Titled):
    """A share that is to be reached; the report says met, not met or undecided."""

    metric: Literal[
        "on_time_share",
        "overdue_share",
        "online_share",
        "new_date_kept_share",
        "left_counter_share",
        "withdrawn_share",
        "filed_elsewhere_share",
        "entered_once_share",
        "processed_electronically_share",
    ] = Field(
        description="`on_time_share`: finished by the deadline; `overdue_share`: finished or open past it; "
        "`online_share`: filed on an electronic channel; `new_date_kept_share`: of those with an apology, "
        "finished by its date; `left_counter_share`: left the counter before being called; "
        "`withdrawn_share`: given up by the citizen; `filed_elsewhere_share`: filed at another commune; "
        "`entered_once_share`: of the work in which data can come from another system, that with all "
        "of it from there; `processed_electronically_share`: finished without paper that had to be entered "
        "into a system afterwards."
    )
    at_least: Share | None = Field(None, description="Wanted: at least this.")
    at_most: Share | None = Field(None, description="Wanted: at most this.")
    without: tuple[Name, ...] = Field((), description="Groups of procedures that are left out.")

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        require_exactly_one(self, ("at_least", "at_most"))
        return self


class Costs(Model):
    """Prices that are not those of a pool or link."""

    citizen_hour: Money = Field(0.0, description="Value of an hour of a citizen's time.")
