"""Which event comes next: the first of the line or the first of the heap (E2)."""

from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.event_heap import comes_first, drop_first_event
from sim.engine.kernel.foresight import look_ahead, look_ahead_at_first, look_at_heap
from sim.engine.kernel.later import (
    KIND_BITS,
    bucket_of,
    fetch_list_later,
    fetch_list_on,
    list_of,
    open_bucket,
)
from sim.engine.kernel.line_up import line_up
from sim.world.arrays import NO_EVENT, S_BUCKET, S_LINE_NEXT


@inlined
def first_key(state):
    """Time and kind of the next event of the open bucket, NO_EVENT if there is none."""
    return min(state.event_key[0], state.line_key[state.scalars[S_LINE_NEXT]])


@compiled
def first_event_ms(world, state, limit):
    """When the next event comes; FAR_FUTURE_MS when there is none in the bucket of ``limit`` or before.

    Buckets are opened up to that one only: the heap would swallow all that is set before a bucket far ahead.
    """
    scalars = state.scalars
    last = bucket_of(limit << KIND_BITS)
    while first_key(state) == NO_EVENT and scalars[S_BUCKET] < last:
        scalars[S_BUCKET] += 1
        row = open_bucket(state)
        if state.later_last[row] >= 0:
            line_up(state, row)
            look_ahead_at_first(world, state)
        fetch_list_later(state, list_of(state, scalars[S_BUCKET] + 1))
    return first_key(state) >> KIND_BITS


@inlined
def take_first_event(world, state):
    """Takes the next event; returns its time and kind, and its slot or pool."""
    place = state.scalars[S_LINE_NEXT]
    key, item = state.line_key[place], state.line_item[place]
    if comes_first(state, state.event_key[0], state.event_item[0], key, item):
        key, item = state.event_key[0], state.event_item[0]
        drop_first_event(state)
    else:
        state.scalars[S_LINE_NEXT] = place + 1
        look_ahead(world, state, place)
    look_at_heap(world, state)
    fetch_list_on(state)
    return key, item
