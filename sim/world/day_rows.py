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

ROWS_PACKED_TOGETHER = 1 << 14
"""Days with few rows are packed a few at a time: it is the number of fields that makes it take long."""

WORD_BYTES = 8
POSITION_BYTES = 4
KIND_OF_WIDTH = {1: "<u1", 2: "<u2", 4: "<u4", WORD_BYTES: "<i8"}
"""Numbers of these widths are copied by NumPy, which is faster than byte by byte."""
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


class _Batch(NamedTuple):
    days: tuple[int, ...]
    rows_of_day: tuple[int, ...]
    begins: int  # byte of the file
    widths: tuple[int, ...]  # bytes of a value, by field; 0 = all values are 0
    filled: tuple[int, ...]  # values that are not 0, by field

    @property
    def rows(self) -> int:
        return sum(self.rows_of_day)

    @property
    def day(self) -> Ints:
        """[rows]"""
        return np.repeat(np.array(self.days, np.int64), self.rows_of_day)


class DayRows:
    """Counts of whole numbers by cell, day and field.

    Of each day only the cells with any count are kept. A few days are packed together: each field in as few
    bytes as its largest value needs; of a field that is 0 nearly everywhere only the rest. Days are added in
    order.
    """

    def __init__(self, shape: Sequence[int], fields: int) -> None:
        self.shape = tuple(shape)
        self.fields = fields
        self._batches: list[_Batch] = []
        self._not_packed: list[tuple[int, Positions, Ints]] = []
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
        self._pack()
        return self._length

    def add(self, day: int, cells: Positions, columns: Ints) -> None:
        """Adds a day: numbers of its cells, ascending, and their values [fields, cells]."""
        if len(cells) >= ROWS_PACKED_TOGETHER:
            self._pack()
            self._write((day,), (len(cells),), cells, columns)
        elif len(cells):
            self._not_packed.append((day, cells.copy(), columns.copy()))
            if sum(len(cells) for _, cells, _ in self._not_packed) >= ROWS_PACKED_TOGETHER:
                self._pack()

    def _pack(self) -> None:
        """Packs the days that are not packed yet."""
        if not self._not_packed:
            return
        days, cells, columns = zip(*self._not_packed, strict=True)
        rows = tuple(map(len, cells))
        self._not_packed.clear()
        self._write(days, rows, _joined(cells), _joined(columns))

    def _write(self, days: tuple[int, ...], rows: tuple[int, ...], cells: Positions, columns: Ints) -> None:
        widths = [_bytes_needed(column) for column in columns]
        filled = [int(np.count_nonzero(column)) for column in columns]
        begins, parts = self._length, [cells.astype(np.int32).tobytes()]
        for column, width, count in zip(columns, widths, filled, strict=True):
            parts.extend(_packed(column, width, count))
        self._file.seek(begins)
        self._file.writelines(parts)
        self._length += sum(map(len, parts))
        self._batches.append(_Batch(days, rows, begins, tuple(widths), tuple(filled)))

    def pieces(self, most_rows: int, fields: Sequence[int] | None = None) -> Iterator[Piece]:
        """All rows, some days at a time: about ``most_rows`` together, and some days at least.

        No two pieces have rows of the same day.
        """
        self._pack()
        wanted = range(self.fields) if fields is None else fields
        for batches in _together(self._batches, most_rows):
            unpacked = [self._unpacked(batch, wanted) for batch in batches]
            cell = _joined([cells for cells, _ in unpacked])
            day = _joined([batch.day for batch in batches])
            order = np.argsort(cell, kind="stable")
            columns = (
                _joined([columns[place] for _, columns in unpacked])[order] for place in range(len(wanted))
            )
            yield Piece(cell[order].astype(np.int64), day[order], tuple(columns))

    def dense(self, days: range) -> Ints:
        """Counts of these days, zeros included: [*shape, days, fields], each field in one block of memory."""
        chosen = self.dense_of(np.arange(self.cells), days)
        return np.moveaxis(chosen.reshape(self.fields, *self.shape, len(days)), 0, -1)

    def dense_of(self, cells: Ints, days: range) -> Ints:
        """Counts of some cells on these days, zeros included: [fields, cells, days]."""
        self._pack()
        result = np.zeros((self.fields, len(cells) * len(days)), np.int64)
        row_of = np.full(self.cells, -1, np.int64)
        row_of[cells] = np.arange(len(cells))
        for batch in self._batches:
            if batch.days[0] < days.stop and batch.days[-1] >= days.start and len(cells):
                found, columns = self._unpacked(batch, range(self.fields))
                row, day = row_of[found], batch.day - days.start
                kept = np.flatnonzero((row >= 0) & (day >= 0) & (day < len(days)))
                place = row[kept] * len(days) + day[kept]
                for of_field, column in zip(result, columns, strict=True):
                    of_field[place] = column[kept]
        return result.reshape(self.fields, len(cells), len(days))

    def _unpacked(self, batch: _Batch, wanted: Sequence[int]) -> tuple[Positions, list[Ints]]:
        """Cells of a batch and their values of some fields."""
        rows = batch.rows
        sizes = [_packed_bytes(rows, *of) for of in zip(batch.widths, batch.filled, strict=True)]
        begins = np.cumsum([POSITION_BYTES * rows, *sizes]).tolist()
        self._file.seek(batch.begins)
        content = np.frombuffer(self._file.read(begins[-1]), np.uint8)
        cells = content[: begins[0]].view(np.int32)
        columns = [
            _unpack(
                content[begins[field] : begins[field + 1]], rows, batch.widths[field], batch.filled[field]
            )
            for field in wanted
        ]
        return cells, columns


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    """Parts side by side along the last axis; a single one as it is."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=-1)


def day_rows_of(dense: Ints) -> DayRows:
    """The store of counts [*shape, days, fields]."""
    *shape, days, fields = dense.shape
    rows = DayRows(shape, fields)
    by_cell = dense.reshape(-1, days, fields)
    for day in range(days):
        cells = np.flatnonzero(by_cell[:, day].any(axis=1))
        rows.add(day, cells.astype(np.int32), np.ascontiguousarray(by_cell[cells, day].T))
    return rows


def _together(batches: Sequence[_Batch], most_rows: int) -> Iterator[list[_Batch]]:
    """Neighbouring batches, as many at a time as have ``most_rows`` together, at least one."""
    found: list[_Batch] = []
    rows = 0
    for batch in batches:
        if found and rows + batch.rows > most_rows:
            yield found
            found, rows = [], 0
        found.append(batch)
        rows += batch.rows
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
    if width in KIND_OF_WIDTH:
        yield values.astype(KIND_OF_WIDTH[width]).tobytes()
    else:
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
    if width in KIND_OF_WIDTH:
        return content.view(KIND_OF_WIDTH[width]).astype(np.int64)
    words = np.zeros((count, WORD_BYTES), np.uint8)
    words[:, :width] = content.reshape(count, width)
    return words.view("<i8").reshape(count).astype(np.int64, copy=False)
