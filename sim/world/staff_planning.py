"""The plan of people over time, put together for control."""

from collections.abc import Mapping

import numpy as np

from sim.scenario.schema import Scenario
from sim.world.absences import absences_of, departures_of, posts_by_chance, working_day_table
from sim.world.arrays import MS_PER_DAY
from sim.world.day_factors import days_of
from sim.world.hours import Hours
from sim.world.roles import OVERTIME, overtime_by_pool
from sim.world.rosters import Rosters
from sim.world.selecting import Selector
from sim.world.staff_plan import Overtime, StaffPlan
from sim.world.staffing import Staffing


def staff_plan_of(
    scenario: Scenario, selector: Selector, staffing: Staffing, rosters: Rosters, hours: Mapping[str, Hours]
) -> StaffPlan:
    """All that control needs to know of people; `hours` are the calendars by name."""
    posts = posts_by_chance(scenario, staffing)
    working = working_day_table(scenario)
    return StaffPlan(
        day_count=len(days_of(scenario.period)),
        posts_at_start=staffing.posts,
        away_at_start=staffing.away,
        stretch_at_start=staffing.stretch,
        changes=staffing.changes,
        posts=posts,
        absences=absences_of(scenario, selector, staffing, posts, working),
        departures=departures_of(scenario, selector, staffing, posts),
        working_day_after=working.after,
        working_day_of=working.day_of,
        rostered=rosters.pools,
        duties=rosters.duties,
        overtime=_overtime_of(scenario, staffing, hours),
    )


def _overtime_of(scenario: Scenario, staffing: Staffing, hours: Mapping[str, Hours]) -> tuple[Overtime, ...]:
    horizon_ms = len(days_of(scenario.period)) * MS_PER_DAY
    found = []
    for place, (name, rule) in enumerate(overtime_by_pool(scenario).items()):
        pools = np.flatnonzero(staffing.role == len(scenario.pools) + place).astype(np.int32)
        calendar = hours[name + OVERTIME]
        windows = zip(calendar.open_ms.tolist(), calendar.close_ms.tolist(), strict=True)
        found.append(
            Overtime(
                pools=staffing.base_pool[pools].astype(np.int32),
                overtime_pools=pools,
                windows_ms=tuple((begin, end) for begin, end in windows if end <= horizon_ms),
                waiting_per_person=rule.when_waiting_per_person,
                share=rule.people,
            )
        )
    return tuple(found)
