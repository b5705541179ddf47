"""Any console: other encodings than UTF-8, no terminal, narrow pipes."""

import io
import json
import sys

import pytest

from sim.commands.output import Column, Screen, prepare_streams
from sim.commands.progress import RunProgress
from tests.support.command import THREE_WARDS, haicap


@pytest.mark.parametrize("encoding", ["cp1252", "cp1258", "ascii"])
def test_vietnamese_is_shown_in_plain_letters_where_a_console_has_no_others(encoding: str) -> None:
    done = haicap("territory", "Quảng Trị", "--language", "vi", PYTHONIOENCODING=encoding)
    assert done.returncode == 0, done.stderr
    assert "Quang Tri" in done.stdout and "Traceback" not in done.stderr


def test_errors_too_are_shown_on_a_console_without_vietnamese_letters() -> None:
    done = haicap("territory", "Quảng", "--language", "vi", PYTHONIOENCODING="cp1252")
    assert done.returncode == 2
    assert "Quang" in done.stderr and "Traceback" not in done.stderr


def test_json_is_the_same_on_every_console() -> None:
    told = {
        encoding: haicap("territory", "44", "--json", PYTHONIOENCODING=encoding).stdout
        for encoding in ("utf-8", "cp1252")
    }
    assert told["utf-8"] == told["cp1252"]
    assert any("Đông Hà" in row["name"] for row in json.loads(told["utf-8"]))


def test_letters_that_have_a_plain_form_get_it_and_others_a_question_mark(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", stream)
    prepare_streams()
    print("Đắk Lắk − Quảng Ngãi … 中")
    stream.flush()
    assert stream.buffer.getvalue().decode("ascii").strip() == "Dak Lak - Quang Ngai ... ?"  # type: ignore[attr-defined]


def test_without_a_terminal_progress_is_a_line_now_and_then(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 10_000, 4))
    monkeypatch.setattr("sim.commands.progress.time.monotonic", lambda: float(next(clock)))
    with RunProgress(Screen("en")) as progress:
        progress("started", total=40, workers=1)
        for finished in range(1, 41):
            progress("done", finished=finished, total=40)
    lines = capsys.readouterr().err.splitlines()
    assert 2 <= len(lines) < 20
    assert lines[-1].startswith("40 of 40 replications")


def test_stages_are_timed_and_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with RunProgress(Screen("en")) as progress:
        progress("stage", name="build", seconds=1.5)
        progress("stage", name="build", seconds=0.5)
    assert progress.seconds == {"build": 2.0}
    assert capsys.readouterr().err == ""


def test_a_planners_words_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    Screen("en").table("", [Column("name", "Name")], [{"name": "[red]An Phú[/red] [1]"}])
    assert "[red]An Phú[/red] [1]" in capsys.readouterr().out


def test_check_prints_everything_into_a_pipe() -> None:
    done = haicap("check", THREE_WARDS)
    assert done.returncode == 0
    assert "Phường Trương Quang" in done.stdout
