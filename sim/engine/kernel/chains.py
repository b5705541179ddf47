"""Queues of pools that serve first come, first: chains in order, touched at their ends only, nearly always.

Who enters comes last, but for others of the same millisecond; work put aside has an older key than most and
is led in from the front (E24, E32).
"""

from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.order import goes_before


@compiled
def put_in_chain(dossiers, queue, slot):
    """Puts a dossier into a chain at its place."""
    before, after = -1, queue["root"]
    if after >= 0:
        before = place_in_chain(dossiers, queue, slot)
        after = after if before < 0 else dossiers[before]["next"]
    link(dossiers, queue, before, slot)
    link(dossiers, queue, slot, after)


@compiled
def place_in_chain(dossiers, queue, slot):
    """The one after whom a dossier goes, -1 when it is the first."""
    before = queue["last"]
    if dossiers[slot]["queue_key"] >= dossiers[before]["queue_key"]:
        while before >= 0 and goes_before(dossiers, slot, before):
            before = dossiers[before]["prev"]
        return before
    after = queue["root"]
    while goes_before(dossiers, after, slot):
        after = dossiers[after]["next"]
    return dossiers[after]["prev"]


@compiled
def link(dossiers, queue, before, after):
    """Lets one dossier follow another in a chain; -1 stands for its ends."""
    if before < 0:
        queue["root"] = after
    else:
        dossiers[before]["next"] = after
    if after < 0:
        queue["last"] = before
    else:
        dossiers[after]["prev"] = before


@compiled
def drop_from_chain(dossiers, queue, slot):
    """Takes a dossier out of a chain, wherever it stands."""
    link(dossiers, queue, dossiers[slot]["prev"], dossiers[slot]["next"])
