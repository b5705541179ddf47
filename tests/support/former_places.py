"""Made-up land with former communes and districts, and worlds built on a territory."""

from sim.world.build import Built, build
from sim.world.mistakes import Mistakes
from sim.world.selecting import Selector, selector_of
from tests.support.tiny_scenario import tiny_scenario

SYNTHETIC: dict[str, object] = {
    "synthetic": {
        "provinces": 2,
        "communes_per_province": 5,
        "former_communes": 3,
        "communes_per_district": 2,
    }
}


def built(territory: dict[str, object], **changes: object) -> Built:
    """A tiny scenario on a territory, without lines unless they are given."""
    return build(tiny_scenario(territory=territory, **({"network": {}} | changes)))


def selector(territory: dict[str, object]) -> Selector:
    """What finds the sites of a tiny scenario on a territory."""
    scenario = tiny_scenario(territory=territory)
    return selector_of(scenario, Mistakes(scenario))
