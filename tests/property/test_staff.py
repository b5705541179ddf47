"""People over time: covers, absences, departures, learning, training, secondment, rosters, overtime."""

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from sim.control.draws import keys_within, look_up_each, mix_each, uniform_each
from sim.control.spells import absence_spells, departure_spells
from sim.engine import addressed
from sim.scenario.errors import ScenarioError
from sim.scenario.reader import load_text
from sim.scenario.schema import Learning
from sim.world.arrays import COVER_ALWAYS, COVER_WHEN_ABSENT, FOR_ABSENCE, FOR_ABSENCE_LENGTH, MS_PER_DAY
from sim.world.build import build
from sim.world.keys import name_key
from sim.world.learning import learning_steps, speed_after, speed_on
from sim.world.load import expected_load
from sim.world.quantiles import exponential
from sim.world.staff_plan import DAYS_BEFORE
from tests.support.command import THREE_WARDS
from tests.support.control_record import Steered
from tests.support.rostered import rostered
from tests.support.tiny_scenario import tiny_scenario

YEAR = {"start": "2025-07-01", "end": "2026-06-30"}
LEADER, FIRST, SECOND, THIRD = range(4)
"""Pools of the tiny scenario: the leader of the province, then reception of three communes."""


def test_many_random_numbers_at_once_are_those_of_single_addresses_e7_e8_e10() -> None:
    names = np.array([name_key(f"post {number}") for number in range(300)], dtype=np.uint64)
    key = addressed.replication_key(5, 2)
    keys = keys_within(key, names)
    assert keys.tolist() == [addressed.key_within(key, name) for name in names.tolist()]
    assert mix_each(names).tolist() == [addressed.mix64(name) for name in names.tolist()]
    u = uniform_each(keys, 7, 1, FOR_ABSENCE)
    assert u.tolist() == [addressed.uniform(each, 7, 1, FOR_ABSENCE) for each in keys.tolist()]
    table = exponential(3.0)
    probe = np.concatenate([u, [0.0, 0.5, 0.75, 1 - 2.0**-24, 1 - 2.0**-25, 1 - 2.0**-53]])
    assert look_up_each(table, probe).tolist() == [addressed.look_up(table.tolist(), each) for each in probe]


# Covers and sharing


DESKS = {
    "land": {"level": "commune", "headcount": 1, "calendar": "office"},
    "deputy": {
        "level": "province",
        "headcount": 1,
        "calendar": "office",
        "covers": {"leader": {"only_when_absent": True}},
    },
}


def covers_of(world: Any, pool: int) -> list[tuple[int, float, int]]:
    part = slice(world.cover_first[pool], world.cover_first[pool + 1])
    return list(
        zip(
            world.cover_pool[part].tolist(),
            world.cover_stretch[part].tolist(),
            world.cover_when[part].tolist(),
            strict=True,
        )
    )


def test_pools_cover_others_of_their_site_in_order_of_preference_e52() -> None:
    covers = {"vendor": {"speed": "50 %"}, "land": {"speed": "80 %"}}
    more = {"pools__vendor": DESKS["land"], "pools__land": DESKS["land"], "pools__deputy": DESKS["deputy"]}
    built = build(tiny_scenario(**more, pools__reception__covers=covers))
    world, roles = built.world, built.names.roles
    pool = {(int(each["site"]), roles[each["role"]]): number for number, each in enumerate(world.pools)}
    for site in (2, 3, 4):
        assert covers_of(world, pool[site, "reception"]) == [
            (pool[site, "vendor"], 2.0, COVER_ALWAYS),
            (pool[site, "land"], 1.25, COVER_ALWAYS),
        ]
        assert covers_of(world, pool[site, "land"]) == []
    assert covers_of(world, pool[1, "deputy"]) == [(pool[1, "leader"], 1.0, COVER_WHEN_ABSENT)]
    assert_covers_and_coverers_agree(world)


