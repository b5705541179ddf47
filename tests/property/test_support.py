"""Support, whatever happens: problems are solved once or open, teams keep their hours, chance its law."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, poisson

from sim.control.tickets import Ticket, tickets_of
from sim.engine.addressed import replication_key
from sim.scenario.schema import DISPATCH_RULES
from sim.world.arrays import FAR_FUTURE_MS
from sim.world.build import build
from sim.world.distance import great_circle_km
from sim.world.roads import Roads, Spot
from tests.support.ticket_record import BASE, ONE, SITES, SLOW, TEAM, THREE, TWO, Settled, supported

HOURS = 13 * 24
EFFECTS = (
    {"slower": 2},
    {"pools": ["reception"], "slower": 1.3, "holds": 1},
    {"blocks": ["dossiers"]},
    {"holds": 3, "blocks": ["portal"]},
)
opened = st.lists(
    st.tuples(
        st.integers(0, 130).map(lambda half: half / 2),
        st.sampled_from([ONE, TWO, THREE]),
        st.sampled_from([f"kind_{n}" for n in range(len(EFFECTS))]),
    ),
    max_size=12,
)
desks = st.one_of(
    st.none(),
    st.builds(
        lambda n, c: {"agents": n} | c, st.integers(1, 2), st.sampled_from([{}, {"calendar": "office"}])
    ),
)


@st.composite
def supports(draw: st.DrawFn) -> dict[str, Any]:
    """Support with or without each sort of help; a share of the problems is solved at each stage."""
    help_ = {"solves": "40 %", "takes": {"exponential": {"mean": "40 min"}}}
    on_site = {"takes": {"exponential": {"mean": "2 h"}}}
    alone = {"exponential": {"mean": "20 h"}}
    problems = {
        f"kind_{n}": {
            "rate": {"per_site_and_year": 1},
            "effect": effect,
            "on_site": on_site,
            "alone": alone,
            **({"hotline": help_} if draw(st.booleans()) else {}),
            **({"video": help_} if draw(st.booleans()) else {}),
        }
        for n, effect in enumerate(EFFECTS)
    }
    base = draw(st.sampled_from([{"names": [BASE]}, {"names": [ONE]}, {"levels": ["commune"]}]))
    changes = {
        f"change_{n}": {
            "at": at,
            "number": draw(st.integers(0, 2)),
            "until": draw(st.none() | st.just(until)),
        }
        for n, (at, until) in enumerate((("2025-07-08", "2025-07-09"), ("2025-07-09", "2025-07-10")))
    }
    team = {
        "changes": draw(st.sampled_from([{}, changes])),
        "number": draw(st.integers(0, 2)),
        "people": draw(st.integers(1, 3)),
        "dispatch": draw(st.sampled_from(DISPATCH_RULES)),
        "base": base,
    }
    return {
        "problems": problems,
        "teams": {"mobile": TEAM | team},
        "hotline": draw(desks),
        "video": draw(desks),
    }


@settings(max_examples=40, deadline=None)
@given(supports(), opened)
def test_every_problem_is_solved_once_or_open_and_leaves_nothing_behind(
    support: dict[str, Any], problems: list[tuple[Any, ...]]
) -> None:
    found = Settled(supported(**support), *problems).until(HOURS)
    assert sorted(map(id, found.support.tickets)) == sorted(map(id, found.tickets))
    for ticket in found.tickets:
        assert (ticket.solved_by == "") == (ticket.solved_ms < 0)
        assert ticket.solved_by == "" or ticket.solved_ms > ticket.opened_ms
    if all(ticket.solved_by for ticket in found.tickets):
        people, stretch, reach = found.at_start
        assert (found.env.people == people).all() and (found.env.stretch == stretch).all()
        assert (found.env.reach == reach).all()


@settings(max_examples=40, deadline=None)
@given(supports(), opened)
def test_a_team_is_at_one_place_at_a_time_and_drives_and_works_in_its_hours(
    support: dict[str, Any], problems: list[tuple[Any, ...]]
) -> None:
    found = Settled(supported(**support), *problems).until(HOURS)
    kind = found.built.control_plan.support.teams[0]
    for base in kind.bases.tolist():
        mine = [trip for trip in found.support.trips if trip.base == base]
        for number in {trip.number for trip in mine}:
            trips = [trip for trip in mine if trip.number == number]
            at, free_ms = base, 0
            for trip in trips:
                assert trip.start == at and trip.left_ms >= free_ms
                assert kind.hours.next_open(trip.left_ms) == trip.left_ms
                # The two ends of a road are rounded to the ms, and so is what lies between them.
                driven_ms = kind.hours.between(trip.left_ms, trip.arrived_ms)
                assert driven_ms == pytest.approx(trip.km / 30 * 3_600_000, abs=1)
                assert not trip.turned or (trip.to == base and not trip.worked_ms)
                at = trip.start if trip.turned else trip.to
                free_ms = kind.hours.add_working(trip.arrived_ms, trip.worked_ms)


@settings(max_examples=40, deadline=None)
@given(supports(), opened)
def test_who_is_solved_by_a_team_was_visited_and_its_people_did_no_more_than_they_can(
    support: dict[str, Any], problems: list[tuple[Any, ...]]
) -> None:
    found = Settled(supported(**support), *problems).until(HOURS)
    kind = found.built.control_plan.support.teams[0]
    visits = [trip for trip in found.support.trips if trip.worked_ms]
    by_team = [ticket for ticket in found.tickets if ticket.solved_by == "team"]
    for ticket in by_team:
        assert any(
            trip.to == ticket.site
            and trip.arrived_ms < ticket.solved_ms
            and kind.hours.between(trip.arrived_ms, ticket.solved_ms) <= trip.worked_ms
            for trip in visits
        )
    work_ms = sum(ticket.takes_ms("team", ticket.problem.on_site_table) for ticket in by_team)
    assert work_ms <= kind.people * sum(trip.worked_ms for trip in visits)


@settings(max_examples=40, deadline=None)
@given(supports(), opened)
def test_no_problem_lasts_longer_with_teams_than_without(
    support: dict[str, Any], problems: list[tuple[Any, ...]]
) -> None:
    helped, without = (
        Settled(supported(**each), *problems).until(HOURS) for each in (support, support | {"teams": {}})
    )
    for ticket, same in zip(helped.tickets, without.tickets, strict=True):
        assert not same.solved_by or 0 <= ticket.solved_ms <= same.solved_ms
        if same.solved_by in ("hotline", "video"):
            assert (ticket.solved_by, ticket.solved_ms) == (same.solved_by, same.solved_ms)


places = st.tuples(st.floats(9, 23), st.floats(103, 109))


@given(st.lists(places, min_size=3, max_size=3), st.floats(0, 1), st.floats(1, 2))
def test_the_way_from_the_road_is_right_at_its_ends_and_never_shorter_than_the_straight_line(
    at: list[tuple[float, float]], share: float, detour: float
) -> None:
    latitude, longitude = np.array(at).T
    roads = Roads(latitude, longitude, np.full(3, detour), np.full(3, 40.0), {})
    for end in (0, 1):
        spot = Spot(0, 1, float(end))
        assert roads.km_from(spot, 2) == roads.km(end, 2)
        assert roads.travel_ms_from(spot, 2) == roads.travel_ms(end, 2)
    there = (1 - share) * np.array(at[0]) + share * np.array(at[1])
    straight = great_circle_km(there[0], there[1], latitude[2], longitude[2])
    # A straight line on the map is not quite one on the globe.
    assert roads.km_from(Spot(0, 1, share), 2) >= 0.98 * straight - 10


def drawn(replication: int = 0, **problems: Any) -> list[Ticket]:
    """All tickets of a replication of the tiny scenario."""
    plan = build(supported({name: SLOW | each for name, each in problems.items()})).control_plan
    return tickets_of(plan.support, replication_key(1, replication), plan.horizon_ms)


def seen(tickets: list[Ticket], name: str) -> list[tuple[int, int]]:
    return [(ticket.site, ticket.opened_ms) for ticket in tickets if ticket.problem.name == name]


OFTEN = {"rate": {"per_site_and_year": 400}}


def test_a_problem_that_is_added_leaves_the_others_alone() -> None:
    alone = drawn(device=OFTEN)
    among = drawn(skill=OFTEN, device=OFTEN, certificate={"rate": {"per_post_and_year": 90}})
    assert len(alone) > 20
    assert seen(among, "device") == seen(alone, "device")
    assert seen(among, "skill") != seen(alone, "device")


def test_problems_come_in_working_time_at_the_rate_that_was_written() -> None:
    plan = build(supported({"device": SLOW | {"rate": {"per_post_and_year": 30, "per_site_and_year": 20}}}))
    support, horizon = plan.control_plan.support, plan.control_plan.horizon_ms
    counts = [len(tickets_of(support, replication_key(5, number), horizon)) for number in range(150)]
    # Three communes with two posts and ten working days of 250.
    mean = 3 * (2 * 30 + 20) * 10 / 250
    low, high = poisson.interval(0.999, mean * len(counts))
    assert low <= sum(counts) <= high
    # The variance of a Poisson count is its mean; the ratio has a spread of about sqrt(2 / n).
    assert abs(np.var(counts, ddof=1) / mean - 1) < 4 * np.sqrt(2 / len(counts))
    tickets = tickets_of(support, replication_key(5, 0), horizon)
    assert all(support.official.next_open(ticket.opened_ms) == ticket.opened_ms for ticket in tickets)


def test_a_hotline_solves_its_share() -> None:
    answered = OFTEN | {"hotline": {"solves": "60 %", "takes": "5 min"}}
    tickets = [ticket for number in range(40) for ticket in drawn(number, device=answered)]
    solved = sum(ticket.is_solved_by("hotline", ticket.remedy("hotline")) for ticket in tickets)
    low, high = binom.interval(0.999, len(tickets), 0.6)
    assert low <= solved <= high


def test_training_takes_problems_away_and_moves_none() -> None:
    trained = OFTEN | {"levels": [{"where": {"names": [ONE]}, "path": {"2025-07-01": "30 %"}}]}
    without, with_training = (
        [seen(drawn(number, device=each), "device") for number in range(20)] for each in (OFTEN, trained)
    )
    for before, after in zip(without, with_training, strict=True):
        assert set(after) <= set(before)
        assert {pair for pair in before if pair[0] != SITES[ONE]} <= set(after)
    here = [sum(site == SITES[ONE] for run in runs for site, _ in run) for runs in (without, with_training)]
    low, high = poisson.interval(0.999, 0.3 * 20 * 400 * 10 / 250)
    assert low <= here[1] <= high < here[0]


def test_nothing_arises_without_working_days_or_posts() -> None:
    posts = SLOW | {"rate": {"per_post_and_year": 50}, "where": {"levels": ["centre"]}}
    plan = build(supported({"device": posts})).control_plan.support
    assert not tickets_of(plan, replication_key(1, 0), FAR_FUTURE_MS)
