"""Alternatives against the base: what is shown is said, what is not shown is not."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis import Comparison, Summary, compare, summarise
from sim.analysis.metrics import METRICS_COMPARED
from sim.analysis.order import cost_against_on_time_table, ranking_table
from sim.analysis.sentences import decimals_for, formatted, sentence
from sim.analysis.targets import verdict as target_verdict
from sim.analysis.verdicts import verdict
from sim.record.store import StudyRecords
from tests.support.changed_records import ChangedRecords
from tests.support.synthetic_records import write_synthetic_study

ROW = {
    "metric": "overdue",
    "unit": "dossiers",
    "verdict": "lower",
    "base": 1000.0,
    "value": 620.0,
    "low": -440.0,
    "high": -310.0,
    "relative_low": -0.4412,
    "relative_high": -0.3089,
    "by_chance": True,
    "replications": 10,
}


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudyRecords:
    return write_synthetic_study(tmp_path_factory.mktemp("results"), days=40, per_day=12)


@pytest.fixture(scope="module")
def summaries(study: StudyRecords) -> dict[str, Summary]:
    return {name: summarise(records, study.study) for name, records in study.alternatives.items()}


@pytest.fixture(scope="module")
def comparison(study: StudyRecords, summaries: dict[str, Summary]) -> Comparison:
    return compare(study, summaries)


def values_of(**numbers: dict[str, list[float]]) -> dict[str, pd.DataFrame]:
    return {name: pd.DataFrame(columns) for name, columns in numbers.items()}


def headline_only(values: dict[str, pd.DataFrame], like: Summary) -> dict[str, Summary]:
    """Summaries that know nothing but the means of the values."""
    found = {}
    for name, table in values.items():
        rows = pd.DataFrame(
            {"metric": table.columns, "value": table.mean().to_numpy(), "low": 0.0, "high": 1.0}
        )
        found[name] = Summary(**{**like.__dict__, "headline": rows})
    return found


def test_differences_are_taken_replication_by_replication(
    comparison: Comparison, summaries: dict[str, Summary]
) -> None:
    tables = [
        summary.per_replication.query("metric == 'overdue' and scope == 'counted'").set_index("replication")
        for summary in summaries.values()
    ]
    expected = (tables[1]["value"] - tables[0]["value"]).mean()
    row = comparison.differences.set_index("metric").loc["overdue"]
    assert row["difference"] == pytest.approx(expected)
    assert row["low"] < expected < row["high"]
    assert row["replications"] == 5


def test_more_posts_lower_overdue_and_raise_cost_and_both_are_said(comparison: Comparison) -> None:
    assert tuple(comparison.differences["metric"]) == METRICS_COMPARED
    shown = comparison.differences.set_index("metric")
    assert shown.loc["overdue", "verdict"] == "lower"
    assert shown.loc["overdue", "better"] is True
    assert shown.loc["cost_total", "verdict"] == "higher"
    assert shown.loc["cost_total", "better"] is False
    said = comparison.sentences.set_index("metric")
    assert said.loc["overdue", "en"].startswith(
        "With 95 % confidence, “One more post per commune” lowers overdue"
    )
    assert "triệu đồng" in said.loc["cost_total", "vi"]


def test_the_same_alternative_twice_is_the_same_and_nothing_is_claimed(
    study: StudyRecords, summaries: dict[str, Summary]
) -> None:
    comparison = compare(study, {"base": summaries["base"], "more_posts": summaries["base"]})
    assert set(comparison.differences["verdict"]) == {"same"}
    assert comparison.sentences["en"].str.contains("exactly as in the base").all()
    assert set(comparison.cost_against_on_time["beaten_by"]) == {""}


def test_one_replication_claims_nothing(tmp_path: Path) -> None:
    study = write_synthetic_study(tmp_path, days=20, per_day=5, replications=1)
    summaries = {name: summarise(records, study.study) for name, records in study.alternatives.items()}
    comparison = compare(study, summaries)
    by_chance = comparison.sentences[comparison.sentences["metric"] != "cost_total"]
    assert set(by_chance["verdict"]) == {"undecided"}
    assert by_chance["en"].str.startswith("One replication cannot tell").all()
    open_ranks = comparison.ranking[comparison.ranking["metric"] != "cost_total"]
    assert (open_ranks["rank_best"] == 1).all()
    assert (open_ranks["rank_worst"] == 2).all()
    assert set(comparison.cost_against_on_time["beaten_by"]) == {""}


def test_planned_cost_needs_no_interval_and_takes_no_part_in_the_family(study: StudyRecords) -> None:
    def without_overtime(name: str, table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(overtime_cost_per_hour_vnd=0.0) if name == "pools" else table

    planned = {
        name: summarise(ChangedRecords(records, without_overtime), study.study)
        for name, records in study.alternatives.items()
    }
    comparison = compare(study, planned)
    cost = comparison.differences.set_index("metric").loc["cost_total"]
    assert cost["low"] == cost["difference"] == cost["high"] > 0
    said = comparison.sentences.set_index("metric").loc["cost_total", "en"]
    assert said.startswith("“One more post per commune” raises the cost of people and lines by ")
    assert comparison.notes["en"].str.contains("The 7 intervals").any()
    assert comparison.notes["en"].str.contains("follows from the plan").any()


def test_overtime_makes_the_cost_a_matter_of_chance(comparison: Comparison) -> None:
    assert comparison.differences.set_index("metric").loc["cost_total", "by_chance"]
    assert comparison.notes["en"].str.contains("The 8 intervals").any()
    assert comparison.notes["en"].str.contains("How much overtime is worked").any()


def test_what_never_happens_in_any_alternative_is_not_compared(study: StudyRecords) -> None:
    def everybody_stays(name: str, table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(gave_up=0) if name == "flow" else table

    patient = {
        name: summarise(ChangedRecords(records, everybody_stays), study.study)
        for name, records in study.alternatives.items()
    }
    compared = set(compare(study, patient).differences["metric"])
    assert set(METRICS_COMPARED) - compared == {"left_counter_share"}
    one_sided = {**patient, "more_posts": summarise(study.alternatives["more_posts"], study.study)}
    row = compare(study, one_sided).differences.set_index("metric").loc["left_counter_share"]
    assert row["base"] == 0 < row["value"]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(-2.0, 1.0, "undecided"), (0.0, 3.0, "undecided"), (0.1, 3.0, "higher"), (-3.0, -0.1, "lower")],
)
def test_an_interval_that_holds_0_shows_nothing(low: float, high: float, expected: str) -> None:
    assert verdict(low, high, np.array([0.0, 1.0])) == expected


def test_chance_alone_rarely_shows_a_difference(study: StudyRecords, summaries: dict[str, Summary]) -> None:
    base, rng, claims = summaries["base"], np.random.default_rng(3), 0
    for _ in range(40):
        table = base.per_replication
        noise = rng.normal(0, 1, len(table)) * (table["metric"] != "cost_total")
        noisy = table.assign(value=table["value"] + noise)
        other = Summary(**{**base.__dict__, "per_replication": noisy})
        differences = compare(study, {"base": base, "more_posts": other}).differences
        claims += int(differences["verdict"].isin(["lower", "higher"]).any())
    # One claim in twenty studies is allowed; 7 of 40 or more would come once in 300 times.
    assert claims < 7


def test_only_replications_that_both_have_are_compared(
    study: StudyRecords, summaries: dict[str, Summary]
) -> None:
    base = summaries["base"]
    fewer = Summary(
        **{
            **base.__dict__,
            "replications": (0, 2, 3),
            "per_replication": base.per_replication.query("replication in (0, 2, 3)"),
        }
    )
    comparison = compare(study, {"base": base, "more_posts": fewer})
    assert comparison.replications == (0, 2, 3)
    assert set(comparison.differences["replications"]) == {3}


def test_ranks_stay_open_where_the_data_leave_them_open() -> None:
    noise = [0.0, 3.0, -2.0, 1.0, -2.0]
    values = values_of(
        base={"overdue": [100.0 + x for x in noise]},
        good={"overdue": [50.0 + x for x in noise[::-1]]},
        alike={"overdue": [51.0 + x for x in noise]},
    )
    ranks = ranking_table(values, 0.95).set_index("alternative")
    assert tuple(ranks.loc["base", ["rank_best", "rank_worst"]]) == (3, 3)
    assert tuple(ranks.loc["good", ["rank_best", "rank_worst"]]) == (1, 2)
    assert tuple(ranks.loc["alike", ["rank_best", "rank_worst"]]) == (1, 2)


def test_an_alternative_is_beaten_only_by_one_shown_no_worse_in_both(summaries: dict[str, Summary]) -> None:
    wobble = np.array([0.0, 0.002, -0.002, 0.001, -0.001])
    values = values_of(
        base={"on_time_share": list(0.80 + wobble), "cost_total": [100.0] * 5},
        dear={"on_time_share": list(0.95 + wobble), "cost_total": [200.0] * 5},
        waste={"on_time_share": list(0.80 + wobble[::-1]), "cost_total": [150.0] * 5},
        late={"on_time_share": list(0.70 + wobble), "cost_total": [120.0] * 5},
    )
    table = cost_against_on_time_table(headline_only(values, summaries["base"]), values, 0.95)
    standing = table.set_index("alternative")["standing"].to_dict()
    assert standing == {"base": "front", "dear": "front", "waste": "undecided", "late": "beaten"}
    assert table.set_index("alternative").loc["late", "beaten_by"] == "base"


def test_the_sentence_of_the_issue_is_written_in_both_languages() -> None:
    english = sentence(ROW, "Two more counter posts per ward", 0.95, "en")
    assert english == (
        "With 95 % confidence, “Two more counter posts per ward” lowers overdue dossiers by 31 to 44 % "
        "compared with the base (1,000 to 620 dossiers)."
    )
    vietnamese = sentence(ROW, "Thêm hai vị trí mỗi phường", 0.95, "vi")
    assert "giảm số hồ sơ quá hạn 31 đến 44 %" in vietnamese
    assert "1.000" in vietnamese


def test_an_undecided_sentence_names_both_ends() -> None:
    row = ROW | {"verdict": "undecided", "low": -12.0, "high": 30.0}
    said = sentence(row, "X", 0.9, "en")
    assert said.startswith("No change of overdue dossiers is shown")
    assert "−12 dossiers and 30 dossiers" in said


def test_without_a_safe_base_the_change_is_said_in_its_own_unit() -> None:
    row = ROW | {"relative_low": float("nan"), "relative_high": float("nan")}
    assert "by 310 to 440 dossiers" in sentence(row, "X", 0.95, "en")


def test_shares_change_by_points_and_money_by_money() -> None:
    share = ROW | {"metric": "on_time_share", "unit": "share", "verdict": "higher"}
    share |= {"base": 0.84, "value": 0.9, "low": 0.05, "high": 0.0712}
    assert "by 5.0 to 7.1 percentage points compared with the base (84.0 to 90.0 %)" in sentence(
        share, "X", 0.95, "en"
    )
    money = ROW | {"metric": "cost_total", "unit": "vnd", "verdict": "higher", "by_chance": False}
    money |= {"base": 2.1e9, "value": 2.5e9, "low": 4.0e8, "high": 4.0e8}
    assert "by 400 million VND" in sentence(money, "X", 0.95, "en")


def test_numbers_do_not_look_more_exact_than_they_are() -> None:
    assert decimals_for(27.1432, 27.8411) == 1
    assert decimals_for(1200.0, 1900.0) == 0
    assert decimals_for(0.0, 0.0) == 0
    assert formatted(-0.04, 1, "en") == "0.0"
    assert formatted(-1234.5, 1, "vi") == "−1.234,5"


@pytest.mark.parametrize(
    ("wanted", "goal", "low", "high", "expected"),
    [
        ("at_least", 0.8, 0.81, 0.9, "met"),
        ("at_least", 0.8, 0.79, 0.9, "undecided"),
        ("at_least", 0.8, 0.5, 0.79, "not_met"),
        ("at_most", 0.1, 0.02, 0.09, "met"),
        ("at_most", 0.1, 0.02, 0.11, "undecided"),
        ("at_most", 0.1, 0.11, 0.2, "not_met"),
        ("at_least", 0.8, float("nan"), float("nan"), "undecided"),
    ],
)
def test_a_target_is_met_or_missed_only_by_the_whole_interval(
    wanted: str, goal: float, low: float, high: float, expected: str
) -> None:
    assert target_verdict(wanted, goal, low, high) == expected


def test_a_target_leaves_out_the_groups_it_names(summaries: dict[str, Summary]) -> None:
    online = summaries["base"].targets.set_index("target").loc["online"]
    civil_status = summaries["base"].by_group.query("group == 'civil_status' and metric == 'online_share'")
    assert online["value"] == pytest.approx(civil_status["value"].iloc[0])
    assert online["verdict"] == "met"
