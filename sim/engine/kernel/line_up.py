"""The events of the bucket of time that is open, lined up in the written order (E2) when it was opened.

They are known together: sorting them costs less than a heap, and what each of them needs can be asked for
some places before its turn. Sorted are 256 slices of time, each small; the events of a slice with many, like
the opening of all offices, go to the heap.
"""

from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.event_heap import comes_first, put_in_heap
from sim.engine.kernel.later import BUCKET_BITS, KIND_BITS, before_in_list, forget_list
from sim.world.arrays import LINE_SLICES, LONGEST_SLICE, NO_EVENT, S_LINE_END, S_LINE_NEXT

SLICE_SHIFT = BUCKET_BITS + KIND_BITS - 8
SLICE_MASK = LINE_SLICES - 1
IN_HEAP = -1


@compiled
def line_up(state, row):
    """Lines up the events of a list and empties it."""
    scalars = state.scalars
    scalars[S_LINE_NEXT] = 0
    scalars[S_LINE_END] = share_out(state, row)
    put_in_order(state, scalars[S_LINE_END])
    state.line_key[scalars[S_LINE_END]] = NO_EVENT
    forget_list(state, row)


@compiled
def slice_of(key):
    """Slice of its bucket that an event comes in."""
    return (key >> SLICE_SHIFT) & SLICE_MASK


@compiled
def share_out(state, row):
    """Puts the events of a list into the line slice by slice, or into the heap; how many are in the line."""
    end = take_as_they_are(state, row)
    if end >= 0:
        return end
    count_slices(state, row)
    end = first_places(state)
    place = state.later_last[row]
    while place >= 0:
        key, item = state.later[place]["key"], state.later[place]["item"]
        to = state.slice_place[slice_of(key)]
        if to == IN_HEAP:
            put_in_heap(state, key, item)
        else:
            state.slice_place[slice_of(key)] = to + 1
            state.line_key[to] = key
            state.line_item[to] = item
        place = before_in_list(state, place)
    return end


@compiled
def take_as_they_are(state, row):
    """Puts the events of a short list into the line; -1 if the list is not short."""
    end = 0
    place = state.later_last[row]
    while place >= 0:
        if end == LONGEST_SLICE:
            return -1
        state.line_key[end] = state.later[place]["key"]
        state.line_item[end] = state.later[place]["item"]
        end += 1
        place = before_in_list(state, place)
    return end


@compiled
def count_slices(state, row):
    """How many events of a list come in each slice, in ``slice_place``."""
    state.slice_place[:] = 0
    place = state.later_last[row]
    while place >= 0:
        state.slice_place[slice_of(state.later[place]["key"])] += 1
        place = before_in_list(state, place)


@compiled
def first_places(state):
    """Turns the numbers of events of slices into their first places in the line; returns its length."""
    end = 0
    for each in range(LINE_SLICES):
        count = state.slice_place[each]
        state.slice_place[each] = end if count <= LONGEST_SLICE else IN_HEAP
        end += count if count <= LONGEST_SLICE else 0
    return end


@compiled
def put_in_order(state, end):
    """Sorts the line by insertion: nobody has far to go."""
    keys, items = state.line_key, state.line_item
    for i in range(1, end):
        key, item = keys[i], items[i]
        place = i
        while place > 0 and comes_first(state, key, item, keys[place - 1], items[place - 1]):
            keys[place] = keys[place - 1]
            items[place] = items[place - 1]
            place -= 1
        keys[place] = key
        items[place] = item


@compiled
def take_out_of_line(state, key, item):
    """Takes an event out of the line; False if it is not there."""
    keys, items = state.line_key, state.line_item
    end = state.scalars[S_LINE_END]
    place = state.scalars[S_LINE_NEXT]
    while place < end and (keys[place] != key or items[place] != item):
        place += 1
    if place == end:
        return False
    for i in range(place, end):
        keys[i] = keys[i + 1]
        items[i] = items[i + 1]
    state.scalars[S_LINE_END] = end - 1
    return True
