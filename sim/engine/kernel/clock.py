"""Time passes from event to event (E1-E3)."""

import numpy as np

from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.counting import add_busy_in_hand, settle
from sim.engine.kernel.event_heap import KIND_MASK
from sim.engine.kernel.filings import PLACE_BITS, draw_filings, file_next
from sim.engine.kernel.journey import arrive, hear_from_citizen, service_event, wait_event
from sim.engine.kernel.pools import start_what_it_can
from sim.engine.kernel.status import try_to_tell
from sim.engine.kernel.upcoming import first_event_ms, take_first_event
from sim.world.arrays import (
    CITIZEN_ANSWERS,
    DAY_ENDED,
    FAR_FUTURE_MS,
    MOST_PARTS,
    MS_PER_DAY,
    NEEDS_FILINGS,
    NEEDS_LOG,
    NEEDS_ORDER,
    NEEDS_SLOTS,
    REACHED,
    S_DAY,
    S_DAYS_ENDED,
    S_FILINGS,
    S_FILINGS_DRAWN,
    S_FREE,
    S_LOG_ROWS,
    S_LOGGING,
    S_NEXT_FILING,
    S_NOW_MS,
    SERVICE_ENDS,
    SYNC_TRIED,
    TRANSFER_ARRIVES,
    WAIT_ENDS,
)

LOG_ROWS_PER_EVENT = 8


@compiled
def end_day(world, state, tally, day_start, day_end):
    """Completes the counts of the day that ends: queues, and the work of services in hand (E3, E38)."""
    settle(tally)
    add_busy_in_hand(world, state, day_start, day_end)
    for p in range(state.pools.shape[0]):
        state.pools[p]["queued_at_midnight"] = state.pools[p]["queued"]
    state.scalars[S_DAYS_ENDED] += 1


@compiled
def begin_day(world, state, day):
    """Draws the filings of the day that begins; NEEDS_FILINGS if room is short, else NEEDS_ORDER."""
    scalars = state.scalars
    if day < world.day_count:
        n = draw_filings(world, state, day)
        scalars[S_FILINGS_DRAWN] = n
        if n > state.filing_key.shape[0]:
            return NEEDS_FILINGS
        scalars[S_FILINGS] = n
    else:
        scalars[S_FILINGS] = 0
    scalars[S_NEXT_FILING] = 0
    scalars[S_DAY] = day
    return NEEDS_ORDER if scalars[S_FILINGS] > 1 else REACHED


@compiled
def next_filing_ms(state):
    """When the next filing of the day comes, FAR_FUTURE_MS when there is none left."""
    scalars = state.scalars
    if scalars[S_NEXT_FILING] >= scalars[S_FILINGS]:
        return np.int64(FAR_FUTURE_MS)
    return scalars[S_DAY] * MS_PER_DAY + (state.filing_key[scalars[S_NEXT_FILING]] >> PLACE_BITS)


@inlined
def happen(world, state, tally, now):
    """The first event of the list happens."""
    key, item = take_first_event(world, state)
    kind = key & KIND_MASK
    if kind == SERVICE_ENDS:
        service_event(world, state, tally, item, now)
    elif kind == TRANSFER_ARRIVES:
        arrive(world, state, tally, item, now)
    elif kind == CITIZEN_ANSWERS:
        hear_from_citizen(world, state, tally, item, now)
    elif kind == WAIT_ENDS:
        wait_event(world, state, tally, item, now)
    elif kind == SYNC_TRIED:
        try_to_tell(world, state, tally, item, now)
    else:
        state.pools[item]["wakes_at_ms"] = -1
        start_what_it_can(world, state, tally, item, now)


@compiled
def advance(world, state, tally, until):
    """Lets everything before ``until`` happen; returns REACHED, or what must be done before it can go on."""
    scalars = state.scalars
    while True:
        if scalars[S_LOGGING] == 1 and scalars[S_LOG_ROWS] + LOG_ROWS_PER_EVENT > state.log.shape[0]:
            return NEEDS_LOG
        # A filing, and as many parts as a dossier may have.
        if scalars[S_FREE] < MOST_PARTS + 1:
            return NEEDS_SLOTS
        filing = next_filing_ms(state)
        day_end = (scalars[S_DAY] + 1) * MS_PER_DAY
        event = first_event_ms(world, state, min(filing, day_end, until))
        t = min(filing, event)
        if day_end <= min(t, until):
            if scalars[S_DAYS_ENDED] <= scalars[S_DAY]:
                end_day(world, state, tally, day_end - MS_PER_DAY, day_end)
                return DAY_ENDED
            outcome = begin_day(world, state, scalars[S_DAY] + 1)
            if outcome != REACHED:
                return outcome
            continue
        if t >= until:
            scalars[S_NOW_MS] = until
            return REACHED
        scalars[S_NOW_MS] = t
        if event <= t:
            happen(world, state, tally, t)
        else:
            file_next(world, state, tally, t)
