"""The way from site to site: by courier, by line, and the outboxes (E19)."""

import math

import numpy as np

from sim.engine.kernel.calendars import add_working
from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.events import set_event
from sim.engine.kernel.randoms import quantile, uniform, whole
from sim.world.arrays import (
    BY_OUTAGE,
    FOR_COURIER,
    FOR_RETURN,
    IN_OUTBOX,
    MOVING,
    ON_PAPER,
    TRANSFER_ARRIVES,
)


@compiled
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
    dossier["state"] = MOVING
    dossier["started_ms"] = now
    set_event(state, add_working(world, world.courier_calendar, now, work), TRANSFER_ARRIVES, slot)


@compiled
def send_by_line(world, state, slot, now):
    """Sends an electronic dossier if every uplink on its way works; False if not."""
    dossier = state.dossiers[slot]
    takes = transfer_ms(world, state, dossier["site"], dossier["goes_to"])
    if takes < 0:
        return False
    state.causes_ms[slot, BY_OUTAGE] += now - dossier["entered_ms"]
    dossier["state"] = MOVING
    dossier["started_ms"] = now
    set_event(state, now + takes, TRANSFER_ARRIVES, slot)
    return True


@compiled
def transfer_ms(world, state, a, b):
    """Time from site a to site b up and down the tree, -1 when a link on the way is down."""
    latency = np.int64(0)
    bits_per_ms = np.inf
    while a != b:
        if world.site_depth[a] >= world.site_depth[b]:
            lower, a = a, world.site_parent[a]
        else:
            lower, b = b, world.site_parent[b]
        uplink = state.uplinks[lower]
        if uplink["up"] == 0:
            return np.int64(-1)
        latency += uplink["latency_ms"]
        bits_per_ms = min(bits_per_ms, uplink["bits_per_ms"])
    return latency + np.int64(math.ceil(world.dossier_bits / bits_per_ms))


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
