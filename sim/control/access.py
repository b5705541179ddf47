"""Which uplink each site has and which systems it reaches, from what is up (E31)."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sim.world.arrays import UPLINK, Records
from sim.world.control_plan import ControlPlan

Reach = NDArray[np.uint64]
"""Bit masks of the systems in reach: shape (sites,)."""


class Access:
    """The state of links and systems, and what follows from it for every site.

    `uplinks` and `reach` are brought up to date below the sites of the components that were set.
    """

    def __init__(self, plan: ControlPlan) -> None:
        sites = len(plan.site_parent)
        self.uplinks: Records = np.zeros(sites, dtype=UPLINK)
        self.reach: Reach = np.zeros(sites, dtype=np.uint64)
        self.system_up = np.zeros((len(plan.systems.name), sites), dtype=np.bool_)
        self._plan = plan
        self._works = np.ones(len(plan.components.site), dtype=np.bool_)
        self._parent: list[int] = plan.site_parent.tolist()
        self._below = _sites_below(self._parent)
        self._links_of: list[list[int]] = [[] for _ in range(sites)]
        for link, site in enumerate(plan.links.site.tolist()):
            self._links_of[site].append(link)
        self._host: list[list[int]] = plan.systems.host.tolist()
        is_system = plan.components.system >= 0
        self.system_up[plan.components.system[is_system], plan.components.site[is_system]] = True
        self._refresh(range(sites))

    def set_working(self, components: Iterable[int], works: bool) -> None:
        """Sets components up or down, all at once."""
        changed: set[int] = set()
        for component in components:
            self._works[component] = works
            site, system = (
                int(self._plan.components.site[component]),
                int(self._plan.components.system[component]),
            )
            if system >= 0:
                self.system_up[system, site] = works
            changed.update(self._below[site])
        self._refresh(sorted(changed))

    def _refresh(self, sites: Iterable[int]) -> None:
        """Works out uplinks and reach of some sites anew; sites above come before those below."""
        for site in sites:
            self.uplinks[site] = self._best_uplink(site)
            self.reach[site] = self._reach_of(site)

    def _best_uplink(self, site: int) -> tuple[int, int, float]:
        """Whether a link works, with latency and speed of the first that does: primary links come first."""
        links = self._links_of[site]
        if not links:
            return 1, 0, np.inf
        for link in links:
            if self._works[link]:
                return 1, int(self._plan.links.latency_ms[link]), float(self._plan.links.bits_per_ms[link])
        return 0, 0, 0.0

    def _reach_of(self, site: int) -> int:
        """The systems in reach of a site, as a bit mask; that of the sites above is known."""
        within = self._connected(site)
        mask, at_host = 0, 0
        for system in self._plan.systems.order:
            host = self._host[system][site]
            if host < 0 or host not in within or not self.system_up[system, host]:
                continue
            at_host = mask if host == site else int(self.reach[host])
            if all(at_host >> needed & 1 for needed in self._plan.systems.needs[system]):
                mask |= 1 << system
        return mask

    def _connected(self, site: int) -> list[int]:
        """The site, and those above it as far as every uplink on the way is up."""
        found = [site]
        while self._parent[found[-1]] >= 0 and self.uplinks[found[-1]]["up"]:
            found.append(self._parent[found[-1]])
        return found


def _sites_below(parent: list[int]) -> list[list[int]]:
    """For each site, itself and all sites below it; parents have smaller numbers than what is below them."""
    below: list[list[int]] = [[site] for site in range(len(parent))]
    for site in range(len(parent) - 1, 0, -1):
        below[parent[site]].extend(below[site])
    return below
