"""Rules of where a dossier goes and what is counted, in worlds small enough to be worked out by hand.

Like those of `test_engine_rules.py`, each test runs in both engines.
"""

from collections.abc import Callable

import pytest

from sim.engine.addressed import filing_key, key_within, replication_key, uniform
from sim.engine.flow import run_flow
from sim.engine.reference import run_reference
from sim.world.arrays import (
    CITIZEN,
    COMPLETED,
    ELECTRONIC,
    F_ARRIVED,
    F_ARRIVED_ELECTRONIC,
    F_COUNTER_STARTS,
    F_COUNTER_WAIT_MS,
    F_CYCLE_WORKING_MS,
    F_FIRST_LATE_CAUSE,
    F_ON_TIME,
    F_OVERDUE_MS,
    F_REFUSED,
    F_SUPPLEMENTS,
    F_VISITS,
    F_WITH_DEADLINE,
    FINISH,
    FOR_TIME_OF_DAY,
    LOG_FINISH,
    LOG_SERVICE,
    LOG_TRANSFER,
    MS_PER_HOUR,
    ON_PAPER,
    PRIORITY,
    REFUSED,
    RESUME,
    World,
)
from tests.support.small_worlds import (
    COMMUNE,
    OFFICE_HOURS,
    PROVINCE,
    Branch,
    Channel,
    Procedure,
    Role,
    Step,
    make_world,
)
from tests.support.steering import (
    FILED_AT_HOUR,
    Result,
    Steering,
    cause_hours,
    counted,
    hours,
    play,
    rows,
    world_with_filings,
)

Engine = Callable[..., Result]
DONE = (Branch(COMPLETED),)
AT_NINE = ((1.0, FILED_AT_HOUR * MS_PER_HOUR, 1),)


