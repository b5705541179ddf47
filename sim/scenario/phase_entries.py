"""What phases do, wave by wave, and the tree into which it is written."""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from sim.scenario.errors import PathInScenario, Place
from sim.scenario.merge import merge
from sim.scenario.schema.base import Fault
from sim.scenario.schema.phases import Wave
from sim.scenario.tree import Node


class Entry(NamedTuple):
    """What one wave of a phase does to one thing: a pool, a procedure, a kind of link, a problem."""

    phase: str
    wave: Wave
    where: Node
    name: str
    content: Node
    section: str
    title: Node | None

    @property
    def path(self) -> PathInScenario:
        """Where it is written."""
        return ("phases", self.phase, "change", self.section, self.name)

    def contains(self, other: "Entry") -> bool:
        """Whether it certainly concerns all sites that the other one concerns."""
        mine, theirs = self.where.plain(), other.where.plain()
        if not mine or mine == theirs:
            return True
        own, its = _provinces(self.where), _provinces(other.where)
        rest = {key: value for key, value in mine.items() if key != "provinces"}
        same = not rest or rest == {key: value for key, value in theirs.items() if key != "provinces"}
        return same and (not own or (bool(its) and its <= own))

    def is_apart_from(self, other: "Entry") -> bool:
        """Whether the two certainly have no site in common."""
        own, its = _provinces(self.where), _provinces(other.where)
        return bool(own) and bool(its) and not own & its


@dataclass
class Translation:
    """What phases have become so far: entries by section, and mistakes."""

    tree: Node
    added: dict[PathInScenario, dict[str, Node]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def add(self, section: PathInScenario, phase: str, node: Node) -> None:
        """A further entry of a section, under the name of its phase with a number behind."""
        known = {**part_of(self.tree, section).entries, **self.added.setdefault(section, {})}
        number = 1
        while f"{phase}_{number}" in known:
            number += 1
        self.added[section][f"{phase}_{number}"] = node

    def result(self) -> Node:
        """The tree with all that was added."""
        tree = self.tree
        for section, entries in self.added.items():
            addition = Node(entries, self.tree.place)
            for key in reversed(section):
                addition = Node({str(key): addition}, self.tree.place)
            tree = merge(tree, addition)
        return tree


def dated(entry: Entry, content: dict[str, Node], until: bool = False) -> Node:
    """Something with the title, date and place of its wave."""
    place = entry.content.place
    head = {"at": _day(entry.wave.at, place), "where": entry.where}
    if entry.title is not None:
        head["title"] = title_of(entry.title, entry.wave.province)
    if until and entry.wave.until is not None:
        head["until"] = _day(entry.wave.until, place)
    return Node({**head, **content}, place)


def title_of(title: Node, province: str) -> Node:
    """The title of a phase, with the province of the wave behind."""
    if not province:
        return title
    if title.entries:
        each = {key: Node(f"{text.value}: {province}", text.place) for key, text in title.entries.items()}
        return Node(each, title.place)
    return Node(f"{title.value}: {province}", title.place)


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Entries in order of their dates, those of one day as written."""
    return sorted(entries, key=lambda entry: entry.wave.at)


def overlapping(entries: list[Entry]) -> Iterator[tuple[Entry, Entry]]:
    """Pairs of entries, the earlier one first, that may have sites in common."""
    for place, later in enumerate(entries):
        for earlier in entries[:place]:
            if not earlier.is_apart_from(later):
                yield earlier, later


def _day(day: datetime.date, place: Place) -> Node:
    return Node(day.isoformat(), place)


def _provinces(where: Node) -> set[str]:
    listed = where.entries.get("provinces")
    return (
        set()
        if listed is None or not isinstance(listed.value, list)
        else {str(p.value) for p in listed.value}
    )


def part_of(tree: Node, section: PathInScenario) -> Node:
    """What stands in a section of a tree; an empty mapping where there is none."""
    for key in section:
        tree = tree.entries.get(str(key), Node({}, tree.place))
    return tree
