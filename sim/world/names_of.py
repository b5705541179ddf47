"""The names of everything that a world knows by number only."""

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.sessions import is_pool_of_sessions

INHERITED = "inherited"
"""Name of the last group: dossiers handed over on day one."""


@dataclass(frozen=True)
class Names:
    """Names by number: codes of the sites, and names as in the scenario file."""

    start: datetime.date  # first day of the run
    sites: tuple[str, ...]  # codes
    areas: tuple[str, ...]  # codes of the present sites, under which dossiers are counted
    levels: tuple[str, ...]
    roles: tuple[str, ...]  # names of the pools, by role
    calendars: tuple[str, ...]
    systems: tuple[str, ...]
    channels: tuple[str, ...]
    groups: tuple[str, ...]  # the last is INHERITED
    procedures: tuple[str, ...]
    steps: tuple[str, ...]
    step_procedures: tuple[str, ...]  # procedure of each step, "rules" for the step of back-entry

    @property
    def of_sessions(self) -> NDArray[np.bool_]:
        """Which roles are no people but sessions in a system: shape (roles,)."""
        return np.array([is_pool_of_sessions(name) for name in self.roles], dtype=np.bool_)
