"""The network: a graph of sites and links (NetworkX), and the same as arrays."""

import networkx as nx
import numpy as np

from sim.scenario.schema import LinkKind, Scenario
from sim.world.control_plan import Links
from sim.world.selecting import Selector
from sim.world.sites import LEVELS, Sites

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
        for index in sites.of_level(kind.start):
            if chosen[index]:
                site = sites.all[index]
                graph.add_edge(site.code, site.parent_code, key=name, lower_end=site.code, **_ability(kind))
    _require_links(graph, scenario, selector)
    return graph


def _ability(kind: LinkKind) -> dict[str, float | bool]:
    return {
        "is_backup": kind.backup,
        "latency_ms": kind.latency,
        "bandwidth_bps": kind.bandwidth,
        "cost_per_month_vnd": kind.cost_per_month,
    }


def _require_links(graph: "Network[str]", scenario: Scenario, selector: Selector) -> None:
    """Notes sites that no link joins to the site above, where others of their level have links."""
    for level in LEVELS[1:]:
        members = [selector.sites.all[index] for index in selector.sites.of_level(level)]
        cut_off = [site for site in members if not graph.has_edge(site.code, site.parent_code)]
        has_kinds = any(kind.start == level for kind in scenario.network.values())
        if has_kinds and cut_off:
            more = f" and {len(cut_off) - 1} more" if len(cut_off) > 1 else ""
            selector.mistakes.add(
                ("network",),
                f"no link joins {cut_off[0].full_name}{more} to the level above",
                f"a kind of link from {level} for every site",
            )


def links_of(graph: "Network[str]", scenario: Scenario, sites: Sites) -> Links:
    """The links of a network as arrays."""
    kinds = list(scenario.network)
    rows = [
        (sites.index_of[data["lower_end"]], data["is_backup"], kinds.index(kind), data)
        for _, _, kind, data in graph.edges(keys=True, data=True)
    ]
    rows.sort(key=lambda row: row[:3])
    return Links(
        name=tuple(kinds[kind] for _, _, kind, _ in rows),
        site=np.array([site for site, _, _, _ in rows], dtype=np.int32),
        is_backup=np.array([is_backup for _, is_backup, _, _ in rows], dtype=np.bool_),
        latency_ms=np.array([data["latency_ms"] for _, _, _, data in rows], dtype=np.int64),
        bits_per_ms=np.array([data["bandwidth_bps"] / 1000 for _, _, _, data in rows], dtype=np.float64),
        cost_per_month_vnd=np.array([data["cost_per_month_vnd"] for _, _, _, data in rows], dtype=np.float64),
    )
