"""Editor schema and reference page say what the models say, and the shipped files keep to them."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from sim.scenario.files import shipped_texts
from sim.scenario.reference import PAGE_FILE, SCHEMA_FILE, json_schema, reference_markdown, schema_text
from sim.scenario.tree import read_tree

ROOT = Path(__file__).parents[2]
WRITTEN = [
    *sorted((ROOT / "tests" / "fixtures").glob("*.yaml")),
    *sorted((ROOT / "scenarios").glob("*.yaml")),
]


@pytest.mark.parametrize(("file", "text"), [(SCHEMA_FILE, schema_text), (PAGE_FILE, reference_markdown)])
def test_the_committed_reference_is_up_to_date(file: str, text: object) -> None:
    assert callable(text)
    assert (ROOT / "docs" / file).read_text(encoding="utf-8") == text(), "run: make schema"


def test_the_editor_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_the_editor_schema_accepts_written_scenarios(path: Path) -> None:
    data = read_tree(path.read_text(encoding="utf-8"), path.name).plain()
    assert [error.message for error in Draft202012Validator(json_schema()).iter_errors(data)] == []


def test_the_editor_schema_accepts_shipped_scenarios() -> None:
    for name, file in shipped_texts().items():
        data = {"name": name, **read_tree(file.read_text(encoding="utf-8"), name).plain()}
        assert [error.message for error in Draft202012Validator(json_schema()).iter_errors(data)] == []


def test_the_editor_schema_refuses_unknown_keys_also_in_patches() -> None:
    validator = Draft202012Validator(json_schema())
    assert not validator.is_valid({"name": "x", "ruels": {}})
    assert not validator.is_valid({"name": "x", "alternatives": {"a": {"patch": {"seed": 1}}}})
    assert validator.is_valid(
        {"name": "x", "alternatives": {"a": {"patch": {"demand": {"volume_factor": 2}}}}}
    )


def test_every_key_is_explained() -> None:
    rows = [line.split(" | ") for line in reference_markdown().splitlines() if line.startswith("| `")]
    assert len(rows) > 150
    unexplained = [row[0] for row in rows if len(row[-1].strip(" |")) < 4]
    assert unexplained == []
