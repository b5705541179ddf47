"""Rules and processes of one's own, by the names under which a scenario refers to them."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from sim.control.dispatch import RULES, DispatchRule
from sim.control.environment import Steered, Steps
from sim.control.own_steering import OwnSteering
from sim.world.own_plan import OwnNames

OwnProcess = Callable[[Steered, OwnSteering, Mapping[str, Any]], Steps]
"""A generator function of environment, steering and the parameters of the scenario."""


@dataclass(frozen=True)
class Extensions:
    """What a researcher adds to the program for one call; nothing is registered anywhere else.

    `dispatch` are rules for mobile teams (`sim.control.dispatch`), `processes` generator functions of
    environment, steering (`sim.control.own_steering`) and parameters. ValueError for the name of a rule that
    comes with the program; TypeError for anything but functions, because results note their source.
    """

    dispatch: Mapping[str, DispatchRule] = field(default_factory=dict)
    processes: Mapping[str, OwnProcess] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, function in self.functions.items():
            if not inspect.isfunction(function):
                raise TypeError(f"{name} is {function!r}; write it as a function")
        for name in set(self.dispatch) & set(RULES):
            raise ValueError(f"the program has a dispatch rule {name}; choose another name")
        for name, process in self.processes.items():
            if not inspect.isgeneratorfunction(process):
                raise TypeError(f"process {name} never waits; it needs a yield")

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """All functions, by what they are and their name."""
        rules = {f"dispatch.{name}": rule for name, rule in self.dispatch.items()}
        return MappingProxyType(rules | {f"processes.{name}": each for name, each in self.processes.items()})

    @property
    def names(self) -> OwnNames:
        """The names that a scenario may use."""
        return OwnNames(tuple(self.dispatch), tuple(self.processes))

    @property
    def rules(self) -> Mapping[str, DispatchRule]:
        """These dispatch rules and those that come with the program."""
        return {**RULES, **self.dispatch}

    def only(self, dispatch: set[str], processes: set[str]) -> "Extensions":
        """Those of some names."""
        return Extensions(
            {name: rule for name, rule in self.dispatch.items() if name in dispatch},
            {name: each for name, each in self.processes.items() if name in processes},
        )


NO_EXTENSIONS = Extensions()