def assert_covers_and_coverers_agree(world: Any) -> None:
    coverer = np.repeat(np.arange(len(world.pools)), np.diff(world.cover_first))
    covered = np.repeat(np.arange(len(world.pools)), np.diff(world.coverer_first))
    assert world.cover_first[-1] == world.coverer_first[-1] == len(world.cover_pool)
    assert sorted(world.coverer_place.tolist()) == list(range(len(world.cover_pool)))
    assert coverer[world.coverer_place].tolist() == world.coverer_pool.tolist()
    assert world.cover_pool[world.coverer_place].tolist() == covered.tolist()


def test_without_covers_there_are_none() -> None:
    world = build(tiny_scenario()).world
    assert world.cover_first.tolist() == world.coverer_first.tolist() == [0] * 5
    assert len(world.cover_pool) == len(world.coverer_pool) == 0


def test_a_shared_pool_serves_sites_that_have_none_of_their_own() -> None:
    shared = [{"at": "Commune 0002", "serves": {"names": ["Commune 0003"]}}]
    world = build(tiny_scenario(pools__reception__shared=shared)).world
    assert world.pools["site"].tolist() == [1, 2, 3]
    assert world.pool_of[[2, 3, 4], 0].tolist() == [1, 2, 2]
    assert np.diff(world.site_first_pool).tolist() == [0, 1, 1, 1, 0]


def test_a_pool_of_communes_has_people_at_old_seats_beside_those_at_the_commune() -> None:
    territory = {
        "synthetic": {"communes_per_province": 2, "former_communes": 2},
        "citizens_live_in": "former_communes",
    }
    world = build(tiny_scenario(territory=territory, pools__reception__at_old_seats=1)).world
    people = world.pools["capacity"][world.pools["role"] == 0]
    assert people.tolist() == [2, 2, 1, 1, 1, 1]
    assert (world.pool_of[world.pools["site"], world.pools["role"]] == np.arange(len(world.pools))).all()


def test_old_seats_are_those_of_a_territory_that_has_them() -> None:
    with pytest.raises(ScenarioError, match="the territory has no old seats"):
        build(tiny_scenario(pools__reception__at_old_seats=1))


def test_what_is_sent_to_a_shared_pool_counts_as_its_load() -> None:
    shared = [{"at": "Commune 0002", "serves": {"names": ["Commune 0003"]}}]
    own, common = (
        expected_load(build(tiny_scenario(**more))).pools[0]
        for more in ({}, {"pools__reception__shared": shared})
    )
    assert common.sites == 2
    assert common.work_hours_per_week == pytest.approx(own.work_hours_per_week)
    assert common.highest.utilisation == pytest.approx(2 * own.highest.utilisation)


def test_some_sites_have_other_hours_or_other_people() -> None:
    cases = [
        {"where": {"names": ["Commune 0001"]}, "calendar": "always"},
        {"where": {"names": ["Commune 0002"]}, "headcount": 5},
        {"calendar": "signing", "windows_within": "office"},
    ]
    built = build(tiny_scenario(pools__reception__cases=cases))
    pools, calendars = built.world.pools, built.names.calendars
    assert pools["capacity"].tolist() == [3, 2, 5, 2]
    assert [calendars[number] for number in pools["calendar"][FIRST:]] == ["always", "office", "signing"]
    assert pools["windows_within"].tolist() == [calendars.index("office"), -1, -1, calendars.index("office")]


# Absences and departures


ILL = {"per_person_and_year": 5, "lasts": {"exponential": {"mean": "4 days"}}}


def absent(**more: Any) -> dict[str, Any]:
    return {
        "period": YEAR,
        "pools__reception__headcount": 40,
        "pools__reception__absences": {"ill": ILL | more},
    }


