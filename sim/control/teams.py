"""Mobile teams: which ticket they go to, their way on the road, and what they mend."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.control.dispatch import DispatchRule, DispatchView, Team
from sim.control.environment import Steered, Steps
from sim.control.tickets import BY_TEAM, Ticket
from sim.world.arrays import FAR_FUTURE_MS, MS_PER_HOUR
from sim.world.support_plan import SupportPlan, TeamKind

Solve = Callable[[Ticket, str], None]

ASK_AGAIN_MS = MS_PER_HOUR
"""The rule is asked again after so long, should it have left tickets waiting while a team is free."""
NEVER = FAR_FUTURE_MS


@dataclass(frozen=True)
class TeamTrip:
    """One way of a team; `to` is its base when it drives home."""

    team: str
    base: int
    number: int
    start: int
    to: int
    left_ms: int
    arrived_ms: int
    km: float
    worked_ms: int  # on site after this way, 0 when it drives home


class TeamBase:
    """The teams of one base and the tickets that wait for one of them."""

    def __init__(
        self, env: Steered, plan: SupportPlan, kind: TeamKind, site: int, rule: DispatchRule, solve: Solve
    ) -> None:
        self.trips: list[TeamTrip] = []
        self._env, self._plan, self._kind, self._site = env, plan, kind, site
        self._rule, self._solve = rule, solve
        self._teams = [Team(kind, site, number, site) for number in range(kind.number)]
        self._tickets: list[Ticket] = []
        self._asks_again_ms = NEVER

    def call(self, ticket: Ticket) -> None:
        """A ticket that could not be solved from afar waits for a team from now on."""
        ticket.waits_since_ms = int(self._env.now)
        self._tickets.append(ticket)
        self._dispatch()

    def _dispatch(self) -> None:
        """Sends each free team to the ticket that the rule says, or home when it says none."""
        if not self._is_open():
            self._dispatch_again(int(self._env.now))
            return
        for team in [team for team in self._teams if team.is_free]:
            ticket = self._choice(team) if self._tickets else None
            if ticket is not None:
                self._tickets.remove(ticket)
                team.is_free = False
                self._env.process(self._visit(team, ticket))
            elif team.site != self._site:
                team.is_free = False
                self._env.process(self._drive_home(team))
        self._dispatch_again(int(self._env.now) + ASK_AGAIN_MS)

    def _is_open(self) -> bool:
        now = int(self._env.now)
        return self._kind.hours.next_open(now) == now

    def _choice(self, team: Team) -> Ticket | None:
        free = sum(each.is_free for each in self._teams)
        view = DispatchView(self._env, self._plan, free)
        ticket = self._rule(team, tuple(self._tickets), view)
        if ticket is not None and ticket not in self._tickets:
            raise ValueError(f"the rule {self._kind.rule} chose {ticket!r}, which is not one of the tickets")
        return ticket

    def _dispatch_again(self, from_ms: int) -> None:
        """In working hours from a moment on, as long as a free team has something to do."""
        if any(team.is_free and (self._tickets or team.site != self._site) for team in self._teams):
            at_ms = self._kind.hours.next_open(from_ms)
            if at_ms < self._asks_again_ms:
                self._asks_again_ms = at_ms
                self._env.process(self._dispatch_at(at_ms))

    def _dispatch_at(self, at_ms: int) -> Steps:
        yield self._env.timeout(at_ms - self._env.now)
        if self._asks_again_ms == at_ms:
            self._asks_again_ms = NEVER
            self._dispatch()

    def _visit(self, team: Team, ticket: Ticket) -> Steps:
        """A team drives to a ticket and solves it; drive and work go on at the next opening if they must."""
        works_ms = ticket.takes_ms(BY_TEAM, ticket.problem.on_site_table)
        yield from self._drive(team, ticket.site, works_ms)
        yield self._env.timeout(self._kind.hours.add_working(int(self._env.now), works_ms) - self._env.now)
        self._solve(ticket, BY_TEAM)
        team.is_free = True
        self._dispatch()

    def _drive_home(self, team: Team) -> Steps:
        """A team for which there is no ticket drives to its base, and can be sent when it is there."""
        yield from self._drive(team, self._site, 0)
        team.is_free = True
        self._dispatch()

    def _drive(self, team: Team, to: int, works_ms: int) -> Steps:
        now = int(self._env.now)
        way_ms = self._plan.roads.travel_ms(team.site, to, self._kind.speed_kmh)
        arrives = self._kind.hours.add_working(now, way_ms) if way_ms else now
        km = self._plan.roads.km(team.site, to)
        trip = TeamTrip(self._kind.name, self._site, team.number, team.site, to, now, arrives, km, works_ms)
        self.trips.append(trip)
        team.site = to
        yield self._env.timeout(arrives - now)


class Teams:
    """All mobile teams of a run."""

    def __init__(
        self, env: Steered, plan: SupportPlan, rules: Mapping[str, DispatchRule], solve: Solve
    ) -> None:
        self._kinds = plan.teams
        self._bases = [
            [TeamBase(env, plan, kind, site, rules[kind.rule], solve) for site in kind.bases.tolist()]
            for kind in plan.teams
        ]

    def call(self, ticket: Ticket) -> bool:
        """Calls the first teams that serve the site of a ticket; whether there are any."""
        for kind, bases in zip(self._kinds, self._bases, strict=True):
            base = int(kind.base_of[ticket.site])
            if base >= 0 and kind.number > 0:
                bases[base].call(ticket)
                return True
        return False

    @property
    def trips(self) -> list[TeamTrip]:
        """All ways so far, in order of time."""
        trips = [trip for bases in self._bases for base in bases for trip in base.trips]
        return sorted(trips, key=lambda trip: (trip.left_ms, trip.team, trip.base, trip.number))
