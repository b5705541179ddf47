"""How many dossiers waited, moment by moment: the pulse of all replications of an alternative."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.record.store import AlternativeRecords

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Pulse:
    """What waits, in queues for people, systems or sessions and in outboxes together."""

    at_ms: Ints
    """[moments] in order of time, evenly apart"""
    regions: tuple[str, ...]
    """Codes of the provinces, and of the centre where pools stand there"""
    waiting: Ints
    """[replications, moments, regions] dossiers and parts of dossiers"""

    @property
    def of_all(self) -> Ints:
        """[replications, moments] of all regions together."""
        return np.asarray(self.waiting.sum(axis=-1))

    @property
    def step_ms(self) -> int:
        """Time between two moments."""
        return int(self.at_ms[1] - self.at_ms[0])


def read_pulse(records: AlternativeRecords, replications: Sequence[int], from_ms: int = 0) -> Pulse:
    """The pulse of some replications, from a moment on, one replication after the other.

    Raises ResultsError when a table cannot be read, ValueError when replications were not looked at in the
    same moments and regions.
    """
    each = [_read(records, replication, from_ms) for replication in replications]
    at_ms, regions, _ = each[0]
    if any(
        len(other) != len(at_ms) or (other != at_ms).any() or names != regions for other, names, _ in each
    ):
        raise ValueError("the pulse of the replications is not of the same moments and regions")
    return Pulse(at_ms, regions, np.stack([waiting for *_, waiting in each]))


def pulse_of_example(records: AlternativeRecords, replication: int) -> pd.DataFrame:
    """Columns: at_ms, waiting, held, outbox of all regions together, of one replication."""
    table = records.table("pulse", replication)
    return table.groupby("at_ms", as_index=False)[["waiting", "held", "outbox"]].sum()


def _read(records: AlternativeRecords, replication: int, from_ms: int) -> tuple[Ints, tuple[str, ...], Ints]:
    table = records.table("pulse", replication, ["at_ms", "site", "waiting", "outbox"])
    table = table[table["at_ms"] >= from_ms]
    at_ms, moment = np.unique(table["at_ms"].to_numpy(np.int64), return_inverse=True)
    regions, region = np.unique(table["site"].to_numpy(object), return_inverse=True)
    waiting = np.zeros((len(at_ms), len(regions)), np.int64)
    np.add.at(waiting, (moment, region), (table["waiting"] + table["outbox"]).to_numpy(np.int64))
    return at_ms, tuple(map(str, regions)), waiting
