"""The benchmarks run, and their last line can be read by a program."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def last_line(script: str, *arguments: str) -> dict[str, object]:
    """The JSON object at the end of what a benchmark prints; the script must succeed."""
    command = [sys.executable, str(ROOT / "benchmarks" / script), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=300)
    assert done.returncode == 0, done.stderr
    result: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return result


def test_the_common_workload_compares_both_engines_and_ends_with_json():
    sizes = ["--communes", "4", "--pairs", "2", "--days", "5", "--simpy-days", "2"]
    result = last_line("common_workload.py", *sizes, "--memory")
    assert {"python", "haicap", "clock"} <= set(result)
    assert (result["communes"], result["pairs"]) == (4, 2)
    assert result["haicap_dossiers_per_s"] > 0
    assert result["simpy_dossiers_per_s"] > 0
    assert result["ratio"] > 0
    assert result["peak_memory_mb"] > 0


def test_one_replication_tells_its_time_and_memory():
    result = last_line("one_replication.py", "tests/fixtures/one_counter.yaml")
    assert result["dossiers_filed"] > 0
    assert result["seconds"] > 0
    assert result["peak_memory_mb"] > 0
