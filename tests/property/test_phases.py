"""A phase means what the same means when it is written out: translation, order of phases, waves."""

# One case a line keeps the table readable as a table.
# ruff: noqa: E501

from pathlib import Path

import pytest

from sim.scenario import load_text
from sim.scenario.schema import Scenario
from sim.world.build import build

HEAD = """
extends: haicap:two_level
name: example
period: {start: 2025-07-01, end: 2025-09-30}
seed: 1
territory: {provinces: [Huế, Quảng Trị]}
systems:
  old_system: {hosted_at: province}
workflows:
  commune_same_day: {steps: {reception: {needs: [old_system, national_portal], writes: [old_system]}}}
outages: {cuts: {links: [commune_line], random: {time_between_failures: 9 days, time_to_repair: 1 h}}}
support:
  problems:
    locked: {rate: {per_site_and_year: 10}, effect: {slower: 2}, on_site: {takes: 1 h}, alone: 2 days}
  teams: {mobile: {calendar: office}}
"""
PEOPLE = "headcount: {add: 1}, speed: {multiply: 1.1}"
FASTER = "bandwidth: 1 Gbps, latency: 5 ms, cost_per_month: 4 million VND"
FORM = "touch_time_factors: {online: 0.1}"
DATA = "prefilled_by: {systems: [data_exchange], factor: 50 %}"
BIRTH = "procedures: {birth_registration: {%s}}"
PORTALS = """
channels: {online: {files_over: old_portal}}
systems:
  old_portal: {hosted_at: province, sessions: &room {capacity: 9, lasts: 9 min, waits_at_most: 9 min, then: {give_up: 100 %}}}
  new_portal: {hosted_at: centre, sessions: *room}
"""
SAME = {
    "pools for a time": (
        f"phases: {{x: {{at: 2025-07-07, lasts: 7 days, where: {{kinds: [ward]}}, change: {{pools: {{head: {{{PEOPLE}}}}}}}}}}}",
        f"changes: {{x_1: {{at: 2025-07-07, until: 2025-07-13, where: {{kinds: [ward]}}, pool: head, {PEOPLE}}}}}",
    ),
    "province by province": (
        f"phases: {{x: {{at: 2025-07-07, stagger: {{by: [Huế, Quảng Trị], every: 14 days}}, change: {{network: {{commune_line: {{{FASTER}}}}}}}}}}}",
        f"network: {{commune_line: {{upgrades: {{x_1: {{at: 2025-07-07, where: {{provinces: [Huế]}}, {FASTER}}}, x_2: {{at: 2025-07-21, where: {{provinces: [Quảng Trị]}}, {FASTER}}}}}}}}}",
    ),
    "phases of one procedure add up": (
        f"phases:\n  x: {{at: 2025-07-07, change: {{{BIRTH % f'steps: {{reception: {{{FORM}}}}}'}}}}}\n"
        f"  y: {{at: 2025-08-01, where: {{provinces: [Huế]}}, change: {{{BIRTH % f'steps: {{reception: {{{DATA}}}}}'}}}}}",
        BIRTH % f"versions: {{x_1: {{at: 2025-07-07, steps: {{reception: {{{FORM}}}}}}}, "
        f"y_1: {{at: 2025-08-01, where: {{provinces: [Huế]}}, steps: {{reception: {{{FORM}, {DATA}}}}}}}}}",
    ),
    "a phase for all after one for a part": (
        f"phases:\n  x: {{at: 2025-07-07, where: {{provinces: [Huế]}}, change: {{{BIRTH % f'steps: {{reception: {{{FORM}}}}}'}}}}}\n"
        f"  y: {{at: 2025-08-01, change: {{{BIRTH % f'steps: {{reception: {{{DATA}}}}}'}}}}}",
        BIRTH
        % f"versions: {{x_1: {{at: 2025-07-07, where: {{provinces: [Huế]}}, steps: {{reception: {{{FORM}}}}}}}, "
        f"y_1: {{at: 2025-08-01, steps: {{reception: {{{DATA}}}}}}}, "
        f"y_2: {{at: 2025-08-01, where: {{provinces: [Huế]}}, steps: {{reception: {{{FORM}, {DATA}}}}}}}}}",
    ),
    "a workflow stands for its procedures": (
        f"phases: {{x: {{at: 2025-07-07, change: {{workflows: {{commune_to_province: {{steps: {{reception: {{{FORM}}}}}}}}}}}}}}}",
        f"procedures: {{land_transfer: &v {{versions: {{x_1: {{at: 2025-07-07, steps: {{reception: {{{FORM}}}}}}}}}}}, land_correction: *v, merit_allowance: *v}}",
    ),
    "fewer problems": (
        "phases: {x: {at: 2025-07-07, change: {problems: {locked: {falls_to: 40 %}}}}, y: {at: 2025-08-01, change: {problems: {locked: {falls_to: 10 %}}}}}",
        "support: {problems: {locked: {levels: [{path: {2025-07-06: 100 %, 2025-07-07: 40 %, 2025-07-31: 40 %, 2025-08-01: 10 %}}]}}}",
    ),
    "mobile teams for a time": (
        "phases: {x: {at: 2025-07-07, lasts: 7 days, stagger: {by: [Huế, Quảng Trị], every: 14 days}, change: {teams: {mobile: {number: 3}}}}}",
        "support: {teams: {mobile: {changes: {x_1: {at: 2025-07-07, until: 2025-07-13, where: {provinces: [Huế]}, number: 3}, x_2: {at: 2025-07-21, until: 2025-07-27, where: {provinces: [Quảng Trị]}, number: 3}}}}}",
    ),
    "fewer outages": (
        "phases: {x: {at: 2025-07-07, stagger: {by: [Huế, Quảng Trị], every: 14 days}, change: {outages: {cuts: {falls_to: 40 %}}}}}",
        "outages: {cuts: {random: {levels: [{where: {provinces: [Huế]}, path: {2025-07-06: 100 %, 2025-07-07: 40 %}}, {where: {provinces: [Quảng Trị]}, path: {2025-07-20: 100 %, 2025-07-21: 40 %}}]}}}",
    ),
    "filing moves to another system": (
        f"{PORTALS}phases: {{x: {{at: 2025-07-07, stagger: {{by: [Huế, Quảng Trị], every: 14 days}}, change: {{systems: {{old_portal: {{replaced_by: new_portal}}}}}}}}}}",
        PORTALS.replace(
            "old_portal: {",
            "old_portal: {filing_moves: {x_1: {at: 2025-07-07, where: {provinces: [Huế]}, to: new_portal}, x_2: {at: 2025-07-21, where: {provinces: [Quảng Trị]}, to: new_portal}}, ",
        ),
    ),
    "a name that is taken": (
        f"changes: {{x_1: {{at: 2025-07-02, pool: head, {PEOPLE}}}}}\nphases: {{x: {{at: 2025-07-07, change: {{pools: {{head: {{{PEOPLE}}}}}}}}}}}",
        f"changes: {{x_1: {{at: 2025-07-02, pool: head, {PEOPLE}}}, x_2: {{at: 2025-07-07, pool: head, {PEOPLE}}}}}",
    ),
}
REPLACED = """
phases:
  over:
    at: 2025-08-01
    stagger: {by: [Quảng Trị, Huế], every: 7 days}
    change: {systems: {old_system: {replaced_by: provincial_dossier_system, downtime: 36 h}}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "head.yaml").write_text(HEAD, encoding="utf-8")
    return tmp_path


def loaded(text: str, folder: Path) -> Scenario:
    return load_text(f"name: example\nextends: head.yaml\n{text}", folder).base


@pytest.mark.parametrize("case", SAME)
def test_a_phase_is_the_same_as_what_it_stands_for(case: str, folder: Path) -> None:
    phase, written_out = (loaded(text, folder) for text in SAME[case])
    assert phase.content_hash() == written_out.content_hash()
    assert phase.content_hash() != loaded("", folder).content_hash()


def test_the_effective_scenario_of_a_run_means_the_same(folder: Path) -> None:
    study = load_text(f"name: example\nextends: head.yaml\n{REPLACED}", folder)
    again = load_text(study.effective_yaml("base"), folder)
    assert again.base.content_hash() == study.base.content_hash()


def test_another_system_takes_the_place_of_the_old_one_in_all_steps_that_need_it(folder: Path) -> None:
    scenario = loaded(REPLACED, folder)
    concerned = {n for n, p in scenario.procedures.items() if "old_system" in p.steps["reception"].needs}
    assert concerned and concerned == {n for n, p in scenario.procedures.items() if p.versions}
    for name in concerned:
        versions = scenario.procedures[name].versions
        assert [(v.at.isoformat(), v.where.provinces) for v in versions.values()] == [
            ("2025-08-01", ("Quảng Trị",)),
            ("2025-08-08", ("Huế",)),
        ]
        for version in versions.values():
            assert version.steps["reception"].needs == ("national_portal", "provincial_dossier_system")
            assert version.steps["reception"].writes == ("provincial_dossier_system",)
            assert version.steps["signature"] == scenario.procedures[name].steps["signature"]


def test_the_old_system_is_down_while_its_data_are_moved(folder: Path) -> None:
    outages = [o for n, o in loaded(REPLACED, folder).outages.items() if n.startswith("over")]
    times = [
        (o.where.provinces, o.planned[0].at.isoformat(), o.planned[0].length_ms) for o in outages if o.planned
    ]
    day_and_half = 36 * 3_600_000
    assert times == [
        (("Quảng Trị",), "2025-07-30T12:00:00", day_and_half),
        (("Huế",), "2025-08-06T12:00:00", day_and_half),
    ]


def test_lines_have_their_first_ability_until_they_are_upgraded(folder: Path) -> None:
    upgrades = """
