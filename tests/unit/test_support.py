"""The way of a ticket, worked out by hand: hotline, video help, mobile teams; hours from Monday 0:00."""

from typing import Any

import pytest

from sim.control.dispatch import DispatchView, Team
from sim.record.describe import helpers_table
from sim.world.arrays import MS_PER_HOUR
from sim.world.build import build
from tests.support.ticket_record import BASE, ONE, SITES, SLOW, TEAM, THREE, TWO, Settled, supported

END = 13 * 24


def helped(solves: str, takes: str) -> dict[str, str]:
    return {"solves": solves, "takes": takes}


def test_callers_of_a_busy_hotline_wait_their_turn() -> None:
    problem = {**SLOW, "hotline": helped("100 %", "30 min")}
    scenario = supported({"device": problem}, hotline={"agents": 1})
    found = Settled(scenario, (8, ONE), (8.2, TWO), (9.5, THREE)).until(END)
    assert found.solved == [("hotline", 8.5), ("hotline", 9), ("hotline", 10)]
    two_agents = supported({"device": problem}, hotline={"agents": 2})
    assert Settled(two_agents, (8, ONE), (8.2, TWO)).until(END).solved[1][1] == 8.7


def test_what_the_hotline_cannot_solve_goes_to_video_help_in_its_hours() -> None:
    problem = {**SLOW, "hotline": helped("0 %", "15 min"), "video": helped("100 %", "20 min")}
    scenario = supported(
        {"device": problem}, hotline={"agents": 1}, video={"agents": 1, "calendar": "office"}
    )
    # On the telephone until 11:15; video help stops at 11:30 and goes on for 5 minutes from 13:30.
    assert Settled(scenario, (11, ONE)).until(END).solved == [("video", round(13.5 + 5 / 60, 4))]


def test_help_that_a_problem_has_none_of_is_passed_over() -> None:
    scenario = supported(
        {"device": SLOW, "talk": {**SLOW, "hotline": helped("100 %", "5 h")}}, hotline={"agents": 1}
    )
    found = Settled(scenario, (8, TWO, "talk"), (8.5, ONE, "device")).until(END)
    # The line is busy until 13:00, and the second problem has no use for it.
    assert found.solved == [("hotline", 13), ("team", 11.5)]


def test_a_team_drives_there_solves_it_and_goes_home() -> None:
    found = Settled(supported(), (8, ONE)).until(END)
    assert found.solved == [("team", 11)]
    # Home is an hour away; half of it is driven after lunch.
    assert found.ways == [(BASE, ONE, 8, 9, 30), (ONE, BASE, 11, 14, 30)]


@pytest.mark.parametrize(
    ("opened", "left", "arrived", "solved"),
    [
        (16, 16, 17, 24 + 9.5),
        (16.5, 16.5, 24 + 8, 24 + 10),
        (20, 24 + 7.5, 24 + 8.5, 24 + 10.5),
        (4 * 24 + 20, 7 * 24 + 7.5, 7 * 24 + 8.5, 7 * 24 + 10.5),
    ],
)
def test_drive_and_work_are_interrupted_at_closing(
    opened: float, left: float, arrived: float, solved: float
) -> None:
    found = Settled(supported(), (opened, ONE)).until(END)
    assert found.ways[0][2:4] == (left, arrived)
    assert found.solved == [("team", solved)]


def test_a_team_that_is_done_at_closing_stays_for_the_night() -> None:
    found = Settled(supported(), (14, ONE), (18, TWO)).until(END)
    assert found.solved[0] == ("team", 17)
    assert found.ways[1] == (ONE, TWO, 24 + 7.5, round(24 + 7.5 + 20 / 30, 4), 20)
    alone = Settled(supported(), (14, ONE)).until(END)
    assert alone.ways[1] == (ONE, BASE, 24 + 7.5, 24 + 8.5, 30)


