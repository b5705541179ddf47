"""A SimPy environment whose flow events keep the written order of the rules E1-E3 at each millisecond."""

import simpy
from simpy.events import EventPriority

from sim.world.arrays import (
    CITIZEN_ANSWERS,
    POOL_OPENS,
    SERVICE_ENDS,
    SYNC_TRIED,
    TRANSFER_ARRIVES,
    WAIT_ENDS,
)

# New filings come after all other events of the flow.
FILING = 6
# Control events have SimPy's own priorities, 0 and 1; midnight work comes before everything else (E3).
MIDNIGHT_PRIORITY = -1
KINDS = (SERVICE_ENDS, TRANSFER_ARRIVES, CITIZEN_ANSWERS, WAIT_ENDS, SYNC_TRIED, POOL_OPENS, FILING)


def flow_priority(kind: int, number: int) -> int:
    """Place of a flow event within its millisecond: by kind, then by number of dossier or pool (E2)."""
    return (KINDS.index(kind) + 1) << 44 | number


class Clock(simpy.Environment):
    """SimPy's clock with events at absolute times, in the written order."""

    def __init__(self) -> None:
        super().__init__(0)

    def at(self, moment: int, priority: int) -> simpy.Event:
        """A new event that will happen at this moment."""
        event = self.event()
        self.fix(event, moment, priority)
        return event

    def fix(self, event: simpy.Event, moment: int, priority: int) -> None:
        """Fixes the moment of an event that had none."""
        event._ok = True
        event._value = None
        self.schedule(event, EventPriority(priority), moment - int(self.now))

    def without_moment(self, event: simpy.Event) -> simpy.Event:
        """A new event for whoever waits for this one, with no moment yet; the old one will move nobody."""
        fresh = self.event()
        fresh.callbacks, event.callbacks = event.callbacks, []
        return fresh

    def happen_now(self, event: simpy.Event) -> None:
        """Makes an event without moment happen within the present one, before anything else (E2)."""
        event._ok = True
        event._value = None
        callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
        for callback in callbacks:
            callback(event)
