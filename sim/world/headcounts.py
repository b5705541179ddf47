"""How many people work in each pool, as the run begins."""

import numpy as np
from numpy.typing import NDArray

from sim.scenario.errors import PathInScenario
from sim.scenario.schema import Headcount, Pool, SiteRow, Table
from sim.world.arrays import Ints
from sim.world.places import UnknownPlace
from sim.world.selecting import Selector
from sim.world.shared_pools import NOT_SERVED, serving_sites

NO_POOL = -1
NO_CASE = -1


def headcounts(pool: Pool, selector: Selector, path: PathInScenario) -> Ints:
    """Posts of one pool at every site, `NO_POOL` where it has no people of its own: shape (sites,)."""
    sites = selector.sites
    people = np.full(len(sites.all), NO_POOL, dtype=np.int64)
    left = np.zeros(len(sites.all), dtype=np.bool_)
    left[sites.of_level(pool.level)] = True
    left &= serving_sites(pool, selector, path) == NOT_SERVED
    case_of = case_of_site(pool, selector, path)
    for place, case in enumerate(pool.cases):
        if case.headcount is not None:
            chosen = left & (case_of == place)
            people[chosen] = _posts(case.headcount, selector, chosen, (*path, "cases", place, "headcount"))
            left &= ~chosen
    people[left] = _posts(pool.headcount, selector, left, (*path, "headcount"))
    if pool.at_old_seats is not None:
        _add_old_seats(people, pool.at_old_seats, selector, (*path, "at_old_seats"))
    return people


def _add_old_seats(people: Ints, headcount: Headcount, selector: Selector, path: PathInScenario) -> None:
    """Sets the posts at old seats; an old seat without posts has no such pool."""
    seats = selector.sites.of_level("old_seat")
    if not len(seats):
        found = "the territory has no old seats"
        selector.mistakes.add(path, found, "territory.citizens_live_in: former_communes")
    chosen = np.zeros(len(people), dtype=np.bool_)
    chosen[seats] = True
    if headcount.csv is not None:
        posts = _posts_of_seats(headcount.csv, headcount.rows, selector)[seats]
    else:
        posts = _posts(headcount, selector, chosen, path)
    people[seats] = np.where(posts > 0, posts, NO_POOL)


def _posts_of_seats(table: Table, rows: tuple[SiteRow, ...], selector: Selector) -> Ints:
    """Posts at the old seats named in a table, 0 at all other sites: shape (sites,)."""
    posts = np.zeros(len(selector.sites.all), dtype=np.int64)
    for row in rows:
        try:
            posts[selector.find(row.site, row.province, ("old_seat",))] = row.value
        except UnknownPlace as error:
            selector.mistakes.add_in_table(table.file, row.line, str(error))
    return posts


def case_of_site(pool: Pool, selector: Selector, path: PathInScenario) -> Ints:
    """Number of the first case of a pool that fits each site, `NO_CASE` where none does: shape (sites,)."""
    case_of = np.full(len(selector.sites.all), NO_CASE, dtype=np.int64)
    for place, case in enumerate(pool.cases):
        fits = selector.select(case.where, (*path, "cases", place, "where"))
        case_of[fits & (case_of == NO_CASE)] = place
    return case_of


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
