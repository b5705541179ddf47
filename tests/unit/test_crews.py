"""Repair crews, worked out by hand."""

from typing import Any

import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.schema import Table
from sim.world.arrays import MS_PER_DAY, MS_PER_HOUR
from sim.world.build import build
from sim.world.distance import great_circle_km
from tests.support.outage_record import noted, plan_of
from tests.support.tiny_scenario import tiny_scenario

HIT = MS_PER_DAY + 8 * MS_PER_HOUR
"""The storm of these tests stands over everything at 08:00 of the second day, a Tuesday."""


def struck(*hits: dict[str, Any], **more: Any) -> Any:
    """A plan in which a storm breaks things at one moment."""
    track = [
        {"at": at, "latitude": 15.0, "longitude": 108.0, "radius_km": 500}
        for at in ("2025-07-08 08:00", "2025-07-08 08:01")
    ]
    return plan_of(storms={"gale": {"track": track, "hits": list(hits)}}, **more)


def broken(name: str, lasts: str = "2 h", crew: str = "team") -> dict[str, Any]:
    """The line of one commune, which a crew has to mend."""
    return {"links": ["line"], "where": {"names": [name]}, "lasts": lasts, "crew": crew}


def hours(rows: list[Any], place: int) -> dict[str, float]:
    """Hours since the hit by site: 4 began, 5 ended, 10 the crew arrived."""
    return {row[2]: (row[place] - HIT) / MS_PER_HOUR for row in rows}


def written(*ways: tuple[str, str, float]) -> Table:
    """A table of ways, in km."""
    rows = tuple((start, end, str(km)) for start, end, km in ways)
    return Table(
        file="ways.csv", columns=("from", "to", "km"), rows=rows, lines=tuple(range(2, 2 + len(rows)))
    )


ONE, TWO, THREE, BASE = "Commune 0001", "Commune 0002", "Commune 0003", "Province 1"
WAYS = written(
    (BASE, ONE, 30), (BASE, TWO, 60), (BASE, THREE, 90), (ONE, TWO, 20), (ONE, THREE, 60), (TWO, THREE, 10)
)
TEAM = {"number": 1, "speed_kmh": 30}
ROADS = {"territory__travel": {"roads_csv": WAYS}}


def test_the_repair_begins_when_the_crew_arrives_and_calls_wait_in_order() -> None:
    rows = noted(struck(broken(ONE), broken(TWO), crews={"team": TEAM}, **ROADS))[1]
    # 30 km at 30 km/h to the first, 2 h of work, 20 km from there to the second, 2 h of work.
    assert hours(rows, 10) == pytest.approx({"C00001": 1, "C00002": 3 + 20 / 30})
    assert hours(rows, 5) == pytest.approx({"C00001": 3, "C00002": 5 + 20 / 30})
    assert {row[2]: row[9] for row in rows} == {"C00001": 30, "C00002": 20}
    assert {row[8] for row in rows} == {"team"}


def test_two_crews_work_side_by_side_and_the_nearest_goes() -> None:
    crews = {"team": TEAM | {"number": 2}}
    rows = noted(struck(broken(ONE, "1 h"), broken(THREE, "1 h"), broken(TWO, "1 h"), crews=crews, **ROADS))[
        1
    ]
    # Both set out; the first is done after 2 h and drives 20 km to the second commune, the other after 4 h.
    assert hours(rows, 5) == pytest.approx({"C00001": 2, "C00003": 4, "C00002": 3 + 20 / 30})


def test_the_nearest_call_may_go_first() -> None:
    hits = (broken(THREE, "1 h"), broken(TWO, "1 h"), broken(ONE, "1 h"))
    first_come = hours(noted(struck(*hits, crews={"team": TEAM}, **ROADS))[1], 10)
    nearest = hours(noted(struck(*hits, crews={"team": TEAM | {"queue": "nearest"}}, **ROADS))[1], 10)
    # All calls come at the same moment; the first is answered before the others are known.
    assert first_come == pytest.approx({"C00003": 3, "C00002": 4 + 1 / 3, "C00001": 6})
    assert nearest == first_come
    from_one = (broken(ONE, "1 h"), broken(THREE, "1 h"), broken(TWO, "1 h"))
    by_rule = hours(noted(struck(*from_one, crews={"team": TEAM | {"queue": "nearest"}}, **ROADS))[1], 10)
    assert by_rule == pytest.approx({"C00001": 1, "C00002": 2 + 20 / 30, "C00003": 3 + 20 / 30 + 1 / 3})


