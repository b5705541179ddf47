"""The pulse of a run: how many dossiers wait in each region, hour by hour. It only looks (E62)."""

import numpy as np

from sim.control.environment import Steered, Steps
from sim.world.arrays import Ints
from sim.world.pulse_plan import PulsePlan


class PulseLog:
    """What was seen so far; it fills while the run goes on."""

    def __init__(self, plan: PulsePlan) -> None:
        self.plan = plan
        self._at_ms: list[int] = []
        self._seen: list[Ints] = []

    def note(self, at_ms: int, seen: Ints) -> None:
        """Notes what was seen, [WAITING | HELD | OUTBOX, regions]."""
        self._at_ms.append(at_ms)
        self._seen.append(seen)

    @property
    def at_ms(self) -> Ints:
        """[moments] when it was looked."""
        return np.array(self._at_ms, np.int64)

    @property
    def seen(self) -> Ints:
        """[moments, WAITING | HELD | OUTBOX, regions] dossiers."""
        empty = np.zeros((0, 3, len(self.plan.region_site)), np.int64)
        return np.array(self._seen, np.int64) if self._seen else empty


def take_pulse(env: Steered, log: PulseLog) -> Steps:
    """Looks at once and then again and again to the end of the run."""
    while True:
        log.note(int(env.now), env.lengths_by_region(log.plan))
        yield env.timeout(log.plan.every_ms)
