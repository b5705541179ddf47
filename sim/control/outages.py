"""Outages as they happen: what is down or slow, why, and the log of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sim.control.access import Access
from sim.control.environment import Steered
from sim.world.control_plan import ControlPlan
from sim.world.outage_sources import WRITING, Hits

SLOW = "slow"


@dataclass(frozen=True)
class Trip:
    """How a crew came to a place: called, set out and arrived, ms, over so many km."""

    crew: str
    called_ms: int
    left_ms: int
    arrived_ms: int
    km: float


@dataclass(slots=True)
class Outage:
    """One component hit from `began_ms` to `ended_ms`; what lasts to the end of the run ends there."""

    component: int
    effect: str
    cause: str
    event: str
    bandwidth_left: float
    began_ms: int
    ended_ms: int
    trip: Trip | None = None


Row = tuple[str, str, str, str, int, int, str, str, str, float, int]


class OutageLog:
    """All outages of a replication in the order in which they began."""

    def __init__(self, plan: ControlPlan) -> None:
        self.outages: list[Outage] = []
        self._plan = plan

    def rows(self) -> Iterator[Row]:
        """For each outage: "link", "system" or "site", its name, code of the site, cause, begin and end
        in ms, effect, event, kind of crew that came, its way in km, and when it arrived (-1: none).
        """
        parts = self._plan.components
        for each in self.outages:
            number, trip = each.component, each.trip
            kind = "system" if parts.kind[number] == WRITING else parts.kind[number]
            code = self._plan.site_code[parts.site[number]]
            came = ("", 0.0, -1) if trip is None else (trip.crew, trip.km, trip.arrived_ms)
            times = (each.began_ms, each.ended_ms)
            yield (kind, parts.name[number], code, each.cause, *times, each.effect, each.event, *came)


class Outages:
    """Takes components down and up; one that is hit several times at once is well when all hits are over."""

    def __init__(self, env: Steered, plan: ControlPlan) -> None:
        self.log = OutageLog(plan)
        self.access = Access(plan)
        self._env = env
        self._plan = plan
        self._down = [0] * len(plan.components.site)
        self._slow = [0] * len(plan.components.site)
        self._is_system: list[bool] = (plan.components.system >= 0).tolist()
        self._narrowed: dict[int, list[float]] = {}

    def apply(self) -> None:
        """Hands the present state of the network to the engine, if anything is other than before."""
        state = self.access.refresh()
        if state is not None:
            self._env.apply_network(state)

    def begin(self, hits: Hits, cause: str, event: str = "") -> list[Outage]:
        """Components are hit, all at once (E34); the outages that begin are handed back to be ended."""
        now_ms = int(self._env.now)
        fields = (hits.effect, cause, event, hits.bandwidth_left, now_ms, self._plan.horizon_ms)
        begun = [Outage(component, *fields) for component in hits.components.tolist()]
        self.log.outages.extend(begun)
        self._turn(begun, 1)
        return begun

    def end(self, outages: Iterable[Outage]) -> None:
        """Outages are over, all at once (E34)."""
        outages, now_ms = list(outages), int(self._env.now)
        for outage in outages:
            outage.ended_ms = now_ms
        self._turn(outages, -1)

    def block(self, site: int, systems: Iterable[int]) -> None:
        """Systems cannot be used at a site for a reason of its own (E59)."""
        for system in systems:
            self.access.block(site, system)
        self.apply()

    def unblock(self, site: int, systems: Iterable[int]) -> None:
        """One such reason is gone."""
        for system in systems:
            self.access.unblock(site, system)
        self.apply()

    def _turn(self, outages: Iterable[Outage], more: int) -> None:
        for outage in outages:
            component = outage.component
            if outage.effect != SLOW:
                self._count_down(component, more)
            elif self._is_system[component]:
                self._count_slow(component, more)
            else:
                self._narrow(component, outage.bandwidth_left, more)
        self.apply()

    def _count_down(self, component: int, more: int) -> None:
        before = self._down[component]
        self._down[component] += more
        if (before == 0) != (self._down[component] == 0):
            self.access.set_working((component,), more < 0)

    def _count_slow(self, component: int, more: int) -> None:
        self._slow[component] += more
        self.access.set_slow(component, self._slow[component] > 0)

    def _narrow(self, link: int, share: float, more: int) -> None:
        """The narrowest of all hits on a link counts."""
        shares = self._narrowed.setdefault(link, [])
        if more > 0:
            shares.append(share)
        else:
            shares.remove(share)
        self.access.lines.set_bandwidth_left(link, min(shares, default=1.0))
