"""The order of two dossiers in a queue (E24)."""

from sim.engine.kernel.compiled import inlined


@inlined
def goes_before(dossiers, a, b):
    """The order of two dossiers in a queue (E24)."""
    if dossiers[a]["queue_key"] != dossiers[b]["queue_key"]:
        return dossiers[a]["queue_key"] < dossiers[b]["queue_key"]
    return dossiers[a]["number"] < dossiers[b]["number"]
