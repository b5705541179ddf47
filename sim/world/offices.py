"""Whether offices can be closed in a scenario, so that work waits until they are open again."""

from sim.scenario.schema import Scenario


def offices_can_close(scenario: Scenario) -> bool:
    """Whether some outage or storm closes offices; if none does, no step need wait for them."""
    return scenario.closes_offices
