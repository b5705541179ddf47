"""The shipped studies: words in both languages, people for all work, pages that say what they assume."""

import datetime
import re
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.scenario import Study, load
from sim.scenario.schema import Pool, Scenario, Step
from sim.scenario.schema.phases import RolloutPhase, Wave
from sim.world.build import Built, build
from sim.world.load import expected_load
from tools.outage_study import PAGE, assumptions
from tools.scenario_pages import FOLDER, PAGES, own_assumptions_table

SCENARIOS = Path(__file__).parents[2] / "scenarios"
STUDIES = (
    "quang_tri",
    "quang_tri_province",
    "quang_tri_old_seats_closed",
    "quang_tri_before",
    "hai_phong",
    "bac_giang",
    "bac_giang_handover",
    "viet_nam",
    "plan_02",
    "plan_02_viet_nam",
    "outages_quang_tri",
    "outages_quang_tri_backup",
    "outages_quang_tri_no_paper",
)
DISTRICT = {
    "business_registration",
    "business_change",
    "business_closing",
    "wastewater_fee",
    "liquor_licence",
    "dam_emergency_plan",
    "civil_status_correction",
    "house_permit",
    "groundwater_registration",
    "social_allowance",
    "land_first_registration",
    "resettlement_deduction",
}
"""What the shipped four levels take as decided by the district."""


@cache
def study(name: str) -> Study:
    return load(SCENARIOS / f"{name}.yaml")


@cache
def world(name: str, alternative: str = "base") -> Built:
    return build(study(name).scenarios[alternative])


@pytest.mark.parametrize("name", STUDIES)
def test_titles_descriptions_and_assumptions_are_in_both_languages(name: str) -> None:
    base = study(name).base
    assert base.name == name
    texts = [base.title, base.description, *(each.title for each in base.alternatives.values())]
    texts += [each.description for each in base.alternatives.values() if each.description]
    texts += [each.text for each in base.assumptions.values()]
    for text in texts:
        assert text is not None and text.en and text.vi and text.en != text.vi
    assert all(each.source or each.status != "estimate" for each in base.assumptions.values())


def pool_of(scenario: Scenario, step: Step) -> Pool:
    assert step.pool is not None
    return scenario.pools[step.pool]


def test_each_procedure_is_signed_at_the_level_that_decided_it() -> None:
    base = study("quang_tri_before").base
    level = {
        name: pool_of(base, procedure.steps["signature"]).level
        for name, procedure in base.procedures.items()
        if "signature" in procedure.steps
    }
    assert {name for name, each in level.items() if each == "district"} - DISTRICT == {
        "land_transfer",
        "land_correction",
    }
    assert set(level) >= DISTRICT
    assert all(level[name] == "district" for name in DISTRICT)


def test_both_systems_know_the_same_procedures_with_the_same_deadlines_and_rates() -> None:
    now, before = study("quang_tri").base.procedures, study("quang_tri_before").base.procedures
    assert set(now) - set(before) == {"leader_certificate"}
    for name, procedure in before.items():
        assert procedure.deadline == now[name].deadline, name
        assert procedure.rate == now[name].rate, name
        assert procedure.channel_shares == now[name].channel_shares, name


@pytest.mark.parametrize("procedure", sorted(DISTRICT - {"social_allowance"}))
def test_the_work_of_a_dossier_is_the_same_in_both_systems(procedure: str) -> None:
    now, before = study("quang_tri").base.procedures, study("quang_tri_before").base.procedures
    times = [
        {name: step.touch_time for name, step in each[procedure].steps.items() if step.touch_time}
        for each in (now, before)
    ]
    assert times[0] == times[1]


def test_whoever_has_work_in_the_four_levels_has_people_for_it() -> None:
    for pool in expected_load(world("quang_tri_before")).pools:
        assert pool.sites_that_cannot_keep_up == 0, pool.pool
        assert pool.people > 0 and pool.work_hours_per_week > 0, pool.pool


def posts_below_the_province(built: Built) -> float:
    level = [built.sites.all[site].level for site in built.world.pools["site"].tolist()]
    below = np.isin(level, ["old_seat", "commune", "district"])
    return float(built.control_plan.staff.posts_at_start[below].sum())


def test_the_four_levels_have_about_as_many_people_as_communes_inherited() -> None:
    inherited = posts_below_the_province(world("quang_tri", "inherited_people"))
    assert posts_below_the_province(world("quang_tri", "before")) == pytest.approx(inherited, rel=0.15)


def test_old_seats_keep_a_counter_until_they_are_closed() -> None:
    open_seats = world("quang_tri").world
    assert len(set(open_seats.desk_of[open_seats.desk_of != open_seats.seat_of].tolist())) == 29
    changes = world("quang_tri_old_seats_closed").control_plan.desk_changes
    assert len(changes) == 1


@pytest.mark.parametrize("name", ["bac_giang", "bac_giang_handover"])
def test_bac_giang_is_its_58_units(name: str) -> None:
    communes = [world("bac_giang").sites.all[index].code for index in world("bac_giang").sites.communes]
    mine = [world(name).sites.all[index].code for index in world(name).sites.communes]
    assert len(communes) == 58 and mine == communes


