"""The gazetteer holds the official counts, and places are found by the names planners write."""

import importlib.util
import math
import statistics
import subprocess
import sys
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.world.distance import distance_matrix_km, great_circle_km
from sim.world.names import without_diacritics
from sim.world.places import UnknownPlace, find_commune, find_province
from sim.world.territory import (
    DATA_FOLDER,
    LABELS,
    Commune,
    Province,
    load_former_communes,
    load_territory,
)
from sim.world.territory_listing import territory_rows

TERRITORY = load_territory()
PROVINCES = st.sampled_from(TERRITORY.provinces)
COMMUNES = st.sampled_from(TERRITORY.communes)


def communes_named(*names: str, province: str) -> list[int]:
    return [find_commune(name, province).population for name in names]


# Counts and completeness


def test_there_are_34_provinces_and_3321_units_of_three_kinds() -> None:
    kinds = Counter(commune.kind for commune in TERRITORY.communes)
    assert len(TERRITORY.provinces) == 34
    assert kinds == {"commune": 2621, "ward": 687, "special_zone": 13}


@pytest.mark.parametrize(
    ("province", "units"),
    [("Quảng Ngãi", 96), ("Quảng Trị", 78), ("Hải Phòng", 114), ("Bắc Ninh", 99), ("Hồ Chí Minh", 168)],
)
def test_a_province_has_its_official_number_of_units(province: str, units: int) -> None:
    assert len(TERRITORY.communes_of(find_province(province).code)) == units


def test_codes_are_unique_and_sorted() -> None:
    for places in (TERRITORY.communes, TERRITORY.provinces):
        codes = [place.code for place in places]
        assert codes == sorted(set(codes))


def test_every_unit_lies_in_one_province_and_is_listed_there() -> None:
    listed = [code for province in TERRITORY.provinces for code in province.commune_codes]
    assert sorted(listed) == [commune.code for commune in TERRITORY.communes]


def test_every_unit_has_a_plausible_centre_area_and_origin() -> None:
    for commune in TERRITORY.communes:
        assert 8 < commune.latitude < 23.5 and 102 < commune.longitude < 115, commune.full_name
        assert 0.9 < commune.area_km2 < 1200, commune.full_name
        assert commune.predecessors >= 1 and commune.former_districts and commune.former_provinces


def test_mainland_units_lie_near_their_province_neighbours() -> None:
    for province in TERRITORY.provinces:
        mainland = [each for each in TERRITORY.communes_of(province.code) if "island" not in each.labels]
        distances = distance_matrix_km([c.latitude for c in mainland], [c.longitude for c in mainland])
        np.fill_diagonal(distances, np.inf)
        assert distances.min(axis=1).max() < 40, province.name


@pytest.mark.parametrize(
    ("text", "neighbour"),
    [
        ("Lương Sơn, Phú Thọ", "Phường Hòa Bình, Phú Thọ"),
        ("Sơn Lương, Phú Thọ", "Yên Lập, Phú Thọ"),
        ("Yên Bình, Lào Cai", "Phường Yên Bái, Lào Cai"),
        ("Thanh Bình, Đồng Tháp", "Phường Cao Lãnh, Đồng Tháp"),
        ("Lương Hòa Lạc, Đồng Tháp", "Phường Mỹ Tho, Đồng Tháp"),
        ("Long Khánh, Đồng Tháp", "Phường Hồng Ngự, Đồng Tháp"),
        ("Cái Chiên, Quảng Ninh", "Vĩnh Thực, Quảng Ninh"),
    ],
)
def test_units_that_the_source_mixes_up_lie_where_their_former_communes_lay(
    text: str, neighbour: str
) -> None:
    here, there = find_commune(text), find_commune(neighbour)
    assert great_circle_km(here.latitude, here.longitude, there.latitude, there.longitude) < 35


def test_the_gazetteer_cannot_be_changed_in_place() -> None:
    with pytest.raises(AttributeError):
        TERRITORY.communes[0].population = 1  # type: ignore[misc]


# Former units


def test_all_10040_former_communes_lead_to_present_units() -> None:
    former = load_former_communes()
    present = {commune.code for commune in TERRITORY.communes}
    assert len(former) == 10_040
    assert all(each.present_codes and present.issuperset(each.present_codes) for each in former)