def test_absences_of_a_post_are_drawn_at_its_address() -> None:
    built = build(tiny_scenario(**absent()))
    plan = built.control_plan.staff
    key = addressed.replication_key(1, 3)
    spells = absence_spells(plan.absences[0], plan, key)
    post = int(np.flatnonzero((plan.posts.pool == SECOND) & (plan.posts.number == 17))[0])
    own = addressed.key_within(key, name_key("absence:C00002/reception/17/ill"))
    gaps, lengths = plan.absences[0].gap_table.tolist(), plan.absences[0].length_table.tolist()
    clock, found = 0.0, []
    for nth in range(40):
        start = clock + addressed.look_up(gaps, addressed.uniform(own, nth, 0, FOR_ABSENCE))
        length = addressed.look_up(lengths, addressed.uniform(own, nth, 0, FOR_ABSENCE_LENGTH))
        days = max(1, int(np.ceil(length)))
        begin = int(start) - DAYS_BEFORE
        if start < DAYS_BEFORE + plan.day_count and begin + days > 0:
            found.append((max(begin, 0), min(begin + days, plan.day_count)))
        clock = start + days
    mine = spells.posts == post
    assert found == list(zip(spells.begin[mine].tolist(), spells.end[mine].tolist(), strict=True))
    assert found


def test_absences_happen_as_often_as_is_said_and_from_the_first_day_on() -> None:
    run = Steered(tiny_scenario(**absent()))
    plan = run.built.control_plan.staff
    gone = 40 - run.people[FIRST:]
    # 5 a year of 4.52 days: whole days rounded up, 1 / (1 - e^(-1/4)).
    expected = 5 * (1 / (1 - np.exp(-1 / 4))) / 365
    assert plan.absences[0].expected_share == pytest.approx(expected, rel=0.005)
    assert gone.mean() / 40 == pytest.approx(expected, rel=0.1)
    assert gone[:, :14].mean() / 40 == pytest.approx(expected, rel=0.5)
    assert (run.posts_by_day[FIRST:] == 40).all()
    assert (run.people[LEADER] == 3).all()


def test_absences_differ_by_replication_and_not_by_what_other_posts_do() -> None:
    one, again, other = (Steered(tiny_scenario(**absent()), replication) for replication in (0, 0, 1))
    assert (one.people == again.people).all()
    assert (one.people != other.people).any()
    more = absent() | {"pools__leader__absences": {"ill": ILL}}
    assert (Steered(tiny_scenario(**more)).people[FIRST:] == one.people[FIRST:]).all()


def test_absences_in_working_days_end_on_working_days() -> None:
    whole = {"lasts": "3 days", "lasts_in": "working_days"}
    plan = build(tiny_scenario(**absent(**whole))).control_plan.staff
    spells = absence_spells(plan.absences[0], plan, addressed.replication_key(1, 0))
    worked = np.isin(np.arange(DAYS_BEFORE + plan.day_count), plan.working_day_of)[DAYS_BEFORE:]
    inside = (spells.begin > 0) & (spells.end < plan.day_count)
    counted = {
        int(worked[begin:end].sum())
        for begin, end in zip(spells.begin[inside].tolist(), spells.end[inside].tolist(), strict=True)
    }
    assert counted == {3}
    assert worked[spells.end[inside] - 1].all()
    assert plan.absences[0].expected_share == pytest.approx(15 / 250, rel=0.02)


def test_leave_falls_into_the_months_that_it_is_taken_in() -> None:
    months = {"jun": 4, "jul": 4, "jan": 0}
    run = Steered(tiny_scenario(**absent(lasts="1 day", months=months)))
    gone = (40 - run.people[FIRST:]).sum(axis=0)
    month = np.array(
        [(np.datetime64("2025-07-01") + day).astype("datetime64[M]").astype(int) % 12 for day in range(365)]
    )
    by_month = [gone[month == number].mean() for number in range(12)]
    assert by_month[0] == 0
    assert by_month[6] / by_month[9] == pytest.approx(4, rel=0.25)
    assert gone.sum() == pytest.approx(5 * 120, rel=0.1)


def test_absences_change_people_once_a_day_for_all_pools_together() -> None:
    run = Steered(tiny_scenario(**absent()))
    assert len(run.moments) == len(set(run.moments)) <= 365
    assert all(moment % MS_PER_DAY == 0 for moment in run.moments)


def test_available_time_is_that_of_those_present() -> None:
    run = Steered(tiny_scenario(**absent()))
    open_hours = np.array([7.5 if hours else 0 for hours in run.available_hours[FIRST]])
    assert run.available_hours[FIRST] == pytest.approx(run.people[FIRST] * open_hours)
    assert run.people_by_day.tolist() == run.people.tolist()


