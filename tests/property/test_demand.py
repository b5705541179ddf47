"""Demand: how many dossiers a scenario brings on each day, and when in the day they are filed."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.scenario.schema import Channel, ProfilePart
from sim.world.arrays import MS_PER_DAY, MS_PER_HOUR, World
from sim.world.build import Built, build
from sim.world.filing_times import WHOLE_DAY, filing_patterns, spans_by_day
from sim.world.hours import hours_in_world
from tests.support.tiny_scenario import tiny_scenario

COMMUNES = 3
PER_DAY = 2 * 10_000 / 1000
WEEKEND = [5, 6, 12, 13]


@cache
def tiny_world() -> World:
    return build(tiny_scenario()).world


def by_day(built: Built, channel: str | None = None) -> np.ndarray:
    """Mean dossiers of all communes by day: shape (days,)."""
    streams, factors = built.world.streams, built.world.day_factor
    mean = streams["per_day"][:, np.newaxis] * factors[streams["factor_row"]]
    if channel is not None:
        mean = mean[streams["channel"] == built.names.channels.index(channel)]
    return mean.sum(axis=0)


def test_a_week_without_holidays_brings_five_days_of_the_rate() -> None:
    days = by_day(build(tiny_scenario()))
    assert days.reshape(2, 7).sum(axis=1) == pytest.approx([5 * COMMUNES * PER_DAY] * 2)


@settings(max_examples=30)
@given(
    st.lists(st.floats(0, 3), min_size=7, max_size=7).filter(lambda w: sum(w[:5]) > 0.1),
    st.sampled_from(["any_time", "opening_hours"]),
)
def test_weekday_factors_move_filings_within_the_week_only(weights: list[float], filing: str) -> None:
    factors = dict(zip(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], weights, strict=True))
    channel = {"medium": "electronic", "in_person": False, "filing": filing, "weekday_factors": factors}
    built = build(
        tiny_scenario(channels={"online": channel}, demand__channel_shares=[{"shares": {"online": "100 %"}}])
    )
    days = by_day(built).reshape(2, 7)
    assert days.sum(axis=1) == pytest.approx([5 * COMMUNES * PER_DAY] * 2)
    usual = days[0, :5] / days[0, :5].sum()
    assert usual == pytest.approx(np.array(weights[:5]) / sum(weights[:5]))


def test_counters_bring_nothing_on_closed_days_and_people_file_online_as_on_a_sunday() -> None:
    built = build(
        tiny_scenario(
            period={"start": "2025-09-01", "end": "2025-09-14"},
            channels__online={
                "medium": "electronic",
                "in_person": False,
                "filing": "any_time",
                "weekday_factors": {"sat": 0.5, "sun": 0.25},
            },
        )
    )
    counter, online = by_day(built, "counter"), by_day(built, "online")
    assert counter[[0, 1, 5, 6]].tolist() == [0, 0, 0, 0]
    assert counter[2] == pytest.approx(0.6 * COMMUNES * PER_DAY)
    assert online[[0, 1]] == pytest.approx(online[[6, 6]])
    assert online[7:].sum() == pytest.approx(5 * 0.4 * COMMUNES * PER_DAY)


def test_an_extra_open_saturday_brings_a_usual_day_or_what_the_factor_says() -> None:
    office = {"weekly": {"mon-fri": ["08:00-12:00"]}, "extra_days": {"2025-07-12": ["08:00-10:00"]}}
    changes = {"calendars__office": office, "pools__leader__windows_within": None}
    assert by_day(build(tiny_scenario(**changes)), "counter")[5] == pytest.approx(0.6 * COMMUNES * PER_DAY)
    channel = {"medium": "paper", "in_person": True, "filing": "opening_hours"}
    half = build(tiny_scenario(**changes, channels__counter=channel | {"weekday_factors": {"sat": 0.5}}))
    assert by_day(half, "counter")[5] == pytest.approx(0.3 * COMMUNES * PER_DAY)


def test_channel_shares_move_linearly_between_their_dates() -> None:
    shares = {"online": {"2025-07-07": "20 %", "2025-07-17": "70 %"}, "counter": "rest"}
    built = build(tiny_scenario(demand__channel_shares=[{"shares": shares}]))
    counter = by_day(built, "counter") / (COMMUNES * PER_DAY)
    assert counter[[0, 1, 7, 10, 11]] == pytest.approx([0.8, 0.75, 0.45, 0.3, 0.3])


def test_month_growth_and_volume_factors_multiply() -> None:
    plain = by_day(build(tiny_scenario()))
    changed = by_day(
        build(
            tiny_scenario(
                demand__month_factors={"jul": 1.1},
                demand__growth_per_year="10 %",
                demand__volume_factor=2.0,
            )
        )
    )
    expected = plain * 2.0 * 1.1 * 1.1 ** (np.arange(14) / 365)
    assert changed == pytest.approx(expected)


def test_a_phase_counts_for_its_days_groups_and_sites_only() -> None:
    phase = {"start": "2025-07-08", "end": "2025-07-09", "factor": 3.0, "where": {"names": ["Commune 0002"]}}
    built = build(tiny_scenario(demand__phases={"rush": phase}))
    plain = by_day(build(tiny_scenario()))
    assert by_day(built) / plain == pytest.approx([1, 5 / 3, 5 / 3, *[1] * 11])
    other = build(
        tiny_scenario(
            groups={"papers": {}, "land": {}}, demand__phases={"rush": phase | {"groups": ["land"]}}
        )
    )
    assert by_day(other) == pytest.approx(plain)


def test_the_first_fitting_case_decides_rate_and_shares() -> None:
    cases = [{"where": {"names": ["Commune 0001"]}, "factor": 5.0}, {"factor": 0.5}]
    shares = [
        {"where": {"names": ["Commune 0001"]}, "shares": {"online": "100 %"}},
        {"shares": {"counter": "100 %"}},
    ]
    built = build(tiny_scenario(procedures__permit__rate__cases=cases, demand__channel_shares=shares))
    assert by_day(built, "online")[:7].sum() == pytest.approx(5 * 5 * PER_DAY)
    assert by_day(built, "counter")[:7].sum() == pytest.approx(5 * 2 * 0.5 * PER_DAY)
    # Streams that never bring a dossier are left out.
    assert len(built.world.streams) == 3


def test_a_rate_per_hour_is_even_round_the_clock_and_knows_no_factor() -> None:
    built = build(
        tiny_scenario(
            procedures__permit__rate={"per_commune_and_hour": 6},
            demand__channel_shares=[{"shares": {"online": "100 %"}}],
            demand__volume_factor=3.0,
            demand__month_factors={"jul": 2.0},
        )
    )
    assert by_day(built) == pytest.approx([24 * 6 * COMMUNES] * 14)


def test_no_filing_is_expected_on_a_day_without_a_pattern_of_filing_times() -> None:
    for rate in ({"per_commune_and_hour": 6}, {"per_1000_inhabitants_and_working_day": 2}):
        built = build(tiny_scenario(procedures__permit__rate=rate))
        no_pattern = built.world.pattern_of_day < 0
        assert no_pattern.any()
        for number, name in enumerate(built.names.channels):
            assert not by_day(built, name)[no_pattern[number]].any()


def test_streams_stand_in_the_order_of_their_names_e14() -> None:
    permit = tiny_scenario().procedures["permit"]
    built = build(tiny_scenario(procedures={"zoning": permit, "birth": permit}))
    names, streams = built.names, built.world.streams
    keys = [
        (names.sites[s], names.procedures[p], names.channels[c])
        for s, p, c in streams[["site", "procedure", "channel"]].tolist()
    ]
    assert keys == sorted(keys)
    assert len(keys) == 2 * 2 * COMMUNES


def test_the_backlog_comes_on_one_electronic_channel() -> None:
    inherited = {"per_1000_inhabitants": 1.5, "at_step": "signature", "deadline_used": "50 %"}
    built = build(tiny_scenario(procedures__permit__inherited=inherited))
    streams = built.world.streams
    online = streams["channel"] == built.names.channels.index("online")
    assert streams["inherited"][online].tolist() == [15.0] * COMMUNES
    assert not streams["inherited"][~online].any()
    assert built.names.steps[built.world.procedures[0]["inherited_step"]] == "signature"


def filing_density(world: World, pattern: int) -> np.ndarray:
    """Probability of filing in each hour of the day."""
    first, end = world.pattern_first[pattern], world.pattern_first[pattern + 1]
    until = world.segment_until[first:end]
    start, length = world.segment_start_ms[first:end], world.segment_length_ms[first:end]
    corners = np.concatenate([[0.0], np.column_stack([start, start + length]).ravel(), [MS_PER_DAY]])
    heights = np.concatenate([[0.0], np.column_stack([np.r_[0.0, until[:-1]], until]).ravel(), [1.0]])
    return np.diff(np.interp(np.arange(25) * MS_PER_HOUR, corners, heights))


def test_filings_at_the_counter_fall_into_opening_hours_by_the_profile() -> None:
    profile = {"00:00-09:30": 95, "09:30-24:00": 145}
    channel = {"medium": "paper", "in_person": True, "filing": "opening_hours", "hour_profile": profile}
    world = build(tiny_scenario(channels__counter=channel)).world
    assert (world.pattern_of_day[1][WEEKEND] == -1).all()
    density = filing_density(world, world.pattern_of_day[1, 0])
    # 10 per hour in both parts: two of the 7.5 open hours lie in the first part.
    assert density[7:12] == pytest.approx(np.array([0.5, 1, 1, 1, 0.5]) / 7.5)
    assert density[13:17] == pytest.approx(np.array([0.5, 1, 1, 1]) / 7.5)
    assert density.sum() == pytest.approx(1)


def test_without_a_profile_filings_online_are_even_over_the_day() -> None:
    world = build(tiny_scenario()).world
    assert filing_density(world, world.pattern_of_day[0, 6]) == pytest.approx([1 / 24] * 24)


@given(st.lists(st.floats(0, 10), min_size=4, max_size=4).filter(lambda w: sum(w) > 0))
def test_patterns_rise_to_one_and_stay_inside_the_day(weights: list[float]) -> None:
    parts = ["00:00-06:00", "06:00-10:00", "10:00-15:00", "20:00-24:00"]
    channel = Channel.model_validate(
        {
            "medium": "electronic",
            "in_person": False,
            "filing": "opening_hours",
            "hour_profile": dict(zip(parts, weights, strict=True)),
        }
    )
    opening = hours_in_world(tiny_world(), 0)
    patterns = filing_patterns([channel], opening, 14)
    for first, end in zip(patterns.pattern_first[:-1], patterns.pattern_first[1:], strict=True):
        until = patterns.segment_until[first:end]
        assert until[-1] == 1.0
        assert (np.diff(until) >= 0).all()
    assert (patterns.segment_length_ms > 0).all()
    assert (patterns.segment_start_ms + patterns.segment_length_ms <= MS_PER_DAY).all()


def test_a_profile_part_outside_all_days_is_the_whole_day_by_default() -> None:
    channel = Channel.model_validate({"medium": "electronic", "in_person": False, "filing": "any_time"})
    assert channel.profile == (ProfilePart(0, 1440, 1.0),)
    always = hours_in_world(build(tiny_scenario()).world, 2)
    assert spans_by_day(always, 2) == [WHOLE_DAY, WHOLE_DAY]
