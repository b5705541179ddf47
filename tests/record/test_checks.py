"""The laws of a replication: what breaks one is not stored."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa
import pytest

from sim.record.checks import check
from sim.record.errors import ConservationError
from sim.record.pieces import whole
from sim.record.replication import ReplicationRecord, encode
from sim.record.tables import REPLICATION_TABLES
from sim.scenario.reader import load
from sim.world.arrays import FLOW_FIELDS
from tests.support.command import THREE_WARDS
from tests.support.played import played


@pytest.fixture(scope="module")
def record() -> ReplicationRecord:
    """One replication of a small study with outages and backlog, not checked yet."""
    return played(load(THREE_WARDS).base).record


def with_more(record: ReplicationRecord, table: str, column: str) -> ReplicationRecord:
    """The record with one more in the first row of a column."""
    changed = whole(record.tables[table])
    values = changed[column].to_numpy().copy()
    values[0] += 1
    place = changed.schema.get_field_index(column)
    changed = changed.set_column(place, changed.schema.field(place), pa.array(values))
    return replace(record, tables={**record.tables, table: changed})


def with_total(record: ReplicationRecord, name: str) -> ReplicationRecord:
    return replace(record, totals={**record.totals, name: record.totals[name] + 1})


def test_a_record_of_the_engine_keeps_all_laws(record: ReplicationRecord) -> None:
    assert check(record) == {"conservation": True, "little": True, "split": True}


@pytest.mark.parametrize(
    ("law", "broken"),
    [
        ("conservation", partial(with_total, name="filed")),
        ("conservation", partial(with_total, name="finished")),
        ("conservation", partial(with_total, name="unfinished")),
        ("conservation", partial(with_more, table="flow", column="arrived")),
        ("conservation", partial(with_more, table="flow", column="finished")),
        ("conservation", partial(with_more, table="unfinished", column="count")),
        ("little", partial(with_total, name="in_system_area_ms")),
        ("little", partial(with_total, name="elapsed_ms_unfinished")),
        ("little", partial(with_more, table="flow", column="cycle_ms")),
        ("split", partial(with_total, name="split_errors")),
        ("split", partial(with_more, table="flow", column="cause_staff_ms")),
    ],
)
def test_one_too_many_anywhere_breaks_its_law(
    record: ReplicationRecord, law: str, broken: Callable[[ReplicationRecord], ReplicationRecord]
) -> None:
    with pytest.raises(ConservationError) as told:
        check(broken(record))
    assert told.value.check == law


def test_conservation_is_checked_for_each_commune_and_group(record: ReplicationRecord) -> None:
    flow = whole(record.tables["flow"])
    sites = flow["site"].to_pylist()
    other = next(index for index, site in enumerate(sites) if site != sites[0])
    finished = flow["finished"].to_numpy().copy()
    finished[[0, other]] += [1, -1]
    place = flow.schema.get_field_index("finished")
    flow = flow.set_column(place, flow.schema.field(place), pa.array(finished))
    with pytest.raises(ConservationError, match="conservation"):
        check(replace(record, tables={**record.tables, "flow": flow}))


def test_tables_have_their_shapes_and_no_row_of_zeros(record: ReplicationRecord) -> None:
    assert {name: table.schema for name, table in record.tables.items()} == dict(REPLICATION_TABLES)
    flow = whole(record.tables["flow"])
    values = np.column_stack([flow[name].to_numpy() for name in FLOW_FIELDS])
    assert (values != 0).any(axis=1).all()


def test_who_lays_work_down_at_closing_time_never_works_longer_than_the_pool_is_open(
    record: ReplicationRecord,
) -> None:
    days = whole(record.tables["pool_days"]).to_pandas()
    resuming = [name for name, pool in load(THREE_WARDS).base.pools.items() if pool.end_of_shift == "resume"]
    days = days[days["pool"].isin(resuming)]
    assert (days["busy_ms"] <= days["available_ms"]).all()
    assert days["busy_ms"].sum() > 0


def test_the_same_record_gives_the_same_bytes(record: ReplicationRecord) -> None:
    assert encode(record) == encode(record)
