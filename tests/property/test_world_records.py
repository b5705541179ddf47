"""Pools, queues, steps, branches and links of a built world: numbers that must fit together."""

import pickle

import numpy as np

from sim.engine import addressed
from sim.world.arrays import CITIZEN, COMPLETED, MS_PER_DAY, REFUSED, WORK
from sim.world.build import Built, build
from sim.world.keys import name_key
from tests.support.tiny_scenario import TINY, tiny_scenario

STEPS = {
    "desk": {"pool": "reception", "touch_time": "10 min", "needs": ["dossiers"], "without": "paper"},
    "check": {
        "pool": "reception",
        "touch_time": "20 min",
        "touch_time_factors": {"counter": 1.5},
        "needs": ["portal", "dossiers"],
        "next": [
            {"to": "ask", "share": "12 %", "once": True},
            {"to": "refused", "share": "1 %"},
            {"to": "signature", "share": "rest"},
        ],
    },
    "ask": {"citizen": {"answers_after": {"exponential": {"mean": "4 days"}}}, "next": "check"},
    "signature": {"pool": "leader", "touch_time": "3 min", "digitises": True},
}
RULES = {
    "courier": {"calendar": "office", "time": "4 h"},
    "back_entry": {"pool": "reception", "touch_time": "8 min", "needs": ["dossiers"]},
}


def rich_world() -> Built:
    return build(tiny_scenario(procedures__permit__steps=STEPS, rules=RULES))


def test_pools_of_a_site_stand_together_and_are_found_by_site_and_role() -> None:
    world = build(tiny_scenario()).world
    for site in range(len(world.site_parent)):
        own = range(world.site_first_pool[site], world.site_first_pool[site + 1])
        assert [int(world.pools["site"][pool]) for pool in own] == [site] * len(own)
        assert sorted(world.pool_of[site][world.pool_of[site] >= 0].tolist()) == list(own)
    assert (world.pool_of[:, 0] >= 0).tolist() == [False, False, True, True, True]
    assert (world.pool_of[:, 1] >= 0).tolist() == [False, True, False, False, False]


def test_places_at_work_of_the_pools_do_not_overlap() -> None:
    change = {"at": "2025-07-10", "pool": "reception", "headcount": {"add": 3}}
    world = build(tiny_scenario(changes={"more": change})).world
    assert world.pools["capacity"].tolist() == [3, 2, 2, 2]
    assert world.pools["capacity_limit"].tolist() == [3, 5, 5, 5]
    ends = world.pools["busy_first"] + world.pools["capacity_limit"]
    assert world.pools["busy_first"].tolist() == [0, *ends[:-1].tolist()]
    assert world.at_work_places == ends[-1]


def test_a_pool_has_a_queue_for_each_set_of_systems_that_steps_wait_for() -> None:
    world = rich_world().world
    desk, check, ask, signature, back_entry = world.steps
    # Systems by number: portal 0, dossiers 1. The desk goes on paper without them, so it waits for none.
    classes = {0: 0, 0b10: 1, 0b11: 2}
    assert [int(step["queue_class"]) for step in (desk, back_entry, check)] == list(classes.values())
    for pool in world.pools[world.pools["role"] == 0]:
        own = slice(pool["queue_first"], pool["queue_first"] + pool["queue_count"])
        assert world.queues["needs"][own].tolist() == list(classes)
    assert (world.queues["root"] == -1).all()
    assert int(signature["queue_class"]) == 0
    assert int(ask["kind"]) == CITIZEN


def test_steps_carry_their_needs_pools_and_marks() -> None:
    world = rich_world().world
    desk, check, _, signature, back_entry = world.steps
    assert [int(step["needs"]) for step in world.steps] == [0b10, 0b11, 0, 0, 0b10]
    assert [int(step["level"]) for step in (desk, check, signature, back_entry)] == [3, 3, 1, 3]
    assert [int(step["kind"]) for step in world.steps] == [WORK, WORK, CITIZEN, WORK, WORK]
    # The first step with work is the one at the counter, and digitises unless it says otherwise.
    assert world.steps["in_person_wait"].tolist() == [1, 0, 0, 0, 0]
    assert world.steps["digitises"].tolist() == [1, 0, 0, 1, 0]
    assert world.channel_factor[1].tolist() == [1.0, 1.5]
    assert world.back_entry_step == 4


