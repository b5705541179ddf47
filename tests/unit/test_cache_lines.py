"""What is looked at together lies in whole cache lines (docs/design.md V)."""

import numpy as np
import pytest

from sim.engine.state import longer, new_state, with_more_slots
from sim.world.arrays import DOSSIER, POOL, QUEUE
from sim.world.cache_lines import CACHE_LINE_BYTES
from tests.support.random_worlds import random_world


@pytest.mark.parametrize(("record", "lines"), [(POOL, 2), (QUEUE, 1), (DOSSIER, 5)])
def test_a_record_fills_whole_lines(record: np.dtype[np.void], lines: int) -> None:
    assert record.itemsize == lines * CACHE_LINE_BYTES


def test_records_of_a_state_begin_with_a_line_also_when_it_has_grown() -> None:
    state = new_state(random_world(1)[0], 1, 0, logging=False)
    for each in (state, with_more_slots(state)):
        for array in (each.pools, each.queues, each.dossiers):
            assert array.ctypes.data % CACHE_LINE_BYTES == 0


def test_a_longer_array_has_the_same_beginning_and_zeros_behind() -> None:
    assert longer(np.arange(1, 4), 6).tolist() == [1, 2, 3, 0, 0, 0]
