"""Rules of the engine, one by one, in worlds small enough to be worked out by hand.

Each test runs in both engines: what both get wrong in the same way would pass the comparison of the two.
"""

from collections.abc import Callable

import pytest

from sim.engine.flow import run_flow
from sim.engine.reference import run_reference
from sim.world.arrays import (
    CITIZEN,
    CLOCK_RESTARTS,
    COMPLETED,
    EARLIEST_DUE_DATE,
    F_BACK_ENTRIES,
    F_CLOSED_UNANSWERED,
    F_MANUAL,
    F_ON_TIME,
    F_SHUTTLES,
    F_SUPPLEMENTS,
    F_WITH_DEADLINE,
    FINISH,
    FIRST_COME,
    LOG_CITIZEN,
    LOG_FINISH,
    LOG_PUT_ASIDE,
    LOG_SERVICE,
    LOG_TRANSFER,
    MANUAL,
    MS_PER_HOUR,
    ON_PAPER,
    P_BUSY_MS,
    P_QUEUED_AT_MIDNIGHT,
    P_STARTED,
    P_WAIT_MS,
    P_WAITED,
    PAPER,
    PRIORITY,
    RESUME,
)
from tests.support.small_worlds import CENTRE, OFFICE_HOURS, Branch, Channel, Procedure, Role, Step
from tests.support.steering import (
    FILED_AT_HOUR,
    LINE_BITS_PER_MS,
    Result,
    cause_hours,
    counted,
    headcount,
    hours,
    link,
    play,
    rows,
    system,
    world_with_filings,
)

Engine = Callable[..., Result]
DONE = (Branch(COMPLETED),)
COMMUNE_SITE = 2
SYSTEM = 0b1


@pytest.fixture(params=[run_reference, run_flow], ids=["naive", "compiled"])
def engine(request: pytest.FixtureRequest) -> Engine:
    result: Engine = request.param
    return result


# Resumed: 9-10 and 16-17 on the first day, 9-10 on the second. Otherwise from 9 to 12.
@pytest.mark.parametrize(("rule", "ends"), [(RESUME, 24 + 10.0), (FINISH, 12.0)])
def test_e28_work_at_the_end_of_the_shift_waits_for_the_morning_or_overruns(
    engine: Engine, rule: int, ends: float
) -> None:
    world = world_with_filings(
        1, calendars=(((9, 10), (16, 17)),), tables=hours(3), roles=(Role(end_of_shift=rule),)
    )
    assert rows(play(engine, world), LOG_SERVICE) == [(0, 0, 9.0, 9.0, ends, 0)]


@pytest.mark.parametrize(
    ("rule", "order"), [(FIRST_COME, [0, 1, 2]), (EARLIEST_DUE_DATE, [0, 2, 1]), (PRIORITY, [0, 1, 2])]
)
def test_e24_the_queue_rule_decides_who_is_next(engine: Engine, rule: int, order: list[int]) -> None:
    procedures = tuple(
        Procedure((Step(DONE),), deadline_days=days, priority=priority)
        for days, priority in ((5, 0), (5, 1), (1, 2))
    )
    world = world_with_filings(1, procedures=procedures, tables=hours(1), roles=(Role(queue_rule=rule),))
    served = sorted(rows(play(engine, world), LOG_SERVICE), key=lambda row: row[3])
    assert [row[0] for row in served] == order


def test_e24_the_smaller_priority_number_goes_first(engine: Engine) -> None:
    procedures = tuple(Procedure((Step(DONE),), priority=priority) for priority in (0, 2, 1))
    world = world_with_filings(1, procedures=procedures, tables=hours(1), roles=(Role(queue_rule=PRIORITY),))
    served = sorted(rows(play(engine, world), LOG_SERVICE), key=lambda row: row[3])
    assert [row[0] for row in served] == [0, 2, 1]


def test_e26_a_closed_pool_starts_when_it_opens(engine: Engine) -> None:
    world = world_with_filings(3, calendars=(((14, 18),),), tables=hours(1), roles=(Role(people=2),))
    result = play(engine, world)
    assert [row[2:5] for row in rows(result, LOG_SERVICE)] == [(9, 14, 15), (9, 14, 15), (9, 15, 16)]
    assert cause_hours(result) == [3, 1, 15, 0, 0, 0, 0]


def test_e30_nobody_is_interrupted_and_new_people_start_at_once(engine: Engine) -> None:
    world = world_with_filings(4, tables=hours(2), roles=(Role(people=2),))
    result = play(engine, world, {10: headcount(0, 0), 14: headcount(0, 1), 15: headcount(0, 3)})
    assert [row[3:5] for row in rows(result, LOG_SERVICE)] == [(9, 11), (9, 11), (14, 16), (15, 17)]


