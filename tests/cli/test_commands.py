"""Every command: what it prints, in both languages and as JSON, and its exit code."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sim.cli import app
from sim.scenario.reader import load
from tests.support.command import ONE_COUNTER, THREE_WARDS
from tests.support.results import replication_count

COMMANDS = ("run", "compare", "check", "verify", "init", "territory", "report")


def haicap(*arguments: object, code: int = 0, language: str = "en") -> Result:
    """Run a command in this process and expect an exit code; never a traceback."""
    outcome = CliRunner().invoke(
        app, [str(argument) for argument in arguments], env={"HAICAP_LANGUAGE": language}
    )
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), repr(outcome.exception)
    assert outcome.exit_code == code, outcome.output
    return outcome


def as_json(outcome: Result) -> Any:
    """The JSON on the standard output, which must be pure and in ASCII."""
    assert outcome.stdout.isascii()
    return json.loads(outcome.stdout)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a small study with two alternatives, with its report."""
    folder = tmp_path_factory.mktemp("three_wards")
    haicap("run", THREE_WARDS, "--results", folder, "--workers", 1)
    return folder


def test_without_a_command_the_help_lists_all_of_them() -> None:
    outcome = haicap(code=2)
    assert all(command in outcome.output for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_examples_and_exit_codes(command: str) -> None:
    said = haicap(command, "--help").output
    assert f"haicap {command}" in said
    assert "Exit codes" in said and "130 interrupted" in said


def test_version_is_shown() -> None:
    assert haicap("--version").stdout.strip() == "haicap 0.1.0"


def test_an_unknown_option_is_bad_input() -> None:
    assert "--nonsense" in haicap("run", ONE_COUNTER, "--nonsense", code=2).output


def test_run_writes_results_and_report_and_names_the_next_command(results: Path) -> None:
    assert replication_count(results) == 6
    assert (results / "report.html").stat().st_size > 100_000
    said = haicap("run", THREE_WARDS, "--results", results, "--no-report")
    assert "and without the inherited backlog" in said.stdout
    assert "On time" in said.stdout and "One more post at reception" in said.stdout
    assert "All replications are there already" in said.stderr
    assert f'Next: haicap report "{results}"' in said.stdout


def test_run_as_json_gives_headline_and_comparison_and_nothing_else(results: Path) -> None:
    told = as_json(haicap("run", THREE_WARDS, "--results", results, "--no-report", "--json"))
    assert set(told["headline"]) == {"base", "more_reception", "no_outages"}
    assert told["report"] is None and told["results"] == results.as_posix()
    assert {row["alternative"] for row in told["comparison"]["differences"]} == {
        "more_reception",
        "no_outages",
    }


def test_run_with_profile_shows_where_the_time_went(tmp_path: Path) -> None:
    said = haicap(
        "run", ONE_COUNTER, "--results", tmp_path, "--workers", 1, "--no-report", "--profile"
    ).stdout
    assert "Where the time went" in said and "Prepare the engine" in said


def test_run_of_chosen_alternatives_runs_the_base_and_these(tmp_path: Path) -> None:
    options = ["--results", tmp_path, "--workers", 1, "--replications", 1, "--no-report"]
    haicap("run", THREE_WARDS, *options, "--alternatives", "no_outages")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_dir()) == ["base", "no_outages"]


def test_run_with_an_unknown_alternative_names_those_that_exist(tmp_path: Path) -> None:
    said = haicap("run", THREE_WARDS, "--results", tmp_path, "--alternatives", "coffee", code=2).stderr
    assert "coffee" in said and "more_reception" in said


def test_run_refuses_results_of_another_scenario_and_says_what_to_do(results: Path) -> None:
    said = haicap("run", ONE_COUNTER, "--results", results, code=2).stderr
    assert "--fresh" in said and "--results" in said


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--executor", "dask"], "--scheduler"),
        (["--scheduler", "tcp://127.0.0.1:1"], "--executor"),
        (["--workers", "0"], "--workers"),
        (["--engine", "magic"], "--engine"),
        (["--replications", "-3"], "--replications"),
        (["--language", "fr"], "--language"),
    ],
)
def test_wrong_options_are_bad_input_that_names_the_option(
    tmp_path: Path, options: list[str], told: str
) -> None:
    assert told in haicap("run", ONE_COUNTER, "--results", tmp_path, *options, code=2).output


