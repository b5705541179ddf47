"""Rules that hold for all procedures."""

from typing import Literal

from pydantic import Field

from sim.scenario.schema.base import Model, Name
from sim.scenario.schema.distributions import Distribution
from sim.scenario.schema.units import PositiveDuration, Share, Size, TimeOfDay, WorkingDays, WorkingTime


class Courier(Model):
    """How paper travels between two sites."""

    calendar: Name = Field(description="Calendar on which couriers travel.")
    time: Distribution = Field(description="Working time of the journey on that calendar.")


class BackEntry(Model):
    """Entering into the system, later, what was done on paper."""

    pool: Name = Field(description="Pool that does it.")
    touch_time: Distribution = Field(description="Working time of one person.")
    needs: tuple[Name, ...] = Field((), description="Systems that it needs.")
    writes: tuple[Name, ...] = Field((), description="Of these the systems that it writes in.")


class Synchronisation(Model):
    """How the status of a dossier is brought into step between systems (Decree 63/2024/ND-CP)."""

    retry_after: PositiveDuration = Field(
        600_000, description="A message that was lost is sent again after this time, and again."
    )
    late_after: WorkingTime = Field(
        7_200_000, description="A status that is out of step for longer, in working time, counts as late."
    )
    failure: Share = Field(
        0.0,
        description="Probability that a message is lost although the systems are in reach; below 100 %.",
        lt=1,
    )


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
    synchronisation: Synchronisation = Field(
        Synchronisation(), description="Status of dossiers in systems that have to be told of it (`tells`)."
    )
    apology: Apology | None = Field(
        None, description="Letter of apology to whoever waits past the deadline; none when left out."
    )
