"""The nation in bounded memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_MB = 1200
"""Three days take some 700 MB when the engine is compiled already, and 1 GB when it has to be."""

PROGRAM = """
import json, sys
from pathlib import Path
import sim
from sim.running.memory import peak_memory_mb
from sim.running.shortening import first_days
from sim.scenario.reader import load
from dataclasses import replace
study = load(sys.argv[1])
short = replace(study, base=first_days(study.base, 3))
results = sim.run(short, Path(sys.argv[2]))
headline = results.summary("base").headline
filed = headline[(headline["metric"] == "filed") & (headline["scope"] == "all")]["value"].iloc[0]
print(json.dumps({"filed": filed, "mb": peak_memory_mb()}))
"""


@pytest.mark.long
def test_three_days_of_all_communes_stay_within_memory_records_and_analysis_included(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(ROOT / "scenarios" / "viet_nam.yaml"), str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["filed"] > 500_000
    assert found["mb"] < MOST_MB
