"""The four levels of before and the two of now, on the same land and for the same citizens."""

from pathlib import Path

import numpy as np
import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.reader import Study, load_text
from sim.world.arrays import F_ARRIVED
from tests.support.played import played

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
STUDY = """
name: before_and_after
extends: quang_tri_province.yaml
period: {end: 2025-07-06}
replications: 1
alternatives:
  before: {scenario: quang_tri_before.yaml}
"""


def study(text: str = STUDY) -> Study:
    """The study, read beside the shipped ones."""
    return load_text(text, SCENARIOS)


def test_another_scenario_is_an_alternative_on_the_same_land() -> None:
    """It has its own people and levels, and the period, seed and citizens of the study."""
    base, before = study().scenarios.values()
    assert before.period == base.period and before.seed == base.seed and before.name == base.name
    assert before.territory.provinces == base.territory.provinces
    assert before.territory.structure == "four_level" and base.territory.structure == "two_level"
    assert set(before.pools) != set(base.pools)


def test_the_same_citizens_ask_for_the_same_things() -> None:
    now, before = (played(scenario) for scenario in study().scenarios.values())
    assert now.built.names.areas == before.built.names.areas
    filed = [run.table("flow").query("group not in ['certificates', 'inherited']") for run in (now, before)]
    by_area = [table.groupby(["site", "group"])["arrived"].sum() for table in filed]
    assert by_area[0].sum() > 5000
    assert by_area[0].equals(by_area[1])
    assert now.result.tally.flow.shape[0] == before.result.tally.flow.shape[0]
    # All 78 communes but the island of Cồn Cỏ, which has hardly any inhabitants.
    assert np.count_nonzero(before.result.tally.flow[..., F_ARRIVED].sum(axis=(1, 2))) >= 77


@pytest.mark.parametrize(
    ("scenario", "words"),
    [("nowhere.yaml", "there is no such file"), ("../outside.yaml", "outside the scenario's folder")],
)
def test_a_scenario_that_cannot_be_read_is_told_with_its_line(scenario: str, words: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        study(STUDY.replace("quang_tri_before.yaml", scenario))
    assert words in str(raised.value) and ":7:" in str(raised.value)


def test_an_alternative_is_a_patch_or_a_scenario_and_not_both() -> None:
    text = STUDY.replace("before: {", "before: {patch: {demand: {volume_factor: 2}}, ")
    with pytest.raises(ScenarioError, match="exactly one of patch, scenario"):
        study(text)
