"""The two engines on every shipped scenario: every time stamp and every count is the same.

The usual run takes two weeks of a few communes of the studies whose rules name no communes, two days of all
communes of the others, four days of one commune of each province for the plan of the nation,
and the first day of the theory scenarios; `make long` takes two weeks of all communes
of the studies and two weeks of the theory scenarios.
"""

import datetime
from functools import cache, partial
from pathlib import Path

import pytest

from sim.control.start import start_control
from sim.engine.verify import verify
from sim.running.shortening import first_days
from sim.scenario.reader import Study, load
from sim.scenario.schema import Scenario, Selection
from sim.world.build import build
from sim.world.territory import load_territory

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
TWO_WEEKS = 14
TWO_DAYS = 2
FOUR_DAYS = 4
NATION, PLAN_OF_NATION = "viet_nam.yaml", "plan_02_viet_nam.yaml"
"""Too large for the naive engine as they are, even for a day."""
HANDOVER = "bac_giang_handover.yaml"
SIX_COMMUNES = ("Cẩm Thành", "Trương Quang Trọng", "An Phú", "Tịnh Khê", "Sơn Tây", "Lý Sơn")
"""Of Quảng Ngãi: two wards, two lowland communes, one in the mountains, one island."""


def path_and_alternative() -> list[tuple[str, str]]:
    """Every shipped scenario with each of its alternatives."""
    paths = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.yaml"))
    return [(path, name) for path in paths for name in load(FOLDER / path).scenarios]


ALL = path_and_alternative()
STUDIES = [(path, name) for path, name in ALL if not path.startswith("theory/")]
WITH_FEW_COMMUNES = (
    "common_workload.yaml",
    "quang_ngai.yaml",
    "quang_ngai_support.yaml",
    "reference.yaml",
    NATION,
)
CUT = [study for study in STUDIES if study[0] in WITH_FEW_COMMUNES]
SHOCKS = [
    ("outages_quang_tri.yaml", "portal_in_july", datetime.date(2025, 7, 1)),
    ("outages_quang_tri.yaml", "vendor_morning", datetime.date(2025, 10, 13)),
    ("outages_quang_tri_no_paper.yaml", "portal_in_december", datetime.date(2025, 12, 2)),
    ("outages_quang_tri_no_paper.yaml", "storm", datetime.date(2025, 9, 29)),
    ("outages_quang_tri_backup.yaml", "storm_with_generators", datetime.date(2025, 9, 29)),
]
"""Each kind of shock in one of the three files of the outage study, with the day from which it is played."""
AROUND_THE_DAY = [
    ("base", datetime.date(2025, 6, 27)),
    ("bundle_by_bundle", datetime.date(2025, 6, 12)),
    ("people_earlier", datetime.date(2025, 6, 27)),
]
"""Alternatives of the handover with a day before procedures change hands."""
GO_LIVES = [
    ("base", datetime.date(2025, 11, 14)),
    ("one_day", datetime.date(2025, 9, 12)),
    ("no_plan", datetime.date(2025, 9, 12)),
]
"""Alternatives of the plan with the Friday on which data begin to be moved: of Quảng Ngãi, or of all."""
WITH_DAYS_OF_THEIR_OWN = {*WITH_FEW_COMMUNES, PLAN_OF_NATION, *(path for path, *_ in SHOCKS), HANDOVER}
WHOLE = [study for study in STUDIES if study[0] not in WITH_DAYS_OF_THEIR_OWN]
FIRST_OF_EACH_PROVINCE = Selection(
    names=("Sơn Tây, Quảng Ngãi", *(province.commune_codes[0] for province in load_territory().provinces))
)
"""The plan names all provinces; one commune more, in the mountains."""
DISTRICT = Selection(names=("Việt Yên", "Nếnh", "Vân Hà", "Tự Lạn"))
THEORY_SCENARIOS = [(path, name) for path, name in ALL if path.startswith("theory/")]


@cache
def plan_of_nation() -> Study:
    return load(FOLDER / PLAN_OF_NATION)


