"""Every example of the page on people and procedures is a scenario that loads, builds and has no mistake."""

import re
from pathlib import Path

import pytest

from sim.scenario.reader import load_text
from sim.world.build import build

PAGE = Path(__file__).resolve().parents[2] / "docs" / "people-and-procedures.md"
EXAMPLES = re.findall(
    r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
)
HEAD = """
name: example
extends: haicap:two_level
period: {start: 2025-07-01, end: 2025-12-31}
seed: 1
"""
LAND = "territory: {provinces: [Quảng Ngãi]}\n"


def rules_of_people_and_procedures() -> list[str]:
    """Numbers of the rules of sections 6 to 8 of the model."""
    register = (PAGE.parent / "model.md").read_text(encoding="utf-8")
    return re.findall(r"^- \*\*(M[678]\.\d+)\*\*", register, re.MULTILINE)


def test_every_rule_about_people_and_procedures_has_an_example() -> None:
    named = set(re.findall(r"M\d+\.\d+", PAGE.read_text(encoding="utf-8")))
    assert len(rules_of_people_and_procedures()) == 38
    assert not set(rules_of_people_and_procedures()) - named
    assert len(EXAMPLES) > 20


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_an_example_is_a_scenario(place: int) -> None:
    example = EXAMPLES[place]
    land = "" if "territory:" in example else LAND
    build(load_text(HEAD + land + example).base)
