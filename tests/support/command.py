"""The command `haicap` in a process of its own, as a planner starts it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
ONE_COUNTER = FIXTURES / "one_counter.yaml"
THREE_WARDS = FIXTURES / "three_wards.yaml"


def environment(**changes: str) -> dict[str, str]:
    """The environment of a command: UTF-8 on all pipes, English, no colours."""
    kept = {name: value for name, value in os.environ.items() if name != "HAICAP_LANGUAGE"}
    return kept | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"} | changes


def start(*arguments: object, **changes: str) -> subprocess.Popen[str]:
    """Start the command; on systems that have them, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "sim.cli", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding=changes.get("PYTHONIOENCODING", "utf-8"),
        env=environment(**changes),
        start_new_session=True,
    )


def haicap(*arguments: object, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    process = start(*arguments, **changes)
    out, err = process.communicate(timeout=300)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)
