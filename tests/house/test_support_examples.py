"""Every example of the pages on support and on functions of one's own loads, builds or runs."""

import re
from typing import Any

import pytest
from scipy.stats import poisson

from sim.control.dispatch import DispatchView, Team
from sim.control.extensions import Extensions
from sim.control.own_steering import OwnSteering
from sim.control.start import start_control
from sim.control.tickets import Ticket, tickets_of
from sim.engine.addressed import replication_key
from sim.scenario.reader import load, load_text
from sim.world.build import build
from tests.support.control_record import StaffRecorder
from tests.support.page_examples import DOCS, blocks, page, rules_named, rules_of_model, scenario_text

SUPPORT, EXTENDING = page("support.md"), page("extending.md")


def test_every_rule_about_support_has_an_example() -> None:
    rules = rules_of_model(r"M9\.[1-4]")
    assert len(rules) == 4
    assert not set(rules) - rules_named(SUPPORT)


@pytest.mark.parametrize("place", range(len(blocks(SUPPORT))))
def test_an_example_is_a_scenario(place: int) -> None:
    example = blocks(SUPPORT)[place]
    plan = build(load_text(scenario_text(example)).base).control_plan.support
    assert len(plan.problems) == len(re.findall(r"^      rate:", example, re.MULTILINE))
    assert bool(plan.teams) == ("teams:" in example)


def test_the_shipped_study_has_as_many_certificates_as_were_reported() -> None:
    study = load(DOCS.parent / "scenarios" / "quang_ngai_support.yaml")
    plan = build(study.base).control_plan
    keys = [replication_key(1, number) for number in range(4)]
    seen = [ticket for key in keys for ticket in tickets_of(plan.support, key, plan.horizon_ms)]
    for name, reported in (("locked_certificate", 400), ("missing_certificate", 500)):
        low, high = poisson.interval(0.999, 4 * reported)
        assert low <= sum(ticket.problem.name == name for ticket in seen) <= high
    forty = {
        scenario.support.teams["mobile"].number * scenario.support.teams["mobile"].people
        for name, scenario in study.scenarios.items()
        if name != "no_teams"
    }
    assert forty == {40}


def test_the_functions_of_the_page_run() -> None:
    _, rule, process = blocks(EXTENDING, "python")
    names: dict[str, Any] = {}
    exec(rule + process, names)
    own = Extensions({"most_people": names["most_people"]}, {"lightning": names["lightning"]})
    problems = SUPPORT.split("## Help from afar")[0]
    teams = "  teams: {mobile: {calendar: office, dispatch: most_people}}\n"
    text = scenario_text(blocks(problems)[1] + teams + blocks(EXTENDING)[0])
    built = build(load_text(text).base, own.names)
    env = StaffRecorder(built)
    log = start_control(env, built.control_plan, 1, 0, own)
    env.run(until=built.world.horizon_ms)
    strikes = [outage for outage in log.outages.outages if outage.cause == "lightning"]
    assert len(strikes) > 50
    assert {ticket.solved_by for ticket in log.support.tickets} >= {"team"}


def test_the_page_names_all_that_a_function_may_use() -> None:
    text = re.sub(r"^```.*?^```", "", EXTENDING, flags=re.MULTILINE | re.DOTALL)
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", text))))
    for kind in (OwnSteering, DispatchView):
        public = {name for name in vars(kind) if not name.startswith("_")} - {"env", "plan"}
        assert not public - named
    assert {"site", "base", "number"} <= set(Team.__dataclass_fields__) & named
    assert {"site", "opened_ms", "waits_since_ms", "problem", "effect"} <= set(Ticket.__dataclass_fields__)
