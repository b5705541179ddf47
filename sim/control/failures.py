"""Outages by chance, and those that are planned or replayed."""

from dataclasses import dataclass

from sim.control.crews import Crews
from sim.control.environment import Steered, Steps
from sim.control.outages import Outages
from sim.engine.addressed import key_within, look_up, rounded, uniform
from sim.world.arrays import FAR_FUTURE_MS, FOR_FAILURE, FOR_REPAIR, MS_PER_DAY
from sim.world.outage_sources import Hits, PlannedOutage, RandomOutages

SHORTEST_MS = 1
"""A failure, or the time to the next one, takes at least so long, so that the clock moves on."""


@dataclass(frozen=True)
class FailureTimes:
    """How a group of a source of random outages draws its times: two quantile tables, ms."""

    source: str
    failure_table: list[float]
    repair_table: list[float]
    crew: int
    level: list[float]  # [days] part of the failures that come true

    def until_failure_ms(self, key: int, failure: int) -> int:
        """Time from the last repair to a failure, counted from 0, of the group with this key."""
        return drawn_ms(self.failure_table, key, failure, FOR_FAILURE)

    def repair_ms(self, key: int, failure: int) -> int:
        """How long the repair of that failure takes."""
        return drawn_ms(self.repair_table, key, failure, FOR_REPAIR)

    def comes_true(self, key: int, failure: int, at_ms: int) -> bool:
        """Whether that failure comes true at this moment; after the last day none does."""
        day = at_ms // MS_PER_DAY
        return day < len(self.level) and uniform(key, failure, 1, FOR_FAILURE) < self.level[day]


def drawn_ms(table: list[float], key: int, first: int, purpose: int) -> int:
    """A time from a quantile table at an address, at least SHORTEST_MS (E34)."""
    return max(SHORTEST_MS, rounded(look_up(table, uniform(key, first, 0, purpose))))


def start_failures(
    env: Steered, outages: Outages, crews: Crews, source: RandomOutages, replication: int
) -> None:
    """Starts a process for every group of a source; `replication` is the key of the replication."""
    tables = source.failure_table.tolist(), source.repair_table.tolist()
    levels = source.level.tolist()
    each = zip(source.groups, source.label, source.key.tolist(), source.level_row.tolist(), strict=True)
    for hits, label, name_key, row in each:
        key = key_within(replication, name_key)
        times = FailureTimes(source.source, *tables, source.crew, levels[row])
        env.process(fail_by_chance(env, outages, crews, times, hits, label, key))


def fail_by_chance(
    env: Steered, outages: Outages, crews: Crews, times: FailureTimes, hits: Hits, label: str, key: int
) -> Steps:
    """One group, failing again and again; time goes on as if failures that do not come true were mended."""
    failure = 0
    while True:
        yield env.timeout(times.until_failure_ms(key, failure))
        repair_ms = times.repair_ms(key, failure)
        event = f"{times.source}/{label}/{failure + 1}" if label else ""
        if not times.comes_true(key, failure, int(env.now)):
            yield env.timeout(repair_ms)
        else:
            begun = outages.begin(hits, times.source, event)
            if times.crew < 0:
                yield env.timeout(repair_ms)
            else:
                yield from crews.mend(times.crew, begun[0], repair_ms)
            outages.end(begun)
        failure += 1


def fail_as_planned(env: Steered, outages: Outages, planned: PlannedOutage) -> Steps:
    """One planned or replayed outage, unless it comes after the run."""
    yield env.timeout(planned.begins_ms - env.now)
    begun = outages.begin(planned.hits, planned.source, planned.event)
    if planned.ends_ms < FAR_FUTURE_MS:
        yield env.timeout(planned.ends_ms - env.now)
        outages.end(begun)
