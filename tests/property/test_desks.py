"""Where citizens go in person, how far that is, and counters at old seats that open and close."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.control.desks import change_desks
from sim.scenario.errors import ScenarioError
from sim.scenario.schema import Table
from sim.world.arrays import MS_PER_DAY
from sim.world.build import Built, build
from sim.world.distance import great_circle_km
from sim.world.travel import mean_way_inside_km
from tests.support.tiny_scenario import tiny_scenario

SYNTHETIC = {
    "synthetic": {"communes_per_province": 2, "former_communes": 3, "area_km2": 90.0},
    "citizens_live_in": "former_communes",
}
AT_OLD_SEATS = {"level": "old_seat", "headcount": 1, "calendar": "office"}


def built(territory: dict[str, object], **changes: object) -> Built:
    return build(
        tiny_scenario(territory=SYNTHETIC | territory, pools__reception=dict(AT_OLD_SEATS), **changes)
    )


def desks(run: Built) -> dict[str, str]:
    codes = run.names.sites
    return {codes[home]: codes[run.world.desk_of[home]] for home in run.sites.homes.tolist()}


@given(st.floats(0.01, 1e5))
def test_the_mean_way_inside_is_that_of_points_spread_over_a_disc(area_km2: float) -> None:
    radius = math.sqrt(area_km2 / math.pi)
    rings = (np.arange(2000) + 0.5) / 2000
    mean = float((rings * rings).sum() / rings.sum()) * radius
    assert float(mean_way_inside_km(area_km2)) == pytest.approx(mean, rel=1e-6)


def test_without_old_seats_citizens_go_to_their_commune() -> None:
    run = build(tiny_scenario(territory={"synthetic": {"communes_per_province": 3, "area_km2": 50.0}}))
    assert run.world.desk_of.tolist() == list(range(5)) == run.world.seat_of.tolist()
    there_and_back = 2000 * 1.3 * 2 / 3 * math.sqrt(50 / math.pi)
    assert run.world.travel_m.tolist() == [0, 0, *[round(there_and_back)] * 3]
    assert run.control_plan.desk_changes == ()


def test_the_way_is_longer_in_mountain_communes_and_where_a_planner_says_so() -> None:
    quang_ngai = {"provinces": ["quang ngai"]}
    run = build(tiny_scenario(territory=quang_ngai))
    for site, metres in zip(run.sites.all[2:], run.world.travel_m[2:], strict=True):
        factor = 1.6 if "mountain" in site.labels else 1.3
        assert metres == round(2000 * factor * float(mean_way_inside_km(site.area_km2)))
        assert site.travel_speed_kmh == (20 if "mountain" in site.labels else 30)
    travel = {"cases": [{"where": {"labels": ["remote"]}, "speed_kmh": 12}], "detour_factor": 1.5}
    other = build(tiny_scenario(territory=quang_ngai | {"travel": travel}))
    for site, metres in zip(other.sites.all[2:], other.world.travel_m[2:], strict=True):
        assert metres == round(2000 * 1.5 * float(mean_way_inside_km(site.area_km2)))
        assert site.travel_speed_kmh == (12 if "remote" in site.labels else 30)


def test_citizens_go_to_the_seat_of_their_commune_when_no_counter_is_open() -> None:
    run = built({"reception_points": {"open": "none"}})
    assert set(desks(run).values()) == {"C00001", "C00002"}
    seat, commune = run.sites.index_of["F00002"], run.sites.index_of["C00001"]
    here, there = run.sites.all[seat], run.sites.all[commune]
    way = float(great_circle_km(here.latitude, here.longitude, there.latitude, there.longitude))
    expected = 2000 * 1.3 * (float(mean_way_inside_km(30.0)) + way)
    assert run.world.travel_m[seat] == pytest.approx(expected, abs=1)


def test_citizens_go_to_the_nearest_open_counter_of_their_commune() -> None:
    run = built({})
    assert all(home == desk for home, desk in desks(run).items())
    only_one = built({"reception_points": {"open": {"names": ["Former commune 0002"]}}})
    world, sites = only_one.world, only_one.sites
    assert desks(only_one)["F00002"] == "F00002"
    assert {desk for home, desk in desks(only_one).items() if home > "F00003"} == {"C00002"}
    to_seat = built({"reception_points": {"open": "none"}}).world.travel_m
    assert (world.travel_m[sites.homes] <= to_seat[sites.homes]).all()


def test_counters_are_those_with_people_who_do_a_step_at_the_desk() -> None:
    nobody = built({}, pools__reception__headcount=0)
    assert set(desks(nobody).values()) == {"C00001", "C00002"}
    office = {"level": "old_seat", "headcount": 1, "calendar": "office"}
    behind = build(tiny_scenario(territory=SYNTHETIC, pools__leader=office))
    assert set(desks(behind).values()) == {"C00001", "C00002"}


class _Steered:
    """Notes what control asks for."""

    def __init__(self) -> None:
        self.now = 0
        self.calls: list[tuple[int, list[int], list[int], list[int]]] = []

    def timeout(self, delay: int) -> None:
        self.now += delay

    def set_desks(self, sites: np.ndarray, to: np.ndarray, travel_m: np.ndarray) -> None:
        self.calls.append((self.now, sites.tolist(), to.tolist(), travel_m.tolist()))


def test_counters_close_and_open_again_at_midnight() -> None:
    closures = [{"at": "2025-07-09", "until": "2025-07-11", "where": {"communes": ["Commune 0001"]}}]
    run = built({"reception_points": {"closures": closures}})
    env = _Steered()
    list(change_desks(env, run.control_plan.desk_changes))  # type: ignore[arg-type]
    homes = [run.sites.index_of[code] for code in ("F00001", "F00002", "F00003")]
    commune = run.sites.index_of["C00001"]
    (closed_at, *closed), (opened_at, *opened) = env.calls
    assert (closed_at, opened_at) == (2 * MS_PER_DAY, 5 * MS_PER_DAY)
    assert closed[:2] == [homes, [commune] * 3]
    assert opened == [homes, homes, run.world.travel_m[homes].tolist()]
    assert all(far > near for far, near in zip(closed[2], opened[2], strict=True))


def test_a_closure_that_began_before_the_run_holds_from_its_start() -> None:
    run = built({"reception_points": {"closures": [{"at": "2025-07-01", "until": "2025-07-07"}]}})
    assert set(desks(run).values()) == {"C00001", "C00002"}
    assert [change.at_ms for change in run.control_plan.desk_changes] == [MS_PER_DAY]
    for_good = built({"reception_points": {"closures": [{"at": "2025-07-14"}]}})
    assert [change.at_ms for change in for_good.control_plan.desk_changes] == [7 * MS_PER_DAY]


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ({"open": {"names": ["Commune 0001"]}}, "Commune 0001 is a commune, no old_seat"),
        ({"open": {"names": ["Nowhere"]}}, "there is no site 'Nowhere'"),
        (
            {
                "open": {"communes": ["Commune 0001"]},
                "closures": [{"at": "2025-07-09", "where": {"communes": ["Commune 0002"]}}],
            },
            "no open counter is among these sites",
        ),
    ],
)
def test_counters_that_are_not_there_are_told(points: dict[str, object], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        built({"reception_points": points})


def test_reception_points_without_any_counter_are_a_mistake() -> None:
    with pytest.raises(ScenarioError, match="no old seat has a counter"):
        build(tiny_scenario(territory=SYNTHETIC | {"reception_points": {}}))


def test_people_of_a_pool_of_communes_at_old_seats_make_counters_there() -> None:
    table = Table(file="seats.csv", columns=("site", "headcount"), rows=(("F00002", "1"),), lines=(2,))
    scenario = tiny_scenario(territory=SYNTHETIC, pools__reception__at_old_seats={"csv": table})
    found = desks(build(scenario))
    assert found["F00002"] == "F00002"
    assert {desk for home, desk in found.items() if home > "F00003"} == {"C00002"}
    closed = {"reception_points": {"open": "none"}}
    none_open = build(tiny_scenario(territory=SYNTHETIC | closed, pools__reception__at_old_seats=1))
    assert set(desks(none_open).values()) == {"C00001", "C00002"}
