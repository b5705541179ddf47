"""Traits, conditions, marks, parts, limits and versions of procedures: from the scenario to records."""

from typing import Any

import numpy as np
import pytest

from sim.scenario import load_text
from sim.scenario.schema import Scenario
from sim.world.arrays import COMPLETED, FORK, MS_PER_DAY, REFUSED, TRAIT_ELSEWHERE, TRAIT_LATE, WITHDRAWN
from sim.world.build import Built, build
from sim.world.keys import name_key
from sim.world.load import expected_load
from sim.world.sites import LEVELS
from sim.world.visits import expected_visits
from tests.support.tiny_scenario import tiny_scenario


def work(pool: str = "reception", **more: object) -> dict[str, object]:
    return {"pool": pool, "touch_time": "10 min", **more}


def ways(*branches: dict[str, Any]) -> dict[str, object]:
    return {"next": list(branches)}


def rest(to: str) -> dict[str, object]:
    return {"to": to, "share": "rest"}


AGAIN = {"citizen": {"comes_again_after": "3 days"}, "next": "desk"}
ASKED = {"citizen": {"answers_after": "1 day"}, "next": "desk"}


def built(steps: dict[str, Any], **more: object) -> Built:
    return build(tiny_scenario(procedures__permit__steps=steps, **more))


def step(world: Built, name: str, procedure: str = "permit") -> np.void:
    names = list(zip(world.names.step_procedures, world.names.steps, strict=True))
    return world.world.steps[names.index((procedure, name))]


def branches(world: Built, name: str) -> list[tuple[Any, ...]]:
    record = step(world, name)
    first = record["branch_first"]
    return world.world.branches[first : first + record["branch_count"]].tolist()


# Marks


def test_each_step_has_a_mark_of_its_own_and_two_ways_to_it_share_it() -> None:
    once = {"share": "10 %", "once": True}
    steps = {
        "desk": work(**ways({"to": "again", **once}, {"to": "ask", **once}, rest("check"))),
        "check": work(**ways({"to": "ask", **once}, rest("completed"))),
        "again": AGAIN,
        "ask": ASKED,
    }
    world = built(steps)
    assert [branch[2] for branch in branches(world, "desk")] == [1, 2, 0]
    assert [branch[2] for branch in branches(world, "check")] == [2, 0]


def test_coming_again_leaves_the_supplement_to_be_asked_for() -> None:
    once = {"share": "50 %", "once": True}
    steps = {
        "desk": work(**ways({"to": "again", **once}, {"to": "ask", **once}))
        | ways({"to": "again", **once}, rest("check")),
        "again": AGAIN,
        "check": work(**ways({"to": "ask", **once}, rest("completed"))),
        "ask": ASKED | {"next": "check"},
    }
    visits = expected_visits(built(steps).world, 0)
    assert visits.tolist() == pytest.approx([1.5, 0.5, 1.5, 0.5])


# Waits for the citizen, limits and desks


def test_who_comes_again_is_not_asked_for_a_supplement() -> None:
    steps = {
        "desk": work(
            **ways({"to": "again", "share": "5 %"}, {"to": "ask", "share": "5 %"}, rest("completed"))
        ),
        "again": AGAIN,
        "ask": ASKED,
    }
    world = built(steps)
    assert [int(step(world, name)["asks"]) for name in ("again", "ask")] == [0, 1]
    assert [int(world.world.tables[step(world, n)["table"]][0]) for n in ("again", "ask")] == [
        3 * MS_PER_DAY,
        MS_PER_DAY,
    ]


def test_a_wait_may_have_a_limit_that_leads_to_a_step_or_an_end() -> None:
    steps = {
        "desk": work(waits_at_most={"time": "20 min", "then": "withdrawn", "who": "in_person"}),
        "check": work(waits_at_most={"time": "2 days", "then": "above"}, next="completed"),
        "above": work("leader", next="check"),
    }
    world = built(steps)
    desk, check, above = (step(world, name) for name in steps)
    assert (int(desk["limit_to"]), int(desk["limit_in_person"])) == (WITHDRAWN, 1)
    assert world.world.tables[desk["limit_table"]][0] == 20 * 60_000
    assert (int(check["limit_to"]), int(check["limit_in_person"])) == (2, 0)
    assert int(above["limit_table"]) == -1
    assert expected_visits(world.world, 0).tolist() == pytest.approx([1, 1, 0])


