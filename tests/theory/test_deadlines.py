"""Legal deadlines by dates worked out by hand (rules E16, E17, E22).

The day of receipt does not count; from 15:00 on a dossier counts as received on the next working day; a
deadline ends when the office closes at 17:00.
"""

import pytest

from sim.world.arrays import CLOSED_UNANSWERED, COMPLETED, LOG_CITIZEN, LOG_FINISH, MS_PER_HOUR
from tests.theory.stamps import ms_at, stamps_of_first_day

pytestmark = pytest.mark.theory

BEFORE_CUTOFF, AFTER_CUTOFF = "14:59-15:00", "15:00-15:01"
AT_ONCE = "{serve: {pool: desk, touch_time: 1 s}}"
WITH_SUPPLEMENT = """{{check: {{pool: desk, touch_time: 1 s}},
            ask: {{citizen: {{answers_after: {answer}}}}}, serve: {{pool: desk, touch_time: 1 s}}}}"""


@pytest.mark.parametrize(
    ("received", "filed", "deadline", "due"),
    [
        # A Wednesday without anything in the way.
        ("2025-07-02", BEFORE_CUTOFF, "3 working days", "2025-07-07 17:00"),
        ("2025-07-02", AFTER_CUTOFF, "3 working days", "2025-07-08 17:00"),
        ("2025-07-02", BEFORE_CUTOFF, "same day", "2025-07-02 17:00"),
        ("2025-07-02", AFTER_CUTOFF, "same day", "2025-07-03 17:00"),
        # Friday and weekend.
        ("2025-07-04", AFTER_CUTOFF, "same day", "2025-07-07 17:00"),
        ("2025-07-05", BEFORE_CUTOFF, "1 working days", "2025-07-08 17:00"),
        ("2025-07-05", AFTER_CUTOFF, "1 working days", "2025-07-08 17:00"),
        # National Day 2025: off from Saturday 30 August to Tuesday 2 September.
        ("2025-08-29", BEFORE_CUTOFF, "1 working days", "2025-09-03 17:00"),
        ("2025-08-29", AFTER_CUTOFF, "1 working days", "2025-09-04 17:00"),
        # New Year 2026: Friday 2 January is swapped for Saturday 10 January.
        ("2025-12-31", BEFORE_CUTOFF, "1 working days", "2026-01-05 17:00"),
        ("2026-01-09", BEFORE_CUTOFF, "1 working days", "2026-01-10 17:00"),
        ("2026-01-09", BEFORE_CUTOFF, "2 working days", "2026-01-12 17:00"),
        ("2026-01-10", BEFORE_CUTOFF, "same day", "2026-01-10 17:00"),
        # Tet 2026: off from Monday 16 to Friday 20 February.
        ("2026-02-13", BEFORE_CUTOFF, "2 working days", "2026-02-24 17:00"),
        ("2026-02-13", AFTER_CUTOFF, "2 working days", "2026-02-25 17:00"),
        # National Day 2026: Monday 31 August is swapped for Saturday 22 August.
        ("2026-08-21", BEFORE_CUTOFF, "1 working days", "2026-08-22 17:00"),
        ("2026-08-28", BEFORE_CUTOFF, "1 working days", "2026-09-03 17:00"),
    ],
)
def test_deadlines_count_working_days_from_the_day_of_receipt(
    received: str, filed: str, deadline: str, due: str
):
    for finish in stamps_of_first_day(
        LOG_FINISH, received, filed, AT_ONCE, deadline=deadline, calendar="always", days=2
    ):
        assert finish.started_ms == ms_at(received, due)


def test_a_restarted_clock_counts_from_the_answer():
    """Asked on Wednesday 2 July, answered four days later on Sunday, received on Monday: due on Thursday."""
    for finish in supplemented("4 days", clock="restart"):
        assert finish.started_ms == ms_at("2025-07-02", "2025-07-10 17:00")


def test_a_resumed_clock_moves_the_deadline_by_the_working_time_of_the_answer():
    """Asked at 10:00, answered on Sunday: 5 h, 7.5 h and 7.5 h of office time after Monday 17:00.

    Two days take it to Wednesday evening, five hours to Thursday 14:30, less what it was asked after 10:00.
    """
    asked = supplemented("4 days", clock="resume", event=LOG_CITIZEN)
    finished = supplemented("4 days", clock="resume")
    for ask, finish in zip(asked, finished, strict=True):
        late = ask.entered_ms - ms_at("2025-07-02", "2025-07-02 10:00")
        assert 0 < late < 2 * 60_000
        assert finish.started_ms == ms_at("2025-07-02", "2025-07-10 14:30") - late


def test_a_dossier_without_answer_is_closed_when_the_limit_ends():
    for finish in supplemented("10 days", supplement_limit="2 working days"):
        assert finish.ended_ms == ms_at("2025-07-02", "2025-07-04 17:00")
        assert finish.detail == -CLOSED_UNANSWERED


def test_an_answer_within_the_limit_lets_the_dossier_go_on():
    for finish in supplemented("54 h", supplement_limit="2 working days", calendar="always"):
        assert finish.detail == -COMPLETED
        assert 0 < finish.ended_ms - ms_at("2025-07-02", "2025-07-02 10:00") - 54 * MS_PER_HOUR < 2 * 60_000


def supplemented(answer: str, event: int = LOG_FINISH, **options: object):
    """Dossiers of three working days that are filed on Wednesday at 10:00 and at once need an answer."""
    steps = WITH_SUPPLEMENT.format(answer=answer)
    settings = {"deadline": "3 working days", "calendar": "always"} | options
    return stamps_of_first_day(event, "2025-07-02", "10:00-10:01", steps, **settings)
