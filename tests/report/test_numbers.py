"""Numbers as planners read them."""

import math
from datetime import date

import pytest

from sim.report.numbers import day_text, interval, interval_decimals, number, percent, tick
from sim.report.words import Words


@pytest.mark.parametrize(
    ("value", "english", "vietnamese"),
    [
        (1234567.0, "1,234,567", "1.234.567"),
        (12.345, "12.3", "12,3"),
        (0.01234, "0.012", "0,012"),
        (-3.5, "−3.50", "−3,50"),
        (0.0, "0", "0"),
        (-0.0001, "0.000", "0,000"),
        (math.nan, "–", "–"),
        (math.inf, "–", "–"),
    ],
)
def test_number_is_written_as_the_language_does(value: float, english: str, vietnamese: str) -> None:
    assert number(value) == english
    assert number(value, "vi") == vietnamese


def test_interval_without_ends_is_left_out() -> None:
    assert interval(math.nan, 1.0) == ""
    assert interval(1.0, 2.5) == "1.00 to 2.50"
    assert interval(1.0, 2.5, "vi", 1) == "1,0 đến 2,5"


def test_a_wide_interval_allows_few_decimals() -> None:
    assert interval_decimals(91.2345, 80.0, 99.0) == 0
    assert interval_decimals(91.2345, 91.1, 91.4) == 2


def test_share_is_shown_as_per_cent() -> None:
    assert percent(0.9135) == "91.3 %"
    assert Words("vi").measured(0.9135, 0.90, 0.92, "share") == ("91,3", "90,0 đến 92,0", "%")


def test_money_is_shown_on_a_scale_that_reads_well() -> None:
    assert Words().measured(4.14e10, 4.1e10, 4.2e10, "vnd") == ("41.4", "41.0 to 42.0", "billion VND")
    assert Words("vi").measured(3.1e6, math.nan, math.nan, "vnd")[2] == "triệu đồng"


def test_three_decimals_never_follow_a_whole_number_because_they_look_like_thousands() -> None:
    shown = Words("vi").measured(3.0001, 3.00005, 3.00015, "minutes")
    assert shown[0] == "3,00"


def test_axis_numbers_have_no_trailing_zeros() -> None:
    assert tick(0.25) == "0.25"
    assert tick(2.0) == "2"
    assert tick(-1500.0, "vi") == "−1.500"


def test_dates_are_written_as_the_language_does() -> None:
    assert day_text(date(2025, 7, 1)) == "1 Jul 2025"
    assert day_text(date(2025, 7, 1), "vi") == "1/7/2025"


def test_names_that_the_study_does_not_translate_are_shown_readably() -> None:
    words = Words("en", {"pools": {"land_desk": {"title": {"vi": "Bàn đất đai"}}}, "alternatives": []})
    assert words.pool("land_desk") == "Bàn đất đai"
    assert words.pool("front_desk") == "front desk"
    assert words.alternative("more_posts") == "more posts"
