"""The gazetteer: 34 provinces and their 3,321 communes, wards and special zones since 1 July 2025.

Names, types, codes, coordinates and areas come from public data; the population of a commune is an estimate
and some labels are assumptions: see docs/territory.md. tools/make_gazetteer.py makes the data folder.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, cast

from sim.world.names import slug, without_diacritics

DATA_FOLDER = Path(__file__).parent / "data"

CommuneKind = Literal["commune", "ward", "special_zone"]
PREFIX_BY_KIND: Mapping[CommuneKind, str] = {"commune": "Xã", "ward": "Phường", "special_zone": "Đặc khu"}
FormerKind = Literal["commune", "ward", "township", "district"]
FORMER_PREFIX_BY_KIND: Mapping[FormerKind, str] = {
    "commune": "Xã",
    "ward": "Phường",
    "township": "Thị trấn",
    "district": "Huyện",
}

LABELS: Mapping[str, str] = {
    "urban": "a ward",
    "rural": "a commune (not a ward, not a special zone)",
    "special_zone": "one of the 13 special zones",
    "island": "a special zone, or a commune that lies on islands",
    "mountain": "assumption: at least half of its former communes lay in a district taken as mountainous",
    "lowland": "neither mountain nor island",
    "remote": "50 km or more (great circle) from the province's seat",
}
"""Every label a commune can carry, with what it means."""


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune-level unit.

    `code` is the five-digit statistical code. `latitude` and `longitude` are the unit's centre in degrees.
    `predecessors` counts the former communes that went into it, wholly or in part; `former_districts` and
    `former_provinces` are where those lay. `population` is inhabitants.
    """

    code: str
    name: str
    kind: CommuneKind
    province_code: str
    latitude: float
    longitude: float
    area_km2: float
    predecessors: int
    former_districts: tuple[str, ...]
    former_provinces: tuple[str, ...]
    labels: frozenset[str]
    population: int
    population_is_estimate: bool

    @property
    def full_name(self) -> str:
        """Name with its type: "Phường Trương Quang Trọng"."""
        return f"{PREFIX_BY_KIND[self.kind]} {self.name}"

    @property
    def ascii_name(self) -> str:
        """Name without diacritics: "Truong Quang Trong"."""
        return without_diacritics(self.name)


@dataclass(frozen=True, slots=True)
class Province:
    """A province or centrally run city.

    `population` is the official number of inhabitants at the merger, to the nearest hundred. `latitude` and
    `longitude` are the centre of the seat, the commune `seat_commune_code`, in degrees.
    """

    code: str
    name: str
    is_city: bool
    population: int
    latitude: float
    longitude: float
    seat_commune_code: str
    former_provinces: tuple[str, ...]
    aliases: tuple[str, ...]
    commune_codes: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """Name with its type: "Tỉnh Quảng Ngãi"."""
        return f"{'Thành phố' if self.is_city else 'Tỉnh'} {self.name}"

    @property
    def ascii_name(self) -> str:
        """Name without diacritics: "Quang Ngai"."""
        return without_diacritics(self.name)

    @property
    def slug(self) -> str:
        """Name as an identifier and file name: "quang_ngai"."""
        return slug(self.name)


@dataclass(frozen=True)
class Territory:
    """All provinces and all communes, each sorted by code."""

    provinces: tuple[Province, ...]
    communes: tuple[Commune, ...]

    def province(self, code: str) -> Province:
        """The province with this code; KeyError when there is none."""
        return self._province_by_code[code]

    def commune(self, code: str) -> Commune:
        """The commune with this code; KeyError when there is none."""
        return self._commune_by_code[code]

    def communes_of(self, province_code: str) -> tuple[Commune, ...]:
        """The communes of a province, sorted by code; KeyError when there is no such province."""
        return tuple(self._commune_by_code[code] for code in self.province(province_code).commune_codes)

    @cached_property
    def _province_by_code(self) -> dict[str, Province]:
        return {province.code: province for province in self.provinces}

    @cached_property
    def _commune_by_code(self) -> dict[str, Commune]:
        return {commune.code: commune for commune in self.communes}


@dataclass(frozen=True, slots=True)
class FormerPart:
    """What of a former commune lies in one present commune; area and inhabitants are estimates."""

    present_code: str
    area_km2: float
    population: int


@dataclass(frozen=True, slots=True)
class FormerCommune:
    """A commune-level unit as it was until 30 June 2025, and the present communes that its land belongs to.

    `code` is the former statistical code. Five island districts had no communes: the district itself
    stands in, with kind "district" and no code. `latitude` and `longitude` are its centre in degrees.
    """

    code: str
    name: str
    kind: FormerKind
    district_code: str
    district: str
    province_code: str
    province: str
    latitude: float
    longitude: float
    parts: tuple[FormerPart, ...]

    @property
    def full_name(self) -> str:
        """Name with its type: "Thị trấn Di Lăng"."""
        return f"{FORMER_PREFIX_BY_KIND[self.kind]} {self.name}"

    @property
    def present_codes(self) -> tuple[str, ...]:
        """The present communes that its land belongs to, the one that got its main part first."""
        return tuple(part.present_code for part in self.parts)


@cache
def load_territory() -> Territory:
    """The gazetteer that ships with the package."""
    communes = tuple(_commune(row) for row in _rows("communes.csv"))
    codes_by_province: dict[str, list[str]] = {}
    for commune in communes:
        codes_by_province.setdefault(commune.province_code, []).append(commune.code)
    provinces = tuple(_province(row, codes_by_province[row["code"]]) for row in _rows("provinces.csv"))
    return Territory(provinces, communes)


@cache
def load_former_communes() -> tuple[FormerCommune, ...]:
    """The 10,040 former communes, by former province, district and code."""
    return tuple(
        FormerCommune(
            code=row["code"],
            name=row["name"],
            kind=cast(FormerKind, row["kind"]),
            district_code=row["district_code"],
            district=row["district"],
            province_code=row["province_code"],
            province=row["province"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            parts=_parts(row),
        )
        for row in _rows("former_communes.csv")
    )


def _rows(file_name: str) -> Iterator[dict[str, str]]:
    with (DATA_FOLDER / file_name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _several(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def _parts(row: Mapping[str, str]) -> tuple[FormerPart, ...]:
    columns = ("present_codes", "area_km2_estimates", "population_estimates")
    cells = zip(*(_several(row[column]) for column in columns), strict=True)
    return tuple(FormerPart(code, float(area_km2), int(population)) for code, area_km2, population in cells)


def _commune(row: Mapping[str, str]) -> Commune:
    return Commune(
        code=row["code"],
        name=row["name"],
        kind=cast(CommuneKind, row["kind"]),
        province_code=row["province_code"],
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        area_km2=float(row["area_km2"]),
        predecessors=int(row["predecessors"]),
        former_districts=_several(row["former_districts"]),
        former_provinces=_several(row["former_provinces"]),
        labels=frozenset(_several(row["labels"])),
        population=int(row["population_estimate"]),
        population_is_estimate=True,
    )


def _province(row: Mapping[str, str], commune_codes: list[str]) -> Province:
    return Province(
        code=row["code"],
        name=row["name"],
        is_city=row["kind"] == "city",
        population=int(row["population"]),
        latitude=float(row["latitude"]),
        longitude=float(row["longitude"]),
        seat_commune_code=row["seat_commune_code"],
        former_provinces=_several(row["former_provinces"]),
        aliases=_several(row["aliases"]),
        commune_codes=tuple(commune_codes),
    )
