"""The sources of outages of a scenario, made ready to run."""

import datetime
from typing import NamedTuple

import numpy as np

from sim.scenario.errors import PathInScenario
from sim.scenario.schema import Outage, RandomOutages, Scenario
from sim.world.arrays import FAR_FUTURE_MS
from sim.world.crew_plan import CrewBook
from sim.world.day_factors import days_of
from sim.world.hours import Hours
from sim.world.keys import name_keys
from sim.world.levels import levels_of
from sim.world.moments import ms_since
from sim.world.outage_replay import replayed_outages
from sim.world.outage_sources import Hits, OutageSources
from sim.world.outage_sources import PlannedOutage as PlannedOutageTimes
from sim.world.outage_sources import RandomOutages as RandomOutageTimes
from sim.world.outage_targets import Numbers, Targets
from sim.world.road_table import roads_of
from sim.world.storm_plan import storms_of
from sim.world.tables import quantile_table


def outage_sources_of(scenario: Scenario, targets: Targets, hours: dict[str, Hours]) -> OutageSources:
    """All sources of outages, and who mends what they break."""
    selector = targets.selector
    crews = CrewBook(scenario, selector, hours)
    return OutageSources(
        random=_random_outages(scenario, targets, crews),
        planned=_planned_outages(scenario, targets),
        storms=storms_of(scenario, targets, crews),
        crews=crews.kinds,
        people=selector.sites.population,
        roads=roads_of(scenario, selector),
    )


def _random_outages(scenario: Scenario, targets: Targets, crews: CrewBook) -> tuple[RandomOutageTimes, ...]:
    found = []
    for name, outage in scenario.outages.items():
        path: PathInScenario = ("outages", name)
        if outage.random is not None:
            hits = targets.hit_by(outage, path, outage.vendor)
            crew = crews.number_of(outage.random.crew, hits.components, targets, (*path, "random", "crew"))
            level = _Levels(outage.random, targets, days_of(scenario.period), (*path, "random", "levels"))
            found.append(_random(name, outage.random, hits, targets, crew, level))
    return tuple(found)


def _random(
    name: str, random: RandomOutages, hits: Hits, targets: Targets, crew: int, levels: "_Levels"
) -> RandomOutageTimes:
    groups = _groups(random, hits, targets)
    return RandomOutageTimes(
        source=name,
        groups=tuple(Hits(group.components, hits.effect, hits.bandwidth_left) for group in groups),
        label=tuple(group.label for group in groups),
        key=name_keys(f"{group.address}/{name}" for group in groups),
        failure_table=quantile_table(random.time_between_failures),
        repair_table=quantile_table(random.time_to_repair),
        level=levels.level,
        level_row=levels.row_of(groups),
        crew=crew,
    )


class _Group(NamedTuple):
    """Components that fail at the same moment; `label` is empty for one that fails on its own."""

    address: str
    label: str
    components: Numbers


class _Levels:
    """What part of the failures of a source comes true."""

    def __init__(
        self, random: RandomOutages, targets: Targets, days: list[datetime.date], path: PathInScenario
    ) -> None:
        self._targets, self._path = targets, path
        self.level, self._row = levels_of(random.levels, targets.selector, days, path)

    def row_of(self, groups: list[_Group]) -> Numbers:
        """Row in `level` of each group."""
        rows = [self._row[self._targets.components.site[group.components]] for group in groups]
        if any(len(set(row.tolist())) > 1 for row in rows):
            found = "levels for a part of what fails together"
            self._targets.selector.mistakes.add(self._path, found, "one level for all of it")
        return np.array([row[0] for row in rows], np.int32)


def _groups(random: RandomOutages, hits: Hits, targets: Targets) -> list[_Group]:
    numbers = hits.components
    if random.together == "each":
        return [_Group(targets.address(n), "", numbers[[i]]) for i, n in enumerate(numbers.tolist())]
    province = np.array(targets.provinces_of(numbers), dtype=np.int32)
    if random.together == "all":
        return [_Group("together:all", "all", numbers)] if len(numbers) else []
    codes = [(targets.code_at(site), numbers[province == site]) for site in np.unique(province).tolist()]
    return [_Group(f"together:{code}", code, members) for code, members in codes]


def _planned_outages(scenario: Scenario, targets: Targets) -> tuple[PlannedOutageTimes, ...]:
    """The outages with a known time that touch the run, by source, then as written."""
    found: list[PlannedOutageTimes] = []
    for name, outage in scenario.outages.items():
        if outage.planned is not None:
            found += _planned(name, outage, scenario, targets)
        if outage.replay_csv is not None:
            found += replayed_outages(name, outage.replay_csv, scenario, targets)
    return tuple(each for each in found if each.ends_ms > 0)


def _planned(name: str, outage: Outage, scenario: Scenario, targets: Targets) -> list[PlannedOutageTimes]:
    hits = targets.hit_by(outage, ("outages", name), outage.vendor)
    planned = outage.planned or ()
    begins_ms = [ms_since(scenario.period.start, each.at) for each in planned]
    return [
        PlannedOutageTimes(
            source=name,
            event=name if len(planned) == 1 else f"{name}/{place}",
            hits=hits,
            begins_ms=max(begin, 0),
            ends_ms=min(begin + each.length_ms, FAR_FUTURE_MS),
        )
        for place, (each, begin) in enumerate(zip(planned, begins_ms, strict=True), start=1)
    ]
