"""Checks across the parts of a scenario: names that must exist, and parts that must fit together."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from sim.scenario.errors import PathInScenario, did_you_mean, known_words
from sim.scenario.schema.base import Fault, quoted
from sim.scenario.schema.calendars import Calendar
from sim.scenario.schema.flow import MOST_STREAM_CONDITIONS, conditions_of
from sim.scenario.schema.procedures import Procedure
from sim.scenario.schema.scenario import Scenario
from sim.scenario.schema.steps import Step
from sim.scenario.system_checks import neighbour_faults, system_faults

ANY: Final = "*"
KEYS: Final = "{keys}"

REFERENCES: Final[tuple[tuple[str, str], ...]] = (
    ("official_calendar", "calendars"),
    ("pools.*.calendar", "calendars"),
    ("pools.*.windows_within", "calendars"),
    ("pools.*.cases.*.calendar", "calendars"),
    ("pools.*.cases.*.windows_within", "calendars"),
    ("pools.*.covers.{keys}", "pools"),
    ("systems.*.needs.*", "systems"),
    ("systems.*.sessions.then.counter.channel", "channels"),
    ("systems.*.filing_moves.*.to", "systems"),
    ("network.*.carries.*", "systems"),
    ("channels.*.files_over", "systems"),
    ("outages.*.links.*", "network"),
    ("outages.*.systems.*", "systems"),
    ("outages.*.random.crew", "crews"),
    ("storms.*.hits.*.links.*", "network"),
    ("storms.*.hits.*.systems.*", "systems"),
    ("storms.*.hits.*.crew", "crews"),
    ("storms.*.random.tracks.*", "storms"),
    ("crews.*.calendar", "calendars"),
    ("support.hotline.calendar", "calendars"),
    ("support.video.calendar", "calendars"),
    ("support.teams.*.calendar", "calendars"),
    ("support.problems.*.effect.pools.*", "pools"),
    ("support.problems.*.effect.blocks.*", "systems"),
    ("demand.opening_calendar", "calendars"),
    ("demand.phases.*.groups.*", "groups"),
    ("demand.channel_shares.*.shares.{keys}", "channels"),
    ("rules.courier.calendar", "calendars"),
    ("rules.back_entry.pool", "pools"),
    ("rules.back_entry.needs.*", "systems"),
    ("rules.back_entry.writes.*", "systems"),
    ("procedures.*.group", "groups"),
    ("procedures.*.workflow", "workflows"),
    ("procedures.*.channel_shares.*.shares.{keys}", "channels"),
    ("procedures.*.holds", "pools"),
    ("procedures.*.rate.per_post_and_year.pool", "pools"),
    ("procedures.*.versions.*.workflow", "workflows"),
    *(
        (f"{owner}.steps.*.{pattern}", section)
        for owner in ("workflows.*", "procedures.*", "procedures.*.versions.*")
        for pattern, section in (
            ("pool", "pools"),
            ("needs.*", "systems"),
            ("writes.*", "systems"),
            ("tells.*", "systems"),
            ("prefilled_by.systems.*", "systems"),
            ("citizen.on_channel", "channels"),
            ("touch_time_factors.{keys}", "channels"),
            ("next.*.when.channels.*", "channels"),
            ("next.*.when.*.channels.*", "channels"),
            ("next.*.unless.channels.*", "channels"),
            ("next.*.unless.*.channels.*", "channels"),
        )
    ),
    ("changes.*.pool", "pools"),
    ("changes.*.secondment.to.pool", "pools"),
    *(
        (f"phases.*.change.{section}.{{keys}}", section)
        for section in ("pools", "procedures", "workflows", "systems", "network", "outages")
    ),
    ("phases.*.change.problems.{keys}", "support.problems"),
    ("phases.*.change.teams.{keys}", "support.teams"),
    ("phases.*.change.systems.*.replaced_by", "systems"),
    ("targets.*.without.*", "groups"),
)
"""Where names are used, and the section in which each must be a key."""


def name_faults(data: dict[str, Any]) -> Iterator[Fault]:
    """Names that are used but not defined; looks at plain data, so that other mistakes do not hide them."""
    for pattern, section in REFERENCES:
        known = _section(data, section)
        if isinstance(known, dict):
            for path, name in _found(data, pattern.split("."), ()):
                if name not in known:
                    yield _unknown_name(name, section, known, path)


def _section(data: Any, path: str) -> Any:
    for key in path.split("."):
        data = data.get(key, {}) if isinstance(data, dict) else {}
    return data


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
    yield from _level_faults_of_territory(scenario)
    yield from _pool_faults(scenario)
    yield from system_faults(scenario)
    yield from _storm_faults(scenario)
    yield from _demand_faults(scenario)
    yield from _condition_faults(scenario)
    for name, procedure in scenario.procedures.items():
        yield from _procedure_faults(scenario, ("procedures", name), procedure)


def _storm_faults(scenario: Scenario) -> Iterator[Fault]:
    """Storms, outages and processes are told apart by their names in the results."""
    for name in scenario.storms:
        if name in scenario.outages:
            yield Fault("there is an outage of this name", "another name", at=("storms", name))
    for name in scenario.processes:
        if name in scenario.outages or name in scenario.storms:
            yield Fault("there is an outage or storm of this name", "another name", at=("processes", name))


def _level_faults_of_territory(scenario: Scenario) -> Iterator[Fault]:
    """Links and pools at levels that the territory does not have."""
    levels = scenario.territory.levels
    neighbours = list(zip(levels[1:], levels, strict=False))
    for name, kind in scenario.network.items():
        if kind.is_to_neighbour:
            yield from neighbour_faults(scenario, name)
        elif (kind.start, kind.end) not in neighbours:
            found = f"a link from {kind.start} to {kind.end}"
            expected = "from " + ", or from ".join(f"{low} to {high}" for low, high in reversed(neighbours))
            yield Fault(found, expected, at=("network", name))
    for name in sorted(_pools_of_steps(scenario)):
        if scenario.pools[name].level not in levels:
            found = f"level {scenario.pools[name].level}, which this territory does not have"
            yield Fault(found, f"one of {', '.join(levels)}", at=("pools", name, "level"))


def _pools_of_steps(scenario: Scenario) -> set[str]:
    steps = [step for procedure in scenario.procedures.values() for step in procedure.all_steps]
    entry = scenario.rules.back_entry
    return {step.pool for step in steps if step.pool is not None} | ({entry.pool} if entry else set())


def _pool_faults(scenario: Scenario) -> Iterator[Fault]:
    for name, pool in scenario.pools.items():
        at = ("pools", name)
        yield from _window_faults(scenario, at, pool.calendar, pool.windows_within)
        for place, case in enumerate(pool.cases):
            within = case.windows_within or (None if case.calendar else pool.windows_within)
            case_at = (*at, "cases", place)
            yield from _window_faults(scenario, case_at, case.calendar or pool.calendar, within)
        if pool.at_old_seats is not None and pool.level != "commune":
            found = f"old seats of a pool of level {pool.level}"
            yield Fault(found, "a pool of level commune", at=(*at, "at_old_seats"))
        yield from _cover_faults(scenario, name)
        yield from _overtime_faults(scenario, name)


def _window_faults(
    scenario: Scenario, at: PathInScenario, calendar: str, windows_within: str | None
) -> Iterator[Fault]:
    if windows_within is None:
        return
    if not _lies_within(scenario.calendars[calendar], scenario.calendars[windows_within]):
        found = f"calendar {calendar} is open while {windows_within} is closed"
        yield Fault(found, "windows inside office hours", at=(*at, "windows_within"))


def _cover_faults(scenario: Scenario, name: str) -> Iterator[Fault]:
    level = scenario.pools[name].level
    for other in scenario.pools[name].covers:
        at = ("pools", name, "covers", other)
        if other == name:
            yield Fault(f"{name} covers itself", "another pool", at=at)
        elif scenario.pools[other].level != level:
            found = f"{other} is at level {scenario.pools[other].level}, {name} at level {level}"
            yield Fault(found, "a pool at the same sites", at=at)


def _overtime_faults(scenario: Scenario, name: str) -> Iterator[Fault]:
    pool = scenario.pools[name]
    if pool.overtime is None:
        return
    at = ("pools", name, "overtime")
    if f"{name}_overtime" in scenario.pools:
        yield Fault(f"its people are shown as {name}_overtime, which is a pool", "another name there", at=at)
    overtime = Calendar(weekly={pool.overtime.weekdays: pool.overtime.hours})
    calendars = {pool.calendar, *(case.calendar for case in pool.cases if case.calendar is not None)}
    for calendar in sorted(calendars):
        if _overlap(overtime, scenario.calendars[calendar]):
            found = f"overtime falls into the hours of calendar {calendar}"
            yield Fault(found, "hours after those of the pool", at=(*at, "hours"))


def _overlap(one: Calendar, other: Calendar) -> bool:
    return any(
        mine.start_minute < theirs.end_minute and theirs.start_minute < mine.end_minute
        for own, others in zip(one.week, other.week, strict=True)
        for mine in own
        for theirs in others
    )


def _lies_within(windows: Calendar, office: Calendar) -> bool:
    return all(
        any(o.start_minute <= w.start_minute and w.end_minute <= o.end_minute for o in hours)
        for day, hours in zip(windows.week, office.week, strict=True)
        for w in day
    )


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


def _condition_faults(scenario: Scenario) -> Iterator[Fault]:
    conditions = {c for p in scenario.procedures.values() for c in conditions_of(p.all_steps)}
    count = sum(condition.trait is None for condition in conditions)
    if count > MOST_STREAM_CONDITIONS:
        found = f"{count} different conditions by channel or site"
        yield Fault(found, f"at most {MOST_STREAM_CONDITIONS} in a scenario", at=("procedures",))


def _procedure_faults(scenario: Scenario, at: PathInScenario, procedure: Procedure) -> Iterator[Fault]:
    cases = procedure.channel_shares
    if cases is None and not scenario.demand.channel_shares:
        yield Fault("there are no channel shares", "demand.channel_shares, or channel_shares here", at=at)
    if cases is not None and (not cases or not cases[-1].where.is_everything):
        yield _uncovered((*at, "channel_shares"))
    if procedure.holds is not None and scenario.pools[procedure.holds].level == "old_seat":
        yield Fault(f"pool {procedure.holds} is below the communes", "a pool of a commune, or above", at=at)
    yield from _step_faults(scenario, at, procedure.steps)
    for name, version in procedure.versions.items():
        yield from _step_faults(scenario, (*at, "versions", name), version.steps)


def _step_faults(scenario: Scenario, at: PathInScenario, steps: dict[str, Step]) -> Iterator[Fault]:
    yield from _level_faults(scenario, at, steps)
    needs_back_entry = [name for name, step in steps.items() if step.without == "paper"]
    if needs_back_entry and scenario.rules.back_entry is None:
        step_at = (*at, "steps", needs_back_entry[0], "without")
        yield Fault("paper without rules.back_entry", "rules.back_entry: {pool, touch_time}", at=step_at)


def _level_faults(scenario: Scenario, at: PathInScenario, steps: dict[str, Step]) -> Iterator[Fault]:
    levels = {n: scenario.pools[s.pool].level for n, s in steps.items() if s.pool is not None}
    for name, level in levels.items():
        step = steps[name]
        if step.level not in (None, level):
            found = f"level {step.level}, but its pool {step.pool} is at level {level}"
            yield Fault(found, f"level: {level}, or another pool", at=(*at, "steps", name, "level"))
    on_paper = any(step.without == "paper" for step in steps.values())
    on_paper |= any(channel.medium == "paper" for channel in scenario.channels.values())
    if len(set(levels.values())) > 1 and on_paper and scenario.rules.courier is None:
        yield Fault(
            "paper goes between levels, and rules.courier is missing",
            "rules.courier: {calendar, time}",
            at=at,
        )
