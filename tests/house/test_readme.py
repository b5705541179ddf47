"""Every command of the README does what it says, on a study that is cut to seconds."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.support.command import ROOT, haicap

README = (ROOT / "README.md").read_text(encoding="utf-8")
SHORT = """\
extends: full.yaml
name: quang_ngai
title: {en: Short, vi: Ngắn}
period: {start: 2025-07-01, end: 2025-07-14}
replications: 2
territory:
  provinces: [Quảng Ngãi]
  population_csv: quang_ngai_population.csv
  labels: {crowded: [An Phú, Tịnh Khê, Vạn Tường, Tư Nghĩa]}
  only: {names: [An Phú, Tịnh Khê, Vạn Tường, Tư Nghĩa, Cẩm Thành]}
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands() -> list[list[str]]:
    """The arguments of all lines `haicap ...`, in the order of the page."""
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("haicap ")]


@pytest.fixture
def short_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the README has it, with the study of Quang Ngai cut to five communes and two weeks."""
    folder = tmp_path / "scenarios"
    folder.mkdir()
    shutil.copy(ROOT / "scenarios" / "quang_ngai.yaml", folder / "full.yaml")
    shutil.copy(ROOT / "scenarios" / "quang_ngai_population.csv", folder)
    (folder / "quang_ngai.yaml").write_text(SHORT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_commands_of_the_readme_run_in_their_order(short_study: Path) -> None:
    assert {words[0] for words in commands()} == {
        "run",
        "check",
        "init",
        "territory",
        "compare",
        "verify",
        "report",
    }
    for words in commands():
        outcome = haicap(*words)
        assert outcome.returncode == 0, (words, outcome.stderr)
    assert (short_study / "results" / "quang_ngai" / "report.html").exists()
    assert (short_study / "quang_tri.yaml").exists()


def test_the_python_of_the_readme_runs(short_study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (program,) = blocks("python")
    exec(compile(program, "README.md", "exec"), {})
    assert capsys.readouterr().out.strip()


def test_windows_and_plain_commands_are_those_of_the_makefile() -> None:
    assert "pip install --editable . --constraint constraints.txt" in blocks("powershell")[0]
    assert "haicap run scenarios\\quang_ngai.yaml" in blocks("powershell")[0]
