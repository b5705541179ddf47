"""Repair crews: where they are based, and what they mend."""

import numpy as np
from numpy.typing import NDArray

from sim.scenario.errors import PathInScenario
from sim.scenario.schema import Crew, Scenario
from sim.world.hours import Hours
from sim.world.outage_sources import CrewKind
from sim.world.outage_targets import Numbers, Targets
from sim.world.selecting import Selector


class CrewBook:
    """The crews of a scenario, by number and name."""

    def __init__(self, scenario: Scenario, selector: Selector, hours: dict[str, Hours]) -> None:
        self.kinds = tuple(_kind(name, crew, selector, hours) for name, crew in scenario.crews.items())
        self._number = {kind.name: number for number, kind in enumerate(self.kinds)}

    def number_of(self, name: str | None, components: Numbers, targets: Targets, path: PathInScenario) -> int:
        """Number of a kind of crews, -1 for none; notes components for which no crew is responsible."""
        if name is None:
            return -1
        number = self._number[name]
        sites = np.unique(targets.components.site[components])
        left_out = sites[self.kinds[number].base_of[sites] < 0].tolist()
        if left_out:
            site = targets.selector.sites.all[left_out[0]].full_name
            more = f" and {len(left_out) - 1} more" if len(left_out) > 1 else ""
            found = f"no {name} is based at or above {site}{more}"
            targets.selector.mistakes.add(path, found, f"more bases in crews.{name}.base")
        return number


def _kind(name: str, crew: Crew, selector: Selector, hours: dict[str, Hours]) -> CrewKind:
    path: PathInScenario = ("crews", name, "base")
    bases = np.flatnonzero(selector.select(crew.base, path)).astype(np.int32)
    if not len(bases):
        selector.mistakes.add(path, "no site is chosen", "at least one base")
    return CrewKind(
        name=name,
        bases=bases,
        number=crew.number,
        base_of=nearest_above(bases, selector.sites.parent),
        hours=None if crew.calendar is None else hours[crew.calendar],
        speed_kmh=crew.speed_kmh,
        rule=crew.queue,
    )


def nearest_above(bases: Numbers, parent: NDArray[np.int32]) -> Numbers:
    """Place of the base at a site, or of the next one above it, -1 where there is none: shape (sites,)."""
    found = np.full(len(parent), -1, dtype=np.int32)
    found[bases] = np.arange(len(bases), dtype=np.int32)
    for site, above in enumerate(parent.tolist()):
        if found[site] < 0 and above >= 0:
            found[site] = found[above]
    return found
