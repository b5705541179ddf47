"""What ran, where and how long: the manifest of an alternative."""

import platform
import subprocess
from collections.abc import Mapping
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil

import sim
from sim.record.store import EFFECTIVE
from sim.record.tables import table_format
from sim.running.executors import core_count
from sim.running.memory import BYTES_PER_MB

PACKAGE = Path(__file__).resolve().parents[1]
# What sim.scenario makes of a file is in the hash of the scenario already.
ROOMS_THAT_SHAPE_RESULTS = ("world", "engine", "control", "record")
LIBRARIES = ("numpy", "numba", "scipy", "simpy", "pyarrow")


def manifest(
    scenario_hash: str,
    seed: int,
    engine: str,
    timing: Mapping[int, Mapping[str, float]],
    extensions: Mapping[str, str],
) -> dict[str, Any]:
    """The manifest of one alternative.

    `timing` holds what each finished replication took, `extensions` a hash of each function of one's own.
    """
    return {
        "scenario_hash": scenario_hash,
        "effective_scenario": EFFECTIVE,
        "extensions": dict(extensions),
        "haicap_version": sim.__version__,
        "program_hash": program_hash(),
        "table_format": table_format(),
        "git_commit": git_commit(),
        "engine": engine,
        "seed": seed,
        "machine": machine(),
        "libraries": {name: version(name) for name in LIBRARIES},
        "finished_replications": sorted(timing),
        "wall_seconds": round(sum(times["wall_seconds"] for times in timing.values()), 3),
        "peak_memory_mb": max((times["peak_memory_mb"] for times in timing.values()), default=0.0),
    }


def machine() -> dict[str, Any]:
    """The computer, without its name."""
    return {
        "cores": core_count(),
        "memory_mb": psutil.virtual_memory().total // BYTES_PER_MB,
        "python": platform.python_version(),
        "os": f"{platform.system()} {platform.release()}",
        "processor": platform.machine(),
    }


@cache
def program_hash() -> str:
    """Fingerprint of all code and data that shape a replication."""
    digest = blake2b(digest_size=16)
    for room in ROOMS_THAT_SHAPE_RESULTS:
        for path in sorted((PACKAGE / room).rglob("*")):
            if path.is_file() and path.suffix in {".py", ".csv"}:
                digest.update(path.relative_to(PACKAGE).as_posix().encode("utf-8"))
                digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


@cache
def git_commit() -> str | None:
    """Commit of the source tree that runs, with "-dirty" when it was changed; None outside a checkout."""
    root = PACKAGE.parent
    if not (root / ".git").exists():
        return None
    command = ["git", "-C", str(root), "describe", "--always", "--abbrev=40", "--dirty", "--exclude=*"]
    try:
        answer = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip() or None
