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

    def set_routes(self, row: int, steps: NDArray[np.int32], to: NDArray[np.int32]) -> None:
        """From now on these steps are done by others for the sites of a row (E44)."""

    def set_desks(
        self, sites: NDArray[np.int32], desks: NDArray[np.int32], travel_m: NDArray[np.int32]
    ) -> None:
        """From now on citizens of these sites go to these desks in person, so far there and back (E49)."""

    def set_staff(
        self, pools: NDArray[np.int32], people: NDArray[np.int32], stretch: NDArray[np.float64]
    ) -> None:
        """From now on so many people work in these pools, and take so much wall time per touch time (E30)."""

    def queue_lengths(self) -> NDArray[np.int64]:
        """Dossiers that wait for each pool."""
