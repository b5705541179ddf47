"""Outages in control: by chance and planned, their times, their log (E34)."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

from sim.engine.addressed import look_up, mix64, replication_key, rounded, uniform
from sim.scenario import ScenarioError
from sim.world.arrays import FOR_FAILURE, FOR_REPAIR, MS_PER_DAY, MS_PER_HOUR
from sim.world.keys import name_key
from tests.support.outage_record import noted, outages_of, plan_of

PORTAL, DOSSIERS = 0b01, 0b10
BOTH = PORTAL | DOSSIERS
FIRST = 2
BACKUP = {"from": "commune", "to": "province", "bandwidth": "20 Mbps", "latency": "60 ms", "backup": True}


def planned(*moments: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"planned": [{"at": at, "lasts": lasts} for at, lasts in moments], **more}


def test_a_planned_outage_hits_all_its_targets_at_once_e34() -> None:
    outages = {"works": planned(("2025-07-08 08:00", "5 h"), links=["line"], systems=["dossiers"])}
    states, rows = noted(plan_of(outages=outages))
    began, ended = MS_PER_DAY + 8 * MS_PER_HOUR, MS_PER_DAY + 13 * MS_PER_HOUR
    assert [state.at_ms for state in states] == [0, began, ended]
    assert states[1].reach == [PORTAL, PORTAL, 0, 0, 0]
    assert states[1].up == [1, 1, 0, 0, 0]
    assert states[2].reach == states[0].reach
    assert {row[:2] for row in rows} == {("link", "line"), ("system", "dossiers")}
    assert {row[3:8] for row in rows} == {("works", began, ended, "down", "works")}
    assert [row[2] for row in rows] == ["C00001", "C00002", "C00003", "P001"]


def test_overlapping_outages_end_with_the_last_of_them() -> None:
    outages = {
        "one": planned(("2025-07-08 08:00", "5 h"), links=["line"]),
        "two": planned(("2025-07-08 10:00", "6 h"), links=["line"], where={"names": ["Commune 0001"]}),
    }
    states, rows = noted(plan_of(outages=outages))
    assert [(state.at_ms - MS_PER_DAY) / MS_PER_HOUR for state in states[1:]] == [8, 13, 16]
    assert [state.up[FIRST:] for state in states[1:]] == [[0, 0, 0], [0, 1, 1], [1, 1, 1]]
    assert len(rows) == 4


def test_an_outage_that_began_before_the_run_is_on_at_its_start_and_one_at_its_end_is_logged() -> None:
    outages = {
        "before": planned(("2025-07-06 22:00", "4 h"), systems=["portal"]),
        "over": planned(("2025-06-06 22:00", "4 h"), systems=["portal"]),
        "after": planned(("2025-07-20 22:00", "4 h"), systems=["portal"]),
    }
    states, rows = noted(plan_of(outages=outages))
    assert [row[3:6] for row in rows] == [
        ("before", 0, 2 * MS_PER_HOUR),
        ("after", 14 * MS_PER_DAY - 2 * MS_PER_HOUR, 14 * MS_PER_DAY),
    ]
    assert (states[1].at_ms, states[1].reach) == (0, [0] * 5)


RANDOM = {
    "faults": {
        "links": ["line"],
        "where": {"not": {"names": ["Commune 0003"]}},
        "random": {
            "time_between_failures": {"exponential": {"mean": "1 day"}},
            "time_to_repair": {"lognormal": {"mean": "6 h", "cv": 1.2}},
        },
    }
}


LATER_FEWER = {"2025-07-10": "100 %", "2025-07-11": "30 %"}
THINNED = {"random": {"levels": [{"where": {"names": ["Commune 0001"]}, "path": LATER_FEWER}]}}


def test_levels_take_outages_away_and_move_none() -> None:
    fewer = {"faults": merged(RANDOM["faults"], THINNED)}
    taken, before = 0, 0
    for replication in range(30):
        full, thinned = (noted(plan_of(outages=each), 7, replication)[1] for each in (RANDOM, fewer))
        assert set(thinned) <= set(full)
        assert all(row[2] == "C00001" and row[4] >= 3 * MS_PER_DAY for row in set(full) - set(thinned))
        late = [row for row in full if row[2] == "C00001" and row[4] >= 4 * MS_PER_DAY]
        before += len(late)
        taken += len(set(late) - set(thinned))
    low, high = binom.interval(0.999, before, 0.7)
    assert low <= taken <= high


def test_what_fails_together_has_one_level() -> None:
    together = merged(RANDOM["faults"], THINNED, {"random": {"together": "province"}})
    with pytest.raises(ScenarioError, match="levels for a part of what fails together"):
        plan_of(outages={"faults": together})
    everywhere = merged(together, {"random": {"levels": [{"path": "0 %"}]}})
    assert noted(plan_of(outages={"faults": everywhere}), 7, 1)[1] == []


def merged(*parts: dict[str, Any]) -> dict[str, Any]:
    """A source of outages with more of what comes by chance."""
    return {**parts[0], "random": {k: v for part in parts for k, v in part["random"].items()}}


def test_random_outages_are_drawn_at_the_address_of_their_link_and_source() -> None:
    plan = plan_of(outages=RANDOM)
    _, rows = noted(plan, seed=7, replication=3)
    source = plan.outages.random[0]
    key = mix64(replication_key(7, 3) + name_key("link:line/C00001/faults"))
    now = 0
    for failure, row in enumerate(sorted(row for row in rows if row[2] == "C00001")):
        began = now + rounded(look_up(source.failure_table, uniform(key, failure, 0, FOR_FAILURE)))
        now = began + rounded(look_up(source.repair_table, uniform(key, failure, 0, FOR_REPAIR)))
        assert row[:6] == ("link", "line", "C00001", "faults", began, min(now, plan.horizon_ms))
    assert {row[2] for row in rows} == {"C00001", "C00002"}


def test_outages_of_one_link_do_not_depend_on_what_else_fails() -> None:
    alone = [row for row in noted(plan_of(outages=RANDOM))[1] if row[2] == "C00001"]
    more = RANDOM | {
        "others": planned(("2025-07-09 08:00", "30 h"), links=["line"]),
        "mishaps": RANDOM["faults"] | {"systems": ["portal"], "where": {}},
    }
    among = noted(plan_of(outages=more))[1]
    assert sorted(row for row in among if row[2] == "C00001" and row[3] == "faults") == sorted(alone)
    mishaps = [row for row in among if row[2] == "C00001" and row[3] == "mishaps"]
    assert mishaps
    assert {row[4] for row in mishaps}.isdisjoint(row[4] for row in alone)


def test_over_many_replications_a_link_is_down_for_its_share_of_the_time() -> None:
    plan = plan_of(outages=RANDOM, network__backup=BACKUP)
    shares = []
    for replication in range(150):
        outages = outages_of(plan, replication)
        shares.append(sum(each.ended_ms - each.began_ms for each in outages) / 2 / plan.horizon_ms)
    error = 2.6 * np.std(shares, ddof=1) / np.sqrt(len(shares))
    # 6 hours down after every day up; the first cycle begins with a day up.
    assert abs(np.mean(shares) - 0.2) < error + 0.2 / 14
    assert error < 0.02


def test_a_retired_system_does_not_come_back() -> None:
    retired = {"planned": [{"at": "2025-07-08 00:00", "lasts": "for_good"}], "systems": ["portal"]}
    states, rows = noted(plan_of(outages={"switch": retired}))
    assert [state.at_ms for state in states] == [0, MS_PER_DAY]
    assert rows[0][4:6] == (MS_PER_DAY, 14 * MS_PER_DAY)


def test_a_planned_outage_may_have_a_date_of_its_end() -> None:
    until = {"planned": [{"at": "2025-07-08 22:00", "until": "2025-07-09 05:30"}], "links": ["line"]}
    _, rows = noted(plan_of(outages={"works": until}))
    assert {row[5] - row[4] for row in rows} == {7.5 * MS_PER_HOUR}


READ_ONLY = {
    "systems__portal": {"hosted_at": "centre", "may_be_read_only": True},
    "systems__dossiers": {"hosted_at": "province", "needs": ["portal"], "may_be_read_only": True},
}


def test_a_read_only_system_can_be_read_and_nothing_that_writes_in_it_goes() -> None:
    outages = {"copying": planned(("2025-07-08 08:00", "5 h"), systems=["portal"], effect="read_only")}
    plan = plan_of(outages=outages, **READ_ONLY)
    states, rows = noted(plan)
    writing = sum(1 << plan.systems.name.index(f"{name} (writing)") for name in ("portal", "dossiers"))
    assert [before & ~now for before, now in zip(states[0].reach, states[1].reach, strict=True)] == [
        reach & writing for reach in states[0].reach
    ]
    assert states[1].reach[FIRST] == BOTH
    assert [(row[0], row[1], row[2], row[6]) for row in rows] == [("system", "portal", "VN", "read_only")]


def test_a_slow_system_and_a_slow_line_are_slow_until_the_last_hit_is_over() -> None:
    outages = {
        "crowd": planned(("2025-07-08 08:00", "4 h"), systems=["portal"], effect="slow"),
        "again": planned(("2025-07-08 10:00", "4 h"), systems=["portal"], effect="slow"),
        "works": planned(("2025-07-09 08:00", "4 h"), links=["line"], effect="slow", bandwidth_left="10 %"),
        "flood": planned(("2025-07-09 10:00", "4 h"), links=["line"], effect="slow", bandwidth_left="5 %"),
    }
    states, rows = noted(plan_of(outages=outages))
    slow = [((state.at_ms - MS_PER_DAY) / MS_PER_HOUR, state.slow[FIRST]) for state in states[1:3]]
    assert slow == [(8, BOTH), (14, 0)]
    bits = [((state.at_ms - 2 * MS_PER_DAY) / MS_PER_HOUR, state.bits_per_ms[FIRST]) for state in states[3:]]
    assert bits == [(8, 20_000), (10, 10_000), (14, 200_000)]
    assert {row[6] for row in rows} == {"slow"}


def test_power_that_comes_back_after_two_causes() -> None:
    cut = {"sites": ["power"], "where": {"names": ["Province 1"]}}
    outages = {
        "storm": planned(("2025-07-08 08:00", "5 h"), **cut),
        "works": planned(("2025-07-08 10:00", "6 h"), **cut),
    }
    states, rows = noted(plan_of(outages=outages))
    assert [(state.at_ms - MS_PER_DAY) / MS_PER_HOUR for state in states[1:]] == [8, 16]
    assert states[1].reach == [PORTAL, 0, 0, 0, 0]
    assert [row[:3] for row in rows] == [("site", "power", "P001")] * 2


def test_closed_offices_are_out_of_reach_of_their_site_only() -> None:
    closed = planned(("2025-07-08 08:00", "5 h"), sites=["offices"], where={"names": ["Commune 0002"]})
    plan = plan_of(outages={"storm": closed})
    offices = 1 << plan.systems.name.index("offices")
    states, _ = noted(plan)
    assert states[1].changed == [3]
    assert states[0].reach[3] & ~states[1].reach[3] == offices


def test_without_a_source_that_closes_offices_there_is_no_such_system() -> None:
    assert plan_of().systems.name == ("portal", "dossiers")


VENDORS = {
    "territory": {"synthetic": {"provinces": 3, "communes_per_province": 1}},
    "systems__dossiers": {
        "hosted_at": "province",
        "vendors": {"acme": {"names": ["Province 1", "Province 3"]}, "other": {"names": ["Province 2"]}},
    },
}


def test_a_vendor_fails_in_all_its_provinces_and_in_no_other() -> None:
    for systems in ((), ("dossiers",)):
        release = planned(("2025-07-08 08:00", "4 h"), vendor="acme", systems=systems)
        _, rows = noted(plan_of(outages={"release": release}, **VENDORS))
        assert [(row[1], row[2], row[7]) for row in rows] == [
            ("dossiers", "P001", "release"),
            ("dossiers", "P003", "release"),
        ]


def together(how: str) -> dict[str, Any]:
    faults = RANDOM["faults"]
    return faults | {"where": {}, "random": faults["random"] | {"together": how}}


def test_what_fails_together_is_drawn_at_the_address_of_its_group() -> None:
    plan = plan_of(outages={"faults": together("all")})
    _, rows = noted(plan, replication=2)
    source = plan.outages.random[0]
    key = mix64(replication_key(1, 2) + name_key("together:all/faults"))
    began = rounded(look_up(source.failure_table, uniform(key, 0, 0, FOR_FAILURE)))
    ended = began + rounded(look_up(source.repair_table, uniform(key, 0, 0, FOR_REPAIR)))
    assert [row[2:8] for row in rows[:3]] == [
        (code, "faults", began, ended, "down", "faults/all/1") for code in ("C00001", "C00002", "C00003")
    ]


def test_another_source_leaves_common_causes_alone() -> None:
    alone = noted(plan_of(outages={"faults": together("province")}))[1]
    among = noted(plan_of(outages={"others": together("all"), "faults": together("province")}))[1]
    assert alone == [row for row in among if row[3] == "faults"]
    assert {row[7].rsplit("/", 1)[0] for row in alone} == {"faults/P001"}
