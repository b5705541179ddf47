"""One replication as it goes to disk and comes back."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.record.files import json_bytes
from sim.record.pieces import LongTable, Table, pieces_of
from sim.record.tables import compact


@dataclass(frozen=True)
class ReplicationRecord:
    """What one replication leaves.

    `tables` has the shapes of `sim.record.tables`, long ones in pieces; `totals` are its counters and the
    outcome of its checks; `timing` is what depends on the machine (seconds, bytes), kept apart so that all
    else is equal everywhere.
    """

    replication: int
    tables: Mapping[str, Table]
    totals: Mapping[str, Any]
    timing: Mapping[str, float] = field(default_factory=dict)


def encode(record: ReplicationRecord) -> dict[str, bytes]:
    """The record as the files of its folder, by name."""
    return encode_tables(record) | encode_numbers(record)


def encode_tables(record: ReplicationRecord) -> dict[str, bytes]:
    """The tables of the record as files, by name."""
    files = {f"{name}.parquet": parquet_bytes(table) for name, table in record.tables.items()}
    # What Arrow would keep for later use would stand beside the arrays of the next replication.
    pa.default_memory_pool().release_unused()
    return files


def encode_numbers(record: ReplicationRecord) -> dict[str, bytes]:
    """The totals and the timing of the record as files, by name."""
    return {
        "totals.json": json_bytes(dict(record.totals)),
        "timing.json": json_bytes(dict(record.timing)),
    }


def parquet_bytes(table: Table) -> bytes:
    """The table as a Parquet file, a piece at a time; the same bytes for the same table."""
    texts = [field.name for field in table.schema if pa.types.is_string(field.type)]
    numbers = [field.name for field in table.schema if pa.types.is_integer(field.type)]
    days = [field.name for field in table.schema if pa.types.is_date(field.type)]
    sink = io.BytesIO()
    with pq.ParquetWriter(
        sink,
        compact(table.schema) if isinstance(table, LongTable) else table.schema,
        compression="zstd",
        # Dictionaries pay for names only. Counts are small: first all their lowest bytes, then all the next
        # ones, and so on take less room and half the time.
        use_dictionary=texts,
        column_encoding=dict.fromkeys(numbers, "BYTE_STREAM_SPLIT"),
        write_statistics=days,
        # Names come back as text, however they were handed over.
        store_schema=False,
    ) as writer:
        for piece in pieces_of(table):
            writer.write_table(piece)
    return sink.getvalue()
