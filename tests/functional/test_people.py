"""People over time, seen at the far end: in what a run leaves, and alike in both engines."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.control.start import start_control
from sim.engine.verify import verify
from sim.scenario.schema import Scenario
from sim.world.build import build
from tests.support.played import Played, played
from tests.support.rostered import rostered
from tests.support.tiny_scenario import tiny_scenario

OVERTIME = {
    "hours": ["17:00-19:00"],
    "when_waiting_per_person": 5,
    "people": "50 %",
    "cost_per_hour": "90000 VND",
}
ILL = {"per_person_and_year": 30, "lasts": {"exponential": {"mean": "3 days"}}}
LEAVERS = {
    "per_post_and_year": "300 %",
    "hired_after": "5 days",
    "newcomer_speed": "50 %",
    "newcomer_for": "5 days",
}
DEPUTY = {
    "level": "province",
    "headcount": 1,
    "calendar": "signing",
    "covers": {"leader": {"only_when_absent": True}},
}
SHORT = {
    "pools__reception__headcount": 1,
    "procedures__permit__rate": {"per_1000_inhabitants_and_working_day": 5},
}


def hours(run: Played, pool: str, column: str) -> float:
    """Sum of a column of pool_days, ms as hours, over all sites and days of a pool."""
    table = run.table("pool_days")
    return float(table.loc[table["pool"] == pool, column].sum()) / 3_600_000


def everything() -> Scenario:
    """Most of what people can do at once."""
    return tiny_scenario(
        **SHORT,
        pools__reception__overtime=OVERTIME,
        pools__reception__absences={"ill": ILL},
        pools__reception__learning={"from": "2025-07-07", "starts_at": "70 %", "half_time": "5 days"},
        pools__leader__absences={"ill": ILL},
        pools__leader__departures=LEAVERS,
        pools__leader__headcount=2,
        pools__deputy=DEPUTY,
        pools__vendor={
            "level": "commune",
            "headcount": 1,
            "calendar": "office",
            "covers": {"reception": {"speed": "60 %"}},
        },
        changes={
            "course": {
                "at": "2025-07-09",
                "pool": "leader",
                "training": {"people": 1, "lasts": "2 days", "faster": "20 %"},
            },
            "help": {
                "at": "2025-07-14",
                "pool": "vendor",
                "secondment": {
                    "people": 1,
                    "to": {"where": {"names": ["Commune 0001"]}, "pool": "reception"},
                },
            },
        },
    )


def with_roster(folder: Path) -> Scenario:
    """People on duty by roster, some of them ill."""
    return rostered(folder, absences={"ill": ILL}, overtime=OVERTIME | {"when_waiting_per_person": 1})


@pytest.mark.parametrize("replication", [0, 1])
@pytest.mark.parametrize("scenario_in", [lambda _: everything(), with_roster], ids=["everything", "roster"])
def test_people_over_time_are_the_same_in_both_engines(
    scenario_in: Callable[[Path], Scenario], replication: int, tmp_path: Path
) -> None:
    scenario = scenario_in(tmp_path)
    built = build(scenario)
    start = partial(start_control, plan=built.control_plan, seed=scenario.seed, replication=replication)
    found = verify(built.world, scenario.seed, replication, start)
    assert found.first_difference is None
    assert found.steps_compared > 500


def test_overtime_works_off_what_waits_and_leaves_its_hours_and_people() -> None:
    without, run = (
        played(tiny_scenario(**SHORT, **more)) for more in ({}, {"pools__reception__overtime": OVERTIME})
    )
    assert hours(run, "reception_overtime", "busy_ms") > 20
    assert hours(run, "reception_overtime", "available_ms") >= hours(run, "reception_overtime", "busy_ms") - 3
    evening = run.table("pool_days").query("pool == 'reception_overtime'")
    assert set(evening["people"]) == {0, 1} and set(evening["posts"]) == {0}
    started = [
        each.table("pool_days").query("pool == 'reception'")["started"].sum() for each in (without, run)
    ]
    assert started[1] > started[0] + 50


def test_a_deputy_signs_while_nobody_else_is_there() -> None:
    gone = {"gone": {"at": "2025-07-10", "pool": "leader", "headcount": {"set": 0}}}
    alone, helped = (
        played(tiny_scenario(changes=gone, pools__leader__headcount=1, **more))
        for more in ({}, {"pools__deputy": DEPUTY})
    )
    assert hours(alone, "leader", "busy_ms") > 0
    signed = helped.table("pool_days").query("pool == 'deputy'")["busy_ms"].to_numpy() > 0
    assert np.flatnonzero(signed).tolist() == [3, 4, 7, 8, 9, 10, 11]
    assert helped.flow["finished"] > 2 * alone.flow["finished"]


def test_people_who_are_absent_make_citizens_wait() -> None:
    away: dict[str, Any] = {"pools__reception__absences": {"ill": ILL}}
    whole, short = (played(tiny_scenario(**more)) for more in ({}, away))
    assert hours(short, "reception", "available_ms") < hours(whole, "reception", "available_ms")
    assert short.table("pool_days")["posts"].equals(whole.table("pool_days")["posts"])
    assert short.flow["cause_staff_ms"] > whole.flow["cause_staff_ms"]


def test_a_shared_pool_does_the_work_of_the_sites_that_it_serves() -> None:
    shared = [{"at": "Commune 0002", "serves": {"names": ["Commune 0003"]}}]
    run = played(tiny_scenario(pools__reception__shared=shared, pools__reception__headcount=4))
    started = run.table("pool_days").query("pool == 'reception'").groupby("site")["started"].sum()
    assert list(started.index) == ["C00001", "C00002"]
    assert started["C00002"] == pytest.approx(2 * started["C00001"], rel=0.2)
