"""Whether offices can be closed in a scenario, so that work waits until they are open again."""

from sim.scenario.schema import Scenario
from sim.scenario.schema.hits import OFFICES


def offices_can_close(scenario: Scenario) -> bool:
    """Whether some source of outages closes offices; if none does, no step need wait for them."""
    return any(OFFICES in outage.sites for outage in scenario.outages.values())
