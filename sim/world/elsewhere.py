"""Filing in person at another commune of the province: who does it, and where (E51)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import FilingElsewhere, Scenario
from sim.world.arrays import CHOOSE_ANY, CHOOSE_FIRST, CHOOSE_LEAST_LOADED, Floats, Ints
from sim.world.day_factors import days_of, share_by_day
from sim.world.selecting import Selector
from sim.world.sites import LEVELS, Sites
from sim.world.travel import Ways

CHOICES = {"nearest": CHOOSE_FIRST, "ward_near_work": CHOOSE_ANY, "least_loaded": CHOOSE_LEAST_LOADED}
NO_CASE = -1


@dataclass(frozen=True)
class Elsewhere:
    """The cases of `demand.filing_elsewhere`: each has a row of shares and a set of candidates.

    `case_of` has shape (homes,), `choose` (cases,); the others are fields of `World`.
    """

    case_of: Ints
    choose: Ints
    candidates: NDArray[np.int32]
    candidate_m: NDArray[np.int32]
    share: Floats


def elsewhere_of(scenario: Scenario, selector: Selector) -> Elsewhere:
    """Who files elsewhere; without any case, one set and one row that nobody uses."""
    cases, sites, days = scenario.demand.filing_elsewhere, selector.sites, days_of(scenario.period)
    shape = (max(len(cases), 1), len(sites.all), max([1, *(case.most_candidates for case in cases)]))
    candidates, candidate_m = np.full(shape, -1, dtype=np.int32), np.zeros(shape, dtype=np.int32)
    for place, case in enumerate(cases):
        _set_candidates(case, sites, candidates[place], candidate_m[place])
    shares = [share_by_day(case.share, days) for case in cases] or [np.zeros(len(days))]
    return Elsewhere(
        case_of=_case_of(cases, selector),
        choose=np.array([CHOICES[case.choose] for case in cases], dtype=np.int64),
        candidates=candidates,
        candidate_m=candidate_m,
        share=np.array(shares, dtype=np.float64),
    )


def _case_of(cases: tuple[FilingElsewhere, ...], selector: Selector) -> Ints:
    """The first case that fits each home."""
    case_of = np.full(len(selector.sites.homes), NO_CASE, dtype=np.int64)
    for place, case in enumerate(cases):
        fits = selector.select_homes(case.where, ("demand", "filing_elsewhere", place, "where"))
        case_of[fits & (case_of == NO_CASE)] = place
    return case_of


def _set_candidates(
    case: FilingElsewhere, sites: Sites, candidates: NDArray[np.int32], candidate_m: NDArray[np.int32]
) -> None:
    """Writes the nearest other communes of each home, nearest first: two arrays (sites, most candidates)."""
    ways, province_of = Ways(sites), sites.at_level[:, LEVELS.index("province")]
    communes = _communes_to_choose(case, sites)
    for province in np.unique(province_of[sites.homes]).tolist():
        homes = sites.homes[province_of[sites.homes] == province]
        near = communes[province_of[communes] == province]
        way_m = ways.metres(homes[:, np.newaxis], near).astype(np.float64)
        way_m[sites.seat_of[homes][:, np.newaxis] == near] = np.inf
        order = np.argsort(way_m, axis=1, kind="stable")[:, : case.most_candidates]
        found_m = np.take_along_axis(way_m, order, axis=1)
        is_there, width = np.isfinite(found_m), order.shape[1]
        candidates[homes, :width] = np.where(is_there, near[order], -1)
        candidate_m[homes, :width] = np.where(is_there, found_m, 0)


def _communes_to_choose(case: FilingElsewhere, sites: Sites) -> Ints:
    communes = sites.of_level("commune")
    if case.choose != "ward_near_work":
        return communes
    return np.array([each for each in communes.tolist() if sites.all[each].kind == "ward"], dtype=np.int64)
