"""Parts of the naive engine and of the verification by themselves."""

from collections.abc import Iterable
from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.reference import ReferenceFlow, run_reference
from sim.engine.reference_clock import FILING, MIDNIGHT_PRIORITY, flow_priority
from sim.engine.reference_network import Findings, Hop, Ways
from sim.engine.reference_tally import bin_of
from sim.engine.verify import first_difference, log_difference, tally_difference, totals_difference, verify
from sim.record.histogram import bin_of_seconds
from sim.world.arrays import (
    CITIZEN_ANSWERS,
    DOWNWARD,
    F_FINISHED,
    POOL_OPENS,
    SERVICE_ENDS,
    SYNC_TRIED,
    TRANSFER_ARRIVES,
    UPWARD,
    WAIT_ENDS,
)
from sim.world.day_rows import day_rows_of
from sim.world.network_state import NetworkState
from tests.support.network_states import LiveNetwork
from tests.support.random_worlds import random_world
from tests.support.small_worlds import make_world

PARENTS = [-1, 0, 0, 1, 1, 2]


# The first system is hosted at the centre, the second in each province, which the centre goes without.
HOSTS = [[0] * 6, [-1, 1, 2, 1, 1, 2]]


def network_of(needs: list[list[int]], cut: Iterable[int] = ()) -> LiveNetwork:
    """A network in which the uplinks of some sites are cut."""
    network = LiveNetwork(PARENTS, HOSTS, needs, latency_ms=20)
    network.links["up"][list(cut)] = 0
    return network


def reach_of(network: LiveNetwork, site: int) -> int:
    """What the naive engine finds in reach of a site."""
    return Findings(Ways(PARENTS), network.state()).reach[site]


def test_e2_events_of_one_millisecond_have_a_written_order() -> None:
    kinds = [SERVICE_ENDS, TRANSFER_ARRIVES, CITIZEN_ANSWERS, WAIT_ENDS, SYNC_TRIED, POOL_OPENS, FILING]
    flow = [flow_priority(kind, number) for kind in kinds for number in (0, 1, 10**12)]
    control = [0, 1]
    order = [MIDNIGHT_PRIORITY, *control, *flow]
    assert order == sorted(set(order))


def test_e58_a_way_goes_up_to_the_common_ancestor_and_down() -> None:
    ways = Ways(PARENTS)
    assert ways.between(3, 0) == [Hop(3, UPWARD), Hop(1, UPWARD)]
    assert ways.between(3, 5) == [Hop(3, UPWARD), Hop(1, UPWARD), Hop(2, DOWNWARD), Hop(5, DOWNWARD)]
    assert ways.between(4, 4) == []


def test_e31_a_system_is_in_reach_when_it_works_and_so_do_its_needs_and_the_way() -> None:
    second_needs_first: list[list[int]] = [[], [0]]
    assert reach_of(network_of(second_needs_first), 3) == 0b11
    assert reach_of(network_of(second_needs_first), 0) == 0b01
    for needs, reach in ((second_needs_first, 0), ([[], []], 0b10)):
        first_off = network_of(needs)
        first_off.up[0] = False
        assert reach_of(first_off, 3) == reach
    # The way from the province to the centre is cut: the province's own system lacks what it needs.
    assert reach_of(network_of(second_needs_first, cut=[1]), 3) == 0
    assert reach_of(network_of([[], []], cut=[1]), 3) == 0b10
    assert reach_of(network_of([[], []], cut=[3]), 3) == 0


def test_e59_the_uplink_of_a_host_must_carry_what_its_system_needs() -> None:
    network = network_of([[], [0]])
    network.links["carries"][3] = 0b10
    assert reach_of(network, 3) == 0b10
    network.links["carries"][1] = 0b10
    assert reach_of(network, 3) == 0


def test_e59_what_is_blocked_at_a_host_does_not_stop_its_systems() -> None:
    network = network_of([[], [0]])
    network.blocked[1] = 0b11
    assert (reach_of(network, 1), reach_of(network, 3)) == (0, 0b11)


def test_e54_a_system_is_slow_by_itself_or_by_what_it_needs_at_its_host() -> None:
    network = network_of([[], [0]])
    network.slow[0, 0] = True
    found = Findings(Ways(PARENTS), network.state())
    assert [found.slow[site] for site in (0, 1, 3)] == [0b01, 0b11, 0b11]
    # What is slow where nobody uses it matters to nobody.
    network.slow[0, 0], network.slow[0, 3], network.slow[1, 2] = False, True, True
    found = Findings(Ways(PARENTS), network.state())
    assert [found.slow[site] for site in (0, 1, 3, 5)] == [0, 0, 0, 0b10]