def test_the_first_work_is_done_at_the_desk_unless_it_is_said_otherwise() -> None:
    world = built({"desk": work(), "check": work(), "stamp": work(at="desk")})
    assert [int(step(world, name)["at_desk"]) for name in ("desk", "check", "stamp")] == [1, 0, 1]
    assert int(step(built({"desk": work(at="home")}), "desk")["at_desk"]) == 0


def test_an_apology_has_a_date_and_a_letter() -> None:
    rules = {"courier": {"calendar": "office", "time": "4 h"}}
    apology = {"new_date_after": "3 working days", "touch_time": "7 min"}
    world = build(tiny_scenario(rules=rules | {"apology": apology})).world
    assert (world.apology_days, world.tables[world.apology_table][0]) == (3, 7 * 60_000)
    assert build(tiny_scenario()).world.apology_days == -1


# Traits and conditions

TRAITS = {"verified": "20 %", "complex": "50 %"}


def test_traits_have_bits_keys_shares_and_deadlines() -> None:
    world = built(
        {"desk": work()},
        procedures__permit__traits=TRAITS,
        procedures__permit__deadline_with={"complex": "5 working days"},
    ).world
    assert world.traits["mask"].tolist() == [1, 2]
    assert world.traits["key"].tolist() == [name_key(f"trait:permit/{name}") for name in TRAITS]
    assert world.traits["share"].tolist() == [0.2, 0.5]
    assert world.traits["deadline_days"].tolist() == [-1, 5]
    assert world.procedures[["trait_first", "trait_count"]].tolist() == [(0, 2)]


def test_conditions_are_masks_of_what_a_dossier_must_and_must_not_have() -> None:
    steps = {
        "desk": work(
            **ways(
                {"to": "check", "when": ["verified", "late"], "unless": "filed_elsewhere"},
                {"to": "refused", "unless": ["complex", "verified"]},
                {
                    "to": "completed",
                    "when": [{"channels": ["counter"]}, {"where": {"names": ["Commune 0002"]}}],
                },
                rest("completed"),
            )
        ),
        "check": work(),
    }
    world = built(steps, procedures__permit__traits=TRAITS)
    counter, second = 1 << 40, 1 << 41
    assert [branch[1:] for branch in branches(world, "desk")] == [
        (1, 0, 1 | TRAIT_LATE, TRAIT_ELSEWHERE),
        (REFUSED, 0, 0, 3),
        (COMPLETED, 0, counter | second, 0),
        (COMPLETED, 0, 0, 0),
    ]
    streams = world.world.streams
    channels, sites = world.names.channels, world.names.sites
    for site, channel, traits in streams[["site", "channel", "traits"]].tolist():
        expected = counter * (channels[channel] == "counter") | second * (sites[site] == "C00002")
        assert traits == expected


def test_visits_follow_the_conditions_by_the_shares_of_the_traits() -> None:
    steps = {
        "desk": work(**ways({"to": "check", "when": "verified", "unless": "complex"}, rest("completed"))),
        "check": work(
            **ways(
                {"to": "desk", "when": "late", "once": True},
                {"to": "refused", "when": {"channels": ["online"]}},
                rest("more"),
            )
        ),
        "more": work(),
    }
    world = built(steps, procedures__permit__traits=TRAITS).world
    assert expected_visits(world, 0).tolist() == pytest.approx([1, 0.1, 0.1])
    assert expected_visits(world, 0, 1 << 40).tolist() == pytest.approx([1, 0.1, 0])


def test_a_way_with_a_condition_may_be_open_once_only() -> None:
    steps = {
        "desk": work(**ways({"to": "above", "when": "complex", "once": True}, rest("completed"))),
        "above": work(next="desk"),
    }
    world = built(steps, procedures__permit__traits=TRAITS).world
    assert expected_visits(world, 0).tolist() == pytest.approx([1.5, 0.5])


# Parts

FORKED = {
    "desk": work(next="both"),
    "both": {"parallel": ["left", "right"], "next": "stamp"},
    "left": work(**ways({"to": "left_again", "share": "50 %"}, rest("joined"))),
    "left_again": work(next="joined"),
    "right": work("leader", **ways({"to": "refused", "share": "10 %"}, rest("joined"))),
    "stamp": work(**ways({"to": "both", "share": "20 %"}, rest("completed"))),
}


