"""Real outages from a planner's list."""

from typing import NamedTuple

import numpy as np

from sim.scenario.errors import did_you_mean, known_words
from sim.scenario.schema import OFFICES, POWER, OutageRow, Scenario, Table, outage_rows
from sim.world.moments import ms_since
from sim.world.outage_sources import LINK, SITE, SYSTEM, WRITING, Hits, PlannedOutage
from sim.world.outage_targets import Numbers, Targets
from sim.world.places import UnknownPlace
from sim.world.selecting import Mask

MOST_HITS = 1_000_000


class _Hit(NamedTuple):
    row: OutageRow
    components: Numbers


def replayed_outages(name: str, table: Table, scenario: Scenario, targets: Targets) -> list[PlannedOutage]:
    """The outages of a list; notes rows that fit nothing, and those that overlap another one."""
    rows = outage_rows(table)
    _require_bandwidth(name, rows, table.file, scenario, targets)
    hits = [_Hit(row, _hit_by(row, table.file, scenario, targets)) for row in rows]
    _require_not_too_many(hits, table, targets)
    _require_apart(hits, table.file, targets)
    return [_planned(name, hit, scenario) for hit in hits]


def _planned(name: str, hit: _Hit, scenario: Scenario) -> PlannedOutage:
    start, row = scenario.period.start, hit.row
    return PlannedOutage(
        source=name,
        event=row.event,
        hits=Hits(hit.components, row.effect, scenario.outages[name].bandwidth_left or 1.0),
        begins_ms=max(ms_since(start, row.began), 0),
        ends_ms=ms_since(start, row.ended),
    )


def _hit_by(row: OutageRow, file: str, scenario: Scenario, targets: Targets) -> Numbers:
    """What a row is about; what lies in real communes outside the scenario is passed over."""
    nothing = np.zeros(0, dtype=np.int32)
    mistakes = targets.selector.mistakes
    key = _key_of(row, scenario)
    if key is None:
        known = [*scenario.network, *scenario.systems, POWER, OFFICES]
        found = f'column what: there is no "{row.what[:60]}"'
        near = did_you_mean(row.what, known)
        mistakes.add_in_table(
            file, row.line, f"{found}; {near}" if near else found, f"one of {known_words(known)}"
        )
        return nothing
    try:
        chosen = _at_or_below(row, targets)
    except UnknownPlace as error:
        if not targets.selector.exists_elsewhere(row.site, row.province):
            mistakes.add_in_table(file, row.line, str(error))
        return nothing
    numbers = targets.among([key], chosen)
    if not len(numbers):
        fits = f"{row.what} that can be {row.effect.replace('_', '-')}"
        mistakes.add_in_table(file, row.line, f"there is no {fits} at {row.site or 'any site'} or below")
    return numbers


def _key_of(row: OutageRow, scenario: Scenario) -> tuple[str, str] | None:
    if row.what in (POWER, OFFICES):
        return (SITE, row.what) if row.effect == "down" else None
    if row.what in scenario.systems:
        return (WRITING if row.effect == "read_only" else SYSTEM), row.what
    return (LINK, row.what) if row.what in scenario.network and row.effect != "read_only" else None


def _at_or_below(row: OutageRow, targets: Targets) -> Mask:
    selector = targets.selector
    if not row.site and not row.province:
        return np.ones(len(selector.sites.all), dtype=np.bool_)
    if row.site:
        site = selector.find(row.site, row.province)
    else:
        site = selector.find(row.province, levels=("province",))
    return np.asarray((selector.sites.at_level == site).any(axis=1))


def _require_bandwidth(
    name: str, rows: tuple[OutageRow, ...], file: str, scenario: Scenario, targets: Targets
) -> None:
    slow = [row for row in rows if row.effect == "slow" and row.what in scenario.network]
    if slow and scenario.outages[name].bandwidth_left is None:
        expected = f"bandwidth_left in outages.{name}"
        targets.selector.mistakes.add_in_table(file, slow[0].line, f"{slow[0].what} is slow", expected)


def _require_not_too_many(hits: list[_Hit], table: Table, targets: Targets) -> None:
    total = sum(len(hit.components) for hit in hits)
    if total > MOST_HITS:
        found = f"the outages hit {total:,} links, systems and sites"
        targets.selector.mistakes.add_in_table(table.file, 1, found, f"at most {MOST_HITS:,}")


def _require_apart(hits: list[_Hit], file: str, targets: Targets) -> None:
    """Notes rows in which something fails that another row has out of work at that moment."""
    last: dict[tuple[str, int], OutageRow] = {}
    for row, components in sorted(hits, key=lambda hit: hit.row.began):
        before = [last[row.effect, n] for n in components.tolist() if (row.effect, n) in last]
        overlapped = next((other for other in before if row.began < other.ended), None)
        if overlapped is not None:
            found = f"{row.what} is hit again before it is over (line {overlapped.line})"
            targets.selector.mistakes.add_in_table(file, row.line, found, "one row for one outage")
        last.update(((row.effect, n), row) for n in components.tolist())
