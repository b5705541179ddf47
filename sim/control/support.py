"""Support: a problem is a ticket; the hotline, video help or a mobile team solves it."""

from collections.abc import Mapping

from sim.control.dispatch import DispatchRule
from sim.control.environment import Steered, Steps
from sim.control.help_desks import Desk
from sim.control.hindrances import Hindrances
from sim.control.team_trip import TeamTrip
from sim.control.teams import Teams
from sim.control.tickets import ALONE, BY_HOTLINE, BY_VIDEO, Ticket, tickets_of
from sim.world.support_plan import SupportPlan


class Support:
    """All tickets of a run and those who solve them."""

    def __init__(
        self, env: Steered, plan: SupportPlan, hindrances: Hindrances, rules: Mapping[str, DispatchRule]
    ) -> None:
        self.tickets: list[Ticket] = []
        self._env = env
        self._hindrances = hindrances
        desks = {BY_HOTLINE: plan.hotline, BY_VIDEO: plan.video}
        self._desks = {name: Desk(desk) for name, desk in desks.items() if desk is not None}
        self._teams = Teams(env, plan, rules, self._solve)
        env.process(self._teams.set_numbers())

    @property
    def trips(self) -> list[TeamTrip]:
        """All ways of the mobile teams so far."""
        return self._teams.trips

    def open_all(self, tickets: list[Ticket]) -> Steps:
        """Problems arise, each at its time."""
        for ticket in tickets:
            yield self._env.timeout(ticket.opened_ms - self._env.now)
            self.tickets.append(ticket)
            self._hindrances.begin(ticket.site, ticket.effect)
            self._env.process(self._settle(ticket))

    def _settle(self, ticket: Ticket) -> Steps:
        """The way of one ticket."""
        for stage, desk in self._desks.items():
            remedy = ticket.remedy(stage)
            if remedy is not None:
                now = int(self._env.now)
                yield self._env.timeout(desk.ends_ms(now, ticket.takes_ms(stage, remedy.table)) - now)
                if ticket.is_solved_by(stage, remedy):
                    self._solve(ticket, stage)
                    return
        alone_ms = ticket.takes_ms(ALONE, ticket.problem.alone_table)
        ticket.alone_until_ms = int(self._env.now) + alone_ms
        self._teams.call(ticket)
        yield self._env.timeout(alone_ms)
        if not ticket.solved_by:
            self._solve(ticket, ALONE)

    def _solve(self, ticket: Ticket, stage: str) -> None:
        ticket.solved_ms, ticket.solved_by = int(self._env.now), stage
        self._hindrances.end(ticket.site, ticket.effect)


def start_support(
    env: Steered,
    plan: SupportPlan,
    hindrances: Hindrances,
    rules: Mapping[str, DispatchRule],
    replication: int,
    horizon_ms: int,
) -> Support:
    """Starts the support of a run; `replication` is its key."""
    support = Support(env, plan, hindrances, rules)
    env.process(support.open_all(tickets_of(plan, replication, horizon_ms)))
    return support
