"""Makes the tables in sim/world/data from the development-time package `vietnamadminunits`.

    python -m tools.make_gazetteer [--output FOLDER]

Run it in the repository's root. The same version of that package gives the same bytes. What we add ourselves
stands in tools/gazetteer; docs/territory.md says what is taken over, what is estimated and what is assumed.
"""

import argparse
import csv
import importlib.util
import json
import math
import sqlite3
import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.world.distance import great_circle_km

INPUT_FOLDER = Path(__file__).parent / "gazetteer"
OUTPUT_FOLDER = Path(__file__).parent.parent / "sim" / "world" / "data"

REMOTE_KM = 50
MISPLACED_KM = 50
"""A centre farther than this from all its former communes belongs to another unit of a similar name."""
FORMER_MISPLACED_KM, FORMER_MISPLACED_RADII = 5, 3
"""A former commune farther than both from all its present ones, the second in their radii, is misplaced."""

KINDS = {
    "Xã": "commune",
    "Phường": "ward",
    "Đặc khu": "special_zone",
    "Thị trấn": "township",
    None: "district",
}

Key = tuple[str, str]
"""Province key and unit key, the names by which the source joins its tables."""


@dataclass(frozen=True)
class Additions:
    """Our own tables in tools/gazetteer: official totals, seats and assumptions.

    `population_by_province`, `seat_by_province` and `aliases_by_province` go by the province's short name;
    `mountain_districts` holds pairs of former province and district, `*` for all of its districts;
    `communes_on_islands` holds pairs of present province and commune outside the special zones.
    """

    population_by_province: dict[str, int]
    seat_by_province: dict[str, str]
    aliases_by_province: dict[str, str]
    population_by_special_zone: dict[str, int]
    mountain_districts: frozenset[tuple[str, str]]
    communes_on_islands: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Former:
    """A former commune and the present ones that its land belongs to."""

    row: sqlite3.Row
    present: tuple[Key, ...]


@dataclass(frozen=True)
class Source:
    """What is read from `vietnamadminunits`."""

    units: list[sqlite3.Row]
    former: list[Former]


@dataclass
class Unit:
    """A present commune on its way into the table."""

    row: sqlite3.Row
    former: list[sqlite3.Row]
    latitude: float
    longitude: float
    area_km2: float
    population: int = 0

    @property
    def radius_km(self) -> float:
        """Radius of a disc of its area."""
        return math.sqrt(self.area_km2 / math.pi)

    @property
    def province(self) -> str:
        return str(self.row["provinceShort"])

    @property
    def name(self) -> str:
        return str(self.row["wardShort"])

    @property
    def kind(self) -> str:
        return KINDS[self.row["wardType"]]


def read_additions() -> Additions:
    provinces = read_table("provinces.csv")
    return Additions(
        {row["province"]: int(row["official_population"]) for row in provinces},
        {row["province"]: row["seat"] for row in provinces},
        {row["province"]: row["aliases"] for row in provinces},
        {row["special_zone"]: int(row["assumed_population"]) for row in read_table("special_zones.csv")},
        frozenset(
            (row["former_province"], row["former_district"]) for row in read_table("mountain_districts.csv")
        ),
        frozenset((row["province"], row["commune"]) for row in read_table("communes_on_islands.csv")),
    )


def read_table(file_name: str) -> list[dict[str, str]]:
    with (INPUT_FOLDER / file_name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_source() -> Source:
    """Reads the installed package's files without importing it."""
    found = importlib.util.find_spec("vietnamadminunits")
    if found is None or found.origin is None:
        raise SystemExit("vietnamadminunits is not installed; it comes with the development requirements")
    folder = Path(found.origin).parent / "data"
    converter = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))
    connection = sqlite3.connect(folder / "dataset.db")
    connection.row_factory = sqlite3.Row
    try:
        units = connection.execute("SELECT * FROM admin_units ORDER BY wardCode").fetchall()
        rows = connection.execute(
            "SELECT * FROM admin_units_legacy ORDER BY provinceCode, districtCode, wardCode"
        ).fetchall()
    finally:
        connection.close()
    present = present_by_former(converter)
    return Source(units, [Former(row, present[former_key(row)]) for row in rows])


