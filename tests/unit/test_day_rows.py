"""The store of counts by cell and day gives back what it was given, in the order that tables have."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.world import day_rows
from sim.world.day_rows import DayRows, day_rows_of

SHAPE = (3, 4)
DAYS, FIELDS = 5, 4
LARGEST = 1 << 62


def counts(seed: int, share_filled: float, largest: int) -> np.ndarray:
    """Counts [*SHAPE, DAYS, FIELDS], most of them 0 when few are filled."""
    rng = np.random.default_rng(seed)
    values = rng.integers(0, largest, (*SHAPE, DAYS, FIELDS), endpoint=True)
    return np.where(rng.random(values.shape) < share_filled, values, 0)


@pytest.mark.parametrize("rows_together", [1, 15, 1000])
def test_days_packed_together_come_back_as_days(rows_together: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_rows, "ROWS_PACKED_TOGETHER", rows_together)
    dense = counts(6, 0.5, 1000)
    rows = day_rows_of(dense)
    for first in range(DAYS):
        assert np.array_equal(rows.dense(range(first, DAYS)), dense[:, :, first:])


@given(
    seed=st.integers(0, 1000),
    share_filled=st.sampled_from([0.0, 0.05, 0.5, 1.0]),
    largest=st.sampled_from([1, 255, 256, 65_536, (1 << 32) - 1, (1 << 40) - 1, LARGEST]),
)
def test_what_is_stored_comes_back(seed: int, share_filled: float, largest: int) -> None:
    dense = counts(seed, share_filled, largest)
    assert np.array_equal(day_rows_of(dense).dense(range(DAYS)), dense)


def test_negative_numbers_come_back() -> None:
    dense = -counts(1, 0.5, 1000)
    assert np.array_equal(day_rows_of(dense).dense(range(DAYS)), dense)


def test_some_days_are_those_days_of_all() -> None:
    dense = counts(2, 0.5, 1000)
    assert np.array_equal(day_rows_of(dense).dense(range(1, 4)), dense[:, :, 1:4])


@pytest.mark.parametrize("cells", [[], [0], [7, 2, 11], list(range(12))])
@pytest.mark.parametrize("rows_together", [1, 15, 1000])
def test_some_cells_come_in_the_order_asked_for(
    cells: list[int], rows_together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day_rows, "ROWS_PACKED_TOGETHER", rows_together)
    dense = counts(4, 0.5, 1000)
    chosen = np.array(cells, np.int64)
    wanted = np.moveaxis(dense.reshape(-1, DAYS, FIELDS)[chosen, 1:4], -1, 0)
    assert np.array_equal(day_rows_of(dense).dense_of(chosen, range(1, 4)), wanted)


@pytest.mark.parametrize("most_rows", [1, 20, 1000])
def test_pieces_hold_every_row_that_is_not_all_zeros_once_and_in_order(
    most_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(day_rows, "ROWS_PACKED_TOGETHER", 1)
    dense = counts(3, 0.2, 1000)
    pieces = list(day_rows_of(dense).pieces(most_rows))
    flat = dense.reshape(-1, DAYS, FIELDS)
    found = np.zeros_like(flat)
    seen: set[int] = set()
    for piece in pieces:
        found[piece.cell, piece.day] += np.stack(piece.columns, axis=1)
        assert np.stack(piece.columns, axis=1).any(axis=1).all()
        place = piece.cell * DAYS + piece.day
        assert (np.diff(place) > 0).all()
        assert len(place) <= most_rows or len(np.unique(piece.day)) == 1
        assert not seen & set(piece.day.tolist())
        seen |= set(piece.day.tolist())
    assert np.array_equal(found, flat)
    assert (len(pieces) == 1) == (most_rows == 1000)


def test_pieces_have_the_fields_asked_for() -> None:
    dense = counts(4, 0.5, 1000)
    (few,) = day_rows_of(dense).pieces(1000, [2, 0])
    (every,) = day_rows_of(dense).pieces(1000)
    assert np.array_equal(few.columns[0], every.columns[2])
    assert np.array_equal(few.columns[1], every.columns[0])


def test_numbers_take_no_more_bytes_than_they_need() -> None:
    rows = DayRows((100,), 3)
    columns = np.zeros((3, 100), np.int64)
    columns[0], columns[1, 7] = 255, 1 << 30
    rows.add(0, np.arange(100, dtype=np.int32), columns)
    numbers_of_cells, one_byte_each, one_number_with_its_place, only_zeros = 400, 100, 4 + 4, 0
    assert rows.stored_bytes == numbers_of_cells + one_byte_each + one_number_with_its_place + only_zeros


def test_what_is_too_much_for_memory_comes_back_from_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(day_rows, "MOST_BYTES_IN_MEMORY", 64)
    dense = counts(5, 1.0, 1000)
    rows = day_rows_of(dense)
    assert rows.stored_bytes > 64
    assert np.array_equal(rows.dense(range(DAYS)), dense)
    assert np.array_equal(rows.dense(range(DAYS)), dense)
