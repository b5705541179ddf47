"""Every example of the page on phases is a scenario that loads, builds and has no mistake."""

import re
from pathlib import Path

import pytest

from sim.scenario.reader import load_text
from sim.scenario.schema import PhaseContent
from sim.world.build import build

PAGE = Path(__file__).resolve().parents[2] / "docs" / "phases.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
HEAD = """
name: example
extends: haicap:two_level
period: {start: 2025-07-01, end: 2025-12-31}
seed: 1
"""
ONE_PROVINCE = "territory: {provinces: [Quảng Ngãi]}\n"


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_an_example_is_a_scenario(place: int) -> None:
    head = HEAD if "territory:" in EXAMPLES[place] else HEAD + ONE_PROVINCE
    for scenario in load_text(head + EXAMPLES[place]).scenarios.values():
        build(scenario)


def test_all_that_a_phase_may_hold_has_an_example() -> None:
    sections = set(PhaseContent.model_fields)
    assert {name for name in sections if any(f"{name}: {{" in each for each in EXAMPLES)} | {
        name for name in sections if any(f"{name}:\n" in each for each in EXAMPLES)
    } == sections