@given(st.sets(st.integers(1, 5)))
def test_e31_what_is_in_reach_follows_the_islands_that_cut_links_leave(cut: set[int]) -> None:
    found = Findings(Ways(PARENTS), network_of([[], []], cut).state())
    links: nx.Graph[int] = nx.Graph()
    links.add_nodes_from(range(len(PARENTS)))
    links.add_edges_from((site, PARENTS[site]) for site in range(1, len(PARENTS)) if site not in cut)
    for site, (first, second) in enumerate(zip(*HOSTS, strict=True)):
        assert found.reach[site] & 1 == nx.has_path(links, site, first)
        assert found.reach[site] >> 1 == (second >= 0 and nx.has_path(links, site, second))


def told() -> tuple[ReferenceFlow, NetworkState]:
    """An engine that has been told of a good network, and that network."""
    world = make_world()
    parents = world.site_parent.tolist()
    state = LiveNetwork(parents, [[0] * len(parents)], [[]], latency_ms=0).state()
    env = ReferenceFlow(world, 1, 0)
    env.apply_network(state)
    return env, state


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"reach": [0, 1, 1]}, "reach of site 0 should be 0x1, not 0x0"),
        ({"slow": [0, 0, 1]}, "slow systems of site 2 should be 0x0, not 0x1"),
        ({"blocked": [0, 1, 0]}, "reach of site 1 should be 0x0, not 0x1"),
        ({"blocked": [0, 1, 0], "reach": [1, 0, 1], "changed": [0, 2]}, "site 1 is other than before"),
    ],
)
def test_e31_the_naive_engine_refuses_a_state_that_the_links_and_systems_do_not_give(
    wrong: dict[str, list[int]], words: str
) -> None:
    env, state = told()
    values = {name: np.array(masks, getattr(state, name).dtype) for name, masks in wrong.items()}
    with pytest.raises(ValueError, match=words):
        env.apply_network(replace(state, **values))


@given(st.integers(0, 10**13))
def test_e42_bins_are_those_of_the_records(duration_ms: int) -> None:
    assert bin_of(duration_ms) == bin_of_seconds(duration_ms // 1000)


def test_verification_says_what_was_compared() -> None:
    world, start_control = random_world(1)
    verification = verify(world, 1, 0, start_control)
    assert verification.equal
    assert verification.dossiers_compared > 10
    assert verification.log_rows_compared > verification.steps_compared > 0
    assert verification.counts_compared > 1000


def test_verification_names_the_earliest_difference_of_two_logs() -> None:
    world, start_control = random_world(1)
    result = run_reference(world, 1, 0, start_control, logging=True)
    ended = result.log[:, 7]
    other = result.log.copy()
    late, early = int(ended.argmax()), int(np.argsort(ended)[len(ended) // 2])
    other[[late, early], 7] += 1
    words = log_difference(result.log, other)
    assert words is not None
    assert words.startswith(f"dossier {result.log[early, 0]}, ")
    assert "the naive engine says" in words
    assert "the compiled engine says" in words
    assert log_difference(result.log, result.log[::-1]) is None


def test_verification_names_a_missing_row() -> None:
    world, start_control = random_world(1)
    log = run_reference(world, 1, 0, start_control, logging=True).log
    words = log_difference(log, log[1:])
    assert words is not None
    assert words.endswith("the compiled engine says nothing of the kind")


def test_verification_names_a_count_that_differs() -> None:
    world, start_control = random_world(1)
    result = run_reference(world, 1, 0, start_control)
    flow = result.tally.flow.copy()
    flow[2, 0, 1, F_FINISHED] += 1
    words = tally_difference(result.tally, replace(result.tally, flow_rows=day_rows_of(flow)))
    assert words is not None
    assert words.startswith("finished of flow, area 2, group 0, day 1: ")


def test_verification_names_a_total_that_differs_or_is_missing() -> None:
    assert totals_difference({"filed": 1}, {"filed": 1}) is None
    assert totals_difference({"filed": 1}, {"filed": 2}) == (
        "total filed: 1 in the naive engine, 2 in the compiled one"
    )
    assert totals_difference({}, {"filed": 2}) is not None


def test_two_equal_results_have_no_difference() -> None:
    world, start_control = random_world(2)
    results = [run_reference(world, 2, 0, start_control, logging=True) for _ in range(2)]
    assert first_difference(*results) is None
