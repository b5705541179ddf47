"""Mistakes in systems, sessions, links and exchange of data are told with their line and what would be right."""

# One case a line keeps the table readable as a table.
# ruff: noqa: E501

import re

import pytest

from sim.scenario import ScenarioError, load_text
from sim.world.build import build

HEAD = """
name: faulty
period: {start: 2025-07-01, end: 2025-07-14}
seed: 7
territory: {synthetic: {communes_per_province: 2}}
calendars: {office: {weekly: {mon-fri: ["07:30-11:30"]}}}
official_calendar: office
pools: {reception: {level: commune, headcount: 2, calendar: office}}
"""
CHANNELS = """
channels:
  online: {medium: electronic, in_person: false, filing: any_time, files_over: portal}
  counter: {medium: paper, in_person: true, filing: any_time}
"""
SYSTEMS = """
systems:
  base: {hosted_at: centre}
  portal: {hosted_at: centre, needs: [base]}
  dossiers: {hosted_at: province}
"""
NETWORK = """
network:
  line: {from: commune, to: province, bandwidth: 200 Mbps}
"""
PROCEDURE = """
demand: {channel_shares: [{shares: {online: 100 %}}]}
groups: {papers: {}}
procedures:
  permit:
    group: papers
    deadline: none
    rate: {per_1000_inhabitants_and_working_day: 2}
    steps: {desk: {pool: reception, touch_time: 1 min, needs: [dossiers]}}
"""
WHOLE = HEAD + CHANNELS + SYSTEMS + NETWORK + PROCEDURE
SESSIONS = "sessions: {capacity: 9, lasts: 5 min, waits_at_most: 1 min, then: %s}"
PORTAL = "portal: {hosted_at: centre, needs: [base]"
DESK = "touch_time: 1 min, needs: [dossiers]"

