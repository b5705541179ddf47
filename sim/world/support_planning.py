"""From the support of a scenario to what control needs to know of it."""

import datetime

import numpy as np
from numpy.typing import NDArray

from sim.scenario.errors import PathInScenario, known_words
from sim.scenario.schema import Agents, Help, MobileTeam, ProblemKind, Scenario
from sim.world.arrays import Floats
from sim.world.crew_plan import nearest_above
from sim.world.day_factors import days_of
from sim.world.hours import Hours
from sim.world.keys import name_keys
from sim.world.levels import levels_of
from sim.world.outage_sources import OutageSources
from sim.world.quantiles import exponential
from sim.world.selecting import Selector
from sim.world.sessions import is_pool_of_sessions
from sim.world.staffing import Staffing
from sim.world.support_plan import Effect, HelpDesk, Problem, Remedy, SupportPlan, TeamKind
from sim.world.systems import SystemBits
from sim.world.tables import quantile_table

WORKING_DAYS_PER_YEAR = 250
Sites = NDArray[np.int32]


def support_plan_of(
    scenario: Scenario,
    selector: Selector,
    staffing: Staffing,
    hours: dict[str, Hours],
    sources: OutageSources,
) -> SupportPlan:
    """The support of a scenario; roads and inhabitants are those of its outages."""
    support = scenario.support
    official = hours[scenario.official_calendar]
    maker = _ProblemMaker(scenario, selector, staffing, official)
    return SupportPlan(
        official=official,
        gap_table=exponential(1.0),
        problems=tuple(maker.problem(name, kind) for name, kind in support.problems.items()),
        hotline=_desk(support.hotline, hours),
        video=_desk(support.video, hours),
        teams=tuple(
            _teams(name, kind, selector, hours, days_of(scenario.period))
            for name, kind in support.teams.items()
        ),
        roads=sources.roads,
        people=sources.people,
        pools_of=maker.pools_of,
    )


class _ProblemMaker:
    """Makes the problems of a scenario, one kind after the other."""

    def __init__(self, scenario: Scenario, selector: Selector, staffing: Staffing, official: Hours) -> None:
        self._scenario, self._selector, self._staffing = scenario, selector, staffing
        self._bits = SystemBits(scenario)
        self._days = days_of(scenario.period)
        self._year_ms = WORKING_DAYS_PER_YEAR * _open_ms_of_working_day(official, len(self._days))
        self._roles = list(scenario.pools)
        sessions = [number for number, name in enumerate(self._roles) if is_pool_of_sessions(name)]
        of_people = ~np.isin(staffing.role, sessions)
        self.pools_of = self._by_site(of_people & ~staffing.is_overtime)
        self._with_overtime = self._by_site(of_people)

    def _by_site(self, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.int32], ...]:
        """The chosen pools of each site; pools are numbered by site."""
        pools = np.flatnonzero(chosen).astype(np.int32)
        first = np.searchsorted(self._staffing.site[pools], range(1, len(self._selector.sites.all)))
        return tuple(np.split(pools, first))

    def problem(self, name: str, kind: ProblemKind) -> Problem:
        """One kind of problem at all sites at which it can arise."""
        path: PathInScenario = ("support", "problems", name)
        sites = np.flatnonzero(self._selector.select(kind.where, (*path, "where"))).astype(np.int32)
        self._require_targets(kind, sites, path)
        codes = [self._selector.sites.all[site].code for site in sites]
        level, row = levels_of(kind.levels, self._selector, self._days, (*path, "levels"))
        return Problem(
            name=name,
            sites=sites,
            key=name_keys(f"problem:{name}/{code}" for code in codes),
            gap_ms=self._gap_ms(kind, sites),
            level=level,
            level_row=row[sites],
            effects=tuple(self._effect(kind, site) for site in sites.tolist()),
            hotline=_remedy(kind.hotline),
            video=_remedy(kind.video),
            on_site_table=quantile_table(kind.on_site.takes).tolist(),
            alone_table=quantile_table(kind.alone).tolist(),
        )

    def _require_targets(self, kind: ProblemKind, sites: Sites, path: PathInScenario) -> None:
        """Notes a problem that can arise nowhere, and pools that it can never find."""
        mistakes = self._selector.mistakes
        if not len(sites):
            mistakes.add((*path, "where"), "no site is chosen", "at least one site")
            return
        there = set(self._staffing.role[np.concatenate([self.pools_of[site] for site in sites])].tolist())
        for place, name in enumerate(kind.effect.pools):
            if self._roles.index(name) not in there:
                known = known_words([role for number, role in enumerate(self._roles) if number in there])
                found = f"none of the sites of this problem has a pool {name}"
                mistakes.add((*path, "effect", "pools", place), found, f"one of {known}")

    def _gap_ms(self, kind: ProblemKind, sites: Sites) -> Floats:
        """Mean working time from one problem to the next at each site, infinite where there is none."""
        posts = np.array([self._staffing.posts[self.pools_of[site]].sum() for site in sites], np.float64)
        per_year = kind.rate.per_site_and_year + kind.rate.per_post_and_year * posts
        gap_ms: Floats = np.full(len(sites), np.inf)
        np.divide(self._year_ms, per_year, out=gap_ms, where=per_year > 0)
        return gap_ms

    def _effect(self, kind: ProblemKind, site: int) -> Effect:
        effect = kind.effect
        pools = self._with_overtime[site]
        if effect.pools:
            roles = [self._roles.index(name) for name in effect.pools]
            pools = pools[np.isin(self._staffing.role[self._staffing.base_pool[pools]], roles)]
        hinders = effect.slower > 1 or effect.holds > 0
        return Effect(
            pools=pools if hinders else pools[:0],
            slower=effect.slower,
            holds=effect.holds,
            blocks=self._bits.numbers_blocked(effect.blocks),
        )


