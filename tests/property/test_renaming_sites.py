"""Other names of sites change no bit of a study: chance goes by codes, and a name is only what is read.

The territory of the study is the gazetteer of one province, written anew with other names; where the study
names sites it names them by the new ones.
"""

import random
import re
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim.analysis.summary import Summary
from sim.study import Results
from sim.world.build import Built, build
from tests.support.command import FIXTURES
from tests.support.other_sites import Rename, gazetteer_of, names_in, renamed_gazetteer
from tests.support.results import equal_part
from tests.support.tiny_scenario import tiny_scenario

QUANG_NGAI = gazetteer_of("51")
WARDS = ("Cẩm Thành", "Nghĩa Lộ", "Trương Quang Trọng")
NAMED = re.compile("|".join(("Quảng Ngãi", *WARDS)))
STUDY = """
name: three_wards
extends: three_wards.yaml
pools:
  reception:
    absences: {sick: {per_person_and_year: 30, lasts: 2 days}}
    departures: {per_post_and_year: 300 %, hired_after: 5 days, newcomer_speed: 70 %, newcomer_for: 9 days}
demand:
  filing_elsewhere:
    - {where: {names: [Cẩm Thành]}, share: 30 %, choose: least_loaded}
    - {share: 20 %, choose: ward_near_work}
outages:
  power_cuts:
    where: {names: ["Trương Quang Trọng, Quảng Ngãi"]}
    links: [commune_line, mobile_backup]
    random:
      time_between_failures: {exponential: {mean: 2 days}}
      time_to_repair: {exponential: {mean: 5 h}}
changes:
  one_more: {at: 2025-07-09, where: {communes: [Nghĩa Lộ]}, pool: specialist, headcount: {add: 1}}
"""
"""Everything else that belongs to one site: people who are away, a change, an outage, filing elsewhere."""


def other_names(name: str) -> str:
    """Another name for every place, in another order of the alphabet."""
    return OTHER_NAME[name]


def swapped(name: str) -> str:
    """The names of two wards, the one for the other; all other places keep theirs."""
    return {"Cẩm Thành": "Nghĩa Lộ", "Nghĩa Lộ": "Cẩm Thành"}.get(name, name)


def _other_name() -> dict[str, str]:
    names = sorted(names_in(QUANG_NGAI))
    numbers = random.Random(1).sample(range(len(names)), k=len(names))
    return {name: f"Nơi số {number:04d}" for name, number in zip(names, numbers, strict=True)}


OTHER_NAME = _other_name()


def study_in(folder: Path, rename: Rename) -> Path:
    """The study, in which sites are selected by other names."""
    folder.mkdir()
    texts = {file.name: file.read_text(encoding="utf-8") for file in FIXTURES.glob("*")}
    for file_name, text in {**texts, "study.yaml": STUDY}.items():
        adapted = NAMED.sub(lambda name: rename(name[0]), text)
        (folder / file_name).write_text(adapted, encoding="utf-8")
    return folder / "study.yaml"


def unchanged(name: str) -> str:
    return name


