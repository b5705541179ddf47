"""What control asks of the environment that it steers; both engines have it."""

from collections.abc import Generator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from simpy.events import Event, Process, Timeout

from sim.world.arrays import Records

Steps = Generator[Event, Any, None]
"""A control process: it yields what it waits for."""


class Steered(Protocol):
    """A SimPy environment with the handles of an engine. Times are in ms."""

    @property
    def now(self) -> Any:
        """The clock, ms."""

    def timeout(self, delay: Any) -> Timeout:
        """An event after so many ms."""

    def process(self, generator: Steps) -> Process:
        """Starts a control process."""

    def apply_network(
        self,
        uplinks: Records,
        reach: NDArray[np.uint64],
        system_host: NDArray[np.int32],
        system_up: NDArray[np.bool_],
        system_needs: Sequence[Sequence[int]],
    ) -> None:
        """Sets the uplink of every site and the systems in its reach (E31), at once (E34).

        `system_host` has shape [systems, sites]; `system_up` [systems, sites] says whether the
        system hosted at a site works.
        """

    def set_headcount(self, pool: int, people: int) -> None:
        """From now on so many people work in a pool."""

    def set_stretch(self, pool: int, stretch: float) -> None:
        """From the next service on, wall time per touch time of a pool."""
