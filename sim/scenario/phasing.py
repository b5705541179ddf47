"""Phases written as what they stand for: dated changes, versions, upgrades, levels and planned outages.

The translation works on the tree, before anything is checked or built, so that a phase means exactly what
the same meant if it were written out, and every mistake is told with the line of the phase."""

import datetime
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from pydantic import TypeAdapter, ValidationError

from sim.scenario.errors import PathInScenario
from sim.scenario.merge import with_workflow_steps
from sim.scenario.phase_entries import Entry, Translation, dated, in_order, overlapping, part_of, title_of
from sim.scenario.phased_procedures import add_versions
from sim.scenario.schema.base import Fault
from sim.scenario.schema.phases import Phases, RolloutPhase, Wave
from sim.scenario.tree import Node

PHASES: Final = TypeAdapter(Phases)


def with_phases(tree: Node) -> tuple[Node, tuple[Fault, ...]]:
    """A scenario with its phases written out, and what is wrong with them.

    Phases that are not well formed, and names that do not exist, are passed over; other checks tell them."""
    written = tree.entries.get("phases")
    if written is None or not written.entries:
        return tree, ()
    try:
        phases = PHASES.validate_python(written.plain())
    except ValidationError:
        return tree, ()
    entries = list(_entries(phases, written))
    into = Translation(tree)
    _each(entries, "pools", into, _add_change)
    _each(entries, "network", into, _add_upgrade)
    _each(entries, "teams", into, _add_teams, ("support", "teams"))
    add_versions(entries, into, with_workflow_steps(tree))
    _each(entries, "systems", into, _add_filing_move)
    _add_downtimes(entries, phases, into)
    _add_levels([entry for entry in entries if entry.section == "problems"], into, ("support", "problems"))
    _add_levels(_of_random(entries, into), into, ("outages",), ("random",))
    return into.result(), tuple(into.faults)


def _entries(phases: dict[str, RolloutPhase], written: Node) -> Iterator[Entry]:
    """All that is done, wave by wave."""
    for name, phase in phases.items():
        node = written.entries[name]
        change = node.entries["change"]
        for wave in phase.waves:
            where = _where(node, wave)
            for section, things in change.entries.items():
                for thing, content in things.entries.items():
                    yield Entry(name, wave, where, thing, content, section, node.entries.get("title"))


def _where(phase: Node, wave: Wave) -> Node:
    where = phase.entries.get("where", Node({}, phase.place))
    if not wave.province:
        return where
    place = phase.entries["stagger"].place
    provinces = Node([Node(wave.province, place)], place)
    return Node({**where.entries, "provinces": provinces}, where.place)


def _each(
    entries: Iterable[Entry],
    section: str,
    into: Translation,
    add: Callable[[Entry, Translation], None],
    kept_in: PathInScenario = (),
) -> None:
    for entry in entries:
        if entry.section == section and entry.name in part_of(into.tree, kept_in or (section,)).entries:
            add(entry, into)


def _add_change(entry: Entry, into: Translation) -> None:
    pool = {"pool": Node(entry.name, entry.content.place), **entry.content.entries}
    into.add(("changes",), entry.phase, dated(entry, pool, until=True))


def _add_upgrade(entry: Entry, into: Translation) -> None:
    into.add(("network", entry.name, "upgrades"), entry.phase, dated(entry, entry.content.entries))


def _add_teams(entry: Entry, into: Translation) -> None:
    section = ("support", "teams", entry.name, "changes")
    into.add(section, entry.phase, dated(entry, entry.content.entries, until=True))


def _add_filing_move(entry: Entry, into: Translation) -> None:
    """Filing in sessions of a system moves to the one that takes its place."""
    systems = part_of(into.tree, ("systems",)).entries
    replaced_by = entry.content.entries["replaced_by"]
    to = systems.get(str(replaced_by.value), Node({}, entry.content.place))
    if "sessions" in systems[entry.name].entries:
        into.add(("systems", entry.name, "filing_moves"), entry.phase, dated(entry, {"to": replaced_by}))
    elif "sessions" in to.entries and _is_filed_over(entry.name, into):
        found = f"filing over {entry.name} has no sessions, and over {replaced_by.value} it has"
        into.faults.append(Fault(found, "sessions of both", at=entry.path))


