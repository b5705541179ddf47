"""Every example of the page on people and procedures is a scenario that loads, builds and has no mistake."""

import pytest

from sim.scenario.reader import load_text
from sim.world.build import build
from tests.support.page_examples import blocks, page, rules_named, rules_of_model, scenario_text

PAGE = page("people-and-procedures.md")
EXAMPLES = blocks(PAGE)


def test_every_rule_about_people_and_procedures_has_an_example() -> None:
    rules = rules_of_model(r"M[678]\.\d+")
    assert len(rules) == 38
    assert not set(rules) - rules_named(PAGE)
    assert len(EXAMPLES) > 20


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_an_example_is_a_scenario(place: int) -> None:
    build(load_text(scenario_text(EXAMPLES[place])).base)
