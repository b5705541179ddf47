"""Software systems: their numbers, their hosts, what they need and who runs them."""

from collections.abc import Iterable
from graphlib import TopologicalSorter

import numpy as np
from numpy.typing import NDArray

from sim.scenario.errors import PathInScenario
from sim.scenario.schema import BackEntry, Scenario, Selection, Step, System
from sim.scenario.schema.hits import OFFICES
from sim.world.arrays import Floats
from sim.world.control_plan import Systems
from sim.world.mistakes import Mistakes
from sim.world.offices import offices_can_close
from sim.world.places import UnknownPlace, find_province
from sim.world.selecting import Mask, Selector
from sim.world.sessions import is_pool_of_sessions
from sim.world.sites import LEVELS, Sites

MOST_SYSTEMS = 64
"""One bit each in a mask."""
ALL_SYSTEMS = (1 << MOST_SYSTEMS) - 1
WRITING = " (writing)"


class SystemBits:
    """The systems of a scenario as bits: those written there, the writing of some of them, and offices.

    Writing is apart for systems that may be read-only. Offices that are open are a system of every site of
    its own (E59), when some outage can close them.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._systems = scenario.systems
        writing = [name + WRITING for name, each in scenario.systems.items() if each.may_be_read_only]
        offices = [OFFICES] if offices_can_close(scenario) else []
        self.names = (*scenario.systems, *writing, *offices)
        self._number = {name: number for number, name in enumerate(self.names)}
        self.offices = self.of(offices)

    def of(self, needs: Iterable[str], writes: Iterable[str] = ()) -> int:
        """Bit mask of systems that are read, and of the writing of some."""
        numbers = {self._number[name] for name in needs}.union(*map(self._writing, writes))
        return sum(1 << number for number in numbers)

    def waited_for(self, step: Step | BackEntry) -> int:
        """Bit mask of what a step waits for: offices that are open, and all it needs if it cannot go on."""
        waits = isinstance(step, BackEntry) or step.without == "wait"
        needs = self.of(step.needs, step.writes) if waits else 0
        return needs if is_pool_of_sessions(step.pool or "") else needs | self.offices

    def numbers_blocked(self, names: Iterable[str]) -> tuple[int, ...]:
        """Numbers of some systems and of their writing, which cannot be used either where they cannot."""
        known = set(self._number)
        return tuple(self._number[each] for name in names for each in (name, name + WRITING) if each in known)

    def writing_of(self, name: str) -> int:
        """Number of the writing of a system, -1 when it is never read-only alone."""
        return self._number.get(name + WRITING, -1)

    def needs(self) -> tuple[tuple[int, ...], ...]:
        """Numbers of the systems that each one does not work without."""
        needs = [[self._number[each] for each in system.needs] for system in self._systems.values()]
        for name, system in self._systems.items():
            if system.may_be_read_only:
                above = set[int]().union(*map(self._writing, system.needs))
                needs.append([self._number[name], *sorted(above)])
        return tuple(map(tuple, needs)) + ((),) * (len(self.names) - len(needs))

    def system_of(self) -> list[System | None]:
        """System of the scenario that each number stands for, None for offices."""
        return [self._systems.get(name.removesuffix(WRITING)) for name in self.names]

    def _writing(self, name: str) -> set[int]:
        """What writing in a system needs besides the system itself."""
        if self._systems[name].may_be_read_only:
            return {self.writing_of(name)}
        return set[int]().union(*map(self._writing, self._systems[name].needs))


def slow_factors(scenario: Scenario) -> Floats:
    """Factor on the work that needs a system while it is slow, by its number: shape (64,)."""
    factors = np.ones(MOST_SYSTEMS)
    for number, system in enumerate(SystemBits(scenario).system_of()[:MOST_SYSTEMS]):
        factors[number] = 1.0 if system is None else system.slow_factor
    return factors


def systems_of(scenario: Scenario, selector: Selector) -> Systems:
    """The systems of a scenario, by number."""
    bits, sites = SystemBits(scenario), selector.sites
    if len(bits.names) > MOST_SYSTEMS:
        _refuse_so_many(scenario, len(bits.names), selector.mistakes)
    _require_reachable_needs(scenario, selector.mistakes)
    hosts = [_hosts(system, sites) for system in bits.system_of()]
    vendor_name, vendor = _vendors(scenario, selector, len(bits.names))
    needs = bits.needs()
    return Systems(
        name=bits.names,
        host=np.array(hosts, dtype=np.int32).reshape(len(hosts), len(sites.all)),
        needs=needs,
        order=tuple(TopologicalSorter(dict(enumerate(needs))).static_order()),
        writing=np.array([bits.writing_of(name) for name in bits.names], dtype=np.int32),
        vendor_name=vendor_name,
        vendor=vendor,
    )


def _hosts(system: System | None, sites: Sites) -> NDArray[np.int32]:
    """Site that hosts a system for each site; offices are at every site of its own."""
    if system is None:
        return np.arange(len(sites.all), dtype=np.int32)
    return sites.at_level[:, LEVELS.index(system.hosted_at)]


def _refuse_so_many(scenario: Scenario, count: int, mistakes: Mistakes) -> None:
    written = len(scenario.systems)
    apart = f", {count - written} of them twice, read and written apart" if count > written else ""
    mistakes.add(("systems",), f"{written} systems{apart}", f"at most {MOST_SYSTEMS}")
    mistakes.stop_if_any()


def _require_reachable_needs(scenario: Scenario, mistakes: Mistakes) -> None:
    """Notes systems of the centre that need one of the provinces: there is none at the centre (E31)."""
    for name, system in scenario.systems.items():
        for place, needed in enumerate(system.needs):
            if system.hosted_at == "centre" and scenario.systems[needed].hosted_at == "province":
                mistakes.add(
                    ("systems", name, "needs", place),
                    f"{name} is hosted at the centre and needs {needed}, which every province has its own of",
                    "a system that is hosted at the centre",
                )


def _vendors(scenario: Scenario, selector: Selector, count: int) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Names of all vendors, and the number of that of each system at each of its hosts, else -1."""
    names = tuple(dict.fromkeys(each for system in scenario.systems.values() for each in system.vendors))
    vendor = np.full((count, len(selector.sites.all)), -1, dtype=np.int32)
    bits = SystemBits(scenario)
    for number, (name, system) in enumerate(scenario.systems.items()):
        for vendor_name, where in system.vendors.items():
            path = ("systems", name, "vendors", vendor_name)
            provinces = _provinces_of(where, scenario, selector, path)
            if (vendor[number, provinces] >= 0).any():
                first = provinces[vendor[number, provinces] >= 0][0]
                found = f"{selector.sites.all[first].full_name} has two vendors"
                selector.mistakes.add(path, found, "each province once")
            vendor[number, provinces] = names.index(vendor_name)
        if system.may_be_read_only:
            vendor[bits.writing_of(name)] = vendor[number]
    return names, vendor


def _provinces_of(
    where: Selection, scenario: Scenario, selector: Selector, path: PathInScenario
) -> NDArray[np.int64]:
    """Numbers of the provinces of a selection; names that are not in the territory are passed over."""
    here = where
    if where.provinces and scenario.territory.synthetic is None:
        known = tuple(name for name in where.provinces if _is_here(name, selector, path))
        if not known:
            return np.zeros(0, dtype=np.int64)
        here = where.model_copy(update={"provinces": known})
    chosen: Mask = selector.select(here, path)
    provinces = selector.sites.of_level("province")
    return np.asarray(provinces[chosen[provinces]])


def _is_here(name: str, selector: Selector, path: PathInScenario) -> bool:
    """Whether a province is in the territory; a name that no province has is noted as a mistake."""
    try:
        return find_province(name).code in selector.sites.index_of
    except UnknownPlace as error:
        selector.mistakes.add((*path, "provinces"), str(error))
        return False
