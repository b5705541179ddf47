"""Present communes below the former districts that they mostly came from, for a run over 1 July 2025."""

from collections import Counter

import numpy as np
import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.schema import Selection
from sim.world.territory import load_former_communes, load_territory
from tests.support.former_places import SYNTHETIC, built, selector
from tests.support.tiny_scenario import tiny_scenario

KEPT: dict[str, object] = {"structure": "districts_kept"}
BAC_NINH: dict[str, object] = {"provinces": ["bac ninh"]}


def people_by_district(commune: str) -> Counter[str]:
    """People of a present commune by the former district that they come from."""
    people: Counter[str] = Counter()
    for former in load_former_communes():
        for part in former.parts:
            if part.present_code == commune:
                people[former.district] += part.population
    return people


def test_communes_lie_below_districts_and_those_below_the_present_province() -> None:
    sites = selector(BAC_NINH | KEPT).sites
    assert Counter(site.level for site in sites.all) == {
        "centre": 1,
        "province": 1,
        "district": 18,
        "commune": 99,
    }
    parents = {(site.level, sites.all[sites.index_of[site.parent_code]].level) for site in sites.all[1:]}
    assert parents == {("province", "centre"), ("district", "province"), ("commune", "district")}
    assert sites.population[sites.of_level("district")].sum() == pytest.approx(sites.population[0])
    assert sites.population[0] == selector(BAC_NINH).sites.population[0]


def test_a_commune_lies_below_the_district_that_most_of_its_people_come_from() -> None:
    sites = selector(BAC_NINH | KEPT).sites
    mixed = 0
    for commune in (sites.all[index] for index in sites.communes):
        people = people_by_district(commune.code)
        district = sites.all[sites.index_of[commune.parent_code]]
        assert people[district.name] == max(people.values())
        mixed += len(people) > 1
    assert mixed == 2


def test_every_former_district_has_its_communes_in_one_present_province() -> None:
    territory = load_territory()
    everywhere: dict[str, object] = {"provinces": [province.name for province in territory.provinces]}
    sites = selector(everywhere | KEPT).sites
    districts = [site for site in sites.all if site.level == "district"]
    assert len(districts) == len({former.district_code for former in load_former_communes()}) == 696
    province_of = {site.code: site.parent_code for site in districts}
    for commune in territory.communes:
        site = sites.all[sites.index_of[commune.code]]
        assert province_of[site.parent_code] == commune.province_code


@pytest.mark.parametrize("territory", [BAC_NINH, SYNTHETIC])
def test_citizens_file_the_same_with_and_without_districts(territory: dict[str, object]) -> None:
    now, kept = built(territory), built(territory | KEPT)
    assert np.array_equal(now.world.stream_name_key, kept.world.stream_name_key)
    for field in ("per_day", "inherited", "factor_row", "procedure", "channel"):
        assert np.array_equal(now.world.streams[field], kept.world.streams[field])
    areas = [
        [run.names.areas[run.world.area_of[site]] for site in run.world.streams["site"]]
        for run in (now, kept)
    ]
    assert areas[0] == areas[1]
    assert now.names.areas == kept.names.areas


def test_made_up_communes_have_made_up_districts() -> None:
    sites = selector(SYNTHETIC | KEPT).sites
    assert [site.code for site in sites.all if site.level == "district"][:3] == [
        "FDP001-001",
        "FDP001-002",
        "FDP001-003",
    ]
    below = Counter(sites.all[index].parent_code for index in sites.communes)
    assert below["FDP001-001"] == 2 and below["FDP001-003"] == 1


def test_districts_are_chosen_by_name_and_communes_as_ever() -> None:
    finder = selector(BAC_NINH | KEPT)
    chosen = finder.select(Selection(names=("Huyện Hiệp Hòa",), levels=("district",)), ("where",))
    assert [finder.sites.all[index].code for index in np.flatnonzero(chosen)] == ["F223"]
    wards = finder.select_homes(Selection(kinds=("ward",)), ("where",))
    assert wards.sum() == sum(site.kind == "ward" for site in finder.sites.all)


def test_old_seats_and_districts_do_not_go_together() -> None:
    with pytest.raises((ScenarioError, ValueError), match="structure: districts_kept"):
        tiny_scenario(territory=BAC_NINH | KEPT | {"citizens_live_in": "former_communes"})