@pytest.mark.parametrize("alternative", study("bac_giang_handover").scenarios)
def test_nobody_is_asked_for_more_than_he_can_do_in_the_handover(alternative: str) -> None:
    assert expected_load(world("bac_giang_handover", alternative)).can_keep_up


def test_nobody_is_overrun_in_the_nation_by_arithmetic_alone() -> None:
    load_of_nation = expected_load(world("viet_nam"))
    assert load_of_nation.communes == 3321
    assert all(pool.sites_that_cannot_keep_up == 0 for pool in load_of_nation.pools)
    apart = load_of_nation.demand.by_group["certification"] * load_of_nation.working_days
    assert load_of_nation.demand.in_run - apart == pytest.approx(33.4e6, rel=0.02)


def test_plan_02_has_both_phases_and_its_alternatives_differ_in_them_alone() -> None:
    plan = study("plan_02")
    starts = {name: [wave.at.isoformat() for wave in phase.waves] for name, phase in plan.base.phases.items()}
    assert starts["urgent"] == ["2025-06-30"]
    assert starts["one_portal"] == ["2025-09-15", "2025-10-13"]
    assert len(plan.alternatives["one_day"].phases["one_portal"].waves) == 1
    posts = {name: phase for name, phase in plan.base.phases.items() if name.startswith("posts_")}
    assert len(posts) == 3
    assert plan.alternatives["no_plan"].phases == posts
    for alternative in plan.alternatives.values():
        assert alternative.demand == plan.base.demand and alternative.pools == plan.base.pools


def go_lives(scenario: Scenario) -> dict[str, datetime.date]:
    """Of the national portal, by province."""
    phases = [phase for phase in scenario.phases.values() if phase.change.systems]
    waves = [
        (province, wave.at) for each in phases for wave in each.waves for province in provinces_of(each, wave)
    ]
    assert len(dict(waves)) == len(waves), "a province goes live twice"
    return dict(waves)


def provinces_of(phase: RolloutPhase, wave: Wave) -> tuple[str, ...]:
    """The provinces of a wave."""
    return (wave.province,) if wave.province else phase.where.provinces


def test_in_the_plan_of_the_nation_each_province_goes_live_once_on_a_monday_before_the_year_ends() -> None:
    plan = study("plan_02_viet_nam")
    provinces = set(plan.base.territory.provinces)
    staggered, at_once = go_lives(plan.base), go_lives(plan.alternatives["one_day"])
    assert len(provinces) == 34 and set(staggered) == set(at_once) == provinces
    assert all(day.weekday() == 0 and day <= datetime.date(2025, 12, 31) for day in staggered.values())
    assert max(Counter(staggered.values()).values()) == 3
    assert set(at_once.values()) == {min(staggered.values())}


def test_the_plan_of_the_nation_has_both_phases_and_its_alternatives_differ_in_them_alone() -> None:
    plan, of_two = study("plan_02_viet_nam"), study("plan_02").base.phases
    for name in ("urgent", "e_forms", "data_linked"):
        assert plan.base.phases[name] == of_two[name]
    last_days = [wave.until for phase in plan.base.phases.values() for wave in phase.waves if wave.until]
    assert max(last_days) <= plan.base.period.end
    assert plan.alternatives["no_plan"].phases == {}
    for alternative in plan.alternatives.values():
        assert alternative.demand == plan.base.demand and alternative.pools == plan.base.pools


def test_without_paper_nobody_goes_on_without_the_system() -> None:
    for scenario in study("outages_quang_tri_no_paper").scenarios.values():
        steps = [step for each in scenario.procedures.values() for step in each.all_steps]
        assert {step.without for step in steps} == {"wait"}


def test_the_storm_with_generators_differs_from_the_storm_in_power_alone() -> None:
    found = study("outages_quang_tri_backup").alternatives
    with_power, without = (found[name].storms["bualoi"] for name in ("storm_with_generators", "storm"))
    assert with_power.track == without.track and with_power.hits[1:] == without.hits[1:]
    assert with_power.hits[0].sites == without.hits[0].sites == ("power",)


def test_the_outage_study_shows_what_it_assumes_and_all_its_tables_are_filled() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert assumptions() in text, "stale: run python -m tools.outage_study"
    found = re.findall(r"<!-- begin: (\w+) -->(.*?)<!-- end: \1 -->", text, flags=re.DOTALL)
    assert len(found) == 10
    assert all(part.strip().startswith(("|", "-")) for _, part in found)


@pytest.mark.parametrize(("name", "page"), [(name, page) for name, pages in PAGES.items() for page in pages])
def test_a_page_shows_what_its_study_assumes(name: str, page: str) -> None:
    text = (FOLDER / f"{page}.md").read_text(encoding="utf-8")
    of = "before" if page == "before_after" else "base"
    assert own_assumptions_table(study(name), of) in text, f"stale: run python -m tools.scenario_pages {name}"


@pytest.mark.parametrize("page", [page for pages in PAGES.values() for page in pages])
def test_every_table_of_a_page_is_filled(page: str) -> None:
    text = (FOLDER / f"{page}.md").read_text(encoding="utf-8")
    parts = re.findall(r"<!-- begin: (\w+) -->(.*?)<!-- end: \1 -->", text, flags=re.DOTALL)
    assert len(parts) >= 4
    assert all(part.strip().startswith("|") for _, part in parts)
