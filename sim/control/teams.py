"""Mobile teams: which ticket they go to, their way on the road, and what they mend."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import count, islice

import numpy as np

from sim.control.dispatch import DispatchRule, DispatchView, Team
from sim.control.environment import Steered, Steps
from sim.control.side_by_side import jobs_of
from sim.control.team_trip import TeamTrip
from sim.control.tickets import BY_TEAM, Ticket
from sim.world.arrays import FAR_FUTURE_MS, MS_PER_DAY, MS_PER_HOUR
from sim.world.support_plan import SupportPlan, TeamKind

Solve = Callable[[Ticket, str], None]

ASK_AGAIN_MS = MS_PER_HOUR
"""The rule is asked again after so long, should it have left tickets waiting while a team is free."""
NEVER = FAR_FUTURE_MS


class TeamBase:
    """The teams of one base and the tickets that wait for one of them."""

    def __init__(
        self, env: Steered, plan: SupportPlan, kind: TeamKind, site: int, rule: DispatchRule, solve: Solve
    ) -> None:
        self.trips: list[TeamTrip] = []
        self._env, self._plan, self._kind, self._site = env, plan, kind, site
        self._rule, self._solve = rule, solve
        self._teams: list[Team] = []
        self._numbers = count()
        self._tickets: list[Ticket] = []
        self._bound_for: list[int] = []  # sites to which teams are on their way
        self._asks_again_ms = NEVER

    @property
    def _staying(self) -> list[Team]:
        return [team for team in self._teams if not team.is_withdrawn]

    @property
    def has_teams(self) -> bool:
        """Whether there are teams that can be sent, now or when they are done."""
        return bool(self._staying)

    def set_number(self, number: int) -> None:
        """From now on there are so many teams; the last are withdrawn, after the visit that they are on."""
        there = self._staying
        if len(there) == number:
            return
        for team in there[number:]:
            team.is_withdrawn = True
        new = islice(self._numbers, max(number - len(there), 0))
        self._teams += [Team(self._kind, self._site, each, self._site) for each in new]
        self._dispatch()

    def let_go(self) -> list[Ticket]:
        """The tickets for which there is no team any more."""
        left = [] if self.has_teams else self._tickets
        self._tickets = [] if left else self._tickets
        return left

    def call(self, ticket: Ticket) -> None:
        """A ticket that could not be solved from afar waits for a team from now on."""
        if ticket.waits_since_ms < 0:
            ticket.waits_since_ms = int(self._env.now)
        self._tickets.append(ticket)
        self._dispatch()

    def _dispatch(self) -> None:
        """Sends each free team to the ticket that the rule says, or home when it says none."""
        self._tickets = [ticket for ticket in self._tickets if not ticket.solved_by]
        if not self._is_open():
            self._dispatch_again(int(self._env.now))
            return
        self._teams = [team for team in self._teams if not (team.is_withdrawn and team.is_at_home)]
        for team in [team for team in self._teams if team.is_free]:
            ticket = None if team.is_withdrawn else self._choice(team)
            if ticket is not None:
                self._send(team, ticket)
            elif team.is_away:
                self._send_home(team)
        self._dispatch_again(int(self._env.now) + ASK_AGAIN_MS)

    def _is_open(self) -> bool:
        now = int(self._env.now)
        return self._kind.hours.next_open(now) == now

    def _choice(self, team: Team) -> Ticket | None:
        tickets = self._for_another_team()
        if not tickets:
            return None
        free = sum(each.is_free for each in self._staying)
        ticket = self._rule(team, tickets, DispatchView(self._env, self._plan, free))
        if ticket is not None and ticket not in tickets:
            raise ValueError(f"the rule {self._kind.rule} chose {ticket!r}, which is not one of the tickets")
        return ticket

    def _for_another_team(self) -> tuple[Ticket, ...]:
        """The tickets that wait, without those for which a team on its way has people to spare."""
        spare = Counter(site for site in self._bound_for for _ in range(self._kind.people - 1))
        tickets = []
        for ticket in self._tickets:
            if spare[ticket.site]:
                spare[ticket.site] -= 1
            else:
                tickets.append(ticket)
        return tuple(tickets)

    def _dispatch_again(self, from_ms: int) -> None:
        """In working hours from a moment on, as long as a free team has something to do."""
        if any(team.is_free and (self._tickets or team.is_away) for team in self._teams):
            at_ms = self._kind.hours.next_open(from_ms)
            if at_ms < self._asks_again_ms:
                self._asks_again_ms = at_ms
                self._env.process(self._dispatch_at(at_ms))

    def _dispatch_at(self, at_ms: int) -> Steps:
        yield self._env.timeout(at_ms - self._env.now)
        if self._asks_again_ms == at_ms:
            self._asks_again_ms = NEVER
            self._dispatch()

    def _send(self, team: Team, ticket: Ticket) -> None:
        self._tickets.remove(ticket)
        self._bound_for.append(ticket.site)
        team.is_free = False
        self._env.process(self._visit(team, ticket, self._set_out(team, ticket.site)))

    def _send_home(self, team: Team) -> None:
        team.way_home = self._set_out(team, self._site)
        self._env.process(self._drive_home(team, team.way_home))

    def _visit(self, team: Team, ticket: Ticket, trip: TeamTrip) -> Steps:
        """A team drives to a ticket and solves all that wait at its site when it arrives."""
        yield self._env.timeout(trip.arrived_ms - self._env.now)
        self._bound_for.remove(ticket.site)
        team.site = ticket.site
        yield from self._work(trip, [ticket, *self._taken_on(ticket.site)])
        team.is_free = True
        self._dispatch()

    def _taken_on(self, site: int) -> list[Ticket]:
        """All tickets that wait at a site; they wait no longer."""
        here = [ticket for ticket in self._tickets if ticket.site == site]
        self._tickets = [ticket for ticket in self._tickets if ticket.site != site]
        return here

    def _work(self, trip: TeamTrip, tickets: list[Ticket]) -> Steps:
        """The people of a team solve what is still open; work goes on at the next opening if it must."""
        now = int(self._env.now)
        jobs = sorted(jobs_of(tickets, self._kind.people, self._kind.hours, now), key=lambda job: job.ends_ms)
        trip.worked_ms = self._kind.hours.between(now, jobs[-1].ends_ms) if jobs else 0
        for job in jobs:
            yield self._env.timeout(job.ends_ms - self._env.now)
            if not job.ticket.solved_by:
                self._solve(job.ticket, BY_TEAM)

    def _drive_home(self, team: Team, trip: TeamTrip) -> Steps:
        """A team for which there is no ticket drives to its base; it may be sent elsewhere on the way."""
        yield self._env.timeout(trip.arrived_ms - self._env.now)
        if team.way_home is trip:
            team.site, team.way_home = self._site, None
            self._dispatch()

    def _set_out(self, team: Team, to: int) -> TeamTrip:
        """The way of a team that sets out now; it goes on at the next opening if it must."""
        now, roads = int(self._env.now), self._plan.roads
        spot = team.spot(now)
        if team.way_home is not None:
            team.way_home.turn(spot.share, now)
            team.way_home = None
        arrives = self._kind.hours.add_working(now, roads.travel_ms_from(spot, to, self._kind.speed_kmh))
        km = roads.km_from(spot, to)
        trip = TeamTrip(self._kind.name, self._site, team.number, team.site, to, now, arrives, km)
        self.trips.append(trip)
        return trip


class Teams:
    """All mobile teams of a run."""

    def __init__(
        self, env: Steered, plan: SupportPlan, rules: Mapping[str, DispatchRule], solve: Solve
    ) -> None:
        self._env, self._kinds = env, plan.teams
        self._without: list[Ticket] = []  # tickets for which there was no team
        self._bases = [
            [TeamBase(env, plan, kind, site, rules[kind.rule], solve) for site in kind.bases.tolist()]
            for kind in plan.teams
        ]

    def call(self, ticket: Ticket) -> None:
        """Calls the first teams that serve the site of a ticket, if there are any."""
        for kind, bases in zip(self._kinds, self._bases, strict=True):
            base = int(kind.base_of[ticket.site])
            if base >= 0 and bases[base].has_teams:
                bases[base].call(ticket)
                return
        self._without.append(ticket)

    def set_numbers(self) -> Steps:
        """As many teams as there are each day; what waits for none is called again when that changes."""
        for day in _days_with_another_number(self._kinds):
            yield self._env.timeout(day * MS_PER_DAY - self._env.now)
            for kind, bases in zip(self._kinds, self._bases, strict=True):
                for base, number in zip(bases, kind.teams_on[day].tolist(), strict=True):
                    base.set_number(number)
            self._call_again()

    def _call_again(self) -> None:
        left = [ticket for bases in self._bases for base in bases for ticket in base.let_go()]
        waiting, self._without = [*self._without, *left], []
        for ticket in waiting:
            if not ticket.solved_by:
                self.call(ticket)

    @property
    def trips(self) -> list[TeamTrip]:
        """All ways so far, in order of time."""
        trips = [trip for bases in self._bases for base in bases for trip in base.trips]
        return sorted(trips, key=lambda trip: (trip.left_ms, trip.team, trip.base, trip.number))


def _days_with_another_number(kinds: Sequence[TeamKind]) -> list[int]:
    """The first day, and those on which the number of teams at a base is not that of the day before."""
    changes = [np.flatnonzero(np.diff(kind.teams_on, axis=0).any(axis=1)) + 1 for kind in kinds]
    return sorted({0, *(day for days in changes for day in days.tolist())}) if kinds else []
