"""The network: a graph of sites and links (NetworkX), and the same as arrays."""

import networkx as nx
import numpy as np

from sim.scenario.schema import Level, LinkKind, Scenario
from sim.world.arrays import Ints
from sim.world.control_plan import Links
from sim.world.distance import distance_matrix_km
from sim.world.selecting import Selector
from sim.world.sites import LEVELS, Sites
from sim.world.systems import ALL_SYSTEMS, SystemBits

Network = nx.MultiGraph
"""Sites by code, with name, level and place; links keyed by kind, with what they can do and cost."""


def network_of(scenario: Scenario, selector: Selector) -> "Network[str]":
    """Graph of all sites and links. A level with kinds of links must have one at every site."""
    sites = selector.sites
    graph: Network[str] = nx.MultiGraph()
    for site in sites.all:
        place = {"latitude": site.latitude, "longitude": site.longitude}
        graph.add_node(site.code, name=site.full_name, level=site.level, parent=site.parent_code, **place)
    for name, kind in scenario.network.items():
        chosen = selector.select(kind.where, ("network", name, "where"))
        other = nearest_neighbours(sites, kind.start) if kind.is_to_neighbour else sites.parent
        for index in sites.of_level(kind.start).tolist():
            if chosen[index] and other[index] >= 0:
                _add_link(graph, name, kind, sites.all[index].code, sites.all[other[index]].code)
    _require_links(graph, scenario, selector)
    return graph


def _add_link(graph: "Network[str]", name: str, kind: LinkKind, lower: str, upper: str) -> None:
    # Two neighbours may each have a line to the other.
    key = f"{name} of {lower}" if kind.is_to_neighbour else name
    graph.add_edge(lower, upper, key, kind=name, lower_end=lower, upper_end=upper, **_ability(kind))


def nearest_neighbours(sites: Sites, level: Level) -> Ints:
    """For each site of a level the nearest other one below the same site, else -1: shape (sites,)."""
    nearest = np.full(len(sites.all), -1, dtype=np.int64)
    members = sites.of_level(level)
    for parent in np.unique(sites.parent[members]).tolist():
        mine = members[sites.parent[members] == parent]
        if len(mine) > 1:
            places = [sites.all[site] for site in mine.tolist()]
            far = distance_matrix_km([each.latitude for each in places], [each.longitude for each in places])
            np.fill_diagonal(far, np.inf)
            nearest[mine] = mine[far.argmin(axis=1)]
    return nearest


def _ability(kind: LinkKind) -> dict[str, float | bool]:
    return {
        "is_backup": kind.backup or kind.is_to_neighbour,
        "latency_ms": kind.latency,
        "bandwidth_bps": kind.bandwidth,
        "cost_per_month_vnd": kind.cost_per_month,
    }


def _require_links(graph: "Network[str]", scenario: Scenario, selector: Selector) -> None:
    """Notes sites that no link joins to the site above, where others of their level have links."""
    for level in LEVELS[1:]:
        members = [selector.sites.all[index] for index in selector.sites.of_level(level)]
        cut_off = [site for site in members if not graph.has_edge(site.code, site.parent_code)]
        kinds = scenario.network.values()
        has_kinds = any(kind.start == level and not kind.is_to_neighbour for kind in kinds)
        if has_kinds and cut_off:
            more = f" and {len(cut_off) - 1} more" if len(cut_off) > 1 else ""
            selector.mistakes.add(
                ("network",),
                f"no link joins {cut_off[0].full_name}{more} to the level above",
                f"a kind of link from {level} for every site",
            )


def links_of(graph: "Network[str]", scenario: Scenario, sites: Sites) -> Links:
    """The links of a network as arrays."""
    kinds, order = list(scenario.network.values()), {name: n for n, name in enumerate(scenario.network)}
    rows = [
        (sites.index_of[data["lower_end"]], data["is_backup"], order[data["kind"]], data)
        for _, _, data in graph.edges(data=True)
    ]
    to_neighbour = [kinds[kind].is_to_neighbour for kind in range(len(kinds))]
    rows.sort(key=lambda row: (row[0], to_neighbour[row[2]], row[1], row[2]))
    carries = _carried(scenario)
    number = [kind for _, _, kind, _ in rows]
    return Links(
        name=tuple(data["kind"] for _, _, _, data in rows),
        site=np.array([site for site, _, _, _ in rows], dtype=np.int32),
        other=np.array([sites.index_of[data["upper_end"]] for _, _, _, data in rows], dtype=np.int32),
        is_backup=np.array([is_backup for _, is_backup, _, _ in rows], dtype=np.bool_),
        is_to_neighbour=np.array([to_neighbour[kind] for kind in number], dtype=np.bool_),
        latency_ms=np.array([data["latency_ms"] for _, _, _, data in rows], dtype=np.int64),
        bits_per_ms=np.array([data["bandwidth_bps"] / 1000 for _, _, _, data in rows], dtype=np.float64),
        carries=np.array([carries[kind] for kind in number], dtype=np.uint64),
        cost_per_month_vnd=np.array([data["cost_per_month_vnd"] for _, _, _, data in rows], dtype=np.float64),
    )


def _carried(scenario: Scenario) -> list[int]:
    """Systems that can be used over each kind of link, as bit masks."""
    bits = SystemBits(scenario)
    return [
        ALL_SYSTEMS if kind.carries is None else bits.of(kind.carries, kind.carries)
        for kind in scenario.network.values()
    ]
