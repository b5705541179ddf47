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
from sim.world.pool_hours import PoolHours
from sim.world.roles import role_names
from sim.world.selecting import Selector
from sim.world.shared_pools import NOT_SERVED, serving_sites
from sim.world.staffing import Staffing
from sim.world.systems import SystemBits

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
    """By pool name: the sets of systems (bit masks) for which dossiers wait in a queue of their own.

    Nobody waits for a pool of overtime, which has one all the same."""
    bits = SystemBits(scenario)
    masks: dict[str, set[int]] = {name: set() for name in role_names(scenario)}
    for procedure in scenario.procedures.values():
        for step in procedure.all_steps:
            if step.pool is not None:
                masks[step.pool].add(bits.waited_for(step))
    if scenario.rules.back_entry is not None:
        entry = scenario.rules.back_entry
        masks[entry.pool].add(bits.waited_for(entry))
    return {name: tuple(sorted(found)) or (0,) for name, found in masks.items()}


def pool_tables(scenario: Scenario, selector: Selector, staffing: Staffing, hours: PoolHours) -> PoolTables:
    """Records of all pools, by site, then by role."""
    sites = selector.sites
    classes = list(queue_classes(scenario).values())
    queue_count = np.array([len(each) for each in classes])[staffing.role]
    pools = np.zeros(len(staffing.site), dtype=POOL)
    pools["site"], pools["role"] = staffing.site, staffing.role
    pools["calendar"], pools["windows_within"] = hours.calendar, hours.windows_within
    _set_rules(pools, scenario)
    pools["queue_count"] = queue_count
    pools["queue_first"] = np.cumsum(queue_count) - queue_count
    pools["capacity"], pools["capacity_limit"] = staffing.posts - staffing.away, staffing.most_people
    pools["busy_first"] = np.cumsum(staffing.most_people) - staffing.most_people
    pools["stretch"] = staffing.stretch
    pools["wakes_at_ms"] = -1
    pool_of = _pool_of(scenario, selector, staffing)
    first = np.searchsorted(staffing.site, np.arange(len(sites.all) + 1)).astype(np.int32)
    queues = _queues([mask for role in staffing.role.tolist() for mask in classes[role]])
    return PoolTables(pools, queues, first, pool_of, int(staffing.most_people.sum()))


def _pool_of(scenario: Scenario, selector: Selector, staffing: Staffing) -> NDArray[np.int32]:
    """Pool of each site and role, its own or the one that serves it: shape (sites, roles)."""
    pool_of = np.full((len(selector.sites.all), len(role_names(scenario))), -1, dtype=np.int32)
    pool_of[staffing.site, staffing.role] = np.arange(len(staffing.site))
    for role, (name, pool) in enumerate(scenario.pools.items()):
        server = serving_sites(pool, selector, ("pools", name))
        served = np.flatnonzero(server != NOT_SERVED)
        pool_of[served, role] = pool_of[server[served], role]
    return pool_of


def _set_rules(pools: Records, scenario: Scenario) -> None:
    """What is the same for a role at all its sites; who does overtime finishes what is in hand."""
    pools["end_of_shift"], pools["queue_rule"] = FINISH, FIRST_COME
    for role, pool in enumerate(scenario.pools.values()):
        mine = pools["role"] == role
        pools["end_of_shift"][mine] = SHIFT_ENDS[pool.end_of_shift]
        pools["queue_rule"][mine] = QUEUE_RULES[pool.queue]


def _queues(masks: list[int]) -> Records:
    queues = np.zeros(len(masks), dtype=QUEUE)
    queues["needs"] = np.array(masks, dtype=np.uint64)
    queues["root"] = -1
    queues["down_since_ms"] = -1
    return queues