def present_by_former(converter: Mapping[str, dict[str, dict[str, list[Any]]]]) -> dict[str, tuple[Key, ...]]:
    """Key of each former commune -> keys of the present communes, the one that got its main part first."""
    whole = {
        former: ((province, unit),)
        for province, units in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items()
        for unit, formers in units.items()
        for former in formers
    }
    divided = {
        former: tuple(
            (province, part["newWardKey"])
            for part in sorted(parts, key=lambda part: (not part["isDefaultNewWard"], part["newWardKey"]))
        )
        for province, formers in converter["DICT_PROVINCE_WARD_DIVIDED"].items()
        for former, parts in formers.items()
    }
    return {**whole, **divided}


def former_key(row: sqlite3.Row) -> str:
    return f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"


def make_units(source: Source, additions: Additions) -> list[Unit]:
    """All present communes with mended centres and areas and with estimated population."""
    former_by_unit: dict[Key, list[sqlite3.Row]] = defaultdict(list)
    for former in source.former:
        for key in former.present:
            former_by_unit[key].append(former.row)
    trusted = trusted_points(former.row for former in source.former)
    units = []
    for row in source.units:
        former_rows = former_by_unit[row["provinceKey"], row["wardKey"]]
        latitude, longitude = centre(row, former_rows, trusted)
        units.append(Unit(row, former_rows, latitude, longitude, row["wardAreaKm2"] or 0.0))
    fill_missing_areas(units)
    estimate_population(units, additions)
    return units


def trusted_points(rows: Iterable[sqlite3.Row]) -> set[tuple[float, float]]:
    """Centres of one former commune only; a shared one is a geocoder's answer for a whole district."""
    times = Counter((row["wardLat"], row["wardLon"]) for row in rows if row["wardLat"])
    return {point for point, count in times.items() if count == 1}


def centre(
    row: sqlite3.Row, former_rows: Sequence[sqlite3.Row], trusted: set[tuple[float, float]]
) -> tuple[float, float]:
    """The unit's centre; that of its former communes where the source has mixed up two units."""
    given = (row["wardLat"], row["wardLon"])
    former = [(each["wardLat"], each["wardLon"]) for each in former_rows]
    former = [point for point in former if point in trusted]
    if not former or min(float(great_circle_km(*given, *point)) for point in former) <= MISPLACED_KM:
        return given
    return statistics.fmean(point[0] for point in former), statistics.fmean(point[1] for point in former)


def fill_missing_areas(units: Sequence[Unit]) -> None:
    """Units without area get their former communes' bounding boxes times the province's usual ratio."""
    ratios: dict[str, list[float]] = defaultdict(list)
    for unit in units:
        if unit.area_km2 and boxes_km2(unit):
            ratios[unit.province].append(unit.area_km2 / boxes_km2(unit))
    for unit in units:
        if not unit.area_km2:
            unit.area_km2 = round(boxes_km2(unit) * statistics.median(ratios[unit.province]), 2)


def boxes_km2(unit: Unit) -> float:
    return sum(box_km2(row["wardBounds"]) for row in unit.former if row["wardBounds"])


def box_km2(bounds: str) -> float:
    """Area of a box written "south,west – north,east" in degrees."""
    (south, west), (north, east) = (map(float, corner.split(",")) for corner in bounds.split(" – "))
    km_per_degree = 111.2
    return (north - south) * (east - west) * km_per_degree**2 * math.cos(math.radians(south))


def estimate_population(units: Sequence[Unit], additions: Additions) -> None:
    """Shares out the official number of each province, exactly."""
    by_province: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        by_province[unit.province].append(unit)
    for province, members in by_province.items():
        zones = [unit for unit in members if unit.kind == "special_zone"]
        for zone in zones:
            zone.population = additions.population_by_special_zone[zone.name]
        mainland = [unit for unit in members if unit.kind != "special_zone"]
        rest = additions.population_by_province[province] - sum(zone.population for zone in zones)
        for unit, population in zip(mainland, largest_remainder(rest, map(weight, mainland)), strict=True):
            unit.population = population