def test_branches_lead_to_the_steps_named() -> None:
    world = rich_world().world
    assert world.branches[["to", "once"]].tolist() == [
        (1, 0), (2, 1), (REFUSED, 0), (3, 0), (1, 0), (COMPLETED, 0), (COMPLETED, 0),
    ]  # fmt: skip
    assert world.branches["share"].tolist() == [1, 0.12, 0.01, 0.87, 1, 1, 1]
    assert world.steps["branch_first"].tolist() == [0, 1, 4, 5, 6]
    assert world.steps["branch_count"].tolist() == [1, 3, 1, 1, 1]


def test_keys_are_those_of_the_names_and_all_differ_e8() -> None:
    world = rich_world().world
    assert int(world.steps["key"][1]) == name_key("step:permit/check")
    assert int(world.site_key[2]) == name_key("site:C00001")
    assert int(world.stream_name_key[0]) == name_key("stream:C00001/permit/counter")
    keys = [*world.steps["key"].tolist(), *world.site_key.tolist(), *world.stream_name_key.tolist()]
    assert len(set(keys)) == len(keys)


def test_the_world_and_the_engines_read_names_alike() -> None:
    for name in ("", "site:51", "stream:21172/khai_sinh/trực tuyến"):
        assert name_key(name) == addressed.name_key(name)


def test_links_join_each_site_to_the_one_above_primary_before_backup() -> None:
    network = {
        "mobile": {"from": "commune", "to": "province", "bandwidth": "20 Mbps", "backup": True},
        "line": {"from": "commune", "to": "province", "bandwidth": "200 Mbps"},
    }
    built = build(tiny_scenario(network=network))
    links = built.control_plan.links
    assert links.name == ("line", "mobile") * 3
    assert links.site.tolist() == [2, 2, 3, 3, 4, 4]
    assert links.bits_per_ms.tolist() == [200_000.0, 20_000.0] * 3
    assert built.network.number_of_edges("C00001", "P001") == 2
    assert built.network.nodes["C00001"]["level"] == "commune"


def test_cutoff_supplement_limit_and_horizon_are_in_the_units_of_the_world() -> None:
    world = build(
        tiny_scenario(rules=RULES | {"cutoff": "15:00", "supplement_limit": "9 working days"})
    ).world
    assert world.cutoff_ms == 15 * 3_600_000
    assert world.supplement_limit_days == 9
    assert world.horizon_ms == 14 * MS_PER_DAY
    assert build(tiny_scenario()).world.cutoff_ms == MS_PER_DAY
    assert world.procedures["bits"].tolist() == [40e6]


def test_limits_never_run_out_of_the_table_of_working_days() -> None:
    world = build(tiny_scenario(procedures__permit__deadline="5000 working days")).world
    assert world.working_day_after.max() + 5000 < len(world.working_day_close_ms)
    assert (np.diff(world.working_day_close_ms) > 0).all()


def test_a_built_scenario_can_be_sent_to_another_process_and_is_the_same_there() -> None:
    built = rich_world()
    sent = pickle.loads(pickle.dumps(built))
    for field in built.world._fields:
        assert np.array_equal(getattr(sent.world, field), getattr(built.world, field))
    assert sent.names == built.names
    assert sent.control_plan.components.name == built.control_plan.components.name


def test_building_twice_gives_the_same_world() -> None:
    first, second = build(tiny_scenario()).world, build(tiny_scenario()).world
    for field in first._fields:
        assert np.array_equal(getattr(first, field), getattr(second, field))


def test_the_tiny_scenario_is_left_as_it_was() -> None:
    tiny_scenario(pools__reception__headcount=9)
    assert TINY["pools"]["reception"]["headcount"] == 2
