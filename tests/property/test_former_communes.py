"""Former communes as sites: old seats of the present communes, and the four levels until 30 June 2025."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.reader import load_text
from sim.scenario.schema import Selection
from sim.world.build import Built, build
from sim.world.keys import name_key
from sim.world.selecting import Selector
from tests.support.former_places import SYNTHETIC, built, selector

QUANG_NGAI: dict[str, object] = {"provinces": ["quang ngai"]}
OLD_SEATS: dict[str, object] = {"citizens_live_in": "former_communes"}
FOUR_LEVELS: dict[str, object] = {"structure": "four_level"}


def chosen(finder: Selector, **where: object) -> list[str]:
    mask = finder.select(Selection.model_validate(where), ("where",))
    return [site.code for site, is_chosen in zip(finder.sites.all, mask, strict=True) if is_chosen]


def streams_by_key(run: Built) -> dict[int, tuple[object, ...]]:
    """What fixes the filings of each stream, by the address of its random numbers."""
    world = run.world
    return {
        int(key): (
            float(stream["per_day"]),
            float(stream["inherited"]),
            world.day_factor[stream["factor_row"]].tobytes(),
            int(world.site_key[stream["site"]]),
            run.names.areas[world.area_of[stream["site"]]],
        )
        for key, stream in zip(world.stream_name_key, world.streams, strict=True)
    }


@pytest.mark.parametrize("territory", [QUANG_NGAI, SYNTHETIC])
def test_both_structures_have_the_same_filings_area_by_area(territory: dict[str, object]) -> None:
    moving = {"online": {"2025-07-07": "20 %", "2025-07-17": "70 %"}, "counter": "rest"}
    rush = {"start": "2025-07-08", "end": "2025-07-09", "factor": 3.0, "where": {"labels": ["rural"]}}
    demand = {
        "demand__channel_shares": [
            {"where": {"kinds": ["ward"]}, "shares": moving},
            {"shares": {"online": "30 %", "counter": "rest"}},
        ],
        "demand__phases": {"rush": rush},
        "demand__day_to_day_variation": 0.3,
    }
    now, before = built(territory | OLD_SEATS, **demand), built(territory | FOUR_LEVELS, **demand)
    assert streams_by_key(now) == streams_by_key(before)
    assert now.names.areas == before.names.areas == built(territory).names.sites


@pytest.mark.parametrize("extra", [OLD_SEATS, FOUR_LEVELS])
@pytest.mark.parametrize("territory", [QUANG_NGAI, SYNTHETIC])
def test_former_communes_bring_what_their_present_communes_bring(
    territory: dict[str, object], extra: dict[str, object]
) -> None:
    def by_area(run: Built) -> np.ndarray:
        world = run.world
        area = world.area_of[world.streams["site"]]
        return np.bincount(area, weights=world.streams["per_day"], minlength=world.area_count)

    np.testing.assert_allclose(by_area(built(territory | extra)), by_area(built(territory)))
    exact = {"procedures__permit__rate": {"per_commune_and_hour": 6}}
    np.testing.assert_allclose(by_area(built(territory | extra, **exact)), by_area(built(territory, **exact)))


def test_busy_days_are_those_of_the_present_commune() -> None:
    run = built(SYNTHETIC | OLD_SEATS)
    seat = run.sites.index_of["F00004"]
    assert int(run.world.site_key[seat]) == name_key("site:C00002")


def test_old_seats_stand_below_their_present_commune() -> None:
    sites = selector(QUANG_NGAI | OLD_SEATS).sites
    assert Counter(site.level for site in sites.all) == {
        "centre": 1,
        "province": 1,
        "commune": 96,
        "old_seat": 274,
    }
    assert {site.level for site in np.array(sites.all, object)[sites.homes]} == {"old_seat"}
    for index in sites.homes.tolist():
        site = sites.all[index]
        assert sites.all[sites.seat_of[index]].code == site.parent_code == site.area_code
        assert site.labels == sites.all[sites.parent[index]].labels
    assert sites.population[sites.homes].sum() == sites.population[0]
    assert sites.depth.tolist() == [
        ["centre", "province", "commune", "old_seat"].index(s.level) for s in sites.all
    ]


def test_four_levels_lie_one_below_the_other() -> None:
    sites = selector(QUANG_NGAI | FOUR_LEVELS).sites
    levels = Counter(site.level for site in sites.all)
    assert levels["province"] == 2 and levels["commune"] == 273
    parents = {(site.level, sites.all[sites.index_of[site.parent_code]].level) for site in sites.all[1:]}
    assert parents == {
        ("province", "centre"),
        ("district", "province"),
        ("commune", "district"),
        ("old_seat", "commune"),
    }
    assert sites.population[0] == sites.population[sites.of_level("commune")].sum()
    assert {site.kind for site in sites.all if site.level == "commune"} == {
        "ward", "commune", "township", "special_zone",
    }  # fmt: skip


def test_a_divided_former_commune_is_one_site_whose_citizens_live_in_its_parts() -> None:
    sites = selector(QUANG_NGAI | FOUR_LEVELS).sites
    parts = [site for site in sites.all if site.level == "old_seat"]
    assert [site.code for site in parts] == ["F21142-21136", "F21142-21157"]
    whole = sites.all[sites.index_of["F21142"]]
    assert whole.population == sum(part.population for part in parts)
    assert sites.index_of["F21142"] not in sites.homes
    assert [part.area_code for part in parts] == ["21136", "21157"]
    assert set(sites.seat_of[[sites.index_of[part.code] for part in parts]]) == {sites.index_of["F21142"]}


def test_only_chooses_present_communes_in_every_structure() -> None:
    only: dict[str, object] = {"only": {"names": ["Phường Trương Quang Trọng"]}}
    for extra in (OLD_SEATS, FOUR_LEVELS):
        sites = selector(QUANG_NGAI | only | extra).sites
        homes = [sites.all[index] for index in sites.homes]
        assert {site.area_code for site in homes} == {"21172"}
        assert len(homes) == 4


def test_a_planners_population_is_shared_out_among_the_former_communes(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("site,inhabitants\nAn Phú,70000\n", encoding="utf-8")
    more = "population_csv: people.csv\n  citizens_live_in: former_communes"
    estimate = build(
        load_text(SCENARIO.replace("# more", "citizens_live_in: former_communes"), ".").base
    ).sites
    given = build(load_text(SCENARIO.replace("# more", more), tmp_path).base).sites
    an_phu = next(index for index in given.of_level("commune") if given.all[index].name == "An Phú")
    seats = np.flatnonzero(given.parent == an_phu)
    assert given.population[seats].sum() == pytest.approx(70000)
    factor = 70000 / estimate.population[an_phu]
    np.testing.assert_allclose(given.population[seats], factor * estimate.population[seats])


def test_a_commune_goes_before_its_old_seat_of_the_same_name_unless_the_level_is_given() -> None:
    finder = selector(QUANG_NGAI | OLD_SEATS)
    assert chosen(finder, names=["Tịnh Khê"]) == ["21211"]
    assert [code[0] for code in chosen(finder, names=["Tịnh Khê"], levels=["old_seat"])] == ["F"]
    inside = chosen(finder, communes=["Tịnh Khê"])
    assert inside[0] == "21211" and len(inside) == 6
    assert chosen(finder, communes=["Tịnh Khê"], levels=["old_seat"]) == inside[1:]


def test_former_communes_of_one_name_are_told_apart_by_their_district() -> None:
    finder = selector(QUANG_NGAI | FOUR_LEVELS)
    assert len(chosen(finder, names=["Bình Hiệp, Huyện Bình Sơn"])) == 1
    names = Counter(site.full_name for site in finder.sites.all if site.level == "commune")
    twice = next(name for name, count in names.items() if count > 1)
    chosen(finder, names=[twice])
    with pytest.raises(ScenarioError, match=f"2 sites are called '{twice}'"):
        finder.mistakes.stop_if_any()


def test_pools_are_chosen_by_former_units_and_demand_by_present_ones() -> None:
    finder = selector(QUANG_NGAI | FOUR_LEVELS)
    assert len(chosen(finder, provinces=["Kon Tum"], levels=["commune"])) == 102
    assert "township" in {
        finder.sites.all[finder.sites.index_of[code]].kind for code in chosen(finder, kinds=["township"])
    }
    homes = finder.select_homes(Selection.model_validate({"kinds": ["ward"]}), ("where",))
    areas = finder.sites.area_of[finder.sites.homes[homes]]
    assert {finder.sites.areas[area].kind for area in areas} == {"ward"}
    everybody = finder.select_homes(Selection.model_validate({"provinces": ["Quảng Ngãi"]}), ("where",))
    assert everybody.all()


SCENARIO = """
name: tiny
period: {start: 2025-07-07, end: 2025-07-20}
seed: 1
territory:
  provinces: [Quảng Ngãi]
  # more
