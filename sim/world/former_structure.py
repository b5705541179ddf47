"""Sites of former times: old seats of present communes, districts above them, the four levels of before."""

import math
import statistics
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast

from sim.scenario.schema import Synthetic, Territory
from sim.world.sites import (
    CENTRE_CODE,
    KM_PER_DEGREE,
    LEVELS,
    Site,
    SiteKind,
    Sites,
    province_site,
    sites_above,
)
from sim.world.territory import FormerCommune, FormerPart, load_former_communes, load_territory

PREFIX = "F"
"""Stands before the code of a former site: provinces have 2 digits, districts 3, communes 5."""


@dataclass(frozen=True)
class _Part:
    """What of a former commune lies in one present commune: where citizens live.

    `site` is it as an old seat of that commune; the rest are the former units above it. `commune_code`
    differs from the code of the site when the former commune was divided.
    """

    site: Site
    commune_code: str
    district_code: str
    province_code: str
    province: str
    province_full_name: str
    present_province_code: str


def with_former_sites(present: Sites, territory: Territory) -> Sites:
    """The present sites with old seats or with districts, or the sites of the former four levels."""
    if territory.synthetic is None:
        parts = list(_real_parts(present))
    else:
        parts = list(_made_up_parts(present, territory.synthetic))
    if territory.structure == "four_level":
        return Sites(_four_levels(parts, present), present.all)
    if territory.structure == "districts_kept":
        return Sites(_below_districts(parts, present), present.all)
    return Sites(_in_order([*present.all, *(part.site for part in parts)]), present.all)


def _in_order(sites: Iterable[Site]) -> tuple[Site, ...]:
    return tuple(sorted(sites, key=lambda site: (LEVELS.index(site.level), site.code)))


def _real_parts(present: Sites) -> Iterator[_Part]:
    cities = {province.name for province in load_territory().provinces if province.is_city}
    for former in load_former_communes():
        full_name = f"{'Thành phố' if former.province in cities else 'Tỉnh'} {former.province}"
        for part in former.parts:
            if part.present_code in present.index_of:
                seat = present.all[present.index_of[part.present_code]]
                yield _Part(
                    site=_old_seat(former, part, seat),
                    commune_code=_code(former),
                    district_code=PREFIX + former.district_code,
                    province_code=PREFIX + former.province_code,
                    province=former.province,
                    province_full_name=full_name,
                    present_province_code=seat.parent_code,
                )


def _code(former: FormerCommune) -> str:
    return PREFIX + (former.code or f"{former.district_code}-0")


def _old_seat(former: FormerCommune, part: FormerPart, commune: Site) -> Site:
    divided = f"-{part.present_code}" if len(former.parts) > 1 else ""
    estimate = load_territory().commune(commune.code).population
    share = part.population / estimate if estimate else 1.0
    return replace(
        commune,
        code=_code(former) + divided,
        name=former.name,
        full_name=former.full_name,
        level="old_seat",
        kind="special_zone" if former.kind == "district" else cast(SiteKind, former.kind),
        parent_code=commune.code,
        latitude=former.latitude,
        longitude=former.longitude,
        area_km2=part.area_km2,
        population=share * commune.population,
        population_is_estimate=True,
        district=former.district,
    )


def _made_up_parts(present: Sites, synthetic: Synthetic) -> Iterator[_Part]:
    """Former communes of equal size on a circle around the seat of each commune."""
    count = synthetic.former_communes
    for index in present.of_level("commune").tolist():
        commune = present.all[index]
        before = int(commune.code[1:]) - 1
        district = before // synthetic.communes_per_district + 1
        for place in range(count):
            seat = _made_up_seat(commune, before * count + place + 1, place, count, district)
            yield _Part(
                site=seat,
                commune_code=seat.code,
                district_code=f"{PREFIX}D{commune.parent_code}-{district:03d}",
                province_code=PREFIX + commune.parent_code,
                province=commune.province,
                province_full_name=commune.province,
                present_province_code=commune.parent_code,
            )