LEAVERS = {
    "per_post_and_year": "100 %",
    "hired_after": "60 days",
    "newcomer_speed": "50 %",
    "newcomer_for": "30 days",
}


def test_a_post_is_vacant_from_departure_to_hiring_and_then_slower() -> None:
    often = LEAVERS | {"per_post_and_year": "400 %"}
    scenario = tiny_scenario(period=YEAR, pools__reception__headcount=1, pools__reception__departures=often)
    run = Steered(scenario)
    plan = run.built.control_plan.staff
    vacancies, newcomers = departure_spells(plan.departures[0], plan, addressed.replication_key(1, 0))
    assert len(vacancies.posts) > 1
    for post, begin, end in zip(vacancies.posts, vacancies.begin, vacancies.end, strict=True):
        pool = plan.posts.pool[post]
        assert (run.people[pool, begin:end] == 0).all() and (run.posts_by_day[pool, begin:end] == 0).all()
        if end < plan.day_count:
            assert end - begin == 60
            assert run.people[pool, end] == 1 and run.stretch[pool, end] == 2.0
    assert set(run.stretch[FIRST:].ravel().tolist()) == {1.0, 2.0}
    assert (newcomers.end - newcomers.begin <= 30).all()


def test_vacancies_take_their_share_of_the_time() -> None:
    scenario = tiny_scenario(
        period=YEAR, pools__reception__headcount=200, pools__reception__departures=LEAVERS
    )
    run = Steered(scenario)
    expected = run.built.control_plan.staff.departures[0].expected_share
    assert expected == pytest.approx(60 / 425)
    assert 1 - run.people[FIRST:, 180:].mean() / 200 == pytest.approx(expected, rel=0.1)
    assert (run.people[FIRST:, 0] >= 195).all()


def test_expected_load_counts_who_is_not_there() -> None:
    plain, ill = (
        expected_load(build(tiny_scenario(**more))).pools[0]
        for more in (
            {},
            {"pools__reception__absences": {"ill": ILL}, "pools__reception__departures": LEAVERS},
        )
    )
    share = (1 - 5 * 4.52 / 365) * (1 - 60 / 425)
    assert ill.people == pytest.approx(plain.people * share, rel=0.001)
    assert ill.utilisation == pytest.approx(plain.utilisation / share, rel=0.001)


# Learning, training, secondment


def learning(half_time: str) -> Learning:
    return Learning.model_validate({"from": "2025-07-10", "starts_at": "70 %", "half_time": half_time})


@pytest.mark.parametrize(("half_time", "step"), [("5 days", 1), ("30 days", 7)])
def test_the_learning_curve_in_steps_follows_its_formula(half_time: str, step: int) -> None:
    curve = learning(half_time)
    days = int(half_time.split()[0])
    first_day = np.datetime64("2025-07-01").item()
    steps = learning_steps(curve, first_day)
    assert speed_on(steps, 8) == 1.0
    assert speed_after(curve, 0) == pytest.approx(0.7)
    assert speed_after(curve, days) == pytest.approx(0.85)
    assert {later - earlier for (earlier, _), (later, _) in itertools.pairwise(steps)} == {step}
    for day in range(9, 300):
        formula = 1 - 0.3 * 2 ** (-(day - 9) / days)
        assert speed_on(steps, day) == pytest.approx(formula, abs=0.03)
    middle = np.mean([speed_on(steps, day) - speed_after(curve, day - 8.5) for day in range(9, 400)])
    assert abs(middle) < 0.001
    assert steps[-1][1] == 1.0


def test_learning_makes_a_pool_faster_week_by_week() -> None:
    curve = {"from": "2025-07-10", "starts_at": "70 %", "half_time": "30 days"}
    run = Steered(
        tiny_scenario(pools__reception__learning=curve, period={"start": "2025-07-01", "end": "2025-08-31"})
    )
    speed = 1 / run.stretch[FIRST]
    assert speed[:9].tolist() == [1.0] * 9
    assert speed[9] == pytest.approx(1 - 0.3 * 2 ** (-3.5 / 30))
    assert speed[-1] == pytest.approx(1 - 0.3 * 2 ** (-(49 + 3.5) / 30))
    assert (run.stretch[LEADER] == 1).all()
    assert len(run.moments) == 8