calendars: {office: {weekly: {mon-fri: ["07:30-11:30"]}}}
official_calendar: office
pools:
  reception: {level: commune, headcount: 2, calendar: office}
network:
  line: {from: commune, to: province, bandwidth: 200 Mbps}
channels:
  online: {medium: electronic, in_person: false, filing: any_time}
demand: {channel_shares: [{shares: {online: 100 %}}]}
groups: {papers: {}}
procedures:
  permit:
    group: papers
    deadline: none
    rate: {per_1000_inhabitants_and_working_day: 2}
    steps: {desk: {pool: reception, touch_time: 10 min}}
"""

OLD = "citizens_live_in: former_communes\n  "
MISTAKES = [
    ("# more", "structure: three_level", ("territory.structure", "two_level", "four_level")),
    ("# more", "structure: four_level", (":13:", "network.line", "from commune to district")),
    (
        "# more",
        "structure: four_level\n  citizens_live_in: communes",
        ("citizens_live_in: communes together with",),
    ),
    (
        "# more",
        "structure: districts_kept\n  citizens_live_in: former_communes",
        ("citizens_live_in: former_communes together with", "citizens_live_in: communes"),
    ),
    ("# more", "structure: districts_kept", (":13:", "network.line", "from commune to district")),
    (
        "# more",
        "reception_points: {open: all}",
        ("there are no old seats", "citizens_live_in: former_communes"),
    ),
    (
        "level: commune",
        "level: district",
        ("pools.reception.level", "level district, which this territory does not have"),
    ),
    ("from: commune, to: province", "from: district, to: province", ("from commune to province",)),
    ("from: commune, to: province", "from: province, to: commune", ("from province to centre",)),
    (
        "# more",
        OLD + "reception_points: {open: some}",
        ("territory.reception_points.open", 'found "some"', "all, none, or a selection"),
    ),
    (
        "# more",
        OLD + "reception_points: {closures: [{at: 2025-08-01, until: 2025-07-01}]}",
        ("closures[1]", "until is before at"),
    ),
    ("# more", "travel: {detour_factor: 0.5}", ("territory.travel.detour_factor", "at least 1")),
    (
        "# more",
        "travel: {cases: [{where: {labels: [hilly]}, speed_kmh: 10}]}",
        ('there is no label "hilly"',),
    ),
]


@pytest.mark.parametrize(("found", "replacement", "words"), MISTAKES)
def test_what_the_territory_does_not_have_is_told_with_its_place(
    found: str, replacement: str, words: tuple[str, ...]
) -> None:
    assert found in SCENARIO
    with pytest.raises(ScenarioError) as caught:
        build(load_text(SCENARIO.replace(found, replacement), ".").base)
    assert len(caught.value.mistakes) == 1, caught.value.render()
    for word in words:
        assert word in caught.value.render()


def test_a_present_commune_named_among_former_ones_is_answered_with_the_way_to_write_it() -> None:
    finder = selector(QUANG_NGAI | FOUR_LEVELS)
    chosen(finder, names=["Phường Cẩm Thành"])
    with pytest.raises(ScenarioError, match=r"communes: \[Phường Cẩm Thành\]"):
        finder.mistakes.stop_if_any()
