"""What a page is made of, in one language, before it becomes HTML: sections of blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

# The stored figures of a page in one language, by name: the path of the SVG; the PNG lies beside it.
Pictures = Mapping[str, Path]


@dataclass(frozen=True)
class Paragraph:
    """A few sentences; ``look`` is plain, lead (the finding of the section) or note (how to read it)."""

    kind: ClassVar[str] = "paragraph"
    text: str
    look: str = "plain"


@dataclass(frozen=True)
class Bullets:
    """Items of a list; ``numbered`` where their order matters."""

    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]
    numbered: bool = False
    title: str = ""


@dataclass(frozen=True)
class Cell:
    """A cell of a table; ``look`` holds one or two of text, number, good, bad, open."""

    text: str
    look: str = "text"


@dataclass(frozen=True)
class Table:
    """Rows of cells below headings; the caption says unit, sample and interval."""

    kind: ClassVar[str] = "table"
    headings: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str


@dataclass(frozen=True)
class Picture:
    """A stored figure with caption and a text for those who cannot see; ``wide`` ones scroll on a phone."""

    kind: ClassVar[str] = "picture"
    path: Path
    alt: str
    caption: str
    wide: bool = False


@dataclass(frozen=True)
class Commands:
    """Command lines, each with what it does."""

    kind: ClassVar[str] = "commands"
    lines: tuple[tuple[str, str], ...]


Block = Paragraph | Bullets | Table | Picture | Commands


@dataclass(frozen=True)
class Section:
    """A chapter of the page."""

    name: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Article:
    """The whole page in one language."""

    language: str
    language_name: str
    title: str
    subtitle: str
    remark: str
    contents_title: str
    swipe: str
    footer: str
    sections: tuple[Section, ...]


def number_cell(text: str) -> Cell:
    """A cell whose text is a number, so that it is set to the right."""
    return Cell(text, "number")
