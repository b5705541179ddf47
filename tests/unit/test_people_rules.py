"""Rules about people and ways (E43 to E53), one by one, in worlds small enough to be worked out by hand.

Each test runs in both engines, as those of ``test_engine_rules.py``. Unless said otherwise dossiers are filed
at 9:00 and everything is open round the clock.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.engine.flow import run_flow
from sim.engine.reference import run_reference
from sim.world.arrays import (
    CHOOSE_LEAST_LOADED,
    CITIZEN,
    COMPLETED,
    COVER_WHEN_ABSENT,
    F_APOLOGIES,
    F_ESCALATED,
    F_FILED_ELSEWHERE,
    F_FINISHED,
    F_GAVE_UP,
    F_NEW_DATE_KEPT,
    F_REFUSED,
    F_SUPPLEMENTS,
    F_TRAVEL_M,
    F_VISITS,
    F_WITH_DEADLINE,
    F_WITHDRAWN,
    FORK,
    LOG_CITIZEN,
    LOG_FINISH,
    LOG_JOIN,
    LOG_SERVICE,
    LOG_TRANSFER,
    LOG_WAIT_ENDS,
    MS_PER_HOUR,
    ON_PAPER,
    P_BUSY_MS,
    P_STARTED,
    P_WAIT_MS,
    REFUSED,
    TRAIT_ELSEWHERE,
    TRAIT_LATE,
    WITHDRAWN,
)
from tests.support.small_worlds import (
    CENTRE,
    COMMUNE,
    OFFICE_HOURS,
    PROVINCE,
    Branch,
    Channel,
    Cover,
    Procedure,
    Role,
    Step,
    Trait,
)
from tests.support.steering import (
    FILED_AT_HOUR,
    Change,
    Result,
    cause_hours,
    counted,
    headcount,
    hours,
    play,
    rows,
    world_with_filings,
)

Engine = Callable[..., Result]
DONE = (Branch(COMPLETED),)
COMMUNE_SITE = 2
COVERED = 8  # bit of the detail of a service that somebody else's people did
IN_PERSON = Channel(in_person=True, segments=((1.0, FILED_AT_HOUR * MS_PER_HOUR, 1),))


@pytest.fixture(params=[run_reference, run_flow], ids=["naive", "compiled"])
def engine(request: pytest.FixtureRequest) -> Engine:
    result: Engine = request.param
    return result


def routes(row: int, steps: list[int], to: list[int]) -> Change:
    """From then on other steps are done instead."""
    return lambda _, env: env.set_routes(row, np.array(steps, np.int32), np.array(to, np.int32))


def steps_done(result: Result) -> list[int]:
    """The steps of all services, in order of their end."""
    return [int(row[1]) for row in sorted(rows(result, LOG_SERVICE), key=lambda row: row[4])]


@pytest.mark.parametrize(("has_it", "steps"), [(1.0, [0, 2]), (0.0, [0, 1])])
def test_e43_a_branch_with_a_condition_is_taken_when_the_dossier_has_the_trait(
    engine: Engine, has_it: float, steps: list[int]
) -> None:
    ways = (Branch(1), Branch(2, if_all=0b1))
    procedure = Procedure((Step(ways), Step(DONE), Step(DONE)), traits=(Trait(0b1, has_it),))
    assert steps_done(play(engine, world_with_filings(1, procedures=(procedure,)))) == steps


def test_e43_traits_of_the_stream_and_those_that_must_be_missing_count(engine: Engine) -> None:
    ways = (Branch(1, if_all=0b10, if_none=0b1), Branch(2))
    procedure = Procedure((Step(ways), Step(DONE), Step(DONE)), traits=(Trait(0b1, 0.0),))
    world = world_with_filings(1, procedures=(procedure,), stream_traits=0b10)
    assert steps_done(play(engine, world)) == [0, 1]


def test_e43_late_is_looked_up_when_the_branch_is_taken(engine: Engine) -> None:
    # Due at 17:00 of the first day; the first service ends at 15:00, the second at 21:00.
    back = (Branch(1, if_none=TRAIT_LATE), Branch(COMPLETED))
    procedure = Procedure((Step((Branch(1),)), Step((*back[:1], *back[1:]))), deadline_days=0)
    world = world_with_filings(
        1, procedures=(procedure,), tables=hours(6), calendars=(OFFICE_HOURS, ()), roles=(Role(calendar=1),)
    )
    assert steps_done(play(engine, world)) == [0, 1]


@pytest.mark.parametrize(("has_it", "due"), [(1.0, 72 + 17.0), (0.0, 24 + 17.0)])
def test_e43_a_trait_may_have_a_deadline_of_its_own(engine: Engine, has_it: float, due: float) -> None:
    procedure = Procedure((Step(DONE),), deadline_days=1, traits=(Trait(0b1, has_it, deadline_days=3),))
    world = world_with_filings(
        1, procedures=(procedure,), calendars=(OFFICE_HOURS, ()), roles=(Role(calendar=1),)
    )
    assert [row[3] for row in rows(play(engine, world), LOG_FINISH)] == [due]


@pytest.mark.parametrize(("at", "steps"), [(9.5, [0, 2]), (10.5, [0, 1])])
def test_e44_after_a_change_of_routes_dossiers_go_to_another_step(
    engine: Engine, at: float, steps: list[int]
) -> None:
    procedure = Procedure((Step((Branch(1),)), Step(DONE), Step(DONE)))
    world = world_with_filings(1, procedures=(procedure,), tables=hours(1))
    assert steps_done(play(engine, world, {at: routes(0, [1], [2])})) == steps


def test_e44_a_filing_follows_the_routes_of_its_home_and_belongs_to_the_procedure_of_its_step(
    engine: Engine,
) -> None:
    procedures = (Procedure((Step(DONE),), deadline_days=-1), Procedure((Step(DONE),), deadline_days=2))
    world = world_with_filings(1, procedures=procedures, roles=(Role(people=2),), route_rows=2)
    # The commune is site 2: row 0.
    moved = play(engine, world, {1: routes(0, [0], [1])})
    assert steps_done(moved) == [1, 1] and counted(moved, F_WITH_DEADLINE) == 2
    other_row = play(engine, world, {1: routes(1, [0], [1])})
    assert sorted(steps_done(other_row)) == [0, 1] and counted(other_row, F_WITH_DEADLINE) == 1


def forked(*parts: Step, last: tuple[Branch, ...] = DONE, medium: int = 0, **options: Any) -> tuple[Any, int]:
    """One dossier that forks at once into these parts, and is then signed by role 0 for an hour (table 0)."""
    places = tuple(range(2, 2 + len(parts)))
    steps = (Step((Branch(1),), kind=FORK, parts=places), Step(last), *parts)
    plain: dict[str, Any] = {
        "procedures": (Procedure(steps),),
        "roles": (Role(), Role(levels=(COMMUNE, CENTRE))),
        "tables": hours(1, 2, 3),
        "latency_ms": 0,
        "dossier_bits": 0.0,
        "channels": (Channel(medium, segments=((1.0, FILED_AT_HOUR * MS_PER_HOUR, 1),)),),
    }
    return world_with_filings(1, **(plain | options))


def test_e45_parts_run_side_by_side_and_the_last_one_lets_the_dossier_go_on(engine: Engine) -> None:
    result = play(engine, forked(Step(DONE, table=1), Step(DONE, role=1, table=2)))
    assert [row[1:5] for row in rows(result, LOG_SERVICE)] == [(1, 12, 12, 13), (2, 9, 9, 11), (3, 9, 9, 12)]
    assert [row[2:] for row in rows(result, LOG_JOIN)] == [(9, 9, 12, 2)]
    # The three hours of the longer part, then the one of the signature.
    assert cause_hours(result) == [4, 0, 0, 0, 0, 0, 0]
    assert counted(result, F_FINISHED) == 1


def test_e45_a_part_done_elsewhere_comes_back_before_it_joins(engine: Engine) -> None:
    parts = (Step(DONE, table=1), Step(DONE, role=1, level=CENTRE, table=0))
    result = play(engine, forked(*parts, medium=ON_PAPER, courier_table=1))
    # Two hours there, one hour of work, two hours back.
    assert [row[2:5] for row in rows(result, LOG_TRANSFER)] == [(9, 9, 11), (12, 12, 14)]
    assert [row[4:] for row in rows(result, LOG_JOIN)] == [(14, 2)]
    assert cause_hours(result) == [2, 0, 0, 0, 0, 4, 0]


def test_e45_parts_of_one_pool_are_taken_in_their_order(engine: Engine) -> None:
    result = play(engine, forked(Step(DONE, table=1), Step(DONE, table=2)))
    assert [row[1:5] for row in rows(result, LOG_SERVICE)][1:] == [(2, 9, 9, 11), (3, 9, 11, 14)]
    assert cause_hours(result) == [4, 2, 0, 0, 0, 0, 0]


def test_e45_a_part_that_is_refused_refuses_the_dossier_when_all_have_joined(engine: Engine) -> None:
    result = play(engine, forked(Step((Branch(REFUSED),), table=1), Step(DONE, role=1, table=2)))
    assert [row[4] for row in rows(result, LOG_FINISH)] == [12]
    assert counted(result, F_REFUSED) == 1 and steps_done(result) == [2, 3]


def patient(limit: float = 1, **step: Any) -> dict[str, Any]:
    """Work of two hours (table 0) for which nobody waits longer than so many hours (table 1)."""
    given: dict[str, Any] = {"limit_table": 1, "limit_to": WITHDRAWN} | step
    return {"procedures": (Procedure((Step(DONE, **given), Step(DONE))),), "tables": hours(2, limit)}


def test_e46_who_has_waited_so_long_leaves(engine: Engine) -> None:
    result = play(engine, world_with_filings(2, **patient()))
    assert [row[2:5] for row in rows(result, LOG_WAIT_ENDS)] == [(9, 10, 10)]
    assert [row[3:5] for row in rows(result, LOG_SERVICE)] == [(9, 11)]
    assert (counted(result, F_WITHDRAWN), counted(result, F_ESCALATED), counted(result, F_GAVE_UP)) == (
        1,
        1,
        0,
    )
    assert result.tally.pools[..., P_WAIT_MS].sum() == MS_PER_HOUR
    assert result.tally.pools[..., P_STARTED].sum() == 1
    assert counted(result, F_WITH_DEADLINE) == 1


def test_e46_who_is_called_at_that_very_moment_is_served(engine: Engine) -> None:
    result = play(engine, world_with_filings(2, **patient(limit=2)))
    assert [row[3:5] for row in rows(result, LOG_SERVICE)] == [(9, 11), (11, 13)]


@pytest.mark.parametrize(("channel", "who_left"), [(Channel(), 0), (Channel(in_person=True), 1)])
def test_e46_patience_is_that_of_citizens_at_the_counter(
    engine: Engine, channel: Channel, who_left: int
) -> None:
    nine = ((1.0, FILED_AT_HOUR * MS_PER_HOUR, 1),)
    channels = (Channel(in_person=channel.in_person, segments=nine),)
    world = world_with_filings(2, channels=channels, **patient(limit_in_person=True))
    assert counted(play(engine, world), F_GAVE_UP) == who_left


def test_e46_who_waited_too_long_may_go_on_to_another_desk(engine: Engine) -> None:
    result = play(engine, world_with_filings(2, **patient(limit_to=1), roles=(Role(people=1),)))
    # The second leaves the queue at 10, and is back in it for the other step.
    assert [row[1:5] for row in rows(result, LOG_SERVICE)] == [(0, 9, 9, 11), (1, 10, 11, 13)]


def test_e46_the_limit_runs_in_opening_hours(engine: Engine) -> None:
    options = patient() | {"calendars": (((8, 9.5), (13, 17)),)}
    result = play(engine, world_with_filings(2, **options))
    assert [row[4] for row in rows(result, LOG_WAIT_ENDS)] == [13.5]


def test_e46_a_limit_that_ends_before_one_that_is_pending_still_holds(engine: Engine) -> None:
    """A first wait with a long limit ends in service; the next has a shorter one, in the same hour."""
    steps = (
        Step((Branch(1),), limit_table=1, limit_to=WITHDRAWN),
        Step(DONE, role=1, limit_table=2, limit_to=WITHDRAWN),
    )
    world = world_with_filings(
        2, procedures=(Procedure(steps),), roles=(Role(), Role()), tables=hours(0.5, 9, 0.25)
    )
    result = play(engine, world, {1: headcount(1, 0)})
    assert [row[2:5] for row in rows(result, LOG_WAIT_ENDS)] == [(9.5, 9.75, 9.75), (10, 10.25, 10.25)]


def test_e47_a_citizen_who_comes_again_brings_a_visit_and_a_new_deadline(engine: Engine) -> None:
    steps = (
        Step((Branch(1, once=1), Branch(2, share=1e-9))),
        Step((Branch(0),), kind=CITIZEN, asks=False, table=1),
    )
    procedure = Procedure((*steps, Step(DONE)), deadline_days=0)
    world = world_with_filings(
        1,
        procedures=(procedure,),
        channels=(IN_PERSON,),
        tables=hours(1, 30),
        calendars=(OFFICE_HOURS, ()),
        roles=(Role(calendar=1),),
        supplement_limit_days=1,
        days=4,
    )
    result = play(engine, world)
    # Asked at 10:00, there again at 16:00 of the next day, after the cut-off: due the day after that.
    assert [row[2:5] for row in rows(result, LOG_CITIZEN)] == [(10, 10, 40)]
    assert [row[2:4] for row in rows(result, LOG_FINISH)] == [(9, 48 + 17)]
    assert (counted(result, F_VISITS), counted(result, F_SUPPLEMENTS)) == (2, 0)
    assert counted(result, F_TRAVEL_M) == 8000


def test_e48_a_late_dossier_gets_one_apology_that_takes_work_and_a_new_date(engine: Engine) -> None:
    steps = (Step((Branch(1),)), Step((Branch(2),)), Step(DONE))
    world = world_with_filings(
        1,
        procedures=(Procedure(steps, deadline_days=0),),
        tables=hours(5, 1),
        calendars=(OFFICE_HOURS, ()),
        roles=(Role(calendar=1),),
        apology_days=0,
        apology_table=1,
    )
    result = play(engine, world)
    # Due at 17:00; the step begun at 14:00 ends at 19:00, and the next one lasts an hour longer.
    assert [row[3:5] for row in rows(result, LOG_SERVICE)] == [(9, 14), (14, 19), (19, 25)]
    # Sent after the cut-off: the new date is the end of the next day.
    assert (counted(result, F_APOLOGIES), counted(result, F_NEW_DATE_KEPT)) == (1, 1)


TWO_COMMUNES: dict[str, Any] = {
    "communes": 2,
    "procedures": (Procedure((Step((Branch(1),), at_desk=True), Step(DONE, role=1))),),
    "roles": (Role(people=3), Role(people=3)),
    "channels": (IN_PERSON,),
    "tables": hours(1),
    "latency_ms": 0,
    "dossier_bits": 0.0,
}


def sites(result: Result, event: int) -> list[int]:
    """Sites of the rows of a kind, in the order of dossier and step."""
    return [row[4] for row in sorted(result.log.tolist()) if row[3] == event]


def test_e49_citizens_go_to_their_desk_and_the_work_to_their_commune(engine: Engine) -> None:
    result = play(engine, world_with_filings(1, **TWO_COMMUNES, one_desk=True))
    assert sites(result, LOG_SERVICE) == [2, 2, 2, 3]
    assert counted(result, F_TRAVEL_M) == 2 * 4000
    assert result.tally.flow[3, ..., F_FINISHED].sum() == 1


def test_e49_control_may_send_citizens_to_another_desk(engine: Engine) -> None:
    def closed(_: object, env: Any) -> None:
        env.set_desks(np.array([2], np.int32), np.array([3], np.int32), np.array([7000], np.int32))

    result = play(engine, world_with_filings(1, **TWO_COMMUNES), {2: closed})
    assert sites(result, LOG_SERVICE) == [3, 2, 3, 3]
    assert counted(result, F_TRAVEL_M) == 4000 + 7000


def test_e50_replayed_filings_come_when_the_file_says(engine: Engine) -> None:
    # Two filings on the first day: one drawn, one replayed.
    replayed = ((1, 8 * MS_PER_HOUR, 0), (0, 9 * MS_PER_HOUR, 0))
    world = world_with_filings(2, replayed=replayed, tables=hours(1))
    assert [row[2] for row in rows(play(engine, world), LOG_SERVICE)] == [9, 9, 32]


def test_e51_some_file_at_another_commune_and_are_still_served_by_their_own(engine: Engine) -> None:
    result = play(engine, world_with_filings(1, **TWO_COMMUNES, elsewhere_share=1.0))
    assert sites(result, LOG_SERVICE) == [3, 2, 2, 3]
    assert counted(result, F_FILED_ELSEWHERE) == 2
    assert counted(result, F_TRAVEL_M) == 2000 + 3000  # as the candidates of the world say


def test_e51_the_least_loaded_candidate_is_chosen(engine: Engine) -> None:
    options = TWO_COMMUNES | {
        "communes": 3,
        "roles": (Role(people=1), Role(people=3)),
        "elsewhere_share": 1.0,
        "choose": CHOOSE_LEAST_LOADED,
    }
    result = play(engine, world_with_filings(1, **options))
    # The first goes to commune 3; the second finds 2 free, the third finds 2 and 3 busy alike.
    assert [row[4] for row in sorted(result.log.tolist()) if row[3] == LOG_SERVICE and row[2] == 0] == [
        3,
        2,
        2,
    ]


def test_e51_where_it_was_filed_is_a_trait(engine: Engine) -> None:
    ways = (Branch(1), Branch(COMPLETED, if_all=TRAIT_ELSEWHERE))
    options = TWO_COMMUNES | {"procedures": (Procedure((Step(ways, at_desk=True), Step(DONE, role=1))),)}
    assert steps_done(play(engine, world_with_filings(1, **options, elsewhere_share=1.0))) == [0, 0]


COUNTER_AND_HELPER: dict[str, Any] = {
    "procedures": (Procedure((Step(DONE),)), Procedure((Step(DONE, role=1, table=1),))),
    "roles": (Role(people=1), Role(people=1)),
    "tables": hours(2, 1),
}


def test_e52_who_has_no_own_work_covers_others_more_slowly(engine: Engine) -> None:
    world = world_with_filings(3, **COUNTER_AND_HELPER, covers=(Cover(1, 0, stretch=1.5),))
    result = play(engine, world)
    # The work of the counter comes first: one is served there, the helper takes the second, the third waits.
    assert [row[3:] for row in rows(result, LOG_SERVICE)] == [
        (9, 11, 0),
        (9, 12, COVERED),
        (11, 13, 0),
        (12, 13, 0),
        (13, 14, 0),
        (14, 15, 0),
    ]
    busy = result.tally.pools[..., P_BUSY_MS].sum(axis=1) / MS_PER_HOUR
    assert busy.tolist() == [4, 3 + 3]


def test_e52_a_deputy_covers_only_while_nobody_is_there(engine: Engine) -> None:
    options = COUNTER_AND_HELPER | {
        "procedures": (Procedure((Step(DONE),)), Procedure((Step(DONE, role=1),)))
    }
    world = world_with_filings(1, **options, covers=(Cover(1, 0, when=COVER_WHEN_ABSENT),))
    here = play(engine, world)
    assert [row[5] for row in rows(here, LOG_SERVICE)] == [0, 0]
    away = play(engine, world, {1: headcount(0, 0)})
    assert [row[3:] for row in rows(away, LOG_SERVICE)] == [(9, 11, COVERED), (11, 13, 0)]


def test_e52_a_coverer_that_is_closed_is_woken_by_the_work_of_others(engine: Engine) -> None:
    roles = (Role(people=0), Role(people=1, calendar=1))
    world = world_with_filings(
        1, calendars=((), ((14, 18),)), tables=hours(1), roles=roles, covers=(Cover(1, 0),)
    )
    assert [row[2:] for row in rows(play(engine, world), LOG_SERVICE)] == [(9, 14, 15, COVERED)]


def test_e18_a_shared_pool_serves_all_communes_of_its_province(engine: Engine) -> None:
    options = TWO_COMMUNES | {"shared_roles": frozenset({1})}
    result = play(engine, world_with_filings(1, **options))
    assert sites(result, LOG_SERVICE) == [2, 2, 3, 2]
    assert sites(result, LOG_TRANSFER) == [1, 2]  # by way of the province


def test_e53_an_open_request_holds_a_person(engine: Engine) -> None:
    request = Procedure((Step(DONE, role=1, level=PROVINCE, table=1),), holds=(COMMUNE, 0))
    world = world_with_filings(
        1,
        procedures=(request, Procedure((Step(DONE),))),
        roles=(Role(people=1), Role(levels=(PROVINCE,))),
        tables=hours(1, 4),
        latency_ms=0,
        dossier_bits=0.0,
    )
    result = play(engine, world)
    # Both are filed at 9; the person is held until the request is settled at 13.
    assert [row[1:5] for row in rows(result, LOG_SERVICE)] == [(0, 9, 9, 13), (1, 9, 13, 14)]
