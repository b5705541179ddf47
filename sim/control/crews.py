"""Repair crews: who goes where, and how long the way is. A repair begins when a crew is there."""

from dataclasses import dataclass

from simpy.events import Event

from sim.control.environment import Steered, Steps
from sim.control.outages import Outage, Trip
from sim.world.control_plan import ControlPlan
from sim.world.outage_sources import MOST_PEOPLE, NEAREST, CrewKind
from sim.world.roads import Roads


@dataclass
class Crew:
    """One crew; after a repair it stays there until it is called again."""

    site: int
    is_free: bool = True


@dataclass(frozen=True, eq=False)
class Call:
    """A place where a crew is needed; `answer` happens, with the crew, when one sets out."""

    site: int
    called_ms: int
    answer: Event


class Base:
    """The crews of one base and the calls that wait for one of them."""

    def __init__(self, env: Steered, kind: CrewKind, site: int, plan: ControlPlan) -> None:
        self._env = env
        self._kind = kind
        self._roads: Roads = plan.outages.roads
        self._people = plan.outages.people
        self._crews = [Crew(site) for _ in range(kind.number)]
        self._calls: list[Call] = []
        self._is_waiting_for_opening = False

    def call(self, site: int) -> Call:
        """A call from a site; the rule of the crews says when it is answered."""
        call = Call(site, int(self._env.now), self._env.event())
        self._calls.append(call)
        self.send_crews()
        return call

    def release(self, crew: Crew, site: int) -> None:
        """A crew is done at a site."""
        crew.site, crew.is_free = site, True
        self.send_crews()

    def send_crews(self) -> None:
        """Sends free crews to calls while there are both, in working hours."""
        while self._calls and any(crew.is_free for crew in self._crews):
            if not self._is_open():
                self._wait_for_opening()
                return
            crew, call = self._next_pair()
            self._calls.remove(call)
            crew.is_free = False
            call.answer.succeed(crew)

    def _is_open(self) -> bool:
        now_ms = int(self._env.now)
        return self._kind.hours is None or self._kind.hours.next_open(now_ms) == now_ms

    def _wait_for_opening(self) -> None:
        if not self._is_waiting_for_opening:
            self._is_waiting_for_opening = True
            self._env.process(self._open_later())

    def _open_later(self) -> Steps:
        assert self._kind.hours is not None
        yield self._env.timeout(self._kind.hours.next_open(int(self._env.now)) - self._env.now)
        self._is_waiting_for_opening = False
        self.send_crews()

    def _next_pair(self) -> tuple[Crew, Call]:
        """The next call by the rule of the crews, and the free crew that is nearest to it."""
        free = [crew for crew in self._crews if crew.is_free]
        if self._kind.rule == NEAREST:
            pairs = [(crew, call) for call in self._calls for crew in free]
            return min(pairs, key=lambda pair: self._roads.km(pair[0].site, pair[1].site))
        call = self._calls[0]
        if self._kind.rule == MOST_PEOPLE:
            call = max(self._calls, key=lambda each: self._people[each.site])
        return min(free, key=lambda crew: self._roads.km(crew.site, call.site)), call

    def trip(self, crew: Crew, call: Call) -> Trip:
        """The way of a crew that sets out now; it is interrupted when the working day is over."""
        left_ms = int(self._env.now)
        way_ms = self._roads.travel_ms(crew.site, call.site, self._kind.speed_kmh)
        km = self._roads.km(crew.site, call.site)
        return Trip(self._kind.name, call.called_ms, left_ms, self.after_work(left_ms, way_ms), km)

    def after_work(self, at_ms: int, work_ms: int) -> int:
        """When so much working time has gone by."""
        hours = self._kind.hours
        return at_ms + work_ms if hours is None else hours.add_working(at_ms, work_ms)


class Crews:
    """All crews of a run."""

    def __init__(self, env: Steered, plan: ControlPlan) -> None:
        self._env = env
        self._plan = plan
        self._bases = [
            [Base(env, kind, site, plan) for site in kind.bases.tolist()] for kind in plan.outages.crews
        ]

    def mend(self, kind: int, outage: Outage, work_ms: int) -> Steps:
        """Waits until a crew of a kind has come to what is out of work, and has mended it."""
        site = int(self._plan.components.site[outage.component])
        base = self._bases[kind][self._plan.outages.crews[kind].base_of[site]]
        call = base.call(site)
        crew: Crew = yield call.answer
        outage.trip = base.trip(crew, call)
        yield self._env.timeout(outage.trip.arrived_ms - self._env.now)
        yield self._env.timeout(base.after_work(int(self._env.now), work_ms) - self._env.now)
        base.release(crew, site)
