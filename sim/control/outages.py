"""Outages: links and systems that fail by chance, and those that are down as planned."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sim.control.access import Access
from sim.control.environment import Steered, Steps
from sim.engine.addressed import look_up, mix64, rounded, uniform
from sim.world.arrays import FOR_FAILURE, FOR_REPAIR
from sim.world.control_plan import ControlPlan, PlannedOutage, RandomOutages

SHORTEST_MS = 1
"""A failure, or the time to the next one, takes at least so long, so that the clock moves on."""


@dataclass(frozen=True)
class Outage:
    """One component down from `began_ms` to `ended_ms`, because of one source."""

    component: int
    source: str
    began_ms: int
    ended_ms: int


class OutageLog:
    """All outages of a replication; those that last to the end of the run are in it."""

    def __init__(self, plan: ControlPlan) -> None:
        self._plan = plan
        self._ended: list[Outage] = []
        self._open: dict[tuple[int, str], list[int]] = {}

    def begin(self, component: int, source: str, now_ms: int) -> None:
        """Notes that a component fails."""
        self._open.setdefault((component, source), []).append(now_ms)

    def end(self, component: int, source: str, now_ms: int) -> None:
        """Notes that a component is mended."""
        began_ms = self._open[component, source].pop(0)
        self._ended.append(Outage(component, source, began_ms, now_ms))

    @property
    def outages(self) -> tuple[Outage, ...]:
        """Outages that ended, then those still open, which are given the end of the run."""
        still_open = (
            Outage(component, source, began_ms, self._plan.horizon_ms)
            for (component, source), moments in self._open.items()
            for began_ms in moments
        )
        return (*self._ended, *still_open)

    def rows(self) -> Iterator[tuple[str, str, str, str, int, int]]:
        """For each outage: "link" or "system", its name, code of the site, source, begin and end in ms."""
        components = self._plan.components
        for outage in self.outages:
            number = outage.component
            code = self._plan.site_code[components.site[number]]
            yield (
                components.kind[number],
                components.name[number],
                code,
                outage.source,
                outage.began_ms,
                outage.ended_ms,
            )


class Outages:
    """Takes components down and up; one that is hit twice at a time is up when both are over."""

    def __init__(self, env: Steered, plan: ControlPlan) -> None:
        self.log = OutageLog(plan)
        self._env = env
        self._plan = plan
        self._access = Access(plan)
        self._hits = [0] * len(plan.components.site)

    def apply(self) -> None:
        """Hands the present state of the network to the engine."""
        self._env.apply_network(
            self._access.uplinks,
            self._access.reach,
            self._plan.systems.host,
            self._access.system_up,
            self._plan.systems.needs,
        )

    def begin(self, components: Iterable[int], source: str) -> None:
        """Components fail, all at once (E34)."""
        self._hit(components, source, 1)

    def end(self, components: Iterable[int], source: str) -> None:
        """Components are mended, all at once (E34)."""
        self._hit(components, source, -1)

    def _hit(self, components: Iterable[int], source: str, more: int) -> None:
        turned = []
        for component in components:
            (self.log.begin if more > 0 else self.log.end)(component, source, int(self._env.now))
            before = self._hits[component]
            self._hits[component] += more
            if (before == 0) != (self._hits[component] == 0):
                turned.append(component)
        if turned:
            self._access.set_working(turned, more < 0)
            self.apply()


@dataclass(frozen=True)
class FailureTimes:
    """How a source of random outages draws its times: two quantile tables, ms."""

    source: str
    failure_table: list[float]
    repair_table: list[float]

    def until_failure_ms(self, key: int, failure: int) -> int:
        """Time from the last repair to a failure, counted from 0, of the component with this key."""
        return _drawn_ms(self.failure_table, key, failure, FOR_FAILURE)

    def until_repair_ms(self, key: int, failure: int) -> int:
        """Time from that failure to its repair."""
        return _drawn_ms(self.repair_table, key, failure, FOR_REPAIR)


def _drawn_ms(table: list[float], key: int, failure: int, purpose: int) -> int:
    return max(SHORTEST_MS, rounded(look_up(table, uniform(key, failure, 0, purpose))))


def start_failures(env: Steered, outages: Outages, source: RandomOutages, replication_key: int) -> None:
    """Starts a process for every component of a source."""
    times = FailureTimes(source.source, source.failure_table.tolist(), source.repair_table.tolist())
    for component, name_key in zip(source.components.tolist(), source.key.tolist(), strict=True):
        env.process(fail_by_chance(env, outages, times, component, mix64(replication_key + name_key)))


def fail_by_chance(env: Steered, outages: Outages, times: FailureTimes, component: int, key: int) -> Steps:
    """One component, failing again and again."""
    failure = 0
    while True:
        yield env.timeout(times.until_failure_ms(key, failure))
        outages.begin([component], times.source)
        yield env.timeout(times.until_repair_ms(key, failure))
        outages.end([component], times.source)
        failure += 1


def fail_as_planned(env: Steered, outages: Outages, planned: PlannedOutage) -> Steps:
    """One planned outage."""
    components = planned.components.tolist()
    yield env.timeout(planned.begins_ms - env.now)
    outages.begin(components, planned.source)
    yield env.timeout(planned.ends_ms - env.now)
    outages.end(components, planned.source)
