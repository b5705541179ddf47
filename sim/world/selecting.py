"""Which sites a scenario means: `where:` selections and names in tables."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim.scenario.errors import PathInScenario, did_you_mean, known_words
from sim.scenario.schema import Scenario, Selection, SiteRow, Table
from sim.world.mistakes import Mistakes
from sim.world.names import NameIndex, plain_key
from sim.world.places import UnknownPlace, find_commune, find_province
from sim.world.sites import LEVELS, Site, Sites, centre_site, real_sites, sites_above, synthetic_sites
from sim.world.territory import LABELS, Province

Mask = NDArray[np.bool_]
"""True for each chosen site: shape (sites,)."""


class Selector:
    """Finds sites of one scenario by selection or name; what it cannot find goes to `mistakes`."""

    def __init__(self, sites: Sites, is_real: bool, labels: frozenset[str], mistakes: Mistakes) -> None:
        self.sites = sites
        self.mistakes = mistakes
        self._is_real = is_real
        self._labels = labels
        self._masks: dict[Selection, Mask] = {}
        self._names = NameIndex(
            (index, {site.name, site.full_name, site.code}) for index, site in enumerate(sites.all)
        )

    def select(self, where: Selection, path: PathInScenario) -> Mask:
        """The sites of a selection that is written at `path`."""
        if where not in self._masks:
            self._masks[where] = self._evaluated(where, path)
        return self._masks[where]

    def _evaluated(self, where: Selection, path: PathInScenario) -> Mask:
        everything = self.sites.all
        chosen = np.ones(len(everything), dtype=np.bool_)
        if where.levels:
            chosen &= np.array([site.level in where.levels for site in everything])
        if where.kinds:
            chosen &= np.array([site.kind in where.kinds for site in everything])
        if where.labels:
            chosen &= np.array([site.labels.issuperset(where.labels) for site in everything])
        if where.any_label:
            chosen &= np.array([not site.labels.isdisjoint(where.any_label) for site in everything])
        if where.provinces:
            chosen &= self._in_provinces(where.provinces, (*path, "provinces"))
        if where.names:
            chosen &= self._named(where.names, (*path, "names"))
        if where.excluding is not None:
            chosen &= ~self.select(where.excluding, (*path, "not"))
        self._check_labels(where.labels, (*path, "labels"))
        self._check_labels(where.any_label, (*path, "any_label"))
        return chosen

    def _check_labels(self, labels: tuple[str, ...], path: PathInScenario) -> None:
        for place, label in enumerate(labels):
            if label not in self._labels:
                known = sorted(self._labels)
                self.mistakes.add(
                    (*path, place),
                    f'there is no label "{label}"',
                    f"one of {known_words(known)}",
                    did_you_mean(label, known),
                )

    def _in_provinces(self, names: tuple[str, ...], path: PathInScenario) -> Mask:
        wanted = {self._province_index(name, (*path, place)) for place, name in enumerate(names)}
        return np.isin(
            self.sites.at_level[:, LEVELS.index("province")], [each for each in wanted if each >= 0]
        )

    def _province_index(self, name: str, path: PathInScenario) -> int:
        try:
            code = find_province(name).code if self._is_real else name
        except UnknownPlace as error:
            self.mistakes.add(path, str(error))
            return -1
        known = {code: code, **{plain_key(site.name): site.code for site in self._provinces()}}
        index = self.sites.index_of.get(known.get(plain_key(name), code), -1)
        if index < 0:
            names = [site.name for site in self._provinces()]
            self.mistakes.add(path, f'"{name}" is not in this scenario', f"one of {known_words(names)}")
        return index

    def _provinces(self) -> list[Site]:
        return [site for site in self.sites.all if site.level == "province"]

    def _named(self, names: tuple[str, ...], path: PathInScenario) -> Mask:
        chosen = np.zeros(len(self.sites.all), dtype=np.bool_)
        for place, name in enumerate(names):
            try:
                chosen[self.find(name)] = True
            except UnknownPlace as error:
                self.mistakes.add((*path, place), str(error))
        return chosen

    def find(self, name: str, province: str = "") -> int:
        """Number of the site with this name or code; UnknownPlace when there is not exactly one."""
        if not province and "," in name:
            name, province = name.rsplit(",", 1)
        found = [index for index in self._names.matches(name) if self._is_in(index, province)]
        if len(found) == 1:
            return found[0]
        if found:
            answers = [f"{self.sites.all[i].full_name}, {self.sites.all[i].province}" for i in found]
            raise UnknownPlace(f"{len(found)} sites are called '{name.strip()}'", answers[:10])
        raise self._unknown(name, province)

    def _is_in(self, index: int, province: str) -> bool:
        return not province or plain_key(self.sites.all[index].province) == plain_key(province)

    def _unknown(self, name: str, province: str) -> UnknownPlace:
        near = [self.sites.all[index].full_name for index in self._names.nearest(name)]
        text = f"there is no site '{name.strip()[:100]}' in this scenario"
        if not self._is_real:
            return UnknownPlace(text, near)
        try:
            commune = find_commune(name, province.strip() or None)
        except UnknownPlace as error:
            return UnknownPlace(text, near or self._only_here(error.nearest) or error.nearest)
        home = find_province(commune.province_code).name
        return UnknownPlace(f"{commune.full_name}, {home} exists but is not in this study", near)

    def _only_here(self, answers: Iterable[str]) -> list[str]:
        """Those of the answers "commune, province" whose province belongs to the scenario."""
        here = {plain_key(site.name) for site in self._provinces()}
        return [answer for answer in answers if plain_key(answer.rpartition(",")[2]) in here]

    def row_values(self, table: Table, rows: tuple[SiteRow, ...]) -> dict[int, float]:
        """Values of a table by site; rows about real communes outside the scenario are passed over."""
        values: dict[int, float] = {}
        for row in rows:
            try:
                index = self.find(row.site, row.province)
            except UnknownPlace as error:
                if not self._exists_elsewhere(row):
                    self.mistakes.add_in_table(table.file, row.line, str(error))
                continue
            if index in values:
                name = self.sites.all[index].full_name
                self.mistakes.add_in_table(table.file, row.line, f"{name} is given twice", "one row a site")
            values[index] = row.value
        return values

    def _exists_elsewhere(self, row: SiteRow) -> bool:
        if not self._is_real:
            return False
        try:
            code = find_commune(row.site, row.province or None).code
        except UnknownPlace as error:
            return "communes are called" in str(error)
        return code not in self.sites.index_of


def selector_of(scenario: Scenario, mistakes: Mistakes) -> Selector:
    """The sites of a scenario, with a finder for them; ScenarioError when its territory does not exist."""
    territory = scenario.territory
    known = [centre_site(), *_listed_sites(scenario, mistakes)]
    mistakes.stop_if_any()
    labels = frozenset(LABELS) | frozenset(territory.labels)
    is_real = territory.synthetic is None

    def selector(sites: Sites) -> Selector:
        return Selector(sites, is_real, labels, mistakes)

    sites = sites_above((site for site in known if site.level == "commune"), known)
    sites = _with_planners_tables(selector(sites), scenario)
    if territory.only is not None:
        path = ("territory", "only")
        chosen = selector(sites).select(territory.only, path) & (sites.level == LEVELS.index("commune"))
        if not chosen.any():
            mistakes.add(path, "no commune is left", "a selection with at least one commune")
            mistakes.stop_if_any()
        sites = sites.only_communes(chosen)
    mistakes.stop_if_any()
    return selector(sites)


def _listed_sites(scenario: Scenario, mistakes: Mistakes) -> list[Site]:
    territory = scenario.territory
    if territory.synthetic is not None:
        return synthetic_sites(territory.synthetic)
    provinces: dict[str, Province] = {}
    for place, name in enumerate(territory.provinces or ()):
        path = ("territory", "provinces", place)
        try:
            province = find_province(name)
        except UnknownPlace as error:
            mistakes.add(path, str(error))
            continue
        if province.code in provinces:
            mistakes.add(path, f"{province.name} is given twice", "each province once")
        provinces[province.code] = province
    return real_sites(provinces.values())


def _with_planners_tables(selector: Selector, scenario: Scenario) -> Sites:
    """The sites with the planner's own population and labels."""
    territory = scenario.territory
    communes = {site.code: site for site in selector.sites.all if site.level == "commune"}
    for label, names in territory.labels.items():
        if not names:
            continue
        for index in np.flatnonzero(selector.select(Selection(names=names), ("territory", "labels", label))):
            site = selector.sites.all[index]
            if site.level == "commune":
                communes[site.code] = replace(
                    communes[site.code], labels=communes[site.code].labels | {label}
                )
    if territory.population_csv is not None:
        rows = selector.row_values(territory.population_csv, territory.population_rows)
        for row, population in rows.items():
            code = selector.sites.all[row].code
            if code in communes:
                communes[code] = replace(communes[code], population=population, population_is_estimate=False)
    return sites_above(communes.values(), selector.sites.all)