def two_places() -> dict[str, object]:
    """A step at the commune, then one at the centre; half an hour each."""
    steps = (Step((Branch(1),)), Step(DONE, role=1, level=CENTRE))
    roles = (Role(), Role(levels=(CENTRE,)))
    return {"procedures": (Procedure(steps),), "roles": roles, "tables": hours(0.5, 3)}


def test_e19_electronic_dossiers_take_the_links_one_after_the_other(engine: Engine) -> None:
    # As many bits as this take half an hour on each of the two links.
    world = world_with_filings(1, dossier_bits=LINE_BITS_PER_MS * MS_PER_HOUR / 2, **two_places())
    result = play(engine, world)
    assert sorted(rows(result, LOG_TRANSFER)) == [(0, 1, 9.5, 9.5, 10, 0), (0, 1, 10, 10, 10.5, 0)]
    assert cause_hours(result) == [1, 0, 0, 0, 0, 1, 0]


def test_e19_they_wait_in_the_outbox_until_every_link_on_the_way_works(engine: Engine) -> None:
    world = world_with_filings(1, dossier_bits=0.0, **two_places())
    changes = {
        9.25: link(COMMUNE_SITE, False),
        11: link(1, False),
        12: link(COMMUNE_SITE, True),
        13: link(1, True),
    }
    result = play(engine, world, changes)
    assert sorted(rows(result, LOG_TRANSFER)) == [(0, 1, 9.5, 13, 13, 0), (0, 1, 13, 13, 13, 0)]
    assert cause_hours(result) == [1, 0, 0, 3.5, 0, 0, 0]


def test_e19_paper_goes_by_courier_in_the_hours_of_the_courier(engine: Engine) -> None:
    by_post = (Channel(medium=ON_PAPER, segments=((1.0, FILED_AT_HOUR * MS_PER_HOUR, 1),)),)
    world = world_with_filings(
        1,
        channels=by_post,
        **(two_places() | {"calendars": ((), OFFICE_HOURS), "courier_calendar": 1, "courier_table": 1}),
    )
    # Three hours of the courier from 9:30, with lunch from 12 to 13.
    assert rows(play(engine, world), LOG_TRANSFER) == [(0, 1, 9.5, 9.5, 13.5, 0)]


def supplement(answer_hours: float, **options: object) -> dict[str, object]:
    """A step, a question to the citizen, and a step again."""
    steps = (
        Step((Branch(1, once=True, share=3.0), Branch(COMPLETED, share=0.0))),
        Step((Branch(0),), kind=CITIZEN, table=1),
    )
    plain = {"procedures": (Procedure(steps, deadline_days=1),), "tables": hours(1, answer_hours)}
    return plain | {"calendars": ((), OFFICE_HOURS), "days": 8} | options


def test_e21_a_question_is_asked_once_and_then_the_other_branch_is_taken(engine: Engine) -> None:
    result = play(engine, world_with_filings(1, **supplement(20)))
    assert rows(result, LOG_CITIZEN) == [(0, 1, 10, 10, 30, 0)]
    assert [row[2:5] for row in rows(result, LOG_SERVICE)] == [(9, 9, 10), (30, 30, 31)]
    assert counted(result, F_SUPPLEMENTS) == 1


def test_e17_the_clock_restarts_with_the_answer(engine: Engine) -> None:
    options = supplement(48, clock_after_supplement=CLOCK_RESTARTS, supplement_limit_days=6)
    result = play(engine, world_with_filings(1, **options))
    # Answered at 10:00 of day 2, and the official calendar never closes: due at the end of day 3.
    assert rows(result, LOG_FINISH) == [(0, 0, 9, 4 * 24, 59, 1)]
    assert counted(result, F_ON_TIME) == 1


def test_e22_without_an_answer_the_dossier_is_closed_at_the_limit(engine: Engine) -> None:
    result = play(engine, world_with_filings(1, **supplement(48, supplement_limit_days=1)))
    assert rows(result, LOG_CITIZEN) == [(0, 1, 10, 10, 48, 1)]
    assert rows(result, LOG_FINISH) == [(0, 1, 9, 48, 48, 3)]
    assert (counted(result, F_CLOSED_UNANSWERED), counted(result, F_WITH_DEADLINE)) == (1, 0)


