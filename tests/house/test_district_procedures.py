"""The table of the 346 district procedures, and that the base haicap:handover does what it says."""

import csv
from functools import cache
from importlib import resources

import pytest

from sim.scenario.reader import load_text
from sim.scenario.schema import Procedure, Scenario

TABLE = resources.files("sim.scenario") / "data" / "district_procedures.csv"
OFFICIAL = {"up": 18, "down": 278, "ended": 50}
"""Procedures of districts by the way they went: decrees of June 2025."""
GROUP = {"up": "moved_up", "down": "moved_down", "ended": "ended"}
LEVEL = {"up": "province", "down": "commune", "ended": "commune"}
BUNDLES = ("other_moved_down", "other_moved_up", "other_ended")


def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))


@cache
def shipped(base: str) -> Scenario:
    text = f"""
name: shipped
extends: haicap:{base}
period: {{start: 2025-05-05, end: 2025-10-31}}
seed: 1
territory: {{provinces: [Huế]}}
"""
    return load_text(text).base


def level_of_signature(procedure: Procedure, version: str) -> str:
    pool = procedure.versions[version].steps["signature"].pool
    assert pool is not None
    return shipped("handover").pools[pool].level


def test_346_procedures_went_up_down_or_ended() -> None:
    counts = dict.fromkeys(OFFICIAL, 0)
    for row in rows():
        counts[row["went"]] += int(row["procedures"])
    assert counts == OFFICIAL
    assert sum(counts.values()) == 346


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["procedure"])
def test_each_is_decided_by_the_district_before_and_where_the_table_says_after(row: dict[str, str]) -> None:
    procedure = shipped("handover").procedures[row["procedure"]]
    assert procedure.group == GROUP[row["went"]]
    before, after, *gone = procedure.versions
    assert before == "in_the_district"
    assert level_of_signature(procedure, before) == "district"
    assert level_of_signature(procedure, after) == LEVEL[row["went"]]
    assert str(procedure.versions[after].at) == "2025-07-01"
    assert [procedure.versions[name].abolished for name in gone] == [True] * (row["went"] == "ended")


def test_no_other_procedure_is_moved() -> None:
    listed = {row["procedure"] for row in rows()}
    procedures = shipped("handover").procedures
    assert {name for name, procedure in procedures.items() if procedure.versions} == listed


@pytest.mark.parametrize("name", sorted({row["procedure"] for row in rows()} - set(BUNDLES)))
def test_after_the_day_a_procedure_of_the_catalogue_is_done_as_in_two_levels(name: str) -> None:
    mine, two_level = shipped("handover").procedures[name], shipped("two_level").procedures[name]
    assert mine.versions["in_the_commune"].steps == two_level.steps
    assert mine.rate == two_level.rate
    assert mine.versions["in_the_commune"].deadline == two_level.deadline


def test_the_bundles_are_asked_for_in_proportion_to_their_procedures() -> None:
    procedures = {row["procedure"]: int(row["procedures"]) for row in rows()}
    each = [
        shipped("handover").procedures[name].rate.per_1000_inhabitants_and_working_day or 0
        for name in BUNDLES
    ]
    for name, rate in zip(BUNDLES, each, strict=True):
        assert rate / procedures[name] == pytest.approx(each[0] / 266, rel=1e-3)


def test_what_communes_do_after_the_day_is_as_much_as_in_two_levels() -> None:
    def rate(base: str, *names: str) -> float:
        found = (shipped(base).procedures[name].rate for name in names)
        return sum(each.per_1000_inhabitants_and_working_day or 0 for each in found)

    handover = rate("handover", "other_procedures", "other_moved_down")
    assert handover == pytest.approx(rate("two_level", "other_procedures"))
    assert set(shipped("handover").procedures) - set(shipped("two_level").procedures) == set(BUNDLES)


def test_nothing_is_assumed_to_be_in_hand_on_the_first_day() -> None:
    assert all(procedure.inherited is None for procedure in shipped("handover").procedures.values())