def test_predecessors_and_former_districts_agree_with_the_former_communes() -> None:
    count: Counter[str] = Counter()
    districts: dict[str, set[str]] = {}
    for former in load_former_communes():
        for code in former.present_codes:
            count[code] += 1
            districts.setdefault(code, set()).add(former.district)
    for commune in TERRITORY.communes:
        assert commune.predecessors == count[commune.code]
        assert set(commune.former_districts) == districts[commune.code]


def test_the_parts_of_former_communes_make_up_the_present_units() -> None:
    people: Counter[str] = Counter()
    area_km2: Counter[str] = Counter()
    for former in load_former_communes():
        for part in former.parts:
            people[part.present_code] += part.population
            area_km2[part.present_code] += part.area_km2  # type: ignore[assignment]
            assert part.area_km2 > 0
    for commune in TERRITORY.communes:
        assert people[commune.code] == commune.population
        # The table rounds every part to 0.01 square kilometres.
        assert area_km2[commune.code] == pytest.approx(
            commune.area_km2, abs=0.005 * (commune.predecessors + 1)
        )


def test_people_are_spread_evenly_over_the_former_communes_of_a_unit() -> None:
    parts: dict[str, list[tuple[int, float]]] = {}
    for former in load_former_communes():
        for part in former.parts:
            parts.setdefault(part.present_code, []).append((part.population, 1 / len(former.parts)))
    for commune in TERRITORY.communes:
        weight = sum(each for _, each in parts[commune.code])
        for population, each in parts[commune.code]:
            assert population == pytest.approx(commune.population * each / weight, abs=1)


def test_a_former_commune_lies_near_one_of_its_present_ones() -> None:
    for former in load_former_communes():
        present = [TERRITORY.commune(code) for code in former.present_codes]
        distances = great_circle_km(
            former.latitude, former.longitude, [c.latitude for c in present], [c.longitude for c in present]
        )
        within = [max(5.0, 3 * math.sqrt(c.area_km2 / math.pi)) + 0.01 for c in present]
        assert (distances <= within).any(), former


def test_former_districts_and_provinces_have_one_code_each() -> None:
    former = load_former_communes()
    assert len({each.district_code for each in former}) == 696
    assert len({each.province_code for each in former}) == 63
    assert (
        len({(each.district_code, each.district, each.province_code, each.province) for each in former})
        == 696
    )


def test_63_former_provinces_became_34() -> None:
    former = [name for province in TERRITORY.provinces for name in province.former_provinces]
    assert len(former) == len(set(former)) == 63
    assert set(find_province("Quảng Ngãi").former_provinces) == {"Kon Tum", "Quảng Ngãi"}


# Population


def test_commune_populations_add_up_exactly_to_the_official_province_totals() -> None:
    for province in TERRITORY.provinces:
        assert sum(each.population for each in TERRITORY.communes_of(province.code)) == province.population
    assert sum(province.population for province in TERRITORY.provinces) == pytest.approx(112.1e6, rel=1e-3)
    assert find_province("Quảng Ngãi").population == 2_161_800


def test_population_that_ships_is_marked_as_an_estimate() -> None:
    assert all(commune.population_is_estimate for commune in TERRITORY.communes)


def test_mainland_estimates_follow_the_documented_formula() -> None:
    def weight(code: str) -> float:
        commune = TERRITORY.commune(code)
        ward = commune.kind == "ward"
        area_factor = commune.area_km2 ** (-0.05 if ward else -0.31)
        return math.exp(-0.76 * ward) * area_factor * commune.predecessors**0.82

    for province in TERRITORY.provinces:
        mainland = [each for each in TERRITORY.communes_of(province.code) if each.kind != "special_zone"]
        total = sum(each.population for each in mainland)
        weights = math.fsum(weight(each.code) for each in mainland)
        for commune in mainland:
            # Areas are rounded to 0.01 square kilometres in the table.
            assert commune.population == pytest.approx(
                total * weight(commune.code) / weights, rel=1e-3, abs=1
            )


