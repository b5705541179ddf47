"""Systems in the words of a planner: what happens when one is full, slow, lost or read-only."""

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.scenario.schema import Scenario
from sim.world.load import expected_load
from tests.support.played import Played, played
from tests.support.tiny_scenario import tiny_scenario

ROUND_THE_CLOCK = {"weekly": {"mon-sun": ["00:00-24:00"]}, "holidays": "none"}
PEOPLE = {"level": "commune", "headcount": 20, "calendar": "office"}
DAY_OUT = {"at": "2025-07-09 00:00", "lasts": "24 h"}
EXCHANGE = {
    "courier": {"calendar": "office", "time": "4 h"},
    "back_entry": {"pool": "reception", "touch_time": "1 min"},
    "synchronisation": {"retry_after": "10 min", "late_after": "2 working hours", "failure": "20 %"},
}


def busy(step: dict[str, Any], **changes: Any) -> Scenario:
    """Three communes with people enough, who do one step for 60 dossiers a working day."""
    desk = {"pool": "reception", "touch_time": "30 min", "needs": ["dossiers"]}
    return tiny_scenario(
        **{
            "calendars__office": ROUND_THE_CLOCK,
            "pools__reception": PEOPLE,
            "pools__leader": {"level": "province", "headcount": 20, "calendar": "office"},
            "procedures__permit__steps": {"desk": desk | step},
            "rules": EXCHANGE,
        }
        | changes
    )


def lost(system: str, effect: str = "down", **times: Any) -> dict[str, Any]:
    return {"out": {"systems": [system], "effect": effect, "planned": [times or DAY_OUT]}}


def portal(capacity: int, give_up: str = "10 %") -> dict[str, Any]:
    return {
        "hosted_at": "centre",
        "sessions": {
            "capacity": capacity,
            "lasts": "12 min",
            "waits_at_most": "2 min",
            "then": {
                "retry": {"share": "60 %", "after": {"exponential": {"mean": "40 min"}}},
                "counter": {"share": "30 %", "after": "20 h", "channel": "counter"},
                "give_up": give_up,
            },
        },
    }


def filed_online(capacity: int, **changes: Any) -> Scenario:
    return busy(
        {},
        systems__portal=portal(capacity),
        channels__online__files_over="portal",
        demand__channel_shares=[{"shares": {"online": "100 %"}}],
        **changes,
    )


def sessions_by_day(run: Played) -> np.ndarray:
    """Sessions begun on each day."""
    table = run.table("session_days")
    assert set(table["system"]) == {"portal"}
    return table.sort_values("day")["started"].to_numpy()


def test_a_portal_with_room_for_all_turns_nobody_away() -> None:
    run = played(filed_online(200))
    assert run.flow["timed_out"] == run.flow["changed_channel"] == run.flow["withdrawn"] == 0
    assert run.flow["visits"] == 0
    assert sessions_by_day(run).sum() == run.flow["arrived"]


def test_a_portal_that_is_too_small_sends_citizens_away_to_the_counter_or_home() -> None:
    run, roomy = played(filed_online(1)), played(filed_online(200))
    timed_out, at_counter, withdrawn = (
        run.flow[name] for name in ("timed_out", "changed_channel", "withdrawn")
    )
    assert run.flow["arrived"] == roomy.flow["arrived"]
    assert timed_out > 100
    # Of those whose session timed out 30 % go to the counter and 10 % give up.
    for found, share in ((at_counter, 0.3), (withdrawn, 0.1)):
        assert abs(found - share * timed_out) < 4 * math.sqrt(share * (1 - share) * timed_out) + 15
    assert run.flow["visits"] == at_counter
    assert run.flow["on_time"] < roomy.flow["on_time"]


def sessions_over(run: Played) -> pd.DataFrame:
    """Sessions begun by day and system."""
    return run.table("session_days").pivot_table("started", "day", "system", "sum", fill_value=0)


def moving(capacity: int) -> Scenario:
    """Filing of one commune moves to a new portal on the third day, that of all on the eighth."""
    first = {"at": "2025-07-09", "where": {"names": ["Commune 0001"]}, "to": "newer"}
    moves = {"first": first, "all": {"at": "2025-07-14", "to": "newer"}}
    return busy(
        {},
        systems__portal=portal(200) | {"filing_moves": moves},
        systems__newer=portal(capacity),
        channels__online__files_over="portal",
        demand__channel_shares=[{"shares": {"online": "100 %"}}],
    )


