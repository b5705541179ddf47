"""Rules about systems and status (E54 to E57, E61), one by one, in worlds that can be worked out by hand.

Each test runs in both engines, as those of ``test_engine_rules.py``. Unless said otherwise dossiers are filed
at 9:00, everything is open round the clock and one person works for an hour on each.
"""

from collections.abc import Callable
from typing import Any

import pytest

from sim.engine.addressed import uniform
from sim.engine.flow import run_flow
from sim.engine.reference import run_reference
from sim.engine.reference_demand import Demand
from sim.world.arrays import (
    COMPLETED,
    ELECTRONIC,
    F_BACK_ENTRIES,
    F_ENTRIES,
    F_FINISHED,
    F_FINISHED_OPEN,
    F_MANUAL,
    F_OUT_OF_STEP,
    F_OUT_OF_STEP_MS,
    F_PREFILLED,
    F_REDONE,
    F_SHUTTLES,
    F_SYNCED,
    F_SYNCED_LATE,
    FOR_SYNC_TRY,
    FORK,
    LOG_PUT_ASIDE,
    LOG_SERVICE,
    LOG_TRANSFER,
    MANUAL,
    MS_PER_HOUR,
    ON_PAPER,
    PAPER,
    SKIP_SYNC,
    World,
)
from tests.support.small_worlds import COMMUNE, OFFICE_HOURS, PROVINCE, Branch, Channel, Procedure, Role, Step
from tests.support.steering import (
    DEPENDENT,
    FILED_AT_HOUR,
    FIRST,
    OFFICES,
    SECOND,
    Result,
    cause_hours,
    counted,
    hours,
    play,
    rows,
    slowness,
    system,
    world_with_filings,
)

Engine = Callable[..., Result]
DONE = (Branch(COMPLETED),)
COMMUNE_SITE = 2
NEEDS_FIRST, NEEDS_SECOND, NEEDS_DEPENDENT = 1 << FIRST, 1 << SECOND, 1 << DEPENDENT
OPEN_OFFICE = 1 << OFFICES
BY_HAND, RESUMED, SKIPPED = 1, 4, 16


@pytest.fixture(params=[run_reference, run_flow], ids=["naive", "compiled"])
def engine(request: pytest.FixtureRequest) -> Engine:
    result: Engine = request.param
    return result


def one_step(filings: int = 1, **step: Any) -> tuple[World, int]:
    """Dossiers with one step of an hour."""
    world = {"slow_factors": (2.0, 3.0, 4.0, 1.5), "tables": hours(1)}
    return world_with_filings(filings, procedures=(Procedure((Step(DONE, **step),)),), **world)


def services(result: Result) -> list[tuple[float, ...]]:
    """Begin, end and detail of all services, by dossier and step."""
    return [row[3:] for row in rows(result, LOG_SERVICE)]


def counts(result: Result, *fields: int) -> list[int]:
    return [counted(result, field) for field in fields]


def test_e54_a_step_with_a_slow_system_lasts_longer_and_goes_on_as_it_began(engine: Engine) -> None:
    result = play(engine, one_step(2, needs=NEEDS_FIRST), {8: slowness(True), 10: slowness(False)})
    assert services(result) == [(9, 11, 0), (11, 12, 0)]


@pytest.mark.parametrize(
    ("step", "slow", "ends"),
    [
        ({"needs": NEEDS_SECOND}, FIRST, 10),
        ({"needs": NEEDS_FIRST | NEEDS_SECOND}, SECOND, 12),
        # Slow by what it needs, and not by the factor of that.
        ({"needs": NEEDS_DEPENDENT}, SECOND, 10.5),
        ({"waits_for": NEEDS_FIRST}, FIRST, 11),
    ],
)
def test_e54_what_a_step_needs_or_waits_for_may_be_slow(
    engine: Engine, step: dict[str, int], slow: int, ends: float
) -> None:
    assert services(play(engine, one_step(**step), {8: slowness(True, slow)})) == [(9, ends, 0)]


def test_e54_of_several_slow_systems_the_worst_counts(engine: Engine) -> None:
    changes = {7: slowness(True, FIRST), 8: slowness(True, SECOND)}
    assert services(play(engine, one_step(needs=NEEDS_FIRST | NEEDS_SECOND), changes)) == [(9, 12, 0)]


def test_e54_a_system_that_is_out_of_reach_is_not_slow(engine: Engine) -> None:
    step = {"needs": NEEDS_FIRST, "without": MANUAL, "manual_factor": 1.25}
    changes = {7: slowness(True), 8: system(False)}
    assert services(play(engine, one_step(**step), changes)) == [(9, 10.25, BY_HAND)]


