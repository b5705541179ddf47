"""Problems, ways of teams, data entered once and the price of support, counted from made-up records."""

from pathlib import Path

import pandas as pd
import pytest

from sim.analysis.summarise import summarise
from sim.analysis.summary import Summary
from sim.record.store import StudyRecords
from tests.support.synthetic_records import HELPERS, OUT_OF_STEP_HOURS, write_synthetic_study
from tests.support.synthetic_support import HOTLINE_HOURS, KM_PER_TRIP, KMH, TEAM_HOURS, TICKETS_PER_DAY

DAYS, WARM_UP = 19, 7
EVALUATED = DAYS - WARM_UP


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudyRecords:
    folder: Path = tmp_path_factory.mktemp("support")
    return write_synthetic_study(folder, communes=4, days=DAYS, replications=3)


@pytest.fixture(scope="module")
def summary(study: StudyRecords) -> Summary:
    assert study.study["warm_up_days"] == WARM_UP
    return summarise(study.alternatives["base"], study.study)


def number(summary: Summary, subject: str, name: str, metric: str) -> float:
    table = summary.support
    rows = table[(table["subject"] == subject) & (table["name"] == name) & (table["metric"] == metric)]
    return float(rows["value"].iloc[0])


def test_tickets_are_counted_by_problem_and_by_who_solved_them(summary: Summary) -> None:
    all_tickets = TICKETS_PER_DAY * EVALUATED
    by_problem = [number(summary, "problem", name, "tickets") for name in ("device", "certificate")]
    by_who = [number(summary, "solved_by", name, "tickets") for name in ("hotline", "team")]
    still_open = number(summary, "problem", "", "tickets_open")
    assert number(summary, "problem", "", "tickets") == sum(by_problem) == all_tickets
    assert sum(by_who) + still_open == all_tickets
    assert by_who[0] == all_tickets / 4


def test_time_to_solve_is_from_when_a_problem_arose(summary: Summary) -> None:
    assert number(summary, "solved_by", "hotline", "hours_to_solve") == HOTLINE_HOURS
    assert number(summary, "solved_by", "team", "hours_to_solve") == TEAM_HOURS
    assert number(summary, "problem", "", "hours_for_team") == TEAM_HOURS - 1


def test_ways_of_teams_add_up(summary: Summary) -> None:
    trips = number(summary, "team", "mobile", "trips")
    assert trips >= 2 * number(summary, "solved_by", "team", "tickets") > 0
    assert number(summary, "team", "mobile", "hours_on_site") <= trips / 2 + 1
    assert number(summary, "team", "mobile", "km_driven") == pytest.approx(trips * KM_PER_TRIP)
    assert number(summary, "team", "mobile", "hours_on_the_way") == pytest.approx(trips * KM_PER_TRIP / KMH)
    assert summary.team_routes["trips"].sum() == pytest.approx(trips)


def value(summary: Summary, metric: str) -> float:
    table = summary.headline
    return float(table[(table["metric"] == metric) & (table["scope"] == "counted")]["value"].iloc[0])


def test_data_entered_once_is_a_share_of_the_places_where_it_could_be(summary: Summary) -> None:
    assert value(summary, "entered_once_share") == pytest.approx(value(summary, "online_share") / 2, rel=0.02)


def test_status_and_sessions_are_counted_by_dossiers_filed(study: StudyRecords, summary: Summary) -> None:
    base = study.alternatives["base"]
    sums = []
    for replication in base.replications:
        flow = base.table("flow", replication)
        own = flow["group"].isin(["civil_status", "land"]) & (flow["day"] >= pd.Timestamp(summary.first_day))
        sums.append(flow[own].drop(columns=["site", "group", "day"]).sum())
    by_replication = pd.DataFrame(sums)
    filed = by_replication["arrived"]
    for metric, field in (
        ("redone_per_1000", "redone"),
        ("out_of_step_per_1000", "out_of_step"),
        ("timed_out_per_1000", "timed_out"),
        ("changed_channel_per_1000", "changed_channel"),
    ):
        assert value(summary, metric) == pytest.approx(1000 * (by_replication[field] / filed).mean()), metric
    assert value(summary, "out_of_step_hours") == pytest.approx(OUT_OF_STEP_HOURS)
    late = by_replication["synced_late"] / by_replication["synced"]
    assert value(summary, "synced_late_share") == pytest.approx(late.mean())
    still_open = by_replication["finished_open"].sum() / by_replication["finished"].sum()
    assert value(summary, "finished_open_share") == pytest.approx(still_open)
    entered_later = by_replication["back_entries"].sum() / by_replication["finished"].sum()
    assert value(summary, "processed_electronically_share") == pytest.approx(1 - entered_later)


def test_agents_and_teams_are_paid_by_the_month(summary: Summary) -> None:
    cost = summary.cost.set_index(["item", "detail"])["value"]
    helpers = pd.DataFrame(HELPERS)
    monthly = float((helpers["number"] * helpers["cost_per_month_vnd"]).sum())
    months = EVALUATED / (365.25 / 12)
    assert cost["support", ""] == pytest.approx(monthly * months)
    assert cost["support", "mobile"] + cost["support", "hotline"] == pytest.approx(cost["support", ""])
    paid = cost["posts", ""] + cost["overtime", ""] + cost["links", ""] + cost["support", ""]
    assert cost["total", ""] == pytest.approx(paid)


def test_provinces_are_their_communes_together(summary: Summary) -> None:
    communes = summary.by_site[summary.by_site["metric"] == "filed"]
    provinces = summary.by_province[summary.by_province["metric"] == "filed"].set_index("province")["value"]
    assert provinces.to_dict() == pytest.approx(communes.groupby("province")["value"].sum().to_dict())
    late = summary.late_by_province.groupby("replication")["late"].sum()
    overdue = summary.per_replication.query("metric == 'overdue' and scope == 'counted'")
    assert late.to_dict() == overdue.set_index("replication")["value"].to_dict()
