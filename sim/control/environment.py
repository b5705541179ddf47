"""What control asks of the environment that it steers; both engines have it."""

from collections.abc import Generator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from simpy.events import Event, Process, Timeout

from sim.world.network_state import NetworkState
from sim.world.pulse_plan import PulsePlan

Steps = Generator[Event, Any, None]
"""A control process: it yields what it waits for."""


class Steered(Protocol):
    """A SimPy environment with the handles of an engine. Times are in ms."""

    @property
    def now(self) -> Any:
        """The clock, ms."""

    def timeout(self, delay: Any) -> Timeout:
        """An event after so many ms."""

    def event(self) -> Event:
        """An event that happens when somebody says so."""

    def process(self, generator: Steps) -> Process:
        """Starts a control process."""

    def apply_network(self, network: NetworkState) -> None:
        """Sets uplinks, systems in reach and slow systems of all sites, at once (E31, E34, E54)."""

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
        """Dossiers that wait for each pool (E62)."""

    def held_lengths(self) -> NDArray[np.int64]:
        """Of these, those that wait in queues whose needs are out of reach (E62)."""

    def outbox_lengths(self) -> NDArray[np.int64]:
        """Dossiers in the outbox of each site (E62)."""

    def lengths_by_region(self, plan: PulsePlan) -> NDArray[np.int64]:
        """[WAITING | HELD | OUTBOX, regions] the sums of all three in each region (E62)."""