@pytest.mark.parametrize(("works", "ends", "prefilled"), [(True, 9.5, 1), (False, 10, 0)])
def test_e55_data_from_another_system_make_a_step_shorter(
    engine: Engine, works: bool, ends: float, prefilled: int
) -> None:
    world = one_step(needs=NEEDS_FIRST, eased_by=NEEDS_SECOND, eased_factor=0.5)
    result = play(engine, world, {8: system(works, SECOND)})
    assert services(result) == [(9, ends, 0)]
    assert counts(result, F_ENTRIES, F_PREFILLED) == [1, prefilled]


def test_e55_nothing_is_filled_in_when_the_step_is_done_by_hand(engine: Engine) -> None:
    step = {"needs": NEEDS_FIRST, "without": MANUAL, "manual_factor": 2.0}
    result = play(engine, one_step(**step, eased_by=NEEDS_SECOND), {8: system(False)})
    assert services(result) == [(9, 11, BY_HAND)]
    assert counts(result, F_ENTRIES, F_PREFILLED) == [1, 0]


def test_e55_all_systems_that_fill_in_must_be_in_reach_and_both_factors_count(engine: Engine) -> None:
    step = {"needs": NEEDS_FIRST, "eased_by": NEEDS_SECOND | NEEDS_DEPENDENT, "eased_factor": 0.25}
    changes = {8: slowness(True), 9.25: system(False, DEPENDENT)}
    result = play(engine, one_step(2, **step), changes)
    assert services(result) == [(9, 9.5, 0), (9.5, 11.5, 0)]
    assert counts(result, F_ENTRIES, F_PREFILLED) == [2, 1]


def test_e55_work_that_is_resumed_counts_once(engine: Engine) -> None:
    world = one_step(needs=NEEDS_FIRST, eased_by=NEEDS_SECOND)
    result = play(engine, world, {9.25: system(False), 12: system(True)})
    assert services(result) == [(12, 12.25, RESUMED)]
    assert counts(result, F_ENTRIES, F_PREFILLED) == [1, 1]


CLOSED = system(False, OFFICES, COMMUNE_SITE)
OPEN = system(True, OFFICES, COMMUNE_SITE)
BY_HAND_IN_THE_OFFICE = {
    "needs": NEEDS_FIRST,
    "without": MANUAL,
    "manual_factor": 2.0,
    "waits_for": OPEN_OFFICE,
}


def test_e56_no_fallback_replaces_an_open_office(engine: Engine) -> None:
    result = play(engine, one_step(**BY_HAND_IN_THE_OFFICE), {7: system(False), 8: CLOSED, 11: OPEN})
    assert services(result) == [(11, 13, BY_HAND)]
    assert cause_hours(result) == [2, 0, 0, 2, 0, 0, 0]


def test_e56_work_by_hand_is_put_aside_when_its_office_closes_and_stays_by_hand(engine: Engine) -> None:
    changes = {8: system(False), 9.5: CLOSED, 10: system(True), 12: OPEN}
    result = play(engine, one_step(**BY_HAND_IN_THE_OFFICE), changes)
    assert rows(result, LOG_PUT_ASIDE) == [(0, 0, 9, 9, 9.5, BY_HAND)]
    assert services(result) == [(12, 13.5, BY_HAND | RESUMED)]
    assert counts(result, F_MANUAL, F_FINISHED) == [1, 1]


def test_e56_a_system_that_a_fallback_replaces_interrupts_nothing(engine: Engine) -> None:
    changes = {9.5: system(False), 9.75: system(True)}
    assert services(play(engine, one_step(**BY_HAND_IN_THE_OFFICE), changes)) == [(9, 10, 0)]


def test_e56_the_office_of_another_site_does_not_matter(engine: Engine) -> None:
    result = play(engine, one_step(**BY_HAND_IN_THE_OFFICE), {8: system(False, OFFICES, site=1)})
    assert services(result) == [(9, 10, 0)]


def test_e57_a_message_that_cannot_go_out_is_tried_again_until_it_can(engine: Engine) -> None:
    result = play(
        engine, one_step(tells=NEEDS_SECOND), {8: system(False, SECOND), 12.5: system(True, SECOND)}
    )
    # Lost at 10:00, tried at 11:00 and 12:00, sent at 13:00; an hour would have been in time.
    assert counts(result, F_OUT_OF_STEP, F_SYNCED, F_SYNCED_LATE, F_FINISHED_OPEN) == [1, 1, 1, 1]
    assert counted(result, F_OUT_OF_STEP_MS) == 3 * MS_PER_HOUR
    assert (result.totals["out_of_step"], result.totals["finished_open"]) == (0, 0)


def test_e57_what_is_never_told_stays_open(engine: Engine) -> None:
    result = play(engine, one_step(tells=NEEDS_SECOND), {8: system(False, SECOND)})
    assert counts(result, F_OUT_OF_STEP, F_SYNCED, F_FINISHED_OPEN) == [1, 0, 1]
    assert (result.totals["out_of_step"], result.totals["finished_open"]) == (1, 1)


