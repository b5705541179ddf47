"""Filings of a day, drawn and replayed, and the inherited backlog (E9, E12-E16, E50)."""

import math

import numpy as np

from sim.engine.kernel.branching import step_instead, take_up_step
from sim.engine.kernel.calendars import close_of_working_day
from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.counting import count, count_visit, note_in_system
from sim.engine.kernel.deadlines import deadline_from
from sim.engine.kernel.desks import choose_desk
from sim.engine.kernel.fetching import fetch_early
from sim.engine.kernel.foresight import fetch_if_any
from sim.engine.kernel.holding import held_pool, hold_person
from sim.engine.kernel.journey import enter_step
from sim.engine.kernel.randoms import ADDRESS_A, ADDRESS_B, ZERO, mix64, poisson_count, quantile, uniform
from sim.engine.kernel.slots import take_slot
from sim.engine.kernel.traits import settle_traits
from sim.engine.kernel.work import site_of_step
from sim.world.arrays import (
    ELECTRONIC,
    F_ARRIVED,
    F_ARRIVED_ELECTRONIC,
    FAR_FUTURE_MS,
    FOR_BUSY_DAY,
    FOR_TIME_OF_DAY,
    FOR_USED_DEADLINE,
    PART_BITS,
    S_DAY,
    S_FILINGS,
    S_FREE,
    S_NEXT_FILING,
    S_NEXT_NUMBER,
)

PLACE_BITS = 36
PLACE_MASK = (1 << PLACE_BITS) - 1
# Replayed filings count from here, so that their keys are not those of drawn ones (E50).
FIRST_REPLAYED = 1 << 20
# So many filings before they are due.
STREAM_AHEAD, POOL_AHEAD, LAST_AHEAD, SLOT_AHEAD = 12, 8, 3, 4


@compiled
def time_of_day(world, pattern, u):
    """When on its day a filing comes, ms after 00:00 (E13)."""
    segment = world.pattern_first[pattern]
    begin = 0.0
    while u >= world.segment_until[segment] and segment + 1 < world.pattern_first[pattern + 1]:
        begin = world.segment_until[segment]
        segment += 1
    length = world.segment_length_ms[segment]
    into = np.int64(math.floor((u - begin) / (world.segment_until[segment] - begin) * length))
    return world.segment_start_ms[segment] + min(into, length - 1)


@compiled
def filing_address(stream_key, day, k):
    """Address of the k-th filing of a day of a stream (E9)."""
    return mix64(stream_key + np.uint64(day + 1) * ADDRESS_A + np.uint64(k + 1) * ADDRESS_B)


@compiled
def time_of_filing(world, stream_key, pattern, day, k):
    """When the k-th filing of a stream on a day comes, ms after 00:00 (E13)."""
    address = filing_address(stream_key, day, k)
    return time_of_day(world, pattern, uniform(address, ZERO, ZERO, FOR_TIME_OF_DAY))


@compiled
def note_filing(state, n, at, stream, k):
    """Writes the n-th filing of the day if there is room; returns n + 1."""
    if n < state.filing_key.shape[0]:
        state.filing_key[n] = (at << PLACE_BITS) | n
        state.filing_stream[n] = stream
        state.filing_index[n] = k
    return n + 1


@compiled
def draw_inherited(world, state):
    """The backlog handed over on day one, as filings at 00:00 with index -1, -2, ... (E15)."""
    n = 0
    for stream in range(world.streams.shape[0]):
        mean = world.streams[stream]["inherited"]
        if mean > 0.0:
            for k in range(poisson_count(mean, state.streams[stream]["key"], 0)):
                n = note_filing(state, n, np.int64(0), stream, -1 - k)
    return n


@compiled
def busy_day_factor(world, state, site, day):
    """Factor on all means of a site on a day, from its gamma distribution."""
    if world.busy_day_table < 0:
        return 1.0
    u = uniform(state.site_day_key[site], np.uint64(day + 1), ZERO, FOR_BUSY_DAY)
    return quantile(world.tables, world.busy_day_table, u)


