"""Who may be absent or leave by chance: posts with addresses, and tables of how often and how long."""

import datetime
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import MONTHS, Absence, Distribution, Scenario
from sim.scenario.schema import Departures as DeparturesRule
from sim.world.arrays import MS_PER_DAY, Floats, Ints
from sim.world.calendars import DAYS_AFTER_THE_RUN, hours_of
from sim.world.day_factors import DAYS_PER_YEAR, days_of
from sim.world.keys import name_keys
from sim.world.quantiles import exponential, table_share_below
from sim.world.selecting import Selector
from sim.world.staff_plan import DAYS_BEFORE, Absences, Departures, Posts
from sim.world.staffing import Staffing
from sim.world.tables import quantile_table


@dataclass(frozen=True)
class WorkingDayTable:
    """Working days of the official calendar, from the days before the run to long after it.

    Days are counted from the first of the days before; fields as in `StaffPlan`.
    """

    after: Ints
    day_of: Ints
    per_year: float


def working_day_table(scenario: Scenario) -> WorkingDayTable:
    """The working days that absences are counted in."""
    days = DAYS_BEFORE + len(days_of(scenario.period)) + DAYS_AFTER_THE_RUN
    start = scenario.period.start - datetime.timedelta(days=DAYS_BEFORE)
    open_ms = hours_of(scenario.calendars[scenario.official_calendar], start, days).open_ms_by_day(days)
    worked = open_ms > 0
    return WorkingDayTable(
        after=np.cumsum(worked) - worked,
        day_of=np.flatnonzero(worked),
        per_year=float(worked.mean()) * DAYS_PER_YEAR,
    )


def posts_by_chance(scenario: Scenario, staffing: Staffing) -> Posts:
    """All posts of the pools that have absences or departures."""
    by_chance = np.array(
        [bool(pool.absences) or pool.departures is not None for pool in scenario.pools.values()]
    )
    pools = np.flatnonzero(~staffing.is_overtime)
    pools = pools[by_chance[staffing.role[pools]]]
    count = staffing.most_posts[pools]
    first = np.repeat(np.cumsum(count) - count, count)
    return Posts(
        pool=np.repeat(pools, count).astype(np.int32),
        number=(np.arange(len(first)) - first).astype(np.int32),
    )


def absences_of(
    scenario: Scenario, selector: Selector, staffing: Staffing, posts: Posts, working: WorkingDayTable
) -> tuple[Absences, ...]:
    """The absences of all pools, by pool and name."""
    found = []
    for role, (pool_name, pool) in enumerate(scenario.pools.items()):
        mine = np.flatnonzero(staffing.role[posts.pool] == role).astype(np.int32)
        places = _places(posts, mine, pool_name, selector, staffing) if pool.absences else []
        for name, absence in pool.absences.items():
            keys = name_keys(f"absence:{place}/{name}" for place in places)
            rule = _Rule(absence, _days_table(absence.lasts), working)
            if rule.gap_days <= 0:
                path = ("pools", pool_name, "absences", name)
                away = "with these numbers a person is away the whole year"
                selector.mistakes.add(path, away, "fewer or shorter absences")
            found.append(_absences(name, rule, mine, keys, scenario))
    return tuple(found)


@dataclass(frozen=True)
class _Rule:
    """One reason to be away, with the table of its lengths in days."""

    absence: Absence
    length_table: Floats
    working: WorkingDayTable

    @property
    def calendar_days(self) -> float:
        """Mean length in days of the year."""
        mean = _mean_whole_days(self.length_table)
        in_working_days = self.absence.lasts_in == "working_days"
        return mean * DAYS_PER_YEAR / self.working.per_year if in_working_days else mean

    @property
    def gap_days(self) -> float:
        """Mean time from the end of an absence to the next, so that there are as many a year as is said."""
        return DAYS_PER_YEAR / self.absence.per_person_and_year - self.calendar_days


def _absences(
    name: str, rule: _Rule, posts: NDArray[np.int32], keys: NDArray[np.uint64], scenario: Scenario
) -> Absences:
    return Absences(
        name=name,
        posts=posts,
        key=keys,
        gap_table=exponential(max(rule.gap_days, 1.0)),
        length_table=rule.length_table,
        in_working_days=rule.absence.lasts_in == "working_days",
        intensity_before=_intensity_before(rule.absence, scenario),
        expected_share=min(1.0, rule.absence.per_person_and_year * rule.calendar_days / DAYS_PER_YEAR),
    )


def departures_of(
    scenario: Scenario, selector: Selector, staffing: Staffing, posts: Posts
) -> tuple[Departures, ...]:
    """The departures of all pools that have any."""
    found = []
    for role, (name, pool) in enumerate(scenario.pools.items()):
        if pool.departures is not None:
            mine = np.flatnonzero(staffing.role[posts.pool] == role).astype(np.int32)
            texts = _places(posts, mine, name, selector, staffing)
            found.append(_departures(pool.departures, mine, [f"departure:{text}" for text in texts]))
    return tuple(found)


def _departures(rule: DeparturesRule, posts: NDArray[np.int32], texts: list[str]) -> Departures:
    vacancy_days = _days_table(rule.hired_after)
    gap_days = DAYS_PER_YEAR / rule.per_post_and_year
    vacant = _mean_whole_days(vacancy_days)
    return Departures(
        posts=posts,
        key=name_keys(texts),
        gap_table=exponential(gap_days),
        vacancy_table=vacancy_days,
        newcomer_speed=rule.newcomer_speed,
        newcomer_days=math.ceil(rule.newcomer_for / MS_PER_DAY),
        expected_share=vacant / (vacant + gap_days),
    )


def _places(
    posts: Posts, mine: NDArray[np.int32], pool_name: str, selector: Selector, staffing: Staffing
) -> list[str]:
    """Address of each of these posts: code of the site, name of the pool, number of the post."""
    sites = staffing.site[posts.pool[mine]].tolist()
    return [
        f"{selector.sites.all[site].code}/{pool_name}/{number}"
        for site, number in zip(sites, posts.number[mine].tolist(), strict=True)
    ]


def _days_table(lasts: Distribution) -> Floats:
    return quantile_table(lasts) / MS_PER_DAY


def _mean_whole_days(table: Floats) -> float:
    """Mean of what a table draws, rounded up to whole days, at least one: the sum of P(more than k days)."""
    longest = math.ceil(float(table[-1]))
    return 1.0 + sum(1.0 - table_share_below(table, days) for days in range(1, longest))


def _intensity_before(absence: Absence, scenario: Scenario) -> Floats:
    """Integral, from the first of the days before on, of how often by day: shape (days + 1,)."""
    factors = np.array([absence.months.get(month, 1.0) for month in MONTHS])
    count = DAYS_BEFORE + len(days_of(scenario.period))
    first = scenario.period.start - datetime.timedelta(days=DAYS_BEFORE)
    months = [(first + datetime.timedelta(days=day)).month - 1 for day in range(count)]
    return np.concatenate([[0.0], np.cumsum((factors / factors.mean())[months])])
