"""Checks across the parts of a scenario: names that must exist, and parts that must fit together."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sim.scenario.errors import PathInScenario, did_you_mean, known_words
from sim.scenario.schema.base import Fault, quoted
from sim.scenario.schema.calendars import Calendar
from sim.scenario.schema.procedures import Procedure
from sim.scenario.schema.scenario import Scenario

ANY: Final = "*"
KEYS: Final = "{keys}"

REFERENCES: Final[tuple[tuple[str, str], ...]] = (
    ("official_calendar", "calendars"),
    ("pools.*.calendar", "calendars"),
    ("pools.*.windows_within", "calendars"),
    ("systems.*.needs.*", "systems"),
    ("outages.*.links.*", "network"),
    ("outages.*.systems.*", "systems"),
    ("demand.opening_calendar", "calendars"),
    ("demand.phases.*.groups.*", "groups"),
    ("demand.channel_shares.*.shares.{keys}", "channels"),
    ("rules.courier.calendar", "calendars"),
    ("rules.back_entry.pool", "pools"),
    ("rules.back_entry.needs.*", "systems"),
    ("workflows.*.steps.*.pool", "pools"),
    ("workflows.*.steps.*.needs.*", "systems"),
    ("workflows.*.steps.*.touch_time_factors.{keys}", "channels"),
    ("procedures.*.group", "groups"),
    ("procedures.*.workflow", "workflows"),
    ("procedures.*.channel_shares.*.shares.{keys}", "channels"),
    ("procedures.*.steps.*.pool", "pools"),
    ("procedures.*.steps.*.needs.*", "systems"),
    ("procedures.*.steps.*.touch_time_factors.{keys}", "channels"),
    ("changes.*.pool", "pools"),
    ("targets.*.without.*", "groups"),
)
"""Where names are used, and the section in which each must be a key."""


def name_faults(data: dict[str, Any]) -> Iterator[Fault]:
    """Names that are used but not defined; looks at plain data, so that other mistakes do not hide them."""
    for pattern, section in REFERENCES:
        known = data.get(section, {})
        if isinstance(known, dict):
            for path, name in _found(data, pattern.split("."), ()):
                if name not in known:
                    yield _unknown_name(name, section, known, path)


def _unknown_name(name: str, section: str, known: Iterable[str], path: PathInScenario) -> Fault:
    known = list(known)
    expected = f"one of {section}: {known_words(known)}" if known else f"an entry in {section}; there is none"
    return Fault(f"unknown name {quoted(name)}", expected, did_you_mean(name, known), path)


def _found(data: Any, pattern: list[str], path: PathInScenario) -> Iterator[tuple[PathInScenario, str]]:
    """The texts at the end of a pattern, with their paths."""
    if not pattern:
        if isinstance(data, str):
            yield path, data
        return
    first, rest = pattern[0], pattern[1:]
    if isinstance(data, dict):
        if first == KEYS:
            yield from (((*path, key), key) for key in data)
        else:
            for key in data if first == ANY else (first,) if first in data else ():
                yield from _found(data[key], rest, (*path, key))
    elif isinstance(data, list) and first == ANY:
        for index, item in enumerate(data):
            yield from _found(item, rest, (*path, index))


def fit_faults(scenario: Scenario) -> Iterator[Fault]:
    """Parts of a scenario, each right in itself, that do not fit together."""
    yield from _pool_faults(scenario)
    yield from _system_cycle_faults(scenario)
    yield from _demand_faults(scenario)
    for name, procedure in scenario.procedures.items():
        yield from _procedure_faults(scenario, ("procedures", name), procedure)


def _pool_faults(scenario: Scenario) -> Iterator[Fault]:
    for name, pool in scenario.pools.items():
        if pool.windows_within is not None:
            windows, office = scenario.calendars[pool.calendar], scenario.calendars[pool.windows_within]
            if not _lies_within(windows, office):
                found = f"calendar {pool.calendar} is open while {pool.windows_within} is closed"
                yield Fault(found, "windows inside office hours", at=("pools", name, "windows_within"))


def _lies_within(windows: Calendar, office: Calendar) -> bool:
    return all(
        any(o.start_minute <= w.start_minute and w.end_minute <= o.end_minute for o in hours)
        for day, hours in zip(windows.week, office.week, strict=True)
        for w in day
    )


def _system_cycle_faults(scenario: Scenario) -> Iterator[Fault]:
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


def _demand_faults(scenario: Scenario) -> Iterator[Fault]:
    demand = scenario.demand
    kept_to_hours = [name for name, c in scenario.channels.items() if c.filing == "opening_hours"]
    if kept_to_hours and demand.opening_calendar is None:
        found = f"{', '.join(kept_to_hours)} file in opening hours, and demand.opening_calendar is missing"
        yield Fault(found, "the name of a calendar", at=("demand",))
    if demand.channel_shares and not demand.channel_shares[-1].where.is_everything:
        yield _uncovered(("demand", "channel_shares"))


def _uncovered(at: PathInScenario) -> Fault:
    return Fault("some sites may fit no case", "a last case without where", at=at)


def _procedure_faults(scenario: Scenario, at: PathInScenario, procedure: Procedure) -> Iterator[Fault]:
    cases = procedure.channel_shares
    if cases is None and not scenario.demand.channel_shares:
        yield Fault("there are no channel shares", "demand.channel_shares, or channel_shares here", at=at)
    if cases is not None and (not cases or not cases[-1].where.is_everything):
        yield _uncovered((*at, "channel_shares"))
    yield from _level_faults(scenario, at, procedure)
    needs_back_entry = [name for name, step in procedure.steps.items() if step.without == "paper"]
    if needs_back_entry and scenario.rules.back_entry is None:
        step_at = (*at, "steps", needs_back_entry[0], "without")
        yield Fault("paper without rules.back_entry", "rules.back_entry: {pool, touch_time}", at=step_at)


def _level_faults(scenario: Scenario, at: PathInScenario, procedure: Procedure) -> Iterator[Fault]:
    levels = {n: scenario.pools[s.pool].level for n, s in procedure.steps.items() if s.pool is not None}
    for name, level in levels.items():
        step = procedure.steps[name]
        if step.level not in (None, level):
            found = f"level {step.level}, but its pool {step.pool} is at level {level}"
            yield Fault(found, f"level: {level}, or another pool", at=(*at, "steps", name, "level"))
    on_paper = any(step.without == "paper" for step in procedure.steps.values())
    on_paper |= any(channel.medium == "paper" for channel in scenario.channels.values())
    if len(set(levels.values())) > 1 and on_paper and scenario.rules.courier is None:
        yield Fault(
            "paper goes between levels, and rules.courier is missing",
            "rules.courier: {calendar, time}",
            at=at,
        )