@compiled
def draw_filings(world, state, day):
    """Draws the filings of a day, stream by stream; how many, maybe more than have room (E12-E14)."""
    n = draw_inherited(world, state) if day == 0 else 0
    site = -1
    busy = 1.0
    for stream in range(state.streams.shape[0]):
        row = state.streams[stream]
        if row["site"] != site:
            site = row["site"]
            busy = busy_day_factor(world, state, site, day)
        mean = row["per_day"] * world.day_factor[row["factor_row"], day] * busy
        pattern = world.pattern_of_day[row["channel"], day]
        if mean > 0.0 and pattern >= 0:
            for k in range(poisson_count(mean, row["key"], day + 1)):
                n = note_filing(state, n, time_of_filing(world, row["key"], pattern, day, k), stream, k)
    return note_replayed(world, state, n, day)


@compiled
def note_replayed(world, state, n, day):
    """Adds the filings of a day that are replayed, after those drawn for the same time (E14, E50)."""
    first_place, first_row = n, world.replay_first[day]
    for row in range(first_row, world.replay_first[day + 1]):
        stream, k = world.replay_stream[row], FIRST_REPLAYED + row - first_row
        n = note_filing(state, n, world.replay_ms[row], stream, k)
        if n <= state.filing_key.shape[0]:
            order_by_stream(state, first_place, n - 1)
    return n


@compiled
def order_by_stream(state, first_place, place):
    """Moves a replayed filing up to its place among those of the same time."""
    keys, streams, indices = state.filing_key, state.filing_stream, state.filing_index
    while (
        place > first_place
        and keys[place - 1] >> PLACE_BITS == keys[place] >> PLACE_BITS
        and streams[place - 1] > streams[place]
    ):
        streams[place - 1], streams[place] = streams[place], streams[place - 1]
        indices[place - 1], indices[place] = indices[place], indices[place - 1]
        place -= 1


@inlined
def fetch_filings(world, state):
    """Asks early for what the next filings will need, which lies all over the memory."""
    place, left = state.scalars[S_NEXT_FILING], state.scalars[S_FILINGS] - state.scalars[S_NEXT_FILING]
    # Slots come from a stack: what lies deeper was free for long.
    fetch_early(state.dossiers, state.free_slots[state.scalars[S_FREE] - SLOT_AHEAD])
    if left > STREAM_AHEAD:
        fetch_early(state.streams, state.filing_stream[place + STREAM_AHEAD])
    if left > POOL_AHEAD:
        row = state.streams[state.filing_stream[place + POOL_AHEAD]]
        fetch_early(world.pool_of, row["site"])
        if row["pool"] >= 0:
            fetch_early(state.pools, row["pool"])
            fetch_early(state.queues, row["queue"])
    if left > LAST_AHEAD:
        row = state.streams[state.filing_stream[place + LAST_AHEAD]]
        if row["pool"] >= 0:
            fetch_if_any(state, state.queues[row["queue"]]["last"])


@compiled
def file_next(world, state, tally, now):
    """The next filing of the day becomes a dossier."""
    fetch_filings(world, state)
    place = state.scalars[S_NEXT_FILING]
    state.scalars[S_NEXT_FILING] += 1
    k = state.filing_index[place]
    stream = state.filing_stream[place]
    slot = take_slot(state)
    dossier = state.dossiers[slot]
    begin_dossier(world, state, slot, stream, now)
    if k >= 0:
        file_new(world, state, tally, dossier, stream, k, now)
    else:
        take_over(world, state, dossier, stream, -1 - k)
        count(world, tally, dossier, F_ARRIVED, 1)
    note_in_system(state, now, 1)
    hold_person(state, dossier)
    enter_step(world, state, tally, slot, now)


