"""Which sites a scenario means: `where:` selections and names in tables."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim.scenario.errors import PathInScenario, did_you_mean, known_words
from sim.scenario.schema import Level, Scenario, Selection, SiteRow, Table, Travel
from sim.world.former_structure import with_former_sites
from sim.world.mistakes import Mistakes
from sim.world.names import NameIndex, plain_key
from sim.world.places import UnknownPlace, find_commune, find_province
from sim.world.sites import LEVELS, Site, Sites, centre_site, real_sites, sites_above, synthetic_sites
from sim.world.territory import LABELS, Province

Mask = NDArray[np.bool_]
"""True for each chosen site: shape (sites,)."""


class Selector:
    """Finds sites of one scenario by selection or name; what it cannot find goes to `mistakes`.

    `of_areas` does the same among the present sites, by which dossiers are counted (`sites.areas`).
    """

    def __init__(
        self,
        sites: Sites,
        is_real: bool,
        labels: frozenset[str],
        mistakes: Mistakes,
        of_areas: "Selector | None" = None,
    ) -> None:
        self.sites = sites
        self.mistakes = mistakes
        self.of_areas = of_areas or self
        self._is_real = is_real
        self._labels = labels
        self._masks: dict[Selection, Mask] = {}
        self._names = NameIndex(
            (index, {site.name, site.full_name, site.code}) for index, site in enumerate(sites.all)
        )
        self._province_names = NameIndex(
            (index, {site.name, site.full_name, site.code})
            for index, site in enumerate(sites.all)
            if site.level == "province"
        )

    def select_homes(self, where: Selection, path: PathInScenario) -> Mask:
        """The homes whose area, a present site, is in the selection: shape (homes,)."""
        return self.of_areas.select(where, path)[self.sites.area_of[self.sites.homes]]

    def select(self, where: Selection, path: PathInScenario) -> Mask:
        """The sites of a selection that is written at `path`."""
        if where not in self._masks:
            self._masks[where] = self._evaluated(where, path)
        return self._masks[where]

    def select_at(self, level: Level, where: Selection, path: PathInScenario) -> Mask:
        """The sites of a selection at one level; names are those of sites of this level."""
        return self.select(_at_level(level, where), path)

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
        if where.communes:
            chosen &= self._in_communes(where.communes, (*path, "communes"))
        if where.names:
            chosen &= self._named(where.names, where.levels, (*path, "names"))
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
        here = self._province_names.matches(name)
        if len(here) == 1:
            return here[0]
        try:
            code = find_province(name).code if self._is_real else name
        except UnknownPlace as error:
            self.mistakes.add(path, str(error))
            return -1
        index = self.sites.index_of.get(code, -1)
        if index < 0:
            names = [site.name for site in self._provinces()]
            self.mistakes.add(path, f'"{name}" is not in this scenario', f"one of {known_words(names)}")
        return index

    def _provinces(self) -> list[Site]:
        return [site for site in self.sites.all if site.level == "province"]

    def _in_communes(self, names: tuple[str, ...], path: PathInScenario) -> Mask:
        areas = np.flatnonzero(self.of_areas._named(names, ("commune",), path))
        return np.isin(self.sites.area_of, areas)

    def _named(self, names: tuple[str, ...], levels: tuple[Level, ...], path: PathInScenario) -> Mask:
        chosen = np.zeros(len(self.sites.all), dtype=np.bool_)
        for place, name in enumerate(names):
            try:
                chosen[self.find(name, levels=levels)] = True
            except UnknownPlace as error:
                self.mistakes.add((*path, place), str(error))
        return chosen

    def find(self, name: str, province: str = "", levels: tuple[Level, ...] = ()) -> int:
        """Number of the site with this name or code; UnknownPlace when there is not exactly one.

        Behind a comma stands the province or the former district. Without `levels` an old seat
        gives way to a site above that has the same name.
        """
        if not province and "," in name:
            name, province = name.rsplit(",", 1)
        found = [index for index in self._names.matches(name) if self._is_in(index, province)]
        if found:
            found = self._at_levels(found, levels)
        if len(found) == 1:
            return found[0]
        if found:
            answers = [self._answer(index) for index in found]
            raise UnknownPlace(f"{len(found)} sites are called '{name.strip()}'", answers[:10])
        raise self._unknown(name, province)

    def _at_levels(self, found: list[int], levels: tuple[Level, ...]) -> list[int]:
        if not levels:
            return [index for index in found if self.sites.all[index].level != "old_seat"] or found
        kept = [index for index in found if self.sites.all[index].level in levels]
        if not kept:
            site = self.sites.all[found[0]]
            inside = f"; communes: [{site.name}] is what lies in it" if site.level == "commune" else ""
            raise UnknownPlace(f"{site.full_name} is a {site.level}, no {' or '.join(levels)}{inside}")
        return kept

    def _answer(self, index: int) -> str:
        """A name that tells the site from others of the same name; the code where only that does."""
        site = self.sites.all[index]
        if site.level == "old_seat":
            return f"{site.code} ({site.full_name}, {site.district})"
        return f"{site.full_name}, {site.district or site.province}"

    def _is_in(self, index: int, place: str) -> bool:
        site = self.sites.all[index]
        return not place or plain_key(place) in (plain_key(site.province), plain_key(site.district))

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
        if self.of_areas is not self and commune.code in self.of_areas.sites.index_of:
            made_from = f"where: {{communes: [{commune.full_name}]}} for the communes it was made from"
            return UnknownPlace(f"{commune.full_name} is a commune since 1 July 2025: write {made_from}")
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
                if not self.exists_elsewhere(row.site, row.province):
                    self.mistakes.add_in_table(table.file, row.line, str(error))
                continue
            if index in values:
                name = self.sites.all[index].full_name
                self.mistakes.add_in_table(table.file, row.line, f"{name} is given twice", "one row a site")
            values[index] = row.value
        return values

    def exists_elsewhere(self, name: str, province: str) -> bool:
        """Whether a name that no site has is that of a real commune outside the scenario."""
        if not self._is_real:
            return False
        try:
            code = find_commune(name, province or None).code
        except UnknownPlace as error:
            is_former = self.of_areas is not self and "is a former commune" in str(error)
            return is_former or "communes are called" in str(error)
        return code not in self.sites.index_of


def _at_level(level: Level, where: Selection) -> Selection:
    excluding = None if where.excluding is None else _at_level(level, where.excluding)
    return where.model_copy(update={"levels": where.levels or (level,), "excluding": excluding})


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
    sites = with_ways(sites, territory.travel, selector(sites))
    mistakes.stop_if_any()
    if not territory.has_former_sites:
        return selector(sites)
    return Selector(with_former_sites(sites, territory), is_real, labels, mistakes, selector(sites))


def with_ways(sites: Sites, travel: Travel, selector: Selector) -> Sites:
    """The sites with detour factor and speed of the ways of their citizens."""
    detour = np.full(len(sites.all), travel.detour_factor)
    speed = np.full(len(sites.all), travel.speed_kmh)
    left = np.ones(len(sites.all), dtype=np.bool_)
    for place, case in enumerate(travel.cases):
        fits = selector.select(case.where, ("territory", "travel", "cases", place, "where")) & left
        detour[fits] = case.detour_factor or travel.detour_factor
        speed[fits] = case.speed_kmh or travel.speed_kmh
        left &= ~fits
    each = zip(sites.all, detour.tolist(), speed.tolist(), strict=True)
    return Sites(tuple(replace(site, detour_factor=way, travel_speed_kmh=kmh) for site, way, kmh in each))


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
