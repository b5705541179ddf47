"""Which line joins each site to the site above it, from links and power (E31, E59)."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from sim.world.control_plan import ControlPlan

ALL_SYSTEMS = (1 << 64) - 1


class Line(NamedTuple):
    """What a site has to the site above it; the fields are those of an UPLINK record."""

    up: int
    latency_ms: int
    bits_per_ms: float
    carries: int


PERFECT = Line(1, 0, np.inf, ALL_SYSTEMS)
CUT = Line(0, 0, 0.0, 0)


class Lines:
    """The state of all links and of power, and the line that follows from it for every site.

    A site uses its first own link that works, primary links before backups. When none does it uses the first
    of its links to a neighbour that works, over the neighbour's own line: delays add up, the lesser bandwidth
    counts, and only what both carry can be used. Without power at either end a line does not work.
    """

    def __init__(self, plan: ControlPlan) -> None:
        links, sites = plan.links, len(plan.site_parent)
        self.works = [True] * len(links.name)
        self.powered = [True] * sites
        self.lines = [CUT] * sites
        self.carried = [0] * sites  # systems that can be used over the line, none when it is cut
        self._parent: list[int] = plan.site_parent.tolist()
        self._other: list[int] = links.other.tolist()
        self._latency_ms: list[int] = links.latency_ms.tolist()
        self._bits_per_ms: list[float] = links.bits_per_ms.tolist()
        self._bandwidth_left = [1.0] * len(links.name)
        self._carries: list[int] = links.carries.tolist()
        self._site: list[int] = links.site.tolist()
        self._own: list[list[int]] = [[] for _ in range(sites)]
        self._to_neighbour: list[list[int]] = [[] for _ in range(sites)]
        self._neighbours: list[list[int]] = [
            [] for _ in range(sites)
        ]  # those that may use the line of a site
        self._below: list[list[int]] = [[] for _ in range(sites)]
        self._own_lines = [CUT] * sites
        self._stale = set(range(sites))
        self._sort(links.is_to_neighbour.tolist())

    def _sort(self, is_to_neighbour: list[bool]) -> None:
        for link, site in enumerate(self._site):
            (self._to_neighbour if is_to_neighbour[link] else self._own)[site].append(link)
            if is_to_neighbour[link]:
                self._neighbours[self._other[link]].append(site)
        for site, above in enumerate(self._parent):
            if above >= 0:
                self._below[above].append(site)

    def set_working(self, link: int, works: bool) -> None:
        """A link goes down or comes up."""
        self.works[link] = works
        self._stale.add(self._site[link])

    def set_bandwidth_left(self, link: int, share: float) -> None:
        """A link keeps this part of its bandwidth."""
        self._bandwidth_left[link] = share
        self._stale.add(self._site[link])

    def set_ability(self, link: int, latency_ms: int, bits_per_ms: float) -> None:
        """A link is replaced by a better or a worse one."""
        self._latency_ms[link], self._bits_per_ms[link] = latency_ms, bits_per_ms
        self._stale.add(self._site[link])

    def set_power(self, site: int, powered: bool) -> None:
        """A site loses its power or gets it back."""
        self.powered[site] = powered
        self._stale.add(site)
        self._stale.update(self._below[site])

    def refresh(self) -> Iterable[int]:
        """Works out the lines of the sites concerned, and gives those that are other than before."""
        stale, self._stale = self._stale, set()
        for site in tuple(stale):
            own = self._own_line(site)
            if own != self._own_lines[site]:
                self._own_lines[site] = own
                stale.update(self._neighbours[site])
        return [site for site in stale if self._is_other(site)]

    def _is_other(self, site: int) -> bool:
        before, now = self.lines[site], self._line(site)
        self.lines[site], self.carried[site] = now, now.carries
        return now != before

    def _line(self, site: int) -> Line:
        own = self._own_lines[site]
        if own.up or not self.powered[site]:
            return own
        for link in self._to_neighbour[site]:
            further = self._own_lines[self._other[link]]
            if self.works[link] and further.up:
                return Line(
                    1,
                    self._latency_ms[link] + further.latency_ms,
                    min(self._bits_per_ms[link] * self._bandwidth_left[link], further.bits_per_ms),
                    self._carries[link] & further.carries,
                )
        return CUT

    def _own_line(self, site: int) -> Line:
        above = self._parent[site]
        if not self.powered[site] or (above >= 0 and not self.powered[above]):
            return CUT
        if not self._own[site]:
            return PERFECT
        for link in self._own[site]:
            if self.works[link]:
                bits_per_ms = self._bits_per_ms[link] * self._bandwidth_left[link]
                return Line(1, self._latency_ms[link], bits_per_ms, self._carries[link])
        return CUT
