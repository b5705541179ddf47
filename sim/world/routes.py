"""Which version of a procedure holds where and when: the ways dossiers take, and what is no longer filed."""

import datetime
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import FilingMove, Procedure, Scenario, Version
from sim.scenario.schema.flow import steps_in_parts
from sim.world.arrays import MS_PER_DAY, Floats, Ints
from sim.world.conditions import homes_in
from sim.world.control_plan import RouteChange
from sim.world.day_factors import days_of
from sim.world.demand import Streams
from sim.world.procedures import ProcedureTables
from sim.world.selecting import Mask, Selector
from sim.world.sessions import session_step, systems_filed_over


@dataclass(frozen=True)
class Routing:
    """Ways as the run begins, fields as in `World`, and how they change later."""

    route_row: NDArray[np.int32]
    routes: NDArray[np.int32]
    changes: tuple[RouteChange, ...]


@dataclass(frozen=True)
class _Dated:
    """A version of one procedure: its form (-1 = abolished), the sites concerned, and its first day."""

    procedure: str
    form: int
    sites: Mask
    first_day: int


@dataclass(frozen=True)
class _Move:
    """Filing over a system that moves to another one: the sites concerned, and its first day."""

    system: str
    to: str
    sites: Mask
    first_day: int


def routing_of(scenario: Scenario, selector: Selector, tables: ProcedureTables) -> Routing:
    """Routes of all sites: homes that the same versions concern share a row."""
    versions = [each for each in _dated_versions(scenario, selector, tables) if each.form >= 0]
    dated: list[_Dated | _Move] = [*versions, *_moves(scenario, selector)]
    if not dated:
        # No rows: the engines then need not look up any step.
        no_rows = np.zeros((0, len(tables.steps)), dtype=np.int32)
        return Routing(np.zeros(len(selector.sites.all), dtype=np.int32), no_rows, ())
    homes = selector.sites.homes
    concerned = np.array([each.sites[homes] for each in dated], dtype=np.bool_).reshape(-1, len(homes))
    columns, row_of_home = np.unique(concerned, axis=1, return_inverse=True)
    route_row = np.zeros(len(selector.sites.all), dtype=np.int32)
    route_row[homes] = row_of_home.reshape(-1)
    rows = [
        [each for each, holds in zip(dated, column, strict=True) if holds] for column in columns.T.tolist()
    ]
    routes = np.array([_routes_on(0, row, tables) for row in rows], dtype=np.int32)
    days = {each.first_day for each in dated if 0 < each.first_day < len(days_of(scenario.period))}
    changes = (
        _change(day, row, holds, tables)
        for day in sorted(days)
        for row, holds in enumerate(rows)
        if any(each.first_day == day for each in holds)
    )
    return Routing(route_row, routes, tuple(change for change in changes if len(change.steps)))


def _change(day: int, row: int, dated: list[_Dated | _Move], tables: ProcedureTables) -> RouteChange:
    before, after = (_routes_on(each, dated, tables) for each in (day - 1, day))
    steps = np.flatnonzero(before != after).astype(np.int32)
    return RouteChange(day * MS_PER_DAY, row, steps, after[steps])


def _dated_versions(scenario: Scenario, selector: Selector, tables: ProcedureTables) -> list[_Dated]:
    number = {(form.procedure, form.version): number for number, form in enumerate(tables.forms)}
    return [
        _dated(scenario, selector, name, version, number.get((name, version), -1))
        for name, procedure in scenario.procedures.items()
        for version in procedure.versions
    ]


def _dated(scenario: Scenario, selector: Selector, procedure: str, name: str, form: int) -> _Dated:
    version = scenario.procedures[procedure].versions[name]
    sites = homes_in(selector, version.where, ("procedures", procedure, "versions", name, "where"))
    return _Dated(procedure, form, sites, _day(scenario, version))


def _moves(scenario: Scenario, selector: Selector) -> list[_Move]:
    return [
        _Move(
            system,
            move.to,
            homes_in(selector, move.where, ("systems", system, "filing_moves", name, "where")),
            _day(scenario, move),
        )
        for system in systems_filed_over(scenario)
        for name, move in scenario.systems[system].filing_moves.items()
    ]