def test_filing_moves_to_the_new_portal_commune_by_commune() -> None:
    run, before = played(moving(200)), played(filed_online(200))
    sessions = sessions_over(run)
    old, new = sessions["portal"].to_numpy(), sessions["newer"].to_numpy()
    # The same citizens file, a session each.
    assert (old + new == sessions_by_day(before)).all()
    assert (new[:2] == 0).all() and (old[7:] == 0).all()
    assert 0.2 < new[2:7].sum() / (old + new)[2:7].sum() < 0.5
    assert run.flow["on_time"] == before.flow["on_time"]


def test_a_new_portal_that_is_too_small_turns_citizens_away_from_the_day_on() -> None:
    run = played(moving(1))
    timed_out = run.table("flow").groupby("day")["timed_out"].sum().to_numpy()
    assert timed_out[:2].sum() == 0 and timed_out[7:].sum() > 50
    by_system = {load.system: load for load in expected_load(run.built).sessions}
    assert by_system["portal"].per_hour == pytest.approx(by_system["newer"].per_hour)


def test_what_check_says_of_the_capacity_is_what_happens() -> None:
    for capacity, is_full in ((1, True), (200, False)):
        scenario = filed_online(capacity, demand__volume_factor=10)
        run = played(scenario)
        (load,) = expected_load(run.built).sessions
        assert (load.utilisation >= 1) == is_full == (run.flow["timed_out"] > 0)
        # 600 filings a working day, 3,000 a week, spread evenly over its hours, 12 minutes each.
        assert load.per_hour == pytest.approx(3000 / 7 / 24)
        assert (load.capacity, load.sessions) == (capacity, pytest.approx(600 / 7 / 24))


def test_after_a_day_without_the_portal_those_who_waited_come_all_at_once() -> None:
    run, calm = (played(filed_online(50, outages=outages)) for outages in (lost("portal"), {}))
    day = 2
    during, usual = sessions_by_day(run), sessions_by_day(calm)
    assert during[day] == 0 < usual[day]
    assert during[day + 1] > usual[day + 1]
    assert during[:day].tolist() == usual[:day].tolist()
    assert run.flow["changed_channel"] > 0 < run.flow["withdrawn"]
    assert calm.flow["timed_out"] == 0


def test_sessions_are_no_people() -> None:
    run = played(filed_online(50))
    assert set(run.table("pool_days")["pool"]) == {"reception", "leader"}
    assert {load.pool for load in expected_load(run.built).pools} == {"reception", "leader"}


def test_work_takes_so_many_times_as_long_while_a_system_is_slow() -> None:
    slow = lost("dossiers", "slow", at="2025-07-07 00:00", lasts="14 days")
    hours = [
        played(busy({}, outages=outages, systems__dossiers__slow_factor=3)).hours_by_cause()["work"]
        for outages in ({}, slow)
    ]
    finished = [played(busy({}, outages=outages)).flow["finished"] for outages in ({}, slow)]
    assert hours[1] / finished[1] == pytest.approx(3 * hours[0] / finished[0], rel=0.01)


def test_a_read_only_system_stops_the_steps_that_write_and_no_others() -> None:
    steps = {
        "desk": {"pool": "reception", "touch_time": "30 min", "needs": ["dossiers"]},
        "entry": {"pool": "leader", "touch_time": "1 min", "needs": ["dossiers"], "writes": ["dossiers"]},
    }
    runs = [
        played(
            busy(
                {},
                procedures__permit__steps=steps,
                systems__dossiers={"hosted_at": "province", "may_be_read_only": True},
                outages=outages,
            )
        )
        for outages in ({}, lost("dossiers", "read_only"))
    ]
    tables = [run.table("pool_days").groupby(["pool", "day"])["started"].sum() for run in runs]
    calm, read_only = ({pool: table[pool].tolist() for pool in ("reception", "leader")} for table in tables)
    assert read_only["reception"] == calm["reception"]
    assert read_only["leader"][2] == 0 < calm["leader"][2] < read_only["leader"][3]