def test_estimates_are_within_a_factor_of_three_of_published_populations() -> None:
    estimates = [
        *communes_named("Trương Quang Trọng", "An Phú", province="Quảng Ngãi"),
        *communes_named("Bà Điểm", "An Phú Đông", "Bến Thành", "Vũng Tàu", province="Hồ Chí Minh"),
        *communes_named("Kiến An", "Phù Liễn", province="Hải Phòng"),
    ]
    published = [49_000, 71_000, 204_000, 179_000, 72_000, 117_000, 67_000, 61_000]
    errors = [abs(math.log(estimate / true)) for estimate, true in zip(estimates, published, strict=True)]
    assert max(errors) < math.log(3)
    assert statistics.median(errors) < math.log(2)


# Labels


def test_every_label_is_documented_and_used() -> None:
    assert {label for commune in TERRITORY.communes for label in commune.labels} == set(LABELS)


def test_one_label_tells_the_kind_and_one_the_relief() -> None:
    kind_label = {"commune": "rural", "ward": "urban", "special_zone": "special_zone"}
    for commune in TERRITORY.communes:
        assert commune.labels & {"rural", "urban", "special_zone"} == {kind_label[commune.kind]}
        assert len(commune.labels & {"mountain", "lowland", "island"}) == 1
        assert commune.kind != "special_zone" or "island" in commune.labels


def test_mountain_units_of_quang_ngai_are_the_five_districts_and_former_kon_tum() -> None:
    high = {"Huyện Ba Tơ", "Huyện Minh Long", "Huyện Sơn Hà", "Huyện Sơn Tây", "Huyện Trà Bồng"}
    for commune in TERRITORY.communes_of("51"):
        expected = set(commune.former_districts) <= high or commune.former_provinces == ("Kon Tum",)
        assert ("mountain" in commune.labels) == expected, commune.full_name


def test_remote_means_50_km_or_more_from_the_seat() -> None:
    for province in TERRITORY.provinces:
        communes = TERRITORY.communes_of(province.code)
        latitudes, longitudes = [c.latitude for c in communes], [c.longitude for c in communes]
        distances = great_circle_km(province.latitude, province.longitude, latitudes, longitudes)
        for commune, distance in zip(communes, distances, strict=True):
            # The table rounds centres to about a metre.
            assert abs(distance - 50) < 0.01 or ("remote" in commune.labels) == (distance >= 50)


# Names


@given(PROVINCES)
def test_a_province_is_found_by_every_way_of_writing_its_name(province: Province) -> None:
    for text in (province.name, province.full_name, province.ascii_name, province.slug, province.code):
        for written in (text, text.upper(), f"  {text.lower()} ", unicodedata.normalize("NFD", text)):
            assert find_province(written) is province


@pytest.mark.parametrize("text", ["TP. Hồ Chí Minh", "TP.HCM", "tp hcm", "Sài Gòn", "ho chi minh city"])
def test_common_names_of_ho_chi_minh_city_are_understood(text: str) -> None:
    assert find_province(text).code == "79"


@given(COMMUNES)
def test_a_commune_is_found_by_its_full_name_within_its_province(commune: Commune) -> None:
    for text in (
        commune.full_name,
        commune.full_name.upper(),
        unicodedata.normalize("NFD", commune.full_name),
    ):
        assert find_commune(text, commune.province_code) is commune
    assert find_commune(commune.code) is commune


@given(COMMUNES)
def test_a_commune_without_diacritics_is_found_or_its_rivals_are_named(commune: Commune) -> None:
    try:
        assert find_commune(commune.ascii_name, commune.province_code) is commune
    except UnknownPlace as error:
        rivals = [find_commune(name, commune.province_code) for name in error.nearest]
        assert commune in rivals and len(rivals) > 1
        assert len({without_diacritics(rival.name).lower() for rival in rivals}) == 1


