"""The sites of a scenario: the centre, provinces, communes and what is between or below them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import Level, Synthetic
from sim.world.territory import Province, load_territory

LEVELS: tuple[Level, ...] = ("centre", "province", "district", "commune", "old_seat")
"""From the top; the place in this tuple is the number of the level in `World`. No scenario has them all."""

CENTRE_CODE = "VN"
CENTRE_LATITUDE, CENTRE_LONGITUDE = 21.0285, 105.8542
KM_PER_DEGREE = 111.2
SYNTHETIC_LATITUDE, SYNTHETIC_LONGITUDE = 15.0, 108.0

SiteKind = Literal["centre", "province", "district", "commune", "ward", "township", "special_zone"]


@dataclass(frozen=True, slots=True)
class Site:
    """A place where people work or citizens live. `parent_code` and `province` are empty for the centre.

    `population` is inhabitants: of a province or the centre, those of its communes in the scenario.
    `area_code` is the code of the present site under which dossiers from there are counted: its own, unless
    the site is of former times. `district` is the former district of a former commune. Detour factor and
    speed are those of the ways of its citizens.
    """

    code: str
    name: str
    full_name: str
    level: Level
    kind: SiteKind
    parent_code: str
    province: str
    latitude: float
    longitude: float
    area_km2: float
    population: float
    population_is_estimate: bool
    labels: frozenset[str]
    area_code: str
    district: str = ""
    detour_factor: float = 1.0
    travel_speed_kmh: float = 0.0


@dataclass(frozen=True)
class Sites:
    """All sites, ordered by level from the top, then by code.

    `present` are the present sites, under which dossiers are counted, where these are others.
    """

    all: tuple[Site, ...]
    present: tuple[Site, ...] | None = None

    @property
    def areas(self) -> tuple[Site, ...]:
        """The present sites: what dossiers are counted by, in every structure."""
        return self.all if self.present is None else self.present

    @cached_property
    def area_of(self) -> NDArray[np.int32]:
        """Number of the area of each site: shape (sites,)."""
        number = {area.code: index for index, area in enumerate(self.areas)}
        return np.array([number[site.area_code] for site in self.all], dtype=np.int32)

    @cached_property
    def index_of(self) -> dict[str, int]:
        """Number of the site with each code."""
        return {site.code: index for index, site in enumerate(self.all)}

    @cached_property
    def parent(self) -> NDArray[np.int32]:
        """Number of the site above, -1 for the centre: shape (sites,)."""
        return np.array([self.index_of.get(site.parent_code, -1) for site in self.all], dtype=np.int32)

    @cached_property
    def level(self) -> NDArray[np.int32]:
        """Level of each site, 0 for the centre: shape (sites,)."""
        return np.array([LEVELS.index(site.level) for site in self.all], dtype=np.int32)

    @cached_property
    def depth(self) -> NDArray[np.int32]:
        """Number of sites above each site, 0 for the centre: shape (sites,)."""
        depth = np.zeros(len(self.all), dtype=np.int32)
        for index, parent in enumerate(self.parent.tolist()):
            if parent >= 0:
                depth[index] = depth[parent] + 1
        return depth

    @cached_property
    def homes(self) -> NDArray[np.int64]:
        """Numbers of the sites where citizens live, in order: those with no site below."""
        is_home = np.ones(len(self.all), dtype=np.bool_)
        is_home[self.parent[self.parent >= 0]] = False
        return np.flatnonzero(is_home)

    @cached_property
    def at_commune(self) -> NDArray[np.bool_]:
        """Whether a site is a commune, or below one: shape (sites,)."""
        return np.asarray(self.at_level[:, LEVELS.index("commune")] >= 0)

    @cached_property
    def seat_of(self) -> NDArray[np.int32]:
        """The commune of a site at or below a commune, else the site itself: shape (sites,)."""
        commune = self.at_level[:, LEVELS.index("commune")]
        return np.where(commune >= 0, commune, np.arange(len(self.all))).astype(np.int32)

    @cached_property
    def at_level(self) -> NDArray[np.int32]:
        """The site itself or the one above it at each level, -1 = none: shape (sites, levels)."""
        table = np.full((len(self.all), len(LEVELS)), -1, dtype=np.int32)
        for index, parent in enumerate(self.parent.tolist()):
            if parent >= 0:
                table[index] = table[parent]
            table[index, self.level[index]] = index
        return table

    @cached_property
    def population(self) -> NDArray[np.float64]:
        """Inhabitants: shape (sites,)."""
        return np.array([site.population for site in self.all], dtype=np.float64)

    @cached_property
    def communes(self) -> NDArray[np.int64]:
        """Numbers of the communes, in order."""
        return self.of_level("commune")

    def of_level(self, level: Level) -> NDArray[np.int64]:
        """Numbers of the sites of a level, in order."""
        return np.flatnonzero(self.level == LEVELS.index(level))

    def only_communes(self, wanted: NDArray[np.bool_]) -> "Sites":
        """The sites with these communes only, and the sites above them; `wanted` has shape (sites,)."""
        return sites_above([site for site, keep in zip(self.all, wanted, strict=True) if keep], self.all)


def sites_above(communes: Iterable[Site], known: Iterable[Site]) -> Sites:
    """Sites with the known ones above them, whose population and area are summed up anew; mostly communes."""
    by_code = {site.code: site for site in known}
    members: dict[str, list[Site]] = {}
    kept: dict[str, Site] = {}
    for commune in communes:
        kept[commune.code] = commune
        above = commune.parent_code
        while above:
            members.setdefault(above, []).append(commune)
            above = by_code[above].parent_code
    kept |= {code: _summed(by_code[code], below) for code, below in members.items()}
    return Sites(tuple(sorted(kept.values(), key=lambda site: (LEVELS.index(site.level), site.code))))


def _summed(site: Site, communes: list[Site]) -> Site:
    return replace(
        site,
        population=sum(commune.population for commune in communes),
        area_km2=sum(commune.area_km2 for commune in communes),
        population_is_estimate=any(commune.population_is_estimate for commune in communes),
    )


def centre_site() -> Site:
    """The one site at the top."""
    return Site(
        code=CENTRE_CODE,
        name="Trung ương",
        full_name="Trung ương",
        level="centre",
        kind="centre",
        parent_code="",
        province="",
        latitude=CENTRE_LATITUDE,
        longitude=CENTRE_LONGITUDE,
        area_km2=0.0,
        population=0.0,
        population_is_estimate=True,
        labels=frozenset(),
        area_code=CENTRE_CODE,
    )


def real_sites(provinces: Iterable[Province]) -> list[Site]:
    """The provinces with all their communes, from the gazetteer."""
    territory = load_territory()
    sites = []
    for province in provinces:
        sites.append(
            province_site(
                province.code, province.name, province.full_name, province.latitude, province.longitude
            )
        )
        sites.extend(
            Site(
                code=commune.code,
                name=commune.name,
                full_name=commune.full_name,
                level="commune",
                kind=commune.kind,
                parent_code=province.code,
                province=province.name,
                latitude=commune.latitude,
                longitude=commune.longitude,
                area_km2=commune.area_km2,
                population=float(commune.population),
                population_is_estimate=commune.population_is_estimate,
                labels=commune.labels,
                area_code=commune.code,
            )
            for commune in territory.communes_of(province.code)
        )
    return sites


def synthetic_sites(synthetic: Synthetic) -> list[Site]:
    """Made-up provinces side by side, the communes of each on a square grid of cells of their area."""
    sites = []
    step = math.sqrt(synthetic.area_km2) / KM_PER_DEGREE
    side = math.ceil(math.sqrt(synthetic.communes_per_province))
    for province in range(synthetic.provinces):
        code, name = f"P{province + 1:03d}", f"Province {province + 1}"
        west = SYNTHETIC_LONGITUDE + province * (side + 1) * step
        middle = (side - 1) * step / 2
        sites.append(province_site(code, name, name, SYNTHETIC_LATITUDE + middle, west + middle))
        for place in range(synthetic.communes_per_province):
            number = province * synthetic.communes_per_province + place + 1
            latitude = SYNTHETIC_LATITUDE + place // side * step
            sites.append(
                _made_up_commune(number, code, name, latitude, west + place % side * step, synthetic)
            )
    return sites


def province_site(code: str, name: str, full_name: str, latitude: float, longitude: float) -> Site:
    """A site at the level of provinces, still without population, area and labels."""
    return replace(
        centre_site(),
        code=code,
        name=name,
        full_name=full_name,
        level="province",
        kind="province",
        parent_code=CENTRE_CODE,
        area_code=code,
        province=name,
        latitude=latitude,
        longitude=longitude,
    )


def _made_up_commune(
    number: int, parent_code: str, province: str, latitude: float, longitude: float, synthetic: Synthetic
) -> Site:
    return Site(
        code=f"C{number:05d}",
        name=f"Commune {number:04d}",
        full_name=f"Commune {number:04d}",
        level="commune",
        kind="commune",
        parent_code=parent_code,
        province=province,
        latitude=latitude,
        longitude=longitude,
        area_km2=synthetic.area_km2,
        population=float(synthetic.inhabitants_per_commune),
        population_is_estimate=False,
        labels=frozenset({"rural", "lowland"}),
        area_code=f"C{number:05d}",
    )
