"""The stored results are what the program gives today; `make reference` makes them anew.

A difference is a change of the model, of its base scenario or of the random numbers, and should be one on
purpose: make the results anew in the same commit and say why.
"""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import sim
from tests.support.results import equal_part

ROOT = Path(__file__).resolve().parents[2]
STORED = ROOT / "results" / "reference"
SCENARIO = ROOT / "scenarios" / "reference.yaml"


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    sim.run(SCENARIO, folder)
    return folder


def test_stored_results_have_the_same_files_as_a_run_today(today: Path) -> None:
    stored = equal_part(STORED)
    assert len(stored) > 0
    assert stored.keys() == equal_part(today).keys()


def test_stored_tables_and_totals_equal_those_of_a_run_today(today: Path) -> None:
    """Tables are compared by content: another version of the library may write other bytes."""
    for name in equal_part(STORED):
        if name.endswith(".json"):
            texts = [(folder / name).read_text(encoding="utf-8") for folder in (STORED, today)]
            assert json.loads(texts[0]) == json.loads(texts[1]), name
        else:
            assert pq.read_table(STORED / name).equals(pq.read_table(today / name)), name
