"""Who does whose work: pools that cover others at their own site (E52)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import Cover, Scenario
from sim.world.arrays import COVER_ALWAYS, COVER_WHEN_ABSENT, Floats
from sim.world.roles import OVERTIME, overtime_by_pool, role_names
from sim.world.staffing import Staffing

ALL_THE_TIME = Cover()


@dataclass(frozen=True)
class CoverTables:
    """Covers of a world: fields as in `World`."""

    cover_first: NDArray[np.int32]
    cover_pool: NDArray[np.int32]
    cover_stretch: Floats
    cover_when: NDArray[np.int32]
    coverer_first: NDArray[np.int32]
    coverer_pool: NDArray[np.int32]
    coverer_place: NDArray[np.int32]


@dataclass(frozen=True)
class _Cover:
    """One pool that covers another; `rank` is the place of the other in what it prefers."""

    coverer: int
    rank: int
    covered: int
    cover: Cover


def cover_tables(scenario: Scenario, staffing: Staffing) -> CoverTables:
    """All covers: by pool that covers, then in the order of its preference.

    The other way round: by pool that is covered; first those whose first choice it is, then by number.
    """
    covers = sorted(_covers(scenario, staffing), key=lambda each: (each.coverer, each.rank))
    coverer, rank, covered = (
        np.array([getattr(each, name) for each in covers], dtype=np.int64)
        for name in ("coverer", "rank", "covered")
    )
    place = np.lexsort((coverer, rank, covered))
    pools = np.arange(len(staffing.site) + 1)
    return CoverTables(
        cover_first=np.searchsorted(coverer, pools).astype(np.int32),
        cover_pool=covered.astype(np.int32),
        cover_stretch=np.array([1.0 / each.cover.speed for each in covers], dtype=np.float64),
        cover_when=np.array([_when(each.cover) for each in covers], dtype=np.int32),
        coverer_first=np.searchsorted(covered[place], pools).astype(np.int32),
        coverer_pool=coverer[place].astype(np.int32),
        coverer_place=place.astype(np.int32),
    )


def _when(cover: Cover) -> int:
    return COVER_WHEN_ABSENT if cover.only_when_absent else COVER_ALWAYS


def _covers(scenario: Scenario, staffing: Staffing) -> list[_Cover]:
    """Where both pools are at the same site; elsewhere nobody is covered."""
    sites = zip(staffing.site.tolist(), staffing.role.tolist(), strict=True)
    pool_at = {place: pool for pool, place in enumerate(sites)}
    number = {name: role for role, name in enumerate(role_names(scenario))}
    choices = _choices(scenario)
    return [
        _Cover(pool_at[site, number[name]], rank, pool_at[site, number[other]], cover)
        for name, covered in choices.items()
        for rank, (other, cover) in enumerate(covered.items())
        for site in np.unique(staffing.site).tolist()
        if (site, number[name]) in pool_at and (site, number[other]) in pool_at
    ]


def _choices(scenario: Scenario) -> dict[str, dict[str, Cover]]:
    """By name of the pool: whom it covers. Overtime covers the pool whose people do it."""
    planned = {name: pool.covers for name, pool in scenario.pools.items()}
    overtime = {name + OVERTIME: {name: ALL_THE_TIME} for name in overtime_by_pool(scenario)}
    return planned | overtime