@inlined
def begin_dossier(world, state, slot, stream, now):
    """Makes a slot a new dossier, without a past."""
    dossier = state.dossiers[slot]
    row = state.streams[stream]
    dossier["number"] = state.scalars[S_NEXT_NUMBER] << PART_BITS
    state.scalars[S_NEXT_NUMBER] += 1
    dossier["channel"] = row["channel"]
    dossier["traits"] = row["traits"]
    dossier["home"] = row["site"]
    dossier["area"] = world.area_of[row["site"]]
    dossier["procedure"] = row["procedure"]
    dossier["group"] = world.procedures[row["procedure"]]["group"]
    dossier["holds"] = held_pool(world, dossier)
    dossier["arrived_ms"] = now
    dossier["limit_ms"] = FAR_FUTURE_MS
    dossier["limit_event_ms"] = -1
    dossier["parent"] = -1
    dossier["marks"] = 0
    dossier["round"] = 0
    dossier["event_ms"] = -1
    dossier["owes_back_entry"] = 0
    dossier["apologised"] = 0
    dossier["owes_apology"] = 0
    dossier["finished"] = 0
    dossier["owed"] = ZERO
    dossier["sync_pending"] = 0
    dossier["sync_tries"] = 0
    dossier["causes_ms"][:] = 0


@inlined
def file_new(world, state, tally, dossier, stream, k, now):
    """A citizen files a dossier at a desk (E16, E18, E49, E51, E60)."""
    day = state.scalars[S_DAY]
    dossier["key"] = filing_address(state.streams[stream]["key"], day, k)
    first_step = world.entry_step[dossier["procedure"], dossier["channel"]]
    take_up_step(world, dossier, step_instead(world, state, dossier, first_step))
    settle_traits(world, dossier)
    dossier["medium"] = world.channel_medium[dossier["channel"]]
    dossier["due_ms"] = deadline_from(world, dossier["deadline_days"], now)
    choose_desk(world, state, tally, dossier, state.streams[stream], now)
    dossier["site"] = dossier["desk"]
    count_filing(world, tally, dossier)


@compiled
def take_over(world, state, dossier, stream, k):
    """A dossier of the old district, at some step and with part of its time used (E15, E49)."""
    dossier["key"] = filing_address(state.streams[stream]["key"], -1, k)
    inherited_step = world.procedures[dossier["procedure"]]["inherited_step"]
    take_up_step(world, dossier, step_instead(world, state, dossier, inherited_step))
    settle_traits(world, dossier)
    dossier["group"] = world.group_count - 1
    dossier["medium"] = ELECTRONIC
    dossier["due_ms"] = deadline_left(world, dossier)
    dossier["desk"] = world.seat_of[dossier["home"]]
    dossier["travel_m"] = 0
    dossier["site"] = site_of_step(world, dossier)


@compiled
def deadline_left(world, dossier):
    """Deadline of an inherited dossier, -1 when it had passed before the start (E15)."""
    if dossier["deadline_days"] < 0:
        return np.int64(FAR_FUTURE_MS)
    u = uniform(dossier["key"], ZERO, ZERO, FOR_USED_DEADLINE)
    used = quantile(world.tables, world.procedures[dossier["procedure"]]["inherited_used_table"], u)
    left = dossier["deadline_days"] * (1.0 - used)
    if left < 0.0:
        return np.int64(-1)
    return np.int64(close_of_working_day(world, world.working_day_after[0] + math.floor(left)))


@inlined
def count_filing(world, tally, dossier):
    """Counts a new filing (E40)."""
    count(world, tally, dossier, F_ARRIVED, 1)
    if world.channel_medium[dossier["channel"]] == ELECTRONIC:
        count(world, tally, dossier, F_ARRIVED_ELECTRONIC, 1)
    if world.channel_in_person[dossier["channel"]] == 1:
        count_visit(world, tally, dossier)