@pytest.fixture(scope="module")
def as_it_is(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Results of the study with the names that the places have."""
    folder = tmp_path_factory.mktemp("names")
    return sim.run(study_in(folder / "study", unchanged), folder / "results")


def run_renamed(folder: Path, rename: Rename, in_study: Rename, **options: Any) -> Results:
    """Results of the study where the places have other names."""
    study = study_in(folder / "study", in_study)
    with renamed_gazetteer(folder / "gazetteer", QUANG_NGAI, rename):
        return sim.run(study, folder / "results", **options)


@pytest.mark.parametrize("rename", [other_names, swapped])
def test_other_names_change_no_bit_of_any_result(tmp_path: Path, as_it_is: Results, rename: Rename) -> None:
    results = run_renamed(tmp_path, rename, in_study=rename)
    expected = equal_part(as_it_is.folder)
    assert equal_part(results.folder) == expected and len(expected) > 30
    before, after = (pq.read_table(each.folder / "base" / "areas.parquet") for each in (as_it_is, results))
    assert [rename(name) for name in before["name"].to_pylist()] == after["name"].to_pylist()


def test_other_names_change_only_labels_in_the_analysis(tmp_path: Path, as_it_is: Results) -> None:
    renamed = run_renamed(tmp_path, other_names, in_study=other_names, alternatives=[])
    before, after, named = as_it_is.summary(), renamed.summary(), 0
    for field in fields(Summary):
        table, other = getattr(before, field.name), getattr(after, field.name)
        if not isinstance(table, pd.DataFrame):
            assert table == other
            continue
        for column in {"name", "province"}.intersection(table.columns):
            table = table.assign(**{column: table[column].map(_label)})
            named += len(table)
        pd.testing.assert_frame_equal(table, other, check_exact=True)
    assert named > 50


def _label(name: str) -> str:
    """The new name of a place; the centre keeps its own, and a sum of all sites has none."""
    return name if name in ("", "Trung ương") else other_names(name)


@pytest.mark.parametrize("rename", [other_names, swapped])
def test_other_names_change_no_bit_in_the_naive_engine(
    tmp_path: Path, as_it_is: Results, rename: Rename
) -> None:
    options: dict[str, Any] = {"alternatives": [], "replications": 1, "engine": "reference"}
    results = run_renamed(tmp_path, rename, in_study=rename, **options)
    expected = equal_part(as_it_is.folder).items()
    first = {path: content for path, content in expected if path.startswith("base/replications/0000")}
    assert equal_part(results.folder) == first and len(first) > 5


def test_a_study_goes_by_the_names_that_it_writes(tmp_path: Path, as_it_is: Results) -> None:
    """So the results above are the same because the study was adapted, not because it names nothing."""
    results = run_renamed(tmp_path, swapped, in_study=unchanged, alternatives=[], replications=1)
    flow = "base/replications/0000/flow.parquet"
    assert equal_part(results.folder)[flow] != equal_part(as_it_is.folder)[flow]


@pytest.mark.parametrize(
    "structure", [{}, {"citizens_live_in": "former_communes"}, {"structure": "four_level"}]
)
@pytest.mark.parametrize("rename", [other_names, swapped])
def test_other_names_change_nothing_in_the_world_that_engines_and_control_see(
    tmp_path: Path, rename: Rename, structure: Mapping[str, str]
) -> None:
    before = whole_province(structure, unchanged)
    with renamed_gazetteer(tmp_path / "gazetteer", QUANG_NGAI, rename):
        after = whole_province(structure, rename)
    names = [site.name for site in before.sites.all[1:]]
    assert [site.name for site in after.sites.all[1:]] == [rename(name) for name in names]
    assert len(before.world.site_key) > 97
    for part in ("world", "control_plan", "names"):
        assert same(getattr(before, part), getattr(after, part)), part


def whole_province(structure: Mapping[str, str], rename: Rename) -> Built:
    """A study of all communes, of today or of former times, with everything that has a key."""
    network = {"line": {"from": "commune", "to": "province", "bandwidth": "200 Mbps"}}
    failing = {"exponential": {"mean": "9 days"}}
    outage = {"links": ["line"], "random": {"time_between_failures": failing, "time_to_repair": failing}}
    labels = {"pilot": [rename(ward) for ward in WARDS]}
    four_level = "structure" in structure
    return build(
        tiny_scenario(
            territory={"provinces": [rename("Quảng Ngãi")], "labels": labels, **structure},
            network={} if four_level else network,
            outages={} if four_level else {"faults": outage},
            pools__reception__absences={"sick": {"per_person_and_year": 5, "lasts": "2 days"}},
            pools__reception__departures={"per_post_and_year": "20 %", "hired_after": "40 days"},
            demand__filing_elsewhere=[{"share": "5 %", "choose": "least_loaded"}],
            demand__day_to_day_variation=0.2,
            procedures__permit__rate__cases=[{"where": {"labels": ["pilot"]}, "factor": 1.5}],
        )
    )


def same(one: Any, other: Any) -> bool:
    """Whether two things made of tuples, dataclasses, mappings and arrays hold the same values."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if is_dataclass(one):
        return all(same(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))
    if isinstance(one, tuple | list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, Mapping):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return bool(one == other)