@pytest.fixture(params=[run_flow, run_reference], ids=["compiled", "naive"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """One of the two engines."""
    chosen: Engine = request.param
    return chosen


def test_e1_nothing_happens_at_or_after_the_horizon(engine: Engine) -> None:
    # Filed at 9:00 of the only day: one ends at 23:00, the other would end at the horizon itself.
    steps = [(Step(DONE, table=0),), (Step(DONE, table=1),)]
    world = world_with_filings(
        1, days=1, procedures=tuple(map(Procedure, steps)), tables=hours(14, 15), roles=(Role(people=2),)
    )
    result = play(engine, world)
    assert [row[4] for row in rows(result, LOG_FINISH)] == [23]
    assert (result.totals["filed"], result.totals["finished"], result.totals["unfinished"]) == (2, 1, 1)


def test_e13_the_time_of_day_is_read_off_the_pattern_of_the_channel(engine: Engine) -> None:
    segments = ((0.25, 8 * MS_PER_HOUR, 2 * MS_PER_HOUR), (1.0, 14 * MS_PER_HOUR, 3 * MS_PER_HOUR))
    world = make_world(days=1, per_day=40.0, channels=(Channel(segments=segments),), tables=hours(0))
    result = engine(world, 7, 0, Steering(len(world.site_parent), {}), logging=True)
    filed = sorted(row[5] for row in result.log.tolist() if row[3] == LOG_FINISH)
    assert filed == sorted(moment_of(world, k, segments) for k in range(len(filed)))
    assert len(filed) > 20
    assert not any(10 * MS_PER_HOUR <= moment < 14 * MS_PER_HOUR for moment in filed)


def moment_of(world: World, k: int, segments: tuple[tuple[float, int, int], ...]) -> int:
    """When the k-th filing of the only stream comes on day 0, worked out anew from its address."""
    stream = key_within(replication_key(7, 0), int(world.stream_name_key[0]))
    u = uniform(filing_key(stream, 0, k), 0, 0, FOR_TIME_OF_DAY)
    place = next(place for place, segment in enumerate(segments) if u < segment[0])
    before = segments[place - 1][0] if place else 0.0
    until, start, length = segments[place]
    return start + min(int((u - before) / (until - before) * length), length - 1)


def test_e18_each_step_is_done_by_the_pool_of_its_level_above_the_home(engine: Engine) -> None:
    steps = (Step((Branch(1),)), Step((Branch(2),), level=PROVINCE), Step(DONE))
    world = world_with_filings(
        1, communes=2, roles=(Role(levels=(COMMUNE, PROVINCE), people=2),), procedures=(Procedure(steps),)
    )
    result = play(engine, world)
    services = [(row[0], row[2], row[4]) for row in sorted(result.log.tolist()) if row[3] == LOG_SERVICE]
    # Sites: 0 centre, 1 province, 2 and 3 communes; dossiers 0 and 1 are of sites 2 and 3.
    assert services == [(0, 0, 2), (0, 1, 1), (0, 2, 2), (1, 0, 3), (1, 1, 1), (1, 2, 3)]


@pytest.mark.parametrize(("digitises", "arrives"), [(True, 9.5), (False, 13.5)])
def test_e20_a_step_that_digitises_lets_the_dossier_go_by_line(
    engine: Engine, digitises: bool, arrives: float
) -> None:
    steps = (Step((Branch(1),), digitises=digitises), Step(DONE, level=PROVINCE))
    world = world_with_filings(
        1,
        channels=(Channel(medium=ON_PAPER, segments=AT_NINE),),
        roles=(Role(levels=(COMMUNE, PROVINCE)),),
        procedures=(Procedure(steps),),
        tables=hours(0.5, 4),
        courier_table=1,
        dossier_bits=0.0,
    )
    assert [row[4] for row in rows(play(engine, world), LOG_TRANSFER)] == [arrives]


def test_e29_the_dossier_moves_on_before_the_person_takes_the_next(engine: Engine) -> None:
    # Both steps are of one person who serves by priority: procedure 0 goes first wherever it stands.
    urgent = Procedure((Step((Branch(1),)), Step(DONE)), priority=0)
    ordinary = Procedure((Step(DONE),), priority=1)
    world = world_with_filings(
        1, procedures=(urgent, ordinary), roles=(Role(people=1, queue_rule=PRIORITY),), tables=hours(1)
    )
    ended = {row[0]: row[4] for row in rows(play(engine, world), LOG_FINISH)}
    assert ended == {0: 11, 1: 12}


# Work of 6 hours from 9:00 on, with a lunch break from 12 to 13 in office hours.
@pytest.mark.parametrize(("end_of_shift", "closed"), [(RESUME, 1), (FINISH, 0)])
def test_e36_a_service_is_its_work_and_the_closed_time_that_it_spans(
    engine: Engine, end_of_shift: int, closed: float
) -> None:
    roles = (Role(calendar=1, end_of_shift=end_of_shift),)
    world = world_with_filings(1, calendars=((), OFFICE_HOURS), roles=roles, tables=hours(6))
    assert cause_hours(play(engine, world)) == [6, 0, closed, 0, 0, 0, 0]


def test_e36_between_two_windows_a_service_waits_for_the_next_window(engine: Engine) -> None:
    # 9-10 and 15-16 at work; of the time between them 12-13 is closed, the rest office hours.
    roles = (Role(calendar=1, windows_within=2),)
    calendars = ((), ((9, 10), (15, 16)), OFFICE_HOURS)
    world = world_with_filings(1, calendars=calendars, roles=roles, tables=hours(2))
    assert cause_hours(play(engine, world)) == [2, 0, 1, 0, 4, 0, 0]


@pytest.mark.parametrize(("in_person", "called"), [(True, 2), (False, 0)])
def test_e39_citizens_at_the_counter_wait_in_opening_hours(
    engine: Engine, in_person: bool, called: int
) -> None:
    # The second one waits from 9:00 to 11:00, of which the counter is open for half an hour.
    world = world_with_filings(
        2,
        calendars=((), ((9, 9.5), (11, 17))),
        roles=(Role(calendar=1),),
        procedures=(Procedure((Step(DONE, in_person_wait=True),)),),
        channels=(Channel(in_person=in_person, segments=AT_NINE),),
        tables=hours(0.5),
    )
    result = play(engine, world)
    assert counted(result, F_COUNTER_STARTS) == result.tally.counter_wait.sum() == called
    assert counted(result, F_COUNTER_WAIT_MS) == (MS_PER_HOUR // 2 if in_person else 0)


@pytest.mark.parametrize(("medium", "in_person"), [(ON_PAPER, True), (ELECTRONIC, False)])
def test_e40_filings_and_answers_in_person_are_visits(engine: Engine, medium: int, in_person: bool) -> None:
    steps = (Step((Branch(1),)), Step((Branch(2),), kind=CITIZEN), Step(DONE))
    channels = (Channel(medium=medium, in_person=in_person, segments=AT_NINE),)
    result = play(engine, world_with_filings(1, procedures=(Procedure(steps),), channels=channels))
    assert (counted(result, F_ARRIVED), counted(result, F_SUPPLEMENTS)) == (1, 1)
    assert counted(result, F_VISITS) == (2 if in_person else 0)
    assert counted(result, F_ARRIVED_ELECTRONIC) == (medium == ELECTRONIC)


def test_e40_the_inherited_count_in_the_last_group_and_are_no_visits(engine: Engine) -> None:
    channels = (Channel(medium=ON_PAPER, in_person=True, segments=AT_NINE),)
    result = play(engine, world_with_filings(1, channels=channels, inherited=4.0))
    arrived = result.tally.flow[..., F_ARRIVED].sum(axis=(0, 2))
    assert arrived[0] == 1 and arrived[-1] == result.totals["filed"] - 1 > 0
    assert (counted(result, F_VISITS), counted(result, F_ARRIVED_ELECTRONIC)) == (1, 0)


def one_long_step(deadline_days: int, end: int = COMPLETED) -> dict[str, object]:
    """Work of 25 hours round the clock, from 9:00 to 10:00 of the next day, counted on office hours."""
    procedure = Procedure((Step((Branch(end),)),), deadline_days=deadline_days)
    return {
        "calendars": (OFFICE_HOURS, ()),
        "roles": (Role(calendar=1),),
        "procedures": (procedure,),
        "tables": hours(25),
    }


def test_e41_lateness_is_working_time_past_the_deadline(engine: Engine) -> None:
    result = play(engine, world_with_filings(1, **one_long_step(deadline_days=0)))
    assert (counted(result, F_WITH_DEADLINE), counted(result, F_ON_TIME)) == (1, 0)
    # Due at 17:00, finished at 10:00: from 8 to 10 of the second day. In all 3 + 4 + 2 working hours.
    assert counted(result, F_OVERDUE_MS) == 2 * MS_PER_HOUR
    assert counted(result, F_CYCLE_WORKING_MS) == 9 * MS_PER_HOUR
    assert counted(result, F_FIRST_LATE_CAUSE) == 25 * MS_PER_HOUR


@pytest.mark.parametrize(
    ("deadline_days", "end", "counts"),
    [(1, COMPLETED, (1, 1, 0)), (1, REFUSED, (1, 1, 1)), (-1, COMPLETED, (0, 0, 0))],
)
def test_e41_the_refused_have_a_deadline_too_and_some_procedures_have_none(
    engine: Engine, deadline_days: int, end: int, counts: tuple[int, int, int]
) -> None:
    result = play(engine, world_with_filings(1, **one_long_step(deadline_days, end)))
    fields = (F_WITH_DEADLINE, F_ON_TIME, F_REFUSED)
    assert tuple(counted(result, field) for field in fields) == counts
    assert counted(result, F_OVERDUE_MS) == counted(result, F_FIRST_LATE_CAUSE) == 0