def test_filled_in_data_save_work_as_long_as_they_come() -> None:
    prefilled = {"prefilled_by": {"systems": ["portal"], "factor": "60 %"}}
    systems = {"portal": {"hosted_at": "centre"}, "dossiers": {"hosted_at": "province"}}
    whole = lost("portal", at="2025-07-07 00:00", lasts="14 days")
    without, with_data, none_come = (
        played(busy(step, systems=systems, outages=outages))
        for step, outages in (({}, {}), (prefilled, {}), (prefilled, whole))
    )
    per_dossier = [run.hours_by_cause()["work"] / run.flow["finished"] for run in (without, with_data)]
    assert per_dossier[1] == pytest.approx(0.6 * per_dossier[0])
    assert with_data.flow["prefilled"] == with_data.flow["entries"] > 0
    assert without.flow["entries"] == none_come.flow["prefilled"] == 0
    assert none_come.hours_by_cause()["work"] == pytest.approx(without.hours_by_cause()["work"])


def test_a_share_of_the_messages_is_lost_and_sent_again_until_it_arrives() -> None:
    run = played(busy({"tells": ["dossiers"]}))
    done, lost_ones = run.flow["finished"], run.flow["out_of_step"]
    assert abs(lost_ones - 0.2 * done) < 4 * math.sqrt(0.16 * done)
    assert run.flow["synced"] == pytest.approx(lost_ones, abs=3)
    assert run.flow["synced_late"] == 0
    # Every 10 minutes a try, four of five of which get through: 12.5 minutes in the mean.
    assert run.flow["out_of_step_ms"] / run.flow["synced"] == pytest.approx(12.5 * 60_000, rel=0.1)
    # The only step is the last: who is told nothing then is finished here and open there.
    assert run.flow["finished_open"] == lost_ones


def test_a_system_that_is_lost_for_long_is_told_late() -> None:
    step = {"tells": ["portal"], "sync_failure": "0 %"}
    systems = {"portal": {"hosted_at": "centre"}, "dossiers": {"hosted_at": "province"}}
    for lasts, is_late in (("100 min", False), ("5 h", True)):
        out = lost("portal", at="2025-07-09 08:00", lasts=lasts)
        run = played(busy(step, systems=systems, outages=out))
        assert run.flow["out_of_step"] > 0
        assert (run.flow["synced_late"] > 0) == is_late


def test_skipping_synchronisation_costs_no_time_and_leaves_the_systems_out_of_step() -> None:
    runs = {
        without: played(busy({"without": without, "sync_failure": "0 %"}, outages=lost("dossiers")))
        for without in ("wait", "skip_sync")
    }
    assert runs["skip_sync"].hours_by_cause()["outage"] == 0 < runs["wait"].hours_by_cause()["outage"]
    assert runs["skip_sync"].flow["out_of_step"] > 10
    assert runs["skip_sync"].flow["synced"] == runs["skip_sync"].flow["out_of_step"]
    assert runs["wait"].flow["out_of_step"] == 0


def test_work_by_hand_goes_wrong_and_is_done_again() -> None:
    by_hand = {"without": "manual", "manual_factor": 2, "manual_error": "25 %"}
    run = played(busy(by_hand, outages=lost("dossiers", at="2025-07-07 00:00", lasts="14 days")))
    manual, redone = run.flow["manual"], run.flow["redone"]
    assert abs(redone - 0.25 * manual) < 4 * math.sqrt(0.1875 * manual)
    never = played(busy(by_hand))
    assert never.flow["manual"] == never.flow["redone"] == 0


def test_larger_dossiers_queue_on_a_narrow_line() -> None:
    line = {"from": "commune", "to": "province", "bandwidth": "64 kbps"}
    trunk = {"from": "province", "to": "centre", "bandwidth": "10 Gbps"}
    above = {"signature": {"pool": "leader", "touch_time": "1 min"}}
    steps = {"desk": {"pool": "reception", "touch_time": "1 min"}, **above}
    hours = []
    for size in ("1 MB", "4 MB"):
        run = played(
            busy(
                {},
                network={"line": line, "trunk": trunk},
                demand__channel_shares=[{"shares": {"online": "100 %"}}],
                procedures__permit__steps=steps,
                procedures__permit__dossier_size=size,
            )
        )
        hours.append(run.hours_by_cause()["transfer"] / run.flow["finished"])
    # 1 MB takes 125 s on this line; four times as large ones also wait for one another.
    assert hours[0] >= 125 / 3600
    assert hours[1] > 4 * hours[0]
