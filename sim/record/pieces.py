"""Tables that are too long to be in memory whole."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

MOST_ROWS = 1 << 18
"""Rows of a long table that are in memory together; each such piece is a row group of its file."""


@dataclass(frozen=True)
class LongTable:
    """A table in pieces, which are made when they are asked for and anew each time."""

    schema: pa.Schema
    make: Callable[[Sequence[str]], Iterator[pa.Table]]
    """Makes the pieces with the columns of these names only, in the order of the schema"""

    def pieces(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The pieces in order, with all columns or with some."""
        return self.make(self.schema.names if columns is None else columns)

    def whole(self) -> pa.Table:
        """The table in one, for short ones."""
        return pa.concat_tables([self.schema.empty_table(), *self.pieces()]).combine_chunks()


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
