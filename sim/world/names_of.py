"""The names of everything that a world knows by number only."""

import datetime
from dataclasses import dataclass

from sim.world.sites import Site

INHERITED = "inherited"
"""Name of the last group: dossiers handed over on day one."""


@dataclass(frozen=True)
class Names:
    """Names by number. All but `sites` are the names of the scenario file."""

    start: datetime.date  # first day of the run
    sites: tuple[Site, ...]
    levels: tuple[str, ...]
    pools: tuple[str, ...]  # by role
    calendars: tuple[str, ...]
    systems: tuple[str, ...]
    channels: tuple[str, ...]
    groups: tuple[str, ...]  # the last is INHERITED
    procedures: tuple[str, ...]
    steps: tuple[str, ...]
    step_procedures: tuple[str, ...]  # procedure of each step, "rules" for the step of back-entry

    def day(self, number: int) -> datetime.date:
        """Date of a day of the run."""
        return self.start + datetime.timedelta(days=number)
