"""Who is there, day by day: posts as planned, less those vacant, absent or in training; and how fast."""

from dataclasses import dataclass

import numpy as np

from sim.control.spells import Spells, absence_spells, departure_spells
from sim.world.arrays import MS_PER_DAY, Floats, Ints
from sim.world.staff_plan import StaffChange, StaffPlan


@dataclass(frozen=True)
class Present:
    """People of all pools from a midnight on: those there, posts filled, and wall time per touch time."""

    people: Ints
    filled: Ints
    stretch: Floats


class _Counter:
    """For each post, how many spells of one kind it is in."""

    def __init__(self, spells: list[Spells], post_count: int) -> None:
        self.now = np.zeros(post_count, np.int64)
        posts = np.concatenate([np.zeros(0, np.int32), *(each.posts for each in spells)])
        begins = np.concatenate([np.zeros(0, np.int64), *(each.begin for each in spells)])
        ends = np.concatenate([np.zeros(0, np.int64), *(each.end for each in spells)])
        day = np.concatenate([begins, ends])
        order = np.argsort(day, kind="stable")
        self._day, self._posts = day[order], np.concatenate([posts, posts])[order]
        self._more = np.repeat([1, -1], len(posts))[order]
        self._done = 0

    @property
    def days(self) -> Ints:
        """Days on which anything changes."""
        return np.unique(self._day)

    def go_on_to(self, day: int) -> None:
        """Takes in what changes until a day, that day included."""
        until = int(np.searchsorted(self._day, day, side="right"))
        part = slice(self._done, until)
        np.add.at(self.now, self._posts[part], self._more[part])
        self._done = until


class Attendance:
    """The people of all pools day by day; `replication` is the key of the replication (E8).

    A post that is hit by two absences at a time is absent until both are over. Who is in training is taken
    from those who are there. The people of a pool work at the mean speed of those present.
    """

    def __init__(self, plan: StaffPlan, replication: int) -> None:
        self._plan = plan
        count = len(plan.posts.pool)
        departures = [departure_spells(each, plan, replication) for each in plan.departures]
        self._absent = _Counter([absence_spells(each, plan, replication) for each in plan.absences], count)
        self._vacant = _Counter([vacancies for vacancies, _ in departures], count)
        self._new = _Counter([newcomers for _, newcomers in departures], count)
        self._newcomer_speed = np.ones(count)
        for each in plan.departures:
            self._newcomer_speed[each.posts] = each.newcomer_speed
        self._posts = plan.posts_at_start.astype(np.int64)
        self._away = plan.away_at_start.astype(np.int64)
        self._stretch = plan.stretch_at_start.copy()
        self._changes: dict[int, StaffChange] = {each.at_ms // MS_PER_DAY: each for each in plan.changes}

    @property
    def days(self) -> list[int]:
        """Days of the run on which anything changes, in order; the first day is always one."""
        counters = (self._absent, self._vacant, self._new)
        days = {0, *self._changes, *(day for each in counters for day in each.days.tolist())}
        return sorted(day for day in days if day < self._plan.day_count)

    def on(self, day: int) -> Present:
        """Who is there on one of these days; they are asked for in order."""
        for counter in (self._absent, self._vacant, self._new):
            counter.go_on_to(day)
        if day in self._changes:
            self._change(self._changes[day])
        people, filled, stretch = self._posts.copy(), self._posts.copy(), self._stretch.copy()
        self._take_away(people, filled, stretch)
        return Present(np.maximum(people - self._away, 0), filled, stretch)

    def _change(self, change: StaffChange) -> None:
        self._posts[change.pools], self._away[change.pools] = change.posts, change.away
        self._stretch[change.pools] = change.stretch

    def _take_away(self, people: Ints, filled: Ints, stretch: Floats) -> None:
        """Takes those who are vacant or absent from the pools, and makes pools with newcomers slower."""
        pool = self._plan.posts.pool
        exists = self._plan.posts.number < self._posts[pool]
        is_filled = exists & (self._vacant.now == 0)
        is_present = is_filled & (self._absent.now == 0)
        count = len(people)
        people -= np.bincount(pool[exists & ~is_present], minlength=count)
        filled -= np.bincount(pool[exists & ~is_filled], minlength=count)
        slow = is_present & (self._new.now > 0) & (self._newcomer_speed < 1)
        if slow.any():
            lost = np.bincount(pool[slow], 1.0 - self._newcomer_speed[slow], minlength=count)
            slower = lost > 0
            stretch[slower] /= 1.0 - lost[slower] / people[slower]
