"""Storms: what they reach and when, by chance and by date, and that what they hit is hit together."""

import datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.control.storms import landfalls, strikes
from sim.engine.addressed import key_within, look_up, mix64, replication_key, rounded, uniform
from sim.scenario.reader import load_text
from sim.scenario.schema import TrackPoint
from sim.world.arrays import FOR_HIT, FOR_LENGTH, MS_PER_DAY, MS_PER_HOUR
from sim.world.build import build
from sim.world.distance import great_circle_km
from sim.world.keys import name_key
from sim.world.storm_tracks import reached
from tests.support.outage_record import noted, outages_of, plan_of

START = datetime.datetime(2025, 7, 8)
FIRST = 2


def point(hours: float, latitude: float, longitude: float, radius_km: float) -> TrackPoint:
    at = (START + datetime.timedelta(minutes=round(hours * 60))).isoformat(" ", "minutes")
    return TrackPoint.model_validate(
        {"at": at, "latitude": latitude, "longitude": longitude, "radius_km": radius_km}
    )


degrees = st.floats(-1.5, 1.5)
radii = st.integers(1, 200)


@settings(max_examples=80)
@given(st.lists(st.tuples(degrees, degrees, radii), min_size=2, max_size=4), degrees, degrees)
def test_a_storm_reaches_a_place_when_a_fine_search_finds_it_inside(
    track: list[tuple[float, float, float]], north: float, east: float
) -> None:
    points = tuple(point(6 * n, 17 + y, 106 + x, r) for n, (y, x, r) in enumerate(track))
    found = reached(points, np.array([17 + north]), np.array([106 + east]))
    steps = np.linspace(0, len(points) - 1, 6000 * (len(points) - 1) + 1)
    known = np.arange(len(points))
    latitude, longitude, radius = (
        np.interp(steps, known, [getattr(each, name) for each in points])
        for name in ("latitude", "longitude", "radius_km")
    )
    distance = great_circle_km(17 + north, 106 + east, latitude, longitude)
    # The map is taken as flat around the place: half a percent and 100 m are allowed.
    slack = 0.1 + 0.005 * distance
    surely, perhaps = distance < radius - slack, distance < radius + slack
    after = found.after_ms[0] / (6 * MS_PER_HOUR)
    if surely.any():
        assert after <= steps[surely.argmax()] + 1e-3
        assert found.nearest[0] == pytest.approx((distance / radius).min(), abs=0.02, rel=0.02)
    if np.isfinite(after):
        assert perhaps.any()
        assert after >= steps[perhaps.argmax()] - 1e-3


def test_a_storm_hits_a_place_when_its_edge_is_there() -> None:
    # Along a meridian, 111.2 km to the degree, at one degree in ten hours, with 55.6 km around it.
    track = (point(0, 15, 106, 55.6), point(40, 19, 106, 55.6))
    found = reached(track, np.array([17.0, 15.0, 17.0, 17.0]), np.array([106.0, 106.0, 106.4, 110.0]))
    hours = found.after_ms / MS_PER_HOUR
    assert hours[0] == pytest.approx(15, abs=0.01)
    assert hours[1] == 0
    across_km = 0.4 * 111.195 * np.cos(np.radians(17))
    assert hours[2] == pytest.approx(20 - 10 * np.sqrt(55.6**2 - across_km**2) / 111.195, abs=0.01)
    assert hours[3] == np.inf
    assert found.nearest[:3] == pytest.approx([0, 0, across_km / 55.6], abs=0.001)


OVER_ALL: list[dict[str, Any]] = [
    {"at": "2025-07-08 06:00", "latitude": 14.0, "longitude": 108.0, "radius_km": 100},
    {"at": "2025-07-08 18:00", "latitude": 16.0, "longitude": 108.0, "radius_km": 100},
]
LINES = {"links": ["line"], "share": "50 %", "lasts": {"lognormal": {"mean": "20 h", "cv": "80 %"}}}
POWER = {"sites": ["power"], "where": {"levels": ["commune"]}, "share": "100 %", "lasts": "3 h"}


