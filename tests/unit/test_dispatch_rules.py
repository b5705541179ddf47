"""Dispatch rules choose as they say."""

from typing import Any

import numpy as np
import pytest

from sim.control.dispatch import RULES, DispatchView, Team
from sim.scenario.schema import DISPATCH_RULES
from tests.support.ticket_record import BASE, ONE, SITES, SLOW, TEAM, THREE, TWO, Settled, supported

BLOCKING = {**SLOW, "effect": {"blocks": ["dossiers"]}}


def chosen(rule: str, *opened: tuple[Any, ...], waiting: dict[str, int] | None = None, **team: Any) -> Any:
    """The site that a team at its base goes to at 8:00 of the third day; None when it stays."""
    teams = {"mobile": TEAM | team}
    found = Settled(supported({"device": SLOW, "certificate": BLOCKING}, teams), *opened)
    found.until(2 * 24 + 8)
    plan = found.built.control_plan.support
    lengths = np.zeros(len(found.env.people), np.int64)
    for name, count in (waiting or {}).items():
        lengths[plan.pools_of[SITES[name]][0]] = count
    found.env.queue_lengths = lambda: lengths
    kind = plan.teams[0]
    view = DispatchView(found.env, plan, kind.number)
    ticket = RULES[rule](Team(kind, SITES[BASE], 0, SITES[BASE]), found.tickets, view)
    return None if ticket is None else {site: name for name, site in SITES.items()}[ticket.site]


FAR, NEAR, BETWEEN = (1, THREE, "device"), (40, ONE, "device"), (34, TWO, "device")


def test_the_schema_knows_the_rules_of_the_program() -> None:
    assert tuple(RULES) == DISPATCH_RULES


def test_nearest_is_by_road() -> None:
    assert chosen("nearest", FAR, NEAR, BETWEEN) == ONE
    assert chosen("nearest", FAR, BETWEEN) == TWO


def test_longest_open_is_by_age() -> None:
    assert chosen("longest_open", NEAR, BETWEEN, FAR) == THREE


def test_most_backlog_is_by_dossiers_that_wait_there_and_the_nearest_of_equals() -> None:
    assert chosen("most_backlog", FAR, NEAR, BETWEEN, waiting={TWO: 7, THREE: 6}) == TWO
    assert chosen("most_backlog", FAR, NEAR, BETWEEN, waiting={TWO: 7, THREE: 7}) == TWO


@pytest.mark.parametrize(
    ("opened", "number", "goes"),
    [
        ((NEAR, BETWEEN), 1, None),
        ((NEAR, BETWEEN), 2, ONE),
        ((NEAR, BETWEEN, FAR), 1, THREE),
        ((NEAR, (41, TWO, "certificate")), 1, TWO),
    ],
)
def test_reserve_sends_the_last_team_to_urgent_tickets_only(
    opened: tuple[Any, ...], number: int, goes: str | None
) -> None:
    assert chosen("reserve", *opened, number=number, reserve=1, urgent_after="1 day") == goes
