"""The notebooks run as they stand, are short, hold no outputs, and are what their script writes."""

import importlib.util
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

import sim

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "notebooks"
FIRST_STUDY, OWN_RULE = "01_first_study.ipynb", "02_your_own_rule.ipynb"
SMALL_STUDY = ROOT / "tests" / "fixtures" / "three_wards.yaml"
MOST_LINES_OF_CODE = {FIRST_STUDY: 20, OWN_RULE: 50}
MOST_LINES_OF_A_FUNCTION = 15


def read(name: str) -> nbformat.NotebookNode:
    return nbformat.read(FOLDER / name, as_version=4)


def code_of(notebook: nbformat.NotebookNode) -> list[str]:
    lines = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code").splitlines()
    return [line for line in lines if line.strip()]


def execute(notebook: nbformat.NotebookNode, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Runs a notebook in a folder of its own; what it shows is handed back."""
    for cell in notebook.cells:
        cell.source = cell.source.replace("../results", (folder / "results").as_posix())
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(folder)}}).execute()
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


def test_the_notebooks_are_what_their_script_writes() -> None:
    specification = importlib.util.spec_from_file_location(
        "make_notebook", ROOT / "tools" / "make_notebook.py"
    )
    assert specification is not None and specification.loader is not None
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    assert sorted(script.NOTEBOOKS) == sorted(path.name for path in FOLDER.glob("*.ipynb"))
    for name in script.NOTEBOOKS:
        written = nbformat.writes(script.notebook(name)) + "\n"
        assert (FOLDER / name).read_text(encoding="utf-8") == written


@pytest.mark.parametrize("name", [FIRST_STUDY, OWN_RULE])
def test_a_notebook_is_short_and_holds_no_outputs(name: str) -> None:
    notebook = read(name)
    assert len(code_of(notebook)) < MOST_LINES_OF_CODE[name]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)


def test_a_function_of_ones_own_is_short() -> None:
    cells = [cell.source for cell in read(OWN_RULE).cells if cell.source.startswith("def ")]
    assert len(cells) == 2
    assert all(len(cell.splitlines()) <= MOST_LINES_OF_A_FUNCTION for cell in cells)


def test_the_first_study_runs_and_shows_its_pictures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs on a small study in place of the province, so that it takes seconds."""
    notebook = read(FIRST_STUDY)
    for cell in notebook.cells:
        cell.source = cell.source.replace("../scenarios/quang_ngai.yaml", SMALL_STUDY.as_posix())
    assert SMALL_STUDY.as_posix() in notebook.cells[1].source
    shown = execute(notebook, tmp_path, monkeypatch)
    assert sum("image/png" in output.get("data", {}) for output in shown) == 3
    assert (tmp_path / "results" / "notebook" / "report.html").exists()


def test_a_rule_and_an_outage_of_ones_own_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = execute(read(OWN_RULE), tmp_path, monkeypatch)
    texts = [output.get("data", {}).get("text/plain", "") for output in shown]
    assert "lightning" in texts[-3] and "mobile" in texts[-2]
    assert "first_difference=None" in texts[-1]
    records = sim.read(tmp_path / "results" / "own_rule").records
    base, people_first = records.alternatives["base"], records.alternatives["people_first"]
    assert list(base.manifest["extensions"]) == ["processes.lightning"]
    assert list(people_first.manifest["extensions"]) == ["dispatch.most_people", "processes.lightning"]
    strikes = [
        table[table["cause"] == "lightning"].reset_index(drop=True)
        for table in (each.table("outages", 1) for each in (base, people_first))
    ]
    assert len(strikes[0]) > 5
    assert strikes[0].equals(strikes[1])
    ways = [each.table("trips", 1)["to"].tolist() for each in (base, people_first)]
    assert ways[0] != ways[1]
