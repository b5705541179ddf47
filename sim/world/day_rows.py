"""Counts by place and day, kept small: a year of the whole nation must not be in memory as it is counted."""

from __future__ import annotations

import math
import tempfile
import weakref
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.world.arrays import Ints

MOST_BYTES_IN_MEMORY = 128 << 20
"""What is beyond goes to a temporary file."""

WORD_BYTES = 8
POSITION_BYTES = 4
Bytes = NDArray[np.uint8]
Positions = NDArray[np.int32]


class Piece(NamedTuple):
    """Rows of some days that are not all zeros, in the order of cell, then day."""

    cell: Ints
    """[rows] index in the flattened shape of the store"""
    day: Ints
    """[rows]"""
    columns: tuple[Ints, ...]
    """[rows] each, of the fields asked for"""


class _Day(NamedTuple):
    number: int
    rows: int
    begins: int  # byte of the file
    widths: tuple[int, ...]  # bytes of a value, by field; 0 = all values are 0
    filled: tuple[int, ...]  # values that are not 0, by field


class DayRows:
    """Counts of whole numbers by cell, day and field.

    Of each day only the cells with any count are kept, and each field in as few bytes as its largest value of
    that day needs; of a field that is 0 nearly everywhere only the rest. Days are added in order.
    """

    def __init__(self, shape: Sequence[int], fields: int) -> None:
        self.shape = tuple(shape)
        self.fields = fields
        self._days: list[_Day] = []
        self._file = tempfile.SpooledTemporaryFile(MOST_BYTES_IN_MEMORY)  # noqa: SIM115
        weakref.finalize(self, self._file.close)
        self._length = 0

    @property
    def cells(self) -> int:
        """Number of cells."""
        return math.prod(self.shape)

    @property
    def stored_bytes(self) -> int:
        """What the counts take, in memory or on disk."""
        return self._length

    def add(self, day: int, cells: Positions, columns: Ints) -> None:
        """Adds a day: numbers of its cells, ascending, and their values [fields, cells]."""
        if len(cells) == 0:
            return
        widths = [_bytes_needed(column) for column in columns]
        filled = np.count_nonzero(columns, axis=1).tolist()
        begins, parts = self._length, [cells.astype(np.int32).tobytes()]
        for column, width, count in zip(columns, widths, filled, strict=True):
            parts.extend(_packed(column, width, count))
        self._file.seek(begins)
        self._file.writelines(parts)
        self._length += sum(map(len, parts))
        self._days.append(_Day(day, len(cells), begins, tuple(widths), tuple(filled)))

    def pieces(self, most_rows: int, fields: Sequence[int] | None = None) -> Iterator[Piece]:
        """All rows, some days at a time: as many as have ``most_rows`` together, at least one."""
        wanted = range(self.fields) if fields is None else fields
        for days in _together(self._days, most_rows):
            unpacked = [self._unpacked(day, wanted) for day in days]
            cell = np.concatenate([cells for cells, _ in unpacked])
            order = np.argsort(cell, kind="stable")
            number = np.repeat([day.number for day in days], [day.rows for day in days])
            columns = (
                np.concatenate([columns[place] for _, columns in unpacked])[order]
                for place in range(len(wanted))
            )
            yield Piece(cell[order].astype(np.int64), number[order], tuple(columns))

    def dense(self, days: range) -> Ints:
        """Counts of these days, zeros included: [*shape, days, fields]."""
        result = np.zeros((self.cells, len(days), self.fields), np.int64)
        for day in self._days:
            if day.number in days:
                cells, columns = self._unpacked(day, range(self.fields))
                result[cells, day.number - days.start] = np.stack(columns, axis=1)
        return result.reshape(*self.shape, len(days), self.fields)

    def _unpacked(self, day: _Day, wanted: Sequence[int]) -> tuple[Positions, list[Ints]]:
        """Cells of a day and their values of some fields."""
        sizes = [_packed_bytes(day.rows, *of) for of in zip(day.widths, day.filled, strict=True)]
        begins = np.cumsum([POSITION_BYTES * day.rows, *sizes]).tolist()
        self._file.seek(day.begins)
        content = np.frombuffer(self._file.read(begins[-1]), np.uint8)
        cells = content[: begins[0]].view(np.int32)
        columns = [
            _unpack(
                content[begins[field] : begins[field + 1]], day.rows, day.widths[field], day.filled[field]
            )
            for field in wanted
        ]
        return cells, columns


def day_rows_of(dense: Ints) -> DayRows:
    """The store of counts [*shape, days, fields]."""
    *shape, days, fields = dense.shape
    rows = DayRows(shape, fields)
    by_cell = dense.reshape(-1, days, fields)
    for day in range(days):
        cells = np.flatnonzero(by_cell[:, day].any(axis=1))
        rows.add(day, cells.astype(np.int32), np.ascontiguousarray(by_cell[cells, day].T))
    return rows


def _together(days: Sequence[_Day], most_rows: int) -> Iterator[list[_Day]]:
    """Neighbouring days, as many at a time as have ``most_rows`` together, at least one."""
    found: list[_Day] = []
    rows = 0
    for day in days:
        if found and rows + day.rows > most_rows:
            yield found
            found, rows = [], 0
        found.append(day)
        rows += day.rows
    if found:
        yield found


def _bytes_needed(values: Ints) -> int:
    """Bytes that hold each of these values; negative ones need a whole word."""
    return WORD_BYTES if values.min() < 0 else (int(values.max()).bit_length() + 7) // 8


def _is_sparse(rows: int, width: int, filled: int) -> bool:
    return filled * (POSITION_BYTES + width) < rows * width


def _packed_bytes(rows: int, width: int, filled: int) -> int:
    return filled * (POSITION_BYTES + width) if _is_sparse(rows, width, filled) else rows * width


def _packed(values: Ints, width: int, filled: int) -> Iterator[bytes]:
    """The values in so many bytes each: all of them, or the positions and values of those that are not 0."""
    if width == 0:
        return
    if _is_sparse(len(values), width, filled):
        positions = np.flatnonzero(values)
        yield positions.astype(np.int32).tobytes()
        values = values[positions]
    yield values.astype("<i8", copy=False).view(np.uint8).reshape(-1, WORD_BYTES)[:, :width].tobytes()


def _unpack(content: Bytes, rows: int, width: int, filled: int) -> Ints:
    """The values that `_packed` packed."""
    if not _is_sparse(rows, width, filled):
        return _widened(content, rows, width)
    values = np.zeros(rows, np.int64)
    positions = content[: POSITION_BYTES * filled].copy().view(np.int32)
    values[positions] = _widened(content[POSITION_BYTES * filled :], filled, width)
    return values


def _widened(content: Bytes, count: int, width: int) -> Ints:
    words = np.zeros((count, WORD_BYTES), np.uint8)
    words[:, :width] = content.reshape(count, width)
    return words.view("<i8").reshape(count).astype(np.int64, copy=False)