def test_compare_tells_differences_and_sentences(results: Path) -> None:
    said = haicap("compare", results).stdout
    assert "Difference to the base" in said
    assert "With 95 % confidence" in said or "with 95 % confidence" in said
    told = as_json(haicap("compare", THREE_WARDS, "--results", results, "--json"))
    assert set(told) == {"differences", "sentences", "ranking", "notes"}


def test_compare_speaks_vietnamese(results: Path) -> None:
    by_option = haicap("compare", results, "--language", "vi").stdout
    by_environment = haicap("compare", results, language="vi").stdout
    assert "Chênh lệch" in by_option and "độ tin cậy" in by_option
    assert by_option == by_environment


def test_compare_without_results_says_how_to_make_them(tmp_path: Path) -> None:
    said = haicap("compare", THREE_WARDS, "--results", tmp_path / "none", code=2).stderr
    assert "haicap run" in said


def test_compare_without_alternatives_is_bad_input(tmp_path: Path) -> None:
    haicap("run", ONE_COUNTER, "--results", tmp_path, "--workers", 1, "--no-report")
    assert "base only" in haicap("compare", tmp_path, code=2).stderr


def test_compare_warns_about_results_of_another_state_of_the_scenario(results: Path, tmp_path: Path) -> None:
    changed = tmp_path / "three_wards.yaml"
    changed.write_text(
        THREE_WARDS.read_text(encoding="utf-8").replace("seed: 20250701", "seed: 3"), encoding="utf-8"
    )
    for table in THREE_WARDS.parent.glob("*.csv"):
        (tmp_path / table.name).write_bytes(table.read_bytes())
    said = haicap("compare", changed, "--results", results).stderr
    assert "another state" in said
    assert f'haicap run "{changed}" --results "{results}" --fresh' in said


def test_report_is_made_anew_from_results(results: Path) -> None:
    (results / "report.html").unlink()
    said = haicap("report", results, "--language", "vi").stdout
    assert "Báo cáo" in said
    assert 'lang="vi"' in (results / "report.html").read_text(encoding="utf-8")


def test_check_shows_the_load_and_warns_of_pools_that_cannot_keep_up() -> None:
    said = haicap("check", THREE_WARDS).stdout
    assert "no mistakes" in said and "Utilisation" in said
    assert "cannot keep up" in said
    told = as_json(haicap("check", THREE_WARDS, "--json"))
    assert told["valid"] and set(told["load"]) == {"base", "more_reception", "no_outages"}
    assert all(pool["utilisation"] >= 0 for pool in told["load"]["base"]["pools"])