def test_training_takes_people_away_and_makes_the_pool_faster_afterwards() -> None:
    training = {"share": "50 %", "lasts": "3 days", "faster": "20 %"}
    change = {
        "at": "2025-07-09",
        "pool": "reception",
        "where": {"names": ["Commune 0001"]},
        "training": training,
    }
    run = Steered(tiny_scenario(changes={"course": change}))
    assert run.people[FIRST].tolist() == [2, 2, 1, 1, 1, *[2] * 9]
    assert run.posts_by_day[FIRST].tolist() == [2] * 14
    assert (1 / run.stretch[FIRST]).tolist() == pytest.approx([1] * 5 + [1.1] * 9)
    assert run.people[SECOND].tolist() == [2] * 14
    everybody = tiny_scenario(
        changes={"course": change | {"training": {"people": 9, "lasts": "1 day", "faster": 0.5}}}
    )
    assert Steered(everybody).people[FIRST].tolist() == [2, 2, 0, *[2] * 11]


def test_seconded_people_are_missing_here_and_work_there() -> None:
    land = {"level": "commune", "headcount": 1, "calendar": "office"}
    secondment = {"people": 7, "to": {"pool": "land"}}
    change = {"at": "2025-07-09", "until": "2025-07-15", "pool": "leader", "secondment": secondment}
    run = Steered(tiny_scenario(pools__land=land, pools__leader__headcount=9, changes={"help": change}))
    assert run.people[run.pools("leader")][0].tolist() == [9, 9, *[2] * 7, *[9] * 5]
    # Seven to three communes: 3, 2 and 2.
    there = run.people[run.pools("land")]
    assert there[:, 2:9].tolist() == [[4] * 7, [3] * 7, [3] * 7]
    assert there[:, :2].tolist() == there[:, -2:].tolist() == [[1, 1]] * 3


def test_no_more_people_are_seconded_than_there_are() -> None:
    change = {"at": "2025-07-09", "pool": "leader", "secondment": {"people": 75, "to": {"pool": "reception"}}}
    run = Steered(tiny_scenario(changes={"help": change}))
    assert run.people[:, 5].tolist() == [0, 3, 3, 3]


def test_vendor_engineers_help_at_the_counter_in_the_first_weeks() -> None:
    vendor = {
        "level": "commune",
        "headcount": 2,
        "calendar": "office",
        "covers": {"reception": {"speed": "60 %"}},
    }
    change = {"at": "2025-07-14", "pool": "vendor_engineer", "headcount": {"set": 0}}
    run = Steered(tiny_scenario(pools__vendor_engineer=vendor, changes={"go": change}))
    world = run.built.world
    assert run.people[run.pools("vendor_engineer")].tolist() == [[2] * 7 + [0] * 7] * 3
    assert world.cover_pool.tolist() == run.pools("reception").tolist()
    assert world.cover_stretch == pytest.approx([1 / 0.6] * 3)


# Rosters


def test_a_roster_is_the_calendar_and_the_people_of_its_site(tmp_path: Path) -> None:
    scenario = rostered(tmp_path)
    at = {hour: Steered(scenario, hour=hour).people[FIRST, 0] for hour in (8, 10, 11.75, 14)}
    assert at == {8: 2, 10: 3, 11.75: 1, 14: 1}
    run = Steered(scenario)
    pools, calendars = run.built.world.pools, run.built.names.calendars
    assert [calendars[number] for number in pools["calendar"][FIRST:]] == ["roster:0", "office", "office"]
    # 4 h x 2 + 3 h + 3.5 h on Monday; Wednesday is the 9th, with hours of its own; Saturday 2 h.
    assert run.available_hours[FIRST, :7].tolist() == [14.5, 14.5, 4.0, 14.5, 14.5, 2.0, 0.0]
    assert run.people_by_day[FIRST, :3].tolist() == [3, 3, 1]
    assert run.posts_by_day[FIRST].tolist() == [3] * 14
    assert run.people[SECOND].tolist() == [3] * 14