def one_step_with_system(without: int) -> dict[str, object]:
    step = Step(DONE, needs=SYSTEM, without=without, manual_factor=2.0)
    back_entry = Step((), needs=SYSTEM, table=1)
    return {"procedures": (Procedure((step,)),), "back_entry": back_entry, "tables": hours(1, 0.5)}


def test_e27_a_step_by_hand_takes_longer_and_goes_on_as_it_began(engine: Engine) -> None:
    world = world_with_filings(2, **one_step_with_system(MANUAL))
    result = play(engine, world, {8: system(False), 10: system(True)})
    assert [row[3:] for row in rows(result, LOG_SERVICE)] == [(9, 11, 1), (11, 12, 0)]
    assert counted(result, F_MANUAL) == 1


def test_e27_e23_a_paper_step_is_entered_afterwards_when_the_dossier_is_finished(engine: Engine) -> None:
    world = world_with_filings(1, **one_step_with_system(PAPER))
    result = play(engine, world, {8: system(False), 12: system(True)})
    assert rows(result, LOG_FINISH)[0][4] == 11
    assert rows(result, LOG_SERVICE) == [(0, 0, 9, 9, 11, 3), (0, 1, 11, 12, 12.5, 0)]
    assert (counted(result, F_SHUTTLES), counted(result, F_BACK_ENTRIES)) == (1, 1)


def test_e32_e33_work_that_waits_for_a_lost_system_is_put_aside_and_goes_on_where_it_stopped(
    engine: Engine,
) -> None:
    step = Step(DONE, needs=SYSTEM)
    world = world_with_filings(1, procedures=(Procedure((step,)),), tables=hours(2))
    result = play(engine, world, {9.5: system(False), 12: system(True)})
    assert rows(result, LOG_PUT_ASIDE) == [(0, 0, 9, 9, 9.5, 0)]
    assert rows(result, LOG_SERVICE) == [(0, 0, 9.5, 12, 13.5, 4)]
    assert cause_hours(result) == [2, 0, 0, 2.5, 0, 0, 0]


def test_e25_what_needs_no_lost_system_is_done_meanwhile(engine: Engine) -> None:
    procedures = (Procedure((Step(DONE, needs=SYSTEM),)), Procedure((Step(DONE),)))
    world = world_with_filings(1, procedures=procedures, tables=hours(1))
    result = play(engine, world, {8: system(False), 14: system(True)})
    assert [row[3:5] for row in rows(result, LOG_SERVICE)] == [(14, 15), (9, 10)]


def test_e35_waiting_is_split_into_staff_signature_closed_and_outage(engine: Engine) -> None:
    signs = Role(calendar=1, windows_within=0)
    world = world_with_filings(
        2,
        calendars=(OFFICE_HOURS, ((10, 11), (15, 16.5))),
        tables=hours(1),
        roles=(signs,),
        procedures=(Procedure((Step(DONE, needs=SYSTEM),)),),
    )
    result = play(
        engine, world, {10: system(False), 10.5: system(True), 15.25: system(False), 15.5: system(True)}
    )
    # First: office hour before the window 9-10, outage 10-10.5, work 10.5-11 and 15-15.25, put aside to 15.5,
    # work to 15.75. Second: it waits longer: 9-15.75, and works until 16.5, then from 10 to 10.25 next day.
    assert [row[2:5] for row in rows(result, LOG_SERVICE)] == [(15.25, 15.5, 15.75), (9, 15.75, 34.25)]
    work, staff, closed, outage, signature, transfer, citizen = cause_hours(result)
    assert (work, staff, outage) == (2.0, 0.5 + 0.25 + 0.25, 0.5 + 0.25 + 0.5 + 0.25)
    assert closed == 1 + (1 + 15)
    assert signature == (1 + 3) + (1 + 3) + (0.5 + 2)
    assert (transfer, citizen) == (0, 0)


def test_e3_e38_pools_count_their_days(engine: Engine) -> None:
    world = world_with_filings(4, tables=hours(10), roles=(Role(people=1),))
    pools = play(engine, world).tally.pools[0]
    assert (pools[:, P_BUSY_MS] / MS_PER_HOUR).tolist() == [15, 24, 1]
    assert pools[:, P_STARTED].tolist() == [2, 2, 0]
    assert pools[:, P_WAITED].tolist() == [1, 2, 0]
    assert (pools[:, P_WAIT_MS] / MS_PER_HOUR).tolist() == [10, 20 + 30, 0]
    assert pools[:, P_QUEUED_AT_MIDNIGHT].tolist() == [2, 0, 0]
