"""People that a pool can count on over a run, without running it."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from sim.world.arrays import MS_PER_DAY, Floats, Ints, World
from sim.world.person_time import StaffEntry, available_ms_by_day, open_ms_by_day
from sim.world.staff_plan import Duty, StaffChange, StaffPlan

NO_ROSTER = np.iinfo(np.int32).max


def expected_people(world: World, plan: StaffPlan) -> Floats:
    """People of each pool at work, mean over its open time in the run: shape (pools,).

    Posts as planned (dated changes, training, rosters) times the share of people who are neither absent nor
    gone in the long run. Overtime and work for other pools are left out, and newcomers count in full.
    """
    open_ms = open_ms_by_day(world).sum(axis=1)
    planned = available_ms_by_day(world, _planned(plan)).sum(axis=1) / np.maximum(open_ms, 1)
    return np.asarray(planned * present_share(plan))


def present_share(plan: StaffPlan) -> Floats:
    """Expected share of the people of each pool who are there: shape (pools,)."""
    share = np.ones(len(plan.posts_at_start))
    for absences in plan.absences:
        share[np.unique(plan.posts.pool[absences.posts])] *= 1.0 - absences.expected_share
    for departures in plan.departures:
        share[np.unique(plan.posts.pool[departures.posts])] *= 1.0 - departures.expected_share
    return share


def expected_stretch(world: World, plan: StaffPlan) -> Floats:
    """Wall time per touch time of each pool, mean over the days of the run: shape (pools,)."""
    now, total, since = plan.stretch_at_start.copy(), np.zeros(len(world.pools)), 0
    for change in plan.changes:
        if change.at_ms < world.horizon_ms:
            total += now * (change.at_ms - since)
            now[change.pools], since = change.stretch, change.at_ms
    return np.asarray((total + now * (world.horizon_ms - since)) / world.horizon_ms)


def _planned(plan: StaffPlan) -> Iterator[StaffEntry]:
    """What control would set if nobody were absent, left or worked overtime."""
    present: Ints = plan.posts_at_start - plan.away_at_start
    on_duty = np.full(len(present), NO_ROSTER, dtype=np.int64)
    on_duty[plan.rostered] = 0
    everything = np.arange(len(present), dtype=np.int32)
    yield _entry(0, everything, np.minimum(present, on_duty))
    for at_ms, what in sorted(_moments(plan), key=lambda moment: moment[0]):
        if isinstance(what, StaffChange):
            present[what.pools] = what.posts - what.away
        else:
            on_duty[what.pools] = what.people
        yield _entry(at_ms, what.pools, np.minimum(present, on_duty)[what.pools])


def _moments(plan: StaffPlan) -> Iterator[tuple[int, StaffChange | Duty]]:
    yield from (
        (change.at_ms, change) for change in plan.changes if change.at_ms < plan.day_count * MS_PER_DAY
    )
    for day, duties in enumerate(plan.duties):
        yield from ((day * MS_PER_DAY + duty.time_ms, duty) for duty in duties)


def _entry(at_ms: int, pools: NDArray[np.int32], people: Ints) -> StaffEntry:
    planned = people.astype(np.int32)
    return StaffEntry(at_ms, pools, planned, planned)
