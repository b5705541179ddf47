"""What network and systems are like at one moment, as control hands it to an engine (E31, E54, E59)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.arrays import Records


@dataclass(frozen=True)
class NetworkState:
    """Uplinks and systems of all sites, and which sites differ from the state before.

    `reach` and `slow` follow from the other fields; the naive engine works them out anew and refuses
    a state in which they do not.
    """

    changed: NDArray[np.int32]  # sites whose uplink, reach or slow systems are other than before, ascending
    uplinks: Records  # [sites] UPLINK
    reach: NDArray[np.uint64]  # [sites] systems in reach, bit mask
    slow: NDArray[np.uint64]  # [sites] of these the slow ones
    blocked: NDArray[np.uint64]  # [sites] systems that cannot be used there for a reason of the site's own
    system_host: NDArray[np.int32]  # [systems, sites] site that hosts the system for a site, -1 = none does
    system_up: NDArray[np.bool_]  # [systems, sites] whether the instance hosted at a site works
    system_slow: NDArray[np.bool_]  # [systems, sites] whether the instance hosted at a site is slow
    system_needs: Sequence[Sequence[int]]  # [systems] systems that it does not work without
