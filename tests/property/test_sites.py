"""Sites of a scenario and what `where:` chooses among them."""

from pathlib import Path

import numpy as np
import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.reader import load_text
from sim.scenario.schema import Scenario, Selection
from sim.world.build import build
from sim.world.mistakes import Mistakes
from sim.world.selecting import Selector, selector_of
from sim.world.sites import CENTRE_CODE
from tests.support.tiny_scenario import tiny_scenario

QUANG_NGAI = {"provinces": ["quang ngai"]}


def selector(territory: dict[str, object]) -> Selector:
    scenario = tiny_scenario(territory=territory)
    return selector_of(scenario, Mistakes(scenario))


def chosen_names(finder: Selector, **where: object) -> list[str]:
    mask = finder.select(Selection.model_validate(where), ("where",))
    return [site.name for site, is_chosen in zip(finder.sites.all, mask, strict=True) if is_chosen]


def test_a_province_comes_with_all_its_communes_below_the_centre() -> None:
    sites = selector(QUANG_NGAI).sites
    assert [len(sites.of_level(level)) for level in ("centre", "province", "commune")] == [1, 1, 96]
    codes = [site.code for site in sites.all]
    assert codes[:2] == [CENTRE_CODE, "51"]
    assert codes[2:] == sorted(codes[2:])
    assert sites.parent.tolist() == [-1, 0, *[1] * 96]
    assert sites.at_level[50].tolist() == [0, 1, -1, 50, -1]
    assert sites.at_level[1].tolist() == [0, 1, -1, -1, -1]


def test_population_of_the_sites_above_is_that_of_their_communes() -> None:
    sites = selector(QUANG_NGAI).sites
    assert sites.population[1] == sites.population[2:].sum() == sites.population[0]
    assert sites.population[1] == pytest.approx(2_161_800, rel=1e-3)


def test_made_up_communes_have_names_population_and_area() -> None:
    sites = selector({"synthetic": {"provinces": 2, "communes_per_province": 5, "area_km2": 25}}).sites
    assert len(sites.all) == 1 + 2 + 10
    assert sites.all[-1].name == "Commune 0010"
    assert sites.all[-1].province == "Province 2"
    places = {(site.latitude, site.longitude) for site in sites.all[3:]}
    assert len(places) == 10


def test_selections_narrow_by_every_condition_given() -> None:
    finder = selector(QUANG_NGAI | {"labels": {"pilot": ["An Phú", "Cẩm Thành"]}})
    assert len(chosen_names(finder)) == 98
    assert len(chosen_names(finder, levels=["commune"])) == 96
    assert chosen_names(finder, kinds=["special_zone"]) == ["Lý Sơn"]
    assert chosen_names(finder, labels=["pilot"], kinds=["ward"]) == ["Cẩm Thành"]
    assert sorted(chosen_names(finder, any_label=["pilot", "special_zone"])) == [
        "An Phú",
        "Cẩm Thành",
        "Lý Sơn",
    ]
    assert len(chosen_names(finder, provinces=["Tỉnh Quảng Ngãi"])) == 97
    assert chosen_names(finder, labels=["pilot"], **{"not": {"names": ["an phu"]}}) == ["Cẩm Thành"]


@pytest.mark.parametrize(
    "written", ["Trương Quang Trọng", "truong quang trong", "P. Trương Quang Trọng", "21172"]
)
def test_communes_are_found_with_and_without_diacritics_prefix_and_by_code(written: str) -> None:
    assert chosen_names(selector(QUANG_NGAI), names=[written]) == ["Trương Quang Trọng"]


def test_only_keeps_the_chosen_communes_and_the_sites_above_them() -> None:
    sites = selector(QUANG_NGAI | {"only": {"kinds": ["ward"]}}).sites
    assert {site.kind for site in sites.all} == {"centre", "province", "ward"}
    assert sites.population[1] == sites.population[2:].sum()