def weight(unit: Unit) -> float:
    """Relative population; log-linear fit on about 2,950 units (R2 0.69, residual sd 0.42 in the log)."""
    ward = unit.kind == "ward"
    area_factor = math.pow(unit.area_km2, -0.05 if ward else -0.31)
    return math.exp(-0.76 * ward) * area_factor * math.pow(len(unit.former), 0.82)


def largest_remainder(total: int, weights: Iterable[float]) -> list[int]:
    """Whole numbers in proportion to the weights that add up to the total; ties go to the earlier one."""
    weights = list(weights)
    per_weight = total / math.fsum(weights)
    exact = [per_weight * weight for weight in weights]
    shares = [math.floor(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: shares[place] - exact[place])
    for place in by_remainder[: total - sum(shares)]:
        shares[place] += 1
    return shares


def labels(unit: Unit, seat: Unit, additions: Additions) -> list[str]:
    kind_label = {"commune": "rural", "ward": "urban", "special_zone": "special_zone"}[unit.kind]
    found = [kind_label, relief(unit, additions)]
    if great_circle_km(unit.latitude, unit.longitude, seat.latitude, seat.longitude) >= REMOTE_KM:
        found.append("remote")
    return sorted(found)


def relief(unit: Unit, additions: Additions) -> str:
    if unit.kind == "special_zone" or (unit.province, unit.name) in additions.communes_on_islands:
        return "island"
    mountain = additions.mountain_districts
    places = [(row["provinceShort"], district_name(row)) for row in unit.former]
    high = sum(place in mountain or (place[0], "*") in mountain for place in places)
    return "mountain" if 2 * high >= len(places) else "lowland"


def check_mountain_districts(additions: Additions, former: Sequence[Former]) -> None:
    """Stops at a name that the source does not have."""
    known = {(each.row["provinceShort"], district_name(each.row)) for each in former}
    known |= {(province, "*") for province, _ in known}
    unknown = additions.mountain_districts - known
    if unknown:
        raise SystemExit(f"mountain_districts.csv: unknown {sorted(unknown)}")


def district_name(row: sqlite3.Row) -> str:
    """Full name; the source writes the type in two ways."""
    name = str(row["district"])
    return name.replace("Thành Phố ", "Thành phố ").replace("Thị Xã ", "Thị xã ")


def commune_rows(
    units: Sequence[Unit], seats: Mapping[str, Unit], additions: Additions
) -> list[dict[str, object]]:
    return [
        {
            "code": unit.row["wardCode"],
            "name": unit.name,
            "kind": unit.kind,
            "province_code": unit.row["provinceCode"],
            "latitude": f"{unit.latitude:.5f}",
            "longitude": f"{unit.longitude:.5f}",
            "area_km2": f"{unit.area_km2:.2f}",
            "predecessors": len(unit.former),
            "former_districts": several(district_name(row) for row in unit.former),
            "former_provinces": several(row["provinceShort"] for row in unit.former),
            "labels": several(labels(unit, seats[unit.province], additions)),
            "population_estimate": unit.population,
        }
        for unit in units
    ]


def several(values: Iterable[str]) -> str:
    """One cell for several values, without repetition, in the order of first appearance."""
    return "|".join(dict.fromkeys(values))


def province_rows(
    units: Sequence[Unit], seats: Mapping[str, Unit], additions: Additions
) -> list[dict[str, object]]:
    by_province: dict[str, list[Unit]] = defaultdict(list)
    for unit in units:
        by_province[unit.province].append(unit)
    rows = [
        {
            "code": members[0].row["provinceCode"],
            "name": province,
            "kind": "city" if members[0].row["province"].startswith("Thành phố") else "province",
            "population": additions.population_by_province[province],
            "latitude": f"{seats[province].latitude:.5f}",
            "longitude": f"{seats[province].longitude:.5f}",
            "seat_commune_code": seats[province].row["wardCode"],
            "former_provinces": several(
                sorted(row["provinceShort"] for unit in members for row in unit.former)
            ),
            "aliases": additions.aliases_by_province[province],
        }
        for province, members in by_province.items()
    ]
    return sorted(rows, key=lambda row: str(row["code"]))


def former_rows(source: Source, units: Sequence[Unit]) -> list[dict[str, object]]:
    unit_by_key = {(unit.row["provinceKey"], unit.row["wardKey"]): unit for unit in units}
    trusted = trusted_points(former.row for former in source.former)
    parts = former_parts(source, unit_by_key)
    rows = []
    for each in source.former:
        key = former_key(each.row)
        latitude, longitude = former_centre(each.row, [unit_by_key[k] for k in each.present], trusted)
        rows.append(
            {
                "code": each.row["wardCode"] or "",
                "name": each.row["wardShort"] or each.row["districtShort"],
                "kind": KINDS[each.row["wardType"]],
                "district_code": each.row["districtCode"],
                "district": district_name(each.row),
                "province_code": each.row["provinceCode"],
                "province": each.row["provinceShort"],
                "latitude": f"{latitude:.5f}",
                "longitude": f"{longitude:.5f}",
                "present_codes": "|".join(unit_by_key[k].row["wardCode"] for k in each.present),
                "area_km2_estimates": "|".join(f"{parts[key, k][0]:.2f}" for k in each.present),
                "population_estimates": "|".join(str(parts[key, k][1]) for k in each.present),
            }
        )
    return rows


def former_centre(
    row: sqlite3.Row, present: Sequence[Unit], trusted: set[tuple[float, float]]
) -> tuple[float, float]:
    """The former commune's centre; that of its (main) present one where the source has none to trust."""
    point = (row["wardLat"], row["wardLon"])
    if point in trusted and any(lies_at(unit, point) for unit in present):
        return point
    return present[0].latitude, present[0].longitude


def lies_at(unit: Unit, point: tuple[float, float]) -> bool:
    """Whether a former commune with this centre can have been a part of the unit."""
    distance_km = float(great_circle_km(unit.latitude, unit.longitude, *point))
    return distance_km <= max(FORMER_MISPLACED_KM, FORMER_MISPLACED_RADII * unit.radius_km)


def former_parts(source: Source, unit_by_key: Mapping[Key, Unit]) -> dict[tuple[str, Key], tuple[float, int]]:
    """Estimated area and population of the part of a former commune that lies in a present one.

    A present commune is shared out among its former communes: its area by their bounding boxes, its
    population evenly; one that was divided among n present communes counts for 1/n in each.
    """
    members: dict[Key, list[Former]] = defaultdict(list)
    for former in source.former:
        for key in former.present:
            members[key].append(former)
    found = {}
    for key, formers in members.items():
        unit = unit_by_key[key]
        boxes = box_weights(unit, formers)
        total = math.fsum(boxes)
        people = largest_remainder(unit.population, (1 / len(each.present) for each in formers))
        for each, box, population in zip(formers, boxes, people, strict=True):
            found[former_key(each.row), key] = (unit.area_km2 * box / total, population)
    return found


def box_weights(unit: Unit, formers: Sequence[Former]) -> list[float]:
    """Relative areas of the parts of a unit.

    Boxes that are missing, or farther than a factor of four from the median, count as the median: the source
    has some of whole districts and some of single addresses.
    """
    boxes = [box_km2(each.row["wardBounds"]) if each.row["wardBounds"] else 0.0 for each in formers]
    median = statistics.median([box for box in boxes if box > 0] or [1.0])
    plausible = [box if median / 4 <= box <= 4 * median else median for box in boxes]
    return [box / len(each.present) for box, each in zip(plausible, formers, strict=True)]


def write_table(path: Path, rows: Sequence[Mapping[str, object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def make(folder: Path) -> None:
    """Writes the three tables."""
    source, additions = read_source(), read_additions()
    check_mountain_districts(additions, source.former)
    units = make_units(source, additions)
    by_name = {(unit.province, unit.row["ward"]): unit for unit in units}
    seats = {province: by_name[province, ward] for province, ward in additions.seat_by_province.items()}
    write_table(folder / "communes.csv", commune_rows(units, seats, additions))
    write_table(folder / "provinces.csv", province_rows(units, seats, additions))
    write_table(folder / "former_communes.csv", former_rows(source, units))


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the tables in sim/world/data.")
    parser.add_argument("--output", type=Path, default=OUTPUT_FOLDER, help="folder to write to")
    make(parser.parse_args().output)


if __name__ == "__main__":
    main()
