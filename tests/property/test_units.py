"""Quantities: written with a unit, kept in one base unit, exactly; nothing without a unit gets through."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from sim.scenario.schema import Calendar, Distribution, Headcount, SharePath
from sim.scenario.schema.calendars import WEEKDAYS, weekdays_of
from sim.scenario.schema.units import (
    BITS_PER_S,
    BYTES,
    MS_PER_UNIT,
    VND,
    Bandwidth,
    Date,
    DateTime,
    Deadline,
    Duration,
    Growth,
    Money,
    Ratio,
    Share,
    Size,
    TimeOfDay,
    WorkingDays,
)


def read(kind: Any, written: object) -> Any:
    return TypeAdapter(kind).validate_python(written)


@pytest.mark.parametrize(
    ("kind", "written", "kept"),
    [
        (Duration, "15 min", 900_000),
        (Duration, "1.5 h", 5_400_000),
        (Duration, "1 h 30 min", 5_400_000),
        (Duration, "2 days", 172_800_000),
        (Duration, "10ms", 10),
        (WorkingDays, "15 working days", 15),
        (WorkingDays, "1 working day", 1),
        (Deadline, "same day", 0),
        (Deadline, "3 working days", 3),
        (Deadline, "none", None),
        (Share, "80 %", 0.8),
        (Share, 0.8, 0.8),
        (Ratio, "130 %", 1.3),
        (Growth, "-2 %", -0.02),
        (Bandwidth, "200 Mbps", 200e6),
        (Size, "5 MB", 5_000_000),
        (Money, "12 million VND", 12e6),
        (Money, "40000 VND", 40_000.0),
        (Date, "2025-07-01", datetime.date(2025, 7, 1)),
        (DateTime, "2025-07-03 08:00", datetime.datetime(2025, 7, 3, 8)),
        (TimeOfDay, "15:00", 900),
        (TimeOfDay, "24:00", 1440),
    ],
)
def test_a_quantity_is_kept_in_its_base_unit(kind: Any, written: object, kept: object) -> None:
    assert (
        read(kind, written) == pytest.approx(kept) if isinstance(kept, float) else kept == read(kind, written)
    )


@given(st.integers(0, 10_000), st.sampled_from(sorted(MS_PER_UNIT)))
def test_whole_durations_are_exact_in_every_unit(number: int, unit: str) -> None:
    if number * MS_PER_UNIT[unit] <= 50 * 366 * MS_PER_UNIT["day"]:
        assert read(Duration, f"{number} {unit}") == number * MS_PER_UNIT[unit]


@given(st.integers(0, 10**6), st.integers(0, 59), st.integers(0, 59))
def test_parts_of_a_duration_add_up(hours: int, minutes: int, seconds: int) -> None:
    hours %= 1000
    written = f"{hours} h {minutes} min {seconds} s"
    assert read(Duration, written) == ((hours * 60 + minutes) * 60 + seconds) * 1000


@pytest.mark.parametrize("kind", [Duration, WorkingDays, Deadline, Bandwidth, Size, Money, Date, TimeOfDay])
@given(number=st.one_of(st.integers(), st.floats(), st.booleans()))
def test_a_bare_number_is_never_a_quantity(kind: Any, number: float) -> None:
    with pytest.raises(ValidationError):
        read(kind, number)


@given(
    st.sampled_from([(Bandwidth, BITS_PER_S), (Size, BYTES), (Money, VND)]),
    st.sampled_from(sorted(MS_PER_UNIT)),
)
def test_a_unit_of_time_is_refused_elsewhere(kind_and_units: tuple[Any, dict[str, float]], unit: str) -> None:
    with pytest.raises(ValidationError, match="unknown unit"):
        read(kind_and_units[0], f"5 {unit}")


@given(st.floats(0, 1))
def test_percent_and_number_mean_the_same_share(share: float) -> None:
    written = f"{share * 100:.9f} %"
    assert read(Share, written) == pytest.approx(read(Share, share), abs=1e-10)


@given(st.text(max_size=30))
def test_any_text_is_a_duration_or_is_refused(written: str) -> None:
    try:
        assert read(Duration, written) >= 0
    except ValidationError as error:
        assert "found" in str(error)


@given(st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 12, 31)))
def test_dates_are_read_back_as_written(day: datetime.date) -> None:
    assert read(Date, day.isoformat()) == day


@given(st.integers(0, 6), st.integers(0, 6))
def test_a_span_of_weekdays_holds_every_day_from_first_to_last(first: int, last: int) -> None:
    first, last = sorted((first, last))
    assert weekdays_of(f"{WEEKDAYS[first]}-{WEEKDAYS[last]}") == tuple(range(first, last + 1))


def test_a_week_has_the_hours_of_its_days() -> None:
    office = Calendar.model_validate(
        {"weekly": {"mon-fri": ["07:30-11:30", "13:30-17:00"], "sat": ["07:30-11:30"]}}
    )
    minutes = [sum(part.end_minute - part.start_minute for part in day) for day in office.week]
    assert minutes == [450] * 5 + [240, 0]


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 100))
def test_a_path_is_linear_between_its_dates_and_flat_outside(first: float, last: float, day: int) -> None:
    path = SharePath.model_validate({"2025-01-01": first, "2025-04-11": last})
    start = datetime.date(2025, 1, 1)
    assert path.at(start + datetime.timedelta(day)) == pytest.approx(first + (last - first) * day / 100)
    assert path.at(start - datetime.timedelta(day)) == first
    assert path.at(start + datetime.timedelta(100 + day)) == last


@given(st.integers(0, 100_000))
def test_a_plain_headcount_is_that_many_posts(posts: int) -> None:
    assert Headcount.model_validate(posts).posts == posts


@pytest.mark.parametrize(
    "written",
    ["15 min", {"gamma": {"mean": "15 min", "cv": 1}}, {"scipy": {"name": "expon", "mean": "15 min"}}],
)
def test_equal_distributions_are_one(written: object) -> None:
    one, other = Distribution.model_validate(written), Distribution.model_validate(written)
    assert len({one, other}) == 1