def test_a_parallel_step_has_the_first_steps_of_its_parts() -> None:
    world = built(FORKED)
    both = step(world, "both")
    assert (int(both["kind"]), int(both["part_count"]), int(both["role"])) == (FORK, 2, -1)
    assert world.world.parts.tolist() == [2, 4]
    assert [branch[1] for branch in branches(world, "left_again")] == [COMPLETED]
    assert [branch[1] for branch in branches(world, "right")] == [REFUSED, COMPLETED]


def test_every_part_is_visited_and_a_refused_part_ends_the_dossier_when_all_have_joined() -> None:
    # 90 % of the forks go on to the stamp, and a fifth of the stamps lead back.
    times = 1 / (1 - 0.9 * 0.2)
    found = expected_visits(built(FORKED).world, 0).tolist()
    assert found == pytest.approx([1, times, times, times / 2, times, times * 0.9])


# Holding a person


def test_a_request_may_hold_a_person_and_come_from_the_people_of_a_pool() -> None:
    rate = {"per_post_and_year": {"pool": "reception", "requests": 50}}
    world = build(tiny_scenario(procedures__permit__holds="leader", procedures__permit__rate=rate)).world
    assert world.procedures["holds_level"].tolist() == [LEVELS.index("province")]
    assert world.procedures["holds_role"].tolist() == [1]
    # Two posts in each of three communes, 50 requests in 250 working days.
    per_working_day = expected_load(
        build(tiny_scenario(procedures__permit__rate=rate))
    ).demand.per_working_day
    assert per_working_day == pytest.approx(3 * 2 * 50 / 250)


def test_posts_above_the_communes_are_spread_over_them() -> None:
    rate = {"per_post_and_year": {"pool": "leader", "requests": 250}}
    scenario = tiny_scenario(procedures__permit__rate=rate, pools__leader__headcount=6)
    assert expected_load(build(scenario)).demand.per_working_day == pytest.approx(6)


# Versions

TINY_TEXT = """
name: dated
period: {start: 2025-07-01, end: 2025-07-14}
seed: 7
territory: {synthetic: {provinces: 1, communes_per_province: 3}}
calendars: {office: {weekly: {mon-fri: ["07:30-11:30", "13:30-17:00"]}}}
official_calendar: office
pools:
  reception: {level: commune, headcount: 2, calendar: office}
  office: {level: province, headcount: 9, calendar: office}
channels: {online: {medium: electronic, in_person: false, filing: any_time}}
demand: {channel_shares: [{shares: {online: 100 %}}]}
groups: {papers: {}}
workflows:
  above: {steps: {desk: {pool: reception, touch_time: 1 min}, check: {pool: office, touch_time: 30 min}}}
procedures:
  permit:
    group: papers
    deadline: 3 working days
    rate: {per_1000_inhabitants_and_working_day: 2}
    traits: {hard: 10 %}
    deadline_with: {hard: 6 working days}
    inherited: {per_1000_inhabitants: 1, at_step: check, deadline_used: 50 %}
    steps:
      desk: {pool: reception, touch_time: 10 min}
      check:
        pool: office
        touch_time: 20 min
        next: [{to: ask, share: 10 %, once: true}, {to: completed, share: rest}]
      ask: {citizen: {answers_after: 2 days}, next: check}
    versions:
"""


def dated(versions: str) -> tuple[Scenario, Built]:
    scenario = load_text(TINY_TEXT + versions).base
    return scenario, build(scenario)


LOCAL = """
      local:
        at: 2025-07-08
        where: {names: [Commune 0002]}
        steps: {check: {pool: reception}, ask: {next: desk}}
"""


def test_a_version_is_laid_over_the_procedure() -> None:
    scenario, world = dated(LOCAL)
    local = scenario.procedures["permit"].versions["local"]
    assert list(local.steps) == ["desk", "check", "ask"]
    assert (local.steps["check"].pool, local.deadline, local.deadline_with) == ("reception", 3, {"hard": 6})
    assert local.steps["check"].touch_time == scenario.procedures["permit"].steps["check"].touch_time
    assert world.names.procedures == ("permit", "permit@local")
    assert world.names.step_procedures == ("permit",) * 3 + ("permit@local",) * 3
    assert world.names.steps == ("desk", "check", "ask") * 2