@pytest.mark.parametrize(
    ("text", "province", "full_name"),
    [
        ("truong quang trong", "quang ngai", "Phường Trương Quang Trọng"),
        ("P. Trương Quang Trọng", None, "Phường Trương Quang Trọng"),
        ("an phu", "Quảng Ngãi", "Xã An Phú"),
        ("An Phú, Quảng Ngãi", None, "Xã An Phú"),
        ("Xa Dung", "Điện Biên", "Xã Xa Dung"),
        ("dac khu ly son", None, "Đặc khu Lý Sơn"),
        ("Phú Quí", None, "Đặc khu Phú Quý"),
        ("Ea H’leo", "Đắk Lắk", "Xã Ea H'Leo"),
        ("Hoà Thịnh", None, "Xã Hòa Thịnh"),
        ("Sơn Hạ", "Quảng Ngãi", "Xã Sơn Hạ"),
    ],
)
def test_spellings_of_communes_are_understood(text: str, province: str | None, full_name: str) -> None:
    assert find_commune(text, province).full_name == full_name


@pytest.mark.parametrize(
    ("text", "province", "answer"),
    [
        ("son ha", "Quảng Ngãi", ("Xã Sơn Hà", "Xã Sơn Hạ")),
        ("Trương Quang Tron", "Quảng Ngãi", ("Phường Trương Quang Trọng",)),
        ("Di Lăng", "Quảng Ngãi", ("Xã Sơn Hà",)),
    ],
)
def test_an_unclear_or_former_commune_gets_the_names_that_would_do(
    text: str, province: str, answer: tuple[str, ...]
) -> None:
    with pytest.raises(UnknownPlace) as caught:
        find_commune(text, province)
    assert caught.value.nearest == answer


def test_a_wrong_type_leads_to_the_unit_of_that_name() -> None:
    with pytest.raises(UnknownPlace) as caught:
        find_commune("Xã Lý Sơn", "Quảng Ngãi")
    assert caught.value.nearest[0] == "Đặc khu Lý Sơn"


def test_a_name_used_in_several_provinces_asks_for_the_province() -> None:
    with pytest.raises(UnknownPlace) as caught:
        find_commune("Tân Hiệp")
    assert len(caught.value.nearest) > 1
    assert all(find_commune(answer).name == "Tân Hiệp" for answer in caught.value.nearest)


@pytest.mark.parametrize(("text", "answer"), [("Kon Tum", "Quảng Ngãi"), ("Quang Ngaii", "Quảng Ngãi")])
def test_an_unknown_or_former_province_gets_the_one_that_is_meant(text: str, answer: str) -> None:
    with pytest.raises(UnknownPlace) as caught:
        find_province(text)
    assert caught.value.nearest[0] == answer


@given(st.text(max_size=200))
def test_any_text_is_a_place_or_an_unknown_place(text: str) -> None:
    for find in (find_province, lambda name: find_commune(name, "Quảng Ngãi")):
        try:
            assert find(text).code
        except UnknownPlace as error:
            assert len(str(error)) < 1000


# Distance


def test_distance_agrees_with_a_quarter_of_the_earths_circumference() -> None:
    assert float(great_circle_km(0, 0, 90, 0)) == pytest.approx(6371.0088 * math.pi / 2)
    assert float(great_circle_km(10, 20, -10, -160)) == pytest.approx(6371.0088 * math.pi)


@given(COMMUNES, COMMUNES, COMMUNES)
def test_distances_are_a_metric(a: Commune, b: Commune, c: Commune) -> None:
    matrix = distance_matrix_km([p.latitude for p in (a, b, c)], [p.longitude for p in (a, b, c)])
    np.testing.assert_allclose(matrix, matrix.T)
    assert (np.diag(matrix) == 0).all()
    assert matrix[0, 2] <= matrix[0, 1] + matrix[1, 2] + 1e-9


# Listing and making


def test_the_listing_shows_every_province_or_every_commune_of_one() -> None:
    assert sum(row["units"] for row in territory_rows()) == 3321
    rows = territory_rows("quang ngai")
    assert len(rows) == 96
    assert sum(row["population"] for row in rows) == find_province("51").population
    with pytest.raises(UnknownPlace):
        territory_rows("Atlantis")


@pytest.mark.skipif(
    importlib.util.find_spec("vietnamadminunits") is None, reason="vietnamadminunits is not installed"
)
def test_making_the_tables_again_gives_the_same_bytes(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tools.make_gazetteer", "--output", str(tmp_path)]
    subprocess.run(command, cwd=root, check=True)
    for name in ("communes.csv", "provinces.csv", "former_communes.csv"):
        assert (tmp_path / name).read_bytes() == (DATA_FOLDER / name).read_bytes()
