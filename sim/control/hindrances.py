"""What open problems do to the sites where they are: slower pools, people who cannot work, lost systems."""

import numpy as np

from sim.control.outages import Outages
from sim.control.staff import Staff
from sim.world.support_plan import Effect

Slow = list[float]


class Hindrances:
    """All that open problems do now. A pool with several is as slow as the worst of them makes it."""

    def __init__(self, staff: Staff, outages: Outages) -> None:
        self._staff = staff
        self._outages = outages
        self._slower: dict[int, Slow] = {}
        self._held: dict[int, int] = {}

    def begin(self, site: int, effect: Effect) -> None:
        """A problem with this effect arises."""
        for pool in effect.pools.tolist():
            self._slower.setdefault(pool, []).append(effect.slower)
            self._held[pool] = self._held.get(pool, 0) + effect.holds
        self._tell(effect)
        if effect.blocks:
            self._outages.block(site, effect.blocks)

    def end(self, site: int, effect: Effect) -> None:
        """A problem with this effect is solved."""
        for pool in effect.pools.tolist():
            self._slower[pool].remove(effect.slower)
            self._held[pool] -= effect.holds
        self._tell(effect)
        if effect.blocks:
            self._outages.unblock(site, effect.blocks)

    def _tell(self, effect: Effect) -> None:
        pools = effect.pools.tolist()
        if pools:
            slower = [max(self._slower[pool], default=1.0) for pool in pools]
            held = [self._held[pool] for pool in pools]
            self._staff.hinder(effect.pools, np.array(slower), np.array(held, np.int64))
