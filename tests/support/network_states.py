"""Links and systems of a small world while they change, and the network state that an engine is told.

What is in reach, and what is slow, is found by taking away, or adding, until nothing changes any more: in
another way than control and the naive engine find it.
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sim.world.arrays import UPLINK
from sim.world.network_state import NetworkState
from tests.support.small_worlds import good_links


class LiveNetwork:
    """What works, is slow or is blocked now; tests change the arrays, then hand `state` to an engine."""

    def __init__(
        self,
        parents: Sequence[int],
        hosts: Sequence[Sequence[int]],
        needs: Sequence[Sequence[int]],
        latency_ms: int,
    ) -> None:
        self.parents, self.hosts, self.needs = parents, np.array(hosts, np.int32), needs
        self.links = good_links(len(parents), latency_ms)
        self.up = np.ones(self.hosts.shape, np.bool_)
        self.slow = np.zeros(self.hosts.shape, np.bool_)
        self.blocked = np.zeros(len(parents), np.uint64)
        # Nothing works, and everything is in reach, before an engine is told otherwise.
        everything = np.full(len(parents), np.iinfo(np.uint64).max, np.uint64)
        self._before = (np.zeros(len(parents), UPLINK), everything, self.blocked)

    def state(self) -> NetworkState:
        """The network as it is now; sites that differ from the state given before are those that changed."""
        reach = _masks(self._usable()) & ~self.blocked
        slow = _masks(self._slowed()) & reach
        before, self._before = self._before, (self.links.copy(), reach, slow)
        differs = [old != new for old, new in zip(before, self._before, strict=True)]
        return NetworkState(
            changed=np.flatnonzero(np.any(differs, axis=0)).astype(np.int32),
            uplinks=self.links.copy(),
            reach=reach,
            slow=slow,
            blocked=self.blocked.copy(),
            system_host=self.hosts.copy(),
            system_up=self.up.copy(),
            system_slow=self.slow.copy(),
            system_needs=self.needs,
        )

    def _usable(self) -> NDArray[np.bool_]:
        """[systems, sites] what can be used where, if nothing is blocked (E31, E59)."""
        found = self.hosts >= 0
        for system, site in product(*map(range, self.hosts.shape)):
            found[system, site] &= self._is_joined(system, site)
        while True:
            fewer = found.copy()
            for system, site in np.argwhere(found):
                host = self.hosts[system, site]
                fewer[system, site] = all(found[needed, host] for needed in self.needs[system])
            if (fewer == found).all():
                return found
            found = fewer

    def _is_joined(self, system: int, site: int) -> bool:
        """Whether the host for a site works and every line up to it carries the system."""
        host = self.hosts[system, site]
        way = []
        while site not in (host, -1):
            way.append(site)
            site = self.parents[site]
        carries = self.links["up"][way] * (self.links["carries"][way] >> np.uint64(system) & np.uint64(1))
        return bool(site == host and self.up[system, host] and carries.all())

    def _slowed(self) -> NDArray[np.bool_]:
        """[systems, sites] what is slow, itself or by what it needs, if it is in reach at all (E54)."""
        sites = np.arange(len(self.parents))
        found = np.array([row[hosts] for row, hosts in zip(self.slow, self.hosts, strict=True)])
        while True:
            more = found.copy()
            for system, needed in ((s, n) for s, others in enumerate(self.needs) for n in others):
                more[system, sites] |= found[needed, self.hosts[system]]
            if (more == found).all():
                return found
            found = more


def _masks(found: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Bit masks by site of an array [systems, sites]."""
    bits = np.uint64(1) << np.arange(len(found), dtype=np.uint64)
    masks: NDArray[np.uint64] = (found * bits[:, None]).sum(axis=0, dtype=np.uint64)
    return masks
