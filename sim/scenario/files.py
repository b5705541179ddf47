"""The files of a study: only those in its own folder, only of sensible size, only text."""

import csv
import io
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Final

from sim.scenario.errors import Mistake, ScenarioError, did_you_mean, known_words
from sim.scenario.schema.base import Fault, quoted, refusal, refusals
from sim.scenario.schema.tables import Table

SHIPPED: Final = "haicap:"
"""Prefix of the names of scenarios that come with the program."""

MOST_YAML_BYTES: Final = 1_000_000
MOST_CSV_BYTES: Final = 5_000_000
MOST_ROWS: Final = 100_000


def shipped_texts() -> dict[str, Traversable]:
    """The scenarios that come with the program, by name without prefix."""
    folder = resources.files("sim.scenario") / "data"
    files = [file for file in folder.iterdir() if file.name.endswith(".yaml")] if folder.is_dir() else []
    return {file.name.removesuffix(".yaml"): file for file in sorted(files, key=lambda file: file.name)}


def shipped_text(name: str) -> str:
    """Text of a scenario that comes with the program; raises Refused when there is none of that name."""
    texts = shipped_texts()
    if name not in texts:
        known = [SHIPPED + known for known in texts]
        raise Refused(
            f"unknown scenario {quoted(SHIPPED + name)}",
            "one of " + known_words(known),
            did_you_mean(SHIPPED + name, known),
        )
    return texts[name].read_text(encoding="utf-8")


class Refused(Exception):
    """A file that is not read, with found, expected and suggestion in plain words."""

    def __init__(self, found: str, expected: str = "", suggestion: str = "") -> None:
        self.found, self.expected, self.suggestion = found, expected, suggestion
        super().__init__(found)


@dataclass(slots=True)
class Files:
    """Reads files inside one folder and remembers which; `shown_folder` is put before names in messages."""

    folder: Path
    shown_folder: str = ""
    read: list[Path] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)

    def inside(self, name: str, beside: Path | None = None) -> Path:
        """The file with a relative name, counted from the folder of the file `beside` or the folder itself.

        Raises Refused when it would lie outside the folder, also by a symbolic link."""
        root = self.folder.resolve()
        start = root if beside is None else beside.parent
        if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or PureWindowsPath(name).root:
            raise Refused(f"{quoted(name)} is an absolute path", "a path inside the scenario's folder")
        try:
            path = (start / PureWindowsPath(name).as_posix()).resolve()
        except (OSError, ValueError, RuntimeError) as error:
            raise Refused(f"{quoted(name)} is not a path", "a path inside the scenario's folder") from error
        if not path.is_relative_to(root):
            raise Refused(f"{quoted(name)} is outside the scenario's folder", "a path inside it")
        return path

    def shown(self, path: Path) -> str:
        """Name of a file of the folder as messages show it."""
        root = self.folder.resolve()
        inside = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
        return self.shown_folder + inside

    def text(self, path: Path, most_bytes: int = MOST_YAML_BYTES) -> str:
        """Content of a text file in UTF-8; raises Refused with the reason when it is not that."""
        content = _bytes_of(path, most_bytes)
        self.read.append(path)
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise Refused(f"line {line} is not text in UTF-8", "a text file saved as UTF-8") from error

    def table(self, name: str) -> Table:
        """Content of a CSV file; raises a refusal of the schema when it cannot be read."""
        if name not in self.tables:
            try:
                path = self.inside(name)
                text = self.text(path, MOST_CSV_BYTES)
            except Refused as refused:
                raise refusal(refused.found, refused.expected, refused.suggestion) from refused
            self.tables[name] = read_table(text, self.shown(path))
        return self.tables[name]


def _bytes_of(path: Path, most_bytes: int) -> bytes:
    try:
        if path.is_dir():
            raise Refused("this is a folder", "a file")
        if not path.exists():
            raise Refused("there is no such file", "a file that exists", _near_file(path))
        if not path.is_file():
            raise Refused("this is not an ordinary file", "a file")
        with path.open("rb") as file:
            content = file.read(most_bytes + 1)
    except (OSError, ValueError) as error:
        raise Refused(
            f"the file cannot be read ({type(error).__name__})", "a file that can be read"
        ) from error
    if len(content) > most_bytes:
        raise Refused(f"the file is larger than {most_bytes / 1e6:g} MB", "a smaller file")
    return content


def _near_file(path: Path) -> str:
    if not path.parent.is_dir():
        return "the folder does not exist either"
    return did_you_mean(
        path.name, [file.name for file in path.parent.iterdir() if file.suffix == path.suffix]
    )


def read_table(text: str, file: str) -> Table:
    """The table in a CSV text with a header line, with commas or, as some spreadsheets write, semicolons.

    Raises a refusal with every row that does not fit."""
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append(tuple(cell.strip() for cell in row))
                lines.append(reader.line_num)
            if len(rows) > MOST_ROWS:
                raise refusal(f"{file} has more than {MOST_ROWS:,} rows", "a smaller table")
    except csv.Error as error:
        line, expected = reader.line_num, "values separated by commas or semicolons"
        fault = Fault(f"this is not CSV: {error}", expected, file=file, line=line)
        raise refusals([fault]) from error
    if not rows:
        raise refusals([Fault("the table is empty", "a first line with names of columns", file=file, line=1)])
    _require_rectangle(rows, lines, file)
    return Table(file=file, columns=rows[0], rows=tuple(rows[1:]), lines=tuple(lines[1:]))


def _require_rectangle(rows: list[tuple[str, ...]], lines: list[int], file: str) -> None:
    header = rows[0]
    faults = [
        Fault(f"{len(row)} values", f"{len(header)}, as many as columns", file=file, line=line)
        for row, line in zip(rows, lines, strict=True)
        if len(row) != len(header)
    ]
    if len(set(header)) < len(header):
        faults.append(Fault("a column is named twice", "each column once", file=file, line=lines[0]))
    if faults:
        raise refusals(faults)


def as_error(refused: Refused, file: str) -> ScenarioError:
    """The refusal of a whole file as a scenario error."""
    return ScenarioError([Mistake(file, 0, 0, "", refused.found, refused.expected, refused.suggestion)])
