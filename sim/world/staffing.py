"""People and speed of every pool over time: the headcounts at the start, and the dated changes."""

import datetime
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import Change, Scenario
from sim.world.arrays import MS_PER_DAY, Floats, Ints
from sim.world.control_plan import StaffChange
from sim.world.headcounts import NO_POOL, headcounts
from sim.world.selecting import Selector


@dataclass(frozen=True)
class Staffing:
    """People and speed of all pools: number by site, then by role; changes follow from the first day on."""

    site: Ints  # [pools]
    role: Ints  # [pools]
    people: Ints  # [pools] at the start
    stretch: Floats  # [pools] at the start, wall time per touch time
    most_people: Ints  # [pools] at any time
    changes: tuple[StaffChange, ...]


@dataclass(frozen=True)
class _DatedChange:
    """A change with the pools it concerns; the last day is infinity when it is for good."""

    change: Change
    pools: NDArray[np.bool_]
    first_day: float
    end_day: float

    def is_on(self, day: float) -> bool:
        return self.first_day <= day < self.end_day


def staffing_of(scenario: Scenario, selector: Selector) -> Staffing:
    """Staff of every pool of the scenario."""
    by_role = np.array([headcounts(pool, selector, ("pools", name)) for name, pool in scenario.pools.items()])
    site, role = np.nonzero(by_role.T != NO_POOL)
    base_people = by_role.T[site, role]
    shares = np.array([pool.time_for_dossiers for pool in scenario.pools.values()], dtype=np.float64)
    dated = [
        _dated(change, name, scenario, selector, site, role) for name, change in scenario.changes.items()
    ]
    days = sorted({d for each in dated for d in (each.first_day, each.end_day) if 0 < d < math.inf})
    states = {day: _state_on(day, dated, base_people, shares[role]) for day in [0.0, *days]}
    people, stretch = states[0.0]
    most = np.max([people for people, _ in states.values()], axis=0)
    return Staffing(site, role, people, stretch, most, _changes(states))


def _dated(
    change: Change, name: str, scenario: Scenario, selector: Selector, site: Ints, role: Ints
) -> _DatedChange:
    chosen = selector.select(change.where, ("changes", name, "where"))
    is_pool = role == list(scenario.pools).index(change.pool)
    until = None if change.until is None else change.until + datetime.timedelta(days=1)
    return _DatedChange(
        change,
        chosen[site] & is_pool,
        float((change.at - scenario.period.start).days),
        math.inf if until is None else float((until - scenario.period.start).days),
    )


def _state_on(day: float, dated: list[_DatedChange], base_people: Ints, share: Floats) -> tuple[Ints, Floats]:
    """People and stretch of all pools on a day; changes act in the order in which they are written."""
    people, speed = base_people.copy(), np.ones(len(base_people))
    for each in dated:
        if each.is_on(day):
            people[each.pools] = _changed_people(each.change, people[each.pools])
            if each.change.speed is not None:
                speed[each.pools] *= each.change.speed.multiply
    return people, 1.0 / (share * speed)


def _changed_people(change: Change, people: Ints) -> Ints:
    patch = change.headcount
    if patch is None:
        return people
    if patch.set is not None:
        return np.full_like(people, patch.set)
    if patch.add is not None:
        return np.maximum(people + patch.add, 0)
    return np.asarray(np.floor(people * (patch.multiply or 0.0) + 0.5), dtype=np.int64)


def _changes(states: dict[float, tuple[Ints, Floats]]) -> tuple[StaffChange, ...]:
    changes = []
    (people, stretch), *_ = states.values()
    for day, (new_people, new_stretch) in list(states.items())[1:]:
        moved = np.flatnonzero((new_people != people) | (new_stretch != stretch)).astype(np.int32)
        if len(moved):
            changes.append(
                StaffChange(
                    int(day) * MS_PER_DAY, moved, new_people[moved].astype(np.int32), new_stretch[moved]
                )
            )
        people, stretch = new_people, new_stretch
    return tuple(changes)
