"""Phases in the words of a planner: what comes when, and where."""

import pandas as pd
import pytest

from sim.scenario.schema import Scenario
from sim.world.arrays import LOG_SERVICE
from tests.support.phased import CUTS, phased
from tests.support.played import Played, played

DAY_MS = 86_400_000
FIRST_DAY = {"Quảng Trị": 7, "Huế": 14}
"""Day of the run on which each province goes live, one week apart."""
STAGGER = "stagger: {by: [Quảng Trị, Huế], every: 7 days}"


def half_the_work(when: str) -> str:
    factors = "{online: 0.175, assisted: 0.65, counter: 0.5, post: 0.4}"
    change = (
        f"{{workflows: {{commune_same_day: {{steps: {{reception: {{touch_time_factors: {factors}}}}}}}}}}}"
    )
    return f"phases: {{forms: {{at: 2025-07-14, {when}change: {change}}}}}"


def work_at_reception(scenario: Scenario) -> pd.DataFrame:
    """Hours of all services at reception by same-day procedures: columns province, day, hours."""
    run = played(scenario, logging=True)
    sites = {site.code: site.province for site in run.built.sites.all}
    same_day = {n for n, p in scenario.procedures.items() if p.workflow == "commune_same_day"}
    log = run.log
    log = log[
        (log["event"] == LOG_SERVICE)
        & (log["step"] == "reception")
        & log["procedure"].str.split("@").str[0].isin(same_day)
    ]
    return pd.DataFrame(
        {
            "province": log["site"].map(sites),
            "day": log["started_ms"] // DAY_MS,
            "hours": (log["ended_ms"] - log["started_ms"]) / 3_600_000,
        }
    )


def mean_hours(work: pd.DataFrame, province: str, days: range) -> float:
    chosen = work[(work["province"] == province) & work["day"].isin(days)]
    assert len(chosen) > 20
    return float(chosen["hours"].mean())


def test_e_forms_come_to_the_second_province_a_week_after_the_first() -> None:
    staggered = work_at_reception(phased(half_the_work(f"{STAGGER}, ")))
    without = work_at_reception(phased(""))
    for province, first in FIRST_DAY.items():
        before, after = range(first), range(first, 21)
        unchanged = mean_hours(staggered, province, before) / mean_hours(without, province, before)
        eased = mean_hours(staggered, province, after) / mean_hours(without, province, after)
        assert unchanged == pytest.approx(1.0, abs=0.02)
        assert eased == pytest.approx(0.5, abs=0.1)


def test_on_a_single_day_they_come_to_both() -> None:
    at_once, without = work_at_reception(phased(half_the_work(""))), work_at_reception(phased(""))
    for province in FIRST_DAY:
        days = range(7, 14)
        assert mean_hours(at_once, province, days) < 0.65 * mean_hours(without, province, days)


NARROW = """
rules: {dossier_size: 50 MB}
network: {commune_line: {bandwidth: 500 kbps}}
"""


def transfer_hours(run: Played, province: str) -> float:
    """Hours that dossiers filed and finished by the citizens of a province spent on their way."""
    sites = {site.code for site in run.built.sites.all if site.province == province}
    flow = run.table("flow")
    return float(flow.loc[flow["site"].isin(sites), "cause_transfer_ms"].sum() / 3_600_000)


def test_a_wider_line_takes_the_waiting_for_transfer_away_where_it_was_laid() -> None:
    change = "{network: {commune_line: {bandwidth: 200 Mbps}}}"
    wider = f"phases: {{fibre: {{at: 2025-07-08, where: {{provinces: [Huế]}}, change: {change}}}}}"
    narrow, upgraded = (played(phased(phases, NARROW)) for phases in ("", wider))
    assert transfer_hours(upgraded, "Huế") < 0.5 * transfer_hours(narrow, "Huế")
    assert transfer_hours(upgraded, "Quảng Trị") == pytest.approx(
        transfer_hours(narrow, "Quảng Trị"), rel=0.02
    )


def test_the_old_system_is_used_until_the_go_live_and_out_of_reach_while_its_data_move() -> None:
    change = "{systems: {old_system: {replaced_by: national_portal, downtime: 10 days}}}"
    move = f"phases: {{over: {{at: 2025-07-14, {STAGGER}, change: {change}}}}}"
    outages = played(phased(move)).table("outages")
    hit = outages[outages["target"] == "old_system"]
    began = sorted((hit["began_ms"] // DAY_MS).tolist())
    ended = sorted((hit["ended_ms"] // DAY_MS).tolist())
    assert (began, ended) == ([0, 4], [7, 14])


def test_fewer_outages_come_from_the_day_on_and_the_others_are_the_same() -> None:
    change = "{outages: {cuts: {falls_to: 0 %}}}"
    rings = f"phases: {{rings: {{at: 2025-07-14, {STAGGER}, change: {change}}}}}"
    fewer, without = (played(phased(phases, CUTS)) for phases in (rings, ""))
    provinces = {site.code: site.province for site in without.built.sites.all}
    full = without.table("outages")
    first_ms = full["site"].map(provinces).map(FIRST_DAY) * DAY_MS
    gone = (full["cause"] == "cuts") & (full["began_ms"] >= first_ms)
    assert 10 < gone.sum() < (full["cause"] == "cuts").sum() - 10
    assert fewer.table("outages").equals(full[~gone].reset_index(drop=True))


def test_teams_come_to_each_province_in_its_time_and_leave_again() -> None:
    change = "{teams: {mobile: {number: 2}}}"
    sent = played(phased(f"phases: {{help: {{at: 2025-07-14, lasts: 7 days, {STAGGER}, change: {change}}}}}"))
    without = played(phased(""))
    tickets, before = sent.table("tickets"), without.table("tickets")
    assert tickets[["site", "opened_ms"]].equals(before[["site", "opened_ms"]])
    assert (tickets["solved_ms"] <= before["solved_ms"].where(before["solved_ms"] >= 0, 1e18)).all()
    provinces = {site.code: site.province for site in sent.built.sites.all}
    trips = sent.table("trips")
    for province, first in FIRST_DAY.items():
        days = trips.loc[trips["base"].map(provinces) == province, "left_ms"] // DAY_MS
        assert days.min() == first and days.max() <= first + 7
