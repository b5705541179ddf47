"""The two engines on scenarios drawn at random, with their outages: all is the same."""

from hypothesis import given, settings

from sim.engine.verify import verify
from sim.scenario.schema import Scenario
from sim.world.build import build
from tests.support.played import control_of
from tests.support.random_scenarios import scenarios


@settings(max_examples=20)
@given(scenarios())
def test_both_engines_play_any_scenario_alike(scenario: Scenario) -> None:
    built = build(scenario)
    outcome = verify(built.world, scenario.seed, 0, control_of(built, scenario.seed), built.names)
    assert outcome.first_difference is None
