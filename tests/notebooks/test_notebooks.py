"""The notebook runs as it stands, is short, holds no outputs, and is what its script writes."""

import importlib.util
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "01_first_study.ipynb"
SMALL_STUDY = ROOT / "tests" / "fixtures" / "three_wards.yaml"
MOST_LINES_OF_CODE = 20


@pytest.fixture
def notebook() -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


def code_of(notebook: nbformat.NotebookNode) -> list[str]:
    lines = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code").splitlines()
    return [line for line in lines if line.strip()]


def test_the_notebook_is_what_its_script_writes() -> None:
    specification = importlib.util.spec_from_file_location(
        "make_notebook", ROOT / "tools" / "make_notebook.py"
    )
    assert specification is not None and specification.loader is not None
    script = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(script)
    assert NOTEBOOK.read_text(encoding="utf-8") == nbformat.writes(script.notebook()) + "\n"


def test_the_notebook_is_short_and_holds_no_outputs(notebook: nbformat.NotebookNode) -> None:
    assert len(code_of(notebook)) < MOST_LINES_OF_CODE
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)


def test_the_notebook_runs_and_shows_its_pictures(
    notebook: nbformat.NotebookNode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Runs on a small study in place of the province, so that it takes seconds."""
    for cell in notebook.cells:
        cell.source = cell.source.replace("../scenarios/quang_ngai.yaml", SMALL_STUDY.as_posix())
        cell.source = cell.source.replace("../results/notebook", (tmp_path / "results").as_posix())
    assert SMALL_STUDY.as_posix() in notebook.cells[1].source
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert sum("image/png" in output.get("data", {}) for output in shown) == 3
    assert (tmp_path / "results" / "report.html").exists()
