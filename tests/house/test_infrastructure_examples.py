"""Every example of the page on infrastructure is a scenario that loads, builds and has no mistake."""

import re
from pathlib import Path

import pytest

from sim.scenario.reader import load_text
from sim.world.build import build

PAGE = Path(__file__).resolve().parents[2] / "docs" / "infrastructure.md"
EXAMPLES = re.findall(
    r"^```yaml\n(.*?)^```", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
)
HEAD = """
name: example
extends: haicap:two_level
period: {start: 2025-07-01, end: 2025-12-31}
seed: 1
territory: {provinces: [Quảng Trị]}
"""


def rules_of_infrastructure() -> list[str]:
    """Numbers of the rules of sections 3 and 4 of the model that are written here."""
    register = (PAGE.parent / "model.md").read_text(encoding="utf-8")
    return re.findall(r"^- \*\*(M(?:3\.(?:8|9|1\d)|4\.\d+))\*\*", register, re.MULTILINE)


def test_every_rule_about_network_and_systems_has_an_example() -> None:
    named = set(re.findall(r"M\d+\.\d+", PAGE.read_text(encoding="utf-8")))
    assert len(rules_of_infrastructure()) >= 19
    assert not set(rules_of_infrastructure()) - named
    assert len(EXAMPLES) >= 15


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_an_example_is_a_scenario(place: int) -> None:
    build(load_text(HEAD + EXAMPLES[place]).base)
