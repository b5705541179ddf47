"""A compiled function that is bound to kinds of arguments is the same function."""

import numpy as np
import pytest

from sim.engine import kernel
from sim.engine.addressed import mix64
from sim.engine.bound import bound
from sim.engine.by_reference import ByReference
from sim.engine.state import new_state
from tests.support.random_worlds import random_world


@pytest.mark.parametrize("number", [0, 1, 2**63, 2**64 - 1])
def test_it_gives_what_the_function_gives(number: int) -> None:
    mixed = bound(kernel.mix64, np.uint64(1))
    assert int(mixed(np.uint64(number))) == mix64(number) == int(kernel.mix64(np.uint64(number)))


def test_other_arrays_of_the_same_kinds_are_taken() -> None:
    """As when the arrays of a state are replaced by longer ones."""
    states = [new_state(random_world(seed)[0], 1, 0, logging=False) for seed in (1, 2)]
    lengths = bound(kernel.outbox_lengths, ByReference(states[0]))
    for state in states:
        assert np.array_equal(lengths(ByReference(state)), np.zeros(len(state.outbox_first)))
