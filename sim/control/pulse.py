"""The pulse of a run: how many dossiers wait in each region, hour by hour. It only looks (E62)."""

import numpy as np
from numpy.typing import NDArray

from sim.control.environment import Steered, Steps
from sim.world.arrays import Ints
from sim.world.pulse_plan import PulsePlan

WAITING, HELD, OUTBOX = range(3)


class PulseLog:
    """What was seen so far; it fills while the run goes on."""

    def __init__(self, plan: PulsePlan) -> None:
        self.plan = plan
        self._at_ms: list[int] = []
        self._seen: list[Ints] = []

    def note(self, at_ms: int, waiting: Ints, held: Ints, outbox: Ints) -> None:
        """Notes dossiers that wait for each pool, of these those held by an outage, and outboxes by site."""
        regions = len(self.plan.region_site)
        of_pool, of_site = self.plan.region_of_pool, self.plan.region_of_site
        sums = ((of_pool, waiting), (of_pool, held), (of_site, outbox))
        seen = [_sums(region, each, regions) for region, each in sums]
        self._at_ms.append(at_ms)
        self._seen.append(np.array(seen, np.int64))

    @property
    def at_ms(self) -> Ints:
        """[moments] when it was looked."""
        return np.array(self._at_ms, np.int64)

    @property
    def seen(self) -> Ints:
        """[moments, WAITING | HELD | OUTBOX, regions] dossiers."""
        empty = np.zeros((0, 3, len(self.plan.region_site)), np.int64)
        return np.array(self._seen, np.int64) if self._seen else empty


def _sums(region: NDArray[np.int32], each: Ints, regions: int) -> NDArray[np.number]:
    """Sums by region; most pools and sites have nothing, most of the time."""
    there = np.flatnonzero(each)
    sums: NDArray[np.number] = np.bincount(region[there], weights=each[there], minlength=regions)
    return sums


def take_pulse(env: Steered, log: PulseLog) -> Steps:
    """Looks at once and then again and again to the end of the run."""
    while True:
        log.note(int(env.now), env.queue_lengths(), env.held_lengths(), env.outbox_lengths())
        yield env.timeout(log.plan.every_ms)
