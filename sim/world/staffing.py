"""Posts and speed of every pool over time, as planned: headcounts, dated changes, training, learning."""

import datetime
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import Change, Scenario, Secondment, Training
from sim.world.arrays import MS_PER_DAY, Floats, Ints
from sim.world.headcounts import NO_POOL, headcounts
from sim.world.learning import learning_steps, speed_on
from sim.world.roles import overtime_by_pool, role_names
from sim.world.selecting import Selector
from sim.world.staff_plan import StaffChange, people_who_stay

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Staffing:
    """Posts and speed of all pools: number by site, then by role; changes follow from the first day on."""

    site: Ints  # [pools]
    role: Ints  # [pools]
    base_pool: Ints  # [pools] for a pool of overtime the pool whose people do it, else the pool itself
    posts: Ints  # [pools] at the start
    away: Ints  # [pools] of these away as planned
    stretch: Floats  # [pools] at the start, wall time per touch time
    most_posts: Ints  # [pools] at any time
    most_people: Ints  # [pools] at any time, those of overtime too
    changes: tuple[StaffChange, ...]

    @property
    def is_overtime(self) -> Mask:
        """Which pools are those of overtime."""
        return np.asarray(self.base_pool != np.arange(len(self.base_pool)))


@dataclass(frozen=True)
class _State:
    """All pools on one day: posts, those away as planned, and speed."""

    posts: Ints
    away: Ints
    speed: Floats


@dataclass(frozen=True)
class _DatedChange:
    """A change with the pools it concerns and those that get its people; days are those of the run.

    `end_day` is infinity when the change is for good.
    """

    change: Change
    pools: Mask
    destination: Ints
    first_day: float
    end_day: float

    def is_on(self, day: float) -> bool:
        return self.first_day <= day < self.end_day

    @property
    def days(self) -> tuple[float, ...]:
        """Days on which it changes something."""
        training = self.change.training
        back = () if training is None else (self.first_day + _whole_days(training.lasts),)
        return (self.first_day, self.end_day, *back)


@dataclass(frozen=True)
class _Plan:
    """What `_state_on` needs, apart from the day."""

    base_posts: Ints
    dated: list[_DatedChange]
    learners: list[tuple[Mask, list[tuple[int, float]]]]


def staffing_of(scenario: Scenario, selector: Selector) -> Staffing:
    """Staff of every pool of the scenario."""
    site, role, base_posts = _pools(scenario, selector)
    base_pool = _base_pools(scenario, site, role)
    shares = np.array([pool.time_for_dossiers for pool in scenario.pools.values()], dtype=np.float64)
    share = shares[role[base_pool]]
    dated = [
        _dated(change, name, scenario, selector, site, role) for name, change in scenario.changes.items()
    ]
    plan = _Plan(base_posts, dated, _learners(scenario, role))
    states = {day: _state_on(day, plan) for day in [0.0, *_days(plan)]}
    start = states[0.0]
    most_posts = np.max([state.posts for state in states.values()], axis=0)
    return Staffing(
        site=site,
        role=role,
        base_pool=base_pool,
        posts=start.posts,
        away=start.away,
        stretch=(1.0 / (share * start.speed))[base_pool],
        most_posts=most_posts,
        most_people=_with_overtime(scenario, role, base_pool, most_posts),
        changes=_changes(states, share),
    )


def _pools(scenario: Scenario, selector: Selector) -> tuple[Ints, Ints, Ints]:
    """Site, role and posts of all pools; beside each with overtime stands a pool for it, without posts."""
    by_name = {name: headcounts(pool, selector, ("pools", name)) for name, pool in scenario.pools.items()}
    overtime = [np.where(by_name[name] == NO_POOL, NO_POOL, 0) for name in overtime_by_pool(scenario)]
    by_role = np.array([*by_name.values(), *overtime])
    site, role = np.nonzero(by_role.T != NO_POOL)
    return site, role, by_role.T[site, role]


def _base_pools(scenario: Scenario, site: Ints, role: Ints) -> Ints:
    """For a pool of overtime the pool whose people do it, else the pool itself: shape (pools,)."""
    names = list(scenario.pools)
    base_role = np.array([*range(len(names)), *(names.index(name) for name in overtime_by_pool(scenario))])
    place = site * len(role_names(scenario)) + role
    wanted = site * len(role_names(scenario)) + base_role[role]
    return np.asarray(np.searchsorted(place, wanted), dtype=np.int64)


def _with_overtime(scenario: Scenario, role: Ints, base_pool: Ints, most_posts: Ints) -> Ints:
    """Most people of each pool at any time: shape (pools,)."""
    most = most_posts.copy()
    for place, overtime in enumerate(overtime_by_pool(scenario).values()):
        mine = role == len(scenario.pools) + place
        most[mine] = people_who_stay(most_posts[base_pool[mine]], overtime.people)
    return most


