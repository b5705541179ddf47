"""The screen: results on the standard output, remarks on the standard error, on any console."""

import codecs
import json
import sys
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import TextIOWrapper
from typing import Any, TypeGuard

from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.messages import text
from sim.report.numbers import with_marks

PLAIN_LETTERS = "haicap_plain_letters"
WIDTH_WHEN_NO_TERMINAL = 120


def prepare_streams() -> None:
    """Let consoles without Vietnamese letters (cp1252) show the plain letter instead of failing."""
    codecs.register_error(PLAIN_LETTERS, _plain_letters)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=PLAIN_LETTERS)


def _plain_letters(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end].replace("đ", "d").replace("Đ", "D").replace("−", "-")
    plain = unicodedata.normalize("NFKD", lost).encode("ascii", "ignore").decode("ascii")
    return plain or "?", error.end


@dataclass(frozen=True)
class Column:
    """A column of a table on the screen: key of the row, heading, and whether it holds numbers."""

    key: str
    heading: str
    is_number: bool = False


@dataclass(frozen=True)
class _Marked:
    """A number that a text of the catalogue shows with the marks of its language."""

    value: float
    language: str

    def __format__(self, form: str) -> str:
        return with_marks(format(self.value, form), self.language)


@dataclass(frozen=True)
class Screen:
    """Where a command prints, in one language; with `as_json` the standard output is one JSON value."""

    language: str
    as_json: bool = False

    def text(self, key: str, **values: object) -> str:
        """A text of the catalogue; numbers among the values get the marks of the language."""
        shown = {
            name: _Marked(value, self.language) if _is_number(value) else value
            for name, value in values.items()
        }
        return text(self.language, key, **shown)

    def number(self, value: float, decimals: int = 0) -> str:
        """A number for a cell, with the marks of the language."""
        return with_marks(f"{value:,.{decimals}f}", self.language)

    def remark(self, key: str, **values: object) -> None:
        """A line on the standard error."""
        errors().print(Text(self.text(key, **values)), soft_wrap=True)

    def say(self, key: str, **values: object) -> None:
        """A line on the standard output; nothing when it holds JSON."""
        self.line(self.text(key, **values))

    def line(self, words: str = "") -> None:
        """Words that need no translation, as a line on the standard output."""
        if not self.as_json:
            output().print(Text(words), soft_wrap=True)

    def table(self, title: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> None:
        """A table on the standard output; nothing when it holds JSON."""
        if self.as_json:
            return
        table = Table(title=title or None, title_justify="left", header_style="bold")
        for column in columns:
            table.add_column(
                column.heading,
                justify="right" if column.is_number else "left",
                overflow="fold",
            )
        for row in rows:
            table.add_row(*(Text(_shown(row.get(column.key), self.language)) for column in columns))
        output().print(table)

    def json(self, value: Any) -> None:
        """The JSON value of the command; nothing without `as_json`. ASCII only, so that any pipe takes it."""
        if self.as_json:
            print(json.dumps(value, ensure_ascii=True, indent=2, default=str, allow_nan=False))


def output() -> Console:
    """The standard output."""
    return _console(sys.stdout.isatty(), stderr=False)


def errors() -> Console:
    """The standard error."""
    return _console(sys.stderr.isatty(), stderr=True)


def _console(is_terminal: bool, stderr: bool) -> Console:
    return Console(stderr=stderr, highlight=False, width=None if is_terminal else WIDTH_WHEN_NO_TERMINAL)


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _shown(value: Any, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, (list, tuple)):
        return ", ".join(str(part) for part in value)
    return with_marks(f"{value:,}", language) if _is_number(value) else str(value)