def _open_ms_of_working_day(official: Hours, days: int) -> float:
    """Mean open time of a working day of the run; infinite when it has none, so that nothing arises."""
    by_day = official.open_ms_by_day(days)
    return float(by_day[by_day > 0].mean()) if by_day.any() else np.inf


def _remedy(help_: Help | None) -> Remedy | None:
    return None if help_ is None else Remedy(help_.solves, quantile_table(help_.takes).tolist())


def _desk(agents: Agents | None, hours: dict[str, Hours]) -> HelpDesk | None:
    if agents is None:
        return None
    return HelpDesk(agents.agents, None if agents.calendar is None else hours[agents.calendar])


def _teams(
    name: str, kind: MobileTeam, selector: Selector, hours: dict[str, Hours], days: list[datetime.date]
) -> TeamKind:
    path: PathInScenario = ("support", "teams", name)
    bases = np.flatnonzero(selector.select(kind.base, (*path, "base"))).astype(np.int32)
    if not len(bases):
        selector.mistakes.add((*path, "base"), "no site is chosen", "at least one base")
    return TeamKind(
        name=name,
        bases=bases,
        base_of=nearest_above(bases, selector.sites.parent),
        number=kind.number,
        teams_on=_teams_on(kind, bases, selector, days, path),
        people=kind.people,
        hours=hours[kind.calendar],
        speed_kmh=kind.speed_kmh,
        rule=kind.dispatch,
        reserve=kind.reserve,
        urgent_after_ms=kind.urgent_after,
        cost_per_month_vnd=kind.cost_per_month,
    )


def _teams_on(
    kind: MobileTeam, bases: Sites, selector: Selector, days: list[datetime.date], path: PathInScenario
) -> NDArray[np.int32]:
    """Teams at each base on each day: shape (days, bases)."""
    teams = np.full((len(days), len(bases)), kind.number, np.int32)
    for name, change in sorted(kind.changes.items(), key=lambda item: item[1].at):
        where = (*path, "changes", name, "where")
        chosen = selector.select(change.where, where)[bases]
        if len(bases) and not chosen.any():
            selector.mistakes.add(where, "no base of these teams is chosen", "at least one of their bases")
        for day, date in enumerate(days):
            if change.at <= date and (change.until is None or date <= change.until):
                teams[day, chosen] = change.number
    return teams
