"""Events come in the written order (E2), however many come in a bucket of time and however they are set."""

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.by_reference import by_reference
from sim.engine.kernel.event_heap import KIND_MASK
from sim.engine.kernel.events import bring_forward, push_event
from sim.engine.kernel.later import BUCKET_BITS, KIND_BITS
from sim.engine.kernel.upcoming import first_event_ms, take_first_event
from sim.engine.state import new_state
from sim.world.arrays import (
    CITIZEN_ANSWERS,
    FAR_FUTURE_MS,
    POOL_OPENS,
    SERVICE_ENDS,
    TRANSFER_ARRIVES,
    State,
    World,
)
from tests.support.random_worlds import random_world

BUCKET_MS = 1 << BUCKET_BITS
KINDS = (SERVICE_ENDS, TRANSFER_ARRIVES, CITIZEN_ANSWERS)
SLOTS = 4096


class Expected:
    """The events that are set, in plain Python."""

    def __init__(self, state: State) -> None:
        self.numbers = state.dossiers["number"]
        self.heap: list[tuple[int, int, int]] = []

    def push(self, t: int, kind: int, item: int) -> None:
        order = item if kind == POOL_OPENS else int(self.numbers[item])
        heapq.heappush(self.heap, ((t << KIND_BITS) + kind, order, item))

    def pop(self) -> tuple[int, int]:
        key, _order, item = heapq.heappop(self.heap)
        return key, item

    def bring_forward(self, key: int, item: int, t: int) -> None:
        self.heap = [each for each in self.heap if each[0] != key or each[2] != item]
        heapq.heapify(self.heap)
        self.push(t, key & KIND_MASK, item)


@pytest.fixture(scope="module")
def world() -> World:
    return random_world(1)[0]


def empty_state(world: World, random: np.random.Generator) -> State:
    state = new_state(world, 1, 0, logging=False)
    state.dossiers["number"] = 16 * random.permutation(len(state.dossiers))
    return state


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.sampled_from([1, 20, 25, 300, 3000]),
    spread_ms=st.sampled_from([1, 30, BUCKET_MS, 40 * BUCKET_MS, 5000 * BUCKET_MS]),
    changes=st.sampled_from([0.0, 0.3]),
)
def test_events_come_in_the_written_order(
    world: World, seed: int, count: int, spread_ms: int, changes: float
) -> None:
    """Also those that are set, and brought forward, while their bucket is open."""
    random = np.random.default_rng(seed)
    state = empty_state(world, random)
    expected = Expected(state)
    seen, played = by_reference(world), by_reference(state)
    times = random.integers(3 * BUCKET_MS, 3 * BUCKET_MS + spread_ms, count)
    for slot, t in enumerate(times.tolist()):
        kind = KINDS[random.integers(len(KINDS))]
        push_event(played, t, kind, slot)
        expected.push(t, kind, slot)
    for pool in range(len(world.pools)):
        push_event(played, int(times[0]), POOL_OPENS, pool)
        expected.push(int(times[0]), POOL_OPENS, pool)
    horizon, unused = 3 * BUCKET_MS + spread_ms, iter(range(count, SLOTS))
    while expected.heap:
        assert first_event_ms(seen, played, horizon) == expected.heap[0][0] >> KIND_BITS
        key, item = take_first_event(seen, played)
        assert (key, item) == expected.pop()
        if random.random() < changes:
            change(random, played, expected, key >> KIND_BITS, next(unused, None))
    assert first_event_ms(seen, played, horizon) == FAR_FUTURE_MS


def change(
    random: np.random.Generator, played: State, expected: Expected, now: int, slot: int | None
) -> None:
    """Sets an event of a new slot soon, or brings one that is set forward."""
    if slot is not None and random.random() < 0.5:
        t = now + int(random.integers(0, 200))
        push_event(played, t, SERVICE_ENDS, slot)
        expected.push(t, SERVICE_ENDS, slot)
    elif expected.heap:
        key, _order, item = expected.heap[random.integers(len(expected.heap))]
        t = int(random.integers(now, (key >> KIND_BITS) + 1))
        if key & KIND_MASK != POOL_OPENS and t < key >> KIND_BITS:
            bring_forward(played, key >> KIND_BITS, t, key & KIND_MASK, item)
            expected.bring_forward(key, item, t)