@pytest.mark.parametrize(
    ("opened", "site", "turned", "km_home", "km", "arrived"),
    [
        # Home from 11:00 on, 30 km in an hour: a fifth of the way is driven at 11:12.
        (11.2, ONE, 11.2, 6, 6, 11.4),
        (11.2, TWO, 11.2, 6, 0.8 * 20 + 0.2 * 60, 13.5 + 28 / 30 - 0.3),
        # Half of the way is driven when the lunch begins, and the team is asked when it is over.
        (12, THREE, 13.5, 15, 75, 16),
        (13.9, ONE, 13.9, 27, 27, 14.8),
    ],
)
def test_a_team_on_its_way_home_turns_to_a_ticket_from_where_it_is(
    opened: float, site: str, turned: float, km_home: float, km: float, arrived: float
) -> None:
    found = Settled(supported(), (8, ONE), (opened, site)).until(20)
    there, home, on = (way[:2] + tuple(round(each, 4) for each in way[2:]) for way in found.ways[:3])
    assert there[:2] == (BASE, ONE)
    assert home == (ONE, BASE, 11, turned, km_home)
    assert on == (ONE, site, turned, round(arrived, 4), km)
    assert [trip.turned for trip in found.support.trips[:3]] == [False, True, False]


def test_a_team_that_is_home_again_sets_out_from_there() -> None:
    found = Settled(supported(), (8, ONE), (14.5, TWO)).until(20)
    assert found.ways[1:] == [(ONE, BASE, 11, 14, 30), (BASE, TWO, 14.5, 16.5, 60)]
    assert not any(trip.turned for trip in found.support.trips)


def test_the_way_from_the_road_is_what_the_rule_sees() -> None:
    seen = []

    def looks(team: Team, tickets: Any, view: DispatchView) -> Any:
        seen.append((team.site, view.free_teams, round(view.km(team, tickets[0]), 6)))
        return tickets[0]

    scenario = supported(teams={"mobile": TEAM | {"dispatch": "looks"}})
    Settled(scenario, (8, ONE), (11.2, THREE), rules={"looks": looks}).until(11.3)
    assert seen == [(SITES[BASE], 1, 30), (SITES[ONE], 1, 0.8 * 60 + 0.2 * 90)]


AT_ONE = ((8, ONE), (8.5, ONE), (8.5, ONE), (10, ONE))
"""The team arrives at 9:00; the last problem arises when it is there."""


@pytest.mark.parametrize(
    ("people", "solved", "worked"),
    [
        (1, (11, 15, 17, 24 + 9.5), (6, 2)),
        (2, (11, 11, 15, 17), (4, 2)),
        (3, (11, 11, 11, 15), (2, 2)),
        (20, (11, 11, 11, 15), (2, 2)),
    ],
)
def test_people_of_a_team_work_side_by_side_on_what_waits_when_they_arrive(
    people: int, solved: tuple[float, ...], worked: tuple[float, ...]
) -> None:
    found = Settled(supported(teams={"mobile": TEAM | {"people": people}}), *AT_ONE).until(END)
    assert [hour for _, hour in found.solved] == list(solved)
    visits = [trip for trip in found.support.trips if trip.worked_ms]
    assert [trip.km for trip in visits] == [30, 0]
    assert tuple(trip.worked_ms / MS_PER_HOUR for trip in visits) == worked


def test_a_person_takes_the_next_ticket_as_soon_as_it_is_free() -> None:
    problems = {f"of_{hours}": SLOW | {"on_site": {"takes": f"{hours} h"}} for hours in (1, 3)}
    opened = ((8, ONE, "of_3"), (8.1, ONE, "of_1"), (8.2, ONE, "of_1"), (8.3, ONE, "of_1"))
    found = Settled(supported(problems, {"mobile": TEAM | {"people": 2}}), *opened).until(END)
    # From 9:00 on: one person until 14:00, lunch not counted; the other one hour each.
    assert found.solved == [("team", 14), ("team", 10), ("team", 11), ("team", 14)]


@pytest.mark.parametrize("hours", [(8, 8.5), (20, 21)])
@pytest.mark.parametrize(("people", "ways"), [(1, [(BASE, ONE)] * 2), (2, [(BASE, ONE)])])
def test_no_second_team_sets_out_to_where_one_with_people_to_spare_is_bound(
    hours: tuple[float, float], people: int, ways: list[tuple[str, str]]
) -> None:
    """On a working day one after the other, and both at once when the next day begins."""
    two_teams = {"mobile": TEAM | {"number": 2, "people": people}}
    found = Settled(supported(teams=two_teams), *((hour, ONE) for hour in hours)).until(hours[0] + 13)
    assert [way[:2] for way in found.ways if way[1] == ONE] == ways


def test_two_teams_go_to_two_places() -> None:
    found = Settled(supported(teams={"mobile": TEAM | {"number": 2}}), (8, ONE), (8, TWO)).until(END)
    assert found.solved == [("team", 11), ("team", 14)]


