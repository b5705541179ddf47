"""Compiled code takes an index as it is (``sim.engine.plain_arrays``): none may be negative."""

from typing import Any

import numpy as np
import pytest

from sim.engine import flow
from tests.support.random_worlds import random_world
from tests.support.without_compilation import printed_without_compilation

SEEDS = range(310, 350)


class Watched(np.ndarray):
    """An array that refuses to count from its end."""

    def __getitem__(self, index: Any) -> Any:
        _refuse_negative(index)
        return super().__getitem__(index)

    def __setitem__(self, index: Any, value: Any) -> None:
        _refuse_negative(index)
        super().__setitem__(index, value)


def _refuse_negative(index: Any) -> None:
    for each in index if isinstance(index, tuple) else (index,):
        if isinstance(each, int | np.integer) and each < 0:
            raise IndexError(f"index {each} is negative")


def watched(fields: Any) -> Any:
    """A NamedTuple of arrays over the same memory, each of them watched."""
    arrays = {
        name: value.view(Watched)
        for name, value in zip(fields._fields, fields, strict=True)
        if isinstance(value, np.ndarray)
    }
    return fields._replace(**arrays)


def play_watched() -> int:
    """Steps of some generated worlds, played as plain Python on watched arrays."""
    flow.by_reference = watched
    steps = 0
    for seed in SEEDS:
        world, start_control = random_world(seed)
        steps += flow.run_flow(world, seed, 0, start_control, logging=True).totals["steps"]
    return steps


def test_a_watched_array_refuses_negative_indices() -> None:
    array = np.arange(6).reshape(2, 3).view(Watched)
    assert array[1, 2] == 5
    with pytest.raises(IndexError, match="-1 is negative"):
        _ = array[0, -1]
    with pytest.raises(IndexError, match="-2 is negative"):
        array[np.int32(-2)] = 0


def test_the_kernel_uses_no_negative_index() -> None:
    command = "from tests.twin.test_no_index_is_negative import play_watched; print(play_watched())"
    assert int(printed_without_compilation(command)) > 1000
