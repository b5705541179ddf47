"""Tables that are too long to be in memory whole."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sim.record.tables import compact

MOST_ROWS = 1 << 18
"""Rows of a long table that are in memory together; each such piece is a row group of its file."""


@dataclass(frozen=True)
class LongTable:
    """A table in pieces, which are made when they are asked for and anew each time."""

    schema: pa.Schema
    """As it is read; the pieces are `compact`"""
    make: Callable[[pa.Schema], Iterator[pa.Table]]
    """Makes the pieces in a shape: some columns of the compact schema"""

    def pieces(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The pieces in order, with all columns or with some."""
        shape = compact(self.schema)
        return self.make(shape if columns is None else pa.schema([shape.field(name) for name in columns]))

    def whole(self) -> pa.Table:
        """The table in one, for short ones."""
        pieces = (piece.cast(self.schema) for piece in self.pieces())
        return pa.concat_tables([self.schema.empty_table(), *pieces]).combine_chunks()


Table = pa.Table | LongTable


def pieces_of(table: Any, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
    """The pieces of a table, long or not, with all columns or with some."""
    if isinstance(table, LongTable):
        yield from table.pieces(columns)
    else:
        yield table if columns is None else table.select(columns)


def whole(table: Any) -> pa.Table:
    """The table in one, long or not."""
    return table.whole() if isinstance(table, LongTable) else table