def test_check_of_a_wrong_file_tells_all_mistakes_with_their_lines(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    text = ONE_COUNTER.read_text(encoding="utf-8")
    wrong.write_text(
        text.replace("headcount: 2", "headcunt: 2").replace("mean: 15 min", "mean: 15"), encoding="utf-8"
    )
    said = haicap("check", wrong, code=2).stderr
    line = 1 + text[: text.index("headcount: 2")].count("\n")
    assert f"wrong.yaml:{line}" in said and "headcount" in said and "15 min" in said
    told = as_json(haicap("check", wrong, "--json", code=2))
    assert told["valid"] is False and len(told["mistakes"]) >= 2


def test_check_gives_a_warning_of_an_alternative_only_where_the_base_has_another() -> None:
    warnings = [line for line in haicap("check", THREE_WARDS).stdout.splitlines() if "Warning: " in line]
    bodies = [line.split(": ", 2)[2] for line in warnings]
    assert any(line.startswith("Warning: base: ") for line in warnings)
    assert len(bodies) == len(set(bodies))


def test_check_warns_of_a_change_outside_the_run_and_of_a_pool_without_people(tmp_path: Path) -> None:
    path = tmp_path / "changed.yaml"
    text = ONE_COUNTER.read_text(encoding="utf-8")
    change = "  {name}:\n    at: {at}\n    pool: {pool}\n    headcount: {{set: 0}}\n"
    study = load(ONE_COUNTER).base
    pool = next(iter(study.pools))
    late = change.format(name="too_late", at="2099-01-01", pool=pool)
    gone = change.format(name="all_leave", at=study.period.start, pool=pool)
    path.write_text(f"{text}\nchanges:\n{late}{gone}", encoding="utf-8")
    said = haicap("check", path).stdout
    assert "change too_late does nothing: at 2099-01-01 is after the run ends" in said
    assert "change all_leave" not in said
    assert "none are left at" in said


def test_numbers_have_the_marks_of_the_language() -> None:
    in_english, in_vietnamese = (
        haicap("check", THREE_WARDS, "--language", language).stdout.splitlines()[1]
        for language in ("en", "vi")
    )
    found = re.findall(r"\d+,\d{3}", in_english)
    assert found and all(shown.replace(",", ".") in in_vietnamese for shown in found)


def test_one_mistake_is_told_in_the_singular(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    text = ONE_COUNTER.read_text(encoding="utf-8")
    wrong.write_text(text.replace("mean: 15 min", "mean: 15"), encoding="utf-8")
    assert haicap("check", wrong, code=2).stderr.startswith("1 mistake in the scenario")


@pytest.mark.parametrize("command", ["run", "check", "compare", "verify", "report"])
def test_a_file_that_is_not_there_is_bad_input(command: str, tmp_path: Path) -> None:
    assert "no_such.yaml" in haicap(command, tmp_path / "no_such.yaml", code=2).stderr


def test_verify_finds_both_engines_equal() -> None:
    told = as_json(haicap("verify", THREE_WARDS, "--days", 3, "--json"))
    assert [row["alternative"] for row in told] == ["base"]
    assert told[0]["equal"] and told[0]["dossiers_compared"] > 100 and told[0]["days"] == 3


def test_verify_that_finds_a_difference_says_where_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    import sim.study
    from sim.engine.verify import Verification

    differing = Verification(1, 1, 1, 1, "dossier 7: service ended at 5 and at 6", 0.0, 0.0)
    monkeypatch.setattr(sim.study, "verify_engines", lambda *given: differing)
    said = haicap("verify", ONE_COUNTER, code=1).stdout
    assert "DIFFERENT" in said and "dossier 7" in said


@pytest.mark.parametrize("province", ["Quảng Trị", "quang tri", "44"])
def test_init_writes_a_scenario_without_mistakes(tmp_path: Path, province: str) -> None:
    path = tmp_path / "mine.yaml"
    said = haicap("init", province, "--output", path).stdout
    assert f'Next: haicap check "{path}"' in said
    assert load(path).base.name == "quang_tri"


def test_init_does_not_overwrite_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("mine", encoding="utf-8")
    assert "--force" in haicap("init", "Huế", "--output", path, code=2).stderr
    assert path.read_text(encoding="utf-8") == "mine"
    haicap("init", "Huế", "--output", path, "--force")
    assert path.read_text(encoding="utf-8") != "mine"


@pytest.mark.parametrize("command", ["init", "territory"])
def test_an_unknown_province_is_told_with_the_nearest_names(command: str) -> None:
    assert "Quảng Ngãi" in haicap(command, "Quang Ngay", code=2).stderr


def test_territory_lists_provinces_and_communes() -> None:
    assert len(as_json(haicap("territory", "--json"))) == 34
    communes = as_json(haicap("territory", "quang ngai", "--json"))
    assert len(communes) == 96 and all(row["population_is_estimate"] for row in communes)
    assert "96" in haicap("territory", "Quảng Ngãi").stdout
