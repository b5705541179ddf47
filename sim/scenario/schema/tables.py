"""Big tables that a scenario takes from CSV files in its own folder."""

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo, WithJsonSchema

from sim.scenario.schema.base import Fault, Model, quoted, refusal, refusals

_HAS_SEPARATORS = re.compile(r" *[0-9]{1,3}([., _][0-9]{3})+ *")

READ_TABLE = "read_table"
"""Key of the validation context under which the reader passes its function `file name -> Table`."""


class Table(Model):
    """A CSV file as it was read: names of columns, rows of texts, and the line of each row.

    Name and lines are for messages only; the content hash leaves them out."""

    file: str = Field(exclude=True)
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...] = Field(exclude=True)

    def column(self, name: str) -> tuple[str, ...]:
        """All values of one column, from the first row to the last."""
        index = self.columns.index(name)
        return tuple(row[index] for row in self.rows)

    def line_of(self, row: int) -> int:
        """Line of the file on which a row (counted from 0) stands."""
        return self.lines[row]


def _read(value: Any, info: ValidationInfo) -> Any:
    if isinstance(value, Table):
        return value
    if not isinstance(value, str):
        raise refusal(f"found {quoted(value)}", 'the name of a CSV file such as "headcounts.csv"')
    read_table: Callable[[str], Table] | None = (info.context or {}).get(READ_TABLE)
    if read_table is None:
        raise refusal(f"found {quoted(value)}", "a scenario that was read from a folder")
    return read_table(value)


CsvTable = Annotated[
    Table,
    BeforeValidator(_read),
    WithJsonSchema({"type": "string", "title": "CSV file", "examples": ["headcounts.csv"]}),
]
"""Written as the name of a CSV file inside the scenario's folder; kept as its content."""


def require_columns(table: Table, needed: tuple[str, ...], optional: tuple[str, ...] = ()) -> None:
    """Refuse a table that lacks a needed column or has one that nobody reads."""
    missing = [name for name in needed if name not in table.columns]
    unknown = [name for name in table.columns if name not in needed + optional]
    expected = "the columns " + ", ".join(needed)
    expected += " (and, if wanted, " + ", ".join(optional) + ")" if optional else ""
    faults = [
        Fault(f"column {quoted(name)} is missing", expected, file=table.file, line=1) for name in missing
    ]
    faults += [Fault(f"unknown column {quoted(name)}", expected, file=table.file, line=1) for name in unknown]
    if faults:
        raise refusals(faults)


def numbers_of_column(
    table: Table, name: str, lowest: float = 0.0, highest: float = 1e12, whole: bool = False
) -> tuple[float, ...]:
    """One column as numbers; refuses the table with every row that holds none or one out of range."""
    values: list[float] = []
    faults: list[Fault] = []
    kind = "a whole number" if whole else "a number"
    for row, text in enumerate(table.column(name)):
        number = _number_in(text)
        if number is None or not lowest <= number <= highest or (whole and number != int(number)):
            expected = f"{kind} from {_plain(lowest)} to {_plain(highest)}"
            found = f"column {name}: found {quoted(text)}"
            mend = "write it without separators of thousands" if _HAS_SEPARATORS.fullmatch(text) else ""
            faults.append(Fault(found, expected, mend, file=table.file, line=table.line_of(row)))
        else:
            values.append(number)
    if faults:
        raise refusals(faults)
    return tuple(values)


def _plain(number: float) -> str:
    return f"{number:,.0f}" if number == int(number) else f"{number:g}"


def _number_in(text: str) -> float | None:
    if len(text) > 40 or "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


class SiteRow(Model):
    """One row of a table about sites. `province` is empty when the table has no such column."""

    site: str
    province: str
    value: float
    line: int


def site_rows(table: Table, value_column: str) -> tuple[SiteRow, ...]:
    """The rows of a table with columns `site`, a column of numbers and, optionally, `province`."""
    provinces = table.column("province") if "province" in table.columns else ("",) * len(table.rows)
    values = (float(text) for text in table.column(value_column))
    rows = zip(table.column("site"), provinces, values, table.lines, strict=True)
    return tuple(SiteRow(site=s, province=p, value=v, line=line) for s, p, v, line in rows)
