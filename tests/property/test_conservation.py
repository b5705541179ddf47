"""Laws that hold in every small study: nothing is lost, time adds up, and the order of writing is nothing."""

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.record.checks import check
from sim.scenario.schema import Scenario
from sim.world.arrays import FREE, GONE, LOG_FINISH, P_BUSY_MS, RESUME
from sim.world.hours import hours_in_world
from tests.support.played import Played, played
from tests.support.random_scenarios import scenarios

ORDERS_TELL_NOTHING = ("calendars", "pools", "systems", "channels", "groups", "procedures")
"""Sections whose entries may stand in any order. Changes and outages act in the order written."""

FEW = settings(max_examples=12)


@FEW
@given(scenarios())
def test_filed_is_finished_plus_unfinished_at_every_site_and_in_every_group(scenario: Scenario) -> None:
    run = played(scenario)
    left = run.result.state.dossiers
    left = left[(left["state"] != FREE) & (left["state"] != GONE) & (left["finished"] == 0)]
    left = left[left["parent"] < 0]
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