def _whole_days(duration_ms: int) -> int:
    return math.ceil(duration_ms / MS_PER_DAY)


def _learners(scenario: Scenario, role: Ints) -> list[tuple[Mask, list[tuple[int, float]]]]:
    """The pools that learn, with the steps of their curve."""
    return [
        (role == number, learning_steps(pool.learning, scenario.period.start))
        for number, pool in enumerate(scenario.pools.values())
        if pool.learning is not None
    ]


def _days(plan: _Plan) -> list[float]:
    """Days after the first on which anything changes, in order."""
    dated = {day for each in plan.dated for day in each.days}
    learned = {float(day) for _, steps in plan.learners for day, _ in steps}
    return sorted(day for day in dated | learned if 0 < day < math.inf)


def _dated(
    change: Change, name: str, scenario: Scenario, selector: Selector, site: Ints, role: Ints
) -> _DatedChange:
    chosen = selector.select(change.where, ("changes", name, "where"))
    is_pool = role == list(scenario.pools).index(change.pool)
    until = None if change.until is None else change.until + datetime.timedelta(days=1)
    return _DatedChange(
        change,
        chosen[site] & is_pool,
        _destination(change, name, scenario, selector, site, role),
        float((change.at - scenario.period.start).days),
        math.inf if until is None else float((until - scenario.period.start).days),
    )


def _destination(
    change: Change, name: str, scenario: Scenario, selector: Selector, site: Ints, role: Ints
) -> Ints:
    """Pools that get the people of a secondment."""
    if change.secondment is None:
        return np.zeros(0, dtype=np.int64)
    to, path = change.secondment.to, ("changes", name, "secondment", "to")
    chosen = selector.select(to.where, (*path, "where"))
    pools = np.flatnonzero(chosen[site] & (role == list(scenario.pools).index(to.pool)))
    if not len(pools):
        selector.mistakes.add(path, f"no site chosen has the pool {to.pool}", "at least one site that has it")
    return pools


def _state_on(day: float, plan: _Plan) -> _State:
    """All pools on a day; changes act in the order in which they are written."""
    posts, speed = plan.base_posts.copy(), np.ones(len(plan.base_posts))
    state = _State(posts, np.zeros_like(posts), speed)
    for pools, steps in plan.learners:
        speed[pools] *= speed_on(steps, day)
    for each in plan.dated:
        if each.is_on(day):
            _apply(each, day, state)
    np.minimum(state.away, posts, out=state.away)
    return state


def _apply(each: _DatedChange, day: float, state: _State) -> None:
    """Makes a change that is on to the state."""
    change = each.change
    state.posts[each.pools] = _changed_posts(change, state.posts[each.pools])
    if change.speed is not None:
        state.speed[each.pools] *= change.speed.multiply
    if change.training is not None:
        _train(change.training, each, day, state)
    if change.secondment is not None and len(each.destination):
        _second(change.secondment, each, state)


def _changed_posts(change: Change, posts: Ints) -> Ints:
    patch = change.headcount
    if patch is None:
        return posts
    if patch.set is not None:
        return np.full_like(posts, patch.set)
    if patch.add is not None:
        return np.maximum(posts + patch.add, 0)
    return np.asarray(np.floor(posts * (patch.multiply or 0.0) + 0.5), dtype=np.int64)


def _train(training: Training, each: _DatedChange, day: float, state: _State) -> None:
    """Those in training are away; afterwards the pool works at the mean speed of all its posts."""
    posts = state.posts[each.pools]
    if training.people is not None:
        trained = np.minimum(training.people, posts)
    else:
        trained = np.floor(posts * (training.share or 0.0) + 0.5).astype(np.int64)
    if day < each.first_day + _whole_days(training.lasts):
        state.away[each.pools] += trained
    else:
        state.speed[each.pools] *= 1.0 + training.faster * trained / np.maximum(posts, 1)


def _second(secondment: Secondment, each: _DatedChange, state: _State) -> None:
    """People leave their pools; the destinations get the same number each, the first ones one more."""
    sent = np.minimum(secondment.people, state.posts[each.pools])
    state.posts[each.pools] -= sent
    number, left = divmod(int(sent.sum()), len(each.destination))
    state.posts[each.destination] += number
    state.posts[each.destination[:left]] += 1


def _changes(states: dict[float, _State], share: Floats) -> tuple[StaffChange, ...]:
    changes = []
    before, *_ = states.values()
    for day, state in list(states.items())[1:]:
        moved = np.flatnonzero(
            (state.posts != before.posts) | (state.away != before.away) | (state.speed != before.speed)
        ).astype(np.int32)
        if len(moved):
            changes.append(
                StaffChange(
                    at_ms=int(day) * MS_PER_DAY,
                    pools=moved,
                    posts=state.posts[moved].astype(np.int32),
                    away=state.away[moved].astype(np.int32),
                    stretch=1.0 / (share * state.speed)[moved],
                )
            )
        before = state
    return tuple(changes)
