"""What can be used where in the naive engine: ways in the tree of sites, systems in reach (E31, E54, E59)."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from sim.engine.reference_dossier import Row, rows_of
from sim.world.arrays import DOWNWARD, UPWARD
from sim.world.network_state import NetworkState


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
        self._usable: dict[tuple[int, int], bool] = {}
        sites = range(len(self.uplinks))
        blocked: list[int] = state.blocked.tolist()
        self.reach = [self._mask(site) & ~blocked[site] for site in sites]
        self.slow = [self._slow_mask(site) & self.reach[site] for site in sites]

    def _mask(self, site: int) -> int:
        return sum(1 << system for system in self.systems if self.is_usable(system, site))

    def _slow_mask(self, site: int) -> int:
        return sum(
            1 << system
            for system in self.systems
            if self.reach[site] >> system & 1 and self.is_slow(system, site)
        )

    def is_usable(self, system: int, site: int) -> bool:
        """Whether a system, with all that it needs, works and can be got at from a site (E31, E59)."""
        if (system, site) not in self._usable:
            self._usable[system, site] = self._is_usable(system, site)
        return self._usable[system, site]

    def _is_usable(self, system: int, site: int) -> bool:
        host = self.hosts[system][site]
        return (
            host >= 0
            and self.up[system][host]
            and all(self._carries(hop, system) for hop in self.ways.between(site, host))
            and all(self.is_usable(needed, host) for needed in self.needs[system])
        )

    def _carries(self, hop: Hop, system: int) -> bool:
        uplink = self.uplinks[hop.lower]
        return bool(uplink.up and uplink.carries >> system & 1)

    def is_slow(self, system: int, site: int) -> bool:
        """Whether the instance of a system for a site is slow, or one that it needs (E54)."""
        host = self.hosts[system][site]
        return self.slow_at[system][host] or any(self.is_slow(needed, host) for needed in self.needs[system])


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
