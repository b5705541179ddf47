"""Conditions of ways on as bits: traits of procedures, and traits that a stream gives all its dossiers."""

import numpy as np
from numpy.typing import NDArray

from sim.scenario.errors import PathInScenario
from sim.scenario.schema import FILED_ELSEWHERE, LATE, Branch, Condition, Scenario, Selection, Step
from sim.scenario.schema.flow import MOST_STREAM_CONDITIONS
from sim.world.arrays import TRAIT_ELSEWHERE, TRAIT_LATE, Records
from sim.world.selecting import Mask, Selector

STATE_BITS = {LATE: TRAIT_LATE, FILED_ELSEWHERE: TRAIT_ELSEWHERE}
FIRST_STREAM_BIT = 62 - MOST_STREAM_CONDITIONS
"""Bits below are traits of the procedure; from here on those of streams, then the two of the state."""


class ConditionBits:
    """The bit of every condition that the procedures of a scenario name."""

    def __init__(self, scenario: Scenario) -> None:
        self._traits = {
            name: {trait: 1 << bit for bit, trait in enumerate(procedure.traits)}
            for name, procedure in scenario.procedures.items()
        }
        self._streams = {
            condition: 1 << (FIRST_STREAM_BIT + bit)
            for bit, condition in enumerate(_stream_conditions(scenario))
        }

    def of_trait(self, procedure: str, trait: str) -> int:
        """Bit of a trait that a procedure gives its dossiers."""
        return self._traits[procedure][trait]

    def of_branch(self, procedure: str, branch: Branch) -> tuple[int, int]:
        """Traits that a dossier must have to take a branch, and traits that it must not have, as masks."""
        masks = [
            sum(1 << bit for bit in {self._of(procedure, each).bit_length() - 1 for each in conditions})
            for conditions in (branch.when, branch.unless)
        ]
        return masks[0], masks[1]

    def _of(self, procedure: str, condition: Condition) -> int:
        if condition.trait is None:
            return self._streams[condition]
        return STATE_BITS.get(condition.trait) or self.of_trait(procedure, condition.trait)


def stream_traits(scenario: Scenario, selector: Selector, streams: Records) -> NDArray[np.uint64]:
    """Traits that all dossiers of each stream have, by its channel and its site: shape (streams,)."""
    masks = np.zeros(len(streams), dtype=np.uint64)
    for bit, (condition, path) in enumerate(_stream_conditions(scenario).items()):
        if condition.where is not None:
            holds = homes_in(selector, condition.where, (*path, "where"))[streams["site"]]
        else:
            named = [channel in (condition.channels or ()) for channel in scenario.channels]
            holds = np.array(named)[streams["channel"]]
        masks[holds] |= np.uint64(1 << (FIRST_STREAM_BIT + bit))
    return masks


def homes_in(selector: Selector, where: Selection, path: PathInScenario) -> Mask:
    """The sites where citizens live whose area is in a selection: shape (sites,)."""
    sites = selector.sites
    chosen = np.zeros(len(sites.all), dtype=np.bool_)
    chosen[sites.homes] = selector.select_homes(where, path)
    return chosen


def _stream_conditions(scenario: Scenario) -> dict[Condition, PathInScenario]:
    """All conditions by channel or site, each with the first path at which it is written."""
    found: dict[Condition, PathInScenario] = {}
    for name, procedure in scenario.procedures.items():
        _add_conditions(found, procedure.steps, ("procedures", name, "steps"))
        for version, form in procedure.versions.items():
            _add_conditions(found, form.steps, ("procedures", name, "versions", version, "steps"))
    return found


def _add_conditions(
    found: dict[Condition, PathInScenario], steps: dict[str, Step], path: PathInScenario
) -> None:
    for name, step in steps.items():
        for place, branch in enumerate(step.next):
            for key, conditions in (("when", branch.when), ("unless", branch.unless)):
                for number, condition in enumerate(conditions):
                    if condition.trait is None:
                        found.setdefault(condition, (*path, name, "next", place, key, number))