def _made_up_seat(commune: Site, number: int, place: int, count: int, district: int) -> Site:
    """One on the seat itself; several at half the radius of the commune."""
    radius_degrees = math.sqrt(commune.area_km2 / math.pi) / 2 / KM_PER_DEGREE if count > 1 else 0.0
    angle = 2 * math.pi * place / count
    return replace(
        commune,
        code=f"{PREFIX}{number:05d}",
        name=f"Former commune {number:04d}",
        full_name=f"Former commune {number:04d}",
        level="old_seat",
        parent_code=commune.code,
        latitude=commune.latitude + radius_degrees * math.sin(angle),
        longitude=commune.longitude + radius_degrees * math.cos(angle),
        area_km2=commune.area_km2 / count,
        population=commune.population / count,
        district=f"District {district:03d}",
    )


def _four_levels(parts: list[_Part], present: Sites) -> tuple[Site, ...]:
    """Centre, former provinces, districts and communes, and the parts of communes that were divided later.

    The parts, below their former commune, have no people: they only say where citizens live.
    """
    centre = present.all[present.index_of[CENTRE_CODE]]
    by_commune = _grouped(parts, [part.commune_code for part in parts])
    communes = [_commune(code, members) for code, members in by_commune.items()]
    districts = [
        _district(code, members)
        for code, members in _grouped(parts, [part.district_code for part in parts]).items()
    ]
    provinces = [
        _province(code, members)
        for code, members in _grouped(parts, [part.province_code for part in parts]).items()
    ]
    divided = [
        replace(part.site, parent_code=code, province=part.province)
        for code, members in by_commune.items()
        for part in members
        if part.site.code != code
    ]
    with_parts = {part.parent_code for part in divided}
    homes = [*divided, *(commune for commune in communes if commune.code not in with_parts)]
    return sites_above(homes, [centre, *provinces, *districts, *communes]).all


def _below_districts(parts: list[_Part], present: Sites) -> tuple[Site, ...]:
    """The present sites, each commune below the former district from which most of its people come.

    Every district of the gazetteer has its communes in one present province, which it stays below.
    """
    origin = {
        code: _main_origin(members)
        for code, members in _grouped(parts, [part.site.parent_code for part in parts]).items()
    }
    communes = [
        replace(site, parent_code=origin[site.code].district_code, district=origin[site.code].site.district)
        for site in present.all
        if site.level == "commune"
    ]
    districts = [
        replace(_district(code, members), parent_code=members[0].present_province_code)
        for code, members in _grouped(
            list(origin.values()), [part.district_code for part in origin.values()]
        ).items()
    ]
    return sites_above(communes, [*present.all, *districts]).all


def _main_origin(members: list[_Part]) -> _Part:
    """A part that came from the district with most people among these; of equals the lowest code."""
    people: dict[str, float] = {}
    for part in members:
        people[part.district_code] = people.get(part.district_code, 0.0) + part.site.population
    most = max(sorted(people), key=people.__getitem__)
    return next(part for part in members if part.district_code == most)


def _grouped(parts: list[_Part], codes: list[str]) -> dict[str, list[_Part]]:
    groups: dict[str, list[_Part]] = {}
    for part, code in zip(parts, codes, strict=True):
        groups.setdefault(code, []).append(part)
    return groups


def _commune(code: str, members: list[_Part]) -> Site:
    """A former commune; when it was divided later, labels and area are those of its first part."""
    first = members[0]
    return replace(
        first.site,
        code=code,
        level="commune",
        parent_code=first.district_code,
        province=first.province,
    )


def _district(code: str, members: list[_Part]) -> Site:
    first = members[0]
    return replace(
        _province(code, members),
        name=first.site.district,
        full_name=first.site.district,
        level="district",
        kind="district",
        parent_code=first.province_code,
        province=first.province,
        district=first.site.district,
    )


def _province(code: str, members: list[_Part]) -> Site:
    """A site in the middle of its former communes."""
    first = members[0]
    site = province_site(
        code,
        first.province,
        first.province_full_name,
        statistics.fmean(part.site.latitude for part in members),
        statistics.fmean(part.site.longitude for part in members),
    )
    return replace(site, area_code=first.present_province_code)
