"""On a Dask cluster the results are those of this process, bit for bit."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim
from tests.support.command import ROOT, THREE_WARDS, environment, haicap
from tests.support.results import equal_part

pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def scheduler() -> Iterator[str]:
    """Address of a cluster of two workers."""
    script = ROOT / "tests" / "support" / "dask_cluster.py"
    cluster = subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env=environment(),
    )
    assert cluster.stdin is not None and cluster.stdout is not None
    yield cluster.stdout.readline().strip()
    cluster.stdin.close()
    cluster.wait(60)
    cluster.stdout.close()


def test_results_of_a_cluster_are_those_of_this_process(tmp_path: Path, scheduler: str) -> None:
    done = haicap(
        *("run", THREE_WARDS, "--results", tmp_path / "dask", "--no-report"),
        *("--executor", "dask", "--scheduler", scheduler),
    )
    assert done.returncode == 0, done.stderr
    sim.run(THREE_WARDS, tmp_path / "here")
    assert equal_part(tmp_path / "dask") == equal_part(tmp_path / "here")


def test_a_scheduler_that_does_not_answer_is_told_plainly(tmp_path: Path) -> None:
    done = haicap(
        *("run", THREE_WARDS, "--results", tmp_path, "--executor", "dask"),
        *("--scheduler", "tcp://127.0.0.1:9"),
    )
    assert done.returncode == 3
    assert "tcp://127.0.0.1:9" in done.stderr and "Traceback" not in done.stderr
