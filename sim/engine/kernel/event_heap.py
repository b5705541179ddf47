"""A 4-ary heap, in the written order (E2), of events that came up after their bucket of time was opened."""

from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.later import KIND_BITS
from sim.world.arrays import NO_EVENT, POOL_OPENS, S_EVENTS

KIND_MASK = (1 << KIND_BITS) - 1


@inlined
def comes_first(state, key_a, item_a, key_b, item_b):
    """The written order of two events (E2)."""
    if key_a != key_b:
        return key_a < key_b
    if key_a & KIND_MASK == POOL_OPENS:
        return item_a < item_b
    return state.dossiers[item_a]["number"] < state.dossiers[item_b]["number"]


@compiled
def put_in_heap(state, key, item):
    """Adds an event to the heap."""
    hole = state.scalars[S_EVENTS]
    state.scalars[S_EVENTS] += 1
    place_upwards(state, hole, key, item)


@compiled
def place_upwards(state, hole, key, item):
    """Puts an event at a free place of the heap, or above it."""
    keys, items = state.event_key, state.event_item
    while hole > 0:
        parent = (hole - 1) >> 2
        if not comes_first(state, key, item, keys[parent], items[parent]):
            break
        keys[hole] = keys[parent]
        items[hole] = items[parent]
        hole = parent
    keys[hole] = key
    items[hole] = item


@compiled
def smallest_child(state, hole, count):
    """Child of a place that comes first; keys are compared without branches, which cannot be foreseen."""
    keys = state.event_key
    best = 4 * hole + 1
    key = keys[best]
    tied = False
    for child in range(best + 1, min(best + 4, count)):
        tied |= keys[child] == key
        best = child if keys[child] < key else best
        key = min(key, keys[child])
    return first_of_tied(state, hole, count) if tied else best


@compiled
def first_of_tied(state, hole, count):
    """Child of a place that comes first when several have the same key."""
    keys, items = state.event_key, state.event_item
    best = 4 * hole + 1
    for child in range(best + 1, min(best + 4, count)):
        if comes_first(state, keys[child], items[child], keys[best], items[best]):
            best = child
    return best


@compiled
def drop_first_event(state):
    """Takes the first event out of the heap; an empty one has NO_EVENT at its top."""
    state.scalars[S_EVENTS] -= 1
    count = state.scalars[S_EVENTS]
    keys, items = state.event_key, state.event_item
    key, item = keys[count], items[count]
    hole = 0
    while 4 * hole + 1 < count:
        child = smallest_child(state, hole, count)
        if not comes_first(state, keys[child], items[child], key, item):
            break
        keys[hole] = keys[child]
        items[hole] = items[child]
        hole = child
    keys[hole] = key
    items[hole] = item
    if count == 0:
        keys[0] = NO_EVENT


@compiled
def place_in_heap(state, key, item):
    """Place of an event of the heap."""
    place = 0
    while state.event_key[place] != key or state.event_item[place] != item:
        place += 1
    return place
