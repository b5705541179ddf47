"""Laws that hold in every small study: nothing is lost, time adds up, and the order of writing is nothing."""

import copy
import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.record.checks import check
from sim.scenario.schema import Scenario
from sim.world.arrays import FREE, LOG_FINISH, P_BUSY_MS, RESUME
from sim.world.calendars import hours_in_world
from tests.support.played import Played, played
from tests.support.tiny_scenario import tiny_scenario

ORDERS_TELL_NOTHING = ("calendars", "pools", "systems", "channels", "groups", "procedures")
"""Sections whose entries may stand in any order. Changes and outages act in the order written."""

ASKED = {
    "desk": {
        "pool": "reception",
        "touch_time": {"gamma": {"mean": "25 min", "cv": 1}},
        "needs": ["dossiers"],
        "next": [
            {"to": "ask", "share": "30 %", "once": True},
            {"to": "refused", "share": "5 %"},
            {"to": "signature", "share": "rest"},
        ],
    },
    "ask": {"citizen": {"answers_after": {"exponential": {"mean": "4 days"}}}, "next": "desk"},
    "signature": {"pool": "leader", "touch_time": {"exponential": {"mean": "3 min"}}},
}


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    """Tiny studies with all that can hold a dossier up: few people, outages, paper, citizens, backlog."""
    steps = copy.deepcopy(ASKED)
    steps["desk"]["without"] = draw(st.sampled_from(["wait", "manual", "paper"]))
    second = {
        "group": "copies",
        "deadline": draw(st.sampled_from(["same day", "none", "2 working days"])),
        "rate": {"per_1000_inhabitants_and_working_day": draw(st.sampled_from([0.5, 2, 5]))},
        "steps": {"copy": {"pool": "reception", "touch_time": {"exponential": {"mean": "6 min"}}}},
    }
    rules = {
        "cutoff": "15:00",
        "supplement_limit": draw(st.sampled_from(["2 working days", "15 working days"])),
        "clock_after_supplement": draw(st.sampled_from(["restart", "resume"])),
        "courier": {"calendar": "office", "time": "4 h"},
        "back_entry": {"pool": "reception", "touch_time": "8 min", "needs": ["dossiers"]},
    }
    outage = {
        "links": ["line"],
        "systems": ["portal"],
        "random": {
            "time_between_failures": {"exponential": {"mean": "1 day"}},
            "time_to_repair": {"exponential": {"mean": draw(st.sampled_from(["10 min", "5 h"]))}},
        },
    }
    return tiny_scenario(
        seed=draw(st.integers(0, 10**6)),
        pools__reception__headcount=draw(st.integers(0, 3)),
        pools__reception__end_of_shift=draw(st.sampled_from(["resume", "finish"])),
        pools__reception__queue=draw(st.sampled_from(["first_come", "earliest_due_date", "priority"])),
        demand__day_to_day_variation=draw(st.sampled_from([0, 0.3])),
        rules=rules,
        outages=draw(st.sampled_from([{}, {"faults": outage}])),
        groups={"papers": {}, "copies": {}},
        procedures__permit__steps=steps,
        procedures__permit__inherited={
            "per_1000_inhabitants": 1,
            "at_step": "desk",
            "deadline_used": {"uniform": {"low": "20 %", "high": "130 %"}},
        },
        procedures__copy=second,
    )


FEW = settings(max_examples=12)


@FEW
@given(scenarios())
def test_filed_is_finished_plus_unfinished_at_every_site_and_in_every_group(scenario: Scenario) -> None:
    run = played(scenario)
    left = run.result.state.dossiers
    left = left[(left["state"] != FREE) & (left["finished"] == 0)]
    unfinished = np.zeros(run.result.tally.flow.shape[:2], np.int64)
    np.add.at(unfinished, (left["home"], left["group"]), 1)
    counts = run.table("flow").groupby(["site", "group"])[["arrived", "finished"]].sum()
    names = run.built.names
    for site, code in enumerate(names.sites):
        for group, name in enumerate(names.groups):
            filed, finished = counts.loc[(code, name)] if (code, name) in counts.index else (0, 0)
            assert filed == finished + unfinished[site, group]
    assert counts["arrived"].sum() == run.result.totals["filed"] > 0


@FEW
@given(scenarios())
def test_causes_add_up_in_every_group_and_day_and_littles_law_is_exact_e37(scenario: Scenario) -> None:
    run = played(scenario, logging=True)
    flow, totals = run.table("flow"), run.result.totals
    causes = flow[[name for name in flow.columns if name.startswith("cause_")]]
    assert (causes.sum(axis=1) == flow["cycle_ms"]).all()
    assert (causes >= 0).all(axis=None)
    assert totals["split_errors"] == 0
    assert totals["in_system_area_ms"] == area_of_the_log(run) + totals["elapsed_ms_unfinished"]
    assert check(run.record) == {"conservation": True, "little": True, "split": True}


def area_of_the_log(run: Played) -> int:
    """Time that the finished spent in the system, from the step log alone, ms."""
    finished = run.log[run.log["event"] == LOG_FINISH]
    return int((finished["ended_ms"] - finished["entered_ms"]).sum())


@FEW
@given(scenarios())
def test_nobody_works_more_than_people_times_open_time_e38(scenario: Scenario) -> None:
    run = played(scenario)
    world, days = run.built.world, run.built.world.day_count
    busy_ms = run.result.tally.pools[:, :, P_BUSY_MS]
    for pool, record in enumerate(world.pools):
        if record["end_of_shift"] == RESUME:
            open_ms = hours_in_world(world, int(record["calendar"])).open_ms_by_day(days)
            assert (busy_ms[pool] <= record["capacity"] * open_ms).all()
    assert (busy_ms >= 0).all()


@FEW
@given(scenarios(), st.integers(0, 10**6))
def test_the_order_in_which_sections_are_written_changes_no_number(scenario: Scenario, seed: int) -> None:
    one, other = played(scenario), played(reordered(scenario, random.Random(seed)))
    assert one.result.totals == other.result.totals
    for name in one.record.tables:
        pd.testing.assert_frame_equal(canonical(one.table(name)), canonical(other.table(name)))


def reordered(scenario: Scenario, rng: random.Random) -> Scenario:
    """The same scenario with its sections and their entries in another order."""
    changed: dict[str, Any] = {name: _shuffled(getattr(scenario, name), rng) for name in ORDERS_TELL_NOTHING}
    return scenario.model_copy(update=changed)


def _shuffled(section: Mapping[str, Any], rng: random.Random) -> dict[str, Any]:
    entries = list(section.items())
    rng.shuffle(entries)
    return dict(entries)


def canonical(table: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order of what they hold."""
    return table.sort_values(list(table.columns)).reset_index(drop=True)