NOBODY_COMES: list[dict[str, Any]] = [
    {},
    {"mobile": TEAM | {"number": 0}},
    {"mobile": TEAM | {"base": {"names": [TWO]}}},
]


@pytest.mark.parametrize("teams", NOBODY_COMES)
def test_where_no_team_comes_the_problem_lasts_as_long_as_it_does(teams: dict[str, Any]) -> None:
    assert Settled(supported(teams=teams), (8, ONE)).until(END).solved == [("alone", 8 + 72)]


QUICK = {**SLOW, "alone": "90 min"}
"""A problem that the place itself has solved after 90 minutes."""
TWO_KINDS = {"device": SLOW, "quick": QUICK}


def test_a_team_finds_nothing_to_do_where_the_place_was_sooner_and_goes_on() -> None:
    found = Settled(supported(TWO_KINDS), (8, TWO, "quick"), (8.5, ONE, "device")).until(END)
    # The way to TWO takes until 10:00, that from there to ONE 40 minutes.
    assert found.solved == [("alone", 9.5), ("team", round(14 + 2 / 3, 4))]
    assert [way[:4] for way in found.ways[:2]] == [(BASE, TWO, 8, 10), (TWO, ONE, 10, round(10 + 2 / 3, 4))]
    assert [trip.worked_ms / MS_PER_HOUR for trip in found.support.trips[:2]] == [0, 2]


def test_the_earlier_of_both_ends_counts_and_frees_the_person() -> None:
    found = Settled(supported(TWO_KINDS), (8, ONE, "quick"), (8.5, ONE, "device")).until(END)
    # One person from 9:00; the first problem is gone at 9:30, and the second takes until 11:30.
    assert found.solved == [("alone", 9.5), ("team", 11.5)]
    assert found.support.trips[0].worked_ms == 2.5 * MS_PER_HOUR


def test_what_the_place_has_solved_is_no_work_of_the_team() -> None:
    found = Settled(supported(TWO_KINDS), (8, ONE, "device"), (8.5, ONE, "quick")).until(END)
    assert found.solved == [("team", 11), ("alone", 10)]
    assert found.ways[1] == (ONE, BASE, 11, 14, 30)


def test_the_first_kind_of_team_with_a_base_above_comes() -> None:
    teams = {
        "nobody": TEAM | {"number": 0},
        "local": TEAM | {"base": {"names": [TWO]}},
        "mobile": TEAM,
    }
    found = Settled(supported(teams=teams), (8, ONE), (8, TWO)).until(END)
    assert [(trip.team, trip.base) for trip in found.support.trips[:2]] == [
        ("local", SITES[TWO]),
        ("mobile", SITES[BASE]),
    ]
    assert found.solved == [("team", 11), ("team", 10)]


def test_the_last_team_in_reserve_waits_until_a_ticket_is_urgent() -> None:
    careful = TEAM | {"dispatch": "reserve", "reserve": 1, "urgent_after": "1 day"}
    blocking = {**SLOW, "effect": {"blocks": ["dossiers"]}}
    scenario = supported({"device": SLOW, "certificate": blocking}, {"mobile": careful})
    # The rule is asked every hour of opening: at 07:30 the ticket is 23.5 hours old, at 08:30 it is urgent.
    assert Settled(scenario, (8, ONE, "device")).until(END).ways[0][2] == 24 + 8.5
    assert Settled(scenario, (8, ONE, "certificate")).until(END).ways[0][2] == 8
    two = supported({"device": SLOW}, {"mobile": careful | {"number": 2}})
    assert [way[2] for way in Settled(two, (8, ONE), (8, TWO)).until(12).ways] == [8, 11]


def test_a_pool_is_as_slow_as_its_worst_problem_and_lacks_all_who_are_held() -> None:
    problems = {
        "device": {**SLOW, "effect": {"pools": ["reception"], "slower": 1.5, "holds": 1}, "alone": "10 h"},
        "skill": {**SLOW, "effect": {"slower": 3, "holds": 2}, "alone": "2 h"},
    }
    found = Settled(supported(problems, {}), (1, ONE, "device"), (3, ONE, "skill"), (4, TWO, "device"))
    pools = found.built.world.pools
    numbers = [
        next(n for n, pool in enumerate(pools) if pool["site"] == SITES[name] and pool["role"] == 0)
        for name in (ONE, TWO)
    ]
    seen = []
    for hour in (2, 3.5, 4.5, 6, 12):
        found.until(hour)
        seen.append([(int(found.env.people[n]), float(found.env.stretch[n])) for n in numbers])
    # Two people at each counter; three are held at the first one between 3:00 and 5:00.
    assert seen == [
        [(1, 1.5), (2, 1)],
        [(0, 3), (2, 1)],
        [(0, 3), (1, 1.5)],
        [(1, 1.5), (1, 1.5)],
        [(2, 1), (1, 1.5)],
    ]


