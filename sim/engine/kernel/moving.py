"""The way from site to site: by courier, by line, and the outboxes (E19, E58)."""

import math

import numpy as np

from sim.engine.kernel.calendars import add_working
from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.events import set_event
from sim.engine.kernel.fetching import fetch_early
from sim.engine.kernel.randoms import quantile, uniform, whole
from sim.world.arrays import (
    BY_OUTAGE,
    DOWNWARD,
    FOR_COURIER,
    FOR_RETURN,
    IN_OUTBOX,
    MOVING,
    ON_PAPER,
    TRANSFER_ARRIVES,
    UPWARD,
)


@inlined
def move(world, state, slot, site, now):
    """Sends the dossier to another site: by courier, by line, or into the outbox."""
    dossier = state.dossiers[slot]
    dossier["goes_to"] = site
    dossier["entered_ms"] = now
    if dossier["medium"] == ON_PAPER:
        send_by_courier(world, state, slot, now)
    elif not send_by_line(world, state, slot, now):
        put_in_outbox(state, slot)


@compiled
def send_by_courier(world, state, slot, now):
    """Sends a dossier on paper; a part that returns to its dossier goes to no pool (E45)."""
    dossier = state.dossiers[slot]
    key = world.steps[dossier["step"]]["key"]
    purpose = FOR_COURIER if dossier["pool"] >= 0 else FOR_RETURN
    u = uniform(dossier["key"], key, np.uint64(dossier["round"]), purpose)
    work = whole(quantile(world.tables, world.courier_table, u))
    dossier["reaches"] = dossier["goes_to"]
    dossier["state"] = MOVING
    dossier["started_ms"] = now
    set_event(state, add_working(world, world.courier_calendar, now, work), TRANSFER_ARRIVES, slot)


@inlined
def send_by_line(world, state, slot, now):
    """Sends an electronic dossier over the next line if all on its way work; False if not (E19, E58)."""
    dossier = state.dossiers[slot]
    if not has_path(world, state, dossier["site"], dossier["goes_to"]):
        return False
    here, lower = dossier["site"], site_towards(world, dossier["site"], dossier["goes_to"])
    dossier["reaches"] = lower if lower >= 0 else world.site_parent[here]
    if dossier["pool"] >= 0:
        # It will be there soon, mostly before the next line of events is looked at.
        fetch_early(state.pools, dossier["pool"])
    bits = world.procedures[dossier["procedure"]]["bits"]
    if lower >= 0:
        arrives = take_line(state, lower, DOWNWARD, bits, now)
    else:
        arrives = take_line(state, here, UPWARD, bits, now)
    dossier["causes_ms"][BY_OUTAGE] += now - dossier["entered_ms"]
    dossier["state"] = MOVING
    dossier["started_ms"] = now
    set_event(state, arrives, TRANSFER_ARRIVES, slot)
    return True


@inlined
def has_path(world, state, a, b):
    """Whether every line between two sites, up and down the tree, works (E19)."""
    while a != b:
        if world.site_depth[a] >= world.site_depth[b]:
            lower, a = a, world.site_parent[a]
        else:
            lower, b = b, world.site_parent[b]
        if state.uplinks[lower]["up"] == 0:
            return False
    return True


@inlined
def site_towards(world, here, there):
    """Site just below one site on the way down to another, -1 when the way leads up."""
    below = -1
    while world.site_depth[there] > world.site_depth[here]:
        below, there = there, world.site_parent[there]
    return below if there == here else -1


@inlined
def take_line(state, lower, direction, bits, t):
    """Waits for a line and sends over it; when the dossier is at its other end (E58)."""
    uplink = state.uplinks[lower]
    begin = max(t, state.line_free_ms[lower, direction])
    is_free = begin + np.int64(math.ceil(bits / uplink["bits_per_ms"]))
    state.line_free_ms[lower, direction] = is_free
    return is_free + uplink["latency_ms"]


@compiled
def put_in_outbox(state, slot):
    """Keeps an electronic dossier until there is a path."""
    dossier = state.dossiers[slot]
    dossier["state"] = IN_OUTBOX
    dossier["next"] = -1
    site = dossier["site"]
    if state.outbox_first[site] < 0:
        state.outbox_first[site] = slot
    else:
        state.dossiers[state.outbox_last[site]]["next"] = slot
    state.outbox_last[site] = slot
