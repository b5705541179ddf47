"""Shares that follow a logistic curve."""

import datetime
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.schema import ChannelShareCase, SharePath
from sim.world.build import build
from sim.world.day_factors import share_by_day
from tests.support.tiny_scenario import tiny_scenario

HALF_WAY = datetime.date(2025, 9, 15)
DAYS = [HALF_WAY + datetime.timedelta(days=day) for day in range(-400, 401)]
CURVE = {"from": "20 %", "to": "82 %", "half_way": "2025-09-15", "takes": "120 days"}
SHARES = st.integers(0, 100)


def path(start: float, to: float, takes_days: int) -> SharePath:
    curve = {"from": start, "to": to, "half_way": "2025-09-15", "takes": f"{takes_days} days"}
    return SharePath.model_validate({"adoption": curve})


@given(SHARES, SHARES, st.integers(1, 1000))
def test_the_curve_is_the_logistic_function(start: int, to: int, takes: int) -> None:
    low, high = start / 100, to / 100
    found = share_by_day(path(low, high, takes), DAYS)
    for day, share in zip(range(-400, 401), found, strict=True):
        way = min(max(-day / takes * math.log(81), -700), 700)
        assert share == pytest.approx(low + (high - low) / (1 + math.exp(way)), abs=1e-12)


def test_it_takes_the_time_given_from_10_to_90_percent_of_the_way() -> None:
    curve = path(0.2, 0.8, 120)
    assert curve.at(HALF_WAY) == pytest.approx(0.5)
    assert curve.at(HALF_WAY - datetime.timedelta(days=60)) == pytest.approx(0.2 + 0.1 * 0.6)
    assert curve.at(HALF_WAY + datetime.timedelta(days=60)) == pytest.approx(0.2 + 0.9 * 0.6)
    assert curve.at(datetime.date(2000, 1, 1)) == pytest.approx(0.2)
    assert curve.at(datetime.date(2099, 1, 1)) == pytest.approx(0.8)


@given(SHARES, SHARES, st.integers(1, 500))
def test_the_rest_is_right_on_every_day(start: int, to: int, takes: int) -> None:
    shares = {
        "online": path(start / 200, to / 200, takes),
        "post": {"2025-07-01": "5 %", "2025-12-01": "40 %"},
    }
    case = ChannelShareCase.model_validate({"shares": shares | {"counter": "rest"}})
    total = sum(share_by_day(each, DAYS) for each in case.shares.values())
    np.testing.assert_allclose(total, 1.0, atol=1e-12)


def test_a_world_follows_the_curve_by_class_of_site() -> None:
    curve = {"adoption": {"from": "20 %", "to": "82 %", "half_way": "2025-07-14", "takes": "6 days"}}
    cases = [
        {"where": {"names": ["Commune 0001"]}, "shares": {"online": curve, "counter": "rest"}},
        {"shares": {"online": "30 %", "counter": "rest"}},
    ]
    world = build(tiny_scenario(demand__channel_shares=cases)).world
    first = world.streams[(world.streams["site"] == 2)]
    online, counter = (world.day_factor[first["factor_row"][first["channel"] == each]][0] for each in (0, 1))
    days = [datetime.date(2025, 7, day) for day in range(7, 21)]
    expected = share_by_day(SharePath.model_validate(curve), days)
    # Online comes on seven days, at the counter on five, with the same volume in a week.
    assert online == pytest.approx(expected * 5 / 7)
    assert counter == pytest.approx(
        [0.0 if day.weekday() > 4 else 1 - s for day, s in zip(days, expected, strict=True)]
    )


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ({"online": {"adoption": {"from": "20 %", "to": "82 %"}}}, "half_way"),
        ({"online": {"adoption": CURVE | {"takes": "0 days"}}}, "0 days"),
        ({"online": {"adoption": {}, "2025-07-01": "20 %"}}, "adoption together with dates"),
        ({"online": path(0.2, 0.8, 50), "post": "30 %", "counter": "rest"}, "the shares make 101"),
        ({"online": path(0.2, 0.8, 50), "counter": "50 %"}, "the shares make"),
    ],
)
def test_a_curve_that_makes_no_sense_is_refused(shares: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ChannelShareCase.model_validate({"shares": shares})