@pytest.mark.parametrize(("back_at", "out_of_step"), [(9.5, 0), (10.25, 1)])
def test_e57_a_system_that_was_done_without_is_told_at_the_end(
    engine: Engine, back_at: float, out_of_step: int
) -> None:
    world = one_step(needs=NEEDS_FIRST, without=SKIP_SYNC, manual_factor=5.0)
    result = play(engine, world, {8: system(False), back_at: system(True)})
    assert services(result) == [(9, 10, SKIPPED)]
    assert counts(result, F_OUT_OF_STEP, F_SYNCED, F_MANUAL) == [out_of_step, out_of_step, 0]


def test_e57_nobody_is_told_when_the_system_that_may_be_skipped_was_there(engine: Engine) -> None:
    world = one_step(needs=NEEDS_FIRST, without=SKIP_SYNC, sync_failure=1.0)
    result = play(engine, world, {9.5: system(False)})
    assert services(result) == [(9, 10, 0)]
    assert counted(result, F_OUT_OF_STEP) == 0


def two_messages(failure: float) -> tuple[World, int]:
    """Two steps of six hours, each followed by a message that is lost; new tries come every half an hour."""
    step = {"tells": NEEDS_FIRST, "sync_failure": 1.0}
    procedure = Procedure((Step((Branch(1),), **step), Step(DONE, **step)))
    return world_with_filings(
        1,
        procedures=(procedure,),
        tables=hours(6),
        sync_failure=failure,
        sync_retry_ms=MS_PER_HOUR // 2,
    )


def test_e57_tries_may_fail_by_chance_and_each_has_its_own_number(engine: Engine) -> None:
    world, seed = two_messages(failure=0.5)
    key = Demand(world, seed, 0).filings_of(0)[0].key
    sent = [n for n in range(1, 60) if uniform(key, n, 0, FOR_SYNC_TRY) >= 0.5]
    # The first message needs the tries up to the first success, within the 12 of its six hours.
    assert sent[0] <= 12
    result = play(engine, (world, seed))
    assert counts(result, F_OUT_OF_STEP, F_SYNCED, F_FINISHED_OPEN) == [2, 2, 1]
    assert counted(result, F_OUT_OF_STEP_MS) == sent[1] * MS_PER_HOUR // 2


def test_e57_a_dossier_that_is_out_of_step_may_owe_more_before_it_is_told(engine: Engine) -> None:
    steps = (Step((Branch(1),), tells=NEEDS_FIRST), Step(DONE, tells=NEEDS_SECOND))
    world = world_with_filings(1, procedures=(Procedure(steps),), tables=hours(1))
    changes = {7: system(False), 8: system(False, SECOND), 10.5: system(True), 13: system(True, SECOND)}
    # Out of step from 10:00. At 11:00 the second message is lost before the first is tried again.
    result = play(engine, world, changes)
    assert counts(result, F_OUT_OF_STEP, F_SYNCED, F_FINISHED_OPEN) == [1, 1, 1]
    assert counted(result, F_OUT_OF_STEP_MS) == 3 * MS_PER_HOUR


def test_e57_a_message_that_goes_out_settles_nothing_that_is_owed(engine: Engine) -> None:
    steps = (Step((Branch(1),), tells=NEEDS_FIRST), Step(DONE, tells=NEEDS_FIRST))
    world = world_with_filings(1, procedures=(Procedure(steps),), tables=hours(0.75))
    # Lost at 9:45; the message of 10:30 goes out, the new try comes at 10:45.
    result = play(engine, world, {8: system(False), 10: system(True)})
    assert counts(result, F_OUT_OF_STEP, F_SYNCED, F_FINISHED_OPEN) == [1, 1, 1]
    assert counted(result, F_OUT_OF_STEP_MS) == MS_PER_HOUR


def test_e57_the_messages_of_parts_concern_their_dossier(engine: Engine) -> None:
    part = {"tells": NEEDS_FIRST, "sync_failure": 1.0}
    steps = (
        Step((Branch(1),), kind=FORK, parts=(2, 3)),
        Step(DONE),
        Step(DONE, **part),
        Step(DONE, role=1, table=1, **part),
    )
    world = world_with_filings(
        1, procedures=(Procedure(steps),), roles=(Role(), Role()), tables=hours(3, 3.5)
    )
    result = play(engine, world, {11.5: system(False), 14: system(True)})
    # Lost at 12:00 and again at 12:30; tried at 13:00 and 14:00. The dossier itself is done at 15:30.
    assert counts(result, F_OUT_OF_STEP, F_SYNCED, F_FINISHED_OPEN) == [1, 1, 0]
    assert counted(result, F_OUT_OF_STEP_MS) == 2 * MS_PER_HOUR


