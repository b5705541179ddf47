"""Mistakes that only show when a scenario meets its territory: unknown names, tables that do not fit."""

from sim.scenario.errors import Mistake, PathInScenario, Place, ScenarioError, at_place
from sim.scenario.schema import Scenario
from sim.scenario.translate import place_of


class Mistakes:
    """Collects the mistakes of one scenario, so that all are told at once."""

    def __init__(self, scenario: Scenario) -> None:
        self._places = scenario.places
        self._found: list[Mistake] = []

    def add(self, path: PathInScenario, found: str, expected: str = "", suggestion: str = "") -> None:
        """Notes a mistake in the value at this path of the scenario."""
        self._found.append(at_place(place_of(path, self._places), path, found, expected, suggestion))

    def add_in_table(self, file: str, line: int, found: str, expected: str = "") -> None:
        """Notes a mistake in a row of a table."""
        self._found.append(at_place(Place(file, line, 0), (), found, expected))

    def stop_if_any(self) -> None:
        """Raises ScenarioError with all mistakes noted so far, if there are any."""
        if self._found:
            raise ScenarioError(self._found)
