"""What each site gets at, from links, power and systems (E31, E54, E59), against a search of a graph."""

from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.control.access import Access
from sim.engine.reference_network import Findings, Ways
from sim.world.control_plan import ControlPlan
from sim.world.network_state import NetworkState
from tests.support.outage_record import Seen, component, plan_of, seen

PORTAL, DOSSIERS = 0b01, 0b10
BOTH = PORTAL | DOSSIERS
CENTRE, PROVINCE, FIRST, SECOND, THIRD = range(5)

BACKUP = {"from": "commune", "to": "province", "bandwidth": "20 Mbps", "latency": "60 ms", "backup": True}
RADIO = {
    "from": "commune",
    "to": "neighbour",
    "bandwidth": "50 Mbps",
    "latency": "7 ms",
    "carries": ["portal"],
}


def now(access: Access) -> Seen:
    """The network as it is; the sites that changed must be exactly those that differ."""
    state = access.refresh()
    assert state is not None
    return seen(state)


def test_at_the_start_everything_that_serves_a_site_is_in_its_reach() -> None:
    state = now(Access(plan_of()))
    assert state.reach == [PORTAL, BOTH, BOTH, BOTH, BOTH]
    assert state.up == [1] * 5
    assert state.changed == [0, 1, 2, 3, 4]


def test_a_cut_line_takes_everything_above_from_its_commune_only() -> None:
    plan = plan_of()
    access = Access(plan)
    access.refresh()
    access.set_working([component(plan, "link", "line", SECOND)], False)
    state = now(access)
    assert state.reach == [PORTAL, BOTH, BOTH, 0, BOTH]
    assert state.changed == [SECOND]


def test_what_changes_nothing_is_not_told() -> None:
    plan = plan_of(network__backup=BACKUP)
    access = Access(plan)
    access.refresh()
    access.set_working([component(plan, "link", "backup", FIRST)], False)
    assert access.refresh() is None


def test_a_system_is_out_of_reach_when_one_that_it_needs_is() -> None:
    plan = plan_of()
    access = Access(plan)
    access.set_working([component(plan, "link", "trunk", PROVINCE)], False)
    assert now(access).reach == [PORTAL, 0, 0, 0, 0]
    access.set_working([component(plan, "link", "trunk", PROVINCE)], True)
    access.set_working([component(plan, "system", "dossiers", PROVINCE)], False)
    assert now(access).reach == [PORTAL] * 5
    access.set_working([component(plan, "system", "portal", CENTRE)], False)
    assert now(access).reach == [0] * 5


def test_the_best_link_that_works_is_used_primary_before_backup() -> None:
    plan = plan_of(network__backup=BACKUP)
    access = Access(plan)
    assert now(access).bits_per_ms[FIRST] == 200_000
    access.set_working([component(plan, "link", "line", FIRST)], False)
    assert now(access).bits_per_ms[FIRST] == 20_000
    access.set_working([component(plan, "link", "backup", FIRST)], False)
    assert now(access).up[FIRST] == 0


def test_a_slow_line_keeps_part_of_its_bandwidth() -> None:
    plan = plan_of(network__backup=BACKUP)
    access = Access(plan)
    access.refresh()
    access.lines.set_bandwidth_left(component(plan, "link", "line", FIRST), 0.05)
    assert now(access).bits_per_ms[FIRST:] == [10_000, 200_000, 200_000]


def test_without_any_kind_of_link_sites_are_joined_perfectly() -> None:
    state = now(Access(plan_of(network={})))
    assert (state.up[FIRST], state.bits_per_ms[FIRST]) == (1, np.inf)
    assert state.reach == [PORTAL, BOTH, BOTH, BOTH, BOTH]


def test_a_neighbour_carries_while_its_own_line_works_and_only_what_both_lines_carry() -> None:
    plan = plan_of(network__radio=RADIO)
    access = Access(plan)
    access.refresh()
    radio = component(plan, "link", "radio", FIRST)
    other = int(plan.links.other[radio])
    access.set_working([component(plan, "link", "line", FIRST)], False)
    state = access.refresh()
    assert state is not None
    assert state.uplinks[FIRST].tolist() == (1, 10 + 7, 50_000.0, PORTAL)
    assert int(state.reach[FIRST]) == PORTAL
    access.set_working([component(plan, "link", "line", other)], False)
    # Each would go over the other: neither has a way.
    state_without = now(access)
    assert [state_without.up[site] for site in (FIRST, other)] == [0, 0]