def _day(scenario: Scenario, dated: Version | FilingMove) -> int:
    start: datetime.date = scenario.period.start
    return (dated.at - start).days


def _routes_on(day: int, dated: list[_Dated | _Move], tables: ProcedureTables) -> NDArray[np.int32]:
    """The step done instead of each step on a day, for sites that all of these concern: shape (steps,)."""
    routes = np.arange(len(tables.steps), dtype=np.int32)
    begun = sorted((each for each in dated if each.first_day <= day), key=lambda each: each.first_day)
    versions = [each for each in begun if isinstance(each, _Dated)]
    for procedure, form in {each.procedure: each.form for each in versions}.items():
        for number, other in enumerate(tables.forms):
            if other.procedure == procedure and number != form:
                _lead_over(routes, tables, number, form)
    moved = _moved_sessions([each for each in begun if isinstance(each, _Move)], tables)
    return moved[routes]


def _moved_sessions(moves: list[_Move], tables: ProcedureTables) -> NDArray[np.int32]:
    """Where each session takes place after these moves, in order of time: shape (steps,).

    A system without sessions leaves the first step to begin with."""
    steps = np.arange(len(tables.steps), dtype=np.int32)
    for system, to in _filed_over_after(moves).items():
        for number, first in zip(tables.step_number, tables.procedures["first_step"], strict=True):
            steps[number[session_step(system)]] = number.get(session_step(to), first)
    return steps


def _filed_over_after(moves: list[_Move]) -> dict[str, str]:
    """The system over which citizens file who filed over each system at first."""
    now = {move.system: move.system for move in moves}
    for move in moves:
        for system, over in now.items():
            if move.system in (system, over):
                now[system] = move.to
    return now


def _lead_over(routes: NDArray[np.int32], tables: ProcedureTables, old: int, new: int) -> None:
    """Steps of one form lead to those of the same name in another; inside and outside of parts are kept."""
    old_inside, new_inside = (steps_in_parts(tables.forms[form].steps) for form in (old, new))
    there = tables.step_number[new]
    for name, step in tables.step_number[old].items():
        if name in there and (name in old_inside) == (name in new_inside):
            routes[step] = there[name]
    routes[tables.procedures["first_step"][old]] = tables.procedures["first_step"][new]


def without_abolished(scenario: Scenario, selector: Selector, streams: Streams) -> Streams:
    """The streams with no filings of a procedure at sites and on days where it is abolished."""
    for number, (name, procedure) in enumerate(scenario.procedures.items()):
        if any(version.abolished for version in procedure.versions.values()):
            is_open = _open_days(scenario, selector, name, procedure)
            streams = _only_on(streams, streams.streams["procedure"] == number, is_open)
    return streams


def _open_days(scenario: Scenario, selector: Selector, name: str, procedure: Procedure) -> NDArray[np.bool_]:
    """Whether a procedure can be filed: shape (sites, days)."""
    days = np.arange(len(days_of(scenario.period)))
    is_open = np.ones((len(selector.sites.all), len(days)), dtype=np.bool_)
    for version in sorted(procedure.versions, key=lambda each: procedure.versions[each].at):
        dated = _dated(scenario, selector, name, version, -1)
        is_open[np.ix_(dated.sites, days >= dated.first_day)] = not procedure.versions[version].abolished
    return is_open


def _only_on(streams: Streams, chosen: Mask, is_open: NDArray[np.bool_]) -> Streams:
    """The streams with new rows of day factors for those chosen: no filings on days that are not open."""
    records, places = streams.streams.copy(), np.flatnonzero(chosen)
    patterns, pattern_of = np.unique(is_open[records["site"][places]], axis=0, return_inverse=True)
    pairs = np.stack([records["factor_row"][places].astype(np.int64), pattern_of.reshape(-1)], axis=1)
    kinds, kind_of = np.unique(pairs, axis=0, return_inverse=True)
    rows: Floats = streams.day_factor[kinds[:, 0]] * patterns[kinds[:, 1]]
    place_of_kind: Ints = kind_of.reshape(-1)
    records["factor_row"][places] = len(streams.day_factor) + place_of_kind
    return replace(streams, streams=records, day_factor=np.concatenate([streams.day_factor, rows]))
