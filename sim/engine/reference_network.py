"""What can be used where in the naive engine: ways in the tree of sites, systems in reach (E31, E54, E59)."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from sim.engine.reference_dossier import Row, rows_of
from sim.world.arrays import DOWNWARD, UPWARD
from sim.world.network_state import NetworkState

EVERY_SYSTEM = (1 << 64) - 1


class Hop(NamedTuple):
    """One line of a way: the uplink of the site at its lower end, taken UPWARD or DOWNWARD."""

    lower: int
    direction: int


class Ways:
    """The tree of sites: which lines lead from one site to another. Whether they work is not said here."""

    def __init__(self, parents: Sequence[int]) -> None:
        self.parents = parents
        self.tree: nx.Graph[int] = nx.Graph()
        self.tree.add_nodes_from(range(len(parents)))
        self.tree.add_edges_from((site, parent) for site, parent in enumerate(parents) if parent >= 0)
        self._found: dict[tuple[int, int], list[Hop]] = {}

    def between(self, start: int, end: int) -> list[Hop]:
        """The lines from one site to another, in order."""
        if (start, end) not in self._found:
            sites = nx.shortest_path(self.tree, start, end)
            self._found[start, end] = [self._hop(*pair) for pair in pairwise(sites)]
        return self._found[start, end]

    def end_of(self, hop: Hop) -> int:
        """The site to which a line is taken."""
        return self.parents[hop.lower] if hop.direction == UPWARD else hop.lower

    def _hop(self, here: int, there: int) -> Hop:
        return Hop(here, UPWARD) if self.parents[here] == there else Hop(there, DOWNWARD)


class Findings:
    """What follows from a network state for every site, worked out anew."""

    def __init__(self, ways: Ways, state: NetworkState) -> None:
        self.ways = ways
        self.needs = state.system_needs
        self.systems = range(len(state.system_needs))
        self.uplinks: list[Row] = rows_of(state.uplinks)
        self.hosts: list[list[int]] = state.system_host.tolist()
        self.up: list[list[bool]] = state.system_up.tolist()
        self.slow_at: list[list[bool]] = state.system_slow.tolist()
        self._carried: dict[tuple[int, int], int] = {}
        sites = range(len(self.uplinks))
        blocked: list[int] = state.blocked.tolist()
        self.reach = [self._mask(self.is_usable, site) & ~blocked[site] for site in sites]
        self.slow = [self._mask(self.is_slow, site) & self.reach[site] for site in sites]

    def _mask(self, holds: Callable[[int, int], bool], site: int) -> int:
        return sum(1 << system for system in self.systems if holds(system, site))

    def is_usable(self, system: int, site: int) -> bool:
        """Whether a system, with all that it needs, works and can be got at from a site (E31, E59)."""
        host = self.hosts[system][site]
        if host < 0 or not self.up[system][host] or not self.carried(site, host) >> system & 1:
            return False
        return all(self.is_usable(needed, host) for needed in self.needs[system])

    def carried(self, site: int, host: int) -> int:
        """The systems, as a bit mask, that every line between two sites carries, if all are up (E59)."""
        if (site, host) not in self._carried:
            systems = EVERY_SYSTEM
            for hop in self.ways.between(site, host):
                uplink = self.uplinks[hop.lower]
                systems &= uplink.carries if uplink.up else 0
            self._carried[site, host] = systems
        return self._carried[site, host]

    def is_slow(self, system: int, site: int) -> bool:
        """Whether the instance of a system for a site, or one that it needs, is there and slow (E54)."""
        host = self.hosts[system][site]
        if host < 0 or self.slow_at[system][host]:
            return host >= 0
        return any(self.is_slow(needed, host) for needed in self.needs[system])


def require_same(what: str, found: Sequence[int], said: NDArray[np.uint64]) -> None:
    """ValueError when the bit masks of a network state, by site, are not those that were found."""
    for site, (mask, other) in enumerate(zip(found, said.tolist(), strict=True)):
        if mask != other:
            raise ValueError(f"{what} of site {site} should be {mask:#x}, not {other:#x}")


def require_listed(differs: NDArray[np.bool_], listed: NDArray[np.int32]) -> None:
    """ValueError when a site that differs from the state before is not listed as changed."""
    missing = set(np.flatnonzero(differs).tolist()) - set(listed.tolist())
    if missing:
        raise ValueError(f"site {min(missing)} is other than before, but not among the changed sites")