def storm(**more: Any) -> dict[str, Any]:
    return {"storms": {"gale": {"track": OVER_ALL, "hits": [POWER], **more}}}


def test_what_a_storm_hits_has_its_name_as_cause_and_event_and_ends_one_by_one() -> None:
    states, rows = noted(plan_of(**storm()))
    assert {(row[0], row[1], row[3], row[6], row[7]) for row in rows} == {
        ("site", "power", "gale", "down", "gale")
    }
    assert [row[2] for row in rows] == ["C00001", "C00002", "C00003"]
    assert {row[5] - row[4] for row in rows} == {3 * MS_PER_HOUR}
    first = min(row[4] for row in rows)
    assert MS_PER_DAY + 6 * MS_PER_HOUR < first < MS_PER_DAY + 18 * MS_PER_HOUR
    assert states[1].at_ms == first
    assert states[-1].up == [1] * 5


def test_a_storm_is_drawn_at_the_addresses_of_its_name_and_of_what_it_hits() -> None:
    plan = plan_of(storms={"gale": {"track": OVER_ALL, "hits": [POWER, LINES]}})
    hit = plan.outages.storms[0].tracks[0][1]
    for replication in range(6):
        rows = {row[2]: row for row in noted(plan, replication)[1] if row[0] == "link"}
        storm_key = key_within(replication_key(1, replication), name_key("storm:gale"))
        for code, after in zip(("C00001", "C00002", "C00003"), hit.after_ms.tolist(), strict=True):
            key = mix64(storm_key + name_key(f"1:link:line/{code}"))
            assert (code in rows) == (uniform(key, 0, 0, FOR_HIT) < 0.5)
            if code in rows:
                length = rounded(look_up(hit.length_table.tolist(), uniform(key, 0, 0, FOR_LENGTH)))
                began = MS_PER_DAY + 6 * MS_PER_HOUR + after
                assert rows[code][4:6] == (began, min(began + length, plan.horizon_ms))


def test_another_hit_of_a_storm_and_another_source_leave_its_draws_alone() -> None:
    alone = noted(plan_of(storms={"gale": {"track": OVER_ALL, "hits": [LINES]}}))[1]
    more = plan_of(
        storms={
            "gale": {"track": OVER_ALL, "hits": [LINES, POWER]},
            "calm": {"track": OVER_ALL, "hits": [LINES]},
        },
        outages={"faults": {"links": ["line"], "planned": [{"at": "2025-07-08 00:00", "lasts": "9 days"}]}},
    )
    assert alone == [row for row in noted(more)[1] if row[3] == "gale" and row[0] == "link"]


def test_a_storm_on_another_date_hits_the_same_after_the_same_time() -> None:
    there = noted(plan_of(**storm()))[1]
    later = noted(plan_of(**storm(begins="2025-07-10 07:30")))[1]
    moved = 2 * MS_PER_DAY + 3 * MS_PER_HOUR // 2
    assert [(row[2], row[4] + moved) for row in there] == [(row[2], row[4]) for row in later]


def test_a_storm_before_the_run_is_still_felt_at_its_start() -> None:
    plan = plan_of(**storm(begins="2025-07-06 20:00", hits=[POWER | {"lasts": "10 h"}]))
    after = plan.outages.storms[0].tracks[0][0].after_ms.tolist()
    before_ms = 4 * MS_PER_HOUR
    rows = noted(plan)[1]
    felt = [each for each in after if each + 10 * MS_PER_HOUR > before_ms]
    assert felt
    assert [row[4:6] for row in rows] == [
        (max(each - before_ms, 0), each - before_ms + 10 * MS_PER_HOUR) for each in felt
    ]


