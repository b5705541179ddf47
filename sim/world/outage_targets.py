"""Components, and which of them a hit of the scenario is about."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from sim.scenario.errors import PathInScenario, did_you_mean, known_words
from sim.scenario.schema import OFFICES, POWER, Hit
from sim.world.control_plan import Links, Systems
from sim.world.outage_sources import LINK, SITE, SYSTEM, WRITING, Components, Hits
from sim.world.selecting import Mask, Selector
from sim.world.sites import LEVELS, Sites

Numbers = NDArray[np.int32]
PROVINCE = LEVELS.index("province")


def components_of(links: Links, systems: Systems, sites: Sites) -> Components:
    """All links, every system at every site that hosts it, then power and offices of the sites."""
    rows = [(LINK, name, site, -1) for name, site in zip(links.name, links.site.tolist(), strict=True)]
    read = {writing: number for number, writing in enumerate(systems.writing.tolist()) if writing >= 0}
    offices: list[tuple[str, str, int, int]] = []
    for number, name in enumerate(systems.name):
        for host in np.unique(systems.host[number]).tolist():
            if host >= 0 and name == OFFICES:
                offices.append((SITE, OFFICES, host, number))
            elif host >= 0 and number in read:
                rows.append((WRITING, systems.name[read[number]], host, number))
            elif host >= 0:
                rows.append((SYSTEM, name, host, number))
    rows += [(SITE, POWER, site, -1) for site in range(len(sites.all))]
    rows += offices
    return Components(
        kind=tuple(kind for kind, _, _, _ in rows),
        name=tuple(name for _, name, _, _ in rows),
        site=np.array([site for _, _, site, _ in rows], dtype=np.int32),
        system=np.array([system for _, _, _, system in rows], dtype=np.int32),
    )


class Targets:
    """Finds the components that are hit; what does not exist goes to the mistakes of the selector."""

    def __init__(self, components: Components, systems: Systems, selector: Selector) -> None:
        self.components = components
        self.selector = selector
        self._systems = systems
        self._numbers: dict[tuple[str, str], list[int]] = {}
        for number, key in enumerate(zip(components.kind, components.name, strict=True)):
            self._numbers.setdefault(key, []).append(number)

    def hit_by(self, hit: Hit, path: PathInScenario, vendor: str | None = None) -> Hits:
        """What a hit that is written at `path` is about, in order of number."""
        names = self._with_vendor(hit.systems, vendor, path)
        if hit.effect == "read_only":
            self._require_read_only(names, (*path, "systems"))
        keys = [(LINK, link) for link in hit.links] + [(SITE, what) for what in hit.sites]
        keys += [(WRITING if hit.effect == "read_only" else SYSTEM, name) for name in names]
        numbers = self.among(keys, self.selector.select(hit.where, (*path, "where")))
        if vendor is not None:
            numbers = numbers[self._is_run_by(vendor, numbers)]
        return Hits(numbers, hit.effect, 1.0 if hit.bandwidth_left is None else hit.bandwidth_left)

    def among(self, keys: Iterable[tuple[str, str]], chosen: Mask) -> Numbers:
        """The components of some kinds and names at chosen sites, in order of number."""
        found = sorted({number for key in keys for number in self._numbers.get(key, ())})
        numbers = np.array(found, dtype=np.int32)
        return numbers[chosen[self.components.site[numbers]]]

    def address(self, number: int) -> str:
        """Kind, name and site of a component, as they stand in addresses of random numbers."""
        parts = self.components
        return f"{parts.kind[number]}:{parts.name[number]}/{self.code_at(parts.site[number])}"

    def code_at(self, site: int) -> str:
        """Code of a site."""
        return self.selector.sites.all[site].code

    def provinces_of(self, numbers: Numbers) -> list[int]:
        """The province in which each component stands, the centre for those above: site numbers."""
        province = self.selector.sites.at_level[self.components.site[numbers], PROVINCE]
        found: list[int] = np.maximum(province, 0).tolist()
        return found

    def _with_vendor(
        self, names: tuple[str, ...], vendor: str | None, path: PathInScenario
    ) -> tuple[str, ...]:
        """The systems named, or all those of the vendor."""
        known = self._systems.vendor_name
        if vendor is not None and vendor not in known:
            expected = (
                f"a vendor that some system has: {known_words(known)}" if known else "vendors of a system"
            )
            found = f'no system is run by "{vendor}"'
            self.selector.mistakes.add((*path, "vendor"), found, expected, did_you_mean(vendor, known))
        return names if vendor is None or names else self._systems.name

    def _is_run_by(self, vendor: str, numbers: Numbers) -> NDArray[np.bool_]:
        if vendor not in self._systems.vendor_name:
            return np.zeros(len(numbers), dtype=np.bool_)
        parts = self.components
        run_by = self._systems.vendor[parts.system[numbers], parts.site[numbers]]
        return np.asarray(run_by == self._systems.vendor_name.index(vendor))

    def _require_read_only(self, names: tuple[str, ...], path: PathInScenario) -> None:
        for place, name in enumerate(names):
            if (WRITING, name) not in self._numbers and (SYSTEM, name) in self._numbers:
                found = f"{name} works or does not, it is never read-only"
                self.selector.mistakes.add((*path, place), found, f"may_be_read_only: true in systems.{name}")
