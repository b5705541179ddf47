"""The districts hand over on 1 July 2025, in the words of a planner: who works on what before and after."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from sim.record.checks import check
from sim.scenario.reader import load_text
from sim.world.arrays import LOG_SERVICE, LOG_WAIT_ENDS, MS_PER_DAY
from tests.support.played import Played, played

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
VIET_YEN = """
name: viet_yen
extends: bac_giang_handover.yaml
period: {start: 2025-06-09, end: 2025-08-08, warm_up: 0 days}
territory:
  only: !replace {names: [Việt Yên, Nếnh, Vân Hà, Tự Lạn, Hiệp Hòa]}
"""
"""A former district whose people cannot keep up in June, whole, and a part of its neighbour."""
DAYS_UNTIL_THE_DAY = 22
THE_DAY_MS = DAYS_UNTIL_THE_DAY * MS_PER_DAY
THREE_WORKING_DAYS_LATER_MS = THE_DAY_MS + 3 * MS_PER_DAY
BUNDLES = ("moved_down", "moved_up", "ended")


@cache
def run(alternative: str = "base") -> Played:
    scenario = load_text(VIET_YEN, SCENARIOS).scenarios[alternative]
    return played(scenario, logging=True)


@cache
def log(alternative: str = "base") -> pd.DataFrame:
    """The step log with the level of each site, the name of each procedure and the time of filing."""
    rows, sites = run(alternative).log, run(alternative).built.sites.all
    level = {site.code: site.level for site in sites}
    return rows.assign(
        level=rows["site"].map(level),
        name=rows["procedure"].str.partition("@")[0],
        filed_ms=rows.groupby("dossier")["entered_ms"].transform("min"),
    )


def services(alternative: str = "base") -> pd.DataFrame:
    rows = log(alternative)
    return rows[rows["event"] == LOG_SERVICE]


def procedures_of(group: str) -> set[str]:
    scenario = load_text(VIET_YEN, SCENARIOS).base
    return {name for name, procedure in scenario.procedures.items() if procedure.group == group}


def levels(rows: pd.DataFrame, step: str) -> set[str]:
    return set(rows.loc[rows["step"] == step, "level"])


def test_before_the_day_the_district_works_on_all_three_bundles() -> None:
    before = services()[services()["started_ms"] < THE_DAY_MS]
    for group in BUNDLES:
        rows = before[before["name"].isin(procedures_of(group))]
        assert len(rows) > 20
        assert levels(rows, "signature") == {"district"}
        assert levels(rows, "reception") == {"commune"}


def test_from_the_day_on_no_district_begins_anything() -> None:
    rows = services()[services()["level"] == "district"]
    assert len(rows) > 1000
    assert rows["started_ms"].max() < THE_DAY_MS
    assert rows["filed_ms"].max() < THE_DAY_MS


def test_what_a_district_has_begun_is_finished_there() -> None:
    rows = services()[services()["level"] == "district"]
    in_hand = rows[rows["ended_ms"] > THE_DAY_MS]
    assert 0 < len(in_hand) < 100
    assert in_hand["ended_ms"].max() < THREE_WORKING_DAYS_LATER_MS


def test_what_is_filed_after_the_day_is_served_in_communes_or_by_the_province() -> None:
    after = services()[services()["filed_ms"] >= THE_DAY_MS]
    down = after[after["name"].isin(procedures_of("moved_down"))]
    assert levels(down, "specialist") == levels(down, "signature") == {"commune"}
    assert set(down["procedure"].str.partition("@")[2]) == {"in_the_commune"}
    up = after[after["name"].isin(procedures_of("moved_up"))]
    assert levels(up, "specialist") == levels(up, "signature") == {"province"}
    assert levels(up, "reception") == {"commune"}


def test_what_has_ended_is_not_filed_any_more_and_what_was_in_hand_comes_to_an_end() -> None:
    flow = run().table("flow")
    ended = flow[flow["group"] == "ended"]
    day = pd.to_datetime(ended["day"])
    assert ended.loc[day < "2025-07-01", "arrived"].sum() > 20
    assert ended.loc[day >= "2025-07-01", "arrived"].sum() == 0
    assert ended.loc[day >= "2025-07-01", "finished"].sum() > 0
    rows = services()[services()["name"].isin(procedures_of("ended"))]
    late = rows[rows["entered_ms"] >= THE_DAY_MS]
    assert set(late["level"]) <= {"commune", "province"}


@pytest.mark.parametrize("alternative", ["base", "bundle_by_bundle", "people_earlier"])
def test_nothing_that_was_filed_is_lost(alternative: str) -> None:
    record = run(alternative).record
    assert check(record) == {"conservation": True, "little": True, "split": True}
    flow, unfinished = run(alternative).table("flow"), run(alternative).table("unfinished")
    assert flow["arrived"].sum() == flow["finished"].sum() + unfinished["count"].sum()
    assert not (unfinished["waits_at_level"] == "district").any()


def test_whatever_waited_in_a_district_is_handed_over_within_three_working_days() -> None:
    rows = log()
    waiting = rows[
        (rows["event"] == LOG_WAIT_ENDS) & (rows["level"] == "district") & (rows["ended_ms"] >= THE_DAY_MS)
    ]
    pools = run().table("pool_days")
    eve = pools[(pd.to_datetime(pools["day"]) == "2025-06-30") & pools["pool"].str.startswith("district_")]
    # Beside those that wait at midnight, some were on their way to the district.
    assert 100 < eve["queued_at_midnight"].sum() <= len(waiting) < 1.1 * eve["queued_at_midnight"].sum()
    assert waiting["ended_ms"].max() < THREE_WORKING_DAYS_LATER_MS + MS_PER_DAY
    registered = services()[services()["step"].str.startswith("handed_over")]
    assert set(registered["level"]) == {"commune"}
    assert set(waiting["dossier"]) <= set(registered["dossier"])


def test_bundle_by_bundle_a_bundle_leaves_the_district_on_its_own_day() -> None:
    rows = services("bundle_by_bundle")
    district = rows[rows["level"] == "district"]
    last_ms = district.groupby("name")["started_ms"].max()
    assert "business_registration" not in last_ms.index
    assert last_ms["other_moved_down"] < 7 * MS_PER_DAY <= THE_DAY_MS
    assert last_ms["house_permit"] > 7 * MS_PER_DAY


def test_districts_that_settle_before_have_less_to_hand_over() -> None:
    def waiting(alternative: str) -> int:
        pools = run(alternative).table("pool_days")
        eve = pd.to_datetime(pools["day"]) == "2025-06-30"
        return int(pools.loc[eve & pools["pool"].str.startswith("district_"), "queued_at_midnight"].sum())

    assert waiting("settled_before") < 0.3 * waiting("base")
    assert waiting("people_earlier") > 1.3 * waiting("base")