def test_who_is_absent_is_replaced_on_a_roster_as_far_as_people_go(tmp_path: Path) -> None:
    gone = {"per_person_and_year": 100, "lasts": "3 days"}
    scenario = rostered(tmp_path, absences={"away": gone})
    run = Steered(scenario, hour=10)
    present = Steered(
        rostered(
            tmp_path,
            "site,weekday,from,until,people\nCommune 0002,mon,08:00,09:00,1\n",
            absences={"away": gone},
        ),
        hour=10,
    )
    assert run.people[FIRST, 0] == min(3, present.people[FIRST, 0])
    assert run.people[FIRST].min() < 3


def test_the_load_of_a_roster_is_that_of_the_people_on_duty(tmp_path: Path) -> None:
    reception = expected_load(build(rostered(tmp_path))).pools[0]
    first = min(reception.worst, key=lambda load: load.site)
    weekly = 14.5 * 9 + 4 + 2 * 2
    opened = 8 * 9 + 4 + 2 * 2
    assert first.people == pytest.approx(weekly / opened)


BAD_ROWS = [
    ("Commune 0001,mon-fry,08:00,10:00,1", "is not a weekday"),
    ("Commune 0001,2025-02-30,08:00,10:00,1", "not in the calendar"),
    ("Commune 0001,mon,8:00,10:00,1", 'write "08:00"'),
    ("Commune 0001,mon,10:00,08:00,1", "ends before it starts"),
    ("Commune 0001,mon,08:00,10:00,0", "a whole number from 1 to 10,000"),
    ("Commune 0001,mon,08:00,10:00,1.5", "a whole number from 1 to 10,000"),
]


@pytest.mark.parametrize(("row", "words"), BAD_ROWS)
def test_a_bad_row_of_a_roster_is_a_mistake_with_its_line(tmp_path: Path, row: str, words: str) -> None:
    head = "site,weekday,from,until,people\nCommune 0001,mon,08:00,10:00,1\n"
    with pytest.raises(ValidationError) as caught:
        rostered(tmp_path, head + row + "\n")
    faults = [fault for error in caught.value.errors() for fault in error["ctx"]["faults"]]
    assert [(fault.file, fault.line) for fault in faults] == [("roster.csv", 3)]
    assert words in " ".join((faults[0].found, faults[0].expected, faults[0].suggestion))


MISFITS = [
    ("Nowhere,mon,08:00,10:00,1", "there is no site"),
    ("Province 1,mon,08:00,10:00,1", "has no pool reception of its own"),
    ("Commune 0003,mon,08:00,10:00,4", "4 people are on duty at once"),
]


@pytest.mark.parametrize(("row", "words"), MISFITS)
def test_a_roster_that_does_not_fit_its_sites_is_a_mistake_with_its_line(
    tmp_path: Path, row: str, words: str
) -> None:
    text = "site,weekday,from,until,people\nCommune 0001,mon,08:00,10:00,1\n" + row + "\n"
    with pytest.raises(ScenarioError, match=words) as caught:
        build(rostered(tmp_path, text))
    assert "roster.csv:3" in str(caught.value)


# Overtime


OVERTIME = {
    "hours": ["17:00-19:00"],
    "when_waiting_per_person": 10,
    "people": "50 %",
    "cost_per_hour": "90000 VND",
}


def test_people_stay_for_overtime_only_when_too_much_waits() -> None:
    scenario = tiny_scenario(pools__reception__headcount=3, pools__reception__overtime=OVERTIME)
    busy, quiet = Steered(scenario, waiting=30, hour=18), Steered(scenario, waiting=29, hour=18)
    evening = busy.pools("reception_overtime")
    working_days = [2, 2, 2, 2, 2, 0, 0]
    assert busy.people[evening].tolist() == [working_days * 2] * 3
    assert not quiet.people[evening].any()
    assert not Steered(scenario, waiting=30, hour=20).people[evening].any()
    assert not Steered(scenario, waiting=30, hour=16).people[evening].any()


