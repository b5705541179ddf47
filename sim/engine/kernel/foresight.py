"""What the next events will need is asked for some places before their turn (no rule depends on it).

What an event needs is found step by step: its dossier, then the pool and the queue of that, then those where
it goes next and who is served next. One step is done for each of several events ahead.
"""

from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.event_heap import KIND_MASK
from sim.engine.kernel.fetching import fetch_early
from sim.engine.kernel.queues import fetch_first
from sim.world.arrays import (
    CITIZEN_ANSWERS,
    POOL_OPENS,
    S_EVENTS,
    S_LINE_END,
    S_LINE_NEXT,
    SERVICE_ENDS,
    TRANSFER_ARRIVES,
    WORK,
)

# So many events before their turn.
DOSSIER_AHEAD, POOL_AHEAD, AFTER_AHEAD = 18, 10, 5


@compiled
def look_ahead(world, state, place):
    """Goes one step ahead for events that follow the one at a place of the line."""
    end = state.scalars[S_LINE_END]
    if place + DOSSIER_AHEAD < end:
        fetch_event(state, place + DOSSIER_AHEAD)
    if place + POOL_AHEAD < end:
        fetch_pool_of_event(world, state, place + POOL_AHEAD)
    if place + AFTER_AHEAD < end:
        fetch_after_event(world, state, place + AFTER_AHEAD)


@compiled
def look_ahead_at_first(world, state):
    """Takes the first steps for the first events of a new line."""
    end = state.scalars[S_LINE_END]
    for place in range(min(DOSSIER_AHEAD, end)):
        fetch_event(state, place)
    for place in range(min(POOL_AHEAD, end)):
        fetch_pool_of_event(world, state, place)
    for place in range(min(AFTER_AHEAD, end)):
        fetch_after_event(world, state, place)


@compiled
def fetch_event(state, place):
    """Asks for the dossier of an event of the line, or its pool."""
    item = state.line_item[place]
    if state.line_key[place] & KIND_MASK == POOL_OPENS:
        fetch_early(state.pools, item)
    else:
        fetch_early(state.dossiers, item)
        fetch_early(state.causes_ms, item)


@compiled
def fetch_pool_of_event(world, state, place):
    """Asks for the pool and the queue that an event of the line belongs to."""
    kind, item = state.line_key[place] & KIND_MASK, state.line_item[place]
    if kind == SERVICE_ENDS:
        dossier = state.dossiers[item]
        fetch_early(state.pools, dossier["server"])
        fetch_early(state.queues, dossier["queue"])
        fetch_early(world.pool_of, dossier["home"])
    elif kind == TRANSFER_ARRIVES:
        dossier = state.dossiers[item]
        fetch_pool(state, dossier["pool"], world.steps[dossier["step"]])
    elif kind == POOL_OPENS:
        fetch_early(state.queues, state.queue_first[item])


@compiled
def fetch_after_event(world, state, place):
    """Asks for what an event of the line leads to: the next step of its dossier, who is served next."""
    kind, item = state.line_key[place] & KIND_MASK, state.line_item[place]
    if kind == SERVICE_ENDS:
        fetch_first(state, state.dossiers[item]["server"])
        fetch_after_step(world, state, state.dossiers[item])
    elif kind == CITIZEN_ANSWERS:
        fetch_after_step(world, state, state.dossiers[item])
    elif kind == POOL_OPENS:
        fetch_first(state, item)


@compiled
def look_at_heap(world, state):
    """Asks for the pool of the first event of the heap if that comes next; its dossier was just at hand."""
    if state.scalars[S_EVENTS] == 0 or state.event_key[0] > state.line_key[state.scalars[S_LINE_NEXT]]:
        return
    kind, item = state.event_key[0] & KIND_MASK, state.event_item[0]
    if kind == TRANSFER_ARRIVES:
        dossier = state.dossiers[item]
        fetch_pool(state, dossier["pool"], world.steps[dossier["step"]])
    elif kind == SERVICE_ENDS:
        fetch_after_step(world, state, state.dossiers[item])


@compiled
def fetch_after_step(world, state, dossier):
    """Asks for the pool that comes next by the last branch of the step, mostly the usual one."""
    step = world.steps[dossier["step"]]
    to = world.branches[step["branch_first"] + step["branch_count"] - 1]["to"]
    if to >= 0 and world.steps[to]["kind"] == WORK:
        after = world.steps[to]
        site = world.site_at_level[dossier["home"], after["level"]]
        fetch_pool(state, world.pool_of[site, after["role"]], after)


@compiled
def fetch_pool(state, pool_index, step):
    """Asks for a pool and the queue of a step at it; -1 is no pool."""
    if pool_index >= 0:
        fetch_early(state.pools, pool_index)
        fetch_early(state.queues, state.queue_first[pool_index] + step["queue_class"])
