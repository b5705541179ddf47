"""Events of later buckets of time: lists of a timing wheel with two levels (Varghese and Lauck 1987).

A bucket is 8.2 s long. 4096 of them make a stretch of time. The first lists are those of the buckets of the
present stretch, the others those of the stretches, the last one that of events after the horizon. A list is
made of chunks of eight events, so that they lie together in memory; ``later_last`` is the place of the last
event of a list, ``chunk_before`` that of the last event of the chunk before.
"""

from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.fetching import fetch_early
from sim.world.arrays import (
    CHUNK,
    CHUNK_BITS,
    S_BUCKET,
    S_CHUNKS,
    S_FETCHED_LIST,
    S_FREE_CHUNK,
    STRETCH,
    STRETCH_BITS,
)

KIND_BITS = 3
BUCKET_BITS = 13
PLACE_MASK = CHUNK - 1
BUCKET_MASK = STRETCH - 1


def lists_of_later_events(horizon_ms):
    """How many lists there are: of buckets, of stretches, of what comes after the horizon."""
    return STRETCH + (horizon_ms >> (BUCKET_BITS + STRETCH_BITS)) + 2


@inlined
def bucket_of(key):
    """Number of the bucket of an event."""
    return key >> (BUCKET_BITS + KIND_BITS)


@inlined
def list_of(state, bucket):
    """List of a bucket that is not open yet."""
    stretch = bucket >> STRETCH_BITS
    if stretch == state.scalars[S_BUCKET] >> STRETCH_BITS:
        return bucket & BUCKET_MASK
    return min(STRETCH + stretch, state.later_last.shape[0] - 1)


@inlined
def put_later(state, key, item):
    """Adds an event to the list of its bucket."""
    put_last(state, list_of(state, bucket_of(key)), key, item)


@inlined
def put_last(state, row, key, item):
    """Adds an event to a list."""
    place = state.later_last[row] + 1
    if place & PLACE_MASK == 0:
        chunk = take_chunk(state)
        state.chunk_before[chunk] = place - 1
        place = chunk << CHUNK_BITS
    put_at(state.later[place], key, item)
    state.later_last[row] = place


@inlined
def put_at(record, key, item):
    """Writes an event to a place of a list."""
    record["key"] = key
    record["item"] = item


@compiled
def take_chunk(state):
    """A chunk that no list has."""
    scalars = state.scalars
    chunk = scalars[S_FREE_CHUNK]
    if chunk >= 0:
        scalars[S_FREE_CHUNK] = state.chunk_before[chunk]
        return chunk
    scalars[S_CHUNKS] += 1
    return scalars[S_CHUNKS] - 1


@compiled
def take_last(state, row):
    """Takes the last event out of a list; returns its place, where it stands until another is put there."""
    place = state.later_last[row]
    if place & PLACE_MASK != 0:
        state.later_last[row] = place - 1
    else:
        chunk = place >> CHUNK_BITS
        state.later_last[row] = state.chunk_before[chunk]
        give_chunk_back(state, chunk)
    return place


@compiled
def before_in_list(state, place):
    """Place of the event before one in its list, -1 before the first."""
    return place - 1 if place & PLACE_MASK != 0 else state.chunk_before[place >> CHUNK_BITS]


@compiled
def fetch_list_later(state, row):
    """Lets the events of a list be asked for, some at each step: where others stand is found one by one."""
    state.scalars[S_FETCHED_LIST] = state.later_last[row]


@inlined
def fetch_list_on(state):
    """Asks early for a few events more of the list that is to be asked for."""
    place = state.scalars[S_FETCHED_LIST]
    if place >= 0:
        chunk = place >> CHUNK_BITS
        fetch_early(state.later, chunk << CHUNK_BITS)
        fetch_early(state.later, (chunk << CHUNK_BITS) + CHUNK // 2)
        state.scalars[S_FETCHED_LIST] = state.chunk_before[chunk]


@compiled
def forget_list(state, row):
    """Empties a list and gives its chunks back."""
    place = state.later_last[row]
    while place >= 0:
        chunk = place >> CHUNK_BITS
        place = state.chunk_before[chunk]
        give_chunk_back(state, chunk)
    state.later_last[row] = -1


@compiled
def give_chunk_back(state, chunk):
    """No list has the chunk any more."""
    state.chunk_before[chunk] = state.scalars[S_FREE_CHUNK]
    state.scalars[S_FREE_CHUNK] = chunk


@compiled
def forget_later(state, key, item):
    """Takes an event out of its list; the last of the list takes its place."""
    row = list_of(state, bucket_of(key))
    place = state.later_last[row]
    while state.later[place]["key"] != key or state.later[place]["item"] != item:
        place = before_in_list(state, place)
    last = state.later[take_last(state, row)]
    put_at(state.later[place], last["key"], last["item"])


@compiled
def open_bucket(state):
    """List of the bucket that is opened now; the first of a stretch has its stretch spread out before."""
    bucket = state.scalars[S_BUCKET]
    if bucket & BUCKET_MASK == 0:
        spread(state, STRETCH + (bucket >> STRETCH_BITS))
    return bucket & BUCKET_MASK


@compiled
def spread(state, row):
    """Puts the events of a stretch into the lists of their buckets."""
    while state.later_last[row] >= 0:
        place = take_last(state, row)
        event = state.later[place]
        put_last(state, bucket_of(event["key"]) & BUCKET_MASK, event["key"], event["item"])
