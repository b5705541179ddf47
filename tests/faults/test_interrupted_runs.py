"""A run that is killed or interrupted goes on where it stopped, with the same results bit for bit."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

import sim
from tests.support.command import ONE_COUNTER, start
from tests.support.results import equal_part, replication_count

REPLICATIONS = 100
ENOUGH_TO_KILL = 5


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Results of an uninterrupted run."""
    folder = tmp_path_factory.mktemp("whole")
    assert run_to_the_end(folder) == {"compiling", "started", "done", "stage"}
    assert replication_count(folder) == REPLICATIONS
    return equal_part(folder)


def options(folder: Path) -> list[object]:
    return ["run", ONE_COUNTER, "--results", folder, "--replications", REPLICATIONS, "--no-report"]


def run_to_the_end(folder: Path) -> set[str]:
    """Run what is missing, in this process; returns what the run told."""
    told: set[str] = set()
    sim.run(ONE_COUNTER, folder, replications=REPLICATIONS, notify=lambda event, **values: told.add(event))
    return told


def start_and_wait(folder: Path, workers: int) -> subprocess.Popen[str]:
    """Start a run and wait until it is in the middle."""
    process = start(*options(folder), "--workers", workers)
    deadline = time.monotonic() + 200
    while replication_count(folder) < ENOUGH_TO_KILL:
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.005)
    return process


def test_killed_in_the_middle_only_the_missing_run_and_results_are_equal(
    tmp_path: Path, whole: dict[str, bytes]
) -> None:
    process = start_and_wait(tmp_path, 2)
    children = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    kept = equal_part(tmp_path)
    stamps = {path: (tmp_path / path).stat().st_mtime_ns for path in kept}
    assert ENOUGH_TO_KILL <= replication_count(tmp_path) < REPLICATIONS
    assert not psutil.wait_procs(children, timeout=20)[1], "workers outlive the run that started them"

    assert "resuming" in run_to_the_end(tmp_path)
    assert equal_part(tmp_path) == whole
    assert {path: (tmp_path / path).stat().st_mtime_ns for path in kept} == stamps
    assert not list(tmp_path.rglob(".partial-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal to a process group")
def test_ctrl_c_ends_with_130_and_tells_how_to_go_on(tmp_path: Path, whole: dict[str, bytes]) -> None:
    process = start_and_wait(tmp_path, 2)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert "Go on with: haicap run" in said and "--replications 100" in said
    assert replication_count(tmp_path) < REPLICATIONS
    run_to_the_end(tmp_path)
    assert equal_part(tmp_path) == whole


@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal to a process group")
def test_ctrl_c_while_workers_are_starting_is_quiet(tmp_path: Path) -> None:
    process = start(*options(tmp_path), "--workers", 4)
    parent, deadline = psutil.Process(process.pid), time.monotonic() + 200
    while len(parent.children()) < 4:
        assert process.poll() is None and time.monotonic() < deadline, process.communicate()
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said and "KeyboardInterrupt" not in said


@pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM cannot be caught there")
def test_a_polite_request_to_end_does_what_ctrl_c_does(tmp_path: Path) -> None:
    process = start_and_wait(tmp_path, 1)
    process.terminate()
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Go on with" in said and "Traceback" not in said


def test_the_command_to_go_on_leaves_fresh_out() -> None:
    from sim.commands.run import resume_command

    assert resume_command(["x/haicap", "run", "a b.yaml", "--fresh", "--workers", "2"]) in (
        "haicap run 'a b.yaml' --workers 2",
        'haicap run "a b.yaml" --workers 2',
    )
