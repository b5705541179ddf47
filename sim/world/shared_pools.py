"""Which sites are served by the people of another site of their level."""

import numpy as np

from sim.scenario.errors import PathInScenario
from sim.scenario.schema import Pool, SharedPool
from sim.world.arrays import Ints
from sim.world.places import UnknownPlace
from sim.world.selecting import Mask, Selector

NOT_SERVED = -1


def serving_sites(pool: Pool, selector: Selector, path: PathInScenario) -> Ints:
    """For each site the site whose people serve it, `NOT_SERVED` where it has its own: shape (sites,)."""
    server = np.full(len(selector.sites.all), NOT_SERVED, dtype=np.int64)
    for place, shared in enumerate(pool.shared):
        shared_path = (*path, "shared", place)
        at = _site_at(shared, pool, selector, (*shared_path, "at"))
        served = _served(shared, pool, selector, (*shared_path, "serves"), at)
        twice = np.flatnonzero(served & (server != NOT_SERVED))
        if len(twice):
            name = selector.sites.all[twice[0]].full_name
            selector.mistakes.add(shared_path, f"{name} is served from two sites", "each site once")
        server[served] = at
    for place, shared in enumerate(pool.shared):
        at = _site_at(shared, pool, selector, None)
        if at >= 0 and server[at] != NOT_SERVED:
            found = f"{selector.sites.all[at].full_name} is itself served from another site"
            selector.mistakes.add((*path, "shared", place, "at"), found, "a site with people of its own")
    return server


def _site_at(shared: SharedPool, pool: Pool, selector: Selector, path: PathInScenario | None) -> int:
    """Number of the site where the people work, -1 when there is none; told of when a path is given."""
    try:
        at = selector.find(shared.at)
    except UnknownPlace as error:
        if path is not None:
            selector.mistakes.add(path, str(error))
        return -1
    site = selector.sites.all[at]
    if site.level == pool.level:
        return at
    if path is not None:
        selector.mistakes.add(
            path, f"{site.full_name} is no site of level {pool.level}", "a site with this pool"
        )
    return -1


def _served(shared: SharedPool, pool: Pool, selector: Selector, path: PathInScenario, at: int) -> Mask:
    served = selector.select(shared.serves, path).copy()
    is_at_level = np.zeros(len(served), dtype=np.bool_)
    is_at_level[selector.sites.of_level(pool.level)] = True
    served &= is_at_level
    if at >= 0:
        served[at] = False
    if not served.any():
        selector.mistakes.add(path, "no other site is served", f"a selection of sites of level {pool.level}")
    return served
