"""The moving state of one replication, as it begins and as it grows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sim.engine import kernel
from sim.engine.aligned import longer, on_cache_lines, zeros
from sim.engine.streams import live_streams
from sim.world.arrays import (
    CHUNK,
    DOSSIER,
    EVENT,
    FLOW_FIELDS,
    HISTOGRAM_BINS,
    LINE_SLICES,
    LOG_FIELDS,
    LONGEST_LINE,
    NO_EVENT,
    NOTES,
    S_COUNT,
    S_DAY,
    S_FETCHED_LIST,
    S_FILINGS,
    S_FREE,
    S_FREE_CHUNK,
    S_LOGGING,
    UPLINK,
    State,
    Tally,
    World,
)

FIRST_SLOTS = 4096
FIRST_FILINGS = 4096
FIRST_LOG_ROWS = 1 << 16
# One WAIT_ENDS, one SYNC_TRIED and one of another kind.
EVENTS_PER_SLOT = 3


def new_state(world: World, seed: int, replication: int, logging: bool) -> State:
    """State at 00:00 of the first day: nobody at work, no dossier, everything in reach."""
    key = replication_key(seed, replication)
    sites, slots = len(world.site_parent), FIRST_SLOTS
    events = EVENTS_PER_SLOT * slots + len(world.pools)
    lists = kernel.lists_of_later_events(world.horizon_ms)
    # Each list may have one chunk that is not full.
    chunks = events // CHUNK + lists
    scalars = np.zeros(S_COUNT, np.int64)
    scalars[S_DAY] = -1
    scalars[S_FREE] = slots
    scalars[S_FREE_CHUNK] = -1
    scalars[S_FETCHED_LIST] = -1
    scalars[S_LOGGING] = int(logging)
    return State(
        scalars=scalars,
        pools=on_cache_lines(world.pools),
        queues=on_cache_lines(world.queues),
        at_work=np.zeros(max(world.at_work_places, 1), np.int32),
        reach=np.full(sites, np.iinfo(np.uint64).max, np.uint64),
        slow=np.zeros(sites, np.uint64),
        uplinks=np.zeros(sites, UPLINK),
        line_free_ms=np.zeros((sites, 2), np.int64),
        routes=world.routes.copy(),
        desk_of=world.desk_of.copy(),
        travel_m=world.travel_m.copy(),
        outbox_first=np.full(sites, -1, np.int32),
        outbox_last=np.full(sites, -1, np.int32),
        streams=live_streams(world, mixed(key + world.stream_name_key)),
        site_day_key=mixed(key + world.site_key),
        dossiers=zeros(slots, DOSSIER),
        free_slots=np.arange(slots - 1, -1, -1, dtype=np.int32),
        event_key=np.full(events, NO_EVENT, np.int64),
        event_item=np.zeros(events, np.int32),
        line_key=np.full(LONGEST_LINE + 1, NO_EVENT, np.int64),
        line_item=np.zeros(LONGEST_LINE + 1, np.int32),
        line_pool=np.zeros(LONGEST_LINE + 1, np.int32),
        line_queue=np.zeros(LONGEST_LINE + 1, np.int32),
        slice_place=np.zeros(LINE_SLICES, np.int32),
        later=zeros(CHUNK * chunks, EVENT),
        later_last=np.full(lists, -1, np.int32),
        chunk_before=np.zeros(chunks, np.int32),
        filing_key=np.zeros(FIRST_FILINGS, np.int64),
        filing_stream=np.zeros(FIRST_FILINGS, np.int32),
        filing_index=np.zeros(FIRST_FILINGS, np.int32),
        log=np.zeros((FIRST_LOG_ROWS if logging else 0, len(LOG_FIELDS)), np.int64),
    )


def mixed(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """``mix64`` of many keys."""
    plain = getattr(kernel.mix64, "py_func", kernel.mix64)  # with the JIT off it is plain already
    result: NDArray[np.uint64] = plain(keys)
    return result


def replication_key(seed: int, replication: int) -> NDArray[np.uint64]:
    """Address of a replication (E8), as an array of one."""
    number = np.array([replication + 1], np.uint64)
    return mixed(mixed(np.array([seed], np.uint64)) + number * kernel.ADDRESS_A)


def new_tally(world: World) -> Tally:
    """Empty counts of one replication on its first day."""
    areas, groups = world.area_count, world.group_count
    return Tally(
        flow=np.zeros(areas * groups * len(FLOW_FIELDS), np.int64),
        bins=np.zeros((areas * groups * 2 + areas) * HISTOGRAM_BINS, np.int32),
        noted=np.zeros(2, np.int64),
        noted_place=np.zeros(NOTES, np.int64),
        noted_amount=np.zeros(NOTES, np.int64),
        noted_bin=np.zeros(NOTES, np.int64),
    )


def with_more_slots(state: State) -> State:
    """The same state with twice the room for dossiers; the events of all slots and pools always fit."""
    old, free = len(state.dossiers), state.scalars[S_FREE]
    stack = np.concatenate([np.arange(2 * old - 1, old - 1, -1), state.free_slots[:free]])
    state.scalars[S_FREE] = len(stack)
    return state._replace(
        dossiers=longer(state.dossiers, 2 * old),
        free_slots=longer(stack.astype(np.int32), 2 * old),
        event_key=longer(state.event_key, len(state.event_key) + EVENTS_PER_SLOT * old),
        event_item=longer(state.event_item, len(state.event_item) + EVENTS_PER_SLOT * old),
        later=longer(state.later, len(state.later) + EVENTS_PER_SLOT * old),
        chunk_before=longer(state.chunk_before, len(state.chunk_before) + EVENTS_PER_SLOT * old // CHUNK),
    )


def with_more_filings(state: State, filings: int) -> State:
    """The same state with room for the filings of a busier day."""
    room = 2 * filings
    return state._replace(
        filing_key=np.zeros(room, np.int64),
        filing_stream=np.zeros(room, np.int32),
        filing_index=np.zeros(room, np.int32),
    )


def put_filings_in_order(state: State) -> None:
    """Sorts the filings of the day by time, those of the same time as they were drawn (E14).

    NumPy does it many times faster than compiled code of ours would.
    """
    filings = state.scalars[S_FILINGS]
    keys = state.filing_key[:filings]
    keys.sort()
    drawn = keys & kernel.PLACE_MASK
    for array in (state.filing_stream, state.filing_index):
        array[:filings] = array[drawn]


def with_more_log(state: State, rows: int = 0) -> State:
    """The same state with twice the room in the step log, at least ``rows`` more."""
    return state._replace(log=longer(state.log, 2 * len(state.log) + rows))
