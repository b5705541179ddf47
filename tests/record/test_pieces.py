"""Long tables go to disk and come back in pieces, and hold the same as in one."""

import io
import itertools
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

import sim
from sim.analysis import counts
from sim.analysis.setting import setting_of
from sim.record import collect
from sim.record.checks import check
from sim.record.pieces import LongTable, whole
from sim.record.replication import parquet_bytes
from sim.record.store import AlternativeRecords
from sim.record.tables import REPLICATION_TABLES
from sim.scenario.reader import load
from sim.world import day_rows
from tests.support.command import THREE_WARDS
from tests.support.played import Played, played

ROWS = 20


@pytest.fixture(scope="module")
def run() -> Iterator[Played]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(day_rows, "ROWS_PACKED_TOGETHER", 1)
        yield played(load(THREE_WARDS).base)


@pytest.fixture
def short_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collect, "MOST_ROWS", ROWS)
    monkeypatch.setattr(day_rows, "ROWS_PACKED_TOGETHER", 1)


def sorted_rows(table: pd.DataFrame) -> pd.DataFrame:
    keys = list(table.columns[:3])
    return table.sort_values(keys).reset_index(drop=True)


@pytest.mark.parametrize("name", ["flow", "pool_days"])
def test_a_table_in_pieces_is_the_table_in_one(
    run: Played, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_one = whole(run.record.tables[name]).to_pandas()
    monkeypatch.setattr(collect, "MOST_ROWS", ROWS)
    table = run.record.tables[name]
    assert isinstance(table, LongTable)
    pieces = list(table.pieces())
    assert len(pieces) > 3
    assert max(map(len, pieces)) <= ROWS
    assert sorted_rows(whole(table).to_pandas()).equals(sorted_rows(in_one))


def test_pieces_have_the_columns_asked_for_in_their_order(run: Played) -> None:
    for name in ("flow", "pool_days"):
        table = run.record.tables[name]
        assert isinstance(table, LongTable)
        wanted = ["day", "site", table.schema.names[-1]]
        assert all(piece.column_names == wanted for piece in table.pieces(wanted))


@pytest.mark.usefixtures("short_pieces")
@pytest.mark.parametrize("name", ["flow", "pool_days", "cycle"])
def test_a_file_of_pieces_has_the_types_that_were_said_and_tells_its_days(run: Played, name: str) -> None:
    table = run.record.tables[name]
    file = pq.ParquetFile(io.BytesIO(parquet_bytes(table)))
    assert file.schema_arrow.types == REPLICATION_TABLES[name].types
    assert file.read().to_pylist() == whole(table).to_pylist()
    places = [place for place, column in enumerate(file.schema_arrow.names) if column == "day"]
    for group, place in itertools.product(range(file.num_row_groups), places):
        days = file.read_row_group(group, ["day"])["day"].to_pylist()
        told = file.metadata.row_group(group).column(place).statistics
        assert (told.min, told.max) == (min(days), max(days))


@pytest.mark.usefixtures("short_pieces")
def test_the_laws_are_checked_over_all_pieces(run: Played) -> None:
    assert check(run.record) == {"conservation": True, "little": True, "split": True}


@pytest.mark.usefixtures("short_pieces")
def test_analysis_adds_up_row_groups_to_what_the_whole_table_says(tmp_path: Path) -> None:
    results = sim.run(THREE_WARDS, tmp_path, alternatives=[], replications=1)
    records = results.records.alternatives["base"]
    pieces = list(records.pieces("flow", 0))
    assert len(pieces) > 3
    setting = setting_of(records, results.records.study)
    by_pieces, in_one = counts.count(records, setting), counts.count(InOne(records), setting)
    for name in ("flow", "by_day", "pools", "pool_weeks", "staff"):
        assert (getattr(by_pieces, name) == getattr(in_one, name)).all()
    assert by_pieces.by_day[..., 0].sum() == records.table("flow", 0)["arrived"].sum()


class InOne:
    """The same records, long tables read in one."""

    def __init__(self, records: AlternativeRecords) -> None:
        self.records = records

    def __getattr__(self, name: str) -> object:
        return getattr(self.records, name)

    def pieces(self, name: str, replication: int) -> Iterator[pd.DataFrame]:
        yield self.records.table(name, replication)
