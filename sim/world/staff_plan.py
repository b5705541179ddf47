"""What control needs to know of people over time: posts and speeds by date, absences, rosters, overtime."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.arrays import Floats, Ints

DAYS_BEFORE = 366
"""Absences are drawn from so many days before the run on, so that its first day is like any other."""


@dataclass(frozen=True)
class StaffChange:
    """A moment at which pools get other posts or another speed; all is given for every pool concerned."""

    at_ms: int
    pools: NDArray[np.int32]
    posts: NDArray[np.int32]  # posts from then on
    away: NDArray[np.int32]  # of these away as planned (training)
    stretch: Floats  # wall time per touch time when nobody is a newcomer


@dataclass(frozen=True)
class Posts:
    """Posts whose people are absent or leave by chance; those of a pool stand together."""

    pool: NDArray[np.int32]  # [posts]
    number: NDArray[np.int32]  # [posts] place in its pool, from 0


@dataclass(frozen=True)
class Absences:
    """One reason to be away. Each post is hit on its own; the times are those of `sim.control.absences`."""

    name: str
    posts: NDArray[np.int32]  # [n] rows of `Posts`
    key: NDArray[np.uint64]  # [n] address of each post's random numbers for this reason
    gap_table: Floats  # quantile table of the time between two of them, days
    length_table: Floats  # quantile table of how long, days
    in_working_days: bool
    intensity_before: Floats  # [days + 1] integral over the days before and of the run of how often, mean 1
    expected_share: float  # of working time that a person is away


@dataclass(frozen=True)
class Departures:
    """People who leave one pool. Each post is hit on its own, from the first day of the run on."""

    posts: NDArray[np.int32]  # [n] rows of `Posts`
    key: NDArray[np.uint64]  # [n] address of each post's random numbers
    gap_table: Floats  # quantile table of the time from a hiring to the next departure, days
    vacancy_table: Floats  # quantile table of the time until the post is filled, days
    newcomer_speed: float
    newcomer_days: int
    expected_share: float  # of the time that a post is vacant, in the long run


@dataclass(frozen=True)
class Duty:
    """So many people are on duty from a time of day on."""

    time_ms: int  # since midnight
    pools: NDArray[np.int32]
    people: NDArray[np.int32]


@dataclass(frozen=True)
class Overtime:
    """Overtime of one kind of pool; each pool has one for its overtime beside it, at the same site."""

    pools: NDArray[np.int32]  # [n] pools whose people stay
    overtime_pools: NDArray[np.int32]  # [n] pools in which they then work
    windows_ms: tuple[tuple[int, int], ...]  # begin and end of all windows of the run
    waiting_per_person: float  # they stay when at least so many dossiers wait for each person present
    share: float  # of those present who stay


@dataclass(frozen=True)
class StaffPlan:
    """People over time. Pools of overtime have no posts; their people are set by `Overtime` alone."""

    day_count: int
    posts_at_start: Ints  # [pools]
    away_at_start: Ints  # [pools]
    stretch_at_start: Floats  # [pools]
    changes: tuple[StaffChange, ...]
    posts: Posts
    absences: tuple[Absences, ...]
    departures: tuple[Departures, ...]
    working_day_after: Ints  # [days before + run + after] number of the first working day on or after it
    working_day_of: Ints  # [working days] its day, counted from the first of the days before
    rostered: NDArray[np.int32]  # pools with a roster
    duties: tuple[tuple[Duty, ...], ...]  # [days] of the rostered pools, in order of the time of day
    overtime: tuple[Overtime, ...]

    @property
    def overtime_pools(self) -> NDArray[np.int32]:
        """All pools of overtime."""
        return np.concatenate([np.zeros(0, np.int32), *(each.overtime_pools for each in self.overtime)])

    @property
    def ordinary_pools(self) -> NDArray[np.int32]:
        """All other pools."""
        everything = np.arange(len(self.posts_at_start), dtype=np.int32)
        return everything[~np.isin(everything, self.overtime_pools)]


def people_who_stay(present: Ints, share: float) -> Ints:
    """How many of those present do overtime: their share, rounded, at least one where there is anybody."""
    staying = np.maximum(np.floor(present * share + 0.5), 1).astype(np.int64)
    return np.asarray(np.minimum(staying, present))
