"""Parts of the naive engine and of the verification by themselves."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.reference import Network, ReferenceFlow, run_reference
from sim.engine.reference_clock import FILING, MIDNIGHT_PRIORITY, flow_priority
from sim.engine.reference_tally import bin_of
from sim.engine.verify import first_difference, log_difference, tally_difference, totals_difference, verify
from sim.record.histogram import bin_of_seconds
from sim.world.arrays import CITIZEN_ANSWERS, F_FINISHED, POOL_OPENS, SERVICE_ENDS, TRANSFER_ARRIVES
from sim.world.day_rows import day_rows_of
from tests.support.random_worlds import random_world
from tests.support.small_worlds import good_links, make_world

PARENTS = [-1, 0, 0, 1, 1, 2]


def network_without(*cut: int) -> Network:
    links = good_links(len(PARENTS), latency_ms=20, bits_per_ms=100.0)
    links["up"][list(cut)] = 0
    network = Network(PARENTS)
    network.set_uplinks(links)
    return network


def test_e2_events_of_one_millisecond_have_a_written_order() -> None:
    kinds = [SERVICE_ENDS, TRANSFER_ARRIVES, CITIZEN_ANSWERS, POOL_OPENS, FILING]
    flow = [flow_priority(kind, number) for kind in kinds for number in (0, 1, 10**12)]
    control = [0, 1]
    order = [MIDNIGHT_PRIORITY, *control, *flow]
    assert order == sorted(set(order))


def test_e19_transfer_time_is_all_latencies_and_the_slowest_link() -> None:
    links = good_links(len(PARENTS), latency_ms=20, bits_per_ms=100.0)
    links["bits_per_ms"][2] = 3.0
    network = Network(PARENTS)
    network.set_uplinks(links)
    assert network.transfer_ms(3, 4, 1000.0) == 2 * 20 + 10
    assert network.transfer_ms(3, 5, 1000.0) == 4 * 20 + 334


def test_e19_there_is_no_transfer_over_a_cut_link() -> None:
    network = network_without(1)
    assert network.transfer_ms(3, 0, 1.0) is None
    assert network.transfer_ms(3, 4, 1.0) is not None


def test_e31_a_system_is_in_reach_when_it_works_and_so_do_its_needs_and_the_way() -> None:
    everywhere = [[0] * 6, [-1, 1, 2, 1, 1, 2]]
    all_work = [[True] * 6, [True] * 6]
    first_off = [[False] * 6, [True] * 6]
    second_needs_first = [[], [0]]
    assert network_without().in_reach(3, everywhere, all_work, second_needs_first) == 0b11
    assert network_without().in_reach(0, everywhere, all_work, second_needs_first) == 0b01
    assert network_without().in_reach(3, everywhere, first_off, second_needs_first) == 0
    assert network_without().in_reach(3, everywhere, first_off, [[], []]) == 0b10
    # The way from the province to the centre is cut: the province's own system lacks what it needs.
    assert network_without(1).in_reach(3, everywhere, all_work, second_needs_first) == 0
    assert network_without(1).in_reach(3, everywhere, all_work, [[], []]) == 0b10
    assert network_without(3).in_reach(3, everywhere, all_work, [[], []]) == 0


@given(st.sets(st.integers(1, 5)))
def test_e31_a_path_exists_exactly_when_every_link_of_it_works(cut: set[int]) -> None:
    network = network_without(*cut)
    for start in range(len(PARENTS)):
        for end in set(range(len(PARENTS))) - {start}:
            found = network.transfer_ms(start, end, 1.0) is not None
            assert found == nx.has_path(network.graph, start, end)


def test_e31_the_naive_engine_refuses_a_reach_that_the_links_do_not_give() -> None:
    world = make_world()
    env = ReferenceFlow(world, 1, 0)
    sites = len(world.site_parent)
    hosts, works = np.zeros((1, sites), np.int32), np.ones((1, sites), np.bool_)
    with pytest.raises(ValueError, match="reach of site 0 should be 0x1, not 0x0"):
        env.apply_network(good_links(sites, 0), np.zeros(sites, np.uint64), hosts, works, [[]])


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