def test_overtime_is_a_pool_of_its_own_that_does_the_work_of_another() -> None:
    scenario = tiny_scenario(
        pools__reception__overtime=OVERTIME,
        pools__reception__time_for_dossiers="80 %",
        changes={"faster": {"at": "2025-07-10", "pool": "reception", "speed": {"multiply": 2}}},
    )
    run = Steered(scenario, waiting=100, hour=18)
    world, evening, day = run.built.world, run.pools("reception_overtime"), run.pools("reception")
    assert world.pools["capacity"][evening].tolist() == [0, 0, 0]
    assert world.pools["capacity_limit"][evening].tolist() == [1, 1, 1]
    assert world.cover_pool.tolist() == day.tolist()
    assert world.coverer_pool.tolist() == evening.tolist()
    assert world.cover_stretch.tolist() == [1.0] * 3
    assert (run.stretch[evening, :5] == run.stretch[day, :5]).all()
    assert run.available_hours[evening[0], :7].tolist() == [2, 2, 2, 2, 2, 0, 0]
    assert run.people_by_day[evening[0], :7].tolist() == [1, 1, 1, 1, 1, 0, 0]
    assert not run.posts_by_day[evening].any()
    assert run.available_hours[day[0], 0] == 15


def test_nobody_stays_where_nobody_is() -> None:
    change = {"at": "2025-07-01", "pool": "reception", "headcount": {"set": 0}}
    scenario = tiny_scenario(pools__reception__overtime=OVERTIME, changes={"gone": change})
    assert not Steered(scenario, waiting=100, hour=18).people[FIRST:].any()


def test_the_expected_load_leaves_overtime_out() -> None:
    with_it, without = (
        expected_load(build(tiny_scenario(**more))) for more in ({"pools__reception__overtime": OVERTIME}, {})
    )
    assert with_it.pools == without.pools


# Mistakes that show when a scenario meets its territory


SERVES = "shared: [{at: %s, serves: {names: [%s]}}]"
TWO_SERVE = "shared: [{at: %s, serves: {names: [%s]}}, {at: %s, serves: {names: [%s]}}]"
POOL_LINE, CHANGE_LINE = "    end_of_shift: finish\n", "    headcount: {add: 1}\n"
MISTAKES = [
    (POOL_LINE, SERVES % ("Nowhere", "Nghĩa Lộ"), ("there is no site", "shared[1].at")),
    (POOL_LINE, SERVES % ("Tỉnh Quảng Ngãi", "Nghĩa Lộ"), ("is no site of level commune", "shared[1].at")),
    (POOL_LINE, SERVES % ("Cẩm Thành", "Cẩm Thành"), ("no other site is served", "shared[1].serves")),
    (
        POOL_LINE,
        TWO_SERVE % ("Cẩm Thành", "Nghĩa Lộ", "Trương Quang Trọng", "Nghĩa Lộ"),
        ("Nghĩa Lộ is served from two sites", "shared[2]"),
    ),
    (
        POOL_LINE,
        TWO_SERVE % ("Cẩm Thành", "Nghĩa Lộ", "Nghĩa Lộ", "Trương Quang Trọng"),
        ("Nghĩa Lộ is itself served from another site", "shared[2].at"),
    ),
    (
        POOL_LINE,
        "absences: {ill: {per_person_and_year: 12, lasts: 40 days}}",
        ("away the whole year", "pools.reception.absences.ill"),
    ),
    (
        CHANGE_LINE,
        "secondment: {people: 1, to: {where: {labels: [pilot]}, pool: province_office}}",
        ("no site chosen has the pool province_office", "changes.more_posts.secondment.to"),
    ),
]


@pytest.mark.parametrize(("line", "written", "words"), MISTAKES)
def test_what_does_not_fit_its_sites_is_a_mistake_with_its_line(
    line: str, written: str, words: tuple[str, ...]
) -> None:
    text = THREE_WARDS.read_text(encoding="utf-8")
    number = text[: text.index(line)].count("\n") + 1
    with pytest.raises(ScenarioError) as caught:
        build(load_text(text.replace(line, f"    {written}\n", 1), THREE_WARDS.parent).base)
    told = [told for told in str(caught.value).splitlines() if all(word in told for word in words)]
    assert told, str(caught.value)
    assert f":{number}:" in told[0]
