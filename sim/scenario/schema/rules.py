"""Rules that hold for all procedures."""

from typing import Literal

from pydantic import Field

from sim.scenario.schema.base import Model, Name
from sim.scenario.schema.distributions import Distribution
from sim.scenario.schema.units import Size, TimeOfDay, WorkingDays


class Courier(Model):
    """How paper travels between two sites."""

    calendar: Name = Field(description="Calendar on which couriers travel.")
    time: Distribution = Field(description="Working time of the journey on that calendar.")


class BackEntry(Model):
    """Entering into the system, later, what was done on paper."""

    pool: Name = Field(description="Pool that does it.")
    touch_time: Distribution = Field(description="Working time of one person.")
    needs: tuple[Name, ...] = Field((), description="Systems that it needs.")


class Apology(Model):
    """The letter for a dossier that is past its deadline, with one new date."""

    new_date_after: WorkingDays = Field(description="From the letter to the new date.", ge=0)
    touch_time: Distribution = Field(
        description="Working time of the letter, on top of the next work on the dossier."
    )


class Rules(Model):
    """Rules of procedure law and of the office."""

    cutoff: TimeOfDay | None = Field(
        None,
        description="What is received later counts from the next working day; no such rule when left out.",
    )
    supplement_limit: WorkingDays = Field(
        15, description="A dossier without the citizen's answer for so long is closed.", ge=1
    )
    clock_after_supplement: Literal["restart", "resume"] = Field(
        "restart",
        description="The legal clock after a supplement: from the start again, or from where it stopped.",
    )
    courier: Courier | None = Field(None, description="Journey of paper dossiers between levels.")
    dossier_size: Size = Field(5_000_000, description="Size of an electronic dossier on the network.")
    back_entry: BackEntry | None = Field(None, description="Work owed for every step that was done on paper.")
    apology: Apology | None = Field(
        None, description="Letter of apology to whoever waits past the deadline; none when left out."
    )