def shipped(path: str, alternative: str, days: int, communes: int | None = None) -> Scenario:
    """The first days of a shipped scenario, with few communes if so asked."""
    scenario = first_days(load(FOLDER / path).scenarios[alternative], days)
    if communes is None:
        return scenario
    territory = scenario.territory
    if territory.synthetic is not None:
        fewer = territory.synthetic.model_copy(update={"communes_per_province": communes})
        territory = territory.model_copy(update={"synthetic": fewer})
    else:
        territory = territory.model_copy(
            update={"provinces": ("Quảng Ngãi",), "only": Selection(names=SIX_COMMUNES[:communes])}
        )
    return scenario.model_copy(update={"territory": territory})


def days_from(scenario: Scenario, start: datetime.date, days: int) -> Scenario:
    """So many days of a scenario, which begins on another date."""
    period = scenario.period.model_copy(update={"start": start, "warm_up": 0})
    return first_days(scenario.model_copy(update={"period": period}), days)


def require_equal(scenario: Scenario) -> None:
    """Plays a scenario in both engines."""
    built = build(scenario)
    start = partial(start_control, plan=built.control_plan, seed=scenario.seed, replication=0)
    outcome = verify(built.world, scenario.seed, 0, start, built.names)
    assert outcome.first_difference is None
    assert outcome.dossiers_compared > 500


def test_every_shipped_scenario_is_here() -> None:
    assert len(CUT) >= 5 and len(WHOLE) >= 15 and len(THEORY_SCENARIOS) >= 14


@pytest.mark.parametrize(("path", "alternative"), CUT)
def test_two_weeks_of_a_few_communes_are_equal_in_both_engines(path: str, alternative: str) -> None:
    require_equal(shipped(path, alternative, TWO_WEEKS, communes=2 if "common" in path else 6))


@pytest.mark.parametrize(("path", "alternative"), WHOLE)
def test_two_days_of_all_communes_are_equal_in_both_engines(path: str, alternative: str) -> None:
    require_equal(shipped(path, alternative, TWO_DAYS))


@pytest.mark.parametrize(("alternative", "start"), AROUND_THE_DAY)
def test_the_days_around_a_handover_are_equal_in_both_engines(alternative: str, start: datetime.date) -> None:
    scenario = load(FOLDER / HANDOVER).scenarios[alternative]
    territory = scenario.territory.model_copy(update={"only": DISTRICT})
    require_equal(days_from(scenario.model_copy(update={"territory": territory}), start, TWO_WEEKS))


@pytest.mark.parametrize(("alternative", "start"), GO_LIVES)
def test_the_days_around_a_go_live_are_equal_in_both_engines(alternative: str, start: datetime.date) -> None:
    scenario = plan_of_nation().scenarios[alternative]
    territory = scenario.territory.model_copy(update={"only": FIRST_OF_EACH_PROVINCE})
    require_equal(days_from(scenario.model_copy(update={"territory": territory}), start, FOUR_DAYS))


@pytest.mark.parametrize(("path", "alternative", "start"), SHOCKS)
def test_the_days_of_a_shock_are_equal_in_both_engines(
    path: str, alternative: str, start: datetime.date
) -> None:
    require_equal(days_from(load(FOLDER / path).scenarios[alternative], start, TWO_DAYS))


@pytest.mark.parametrize(("path", "alternative"), THEORY_SCENARIOS)
def test_first_day_of_a_theory_scenario_is_equal_in_both_engines(path: str, alternative: str) -> None:
    require_equal(shipped(path, alternative, 1, communes=2))


@pytest.mark.long
@pytest.mark.parametrize(
    ("path", "alternative"), [study for study in STUDIES if study[0] not in (NATION, PLAN_OF_NATION)]
)
def test_two_weeks_of_all_communes_are_equal_in_both_engines(path: str, alternative: str) -> None:
    require_equal(shipped(path, alternative, TWO_WEEKS))


@pytest.mark.long
@pytest.mark.parametrize(("path", "alternative"), THEORY_SCENARIOS)
def test_two_weeks_of_a_theory_scenario_are_equal_in_both_engines(path: str, alternative: str) -> None:
    require_equal(shipped(path, alternative, TWO_WEEKS, communes=2))
