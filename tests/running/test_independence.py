"""No result depends on how a study was run: workers, logging, engine, order."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

import sim
from sim.world.arrays import LOG_FIELDS
from tests.support.command import THREE_WARDS
from tests.support.results import equal_part


@pytest.fixture(scope="module")
def in_this_process(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Results of all alternatives, made in this process."""
    folder = tmp_path_factory.mktemp("one")
    sim.run(THREE_WARDS, folder)
    return equal_part(folder)


@pytest.mark.parametrize("workers", [2, 4])
def test_results_do_not_depend_on_the_number_of_workers(
    tmp_path: Path, in_this_process: dict[str, bytes], workers: int
) -> None:
    sim.run(THREE_WARDS, tmp_path, workers=workers)
    assert equal_part(tmp_path) == in_this_process


def test_results_do_not_depend_on_logging(tmp_path: Path, in_this_process: dict[str, bytes]) -> None:
    sim.run(THREE_WARDS, tmp_path, log=True)
    found = equal_part(tmp_path)
    logs = [path for path in found if path.endswith("/log.parquet")]
    assert len(logs) == 6
    assert {path: found[path] for path in found if path not in logs} == in_this_process
    assert pq.read_schema(tmp_path / logs[0]).names == list(LOG_FIELDS)


def test_the_naive_engine_leaves_the_same_tables(tmp_path: Path, in_this_process: dict[str, bytes]) -> None:
    sim.run(THREE_WARDS, tmp_path, alternatives=[], replications=1, engine="reference")
    wanted = {
        path: content
        for path, content in in_this_process.items()
        if path.startswith("base/replications/0000")
    }
    assert equal_part(tmp_path) == wanted


def test_alternatives_run_alone_give_what_they_give_together(
    tmp_path: Path, in_this_process: dict[str, bytes]
) -> None:
    sim.run(THREE_WARDS, tmp_path, alternatives=["no_outages"])
    assert set(sim.read(tmp_path).alternatives) == {"base", "no_outages"}
    sim.run(THREE_WARDS, tmp_path)
    assert equal_part(tmp_path) == in_this_process


def test_alternatives_that_are_not_there_are_told_with_those_that_are(tmp_path: Path) -> None:
    from sim.running.preparation import UnknownAlternativeError

    with pytest.raises(UnknownAlternativeError) as told:
        sim.run(THREE_WARDS, tmp_path, alternatives=["more_coffee"])
    assert told.value.known == ("base", "more_reception", "no_outages")
