"""Storms that come with the program: `extends: haicap:NAME` in a storm of a scenario."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from sim.scenario.errors import PathInScenario, ScenarioError, at_place, did_you_mean, known_words
from sim.scenario.files import SHIPPED, shipped_text
from sim.scenario.merge import merge, without
from sim.scenario.schema.base import quoted
from sim.scenario.tree import Node, read_tree

LIBRARY: Final = "storms"
"""Name of the shipped file in which they are.

An assumption called `storm_NAME` stands beside each; it comes with the storm into a scenario that uses it."""


def with_shipped_storms(tree: Node) -> Node:
    """A scenario in which every storm that extends a shipped one is laid over it.

    Raises ScenarioError for a storm that does not come with the program."""
    storms = tree.entries.get("storms")
    extending = _extending(storms)
    if storms is None or not extending:
        return tree
    whole, words = dict(storms.entries), dict[str, Node]()
    for name, storm in extending.items():
        shipped = _shipped_name(storm.entries["extends"], ("storms", name, "extends"))
        whole[name] = merge(_library("storms")[shipped], without(storm, "extends"))
        words[f"storm_{shipped}"] = _library("assumptions")[f"storm_{shipped}"]
    known = tree.entries.get("assumptions", Node({}, tree.place))
    assumptions = Node({**words, **known.entries}, known.place)
    return Node({**tree.entries, "assumptions": assumptions, "storms": Node(whole, storms.place)}, tree.place)


def _extending(storms: Node | None) -> dict[str, Node]:
    entries = {} if storms is None else storms.entries
    return {name: storm for name, storm in entries.items() if "extends" in storm.entries}


def _shipped_name(written: Node, path: PathInScenario) -> str:
    known = _library("storms")
    name = written.value.removeprefix(SHIPPED) if isinstance(written.value, str) else ""
    if name not in known or written.value != SHIPPED + name:
        names = [SHIPPED + each for each in known]
        found, near = f"found {quoted(written.plain())}", did_you_mean(str(written.value), names)
        raise ScenarioError([at_place(written.place, path, found, f"one of {known_words(names)}", near)])
    return name


@cache
def _library(section: str) -> Mapping[str, Node]:
    """One section of the shipped file, by name; nothing changes it."""
    return read_tree(shipped_text(LIBRARY), SHIPPED + LIBRARY).entries[section].entries
