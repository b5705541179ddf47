"""A planner's own population table, which replaces the estimates of the gazetteer."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from sim.world.places import UnknownPlace, find_commune
from sim.world.territory import load_territory

LARGEST_FILE_BYTES = 4_000_000
MOST_INHABITANTS = 5_000_000
"""In one commune; the largest in the country has about 200 thousand."""
MOST_MISTAKES_SHOWN = 50


class PopulationFileError(ValueError):
    """A population table cannot be used. `mistakes` holds all of them, each with file and line."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = tuple(mistakes)
        hidden = len(mistakes) - MOST_MISTAKES_SHOWN
        more = [f"and {hidden} more mistakes"] if hidden > 0 else []
        super().__init__("\n".join([*mistakes[:MOST_MISTAKES_SHOWN], *more]))


def population_from_csv(path: Path) -> dict[str, int]:
    """Inhabitants by commune code, from a table with a header line.

    Columns: `code` (statistical code) or `name` (with `province` where the name alone is not enough), and
    `population` (whole inhabitants); others are passed over. Separated by commas or semicolons, UTF-8.
    PopulationFileError with all mistakes when anything in the file is wrong.
    """
    text = _read(path)
    header, _, _ = text.partition("\n")
    reader = csv.DictReader(
        io.StringIO(text), delimiter=";" if header.count(";") > header.count(",") else ","
    )
    try:
        columns = [(column or "").strip().casefold() for column in reader.fieldnames or ()]
        _check_columns(path, columns)
        reader.fieldnames = columns
        return _read_rows(path, reader)
    except csv.Error as error:
        raise PopulationFileError([f"{path}:{reader.line_num + 1}: no table line: {error}"]) from error


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            limit = f"{LARGEST_FILE_BYTES // 1_000_000} MB"
            raise PopulationFileError([f"{path}: larger than {limit}; no table of communes is"])
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{path}: is not UTF-8 text; in a spreadsheet, save it as 'CSV UTF-8'"
        raise PopulationFileError([message]) from error
    except (OSError, ValueError) as error:
        if isinstance(error, PopulationFileError):
            raise
        raise PopulationFileError([f"{path}: cannot be read: {error}"]) from error


def _check_columns(path: Path, columns: list[str]) -> None:
    mistakes = []
    if "population" not in columns:
        mistakes.append(f"{path}:1: column 'population' is missing; found {', '.join(columns) or 'nothing'}")
    if not {"code", "name"} & set(columns):
        mistakes.append(
            f"{path}:1: a column 'code' or 'name' is missing; found {', '.join(columns) or 'nothing'}"
        )
    if mistakes:
        raise PopulationFileError(mistakes)


def _read_rows(path: Path, reader: "csv.DictReader[str]") -> dict[str, int]:
    population_by_code: dict[str, int] = {}
    line_by_code: dict[str, int] = {}
    mistakes = []
    for row in reader:
        cells = {column: cell.strip() for column, cell in row.items() if column and isinstance(cell, str)}
        line = reader.line_num
        try:
            code, population = _commune_code(cells), _inhabitants(cells.get("population", ""))
            if code in line_by_code:
                name = load_territory().commune(code).full_name
                raise ValueError(f"{name} ({code}) stands in line {line_by_code[code]} already")
            line_by_code[code] = line
            population_by_code[code] = population
        except ValueError as error:
            mistakes.append(f"{path}:{line}: {error}")
    if not mistakes and not population_by_code:
        mistakes.append(f"{path}: has no line below the header")
    if mistakes:
        raise PopulationFileError(mistakes)
    return population_by_code


def _commune_code(cells: Mapping[str, str]) -> str:
    code, name = cells.get("code", ""), cells.get("name", "")
    if code:
        # Spreadsheets drop the leading zeros.
        if not (code.isascii() and code.isdigit()):
            raise UnknownPlace(f"the code '{code[:20]}' is no number of five digits")
        return find_commune(code.zfill(5)).code
    if name:
        return find_commune(name, cells.get("province") or None).code
    raise UnknownPlace("neither code nor name is given")


def _inhabitants(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 12):
        raise ValueError(
            f"population '{cell[:20]}' is no whole number; write digits only, without a sign or separators"
        )
    if int(cell) > MOST_INHABITANTS:
        raise ValueError(f"population {int(cell)} is more than {MOST_INHABITANTS}, too much for a commune")
    return int(cell)
