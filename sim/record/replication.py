"""One replication as it goes to disk and comes back."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sim.record.files import json_bytes


@dataclass(frozen=True)
class ReplicationRecord:
    """What one replication leaves.

    `tables` has the shapes of `sim.record.tables`; `totals` are its counters and the outcome of its checks;
    `timing` is what depends on the machine (seconds, bytes), kept apart so that all else is equal everywhere.
    """

    replication: int
    tables: Mapping[str, pa.Table]
    totals: Mapping[str, Any]
    timing: Mapping[str, float] = field(default_factory=dict)


def encode(record: ReplicationRecord) -> dict[str, bytes]:
    """The record as the files of its folder, by name."""
    files = {f"{name}.parquet": parquet_bytes(table) for name, table in record.tables.items()}
    return files | {
        "totals.json": json_bytes(dict(record.totals)),
        "timing.json": json_bytes(dict(record.timing)),
    }


def parquet_bytes(table: pa.Table) -> bytes:
    """The table as a Parquet file; the same bytes for the same table."""
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()
