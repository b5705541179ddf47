"""What single keys of a scenario do, seen at the far end: in what a run leaves."""

from typing import Any

import numpy as np
import pytest

from sim.world.arrays import F_ARRIVED, LOG_SERVICE
from tests.support.played import Played, played
from tests.support.tiny_scenario import tiny_scenario

ROUND_THE_CLOCK = {
    "pools__reception__calendar": "always",
    "pools__leader__calendar": "always",
    "pools__leader__windows_within": None,
}


def desk_hours(run: Played) -> "np.ndarray[Any, Any]":
    """Length of every service at the desk, by dossier, hours."""
    rows = run.log[(run.log["event"] == LOG_SERVICE) & (run.log["step"] == "desk")].sort_values("dossier")
    return ((rows["ended_ms"] - rows["started_ms"]) / 3_600_000).to_numpy()


def test_half_a_day_for_dossiers_makes_every_service_last_twice_as_long() -> None:
    many = {"pools__reception__headcount": 20}
    whole = played(tiny_scenario(**ROUND_THE_CLOCK, **many), logging=True)
    half = played(
        tiny_scenario(**ROUND_THE_CLOCK, **many, pools__reception__time_for_dossiers="50 %"), logging=True
    )
    both = min(len(desk_hours(whole)), len(desk_hours(half))) - 5
    assert both > 300
    assert desk_hours(half)[:both] == pytest.approx(2 * desk_hours(whole)[:both], abs=1e-6)


@pytest.mark.parametrize("variation", [0.0, 0.5])
def test_days_of_a_commune_vary_by_chance_and_by_the_variation_asked_for_e12(variation: float) -> None:
    per_day = 40.0
    scenario = tiny_scenario(
        period={"start": "2025-07-07", "end": "2025-08-31"},
        territory={"synthetic": {"communes_per_province": 20}},
        demand__day_to_day_variation=variation,
        procedures__permit__rate={"per_1000_inhabitants_and_working_day": per_day / 10},
        demand__channel_shares=[{"shares": {"counter": "100 %"}}],
    )
    arrived = played(scenario).result.tally.flow[2:, 0, :, F_ARRIVED]
    working_days = arrived[:, arrived.sum(axis=0) > 0]
    # Poisson with a gamma mean (negative binomial): variance = mean + (variation x mean)^2.
    wanted = per_day + (variation * per_day) ** 2
    assert working_days.mean() == pytest.approx(per_day, rel=0.05)
    assert working_days.var() == pytest.approx(wanted, rel=0.2)


def test_all_procedures_of_a_commune_share_its_busy_days() -> None:
    second = {"group": "papers", "deadline": "none", "rate": {"per_1000_inhabitants_and_working_day": 4}}
    second["steps"] = {"desk": {"pool": "reception", "touch_time": "5 min"}}
    scenario = tiny_scenario(
        period={"start": "2025-07-07", "end": "2025-08-31"},
        territory={"synthetic": {"communes_per_province": 20}},
        demand__day_to_day_variation=0.5,
        groups={"papers": {}, "others": {}},
        procedures__permit__rate={"per_1000_inhabitants_and_working_day": 4},
        procedures__second=second | {"group": "others"},
        demand__channel_shares=[{"shares": {"counter": "100 %"}}],
    )
    flow = played(scenario).result.tally.flow[2:, :2, :, F_ARRIVED]
    busy = flow[:, :, flow.sum(axis=(0, 1)) > 0]
    # Of one commune and day: both rise and fall together (expected 0.25 x 40^2 / (0.25 x 40^2 + 40) = 0.91).
    assert np.corrcoef(busy[:, 0].ravel(), busy[:, 1].ravel())[0, 1] > 0.85
    # Of two communes: not at all.
    assert abs(np.corrcoef(busy[:-1, 0].ravel(), busy[1:, 0].ravel())[0, 1]) < 0.15


@pytest.mark.parametrize("level", ["province", "centre"])
def test_a_system_is_one_for_each_province_or_one_for_the_country(level: str) -> None:
    planned = [{"at": "2025-07-08 00:00", "lasts": "3 days"}]
    outage = {"systems": ["register"], "where": {"names": ["P001"]}, "planned": planned}
    if level == "centre":
        outage = {"systems": ["register"], "planned": planned}
    scenario = tiny_scenario(
        territory={"synthetic": {"provinces": 2, "communes_per_province": 2}},
        systems={"register": {"hosted_at": level}},
        outages={"register_down": outage},
        procedures__permit__steps__desk__needs=["register"],
    )
    run = played(scenario)
    lost = run.table("flow").groupby("site")["cause_outage_ms"].sum() > 0
    codes = [site.code for site in run.built.sites.all if site.level == "commune"]
    parents = {site.code: site.parent_code for site in run.built.sites.all}
    hit = {parents[code] for code in codes if lost[code]}
    assert len(hit) == (1 if level == "province" else 2)
    assert all(lost[code] == (parents[code] in hit) for code in codes)


def test_a_change_of_speed_holds_on_its_days_only() -> None:
    change = {"at": "2025-07-10", "until": "2025-07-11", "pool": "reception", "speed": {"multiply": 2}}
    many = {"pools__reception__headcount": 20}
    plain = played(tiny_scenario(**ROUND_THE_CLOCK, **many), logging=True)
    faster = played(tiny_scenario(**ROUND_THE_CLOCK, **many, changes={"quick": change}), logging=True)
    logs = [
        run.log[(run.log["event"] == LOG_SERVICE) & (run.log["step"] == "desk")].set_index("dossier")
        for run in (plain, faster)
    ]
    work = [log["ended_ms"] - log["started_ms"] for log in logs]
    days = logs[0]["started_ms"] // 86_400_000
    ratio = (work[1] / work[0]).dropna()
    inside = days[ratio.index].isin([3, 4])
    assert ratio[inside].to_numpy() == pytest.approx(0.5, abs=1e-3)
    assert ratio[~inside].to_numpy() == pytest.approx(1.0)


def test_a_channel_may_take_longer_at_a_step_and_leaves_the_others_as_they_were() -> None:
    many = {"pools__reception__headcount": 20}
    plain = played(tiny_scenario(**ROUND_THE_CLOCK, **many), logging=True)
    helped = played(
        tiny_scenario(
            **ROUND_THE_CLOCK, **many, procedures__permit__steps__desk__touch_time_factors={"online": 3}
        ),
        logging=True,
    )
    ratio = desk_hours(helped)[:300] / desk_hours(plain)[:300]
    longer = ratio > 2
    assert ratio[longer] == pytest.approx(3.0, rel=1e-3) and ratio[~longer] == pytest.approx(1.0)
    # Two of five are filed online.
    assert longer.mean() == pytest.approx(0.4, abs=0.1)
