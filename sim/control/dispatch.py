"""Named rules by which a free mobile team chooses its next ticket. A planner or researcher may add others.

A rule is a function of the team, the tickets that wait for it (at least one, the first to come first) and a
view of the run; it returns one of these tickets, or None when the team is to go home or stay there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from sim.control.environment import Steered
from sim.control.team_trip import TeamTrip
from sim.control.tickets import Ticket
from sim.world.roads import Spot
from sim.world.support_plan import SupportPlan, TeamKind


@dataclass
class Team:
    """One mobile team: where it is, and whether it could set out, as it can from its way home."""

    kind: TeamKind
    base: int
    number: int
    site: int  # where it is; on the road, the site that it left
    is_free: bool = True
    way_home: TeamTrip | None = None
    is_withdrawn: bool = False  # drives home and is sent no more

    @property
    def is_at_home(self) -> bool:
        """Whether it is at its base with nothing to do."""
        return self.is_free and self.site == self.base and self.way_home is None

    @property
    def is_away(self) -> bool:
        """Whether it is at a site that is not its base."""
        return self.site != self.base and self.way_home is None

    def spot(self, now_ms: int) -> Spot:
        """Where a team that could set out is."""
        if self.way_home is None:
            return Spot(self.site, self.site, 0.0)
        return Spot(self.site, self.base, self.way_home.share_driven(self.kind.hours, now_ms))


@dataclass(frozen=True)
class DispatchView:
    """What a rule may look at. It only looks: asking changes nothing."""

    env: Steered
    plan: SupportPlan
    free_teams: int  # of the same base, this team included

    @property
    def now_ms(self) -> int:
        """The clock, ms since 00:00 of the first day."""
        return int(self.env.now)

    def km(self, team: Team, ticket: Ticket) -> float:
        """Way by road to a ticket from where the team is, km."""
        return self.plan.roads.km_from(team.spot(self.now_ms), ticket.site)

    def open_ms(self, ticket: Ticket) -> int:
        """How long a ticket has been open, ms."""
        return self.now_ms - ticket.opened_ms

    def waiting_at(self, ticket: Ticket) -> int:
        """Dossiers that wait at the site of a ticket."""
        return int(self.env.queue_lengths()[self.plan.pools_of[ticket.site]].sum())

    def inhabitants(self, ticket: Ticket) -> float:
        """Inhabitants at and below the site of a ticket."""
        return float(self.plan.people[ticket.site])


DispatchRule = Callable[[Team, Sequence[Ticket], DispatchView], Ticket | None]


def nearest(team: Team, tickets: Sequence[Ticket], view: DispatchView) -> Ticket | None:
    """The ticket with the shortest way; of equally near ones the oldest."""
    return min(tickets, key=lambda ticket: view.km(team, ticket))


def longest_open(team: Team, tickets: Sequence[Ticket], view: DispatchView) -> Ticket | None:
    """The ticket that has been open for longest; of equal ones that which waits for longest."""
    return max(tickets, key=view.open_ms)


def most_backlog(team: Team, tickets: Sequence[Ticket], view: DispatchView) -> Ticket | None:
    """The ticket at the site where most dossiers wait; of equal ones the nearest."""
    waiting = {ticket.site: view.waiting_at(ticket) for ticket in tickets}
    return min(tickets, key=lambda ticket: (-waiting[ticket.site], view.km(team, ticket)))


def reserve(team: Team, tickets: Sequence[Ticket], view: DispatchView) -> Ticket | None:
    """The nearest ticket, but the last teams of a base set out for urgent ones only."""
    if view.free_teams <= team.kind.reserve:
        tickets = [ticket for ticket in tickets if is_urgent(ticket, team.kind, view)]
    return nearest(team, tickets, view) if tickets else None


def is_urgent(ticket: Ticket, kind: TeamKind, view: DispatchView) -> bool:
    """Whether a ticket keeps a system from being used, or has been open for long."""
    return bool(ticket.effect.blocks) or view.open_ms(ticket) >= kind.urgent_after_ms


RULES: Mapping[str, DispatchRule] = MappingProxyType(
    {"nearest": nearest, "longest_open": longest_open, "most_backlog": most_backlog, "reserve": reserve}
)