def test_a_system_is_blocked_at_one_site_until_the_last_ticket_is_solved() -> None:
    blocking = {**SLOW, "effect": {"blocks": ["dossiers"]}, "alone": "10 h"}
    found = Settled(supported({"certificate": blocking}, {}), (1, ONE), (2, ONE))
    number = found.built.control_plan.systems.name.index("dossiers")

    def reach(hour: float) -> list[bool]:
        state = found.until(hour).env.reach
        return [bool(int(state[SITES[name]]) >> number & 1) for name in (ONE, TWO)]

    assert [reach(hour) for hour in (1.5, 11.5, 12.5)] == [[False, True], [False, True], [True, True]]


def test_a_rule_that_chooses_what_is_not_there_is_named() -> None:
    scenario = supported(teams={"mobile": TEAM | {"dispatch": "odd"}})
    first: list[Any] = []

    def odd(team: Any, tickets: Any, view: Any) -> Any:
        first.extend(tickets)
        return first[0]

    found = Settled(scenario, (8, ONE), (12, ONE), rules={"odd": odd})
    with pytest.raises(ValueError, match="the rule odd chose"):
        found.until(END)


def by_date(*numbers: tuple[str, int], **more: Any) -> dict[str, Any]:
    """No team at first, then so many from each date on."""
    changes = {f"from_{n}": {"at": at, "number": number} for n, (at, number) in enumerate(numbers)}
    return {"mobile": TEAM | {"number": 0, "changes": changes} | more}


def test_teams_that_come_on_a_date_take_on_what_is_still_open() -> None:
    scenario = supported({"device": SLOW | {"alone": "20 days"}}, by_date(("2025-07-09", 1)))
    found = Settled(scenario, (8, ONE), (9, TWO)).until(END)
    assert found.ways[0][:3] == (BASE, ONE, 2 * 24 + 7.5)
    assert [by for by, _ in found.solved] == ["team", "team"]
    assert {ticket.waits_since_ms for ticket in found.tickets} == {2 * 24 * MS_PER_HOUR}


def test_a_team_that_is_withdrawn_ends_its_visit_and_is_sent_no_more() -> None:
    scenario = supported(teams=by_date(("2025-07-01", 1), ("2025-07-09", 0)))
    found = Settled(scenario, (24 + 16, ONE), (24 + 17, TWO), (48 + 18, TWO)).until(END)
    assert found.solved == [("team", 48 + 9.5), ("alone", 24 + 17 + 72), ("alone", 48 + 18 + 72)]
    assert found.ways == [(BASE, ONE, 24 + 16, 24 + 17, 30), (ONE, BASE, 48 + 9.5, 48 + 10.5, 30)]
    assert not any(trip.turned for trip in found.support.trips)


def test_what_waits_for_teams_that_go_is_taken_on_by_the_next_kind() -> None:
    teams = by_date(("2025-07-01", 1), ("2025-07-09", 0)) | {"others": TEAM}
    found = Settled(supported(teams=teams), (24 + 18, ONE)).until(END)
    assert [trip.team for trip in found.support.trips] == ["others", "others"]


def test_a_number_with_a_last_day_is_as_before_after_it() -> None:
    changes = {"x": {"at": "2025-07-08", "until": "2025-07-09", "number": 3, "where": {"names": [ONE]}}}
    base = {"names": [ONE, TWO]}
    scenario = supported(teams={"mobile": TEAM | {"base": base, "changes": changes}})
    built = build(scenario)
    assert built.control_plan.support.teams[0].teams_on[:4].tolist() == [[1, 1], [3, 1], [3, 1], [1, 1]]
    # Two teams in 14 days, and two more for two of them.
    (paid_for,) = helpers_table(scenario, built).column("number").to_pylist()
    assert paid_for == pytest.approx(2 + 2 * 2 / 14)
