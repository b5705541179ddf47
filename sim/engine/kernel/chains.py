"""Queues of pools that serve first come, first: chains in order, touched at their ends only, nearly always.

Who enters comes last, but for others of the same millisecond; work put aside has an older key than most and
is led in from the front (E24, E32).
"""

import numpy as np

from sim.engine.kernel.compiled import inlined
from sim.engine.kernel.order import goes_before


@inlined
def put_in_chain(dossiers, queue, slot):
    """Puts a dossier into a chain at its place."""
    before, after = -1, queue["root"]
    if after >= 0:
        before = place_in_chain(dossiers, queue, slot)
        after = follower(dossiers, queue, before)
    link(dossiers, queue, before, slot)
    link(dossiers, queue, slot, after)


@inlined
def follower(dossiers, queue, before):
    """Who stands behind somebody in a chain, -1 behind the last; its first one for -1."""
    if before < 0:
        return queue["root"]
    # Nobody looks at the last one: it was put there long ago.
    return np.int32(-1) if before == queue["last"] else dossiers[before]["next"]


@inlined
def place_in_chain(dossiers, queue, slot):
    """The one after whom a dossier goes, -1 when it is the first."""
    before = queue["last"]
    if dossiers[slot]["queue_key"] > queue["last_key"]:
        return before
    if dossiers[slot]["queue_key"] == queue["last_key"]:
        while before >= 0 and goes_before(dossiers, slot, before):
            before = one_before(dossiers, queue, before)
        return before
    after = queue["root"]
    while goes_before(dossiers, after, slot):
        after = dossiers[after]["next"]
    return one_before(dossiers, queue, after)


@inlined
def one_before(dossiers, queue, slot):
    """Who stands before somebody in a chain, -1 before the first."""
    # The first one is not told that it is now: nobody has to look at it when the one before it goes.
    return np.int32(-1) if slot == queue["root"] else dossiers[slot]["prev"]


@inlined
def link(dossiers, queue, before, after):
    """Lets one dossier follow another in a chain; -1 stands for its ends."""
    if before < 0:
        queue["root"] = after
    else:
        dossiers[before]["next"] = after
    if after < 0:
        queue["last"] = before
        if before >= 0:
            queue["last_key"] = dossiers[before]["queue_key"]
    elif before >= 0:
        dossiers[after]["prev"] = before


@inlined
def drop_from_chain(dossiers, queue, slot):
    """Takes a dossier out of a chain, wherever it stands."""
    link(dossiers, queue, one_before(dossiers, queue, slot), follower(dossiers, queue, slot))
