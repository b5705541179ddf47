"""Software systems: their numbers, their hosts and what they need."""

from collections.abc import Iterable
from graphlib import TopologicalSorter

import numpy as np

from sim.scenario.schema import Scenario
from sim.world.control_plan import Systems
from sim.world.mistakes import Mistakes
from sim.world.sites import LEVELS, Sites

MOST_SYSTEMS = 64
"""One bit each in a mask."""


def mask_of(scenario: Scenario, names: Iterable[str]) -> int:
    """Bit mask of some systems."""
    numbers = {name: number for number, name in enumerate(scenario.systems)}
    return sum(1 << numbers[name] for name in set(names))


def systems_of(scenario: Scenario, sites: Sites, mistakes: Mistakes) -> Systems:
    """The systems of a scenario, by number."""
    if len(scenario.systems) > MOST_SYSTEMS:
        mistakes.add(("systems",), f"{len(scenario.systems)} systems", f"at most {MOST_SYSTEMS}")
        mistakes.stop_if_any()
    _require_reachable_needs(scenario, mistakes)
    numbers = {name: number for number, name in enumerate(scenario.systems)}
    needs = tuple(tuple(numbers[each] for each in system.needs) for system in scenario.systems.values())
    hosts = [sites.at_level[:, LEVELS.index(system.hosted_at)] for system in scenario.systems.values()]
    host = np.array(hosts, dtype=np.int32).reshape(len(hosts), len(sites.all))
    order = tuple(TopologicalSorter(dict(enumerate(needs))).static_order())
    return Systems(tuple(scenario.systems), host, needs, order)


def _require_reachable_needs(scenario: Scenario, mistakes: Mistakes) -> None:
    """Notes systems of the centre that need one of the provinces: there is none at the centre (E31)."""
    for name, system in scenario.systems.items():
        for place, needed in enumerate(system.needs):
            if system.hosted_at == "centre" and scenario.systems[needed].hosted_at == "province":
                mistakes.add(
                    ("systems", name, "needs", place),
                    f"{name} is hosted at the centre and needs {needed}, which every province has its own of",
                    "a system that is hosted at the centre",
                )
