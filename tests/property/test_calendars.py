"""Calendars against counting minute by minute (E4-E6, E16), and the days off of the state service."""

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.schema import Calendar
from sim.world.arrays import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE
from sim.world.calendars import (
    calendar_tables,
    hours_of,
    is_day_off,
    working_days_of,
)
from sim.world.hours import Hours

MONDAY = datetime.date(2025, 7, 7)
MINUTES_PER_DAY = 1440
TABLE_DAYS = 9

OFFICE = {"weekly": {"mon-fri": ["07:30-11:30", "13:30-17:00"]}}


def hours(calendar: dict[str, object], start: datetime.date = MONDAY, days: int = TABLE_DAYS) -> Hours:
    return hours_of(Calendar.model_validate(calendar), start, days)


def clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@st.composite
def weekly_hours(draw: st.DrawFn) -> dict[str, list[str]]:
    """Opening hours in quarter hours, at least one interval in the week; touching intervals occur."""
    week = {}
    for day in draw(st.lists(st.sampled_from(["mon", "tue", "wed", "sat", "sun"]), min_size=1, unique=True)):
        ends = sorted(draw(st.lists(st.integers(0, 8), min_size=2, max_size=6, unique=True)))
        spans = zip(ends[::2], ends[1::2], strict=False)
        week[day] = [f"{clock(a * 180)}-{clock(b * 180)}" for a, b in spans]
    return week


def open_minutes(calendar: Calendar, days: int) -> np.ndarray:
    """For every minute of the table, and of two days after it, whether the calendar is open."""
    is_open = np.ones((days + 2) * MINUTES_PER_DAY, dtype=bool)
    is_open[: days * MINUTES_PER_DAY] = False
    for day in range(days):
        for part in calendar.week[(MONDAY + datetime.timedelta(days=day)).weekday()]:
            first = day * MINUTES_PER_DAY
            is_open[first + part.start_minute : first + part.end_minute] = True
    return is_open


@given(weekly_hours(), st.integers(0, (TABLE_DAYS + 1) * MINUTES_PER_DAY), st.integers(0, 600))
def test_working_time_equals_counting_open_minutes(week: dict[str, list[str]], start: int, work: int) -> None:
    calendar = Calendar.model_validate({"weekly": week, "holidays": "none"})
    table, is_open = hours_of(calendar, MONDAY, TABLE_DAYS), open_minutes(calendar, TABLE_DAYS)
    start_ms, work_ms = start * MS_PER_MINUTE, work * MS_PER_MINUTE
    assert table.open_until(start_ms) == is_open[:start].sum() * MS_PER_MINUTE
    counted = np.concatenate([[0], np.cumsum(is_open[start:])])
    if counted[-1] >= work:
        end = start + int(np.argmax(counted >= work))
        assert table.add_working(start_ms, work_ms) == end * MS_PER_MINUTE
    if is_open[start:].any():
        assert table.next_open(start_ms) == (start + int(np.argmax(is_open[start:]))) * MS_PER_MINUTE


@given(weekly_hours(), st.integers(0, TABLE_DAYS * MS_PER_DAY), st.integers(0, MS_PER_DAY))
def test_adding_working_time_and_measuring_it_are_inverse(
    week: dict[str, list[str]], at_ms: int, work_ms: int
) -> None:
    table = hours({"weekly": week, "holidays": "none"})
    assert table.between(at_ms, table.add_working(at_ms, work_ms)) == work_ms


def test_work_that_ends_with_the_shift_ends_at_closing_time_e5() -> None:
    table = hours(OFFICE)
    assert table.add_working(int(7.5 * MS_PER_HOUR), 4 * MS_PER_HOUR) == int(11.5 * MS_PER_HOUR)
    assert table.add_working(12 * MS_PER_HOUR, 0) == 12 * MS_PER_HOUR


def test_after_its_table_a_calendar_is_open_for_ever_e4() -> None:
    table = hours(OFFICE)
    end = TABLE_DAYS * MS_PER_DAY
    assert table.between(end, end + 1000 * MS_PER_DAY) == 1000 * MS_PER_DAY


def test_interval_of_day_is_the_first_interval_that_closes_after_midnight() -> None:
    calendars = [hours(OFFICE), hours({"always_open": True}), hours(OFFICE | {"closed_dates": [MONDAY]})]
    tables = calendar_tables(calendars, TABLE_DAYS)
    firsts = np.cumsum([0] + [len(each.open_ms) for each in calendars])
    for number in range(3):
        own = range(firsts[number], firsts[number + 1])
        for day in range(TABLE_DAYS):
            later = [interval for interval in own if tables.close_ms[interval] > day * MS_PER_DAY]
            assert tables.interval_of_day[number, day] == later[0]


@pytest.mark.parametrize(
    ("day", "off"),
    [
        ("2025-09-01", True),
        ("2025-09-02", True),
        ("2025-09-03", False),
        ("2026-01-01", True),
        ("2026-01-02", True),
        ("2026-02-16", True),
        ("2026-02-20", True),
        ("2026-02-23", False),
        ("2026-04-27", True),
        ("2026-04-30", True),
        ("2026-05-01", True),
        ("2026-08-31", True),
        ("2026-11-24", True),
    ],
)
def test_days_off_are_those_of_the_state_service(day: str, off: bool) -> None:
    assert is_day_off(datetime.date.fromisoformat(day)) is off


def test_a_saturday_worked_for_a_swapped_day_has_the_hours_of_that_day() -> None:
    friday_to_saturday = hours(OFFICE, datetime.date(2026, 1, 2), TABLE_DAYS)
    assert friday_to_saturday.open_ms_by_day(9).tolist() == [
        0, 0, 0, *[int(7.5 * MS_PER_HOUR)] * 6,
    ]  # fmt: skip


def test_extra_days_go_before_holidays_and_closed_dates() -> None:
    day = datetime.date(2025, 9, 2)
    table = hours(OFFICE | {"closed_dates": [day], "extra_days": {day: ["08:00-09:00"]}}, day, 2)
    assert table.open_ms_by_day(1).tolist() == [MS_PER_HOUR]


def test_working_days_are_numbered_and_close_with_the_office_e16() -> None:
    friday = datetime.date(2025, 8, 29)
    working = working_days_of(hours(OFFICE, friday, 7), 7, longest_limit=3)
    # Friday, then a long weekend until 2 September, then Wednesday and Thursday.
    assert working.after.tolist() == [0, 1, 1, 1, 1, 1, 2]
    assert working.day_of.tolist()[:3] == [0, 5, 6]
    assert working.close_ms[1] == 5 * MS_PER_DAY + 17 * MS_PER_HOUR
    # After the table every day is a working day that closes at midnight, so that no limit runs out of it.
    assert working.day_of.tolist()[3:] == [7, 8, 9, 10, 11]
    assert working.close_ms[3] == 8 * MS_PER_DAY
    assert working.after.max() + 3 < len(working.close_ms)


def test_on_a_calendar_that_never_closes_every_day_is_a_working_day() -> None:
    working = working_days_of(hours({"always_open": True}), TABLE_DAYS, longest_limit=1)
    assert working.after.tolist() == list(range(TABLE_DAYS))
    assert working.close_ms[0] == MS_PER_DAY
