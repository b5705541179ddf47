"""The same places under other names or other codes, from the gazetteer or made up."""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from sim.scenario.schema import Synthetic
from sim.world import places
from sim.world.keys import name_key
from sim.world.sites import Site, synthetic_sites
from sim.world.territory import DATA_FOLDER, load_former_communes, load_territory

NAMES_IN = {
    "provinces.csv": ("name", "former_provinces", "aliases"),
    "communes.csv": ("name", "former_districts", "former_provinces"),
    "former_communes.csv": ("name", "district", "province"),
}
"""Columns of the gazetteer that hold names; several in one cell stand between bars."""

Rename = Callable[[str], str]


def gazetteer_of(province_code: str) -> dict[str, list[dict[str, str]]]:
    """The rows of the shipped gazetteer about one province, by file."""
    rows = {}
    for file_name in NAMES_IN:
        with (DATA_FOLDER / file_name).open(encoding="utf-8", newline="") as file:
            rows[file_name] = list(csv.DictReader(file))
    communes = [row for row in rows["communes.csv"] if row["province_code"] == province_code]
    here = {row["code"] for row in communes}
    return {
        "provinces.csv": [row for row in rows["provinces.csv"] if row["code"] == province_code],
        "communes.csv": communes,
        "former_communes.csv": [
            row for row in rows["former_communes.csv"] if here.issuperset(row["present_codes"].split("|"))
        ],
    }


def names_in(gazetteer: Mapping[str, list[dict[str, str]]]) -> set[str]:
    """All names of places in a gazetteer."""
    cells = (row[column] for file, rows in gazetteer.items() for row in rows for column in NAMES_IN[file])
    return {name for cell in cells for name in cell.split("|") if name}


@contextmanager
def renamed_gazetteer(
    folder: Path, gazetteer: Mapping[str, list[dict[str, str]]], rename: Rename
) -> Iterator[None]:
    """Inside, the program finds this gazetteer with other names, in place of its own."""
    folder.mkdir()
    for file_name, rows in gazetteer.items():
        with (folder / file_name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(_renamed(row, NAMES_IN[file_name], rename) for row in rows)
    try:
        with patch("sim.world.territory.DATA_FOLDER", folder):
            _forget_the_gazetteer()
            yield
    finally:
        _forget_the_gazetteer()


def _renamed(row: Mapping[str, str], columns: tuple[str, ...], rename: Rename) -> dict[str, str]:
    cells = {column: "|".join(map(rename, row[column].split("|"))) for column in columns if row[column]}
    return {**row, **cells}


def _forget_the_gazetteer() -> None:
    for remembers in (load_territory, load_former_communes, *vars(places).values()):
        if hasattr(remembers, "cache_clear"):
            remembers.cache_clear()


@contextmanager
def recoded(codes: Mapping[str, str]) -> Iterator[None]:
    """Inside, made-up sites have these codes in place of their own (old code to new)."""

    def sites(synthetic: Synthetic) -> list[Site]:
        return [_recoded(site, codes) for site in synthetic_sites(synthetic)]

    with patch("sim.world.selecting.synthetic_sites", sites):
        yield


def _recoded(site: Site, codes: Mapping[str, str]) -> Site:
    return replace(
        site,
        code=codes[site.code],
        parent_code=codes.get(site.parent_code, site.parent_code),
        area_code=codes[site.area_code],
    )


@contextmanager
def addressed_by_old_codes(codes: Mapping[str, str]) -> Iterator[None]:
    """Inside, the keys of whatever has a new code in its address are those of the old one."""
    old_code = {new: old for old, new in codes.items()}

    def key(text: str) -> int:
        return name_key(re.sub(r"[^:/]+", lambda word: old_code.get(word[0], word[0]), text))

    with patch("sim.world.keys.name_key", key):
        yield
