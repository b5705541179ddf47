"""Calendar arithmetic and deadlines of the naive engine against counting moments (E4-E6, E15-E17)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.engine.reference_calendars import OVERDUE_BEFORE_THE_START_MS, Calendar, Deadlines, calendars_of
from sim.world.arrays import CLOCK_RESTARTS, CLOCK_RESUMES, FAR_FUTURE_MS, MS_PER_DAY, MS_PER_HOUR, World
from tests.support.small_worlds import make_world

LONGEST = 60


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """A calendar of at most five intervals, the last without end, within the first moments."""
    edges = sorted(draw(st.sets(st.integers(0, LONGEST), min_size=1, max_size=9)))
    edges = edges if len(edges) % 2 == 1 else edges[:-1]
    return Calendar(edges[0::2], [*edges[1::2], LONGEST + 1])


def is_open(calendar: Calendar, moment: int) -> bool:
    last = len(calendar.opens) - 1
    return any(
        opened <= moment and (place == last or moment < calendar.closes[place])
        for place, opened in enumerate(calendar.opens)
    )


@given(calendars(), st.integers(0, 2 * LONGEST))
def test_e5_open_time_is_what_counting_gives(calendar: Calendar, moment: int) -> None:
    assert calendar.open_until(moment) == sum(is_open(calendar, before) for before in range(moment))


@given(calendars(), st.integers(0, LONGEST), st.integers(0, LONGEST))
def test_e5_work_ends_at_the_first_moment_with_enough_open_time(
    calendar: Calendar, moment: int, work: int
) -> None:
    end = moment
    while sum(is_open(calendar, passed) for passed in range(moment, end)) < work:
        end += 1
    assert calendar.add_working(moment, work) == end


@given(calendars(), st.integers(0, 2 * LONGEST))
def test_e6_next_open_is_the_first_open_moment(calendar: Calendar, moment: int) -> None:
    opened = moment
    while not is_open(calendar, opened):
        opened += 1
    assert calendar.next_open(moment) == opened
    assert calendar.is_open(moment) == (opened == moment)


def test_e4_calendars_of_a_world_are_cut_apart_where_they_begin() -> None:
    world = make_world(calendars=(((8, 12), (13, 17)), (), ((10, 11),)))
    office, always, short = calendars_of(world)
    assert [each.open_until(MS_PER_DAY) for each in (office, always, short)] == [
        8 * MS_PER_HOUR,
        MS_PER_DAY,
        MS_PER_HOUR,
    ]


def deadlines_of(world: World) -> Deadlines:
    return Deadlines(world, calendars_of(world)[0])


def at(day: int, hour: float = 0.0) -> int:
    return day * MS_PER_DAY + round(hour * MS_PER_HOUR)


@pytest.mark.parametrize(
    ("received", "deadline_days", "due"),
    [
        (at(0, 9), 0, at(0, 17)),
        (at(0, 9), 1, at(1, 17)),
        (at(0, 14.999), 1, at(1, 17)),
        (at(0, 15), 1, at(3, 17)),  # after the cut-off it counts from the next working day
        (at(2, 9), 0, at(3, 17)),  # a day off
        (at(2, 16), 0, at(3, 17)),
        (at(1, 16), 2, at(5, 17)),
        (at(1, 9), -1, FAR_FUTURE_MS),
    ],
)
def test_e16_deadlines_count_working_days_from_the_cut_off(
    received: int, deadline_days: int, due: int
) -> None:
    # Day 2 is off, and so are 9, 16 ...
    deadlines = deadlines_of(make_world(days=8, days_off=frozenset({2})))
    assert deadlines.due(received, deadline_days) == due


@pytest.mark.parametrize(
    ("used", "due"),
    [(0.0, at(5, 17)), (0.5, at(3, 17)), (0.99, at(0, 17)), (1.0, at(0, 17)), (1.01, -1)],
)
def test_e15_the_inherited_have_what_is_left_of_their_deadline(used: float, due: int) -> None:
    deadlines = deadlines_of(make_world(days=8, days_off=frozenset({2})))
    assert deadlines.inherited_due(4, used) == due
    assert deadlines.inherited_due(-1, used) == FAR_FUTURE_MS


def test_e17_after_an_answer_the_clock_restarts() -> None:
    deadlines = deadlines_of(make_world(clock_after_supplement=CLOCK_RESTARTS))
    assert deadlines.after_supplement(at(2, 17), 2, at(0, 10), at(4, 9)) == at(6, 17)


def test_e17_after_an_answer_the_clock_resumes_with_the_working_time_that_was_left() -> None:
    deadlines = deadlines_of(make_world(clock_after_supplement=CLOCK_RESUMES))
    # Asked at 10:00, answered at 9:00 next day: seven working hours later than 17:00 of day 2.
    assert deadlines.after_supplement(at(2, 17), 2, at(0, 10), at(1, 9)) == at(3, 16)


@pytest.mark.parametrize("rule", [CLOCK_RESTARTS, CLOCK_RESUMES])
@pytest.mark.parametrize("due", [OVERDUE_BEFORE_THE_START_MS, at(0, 9), FAR_FUTURE_MS])
def test_e17_the_overdue_and_those_without_deadline_keep_what_they_have(rule: int, due: int) -> None:
    deadlines = deadlines_of(make_world(clock_after_supplement=rule))
    assert deadlines.after_supplement(due, 2, at(0, 10), at(1, 9)) == due