def test_the_share_that_is_hit_falls_with_the_distance() -> None:
    share = {"at_centre": "90 %", "at_edge": "10 %"}
    hits = plan_of(**storm(hits=[POWER | {"share": share}])).outages.storms[0].tracks[0][0]
    plan = plan_of(**storm(hits=[POWER | {"share": share}]))
    assert hits.probability == pytest.approx(plan.outages.storms[0].tracks[0][0].probability)
    assert ((hits.probability >= 0.1) & (hits.probability <= 0.9)).all()
    east = plan_of(
        **storm(hits=[POWER | {"share": share}], track=[{**p, "longitude": 108.7} for p in OVER_ALL])
    )
    assert (east.outages.storms[0].tracks[0][0].probability < hits.probability).all()


RANDOM = {"random": {"per_year": 3, "from": "07-01", "until": "10-31"}}


def test_random_storms_come_as_often_as_said_and_evenly_over_their_season() -> None:
    plan = plan_of(**storm(**RANDOM), period={"start": "2025-01-01", "end": "2026-12-31"})
    entry = plan.outages.storms[0]
    counts, days = [], []
    for replication in range(400):
        found = [each for each in landfalls(entry, replication_key(1, replication)) if each.begins_ms >= 0]
        counts.append(len(found))
        days += [each.begins_ms / MS_PER_DAY % 365 for each in found]
    assert np.mean(counts) == pytest.approx(6, abs=2.6 * np.sqrt(6 / 400))
    assert np.var(counts) == pytest.approx(6, rel=0.25)
    # 1 July is day 181, 31 October day 303; the mean of an even spread is in the middle.
    assert min(days) >= 181 and max(days) < 304
    assert np.mean(days) == pytest.approx((181 + 304) / 2, abs=2.6 * 123 / np.sqrt(12 * len(days)))


def test_the_storms_of_a_year_do_not_depend_on_the_period_of_the_run() -> None:
    runs = [
        plan_of(**storm(**RANDOM), period={"start": start, "end": "2026-12-31"}).outages.storms[0]
        for start in ("2025-01-01", "2025-05-01")
    ]
    key = replication_key(1, 4)
    early, late = ([(x.event, x.key, x.begins_ms) for x in landfalls(run, key)] for run in runs)
    days = 120 * MS_PER_DAY
    assert early
    assert [(event, k, ms - days) for event, k, ms in early] == late


def test_a_season_over_the_turn_of_the_year() -> None:
    winter = {"random": {"per_year": 8, "from": "11-15", "until": "01-15"}}
    entry = plan_of(**storm(**winter), period={"start": "2025-01-01", "end": "2025-12-31"}).outages.storms[0]
    days = [
        each.begins_ms // MS_PER_DAY for n in range(30) for each in landfalls(entry, replication_key(1, n))
    ]
    assert all(day < 15 or 318 <= day < 380 for day in days)
    assert {day < 15 for day in days} == {True, False}


def test_random_storms_take_the_tracks_that_are_named_each_as_likely() -> None:
    far = [{**each, "latitude": each["latitude"] + 30} for each in OVER_ALL]
    storms = {
        "near": {"track": OVER_ALL, "hits": [POWER], "begins": "2030-01-01 00:00"},
        "away": {"track": far, "hits": [POWER], "begins": "2030-01-01 00:00"},
        "any": {"hits": [POWER], "random": {"per_year": 5, "tracks": ["near", "away"]}},
    }
    plan = plan_of(storms=storms, period={"start": "2025-01-01", "end": "2025-12-31"})
    felt = []
    for replication in range(200):
        for each in landfalls(plan.outages.storms[2], replication_key(1, replication)):
            if 0 <= each.begins_ms < plan.horizon_ms - MS_PER_DAY:
                felt.append(bool(strikes(each, plan.horizon_ms)))
    assert np.mean(felt) == pytest.approx(0.5, abs=2.6 * 0.5 / np.sqrt(len(felt)))


