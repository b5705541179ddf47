"""Every example of the page on phases is a scenario that loads, builds and has no mistake."""

import pytest

from sim.scenario.reader import load_text
from sim.scenario.schema import PhaseContent
from sim.world.build import build
from tests.support.page_examples import blocks, page, scenario_text

EXAMPLES = blocks(page("phases.md"))


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_an_example_is_a_scenario(place: int) -> None:
    for scenario in load_text(scenario_text(EXAMPLES[place])).scenarios.values():
        build(scenario)


def test_all_that_a_phase_may_hold_has_an_example() -> None:
    sections = set(PhaseContent.model_fields)
    assert {name for name in sections if any(f"{name}: {{" in each for each in EXAMPLES)} | {
        name for name in sections if any(f"{name}:\n" in each for each in EXAMPLES)
    } == sections
