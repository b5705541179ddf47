"""What phases do to procedures, as versions: each holds all that phases have changed until its date."""

from collections.abc import Iterable, Iterator
from typing import Final

from sim.scenario.errors import PathInScenario
from sim.scenario.merge import merge
from sim.scenario.phase_entries import Entry, Translation, dated, in_order, overlapping
from sim.scenario.schema.base import Fault
from sim.scenario.tree import Node

SYSTEM_LISTS: Final[tuple[PathInScenario, ...]] = (
    ("needs",),
    ("writes",),
    ("tells",),
    ("prefilled_by", "systems"),
)
"""Keys of a step under which systems are listed."""


def add_versions(entries: Iterable[Entry], into: Translation, expanded: Node) -> None:
    """Adds the versions of all procedures; `expanded` is the scenario with the steps of workflows laid in."""
    entries = list(entries)
    procedures = expanded.entries.get("procedures", Node({}, expanded.place)).entries
    workflows = expanded.entries.get("workflows", Node({}, expanded.place)).entries
    for name, procedure in procedures.items():
        mine = in_order(entry for entry in entries if _concerns(entry, name, procedure))
        if mine and "versions" in procedure.entries:
            found = f"procedure {name} has versions of its own, and a phase"
            into.faults.append(Fault(found, "one of the two", at=mine[0].path))
        elif mine:
            _add(name, procedure, mine, into, workflows)


def _concerns(entry: Entry, name: str, procedure: Node) -> bool:
    if entry.section == "procedures":
        return entry.name == name
    if entry.section == "workflows":
        workflow = procedure.entries.get("workflow")
        return workflow is not None and workflow.value == entry.name
    return entry.section == "systems" and any(_steps_with(_steps(procedure), entry.name))


def _add(
    name: str, procedure: Node, entries: list[Entry], into: Translation, workflows: dict[str, Node]
) -> None:
    for earlier, later in overlapping(entries):
        if not earlier.contains(later) and not later.contains(earlier):
            found = (
                f"phase {earlier.phase} changes procedure {name} before, at places that are others in part"
            )
            into.faults.append(Fault(found, "the same places, all of them or a part", at=later.path))
    for place, entry in enumerate(entries):
        so_far = entries[: place + 1]
        for part in _parts(entry, so_far):
            patch = Node({}, entry.content.place)
            for each in so_far:
                if each.contains(part):
                    patch = _with(patch, each, procedure, workflows)
            into.add(("procedures", name, "versions"), entry.phase, dated(part, patch.entries))


def _parts(entry: Entry, so_far: list[Entry]) -> list[Entry]:
    """An entry, and the same at those of its places where more has been changed before, behind it.

    Of versions of one day the one that is written last counts."""
    places = {str(each.where.plain()): each.where for each in so_far if entry.contains(each)}
    parts = [entry._replace(where=where) for where in places.values()]
    return sorted(parts, key=lambda part: sum(other.contains(part) for other in parts))


def _with(patch: Node, entry: Entry, procedure: Node, workflows: dict[str, Node]) -> Node:
    """What was changed so far, with what one more phase changes."""
    if entry.section != "systems":
        return merge(patch, Node(entry.content.value, entry.content.place))
    replaced_by = entry.content.entries["replaced_by"]
    workflow = patch.entries.get("workflow")
    below = procedure if workflow is None else workflows.get(str(workflow.value), procedure)
    steps = {
        step: Node(dict(_replaced(node, entry.name, replaced_by)), entry.content.place)
        for step, node in merge(_steps(below), _steps(patch)).entries.items()
        if _has(node, entry.name)
    }
    return merge(patch, Node({"steps": Node(steps, entry.content.place)}, entry.content.place))


def _steps(owner: Node) -> Node:
    return owner.entries.get("steps", Node({}, owner.place))


def _steps_with(steps: Node, system: str) -> Iterator[str]:
    return (name for name, step in steps.entries.items() if _has(step, system))


def _has(step: Node, system: str) -> bool:
    return any(_listed(step, keys, system) for keys in SYSTEM_LISTS)


def _listed(step: Node, keys: PathInScenario, system: str) -> list[Node]:
    """The list under some keys of a step when the system is in it; else empty."""
    for key in keys:
        step = step.entries.get(str(key), Node({}, step.place))
    names = step.value if isinstance(step.value, list) else []
    return names if any(each.value == system for each in names) else []


def _replaced(step: Node, system: str, by: Node) -> Iterator[tuple[str, Node]]:
    """The lists of a step in which a system stands, with the other one in its place."""
    for keys in SYSTEM_LISTS:
        names = _listed(step, keys, system)
        if names:
            # Once each: a step may have needed both.
            kept = {str(each.value): each for each in names if each.value != system}
            nodes = Node(list({**kept, str(by.value): kept.get(str(by.value), by)}.values()), by.place)
            yield (str(keys[0]), nodes if len(keys) == 1 else Node({str(keys[1]): nodes}, by.place))
