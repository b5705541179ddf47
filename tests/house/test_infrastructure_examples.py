"""Every example of the page on infrastructure is a scenario that loads, builds and has no mistake."""

import pytest

from sim.scenario.reader import load_text
from sim.world.build import build
from tests.support.page_examples import blocks, page, rules_named, rules_of_model, scenario_text

PAGE = page("infrastructure.md")
EXAMPLES = blocks(PAGE)
RULES = rules_of_model(r"M(?:3\.(?:8|9|1\d)|4\.\d+)")
"""Rules of sections 3 and 4 of the model that are written in a scenario."""


def test_every_rule_about_network_and_systems_has_an_example() -> None:
    assert len(RULES) >= 19
    assert not set(RULES) - rules_named(PAGE)
    assert len(EXAMPLES) >= 15


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_an_example_is_a_scenario(place: int) -> None:
    build(load_text(scenario_text(EXAMPLES[place], "Quảng Trị")).base)
