"""Pools and their queues as records."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import Scenario
from sim.world.arrays import (
    EARLIEST_DUE_DATE,
    FINISH,
    FIRST_COME,
    POOL,
    PRIORITY,
    QUEUE,
    RESUME,
    Records,
)
from sim.world.sites import Sites
from sim.world.staffing import Staffing
from sim.world.systems import mask_of

QUEUE_RULES = {
    "first_come": FIRST_COME,
    "earliest_due_date": EARLIEST_DUE_DATE,
    "priority": PRIORITY,
}
SHIFT_ENDS = {"resume": RESUME, "finish": FINISH}


@dataclass(frozen=True)
class PoolTables:
    """Pools and queues of a world: fields as in `World`."""

    pools: Records
    queues: Records
    site_first_pool: NDArray[np.int32]
    pool_of: NDArray[np.int32]
    at_work_places: int


def queue_classes(scenario: Scenario) -> dict[str, tuple[int, ...]]:
    """By pool name: the sets of systems (bit masks) for which dossiers wait in a queue of their own."""
    masks: dict[str, set[int]] = {name: set() for name in scenario.pools}
    for procedure in scenario.procedures.values():
        for step in procedure.steps.values():
            if step.pool is not None:
                masks[step.pool].add(mask_of(scenario, step.needs) if step.without == "wait" else 0)
    if scenario.rules.back_entry is not None:
        entry = scenario.rules.back_entry
        masks[entry.pool].add(mask_of(scenario, entry.needs))
    return {name: tuple(sorted(found)) or (0,) for name, found in masks.items()}


def pool_tables(
    scenario: Scenario, sites: Sites, staffing: Staffing, calendar_number: dict[str, int]
) -> PoolTables:
    """Records of all pools, by site, then by role."""
    classes = list(queue_classes(scenario).values())
    queue_count = np.array([len(each) for each in classes])[staffing.role]
    pools = np.zeros(len(staffing.site), dtype=POOL)
    pools["site"], pools["role"] = staffing.site, staffing.role
    _set_rules(pools, scenario, calendar_number)
    pools["queue_count"] = queue_count
    pools["queue_first"] = np.cumsum(queue_count) - queue_count
    pools["capacity"], pools["capacity_limit"] = staffing.people, staffing.most_people
    pools["busy_first"] = np.cumsum(staffing.most_people) - staffing.most_people
    pools["stretch"] = staffing.stretch
    pools["wakes_at_ms"] = -1
    pool_of = np.full((len(sites.all), len(scenario.pools)), -1, dtype=np.int32)
    pool_of[staffing.site, staffing.role] = np.arange(len(pools))
    first = np.searchsorted(staffing.site, np.arange(len(sites.all) + 1)).astype(np.int32)
    queues = _queues([mask for role in staffing.role.tolist() for mask in classes[role]])
    return PoolTables(pools, queues, first, pool_of, int(staffing.most_people.sum()))


def _set_rules(pools: Records, scenario: Scenario, calendar_number: dict[str, int]) -> None:
    """What is the same for a role at all its sites."""
    for role, pool in enumerate(scenario.pools.values()):
        mine = pools["role"] == role
        windows = pool.windows_within
        pools["calendar"][mine] = calendar_number[pool.calendar]
        pools["windows_within"][mine] = -1 if windows is None else calendar_number[windows]
        pools["end_of_shift"][mine] = SHIFT_ENDS[pool.end_of_shift]
        pools["queue_rule"][mine] = QUEUE_RULES[pool.queue]


def _queues(masks: list[int]) -> Records:
    queues = np.zeros(len(masks), dtype=QUEUE)
    queues["needs"] = np.array(masks, dtype=np.uint64)
    queues["root"] = -1
    queues["down_since_ms"] = -1
    return queues
