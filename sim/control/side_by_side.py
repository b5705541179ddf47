"""Several tickets at one site: the people of a team work on them side by side, one person a ticket."""

from collections.abc import Sequence
from heapq import heapreplace
from typing import NamedTuple

from sim.control.tickets import BY_TEAM, Ticket
from sim.world.hours import Hours


class Job(NamedTuple):
    """The work of one person on a ticket; it ends when the person or the place itself has solved it."""

    ends_ms: int
    ticket: Ticket


def jobs_of(tickets: Sequence[Ticket], people: int, hours: Hours, now_ms: int) -> list[Job]:
    """The work of people who begin now: each takes the next open ticket as soon as it is free."""
    free_ms = [now_ms] * min(people, len(tickets))
    jobs = []
    for ticket in tickets:
        if ticket.alone_until_ms > free_ms[0]:
            works_ms = ticket.takes_ms(BY_TEAM, ticket.problem.on_site_table)
            ends_ms = min(hours.add_working(free_ms[0], works_ms), ticket.alone_until_ms)
            jobs.append(Job(ends_ms, ticket))
            heapreplace(free_ms, ends_ms)
    return jobs
