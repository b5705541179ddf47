"""Mistakes in phases are told with the line of the phase and what would be right."""

# One case a line keeps the table readable as a table.
# ruff: noqa: E501

import re

import pytest

from sim.scenario import ScenarioError, load_text
from sim.world.build import build

HEAD = """
extends: haicap:two_level
name: faulty
period: {start: 2025-07-01, end: 2025-07-14}
seed: 7
territory: {provinces: [Huế]}
procedures: {merit_allowance: {versions: {own: {at: 2025-07-05, deadline: 9 working days}}}}
channels: {online: {files_over: old_portal}}
systems:
  old_system: {hosted_at: province}
  old_portal: {hosted_at: province}
  new_portal: {hosted_at: centre, sessions: {capacity: 9, lasts: 9 min, waits_at_most: 9 min, then: {give_up: 100 %}}}
outages:
  works: {links: [trunk], planned: [{at: 2025-07-08 08:00, lasts: 1 h}]}
  cuts: {links: [trunk], random: {time_between_failures: 9 days, time_to_repair: 1 h, levels: [{path: 50 %}]}}
support:
  problems:
    locked: {rate: {per_site_and_year: 10}, effect: {slower: 2}, on_site: {takes: 1 h}, alone: 2 days, levels: [{path: 50 %}]}
  teams: {mobile: {calendar: office}}
"""
HEAD_POOL = "pools: {head: {headcount: {add: 1}}}"
FORM = "{steps: {reception: {touch_time_factors: {online: 0.1}}}}"
CASES = {
    "nothing done": (
        "x: {at: 2025-07-07, change: {}}",
        "phases.x.change: nothing is done; expected one of pools, procedures",
    ),
    "empty pool": (
        "x: {at: 2025-07-07, change: {pools: {head: {}}}}",
        "phases.x.change.pools.head: nothing changes; expected headcount, speed, training or secondment",
    ),
    "unknown pool": (
        "x: {at: 2025-07-07, change: {pools: {haed: {headcount: {add: 1}}}}}",
        'phases.x.change.pools.haed: unknown name "haed"',
    ),
    "unknown procedure": (
        f"x: {{at: 2025-07-07, change: {{procedures: {{birth: {FORM}}}}}}}",
        'phases.x.change.procedures.birth: unknown name "birth"',
    ),
    "unknown system": (
        "x: {at: 2025-07-07, change: {systems: {old_system: {replaced_by: portal}}}}",
        'replaced_by: unknown name "portal"',
    ),
    "unknown problem": (
        "x: {at: 2025-07-07, change: {problems: {lost: {falls_to: 10 %}}}}",
        'phases.x.change.problems.lost: unknown name "lost"',
    ),
    "unknown team": (
        "x: {at: 2025-07-07, change: {teams: {mobil: {number: 2}}}}",
        'phases.x.change.teams.mobil: unknown name "mobil"; expected one of support.teams: mobile',
    ),
    "unknown outages": (
        "x: {at: 2025-07-07, change: {outages: {cutz: {falls_to: 10 %}}}}",
        'phases.x.change.outages.cutz: unknown name "cutz"; expected one of outages: ',
    ),
    "planned outages": (
        "x: {at: 2025-07-07, change: {outages: {works: {falls_to: 10 %}}}}",
        "the outages of works do not come by chance; expected outages with random",
    ),
    "levels of outages and a phase": (
        "x: {at: 2025-07-07, change: {outages: {cuts: {falls_to: 10 %}}}}",
        "cuts has levels of its own, and a phase; expected one of the two",
    ),
    "filing moves to a system that has sessions first": (
        "x: {at: 2025-07-07, change: {systems: {old_portal: {replaced_by: new_portal}}}}",
        "filing over old_portal has no sessions, and over new_portal it has; expected sessions of both",
    ),
    "unknown key": (
        "x: {at: 2025-07-07, change: {pool: {}}}",
        'phases.x.change.pool: unknown key; did you mean "pools"?',
    ),
    "line that stays": (
        "x: {at: 2025-07-07, change: {network: {trunk: {}}}}",
        "phases.x.change.network.trunk: nothing changes; expected bandwidth, latency or cost_per_month",
    ),
    "versions that end": (
        f"x: {{at: 2025-07-07, until: 2025-07-09, change: {{procedures: {{birth_registration: {FORM}}}}}}}",
        "phases.x: procedures that end; expected until or lasts with pools and teams only",
    ),
    "two ends": (
        f"x: {{at: 2025-07-07, until: 2025-07-09, lasts: 3 days, change: {{{HEAD_POOL}}}}}",
        "phases.x: until together with lasts; expected one of the two",
    ),
    "ends before the last province": (
        f"x: {{at: 2025-07-07, until: 2025-07-09, stagger: {{by: [Huế, Quảng Trị], every: 7 days}}, change: {{{HEAD_POOL}}}}}",
        "phases.x: until is before 2025-07-14, its last first day; expected a later day, or lasts",
    ),
    "half days": (
        f"x: {{at: 2025-07-07, stagger: {{by: [Huế], every: 36 h}}, change: {{{HEAD_POOL}}}}}",
        "every is not a number of days; expected whole days such as 7 days",
    ),
    "province twice": (
        f"x: {{at: 2025-07-07, stagger: {{by: [Huế, Huế], every: 7 days}}, change: {{{HEAD_POOL}}}}}",
        "a province is given twice",
    ),
    "provinces twice": (
        f"x: {{at: 2025-07-07, where: {{provinces: [Huế]}}, stagger: {{by: [Huế], every: 7 days}}, change: {{{HEAD_POOL}}}}}",
        "stagger together with where.provinces",
    ),
    "versions and a phase": (
        f"x: {{at: 2025-07-07, change: {{procedures: {{merit_allowance: {FORM}}}}}}}",
        "procedure merit_allowance has versions of its own, and a phase; expected one of the two",
    ),
    "levels and a phase": (
        "x: {at: 2025-07-07, change: {problems: {locked: {falls_to: 10 %}}}}",
        "locked has levels of its own, and a phase; expected one of the two",
    ),
    "system of the centre in one province": (
        "x: {at: 2025-07-07, stagger: {by: [Huế], every: 7 days}, change: {systems: {vneid: {replaced_by: national_portal}}}}",
        "vneid is hosted at the centre and replaced in a part of the country",
    ),
    "places that overlap": (
        f"x: {{at: 2025-07-07, where: {{kinds: [ward]}}, change: {{procedures: {{birth_registration: {FORM}}}}}}}\n  y: {{at: 2025-07-09, where: {{labels: [mountain]}}, change: {{procedures: {{birth_registration: {FORM}}}}}}}",
        "phase x changes procedure birth_registration before, at places that are others in part",
    ),
    "long name": (
        f"{'x' * 35}: {{at: 2025-07-07, change: {{{HEAD_POOL}}}}}",
        "is too long; expected at most 34 characters",
    ),
    "seconds of downtime": (
        "x: {at: 2025-07-07, change: {systems: {old_system: {replaced_by: national_portal, downtime: 90 s}}}}",
        "downtime is not a number of minutes",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_told_with_the_line_of_the_phase(case: str) -> None:
    phase, message = CASES[case]
    text = f"{HEAD}phases:\n  {phase}\n"
    with pytest.raises(ScenarioError) as caught:
        load_text(text)
    assert message in caught.value.render()
    lines = {mistake.line for mistake in caught.value.mistakes if message.split("; ")[0] in mistake.render()}
    assert lines and all(line > HEAD.count("\n") for line in lines)


def test_a_province_that_does_not_exist_is_told_when_it_is_built() -> None:
    phase = f"x: {{at: 2025-07-07, stagger: {{by: [Huế, Atlantis], every: 7 days}}, change: {{{HEAD_POOL}}}}}"
    scenario = load_text(f"{HEAD}phases:\n  {phase}\n").base
    with pytest.raises(ScenarioError, match=re.escape("Atlantis")):
        build(scenario)


def test_a_phase_for_places_without_a_base_is_told_when_it_is_built() -> None:
    phase = "x: {at: 2025-07-07, where: {kinds: [ward]}, change: {teams: {mobile: {number: 2}}}}"
    scenario = load_text(f"{HEAD}phases:\n  {phase}\n").base
    with pytest.raises(ScenarioError, match=r"x_1\.where: no base of these teams is chosen"):
        build(scenario)