phases:
  before: {at: 2025-06-30, change: {network: {commune_line: {bandwidth: 300 Mbps}}}}
  later: {at: 2025-07-11, where: {provinces: [Huế]}, change: {network: {commune_line: {latency: 4 ms}}}}
"""
    plan = build(loaded(upgrades, folder)).control_plan
    is_line = [name == "commune_line" for name in plan.links.name]
    assert set(plan.links.bits_per_ms[is_line].tolist()) == {300_000.0}
    (change,) = plan.link_changes
    assert change.at_ms == 10 * 86_400_000 and len(change.links) == 40
    assert set(change.latency_ms.tolist()) == {4} and set(change.bits_per_ms.tolist()) == {300_000.0}


def test_a_patch_may_make_a_staggered_phase_one_of_a_single_day(folder: Path) -> None:
    patch = "alternatives: {one_day: {patch: {phases: {over: {stagger: null}}}}}"
    study = load_text(f"name: example\nextends: head.yaml\n{REPLACED}{patch}", folder)
    versions = study.alternatives["one_day"].procedures["birth_registration"].versions
    assert [(v.at.isoformat(), v.where.is_everything) for v in versions.values()] == [("2025-08-01", True)]


def test_a_line_costs_the_mean_of_the_days_after_the_warm_up(folder: Path) -> None:
    prices = """
network: {commune_line: {cost_per_month: 3 million VND}}
phases:
  dearer: {at: 2025-07-21, where: {provinces: [Huế]}, change: {network: {commune_line: {cost_per_month: 5 million VND}}}}
  cheaper: {at: 2025-09-01, change: {network: {commune_line: {cost_per_month: 2 million VND, bandwidth: 1 Gbps}}}}
"""
    scenario = loaded(f"period: {{start: 2025-07-01, end: 2025-09-30, warm_up: 10 days}}{prices}", folder)
    links, sites = build(scenario).control_plan.links, build(scenario).sites.all
    found = {
        sites[site].province: cost
        for name, site, cost in zip(
            links.name, links.site.tolist(), links.cost_per_month_vnd.tolist(), strict=True
        )
        if name == "commune_line"
    }
    # 82 days from 11 July on: 10 until 20 July, 42 until the end of August, 30 in September.
    assert found["Huế"] == pytest.approx((10 * 3e6 + 42 * 5e6 + 30 * 2e6) / 82)
    assert found["Quảng Trị"] == pytest.approx((52 * 3e6 + 30 * 2e6) / 82)
