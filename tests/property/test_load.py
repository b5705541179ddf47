"""Expected load: visits to steps, work of pools, and the Erlang C formula."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.world.arrays import MS_PER_DAY
from sim.world.build import build
from sim.world.load import erlang_c_wait, expected_load
from sim.world.visits import expected_visits
from tests.support.tiny_scenario import tiny_scenario

CITIZEN = {"citizen": {"answers_after": "2 days"}}


def work(**more: object) -> dict[str, object]:
    return {"pool": "reception", "touch_time": "10 min", **more}


def visits(steps: dict[str, dict[str, object]], **changes: object) -> list[float]:
    world = build(tiny_scenario(procedures__permit__steps=steps, **changes)).world
    return expected_visits(world, 0).tolist()


def test_each_step_of_a_straight_way_is_visited_once() -> None:
    assert visits({"a": work(), "b": work(), "c": work()}) == pytest.approx([1, 1, 1])


def test_a_loop_is_visited_a_geometric_number_of_times() -> None:
    steps = {"a": work(), "b": work(next={"a": "20 %", "completed": "80 %"})}
    assert visits(steps) == pytest.approx([1.25, 1.25])


@settings(max_examples=30)
@given(st.floats(0.01, 0.4), st.floats(0.01, 0.4))
def test_a_branch_marked_once_is_taken_once_then_the_others_take_over(ask: float, back: float) -> None:
    steps = {
        "a": work(),
        "b": work(
            next=[
                {"to": "ask", "share": ask, "once": True},
                {"to": "a", "share": back},
                {"to": "completed", "share": "rest"},
            ]
        ),
        "ask": CITIZEN | {"next": "b"},
    }
    found = visits(steps)
    # Before the request b is left by three ways, after it by two, in proportion.
    before = 1 / (1 - back)
    asked = before * ask
    back_later = back / (1 - ask)
    after = asked / (1 - back_later)
    assert found == pytest.approx([1 + before * back + after * back_later, before + after, asked])


def test_a_citizen_who_answers_too_late_does_not_come_back() -> None:
    answers = {"citizen": {"answers_after": {"uniform": {"low": "1 day", "high": "29 days"}}}}
    steps = {
        "a": work(next=[{"to": "ask", "share": "50 %", "once": True}, {"to": "completed", "share": "rest"}]),
        "ask": answers | {"next": "b"},
        "b": work(),
    }
    calendars = {"calendars__office": {"weekly": {"mon-sun": ["00:00-24:00"]}, "holidays": "none"}}
    # 15 days of 1 to 29: half of them answer in time.
    found = visits(steps, pools__leader__windows_within=None, **calendars)
    assert found == pytest.approx([1, 0.5, 0.25], rel=0.01)


def test_work_and_demand_of_the_tiny_scenario_are_those_computed_by_hand() -> None:
    load = expected_load(build(tiny_scenario(pools__reception__time_for_dossiers="80 %")))
    assert load.working_days == 10
    assert load.demand.per_working_day == pytest.approx(60)
    assert load.demand.per_commune == pytest.approx(20)
    assert load.demand.per_1000_inhabitants == pytest.approx(2)
    assert load.demand.by_channel == pytest.approx({"online": 24, "counter": 36})
    assert load.demand.by_group == pytest.approx({"papers": 60})
    assert load.demand.in_run == pytest.approx(600)
    reception, leader = load.pools
    # 300 dossiers a week at 10 minutes, stretched by 1/0.8; 6 people, 37.5 hours a week each.
    assert reception.work_hours_per_week == pytest.approx(62.5)
    assert reception.available_hours_per_week == pytest.approx(225)
    assert reception.utilisation == pytest.approx(62.5 / 225)
    assert (reception.sites, reception.people) == (3, 6)
    # 300 signatures of 3 minutes; three people with windows of five hours a week.
    assert leader.utilisation == pytest.approx(15 / 15)
    assert leader.sites_that_cannot_keep_up == 1
    assert leader.mean_wait_minutes is None
    assert not load.can_keep_up


def test_the_worst_sites_come_first_and_those_at_their_limit_are_counted() -> None:
    cases = [{"where": {"names": ["Commune 0002"]}, "headcount": 1}]
    built = build(
        tiny_scenario(
            pools__reception__cases=cases, procedures__permit__steps={"a": work(touch_time="21 min")}
        )
    )
    reception = expected_load(built).pools[0]
    # 100 dossiers a week at 21 minutes: 35 of 37.5 hours of one person, or of 75 of two.
    assert [site.site for site in reception.worst] == ["C00002", "C00001", "C00003"]
    assert reception.highest.utilisation == pytest.approx(35 / 37.5)
    assert reception.lowest.utilisation == pytest.approx(35 / 75)
    assert (reception.sites_nearly_full, reception.sites_that_cannot_keep_up) == (1, 0)


def test_dated_changes_count_for_the_days_on_which_they_hold() -> None:
    change = {"at": "2025-07-14", "pool": "reception", "headcount": {"add": 2}, "speed": {"multiply": 2.0}}
    reception = expected_load(build(tiny_scenario(changes={"more": change}))).pools[0]
    assert reception.people == pytest.approx(9)
    assert reception.work_hours_per_week == pytest.approx(50 * 0.75)


def test_a_pool_with_work_and_nobody_in_it_cannot_keep_up() -> None:
    reception = expected_load(build(tiny_scenario(pools__reception__headcount=0))).pools[0]
    assert reception.sites_that_cannot_keep_up == 3
    assert reception.utilisation == np.inf


def test_a_pool_without_work_and_without_people_is_not_overrun() -> None:
    nobody = {"title": "Nobody", "level": "commune", "headcount": 0, "calendar": "office"}
    pools = expected_load(build(tiny_scenario(pools__nobody=nobody))).pools
    assert [pool.utilisation for pool in pools if pool.pool == "nobody"] == [0.0]


def test_load_equals_what_a_simulated_demand_brings() -> None:
    built = build(tiny_scenario())
    streams, factors = built.world.streams, built.world.day_factor
    random = np.random.default_rng(1)
    mean = streams["per_day"][:, np.newaxis] * factors[streams["factor_row"]]
    drawn = random.poisson(np.repeat(mean[np.newaxis], 400, axis=0)).sum(axis=(1, 2))
    expected = expected_load(built).demand.in_run
    assert abs(drawn.mean() - expected) < 3 * np.sqrt(expected / 400)


@pytest.mark.parametrize("offered", [0.1, 0.5, 0.8, 0.95])
def test_one_server_waits_as_in_the_formula_of_m_m_1(offered: float) -> None:
    assert erlang_c_wait(1, offered / MS_PER_DAY, MS_PER_DAY) == pytest.approx(
        MS_PER_DAY * offered / (1 - offered)
    )


def test_many_servers_wait_as_in_the_sum_of_erlang() -> None:
    servers, offered = 5, 4.2
    terms = [offered**k / np.prod(np.arange(1, k + 1)) for k in range(servers)]
    last = offered**servers / np.prod(np.arange(1, servers + 1)) / (1 - offered / servers)
    assert erlang_c_wait(servers, offered, 1.0) == pytest.approx(
        last / (sum(terms) + last) / (servers - offered)
    )


def test_nobody_waits_where_nothing_arrives() -> None:
    assert erlang_c_wait(3, 0.0, 1.0) == 0