def test_a_version_keeps_the_addresses_of_random_numbers_marks_and_traits() -> None:
    world = dated(LOCAL)[1].world
    assert world.steps["key"][:3].tolist() == world.steps["key"][3:].tolist()
    assert world.steps["procedure"].tolist() == [0, 0, 0, 1, 1, 1]
    assert world.traits["mask"].tolist() == [1, 1]
    assert world.traits["key"][0] == world.traits["key"][1]
    assert world.branches["once"].tolist() == [0, 1, 0, 0] * 2
    assert world.procedures["group"].tolist() == [0, 0]


def test_routes_lead_to_the_version_from_its_date_on_where_it_holds() -> None:
    built_world = dated(LOCAL)[1]
    world, plan = built_world.world, built_world.control_plan
    second = built_world.names.sites.index("C00002")
    assert world.routes.tolist() == [list(range(6))] * 2
    row = int(world.route_row[second])
    assert [r == row for r in world.route_row.tolist()].count(True) == 1
    (change,) = plan.route_changes
    assert (change.at_ms, change.row) == (7 * MS_PER_DAY, row)
    assert (change.steps.tolist(), change.to.tolist()) == ([0, 1, 2], [3, 4, 5])


def test_a_version_from_before_the_run_holds_from_the_start_and_the_last_begun_counts() -> None:
    versions = """
      old: {at: 2025-01-01, steps: {check: {touch_time: 5 min}}}
      new: {at: 2025-07-03, workflow: above, deadline: 9 working days}
"""
    scenario, built_world = dated(versions)
    world = built_world.world
    assert list(scenario.procedures["permit"].versions["new"].steps) == ["desk", "check"]
    assert world.procedures["deadline_days"].tolist() == [3, 3, 9]
    assert world.routes[0].tolist() == [3, 4, 5, 3, 4, 5, 3, 4]
    (change,) = built_world.control_plan.route_changes
    # Who is with the citizen stays in the old way until the answer: the new one has no such step.
    routes = dict(zip(change.steps.tolist(), change.to.tolist(), strict=True))
    assert routes == {0: 6, 1: 7, 2: 2, 3: 6, 4: 7, 6: 6, 7: 7}


def test_steps_inside_and_outside_of_parts_do_not_lead_to_one_another() -> None:
    versions = """
      parted:
        at: 2025-07-03
        steps: !replace
          desk: {pool: reception, touch_time: 1 min, next: both}
          both: {parallel: [check, look], next: stamp}
          check: {pool: office, touch_time: 1 min, next: joined}
          look: {pool: office, touch_time: 1 min, next: joined}
          stamp: {pool: reception, touch_time: 1 min}
"""
    (change,) = dated(versions)[1].control_plan.route_changes
    assert dict(zip(change.steps.tolist(), change.to.tolist(), strict=True)) == {0: 3}


def test_an_abolished_procedure_is_not_filed_any_more_where_it_is_abolished() -> None:
    versions = "      gone: {at: 2025-07-08, where: {names: [Commune 0002]}, abolished: true}\n"
    built_world = dated(versions)[1]
    world = built_world.world
    factors = world.day_factor[world.streams["factor_row"]]
    second = world.streams["site"] == built_world.names.sites.index("C00002")
    assert (factors[second][:, 7:] == 0).all() and (factors[second][:, :7] > 0).all()
    assert (factors[~second] > 0).all()
    assert built_world.control_plan.route_changes == ()
    assert built_world.names.procedures == ("permit",)


def test_what_was_abolished_may_come_back_in_a_later_version() -> None:
    versions = """
      gone: {at: 2025-07-03, abolished: true}
      back: {at: 2025-07-10, steps: {desk: {touch_time: 1 min}}}
"""
    world = dated(versions)[1].world
    filed = (world.day_factor[world.streams["factor_row"]] > 0).all(axis=0)
    assert filed.tolist() == [True] * 2 + [False] * 7 + [True] * 5


def test_load_counts_the_version_that_holds_on_the_day_of_filing() -> None:
    versions = "      swift: {at: 2025-07-08, steps: {desk: {touch_time: 5 min}}}\n"
    plain, swift = (
        expected_load(dated("      none: {at: 2099-01-01, abolished: true}\n")[1]),
        expected_load(dated(versions)[1]),
    )
    desks = [load.pools[0].work_hours_per_week for load in (plain, swift)]
    # Seven days of fourteen; an online channel brings as much in each week.
    assert desks[1] == pytest.approx(0.75 * desks[0])
    assert swift.demand.by_procedure == pytest.approx(
        {"permit": plain.demand.by_procedure["permit"], "permit@swift": 0}
    )
