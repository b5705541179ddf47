"""The calendar of every pool: that of its kind, of a case, of its overtime, or its roster."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import Scenario
from sim.world.headcounts import NO_CASE, case_of_site
from sim.world.roles import OVERTIME, overtime_by_pool
from sim.world.rosters import Rosters
from sim.world.selecting import Selector
from sim.world.staffing import Staffing

NO_WINDOWS = -1


@dataclass(frozen=True)
class PoolHours:
    """Numbers of calendars by pool: fields as in `POOL`. Rosters and overtime have no windows."""

    calendar: NDArray[np.int32]  # [pools]
    windows_within: NDArray[np.int32]  # [pools]


def pool_hours(
    scenario: Scenario,
    selector: Selector,
    staffing: Staffing,
    rosters: Rosters,
    calendar_number: dict[str, int],
) -> PoolHours:
    """The calendars of all pools."""
    calendar = np.full(len(staffing.site), -1, dtype=np.int32)
    windows = np.full(len(staffing.site), NO_WINDOWS, dtype=np.int32)
    for role, (name, pool) in enumerate(scenario.pools.items()):
        mine = np.flatnonzero(staffing.role == role)
        case_of = case_of_site(pool, selector, ("pools", name))[staffing.site[mine]]
        for number in np.unique(case_of).tolist():
            case = None if number == NO_CASE else pool.cases[number]
            chosen = mine[case_of == number]
            calendar[chosen] = calendar_number[(case and case.calendar) or pool.calendar]
            within = (case and case.windows_within) or (
                None if case and case.calendar else pool.windows_within
            )
            windows[chosen] = NO_WINDOWS if within is None else calendar_number[within]
    for place, name in enumerate(overtime_by_pool(scenario)):
        calendar[staffing.role == len(scenario.pools) + place] = calendar_number[name + OVERTIME]
    for number, name in rosters.calendar.items():
        calendar[number], windows[number] = calendar_number[name], NO_WINDOWS
    return PoolHours(calendar, windows)
