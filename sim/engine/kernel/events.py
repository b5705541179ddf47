"""The next events: a 4-ary heap in the written order (E2) of those that come in the open bucket of time.

Those of later buckets lie unordered in ``later``; a nation has millions of them.
"""

import numpy as np

from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.fetching import fetch_early
from sim.engine.kernel.later import KIND_BITS, bucket_of, forget_later, open_bucket, put_later, take_last
from sim.world.arrays import FAR_FUTURE_MS, POOL_OPENS, S_BUCKET, S_EVENTS

KIND_MASK = (1 << KIND_BITS) - 1


@compiled
def comes_first(state, key_a, item_a, key_b, item_b):
    """The written order of two events (E2)."""
    if key_a != key_b:
        return key_a < key_b
    if key_a & KIND_MASK == POOL_OPENS:
        return item_a < item_b
    return state.dossiers[item_a]["number"] < state.dossiers[item_b]["number"]


@compiled
def push_event(state, t, kind, item):
    """Adds an event."""
    key = (t << KIND_BITS) + kind
    if bucket_of(key) <= state.scalars[S_BUCKET]:
        put_in_heap(state, key, item)
    else:
        put_later(state, key, item)


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
    """Takes the first event out of the list."""
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


@compiled
def bring_forward(state, pending, t, kind, item):
    """Lets an event that is to come at ``pending`` come at t, which is earlier."""
    old, new = (pending << KIND_BITS) + kind, (t << KIND_BITS) + kind
    if bucket_of(old) > state.scalars[S_BUCKET]:
        forget_later(state, old, item)
        push_event(state, t, kind, item)
        return
    place = 0
    while state.event_key[place] != old or state.event_item[place] != item:
        place += 1
    place_upwards(state, place, new, item)


@compiled
def set_event(state, t, kind, slot):
    """Adds an event of a dossier other than WAIT_ENDS; it must have none."""
    state.dossiers[slot]["event_ms"] = t
    push_event(state, t, kind, slot)


@compiled
def first_event_ms(state, limit):
    """When the first event comes; FAR_FUTURE_MS when there is none in the bucket of ``limit`` or before.

    Buckets are opened up to that one only: the heap would swallow all that is set before a bucket far ahead.
    """
    scalars = state.scalars
    last = bucket_of(limit << KIND_BITS)
    while scalars[S_EVENTS] == 0 and scalars[S_BUCKET] < last:
        scalars[S_BUCKET] += 1
        row = open_bucket(state)
        while state.later_last[row] >= 0:
            place = take_last(state, row)
            ask_for(state, state.later_key[place], state.later_item[place])
            put_in_heap(state, state.later_key[place], state.later_item[place])
    return state.event_key[0] >> KIND_BITS if scalars[S_EVENTS] > 0 else np.int64(FAR_FUTURE_MS)


@compiled
def ask_for(state, key, item):
    """Asks early for what an event will need first."""
    if key & KIND_MASK == POOL_OPENS:
        fetch_early(state.pools, item)
    else:
        fetch_early(state.dossiers, item)
        fetch_early(state.causes_ms, item)
