"""People at work: those present by day, on duty by roster, and doing overtime when too much waits."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sim.control.attendance import Attendance, Present
from sim.control.environment import Steered, Steps
from sim.world.arrays import MS_PER_DAY, Floats, Ints
from sim.world.person_time import StaffEntry
from sim.world.staff_plan import Duty, Overtime, StaffPlan, people_who_stay

NO_ROSTER = np.iinfo(np.int64).max
NOT_YET = -1


class Staff:
    """Sets people and speed of all pools, and keeps what it set."""

    def __init__(self, env: Steered, plan: StaffPlan) -> None:
        self.entries: list[StaffEntry] = []
        self.present: Ints = np.zeros(len(plan.posts_at_start), np.int64)
        self.stretch: Floats = plan.stretch_at_start.copy()
        self._env = env
        self._ordinary = plan.ordinary_pools
        self._on_duty = np.full(len(self.present), NO_ROSTER)
        self._on_duty[plan.rostered] = 0
        self._people = plan.posts_at_start - plan.away_at_start
        self._slower: Floats = np.ones(len(self.present))
        self._held: Ints = np.zeros(len(self.present), np.int64)
        # What the engine begins with, and was told since.
        self._working, self._wall = self._people.copy(), self.stretch.copy()
        self._filled = np.zeros_like(self.present)
        self._logged = np.full(len(self.present), NOT_YET)

    def attend(self, present: Present) -> None:
        """From now on these are there; where there is a roster, no more of them work than are on duty."""
        pools = self._ordinary
        self.present[pools] = present.people[pools]
        self._filled[pools] = present.filled[pools]
        people = np.minimum(self.present, self._on_duty)
        self._set(pools, people[pools], present.stretch[pools], present.filled[pools])

    def take_duty(self, duty: Duty) -> None:
        """From now on so many are on duty; those who are not there are replaced as far as people go."""
        self._on_duty[duty.pools] = duty.people
        people = np.minimum(self.present[duty.pools], duty.people)
        self._set(duty.pools, people, self.stretch[duty.pools], self._filled[duty.pools])

    def stay(self, overtime: Overtime) -> None:
        """Overtime begins at the pools where too much waits; they work as fast as in the day."""
        waiting = self._env.queue_lengths()[overtime.pools]
        present = self.present[overtime.pools]
        too_much = waiting >= overtime.waiting_per_person * present
        people = np.where(too_much, people_who_stay(present, overtime.share), 0)
        no_posts = np.zeros_like(people)
        self._set(overtime.overtime_pools, people, self.stretch[overtime.pools], no_posts)

    def go_home(self, overtime: Overtime) -> None:
        """Overtime is over."""
        nobody = np.zeros(len(overtime.pools), np.int64)
        self._set(overtime.overtime_pools, nobody, self.stretch[overtime.pools], nobody)

    def hinder(self, pools: NDArray[np.int32], slower: Floats, held: Ints) -> None:
        """From now on problems make these pools slower by a factor, and keep so many of each from working."""
        self._slower[pools], self._held[pools] = slower, held
        self._tell(pools)

    def _set(self, pools: NDArray[np.int32], people: Ints, stretch: Floats, filled: Ints) -> None:
        """Takes up what is another number than before, and notes it."""
        noted = (people != self._people[pools]) | (filled != self._logged[pools])
        self._people[pools], self.stretch[pools] = people, stretch
        self._logged[pools] = filled
        self._tell(pools)
        if noted.any():
            at_ms = int(self._env.now)
            parts = (values[noted].astype(np.int32) for values in (pools, people, filled))
            self.entries.append(StaffEntry(at_ms, *parts))

    def _tell(self, pools: NDArray[np.int32]) -> None:
        """Tells the engine who can work and how fast, where that has changed (E30)."""
        working = np.maximum(self._people[pools] - self._held[pools], 0)
        wall = self.stretch[pools] * self._slower[pools]
        moved = (working != self._working[pools]) | (wall != self._wall[pools])
        self._working[pools], self._wall[pools] = working, wall
        if moved.any():
            self._env.set_staff(pools[moved], working[moved].astype(np.int32), wall[moved])


def start_staff(env: Steered, plan: StaffPlan, replication: int) -> Staff:
    """Starts everything that changes people in a run; `replication` is its key."""
    staff = Staff(env, plan)
    env.process(_follow_attendance(env, staff, Attendance(plan, replication)))
    env.process(_follow_roster(env, staff, plan.duties))
    for overtime in plan.overtime:
        env.process(_work_overtime(env, staff, overtime))
    return staff


def _follow_attendance(env: Steered, staff: Staff, attendance: Attendance) -> Steps:
    """Who is there changes at midnight."""
    for day in attendance.days:
        if day:
            yield env.timeout(day * MS_PER_DAY - env.now)
        staff.attend(attendance.on(day))


def _follow_roster(env: Steered, staff: Staff, duties: Iterable[tuple[Duty, ...]]) -> Steps:
    """Who is on duty changes in the course of the day."""
    for day, duties_of_day in enumerate(duties):
        for duty in duties_of_day:
            yield env.timeout(day * MS_PER_DAY + duty.time_ms - env.now)
            staff.take_duty(duty)


def _work_overtime(env: Steered, staff: Staff, overtime: Overtime) -> Steps:
    """At the beginning of each window it is seen whether people stay; they go at its end."""
    for begin_ms, end_ms in overtime.windows_ms:
        yield env.timeout(begin_ms - env.now)
        staff.stay(overtime)
        yield env.timeout(end_ms - env.now)
        staff.go_home(overtime)
