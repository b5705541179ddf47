"""Work across lunch and weekend, by stamps worked out by hand (rules E4-E6, E25, E26, E28).

Offices are open Monday to Friday 07:30-11:30 and 13:30-17:00. The first day is Friday, 4 July 2025.
"""

import pytest

from sim.world.arrays import LOG_SERVICE, MS_PER_HOUR
from tests.theory.stamps import Stamp, ms_at, stamps_of_first_day

pytestmark = pytest.mark.theory

FRIDAY, MONDAY = "2025-07-04", "2025-07-07"
NIGHT, LUNCH, EVENING = "00:00-07:30", "11:30-13:30", "17:00-24:00"


def services(filed: str, work: str, **options: object) -> list[Stamp]:
    """All services of dossiers filed on the Friday."""
    steps = f"{{serve: {{pool: desk, touch_time: {work}}}}}"
    return stamps_of_first_day(LOG_SERVICE, FRIDAY, filed, steps, **options)


@pytest.mark.parametrize(
    ("filed", "work", "begins", "ends"),
    [
        (NIGHT, "1 h", f"{FRIDAY} 07:30", f"{FRIDAY} 08:30"),
        (NIGHT, "4 h", f"{FRIDAY} 07:30", f"{FRIDAY} 11:30"),
        (NIGHT, "4 h 1 min", f"{FRIDAY} 07:30", f"{FRIDAY} 13:31"),
        (NIGHT, "7.5 h", f"{FRIDAY} 07:30", f"{FRIDAY} 17:00"),
        (NIGHT, "7 h 31 min", f"{FRIDAY} 07:30", f"{MONDAY} 07:31"),
        (LUNCH, "3.5 h", f"{FRIDAY} 13:30", f"{FRIDAY} 17:00"),
        (LUNCH, "5 h", f"{FRIDAY} 13:30", f"{MONDAY} 09:00"),
        (LUNCH, "11 h", f"{FRIDAY} 13:30", f"{MONDAY} 17:00"),
        (LUNCH, "12 h", f"{FRIDAY} 13:30", "2025-07-08 08:30"),
        (EVENING, "30 min", f"{MONDAY} 07:30", f"{MONDAY} 08:00"),
    ],
)
def test_resumed_work_stops_at_closing_time_and_goes_on_at_the_next_opening(
    filed: str, work: str, begins: str, ends: str
):
    for service in services(filed, work, end_of_shift="resume"):
        assert (service.started_ms, service.ended_ms) == (ms_at(FRIDAY, begins), ms_at(FRIDAY, ends))


@pytest.mark.parametrize(
    ("filed", "work", "begins", "ends"),
    [
        (NIGHT, "4 h", f"{FRIDAY} 07:30", f"{FRIDAY} 11:30"),
        (NIGHT, "9 h", f"{FRIDAY} 07:30", f"{FRIDAY} 16:30"),
        (LUNCH, "5 h", f"{FRIDAY} 13:30", f"{FRIDAY} 18:30"),
        (NIGHT, "60 h", f"{FRIDAY} 07:30", "2025-07-06 19:30"),
        (EVENING, "1 h", f"{MONDAY} 07:30", f"{MONDAY} 08:30"),
    ],
)
def test_work_that_is_finished_goes_on_past_closing_time(filed: str, work: str, begins: str, ends: str):
    for service in services(filed, work, end_of_shift="finish"):
        assert (service.started_ms, service.ended_ms) == (ms_at(FRIDAY, begins), ms_at(FRIDAY, ends))


def test_work_begun_in_mid_morning_takes_in_lunch_and_weekend():
    """10:00 and six hours: 1.5 h, lunch, 3.5 h, Friday 17:00 to Monday 07:30 closed, 1 h."""
    for service in services("10:00-10:01", "6 h", end_of_shift="resume"):
        assert service.started_ms == service.entered_ms
        assert service.ended_ms - service.entered_ms == (6 + 2 + 62.5) * MS_PER_HOUR


def test_one_person_who_resumes_works_through_the_queue_by_the_clock_of_the_office():
    first = services(NIGHT, "3 h", end_of_shift="resume", people=1)[:4]
    assert [(service.started_ms, service.ended_ms) for service in first] == [
        (ms_at(FRIDAY, f"{FRIDAY} 07:30"), ms_at(FRIDAY, f"{FRIDAY} 10:30")),
        (ms_at(FRIDAY, f"{FRIDAY} 10:30"), ms_at(FRIDAY, f"{FRIDAY} 15:30")),
        (ms_at(FRIDAY, f"{FRIDAY} 15:30"), ms_at(FRIDAY, f"{MONDAY} 09:00")),
        (ms_at(FRIDAY, f"{MONDAY} 09:00"), ms_at(FRIDAY, f"{MONDAY} 14:00")),
    ]


def test_one_person_who_finishes_starts_nothing_new_while_the_office_is_closed():
    first = services(NIGHT, "2 h 30 min", end_of_shift="finish", people=1)[:5]
    assert [(service.started_ms, service.ended_ms) for service in first] == [
        (ms_at(FRIDAY, f"{FRIDAY} 07:30"), ms_at(FRIDAY, f"{FRIDAY} 10:00")),
        (ms_at(FRIDAY, f"{FRIDAY} 10:00"), ms_at(FRIDAY, f"{FRIDAY} 12:30")),
        (ms_at(FRIDAY, f"{FRIDAY} 13:30"), ms_at(FRIDAY, f"{FRIDAY} 16:00")),
        (ms_at(FRIDAY, f"{FRIDAY} 16:00"), ms_at(FRIDAY, f"{FRIDAY} 18:30")),
        (ms_at(FRIDAY, f"{MONDAY} 07:30"), ms_at(FRIDAY, f"{MONDAY} 10:00")),
    ]
