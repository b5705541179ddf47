"""What can fail, and the sources of its outages."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import Outage, PlannedOutage, Scenario
from sim.world.arrays import MS_PER_DAY, MS_PER_MINUTE
from sim.world.control_plan import Components, Links, RandomOutages, Systems
from sim.world.control_plan import PlannedOutage as PlannedOutageTimes
from sim.world.keys import name_keys
from sim.world.selecting import Selector
from sim.world.sites import Sites
from sim.world.tables import quantile_table


def components_of(links: Links, systems: Systems) -> Components:
    """All links, then every system at every site that hosts it."""
    hosted = [
        (number, host)
        for number in range(len(systems.name))
        for host in np.unique(systems.host[number]).tolist()
        if host >= 0
    ]
    return Components(
        kind=("link",) * len(links.name) + ("system",) * len(hosted),
        name=links.name + tuple(systems.name[number] for number, _ in hosted),
        site=np.concatenate([links.site, np.array([host for _, host in hosted], dtype=np.int32)]),
        system=np.array([-1] * len(links.name) + [number for number, _ in hosted], dtype=np.int32),
    )


def random_outages_of(
    scenario: Scenario, selector: Selector, components: Components
) -> tuple[RandomOutages, ...]:
    """The sources of outages by chance."""
    return tuple(
        RandomOutages(
            source=name,
            components=(hit := _hit_by(outage, name, selector, components)),
            key=name_keys(_names(components, hit.tolist(), name, selector.sites)),
            failure_table=quantile_table(outage.random.time_between_failures),
            repair_table=quantile_table(outage.random.time_to_repair),
        )
        for name, outage in scenario.outages.items()
        if outage.random is not None
    )


def planned_outages_of(
    scenario: Scenario, selector: Selector, components: Components
) -> tuple[PlannedOutageTimes, ...]:
    """The outages with a known time that touch the run, by source, then as written."""
    found = []
    for name, outage in scenario.outages.items():
        hit = _hit_by(outage, name, selector, components)
        for planned in outage.planned or ():
            begins_ms = _ms_since_start(scenario, planned)
            ends_ms = begins_ms + planned.lasts
            if ends_ms > 0:
                found.append(PlannedOutageTimes(name, hit, max(begins_ms, 0), ends_ms))
    return tuple(found)


def _hit_by(outage: Outage, name: str, selector: Selector, components: Components) -> NDArray[np.int32]:
    chosen = selector.select(outage.where, ("outages", name, "where"))
    wanted = {("link", link) for link in outage.links} | {("system", system) for system in outage.systems}
    kinds = zip(components.kind, components.name, strict=True)
    is_hit = np.array([each in wanted for each in kinds], dtype=np.bool_) & chosen[components.site]
    return np.flatnonzero(is_hit).astype(np.int32)


def _names(components: Components, numbers: Iterable[int], source: str, sites: Sites) -> list[str]:
    return [
        f"{components.kind[n]}:{components.name[n]}/{sites.all[components.site[n]].code}/{source}"
        for n in numbers
    ]


def _ms_since_start(scenario: Scenario, planned: PlannedOutage) -> int:
    days = (planned.at.date() - scenario.period.start).days
    return days * MS_PER_DAY + (planned.at.hour * 60 + planned.at.minute) * MS_PER_MINUTE
