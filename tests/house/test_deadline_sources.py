"""Every deadline of the catalogue has a source, and docs/procedures.md says how it was checked."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "procedures.md").read_text(encoding="utf-8")
DATA = ROOT / "sim" / "scenario" / "data"
NUMBER_OF_A_DOCUMENT = re.compile(r"\b\d+/\d{4}/(?:ND-CP|QD-TTg|QH\d+|NQ-CP|TT-\w+)\b")
ARTICLE_READ = {"legal text", "article quoted"}
ARTICLE_NOT_READ = {"public portal", "published list", "second-hand"}
NOT_FOUND = "not found"


class Row(NamedTuple):
    """One row of the table of the page."""

    name: str
    what: str
    deadline: str
    source: str
    checked: str

    @property
    def kind(self) -> str:
        return self.checked.split(":")[0]


def rows_of(page: str) -> list[Row]:
    table = page.split("<!-- begin: deadlines -->")[1].split("<!-- end: deadlines -->")[0]
    lines = [line for line in table.splitlines() if line.startswith("| `")]
    return [Row(*(cell.strip(" `") for cell in line.strip("|").split("|"))) for line in lines]


def procedures_of(file: str) -> dict[str, dict[str, Any]]:
    """The procedures as a file of the base writes them."""
    return dict(YAML(typ="safe", pure=True).load(DATA / file)["procedures"])


def deadline_said(procedure: Mapping[str, Any]) -> str:
    """A deadline with the longer ones of traits in brackets, as the page has it."""
    longer = ", ".join(f"{trait}: {time}" for trait, time in procedure.get("deadline_with", {}).items())
    return f"{procedure['deadline']} ({longer})" if longer else str(procedure["deadline"])


def is_a_source(text: str) -> bool:
    return text.startswith("Assumption: ") or NUMBER_OF_A_DOCUMENT.search(text) is not None


CATALOGUE = procedures_of("procedures.yaml")
ROWS = rows_of(PAGE)


def test_the_page_says_what_the_catalogue_says() -> None:
    said = [(row.name, row.what, row.deadline, row.source) for row in ROWS]
    assert said == [
        (name, each["title"]["en"], deadline_said(each), each["source"]) for name, each in CATALOGUE.items()
    ]
    assert len(said) == 32


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_deadline_has_a_source_that_names_a_document_or_is_called_an_assumption(name: str) -> None:
    assert CATALOGUE[name]["deadline"]
    assert is_a_source(CATALOGUE[name]["source"])


def test_a_source_without_a_number_is_none() -> None:
    assert not is_a_source("Assumption")
    assert not is_a_source("Three working days (public service lists, 2025)")
    assert is_a_source("Law on Civil Status 60/2014/QH13, article 16")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_was_not_found_is_an_assumption_and_what_was_not_read_is_said(row: Row) -> None:
    assert row.kind in ARTICLE_READ | ARTICLE_NOT_READ | {NOT_FOUND}
    assert f"**{row.kind}**" in PAGE
    assert (row.kind == NOT_FOUND) == row.source.startswith("Assumption: ")
    if row.kind in ARTICLE_READ:
        assert re.search(r"\barticles? \d+", row.source)
    if row.kind in ARTICLE_NOT_READ:
        assert "not looked up" in row.source


def test_the_base_takes_its_deadlines_from_the_catalogue_alone() -> None:
    # The handover has bundles of procedures that no list names; their deadlines are assumptions of its own.
    others = [file for file in DATA.glob("*.yaml") if file.name not in ("procedures.yaml", "handover.yaml")]
    assert {"two_level.yaml", "four_level.yaml"} < {file.name for file in others}
    for file in others:
        assert not re.search(r"^ +(deadline|deadline_with):", file.read_text(encoding="utf-8"), re.MULTILINE)
