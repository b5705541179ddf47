"""What the next events will need is asked for some places before their turn (no rule depends on it).

What an event needs is found step by step: its dossier, then the pool and the queue of that, then those where
it goes next and who is served next, then the last one in the queue there. One step is done for each of
several events ahead.
"""

import numpy as np

from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.event_heap import KIND_MASK
from sim.engine.kernel.fetching import fetch_early, fetch_first_line
from sim.engine.kernel.queues import fetch_first
from sim.engine.kernel.randoms import fetch_quantile, uniform
from sim.world.arrays import (
    CITIZEN_ANSWERS,
    FOR_TOUCH_TIME,
    POOL_OPENS,
    S_EVENTS,
    S_LINE_END,
    S_LINE_NEXT,
    SERVICE_ENDS,
    TRANSFER_ARRIVES,
    WORK,
)

# So many events before their turn.
DOSSIER_AHEAD, POOL_AHEAD, AFTER_AHEAD, QUEUE_AHEAD, NEIGHBOUR_AHEAD = 16, 10, 6, 4, 2
# A line as short as this goes without: in one province nearly all is at hand, and asking costs time.
FEW = 16


@inlined
def look_ahead(world, state, place):
    """Goes one step ahead for events that follow the one at a place of the line."""
    if state.scalars[S_LINE_END] <= FEW:
        return
    left = state.scalars[S_LINE_END] - place
    if left > DOSSIER_AHEAD:
        fetch_event(state, place + DOSSIER_AHEAD)
    if left > POOL_AHEAD:
        fetch_pool_of_event(world, state, place + POOL_AHEAD)
    if left > AFTER_AHEAD:
        fetch_after_event(world, state, place + AFTER_AHEAD)
    if left > QUEUE_AHEAD:
        fetch_queue_after(world, state, place + QUEUE_AHEAD)
    if left > NEIGHBOUR_AHEAD:
        fetch_neighbour(state, place + NEIGHBOUR_AHEAD)


@compiled
def look_ahead_at_first(world, state):
    """Takes the first steps for the first events of a new line."""
    end = state.scalars[S_LINE_END]
    for place in range(min(DOSSIER_AHEAD, end)):
        fetch_event(state, place)
    if end <= FEW:
        return
    for place in range(min(POOL_AHEAD, end)):
        fetch_pool_of_event(world, state, place)
    for place in range(min(AFTER_AHEAD, end)):
        fetch_after_event(world, state, place)
    for place in range(min(QUEUE_AHEAD, end)):
        fetch_queue_after(world, state, place)


@inlined
def fetch_event(state, place):
    """Asks for the dossier of an event of the line, or its pool."""
    item = state.line_item[place]
    if state.line_key[place] & KIND_MASK == POOL_OPENS:
        fetch_early(state.pools, item)
    else:
        fetch_early(state.dossiers, item)


@inlined
def fetch_pool_of_event(world, state, place):
    """Asks for the pool that an event of the line belongs to, and for where the next one is found."""
    kind, item = state.line_key[place] & KIND_MASK, state.line_item[place]
    if kind == SERVICE_ENDS:
        dossier = state.dossiers[item]
        fetch_early(state.pools, dossier["server"])
        # Both ends of the row: it may lie in two lines.
        fetch_early(world.pool_of, dossier["home"])
        fetch_early(world.pool_of, dossier["home"] + 1)
        fetch_early(world.site_at_level, dossier["home"])
        if dossier["parent"] >= 0:
            fetch_early(state.dossiers, dossier["parent"])
    elif kind == TRANSFER_ARRIVES and state.dossiers[item]["pool"] >= 0:
        fetch_early(state.pools, state.dossiers[item]["pool"])


