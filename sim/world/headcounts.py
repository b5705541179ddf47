"""How many people work in each pool, as the run begins."""

import numpy as np
from numpy.typing import NDArray

from sim.scenario.errors import PathInScenario
from sim.scenario.schema import Headcount, Pool
from sim.world.arrays import Ints
from sim.world.selecting import Selector

NO_POOL = -1


def headcounts(pool: Pool, selector: Selector, path: PathInScenario) -> Ints:
    """Posts of one pool at every site, `NO_POOL` at sites of another level: shape (sites,)."""
    sites = selector.sites
    people = np.full(len(sites.all), NO_POOL, dtype=np.int64)
    left = np.zeros(len(sites.all), dtype=np.bool_)
    left[sites.of_level(pool.level)] = True
    for place, case in enumerate(pool.cases):
        case_path = (*path, "cases", place)
        chosen = left & selector.select(case.where, (*case_path, "where"))
        people[chosen] = _posts(case.headcount, selector, chosen, (*case_path, "headcount"))
        left &= ~chosen
    people[left] = _posts(pool.headcount, selector, left, (*path, "headcount"))
    return people


def _posts(headcount: Headcount, selector: Selector, chosen: NDArray[np.bool_], path: PathInScenario) -> Ints:
    """Posts at the chosen sites, in order."""
    population = selector.sites.population[chosen]
    if headcount.csv is not None:
        return _posts_from_table(headcount, selector, chosen, path)
    if headcount.inhabitants_per_post is not None:
        posts = np.ceil(population / headcount.inhabitants_per_post)
        most = np.inf if headcount.at_most is None else headcount.at_most
        return np.maximum(headcount.at_least, np.minimum(most, posts)).astype(np.int64)
    return np.full(len(population), headcount.posts, dtype=np.int64)


def _posts_from_table(
    headcount: Headcount, selector: Selector, chosen: NDArray[np.bool_], path: PathInScenario
) -> Ints:
    assert headcount.csv is not None
    values = selector.row_values(headcount.csv, headcount.rows)
    wanted = np.flatnonzero(chosen).tolist()
    missing = [selector.sites.all[site].full_name for site in wanted if site not in values]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        selector.mistakes.add(
            path,
            f"{headcount.csv.file} has no row for {missing[0]}{more}",
            "a headcount for every site of the pool",
        )
    return np.array([values.get(site, 0) for site in wanted], dtype=np.int64)
