"""The gazetteer as rows for a table on the screen."""

from sim.world.places import find_province
from sim.world.territory import Commune, Province, Territory, load_territory


def territory_rows(province: str | None = None) -> list[dict[str, object]]:
    """One row for every province, or for every commune of one province, sorted by code.

    UnknownPlace when there is no such province.
    """
    territory = load_territory()
    if province is None:
        return [_province_row(each, territory) for each in territory.provinces]
    return [_commune_row(each) for each in territory.communes_of(find_province(province).code)]


def _province_row(province: Province, territory: Territory) -> dict[str, object]:
    communes = territory.communes_of(province.code)
    kinds = [commune.kind for commune in communes]
    return {
        "code": province.code,
        "name": province.full_name,
        "slug": province.slug,
        "communes": kinds.count("commune"),
        "wards": kinds.count("ward"),
        "special_zones": kinds.count("special_zone"),
        "units": len(communes),
        "population": province.population,
        "area_km2": round(sum(commune.area_km2 for commune in communes)),
        "seat": territory.commune(province.seat_commune_code).full_name,
        "former_provinces": list(province.former_provinces),
    }


def _commune_row(commune: Commune) -> dict[str, object]:
    return {
        "code": commune.code,
        "name": commune.full_name,
        "kind": commune.kind,
        "population": commune.population,
        "population_is_estimate": commune.population_is_estimate,
        "area_km2": commune.area_km2,
        "latitude": commune.latitude,
        "longitude": commune.longitude,
        "predecessors": commune.predecessors,
        "former_districts": list(commune.former_districts),
        "labels": sorted(commune.labels),
    }
