"""Checks of systems, sessions and links: parts that are right in themselves and do not fit together."""

from collections.abc import Iterator

from sim.scenario.schema.base import Fault
from sim.scenario.schema.scenario import Scenario


def system_faults(scenario: Scenario) -> Iterator[Fault]:
    """What does not fit in the systems, and in what refers to them."""
    yield from _cycle_faults(scenario)
    yield from _read_only_faults(scenario)
    yield from _session_faults(scenario)
    yield from _back_entry_faults(scenario)


def neighbour_faults(scenario: Scenario, name: str) -> Iterator[Fault]:
    """What does not fit in a kind of link between neighbours."""
    start, at = scenario.network[name].start, ("network", name)
    levels = scenario.territory.levels
    if start not in levels:
        expected = f"from one of {', '.join(levels[1:])}"
        yield Fault(f"level {start}, which this territory does not have", expected, at=(*at, "from"))
    elif not any(each.start == start and not each.is_to_neighbour for each in scenario.network.values()):
        found = f"no kind of link leads from {start} to the level above, so none is ever down"
        yield Fault(found, f"a kind of link from {start} to the level above as well", at=at)


def _cycle_faults(scenario: Scenario) -> Iterator[Fault]:
    for name in scenario.systems:
        ahead, seen = list(scenario.systems[name].needs), set[str]()
        while ahead:
            needed = ahead.pop()
            if needed == name:
                yield Fault(
                    f"{name} needs itself in the end", "needs without a circle", at=("systems", name, "needs")
                )
                break
            if needed not in seen:
                seen.add(needed)
                ahead += scenario.systems[needed].needs


def _read_only_faults(scenario: Scenario) -> Iterator[Fault]:
    """Systems that may be read-only, that steps need, and that no step writes in."""
    steps = [step for procedure in scenario.procedures.values() for step in procedure.all_steps]
    entry = scenario.rules.back_entry
    needed = {name for step in steps for name in step.needs} | set(entry.needs if entry else ())
    written = {name for step in steps for name in (*step.writes, *step.tells)}
    written |= set(entry.writes if entry else ())
    below = written | {each for name in written for each in _needed_below(scenario, name)}
    for name, system in scenario.systems.items():
        if system.may_be_read_only and name in needed - below:
            mend = f"add writes: [{name}] to the steps that write in it"
            at = ("systems", name, "may_be_read_only")
            yield Fault("steps need it, and none writes in it", "a step that writes in it", mend, at)


def _needed_below(scenario: Scenario, name: str) -> set[str]:
    """Systems that a system needs, and those that they need, and so on."""
    found, ahead = set[str](), list(scenario.systems[name].needs)
    while ahead:
        needed = ahead.pop()
        if needed not in found:
            found.add(needed)
            ahead += scenario.systems[needed].needs
    return found


def _session_faults(scenario: Scenario) -> Iterator[Fault]:
    for name, system in scenario.systems.items():
        counter = system.sessions.then.counter if system.sessions is not None else None
        if counter is not None and scenario.channels[counter.channel].files_over is not None:
            at = ("systems", name, "sessions", "then", "counter", "channel")
            yield Fault(f"channel {counter.channel} files over a system too", "a way without it", at=at)


def _back_entry_faults(scenario: Scenario) -> Iterator[Fault]:
    entry = scenario.rules.back_entry
    for place, name in enumerate(entry.writes if entry else ()):
        if entry is not None and name not in entry.needs:
            found = f"it writes in {name}, which is not among its needs"
            at = ("rules", "back_entry", "writes", place)
            yield Fault(found, "systems that it needs", f"add {name} to needs", at)
