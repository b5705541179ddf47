"""Support in the words of a planner: what more teams, a hotline, training and near bases change."""

from typing import Any

import pandas as pd
import pytest

from sim.record.collect import support_tables
from sim.world.arrays import MS_PER_HOUR
from tests.support.control_record import Steered
from tests.support.played import Played, played
from tests.support.ticket_record import SLOW, TEAM, supported

REPLICATIONS = range(4)
OFTEN = {
    **SLOW,
    "rate": {"per_site_and_year": 400},
    "on_site": {"takes": {"exponential": {"mean": "90 min"}}},
}


def told(replication: int, problem: dict[str, Any] = OFTEN, **support: Any) -> dict[str, pd.DataFrame]:
    """The tables of tickets and trips of one replication."""
    steered = Steered(supported({"device": problem}, **support), replication)
    log = steered.log.support
    tables = support_tables(steered.built.names, log.tickets, log.trips)
    return {name: table.to_pandas() for name, table in tables.items()}


def hours_open(tickets: pd.DataFrame) -> float:
    """Mean time that a ticket is open; those open at the end count as solved then."""
    solved = tickets["solved_ms"].where(tickets["solved_by"] != "", 14 * 24 * MS_PER_HOUR)
    return float((solved - tickets["opened_ms"]).mean()) / MS_PER_HOUR


def teams(number: int, **more: Any) -> dict[str, Any]:
    return {"teams": {"mobile": TEAM | {"number": number} | more}}


@pytest.mark.parametrize("replication", REPLICATIONS)
def test_the_same_problems_are_solved_sooner_by_more_teams(replication: int) -> None:
    one, three = (told(replication, **teams(number))["tickets"] for number in (1, 3))
    assert one["opened_ms"].tolist() == three["opened_ms"].tolist()
    assert len(one) > 30
    assert hours_open(three) < 0.8 * hours_open(one)
    assert (three["solved_by"] == "team").sum() >= (one["solved_by"] == "team").sum()


@pytest.mark.parametrize("replication", REPLICATIONS)
def test_one_slow_team_is_never_worse_than_none(replication: int) -> None:
    often = OFTEN | {
        "hotline": {"solves": "30 %", "takes": "20 min"},
        "alone": {"exponential": {"mean": "2 days"}},
    }
    slow = teams(1, speed_kmh=5)
    none, one = (
        told(replication, often, hotline={"agents": 1}, **each)["tickets"] for each in (teams(0), slow)
    )
    assert none[["site", "opened_ms"]].equals(one[["site", "opened_ms"]])
    end_ms = 14 * 24 * MS_PER_HOUR
    last = [each["solved_ms"].where(each["solved_by"] != "", end_ms) for each in (none, one)]
    assert (last[1] <= last[0]).all() and (last[1] < last[0]).any()
    assert one["solved_by"].value_counts()["alone"] > one["solved_by"].value_counts()["team"] > 0
    by_hotline = none["solved_by"] == "hotline"
    assert by_hotline.any() and none[by_hotline]["solved_ms"].equals(one[by_hotline]["solved_ms"])


@pytest.mark.parametrize("replication", REPLICATIONS)
def test_the_same_problems_are_solved_sooner_by_larger_teams(replication: int) -> None:
    alone, of_five = (told(replication, **teams(1, people=people))["tickets"] for people in (1, 5))
    assert hours_open(of_five) < hours_open(alone)


@pytest.mark.parametrize("replication", REPLICATIONS)
def test_what_the_hotline_solves_spares_the_teams_the_way(replication: int) -> None:
    answered = OFTEN | {"hotline": {"solves": "60 %", "takes": {"exponential": {"mean": "15 min"}}}}
    without, with_hotline = (
        told(replication, answered, **teams(3), **support) for support in ({}, {"hotline": {"agents": 2}})
    )
    assert with_hotline["trips"]["km"].sum() < 0.8 * without["trips"]["km"].sum()
    assert hours_open(with_hotline["tickets"]) < hours_open(without["tickets"])


def test_teams_that_are_based_at_every_commune_drive_nowhere() -> None:
    trips = told(0, **teams(1, base={"levels": ["commune"]}))["trips"]
    assert len(trips) > 10 and trips["km"].sum() == 0


def test_the_nearest_first_drives_less_than_the_oldest_first() -> None:
    km = {
        rule: sum(told(number, **teams(1, dispatch=rule))["trips"]["km"].mean() for number in REPLICATIONS)
        for rule in ("nearest", "longest_open")
    }
    assert km["nearest"] < km["longest_open"]


def run(problem: dict[str, Any] | None, **support: Any) -> Played:
    return played(supported({} if problem is None else {"device": problem}, **support))


def test_an_open_problem_makes_work_slower_and_its_team_makes_it_faster_again() -> None:
    hard = OFTEN | {"effect": {"pools": ["reception"], "slower": 4}, "alone": "8 days"}
    none, alone, helped = run(None), run(hard, teams={}), run(hard, **teams(3))
    filed = {int(each.result.totals["filed"]) for each in (none, alone, helped)}
    assert len(filed) == 1
    inside = [each.result.totals["in_system_area_ms"] for each in (none, helped, alone)]
    assert inside[0] < inside[1] < inside[2]


def test_a_locked_certificate_holds_dossiers_up_as_a_lost_system_does() -> None:
    locked = OFTEN | {"effect": {"blocks": ["dossiers"]}, "alone": "2 days"}
    none, alone, helped = run(None), run(locked, teams={}), run(locked, **teams(3))
    held = [each.hours_by_cause()["outage"] for each in (none, helped, alone)]
    assert held[0] < held[1]
    assert held[0] == 0
    inside = [each.result.totals["in_system_area_ms"] for each in (none, helped, alone)]
    assert inside[0] < inside[1] < inside[2]
