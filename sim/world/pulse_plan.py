"""How often, and for which regions, it is noted how many dossiers wait."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.arrays import Ints, Records
from sim.world.sites import LEVELS, Sites

REGION_LEVEL = LEVELS.index("province")
WAITING, HELD, OUTBOX = range(3)


@dataclass(frozen=True)
class PulsePlan:
    """Regions are the provinces; what stands at the centre is a region of its own."""

    every_ms: int
    region_site: NDArray[np.int32]  # [regions] the province, or the centre
    region_of_pool: NDArray[np.int32]  # [pools]
    region_of_site: NDArray[np.int32]  # [sites]


def pulse_plan_of(sites: Sites, pools: Records, every_ms: int) -> PulsePlan:
    """The regions of a run; where there are no provinces every site counts for the top."""
    province = sites.at_level[:, REGION_LEVEL]
    region_site, regions = np.unique(np.where(province < 0, 0, province), return_inverse=True)
    region_of_site = regions.astype(np.int32)
    return PulsePlan(every_ms, region_site.astype(np.int32), region_of_site[pools["site"]], region_of_site)


def by_region(plan: PulsePlan, waiting: Ints, held: Ints, outbox: Ints) -> Ints:
    """[WAITING | HELD | OUTBOX, regions] from dossiers that wait for each pool, those held, and outboxes."""
    found = np.zeros((3, len(plan.region_site)), np.int64)
    np.add.at(found[WAITING], plan.region_of_pool, waiting)
    np.add.at(found[HELD], plan.region_of_pool, held)
    np.add.at(found[OUTBOX], plan.region_of_site, outbox)
    return found