def test_without_power_a_site_has_no_line_and_hosts_nothing_but_open_offices() -> None:
    closing = {"storm": {"sites": ["offices"], "planned": [{"at": "2025-07-08 08:00", "lasts": "1 h"}]}}
    plan = plan_of(outages=closing)
    offices = 1 << plan.systems.name.index("offices")
    access = Access(plan)
    access.set_working([component(plan, "site", "power", PROVINCE)], False)
    state = now(access)
    assert state.reach == [PORTAL | offices, offices, offices, offices, offices]
    assert state.up == [1, 0, 0, 0, 0]
    access.set_working([component(plan, "site", "power", PROVINCE)], True)
    access.set_working(
        [component(plan, "site", "power", FIRST), component(plan, "site", "offices", SECOND)], False
    )
    assert now(access).reach == [PORTAL | offices, BOTH | offices, offices, BOTH, BOTH | offices]


def test_a_system_is_slow_where_it_or_what_it_needs_is_slow_at_its_host() -> None:
    plan = plan_of()
    access = Access(plan)
    access.set_slow(component(plan, "system", "portal", CENTRE), True)
    assert now(access).slow == [PORTAL, BOTH, BOTH, BOTH, BOTH]
    access.set_slow(component(plan, "system", "portal", CENTRE), False)
    access.set_slow(component(plan, "system", "dossiers", PROVINCE), True)
    assert now(access).slow == [0, DOSSIERS, DOSSIERS, DOSSIERS, DOSSIERS]
    access.set_working([component(plan, "link", "line", FIRST)], False)
    assert now(access).slow[FIRST] == 0


def test_what_is_blocked_for_several_reasons_is_back_with_the_last_of_them_and_hosts_go_on() -> None:
    access = Access(plan_of())
    access.refresh()
    access.block(PROVINCE, 0)
    access.block(PROVINCE, 0)
    # The provincial system still gets at the portal for itself and its communes.
    assert now(access).reach == [PORTAL, DOSSIERS, BOTH, BOTH, BOTH]
    access.unblock(PROVINCE, 0)
    assert access.refresh() is None
    access.unblock(PROVINCE, 0)
    assert now(access).reach[PROVINCE] == BOTH


def test_a_better_link_is_used_from_then_on() -> None:
    plan = plan_of()
    access = Access(plan)
    access.refresh()
    access.lines.set_ability(component(plan, "link", "line", FIRST), 3, 1_000_000.0)
    state = access.refresh()
    assert state is not None
    assert state.uplinks[FIRST].tolist()[:3] == (1, 3, 1_000_000.0)


def test_a_host_that_is_not_on_the_way_up_is_refused() -> None:
    plan = plan_of()
    plan.systems.host[0, FIRST] = SECOND
    with pytest.raises(ValueError, match="hosted neither"):
        Access(plan)


class Judge:
    """Lines and reach found by searching a graph of what works, anew every time."""

    def __init__(self, plan: ControlPlan) -> None:
        self.plan = plan
        self.works = dict.fromkeys(range(len(plan.components.site)), True)
        self.share = dict.fromkeys(range(len(plan.links.name)), 1.0)

    def powered(self, site: int) -> bool:
        return self.works[component(self.plan, "site", "power", site)]

    def graph(self) -> "nx.MultiDiGraph[Any]":
        """Every link that works, and perfect ones where a site has none of its own; in order of use."""
        graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
        links, parents = self.plan.links, self.plan.site_parent.tolist()
        graph.add_nodes_from(range(len(parents)))
        own = {int(site) for site, far in zip(links.site, links.is_to_neighbour, strict=True) if not far}
        for site, above in enumerate(parents):
            if above >= 0 and site not in own and self.powered(site) and self.powered(above):
                graph.add_edge(site, above, rank=0, latency=0, bits=np.inf, carries=(1 << 64) - 1)
        for n, (site, other) in enumerate(zip(links.site.tolist(), links.other.tolist(), strict=True)):
            if self.works[n] and self.powered(site) and self.powered(other):
                bits = float(links.bits_per_ms[n]) * self.share[n]
                latency, carries = int(links.latency_ms[n]), int(links.carries[n])
                graph.add_edge(site, other, rank=n, latency=latency, bits=bits, carries=carries)
        return graph

    def uplink(self, graph: "nx.MultiDiGraph[Any]", site: int) -> tuple[int, int, float, int]:
        """The first way to the site above over at most one neighbour: straight ones first."""
        above = int(self.plan.site_parent[site])
        if above < 0:
            return (1, 0, np.inf, (1 << 64) - 1) if self.powered(site) else (0, 0, 0.0, 0)
        ways = nx.all_simple_edge_paths(graph, site, above, cutoff=2)
        ranked = sorted(ways, key=lambda way: (len(way), [graph.edges[edge]["rank"] for edge in way]))
        if not ranked:
            return 0, 0, 0.0, 0
        hops = [graph.edges[edge] for edge in ranked[0]]
        carries = (1 << 64) - 1
        for hop in hops:
            carries &= hop["carries"]
        return 1, sum(hop["latency"] for hop in hops), min(hop["bits"] for hop in hops), carries