CASES = {
    # Systems
    "read-only system that nobody writes in": (
        "dossiers: {hosted_at: province", "dossiers: {hosted_at: province, may_be_read_only: true",
        "systems.dossiers.may_be_read_only: steps need it, and none writes in it; expected a step that writes in it; add writes: [dossiers]",
    ),
    "circle of systems": ("base: {hosted_at: centre", "base: {hosted_at: centre, needs: [portal]", "base needs itself in the end; expected needs without a circle"),
    "faster while slow": ("base: {hosted_at: centre", "base: {hosted_at: centre, slow_factor: 0.5", "systems.base.slow_factor: found 0.5; expected at least 1"),
    "vendors at the centre": ("base: {hosted_at: centre", "base: {hosted_at: centre, vendors: {a: {}}", "vendors of a system that is hosted at centre; expected vendors with hosted_at: province"),
    "two vendors": ("dossiers: {hosted_at: province", "dossiers: {hosted_at: province, vendors: {a: {}, b: {}}", "systems.dossiers.vendors.b: Province 1 has two vendors; expected each province once"),
    # Sessions
    "shares of sessions": (PORTAL, PORTAL + ", " + SESSIONS % "{give_up: 80 %}", "then: the shares make 80 % together; expected shares that make 100 % together"),
    "endless sessions": (PORTAL, PORTAL + ", " + SESSIONS % "{retry: {share: 100 %, after: 1 h}}", "everybody tries again for ever; expected a share of retry below 100 %"),
    "counter that is none": (PORTAL, PORTAL + ", " + SESSIONS % "{counter: {share: 100 %, after: 1 h, channel: desk}}", 'sessions.then.counter.channel: unknown name "desk"; expected one of channels: online, counter'),
    "counter over a system": (PORTAL, PORTAL + ", " + SESSIONS % "{counter: {share: 100 %, after: 1 h, channel: online}}", "channel online files over a system too; expected a way without it"),
    "no sessions": (PORTAL, PORTAL + ", " + (SESSIONS % "{give_up: 100 %}").replace("capacity: 9", "capacity: 0"), "sessions.capacity: found 0; expected at least 1"),
    "unknown system of a channel": ("files_over: portal", "files_over: portla", 'channels.online.files_over: unknown name "portla"; expected one of systems: base, portal, dossiers; did you mean "portal"?'),
    "filing at the counter over a system": ("counter: {medium: paper, in_person: true", "counter: {medium: paper, in_person: true, files_over: portal", "files_over on a channel in person; expected files_over on a channel with in_person: false"),
    # Links
    "neighbours of the centre": ("line: {from: commune, to: province", "line: {from: centre, to: neighbour", "a link from centre to neighbour; expected from a province, or from below"),
    "only neighbours": ("line: {from: commune, to: province", "line: {from: commune, to: neighbour", "no kind of link leads from commune to the level above, so none is ever down; expected a kind of link from commune to the level above as well"),
    "neighbours at no level": ("network:\n", "network:\n  old: {from: district, to: neighbour, bandwidth: 1 Mbps}\n", "network.old.from: level district, which this territory does not have; expected from one of"),
    "unknown system on a line": ("bandwidth: 200 Mbps", "bandwidth: 200 Mbps, carries: [portal, lands]", 'network.line.carries[2]: unknown name "lands"'),
    # Steps
    "writes what it does not need": (DESK, DESK + ", writes: [portal]", "steps.desk.writes[1]: it writes in portal, which is not among its needs; expected systems that it needs; add portal to needs"),
    "tells nobody": (DESK, DESK + ", tells: [dosiers]", 'steps.desk.tells[1]: unknown name "dosiers"; expected one of systems: base, portal, dossiers; did you mean "dossiers"?'),
    "filled in from nowhere": (DESK, DESK + ", prefilled_by: {systems: [], factor: 70 %}", "steps.desk.prefilled_by.systems: found a list; expected at least 1 of them"),
    "filled in from an unknown system": (DESK, DESK + ", prefilled_by: {systems: [bas], factor: 70 %}", 'prefilled_by.systems[1]: unknown name "bas"'),
    "no work left": (DESK, DESK + ", prefilled_by: {systems: [base], factor: 0 %}", 'prefilled_by.factor: found "0 %"; expected a share above 0 % and up to 100 %'),
    "error for ever": (DESK, DESK + ", without: manual, manual_error: 100 %", "steps.desk.manual_error: found 1.0; expected less than 1"),
    "a way without systems that is none": (DESK, DESK + ", without: skip-sync", 'steps.desk.without: found "skip-sync"; expected one of wait, manual, paper, skip_sync; did you mean "skip_sync"?'),
    "a system that a citizen writes in": (f"{{pool: reception, {DESK}}}", "{citizen: {answers_after: 1 h}, tells: [base]}", "tells is given together with citizen"),
    "another channel for an answer": (f"{{pool: reception, {DESK}}}", "{citizen: {answers_after: 1 h, on_channel: counter}}", "on_channel together with answers_after; expected on_channel with comes_again_after"),
    "unknown channel of a citizen": (f"{{pool: reception, {DESK}}}", "{citizen: {comes_again_after: 1 h, on_channel: conter}}", 'citizen.on_channel: unknown name "conter"'),
    "a dossier without a size": ("    deadline: none", "    dossier_size: 5\n    deadline: none", "procedures.permit.dossier_size: found 5 without a unit"),
    # Rules
    "back-entry that writes elsewhere": ("groups:", "rules: {back_entry: {pool: reception, touch_time: 1 min, writes: [dossiers]}}\ngroups:", "rules.back_entry.writes[1]: it writes in dossiers, which is not among its needs"),
    "hours without work": ("groups:", "rules: {synchronisation: {late_after: 2 h}}\ngroups:", 'rules.synchronisation.late_after: found "2 h"; expected working time such as "2 working hours"; write "2 working hours"'),
    "tries without a pause": ("groups:", "rules: {synchronisation: {retry_after: 0 min}}\ngroups:", "a duration longer than nothing"),
}  # fmt: skip


def told(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        build(load_text(text).base)
    return caught.value.render()


def test_the_scenario_is_right_without_its_mistake() -> None:
    build(load_text(WHOLE).base)


@pytest.mark.parametrize("case", CASES)
def test_the_mistake_is_told_in_one_line_with_its_place(case: str) -> None:
    right, wrong, words = CASES[case]
    assert right in WHOLE
    message = told(WHOLE.replace(right, wrong, 1))
    assert words in message, message
    assert re.match(r"^text:\d+: ", message), message


def test_more_systems_than_bits_are_refused_and_what_is_counted_twice_is_said() -> None:
    more = "".join(f"  s{number}: {{hosted_at: centre, may_be_read_only: true}}\n" for number in range(32))
    message = told(WHOLE.replace("systems:\n", "systems:\n" + more, 1))
    assert "systems: 35 systems, 32 of them twice, read and written apart; expected at most 64" in message


def test_a_vendor_of_a_province_that_does_not_exist_is_told() -> None:
    land = "territory: {provinces: [Huế]}"
    real = WHOLE.replace("territory: {synthetic: {communes_per_province: 2}}", land)
    vendors = (
        "dossiers: {hosted_at: province, vendors: {a: {provinces: [Huế, Quảng Trị]}, b: {provinces: [Huee]}}"
    )
    message = told(real.replace("dossiers: {hosted_at: province", vendors, 1))
    assert "systems.dossiers.vendors.b.provinces" in message and "Huee" in message
    assert "Quảng Trị" not in message
