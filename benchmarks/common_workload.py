"""Haicap against plain SimPy on the common workload, side by side in one run.

    python benchmarks/common_workload.py [--communes 100] [--pairs 5] [--days D] [--simpy-days D] [--memory]

Both run in this one process, taking turns; each pair gives one ratio. Seconds are processor seconds of the
process (`time.process_time`): other programs disturb them little, and threads count in full. Haicap runs
scenarios/common_workload.yaml through the program: a replication with its counts by commune and day, its
checks, its record tables, and the files written. Reading the scenario, building the world and compiling are
told apart. SimPy (plain_simpy.py) counts finished dossiers and the sum of their times, nothing else. The
last line is a JSON object.
"""

import argparse
import datetime
import json
import platform
import statistics
import tempfile
import time
from pathlib import Path

from fresh_process import in_fresh_process
from plain_simpy import province_headcount
from plain_simpy import run as run_plain_simpy

import sim
from sim.record.store import write_encoded
from sim.running.memory import peak_memory_mb
from sim.running.replicate import Task, play, task_of, warm_up
from sim.scenario.reader import load_text
from sim.world.build import build

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
SIZED = """
extends: common_workload.yaml
name: common_workload
period: {{end: {end}}}
territory: {{synthetic: {{communes_per_province: {communes}}}}}
pools: {{province: {{headcount: {province}}}}}
"""
FIRST_DAY = datetime.date(2025, 7, 1)
# So many commune-days that each side takes a few seconds; days enough that fixed costs, and the dossiers
# not yet finished in the first hours, count little.
COMMUNE_DAYS, LEAST_DAYS = 18_000, 20
SIMPY_COMMUNE_DAYS, LEAST_SIMPY_DAYS = 1_200, 2.0


def task_of_workload(communes: int, days: int) -> Task:
    """The workload with so many communes, ready to run."""
    end = FIRST_DAY + datetime.timedelta(days=days - 1)
    text = SIZED.format(end=end, communes=communes, province=province_headcount(communes))
    scenario = load_text(text, SCENARIOS).base
    return task_of(build(scenario), scenario.seed, "compiled", log=False)


def haicap_rate(task: Task, replication: int, folder: Path) -> float:
    """Finished dossiers per processor second of one replication, records written."""
    began = time.process_time()
    files = play(task, replication)
    write_encoded(folder, replication, files)
    seconds = time.process_time() - began
    finished: int = json.loads(files["totals.json"])["finished"]
    return finished / seconds


def simpy_rate(communes: int, days: float, seed: int) -> float:
    """The same for plain SimPy."""
    began = time.process_time()
    finished = run_plain_simpy(communes, days, seed).finished
    return finished / (time.process_time() - began)


def measured_pairs(task: Task, communes: int, simpy_days: float, pairs: int) -> list[tuple[float, float]]:
    """Dossiers per second of Haicap and of SimPy, taking turns."""
    with tempfile.TemporaryDirectory() as folder:
        return [
            (haicap_rate(task, pair, Path(folder)), simpy_rate(communes, simpy_days, pair))
            for pair in range(pairs)
        ]


def memory_of_one_run(communes: int, days: int) -> float:
    """Peak memory of a process that runs one replication, MB."""
    task = task_of_workload(communes, days)
    with tempfile.TemporaryDirectory() as folder:
        haicap_rate(task, 0, Path(folder))
    return peak_memory_mb()


def print_table(rates: list[tuple[float, float]]) -> None:
    """Lowest, median and highest rate and ratio, and the single pairs."""
    haicap, simpy = zip(*rates, strict=True)
    ratios = [fast / slow for fast, slow in rates]
    print(f"{'':24}{'lowest':>12}{'median':>12}{'highest':>12}")
    for name, values, form in (
        ("Haicap, dossiers/s", haicap, ",.0f"),
        ("SimPy, dossiers/s", simpy, ",.0f"),
        ("ratio of each pair", ratios, ".1f"),
    ):
        low, middle, high = min(values), statistics.median(values), max(values)
        print(f"{name:24}{low:>12{form}}{middle:>12{form}}{high:>12{form}}")
    print("pairs: " + ", ".join(f"{ratio:.1f}" for ratio in ratios))


def arguments() -> argparse.Namespace:
    """What was asked on the command line."""
    parser = argparse.ArgumentParser(description="Haicap against plain SimPy on the common workload.")
    parser.add_argument("--communes", type=int, default=100)
    parser.add_argument("--pairs", type=int, default=5, help="how often each takes its turn")
    parser.add_argument("--days", type=int, help="simulated days of a Haicap run")
    parser.add_argument("--simpy-days", type=float, help="simulated days of a SimPy run")
    parser.add_argument("--memory", action="store_true", help="also measure peak memory in a fresh process")
    asked = parser.parse_args()
    asked.days = asked.days or max(LEAST_DAYS, COMMUNE_DAYS // asked.communes)
    asked.simpy_days = asked.simpy_days or max(LEAST_SIMPY_DAYS, SIMPY_COMMUNE_DAYS / asked.communes)
    return asked


def main() -> None:
    """Runs the benchmark and prints what it found."""
    asked = arguments()
    began = time.perf_counter()
    task = task_of_workload(asked.communes, asked.days)
    built = time.perf_counter()
    warm_up(task)
    compiled = time.perf_counter()
    print(f"Common workload, {asked.communes} communes")
    print(f"simulated days of each run: Haicap {asked.days}, SimPy {asked.simpy_days:g}")
    print(f"scenario read and world built in {built - began:.2f} s")
    print(f"engine compiled, or loaded, in {compiled - built:.2f} s")
    rates = measured_pairs(task, asked.communes, asked.simpy_days, asked.pairs)
    print_table(rates)
    result = {
        "haicap_dossiers_per_s": round(statistics.median(fast for fast, _ in rates)),
        "simpy_dossiers_per_s": round(statistics.median(slow for _, slow in rates)),
        "ratio": round(statistics.median(fast / slow for fast, slow in rates), 2),
        "communes": asked.communes,
        "pairs": asked.pairs,
        "clock": "process_time",
        "python": platform.python_version(),
        "haicap": sim.__version__,
    }
    if asked.memory:
        result["peak_memory_mb"] = in_fresh_process(memory_of_one_run, asked.communes, asked.days)
        print(f"peak memory of one run in a fresh process: {result['peak_memory_mb']:.0f} MB")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