@pytest.mark.parametrize(("limit_ms", "late"), [(MS_PER_HOUR, 0), (MS_PER_HOUR - 1, 1)])
def test_e57_what_is_late_goes_by_working_time(engine: Engine, limit_ms: int, late: int) -> None:
    procedure = Procedure((Step(DONE, tells=NEEDS_FIRST, sync_failure=1.0),))
    world = world_with_filings(
        1,
        procedures=(procedure,),
        calendars=(OFFICE_HOURS, ()),
        roles=(Role(calendar=1),),
        tables=hours(7.5),
        sync_retry_ms=16 * MS_PER_HOUR,
        sync_limit_ms=limit_ms,
    )
    # From 16:30 to 8:30 the offices are open for an hour.
    assert counts(play(engine, world), F_SYNCED, F_SYNCED_LATE) == [1, late]


def test_e57_nobody_is_told_of_a_back_entry(engine: Engine) -> None:
    step = Step(DONE, needs=NEEDS_FIRST, without=PAPER, manual_factor=1.0)
    back_entry = Step((), tells=NEEDS_SECOND, sync_failure=1.0)
    world = world_with_filings(1, procedures=(Procedure((step,)),), back_entry=back_entry, tables=hours(1))
    result = play(engine, world, {8: system(False)})
    assert counts(result, F_BACK_ENTRIES, F_OUT_OF_STEP) == [1, 0]


@pytest.mark.parametrize(("works", "arrives"), [(True, 10.0), (False, 13.0)])
def test_e20_a_step_that_skips_its_system_digitises_nothing(
    engine: Engine, works: bool, arrives: float
) -> None:
    steps = (
        Step((Branch(1),), needs=NEEDS_FIRST, without=SKIP_SYNC, digitises=True),
        Step(DONE, level=PROVINCE),
    )
    by_post = Channel(medium=ON_PAPER, segments=((1.0, FILED_AT_HOUR * MS_PER_HOUR, 1),))
    world = world_with_filings(
        1,
        procedures=(Procedure(steps, bits=0.0),),
        roles=(Role(levels=(COMMUNE, PROVINCE)),),
        channels=(by_post,),
        tables=hours(1, 3),
        courier_table=1,
    )
    assert [row[4] for row in rows(play(engine, world, {8: system(works)}), LOG_TRANSFER)] == [arrives]


def goes_wrong(filings: int = 1, without: int = MANUAL, **options: Any) -> tuple[World, int]:
    """Work of two hours by hand, one hour with the system; by hand it always goes wrong."""
    step = Step(
        DONE, needs=NEEDS_FIRST, without=without, manual_factor=2.0, manual_error=1.0, tells=NEEDS_SECOND
    )
    return world_with_filings(filings, procedures=(Procedure((step,)),), tables=hours(1), **options)


def test_e61_work_by_hand_that_went_wrong_is_done_again(engine: Engine) -> None:
    # By hand to 11:00 and to 13:00, then with the system.
    result = play(engine, goes_wrong(), {8: system(False), 12: system(True)})
    assert services(result) == [(9, 11, BY_HAND), (11, 13, BY_HAND), (13, 14, 0)]
    assert counts(result, F_REDONE, F_MANUAL, F_FINISHED) == [2, 2, 1]
    assert cause_hours(result) == [5, 0, 0, 0, 0, 0, 0]


def test_e61_it_goes_to_the_end_of_the_queue_and_tells_nobody(engine: Engine) -> None:
    changes = {8: system(False), 9: system(False, SECOND), 10: system(True), 11.5: system(True, SECOND)}
    result = play(engine, goes_wrong(2), changes)
    assert services(result) == [(9, 11, BY_HAND), (12, 13, 0), (11, 12, 0)]
    assert counts(result, F_REDONE, F_OUT_OF_STEP) == [1, 0]


def test_e61_on_paper_there_is_one_shuttle_and_the_back_entry_never_goes_wrong(engine: Engine) -> None:
    back_entry = Step((), needs=NEEDS_FIRST, without=MANUAL, manual_factor=1.0, manual_error=1.0)
    on_line = Channel(ELECTRONIC, segments=((1.0, FILED_AT_HOUR * MS_PER_HOUR, 1),))
    world = goes_wrong(without=PAPER, back_entry=back_entry, channels=(on_line,))
    # On paper to 11:00; again with the system to 12:00; entered by hand to 13:00.
    result = play(engine, world, {8: system(False), 10: system(True), 11.5: system(False)})
    assert services(result) == [(9, 11, BY_HAND | 2), (11, 12, 0), (12, 13, BY_HAND)]
    assert counts(result, F_REDONE, F_SHUTTLES, F_BACK_ENTRIES) == [1, 1, 1]