def test_the_place_with_most_people_may_go_first() -> None:
    plan = struck(
        broken(ONE, "1 h"),
        broken(TWO, "1 h"),
        broken(THREE, "1 h"),
        crews={"team": TEAM | {"queue": "most_people"}},
        **ROADS,
    )
    plan.outages.people[4] *= 2
    arrived = hours(noted(plan)[1], 10)
    assert arrived == pytest.approx({"C00001": 1, "C00003": 4, "C00002": 5 + 1 / 3})


def test_crews_drive_and_work_in_their_hours_only() -> None:
    crews = {"team": TEAM | {"calendar": "office"}}
    rows = noted(struck(broken(ONE, "4 h"), broken(TWO, "1 h"), crews=crews, **ROADS))[1]
    # 08:00-09:00 on the way, work until 11:30, until 15:00; then 40 minutes to the second, 1 h there.
    assert hours(rows, 5) == pytest.approx({"C00001": 7, "C00002": 8 + 2 / 3})
    late = noted(struck(broken(ONE, "6 h"), broken(TWO, "1 h"), crews=crews, **ROADS))[1]
    # The first is done at 17:00; the crew sets out at 07:30 of the next day.
    assert hours(late, 5) == pytest.approx({"C00001": 9, "C00002": 23.5 + 2 / 3 + 1})


def test_a_call_in_the_night_waits_for_the_morning() -> None:
    track = [
        {"at": at, "latitude": 15.0, "longitude": 108.0, "radius_km": 500}
        for at in ("2025-07-08 22:00", "2025-07-08 22:01")
    ]
    storms = {"gale": {"track": track, "hits": [broken(ONE)]}}
    rows = noted(plan_of(storms=storms, crews={"team": TEAM | {"calendar": "office"}}, **ROADS))[1]
    assert hours(rows, 10) == pytest.approx({"C00001": 24.5})


def test_random_failures_may_need_a_crew_and_the_clock_starts_anew_after_the_repair() -> None:
    random = {"time_between_failures": "20 h", "time_to_repair": "3 h", "crew": "team"}
    plan = plan_of(
        outages={"faults": {"links": ["line"], "where": {"names": [ONE]}, "random": random}},
        crews={"team": TEAM},
        **ROADS,
    )
    rows = noted(plan)[1]
    assert (rows[0][4], rows[0][5]) == (20 * MS_PER_HOUR, 24 * MS_PER_HOUR)
    # The crew is still there: no way the second time.
    assert (rows[1][4], rows[1][5]) == (44 * MS_PER_HOUR, 47 * MS_PER_HOUR)
    assert rows[1][9] == 0


def test_each_base_mends_what_lies_below_it() -> None:
    where = {"names": ["Commune 0001", "Commune 0004"]}
    territory = {"synthetic": {"provinces": 2, "communes_per_province": 3}}
    hit = {"links": ["line"], "where": where, "lasts": "1 h", "crew": "team"}
    rows = noted(struck(hit, crews={"team": TEAM}, territory=territory))[1]
    assert len(rows) == 2
    assert rows[0][10] - rows[0][4] == rows[1][10] - rows[1][4]


def test_without_a_table_ways_are_the_great_circle_times_the_detour_of_both_ends() -> None:
    travel = {
        "detour_factor": 1.3,
        "speed_kmh": 30,
        "cases": [{"where": {"names": [ONE]}, "detour_factor": 1.7, "speed_kmh": 20}],
    }
    plan = plan_of(territory__travel=travel)
    roads = plan.outages.roads
    straight = float(
        great_circle_km(roads.latitude[1], roads.longitude[1], roads.latitude[2], roads.longitude[2])
    )
    assert roads.km(1, 2) == pytest.approx(1.5 * straight)
    assert roads.km(2, 1) == roads.km(1, 2)
    half = roads.km(1, 2) / 2
    assert roads.travel_ms(1, 2) == pytest.approx((half / 30 + half / 20) * MS_PER_HOUR, abs=1)
    assert roads.travel_ms(1, 2, 60.0) == pytest.approx(2 * half / 60 * MS_PER_HOUR, abs=1)
    assert roads.km(3, 3) == 0


def test_a_kind_of_crew_without_a_base_above_is_told() -> None:
    crews = {"team": {"base": {"names": [TWO]}}}
    random = {"time_between_failures": "20 h", "time_to_repair": "3 h", "crew": "team"}
    scenario = tiny_scenario(outages={"faults": {"links": ["line"], "random": random}}, crews=crews)
    with pytest.raises(ScenarioError, match="no team is based at or above Commune 0001 and 1 more"):
        build(scenario)