def _is_filed_over(system: str, into: Translation) -> bool:
    channels = part_of(into.tree, ("channels",)).entries.values()
    return system in [each.entries["files_over"].value for each in channels if "files_over" in each.entries]


def _add_downtimes(entries: Iterable[Entry], phases: dict[str, RolloutPhase], into: Translation) -> None:
    """Planned outages of systems while their data are moved."""
    for entry in entries:
        known = part_of(into.tree, ("systems",)).entries
        if entry.section != "systems" or entry.name not in known:
            continue
        hosted = known[entry.name].entries.get("hosted_at")
        is_central = hosted is not None and hosted.value == "centre"
        if is_central and entry.where.entries:
            found = f"{entry.name} is hosted at the centre and replaced in a part of the country"
            into.faults.append(Fault(found, "no where and no stagger", at=entry.path))
            continue
        downtime = phases[entry.phase].change.systems[entry.name].downtime
        if downtime:
            into.add(("outages",), entry.phase, _downtime(entry, downtime))


def _downtime(entry: Entry, downtime_ms: int) -> Node:
    place = entry.content.place
    end = datetime.datetime.combine(entry.wave.at, datetime.time())
    begin = end - datetime.timedelta(milliseconds=downtime_ms)
    planned = {
        "at": Node(begin.isoformat(" ", "minutes"), place),
        "until": Node(end.isoformat(" ", "minutes"), place),
    }
    content = {
        "systems": Node([Node(entry.name, place)], place),
        "planned": Node([Node(planned, place)], place),
    }
    if provinces := entry.where.entries.get("provinces"):
        content["where"] = Node({"provinces": provinces}, place)
    if entry.title is not None:
        content["title"] = title_of(entry.title, entry.wave.province)
    return Node(content, place)


def _of_random(entries: list[Entry], into: Translation) -> list[Entry]:
    """What is done to sources of random outages; notes what is done to others."""
    known = part_of(into.tree, ("outages",)).entries
    mine = [entry for entry in entries if entry.section == "outages" and entry.name in known]
    for entry in mine:
        if "random" not in known[entry.name].entries:
            found = f"the outages of {entry.name} do not come by chance"
            into.faults.append(Fault(found, "outages with random", at=entry.path))
    return [entry for entry in mine if "random" in known[entry.name].entries]


def _add_levels(
    entries: list[Entry], into: Translation, section: PathInScenario, below: PathInScenario = ()
) -> None:
    """How often something arises: a path for each of the places concerned."""
    known = part_of(into.tree, section).entries
    for name in dict.fromkeys(entry.name for entry in entries if entry.name in known):
        mine = in_order(entry for entry in entries if entry.name == name)
        if "levels" in part_of(known[name], below).entries:
            found = f"{name} has levels of its own, and a phase"
            into.faults.append(Fault(found, "one of the two", at=mine[0].path))
            continue
        into.faults += [_overlap(*pair) for pair in overlapping(mine) if not _is_same_place(*pair)]
        places = list({str(entry.where.plain()): entry.where for entry in mine}.values())
        levels = [
            _level(where, [each for each in mine if each.where.plain() == where.plain()]) for where in places
        ]
        into.added[(*section, name, *below)] = {"levels": Node(levels, mine[0].content.place)}


def _level(where: Node, entries: list[Entry]) -> Node:
    """The full rate until the day before the first phase, then that of each phase from its first day on."""
    path, before = {}, Node("100 %", entries[0].content.place)
    for entry in entries:
        path[str(entry.wave.at - datetime.timedelta(1))] = before
        before = entry.content.entries["falls_to"]
        path[str(entry.wave.at)] = before
    return Node({"where": where, "path": Node(path, where.place)}, where.place)


def _is_same_place(earlier: Entry, later: Entry) -> bool:
    return bool(earlier.where.plain() == later.where.plain())


def _overlap(earlier: Entry, later: Entry) -> Fault:
    found = f"phase {earlier.phase} changes {later.name} before, at places that are others in part"
    return Fault(found, "the same places, or different provinces", at=later.path)
