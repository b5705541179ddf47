"""The compiled flow: dossiers through pools, queues and networks, between two control events.

The rules and their numbers (E1-E63) are in ``docs/engine-semantics.md``; ``sim/engine/reference.py`` says the
same in plain SimPy. Everything here works on the arrays of ``sim.world.arrays``. One file a subject, each
using only those before it: fetching, randoms, calendars, chains, queues, later, event_heap, line_up,
foresight, upcoming, events, slots, counting, traits, deadlines, desks, citizen, branching, limits, status,
service, covering, pools, holding, moving, work, parts, finishing, journey, filings, clock, changes; and
day_rows. Numba's own cache would not notice an edit across files; the cache folder is therefore named after
a hash of them all (``sim.engine.compiled_code_folder``).
"""

from sim.engine.kernel.changes import (
    apply_network,
    close_books,
    held_lengths,
    lengths_by_region,
    outbox_lengths,
    set_staff,
)
from sim.engine.kernel.clock import LOG_ROWS_PER_EVENT, advance
from sim.engine.kernel.day_rows import take_pool_rows, take_rows
from sim.engine.kernel.filings import PLACE_MASK
from sim.engine.kernel.later import lists_of_later_events
from sim.engine.kernel.randoms import ADDRESS_A, mix64

__all__ = [
    "ADDRESS_A",
    "LOG_ROWS_PER_EVENT",
    "PLACE_MASK",
    "advance",
    "apply_network",
    "close_books",
    "held_lengths",
    "lengths_by_region",
    "lists_of_later_events",
    "mix64",
    "outbox_lengths",
    "set_staff",
    "take_pool_rows",
    "take_rows",
]
