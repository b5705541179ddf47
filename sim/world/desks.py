"""Where citizens go in person: their commune, or one of its old seats that keeps a counter (E49)."""

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.errors import PathInScenario
from sim.scenario.schema import Closure, ReceptionPoints, Scenario
from sim.world.arrays import MS_PER_DAY, Records
from sim.world.control_plan import DeskChange
from sim.world.day_factors import days_of
from sim.world.pools import PoolTables
from sim.world.selecting import Mask, Selector
from sim.world.sites import LEVELS
from sim.world.travel import Ways

Numbers = NDArray[np.int32]

POINTS: PathInScenario = ("territory", "reception_points")


@dataclass(frozen=True)
class Desks:
    """Desks and ways at the start, fields as in `World`, and what changes on dates."""

    desk_of: Numbers
    travel_m: Numbers
    changes: tuple[DeskChange, ...]


def desks_of(scenario: Scenario, selector: Selector, pools: PoolTables, steps: Records) -> Desks:
    """The desks of all sites, day by day."""
    points, days = scenario.territory.reception_points or ReceptionPoints(), days_of(scenario.period)
    is_open = selector.select_at("old_seat", points.open, (*POINTS, "open"))
    is_open = is_open & _with_counter(scenario, selector, pools, steps)
    closed = [_closed(closure, place, selector, is_open) for place, closure in enumerate(points.closures)]
    states = {
        day: _nearest(selector, is_open & ~_closed_on(days[day], points.closures, closed, is_open))
        for day in _days_of_change(points.closures, days)
    }
    desk_of, travel_m = states[0]
    return Desks(desk_of, travel_m, _changes(states))


def _with_counter(scenario: Scenario, selector: Selector, pools: PoolTables, steps: Records) -> Mask:
    """The old seats with people who do a step at the desk."""
    sites = selector.sites
    chosen = np.zeros(len(sites.all), dtype=np.bool_)
    at_desk = np.unique(steps["role"][steps["at_desk"] == 1])
    serves = np.isin(pools.pools["role"], at_desk) & (pools.pools["capacity_limit"] > 0)
    chosen[pools.pools["site"][serves]] = True
    chosen &= sites.level == LEVELS.index("old_seat")
    if scenario.territory.reception_points is not None and not chosen.any():
        expected = "people in at_old_seats of a pool that citizens come to"
        selector.mistakes.add(POINTS, "no old seat has a counter", expected)
    return chosen


def _closed(closure: Closure, place: int, selector: Selector, is_open: Mask) -> Mask:
    path = (*POINTS, "closures", place, "where")
    chosen = selector.select_at("old_seat", closure.where, path)
    if is_open.any() and not (chosen & is_open).any():
        selector.mistakes.add(path, "no open counter is among these sites", "old seats that keep a counter")
    return chosen


def _closed_on(day: datetime.date, closures: tuple[Closure, ...], closed: list[Mask], is_open: Mask) -> Mask:
    found = np.zeros_like(is_open)
    for closure, mask in zip(closures, closed, strict=True):
        if closure.holds_on(day):
            found |= mask
    return found


def _days_of_change(closures: tuple[Closure, ...], days: list[datetime.date]) -> list[int]:
    """Numbers of the days on which counters may open or close, and day 0."""
    dates = {closure.at for closure in closures}
    dates |= {closure.until + datetime.timedelta(days=1) for closure in closures if closure.until}
    return [0, *(number for number, day in enumerate(days) if number > 0 and day in dates)]


def _nearest(selector: Selector, is_open: Mask) -> tuple[Numbers, Numbers]:
    """The desk of every site, the nearest open one of its commune, and the way there and back (metres)."""
    sites, ways = selector.sites, Ways(selector.sites)
    desk_of = sites.seat_of.copy()
    everybody = np.arange(len(desk_of))
    travel_m = np.where(sites.at_commune, ways.metres(everybody, desk_of), 0).astype(np.int32)
    for counter in np.flatnonzero(is_open).tolist():
        neighbours = np.flatnonzero((sites.parent == sites.parent[counter]) & sites.at_commune)
        way_m = ways.metres(neighbours, counter)
        closer = neighbours[way_m < travel_m[neighbours]]
        desk_of[closer] = counter
        travel_m[closer] = way_m[way_m < travel_m[neighbours]]
    return desk_of, travel_m


def _changes(states: dict[int, tuple[Numbers, Numbers]]) -> tuple[DeskChange, ...]:
    changes = []
    (desk_of, travel_m), *_ = states.values()
    for day, (new_desk_of, new_travel_m) in list(states.items())[1:]:
        moved = np.flatnonzero((new_desk_of != desk_of) | (new_travel_m != travel_m)).astype(np.int32)
        if len(moved):
            changes.append(DeskChange(day * MS_PER_DAY, moved, new_desk_of[moved], new_travel_m[moved]))
        desk_of, travel_m = new_desk_of, new_travel_m
    return tuple(changes)
