"""Filings of a day and the inherited backlog (E9, E12-E16)."""

import math

import numpy as np

from sim.engine.kernel.calendars import close_of_working_day
from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.counting import count, note_in_system
from sim.engine.kernel.journey import deadline_from, enter_step
from sim.engine.kernel.randoms import ADDRESS_A, ADDRESS_B, ZERO, mix64, poisson_count, quantile, uniform
from sim.world.arrays import (
    ELECTRONIC,
    F_ARRIVED,
    F_ARRIVED_ELECTRONIC,
    F_VISITS,
    FAR_FUTURE_MS,
    FOR_BUSY_DAY,
    FOR_TIME_OF_DAY,
    FOR_USED_DEADLINE,
    S_DAY,
    S_FREE,
    S_NEXT_FILING,
    S_NEXT_NUMBER,
)

PLACE_BITS = 36
PLACE_MASK = (1 << PLACE_BITS) - 1


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
            for k in range(poisson_count(mean, state.stream_key[stream], 0)):
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
    """Draws the filings of a day in order; returns their number, which may exceed the room (E12-E14)."""
    n = draw_inherited(world, state) if day == 0 else 0
    site = -1
    busy = 1.0
    for stream in range(world.streams.shape[0]):
        row = world.streams[stream]
        if row["site"] != site:
            site = row["site"]
            busy = busy_day_factor(world, state, site, day)
        mean = row["per_day"] * world.day_factor[row["factor_row"], day] * busy
        pattern = world.pattern_of_day[row["channel"], day]
        if mean > 0.0 and pattern >= 0:
            key = state.stream_key[stream]
            for k in range(poisson_count(mean, key, day + 1)):
                address = filing_address(key, day, k)
                at = time_of_day(world, pattern, uniform(address, ZERO, ZERO, FOR_TIME_OF_DAY))
                n = note_filing(state, n, at, stream, k)
    if n <= state.filing_key.shape[0]:
        state.filing_key[:n].sort()
    return n


@compiled
def file_next(world, state, tally, now):
    """The next filing of the day becomes a dossier."""
    place = state.filing_key[state.scalars[S_NEXT_FILING]] & PLACE_MASK
    state.scalars[S_NEXT_FILING] += 1
    stream = state.filing_stream[place]
    k = state.filing_index[place]
    state.scalars[S_FREE] -= 1
    slot = state.free_slots[state.scalars[S_FREE]]
    begin_dossier(world, state, slot, stream, now)
    dossier = state.dossiers[slot]
    if k >= 0:
        dossier["key"] = filing_address(state.stream_key[stream], state.scalars[S_DAY], k)
        dossier["due_ms"] = deadline_from(world, dossier["procedure"], now)
        count_filing(world, tally, dossier, now)
    else:
        take_over(world, state, dossier, stream, -1 - k)
        count(tally, dossier, now, F_ARRIVED, 1)
    note_in_system(state, now, 1)
    enter_step(world, state, tally, slot, now)


@compiled
def begin_dossier(world, state, slot, stream, now):
    """Makes a slot a new dossier, as it is when filed."""
    dossier = state.dossiers[slot]
    row = world.streams[stream]
    procedure = world.procedures[row["procedure"]]
    dossier["number"] = state.scalars[S_NEXT_NUMBER]
    state.scalars[S_NEXT_NUMBER] += 1
    dossier["stream"] = stream
    dossier["procedure"] = row["procedure"]
    dossier["channel"] = row["channel"]
    dossier["group"] = procedure["group"]
    dossier["step"] = procedure["first_step"]
    dossier["home"] = row["site"]
    dossier["site"] = row["site"]
    dossier["medium"] = world.channel_medium[row["channel"]]
    dossier["arrived_ms"] = now
    dossier["round"] = 0
    dossier["has_event"] = 0
    dossier["supplemented"] = 0
    dossier["owes_back_entry"] = 0
    dossier["finished"] = 0
    dossier["shuttles"] = 0
    state.causes_ms[slot] = 0


@compiled
def take_over(world, state, dossier, stream, k):
    """A dossier of the old district, at some step and with part of its time used (E15)."""
    procedure = world.procedures[dossier["procedure"]]
    dossier["key"] = filing_address(state.stream_key[stream], -1, k)
    dossier["group"] = world.group_count - 1
    dossier["medium"] = ELECTRONIC
    dossier["step"] = procedure["inherited_step"]
    dossier["site"] = world.site_at_level[dossier["home"], world.steps[dossier["step"]]["level"]]
    dossier["due_ms"] = FAR_FUTURE_MS
    if procedure["deadline_days"] >= 0:
        u = uniform(dossier["key"], ZERO, ZERO, FOR_USED_DEADLINE)
        used = quantile(world.tables, procedure["inherited_used_table"], u)
        left = procedure["deadline_days"] * (1.0 - used)
        if left >= 0.0:
            day = world.working_day_after[0] + math.floor(left)
            dossier["due_ms"] = close_of_working_day(world, day)
        else:
            dossier["due_ms"] = -1


@compiled
def count_filing(world, tally, dossier, now):
    """Counts a new filing (E40)."""
    count(tally, dossier, now, F_ARRIVED, 1)
    if world.channel_medium[dossier["channel"]] == ELECTRONIC:
        count(tally, dossier, now, F_ARRIVED_ELECTRONIC, 1)
    if world.channel_in_person[dossier["channel"]] == 1:
        count(tally, dossier, now, F_VISITS, 1)