@inlined
def fetch_after_event(world, state, place):
    """Asks for the pool that an event of the line leads to, and for the queues of its own."""
    kind, item = state.line_key[place] & KIND_MASK, state.line_item[place]
    state.line_pool[place] = -1
    if kind == SERVICE_ENDS:
        dossier = state.dossiers[item]
        fetch_queues(state, state.pools[dossier["server"]])
        fetch_step_after(world, state, dossier, place)
    elif kind == TRANSFER_ARRIVES:
        dossier = state.dossiers[item]
        state.line_pool[place] = dossier["pool"]
        state.line_queue[place] = world.steps[dossier["step"]]["queue_class"]
    elif kind == CITIZEN_ANSWERS:
        fetch_step_after(world, state, state.dossiers[item], place)
    elif kind == POOL_OPENS:
        fetch_queues(state, state.pools[item])


@inlined
def fetch_queues(state, pool):
    """Asks for the queues of a pool and for who is at work there."""
    fetch_early(state.at_work, pool["busy_first"])
    for q in range(pool["queue_first"], pool["queue_first"] + pool["queue_count"]):
        fetch_early(state.queues, q)


@inlined
def fetch_step_after(world, state, dossier, place):
    """Asks for the pool that comes next, as a rule."""
    to = usual_step_after(world, dossier)
    if to >= 0 and world.steps[to]["kind"] == WORK:
        after = world.steps[to]
        pool_index = usual_pool(world, dossier["home"], after)
        state.line_pool[place] = pool_index
        state.line_queue[place] = after["queue_class"]
        if pool_index >= 0:
            fetch_early(state.pools, pool_index)


@inlined
def usual_step_after(world, dossier):
    """Step, or end, to which the last branch of the present step leads, mostly the usual one."""
    step = world.steps[dossier["step"]]
    return world.branches[step["branch_first"] + step["branch_count"] - 1]["to"]


@inlined
def fetch_touch_after(world, dossier):
    """Asks for what the work of the step after the present one will be drawn from."""
    to = usual_step_after(world, dossier)
    if to >= 0 and world.steps[to]["kind"] == WORK:
        step = world.steps[to]
        u = uniform(dossier["key"], step["key"], np.uint64(dossier["round"]), FOR_TOUCH_TIME)
        fetch_quantile(world.tables, step["table"], u)


@inlined
def usual_pool(world, home, step):
    """Pool that does a step for those who live at a site, unless the desk does it; -1 if there is none."""
    site = world.site_at_level[home, step["level"]]
    # The last branch may lead to a level that this home has not; then it is never taken.
    return world.pool_of[site, step["role"]] if site >= 0 else np.int32(-1)


@inlined
def fetch_queue_after(world, state, place):
    """Asks for the queue that an event of the line leads to, and for who may be served after it."""
    kind, item = state.line_key[place] & KIND_MASK, state.line_item[place]
    if kind == SERVICE_ENDS:
        fetch_first(state, state.dossiers[item]["server"])
        fetch_touch_after(world, state.dossiers[item])
    elif kind == POOL_OPENS:
        fetch_first(state, item)
    if state.line_pool[place] >= 0:
        state.line_queue[place] += state.pools[state.line_pool[place]]["queue_first"]
        fetch_early(state.queues, state.line_queue[place])


@inlined
def fetch_neighbour(state, place):
    """Asks for the last one of the queue that an event of the line leads to; a new one is linked to it."""
    if state.line_pool[place] >= 0:
        fetch_if_any(state, state.queues[state.line_queue[place]]["last"])


@inlined
def fetch_if_any(state, slot):
    """Asks for the links of a dossier; -1 is none."""
    if slot >= 0:
        fetch_first_line(state.dossiers, slot)


@inlined
def look_at_heap(world, state):
    """Asks for the queue of the first event of the heap if that comes next; the rest was just at hand."""
    if state.scalars[S_EVENTS] == 0 or state.event_key[0] > state.line_key[state.scalars[S_LINE_NEXT]]:
        return
    if state.event_key[0] & KIND_MASK == TRANSFER_ARRIVES:
        dossier = state.dossiers[state.event_item[0]]
        if dossier["pool"] >= 0:
            fetch_queue(state, dossier["pool"], world.steps[dossier["step"]])


@inlined
def fetch_queue(state, pool_index, step):
    """Asks for the queue of a step at a pool that is at hand."""
    fetch_early(state.queues, state.pools[pool_index]["queue_first"] + np.int64(step["queue_class"]))
