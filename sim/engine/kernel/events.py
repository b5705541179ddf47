"""Events are set and brought forward.

Those of later buckets of time lie unordered in ``later``; a nation has millions of them. Those of the open
bucket are in its line when they were known before, else in the heap.
"""

from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.event_heap import place_in_heap, place_upwards, put_in_heap
from sim.engine.kernel.later import KIND_BITS, bucket_of, forget_later, put_later
from sim.engine.kernel.line_up import take_out_of_line
from sim.world.arrays import S_BUCKET


@inlined
def push_event(state, t, kind, item):
    """Adds an event."""
    key = (t << KIND_BITS) + kind
    if bucket_of(key) <= state.scalars[S_BUCKET]:
        put_in_heap(state, key, item)
    else:
        put_later(state, key, item)


@compiled
def bring_forward(state, pending, t, kind, item):
    """Lets an event that is to come at ``pending`` come at t, which is earlier."""
    old, new = (pending << KIND_BITS) + kind, (t << KIND_BITS) + kind
    if bucket_of(old) > state.scalars[S_BUCKET]:
        forget_later(state, old, item)
        push_event(state, t, kind, item)
    elif take_out_of_line(state, old, item):
        put_in_heap(state, new, item)
    else:
        place_upwards(state, place_in_heap(state, old, item), new, item)


@inlined
def set_event(state, t, kind, slot):
    """Adds an event of a dossier other than WAIT_ENDS; it must have none."""
    state.dossiers[slot]["event_ms"] = t
    push_event(state, t, kind, slot)
