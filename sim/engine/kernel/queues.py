"""Queues run through the dossiers themselves, as chains or as pairing heaps (E24, E25)."""

from sim.engine.kernel.chains import drop_from_chain, put_in_chain
from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.fetching import fetch_early
from sim.engine.kernel.order import goes_before
from sim.world.arrays import FIRST_COME, QUEUED


@compiled
def meld(dossiers, a, b):
    """One heap of two; returns its root."""
    if goes_before(dossiers, b, a):
        a, b = b, a
    younger = dossiers[a]["child"]
    if younger >= 0:
        dossiers[younger]["prev"] = b
    dossiers[b]["next"] = younger
    dossiers[b]["prev"] = a
    dossiers[a]["child"] = b
    return a


@compiled
def without_root(dossiers, root):
    """The heap without its root, by the two passes of Fredman et al. (1986); returns the new root or -1."""
    node = dossiers[root]["child"]
    paired = -1
    while node >= 0:
        partner = dossiers[node]["next"]
        if partner < 0:
            dossiers[node]["next"] = paired
            paired = node
            break
        rest = dossiers[partner]["next"]
        tree = meld(dossiers, node, partner)
        dossiers[tree]["next"] = paired
        paired = tree
        node = rest
    new_root = -1
    while paired >= 0:
        rest = dossiers[paired]["next"]
        new_root = paired if new_root < 0 else meld(dossiers, new_root, paired)
        paired = rest
    if new_root >= 0:
        dossiers[new_root]["prev"] = -1
    return new_root


@compiled
def without(dossiers, root, node):
    """The heap without any one of its nodes; returns the new root or -1."""
    if node == root:
        return without_root(dossiers, root)
    before, after = dossiers[node]["prev"], dossiers[node]["next"]
    if dossiers[before]["child"] == node:
        dossiers[before]["child"] = after
    else:
        dossiers[before]["next"] = after
    if after >= 0:
        dossiers[after]["prev"] = before
    below = without_root(dossiers, node)
    return root if below < 0 else meld(dossiers, root, below)


@inlined
def note_queue_change(pool, now, change):
    """Keeps the length of a pool's queues and its integral over time."""
    pool["queue_area_ms"] += pool["queued"] * (now - pool["queue_changed_ms"])
    pool["queue_changed_ms"] = now
    pool["queued"] += change


@inlined
def put_in_queue(state, slot, now):
    """Puts a dossier into its queue."""
    dossier = state.dossiers[slot]
    queue, pool = state.queues[dossier["queue"]], state.pools[dossier["pool"]]
    dossier["state"] = QUEUED
    if pool["queue_rule"] == FIRST_COME:
        put_in_chain(state.dossiers, queue, slot)
    else:
        dossier["next"] = -1
        dossier["prev"] = -1
        dossier["child"] = -1
        queue["root"] = slot if queue["root"] < 0 else meld(state.dossiers, queue["root"], slot)
    queue["count"] += 1
    note_queue_change(pool, now, 1)


@inlined
def take_from_queue(state, slot, now):
    """Takes a dossier out of its queue, wherever it stands."""
    dossier = state.dossiers[slot]
    queue, pool = state.queues[dossier["queue"]], state.pools[dossier["pool"]]
    if pool["queue_rule"] == FIRST_COME:
        drop_from_chain(state.dossiers, queue, slot)
    else:
        queue["root"] = without(state.dossiers, queue["root"], slot)
    queue["count"] -= 1
    note_queue_change(pool, now, -1)


@inlined
def first_that_can_start(state, pool):
    """Index of the queue with the first dossier whose systems are in reach, -1 when there is none (E25)."""
    best = -1
    for q in range(pool["queue_first"], pool["queue_first"] + pool["queue_count"]):
        root = state.queues[q]["root"]
        if root < 0 or state.queues[q]["down_since_ms"] >= 0:
            continue
        if best < 0 or goes_before(state.dossiers, root, state.queues[best]["root"]):
            best = q
    return best


@inlined
def fetch_first(state, pool_index):
    """Asks early for the first dossiers of the queues of a pool, of which one may be started soon."""
    pool = state.pools[pool_index]
    if pool["queued"] == 0:
        return
    for q in range(pool["queue_first"], pool["queue_first"] + pool["queue_count"]):
        if state.queues[q]["root"] >= 0:
            fetch_early(state.dossiers, state.queues[q]["root"])