def test_a_storm_makes_lines_fail_together_as_much_as_said() -> None:
    storms = storm(
        hits=[LINES | {"lasts": "6 h"}], random={"per_year": 12, "from": "01-01", "until": "12-31"}
    )
    plan = plan_of(**storms, period={"start": "2025-01-01", "end": "2025-12-31"})
    down = np.array([_lines_by_event(plan, replication) for replication in range(150)], dtype=object)
    events = [event for replication in down for event in replication.values()]
    # In a storm each of the three lines is hit with one half, on its own: two of them in one storm of four.
    hit = np.array([[code in event for code in ("C00001", "C00002", "C00003")] for event in events], float)
    total = sum(
        sum(
            0 <= each.begins_ms < plan.horizon_ms - MS_PER_DAY
            for each in landfalls(plan.outages.storms[0], key)
        )
        for key in (replication_key(1, n) for n in range(150))
    )
    both = (hit[:, 0] * hit[:, 1]).sum() / total
    assert both == pytest.approx(0.25, abs=0.03)
    assert total > 1500
    assert hit.mean(axis=0) * len(events) / total == pytest.approx([0.5] * 3, abs=0.035)


def _lines_by_event(plan: Any, replication: int) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for outage in outages_of(plan, replication):
        code = plan.site_code[plan.components.site[outage.component]]
        found.setdefault(outage.event, set()).add(code)
    return found


SHIPPED = """
name: x
extends: haicap:two_level
period: {start: 2025-07-01, end: 2025-10-31}
seed: 1
territory: {provinces: [Nghệ An, Hà Tĩnh, Thanh Hóa, Quảng Trị]}
storms:
  wipha: {extends: haicap:wipha}
  bualoi: {extends: haicap:bualoi}
  kajiki_in_october: {extends: haicap:kajiki, begins: 2025-10-06 04:00}
"""


def test_shipped_storms_hit_about_what_was_reported() -> None:
    study = load_text(SHIPPED)
    assert {"storm_wipha", "storm_bualoi", "storm_kajiki"} <= set(study.base.assumptions)
    built = build(study.base)
    wipha, bualoi, _ = built.control_plan.outages.storms

    def expected(hits: Any) -> dict[str, float]:
        """Mean number of communes hit, by province."""
        provinces: dict[str, float] = {}
        sites = built.control_plan.components.site[hits.components].tolist()
        for site, probability in zip(sites, hits.probability.tolist(), strict=True):
            name = built.sites.all[site].province
            provinces[name] = provinces.get(name, 0.0) + probability
        return provinces

    # 30 communes of Nghệ An cut off after Wipha, 6 of them isolated.
    assert expected(wipha.tracks[0][0])["Nghệ An"] == pytest.approx(30, abs=1)
    assert expected(wipha.tracks[0][1])["Nghệ An"] == pytest.approx(6, abs=0.5)
    # Customers without power on the morning after Bualoi.
    lost = expected(bualoi.tracks[0][0])
    for province, communes, share in (("Hà Tĩnh", 69, 1.0), ("Nghệ An", 130, 0.88), ("Thanh Hóa", 166, 0.28)):
        assert lost[province] / communes == pytest.approx(share, abs=0.1)


def test_the_effective_scenario_has_the_whole_storm_and_a_patch_may_bring_one() -> None:
    text = SHIPPED.replace("storms:", "alternatives: {calm: {patch: {storms: !replace {}}}}\nstorms:")
    text = text.replace("  wipha: {extends: haicap:wipha}\n", "")
    patched = text.replace("!replace {}", "{wipha: {extends: haicap:wipha}}")
    assert "radius_km" in load_text(text).effective_yaml("base")
    assert load_text(text).alternatives["calm"].storms == {}
    assert set(load_text(patched).alternatives["calm"].storms) == {"bualoi", "kajiki_in_october", "wipha"}