HILLS = {
    "network__backup": BACKUP | {"where": {"names": ["Commune 0001", "Commune 0005"]}},
    "network__radio": RADIO | {"carries": ["portal", "identity"]},
    "network__relay": {"from": "province", "to": "neighbour", "bandwidth": "1 Gbps", "latency": "9 ms"},
    "territory": {"synthetic": {"provinces": 2, "communes_per_province": 4}},
    "systems__identity": {"hosted_at": "centre"},
    "systems__signature": {"hosted_at": "province", "needs": ["identity", "dossiers"]},
    "outages": {"closed": {"sites": ["offices"], "planned": [{"at": "2025-07-08 08:00", "lasts": "1 h"}]}},
}
HILLY = plan_of(**HILLS)
WAYS = Ways(HILLY.site_parent.tolist())


@settings(max_examples=150)
@given(st.data())
def test_lines_and_reach_are_those_of_a_search_after_any_order_of_failures(data: st.DataObject) -> None:
    access, judge = Access(HILLY), Judge(HILLY)
    before: NetworkState | None = None
    last: list[Any] = []
    for _ in range(data.draw(st.integers(1, 6))):
        _disturb(data, access, judge)
        state = access.refresh() or before
        assert state is not None
        graph = judge.graph()
        lines = [judge.uplink(graph, site) for site in range(len(HILLY.site_parent))]
        assert state.uplinks.tolist() == lines
        found = Findings(WAYS, state)
        assert state.reach.tolist() == found.reach
        assert state.slow.tolist() == found.slow
        _require_right_instances(state, judge)
        rows = list(zip(lines, found.reach, found.slow, strict=True))
        if state is not before:
            assert state.changed.tolist() == [n for n, row in enumerate(rows) if not last or row != last[n]]
        else:
            assert rows == last
        before, last = state, rows


def _disturb(data: st.DataObject, access: Access, judge: Judge) -> None:
    parts = HILLY.components
    numbers = st.lists(st.integers(0, len(parts.site) - 1), max_size=12, unique=True)
    turned, works = data.draw(numbers), data.draw(st.booleans())
    access.set_working(turned, works)
    judge.works.update(dict.fromkeys(turned, works))
    system = data.draw(st.sampled_from(np.flatnonzero(parts.system >= 0).tolist()))
    access.set_slow(system, data.draw(st.booleans()))
    link, share = data.draw(st.integers(0, len(HILLY.links.name) - 1)), data.draw(st.sampled_from([0.1, 1.0]))
    access.lines.set_bandwidth_left(link, share)
    judge.share[link] = share
    access.block(data.draw(st.integers(0, len(HILLY.site_parent) - 1)), data.draw(st.integers(0, 3)))


def _require_right_instances(state: NetworkState, judge: Judge) -> None:
    """An instance works when it is up and its host has power; open offices need none."""
    parts = HILLY.components
    for number, (system, site) in enumerate(zip(parts.system.tolist(), parts.site.tolist(), strict=True)):
        if system >= 0:
            has_power = parts.name[number] == "offices" or judge.powered(site)
            assert bool(state.system_up[system, site]) == (judge.works[number] and has_power)