SCENARIO = """
name: tiny
period: {start: 2025-07-07, end: 2025-07-20}
seed: 1
territory:
  provinces: [Quảng Ngãi]
calendars: {office: {weekly: {mon-fri: ["07:30-11:30"]}}}
official_calendar: office
pools:
  reception: {level: commune, headcount: 2, calendar: office}
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


def written(found: str, replacement: str, folder: Path | None = None) -> Scenario:
    assert found in SCENARIO
    return load_text(SCENARIO.replace(found, replacement), folder or ".").base


CASES = "headcount: 2, cases: [{where: %s, headcount: 1}]"

MISTAKES = [
    ("[Quảng Ngãi]", "[Quảng Ngái Bình]", ("no province", "territory.provinces[1]")),
    ("[Quảng Ngãi]", "[Kon Tum]", ("Quảng Ngãi",)),
    ("[Quảng Ngãi]", "[Quảng Ngãi, quang_ngai]", ("twice",)),
    ("headcount: 2", CASES % "{names: [An Phu Dong]}", ("An Phú Đông", "cases[1].where.names[1]", ":10:")),
    (
        "headcount: 2",
        CASES % "{names: [An Phu Dong]}",
        ("An Phú Đông, Hồ Chí Minh exists but is not in this",),
    ),
    ("headcount: 2", CASES % "{names: [Cam Thanhh]}", ("did you mean Phường Cẩm Thành",)),
    ("headcount: 2", CASES % "{labels: [montain]}", ('did you mean "mountain"?',)),
    ("headcount: 2", CASES % "{provinces: [Huế]}", ("not in this scenario", "one of Quảng Ngãi")),
    ("[Quảng Ngãi]", "[Quảng Ngãi]\n  only: {labels: [urban, rural]}", ("no commune is left",)),
    ("[Quảng Ngãi]", "[Quảng Ngãi]\n  labels: {pilot: [Nowhere]}", ("Nowhere", "territory.labels.pilot")),
]


@pytest.mark.parametrize(("found", "replacement", "words"), MISTAKES)
def test_what_does_not_fit_the_territory_is_told_with_its_place(
    found: str, replacement: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(ScenarioError) as caught:
        build(written(found, replacement))
    for word in words:
        assert word in caught.value.render()


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        build(written("headcount: 2", CASES % "{names: [Nowhere, Neverland], labels: [montain]}"))
    assert len(caught.value.mistakes) == 3


def test_headcounts_come_from_a_table_and_every_site_needs_a_row(tmp_path: Path) -> None:
    table = tmp_path / "posts.csv"
    everybody = selector(QUANG_NGAI).sites.all[2:]
    rows = [f"{site.code},{number}" for number, site in enumerate(everybody)]
    table.write_text("\n".join(["site,headcount", *rows]), encoding="utf-8")
    scenario = written("headcount: 2", "headcount: {csv: posts.csv}", tmp_path)
    assert build(scenario).world.pools["capacity"].tolist() == list(range(96))
    table.write_text("\n".join(["site,headcount", *rows[2:]]), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"no row for .* and 1 more"):
        build(written("headcount: 2", "headcount: {csv: posts.csv}", tmp_path))


def test_rows_of_a_table_with_unknown_or_repeated_sites_are_told_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(
        "site,inhabitants\nAn Phú,71000\nan phu,5\nNeverland,3\nBến Thành,9\n", encoding="utf-8"
    )
    with pytest.raises(ScenarioError) as caught:
        build(written("[Quảng Ngãi]", "[Quảng Ngãi]\n  population_csv: people.csv", tmp_path))
    found = {(mistake.line, "twice" in mistake.found) for mistake in caught.value.mistakes}
    assert found == {(3, True), (4, False)}


def test_the_planners_population_replaces_the_estimate(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("site,inhabitants\nAn Phú,71000\n", encoding="utf-8")
    built = build(written("[Quảng Ngãi]", "[Quảng Ngãi]\n  population_csv: people.csv", tmp_path))
    known = [site for site in built.sites.all if site.level == "commune" and not site.population_is_estimate]
    assert [(site.name, site.population) for site in known] == [("An Phú", 71000)]
    mean = built.world.streams["per_day"][built.world.streams["site"] == built.sites.index_of[known[0].code]]
    assert mean.tolist() == [142.0]


def test_headcounts_by_population_stay_within_their_bounds() -> None:
    rule = {"inhabitants_per_post": 9000, "at_least": 2, "at_most": 7}
    built = build(
        tiny_scenario(
            territory=QUANG_NGAI,
            pools__reception__headcount=rule,
            pools__reception__cases=[{"where": {"kinds": ["special_zone"]}, "headcount": 9}],
        )
    )
    pools = built.world.pools[built.world.pools["role"] == 0]
    for site, people in pools[["site", "capacity"]].tolist():
        place = built.sites.all[site]
        posts = int(np.ceil(place.population / 9000))
        assert people == (9 if place.kind == "special_zone" else max(2, min(7, posts)))
