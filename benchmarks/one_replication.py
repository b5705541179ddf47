"""Time and memory of one replication of a study in a fresh process, once the engine is compiled.

    python benchmarks/one_replication.py [scenarios/quang_ngai.yaml] [--replication 0]

Asked of Quang Ngai, half a year: less than 3 s and less than 400 MB. The last line is a JSON object.
"""

import argparse
import json
import time
from pathlib import Path

from fresh_process import in_fresh_process

from sim.running.memory import peak_memory_mb
from sim.running.replicate import Task, play, task_of, warm_up
from sim.scenario.reader import load
from sim.world.build import build

QUANG_NGAI = Path(__file__).resolve().parents[1] / "scenarios" / "quang_ngai.yaml"


def task_of_file(path: Path) -> Task:
    """The base of a scenario file, ready to run."""
    scenario = load(path).base
    return task_of(build(scenario), scenario.seed, "compiled", log=False)


def compile_engine(path: Path) -> float:
    """Seconds until the engine is compiled, or loaded if it was before."""
    task = task_of_file(path)
    began = time.perf_counter()
    warm_up(task)
    return time.perf_counter() - began


def measure(path: Path, replication: int) -> dict[str, float]:
    """Seconds of each stage, dossiers and peak memory of one replication in this process."""
    began = time.perf_counter()
    task = task_of_file(path)
    built = time.perf_counter()
    warm_up(task)
    ready = time.perf_counter()
    processor_began = time.process_time()
    files = play(task, replication)
    timing, totals = json.loads(files["timing.json"]), json.loads(files["totals.json"])
    return {
        "seconds": round(time.perf_counter() - ready, 3),
        "processor_seconds": round(time.process_time() - processor_began, 3),
        "flow_seconds": timing["flow_seconds"],
        "control_seconds": timing["control_seconds"],
        "records_seconds": timing["records_seconds"],
        "load_and_build_seconds": round(built - began, 3),
        "engine_loading_seconds": round(ready - built, 3),
        "dossiers_filed": totals["filed"],
        "steps": totals["steps"],
        "peak_memory_mb": peak_memory_mb(),
    }


def main() -> None:
    """Runs the benchmark and prints what it found."""
    parser = argparse.ArgumentParser(description="Time and memory of one replication.")
    parser.add_argument("scenario", type=Path, nargs="?", default=QUANG_NGAI)
    parser.add_argument("--replication", type=int, default=0)
    asked = parser.parse_args()
    compiling = in_fresh_process(compile_engine, asked.scenario)
    print(f"{asked.scenario.name}: engine compiled, or loaded, in {compiling:.1f} s")
    found = in_fresh_process(measure, asked.scenario, asked.replication)
    for name, value in found.items():
        print(f"{name.replace('_', ' '):24}{value:>14,}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
