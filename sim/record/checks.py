"""Laws that every replication must keep; a run that breaks one is stopped, not stored."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.record.errors import ConservationError
from sim.record.pieces import Table, pieces_of
from sim.record.replication import ReplicationRecord
from sim.world.arrays import CAUSES, Ints

Place = tuple[str, str]
"""Codes of site and group."""


IN_ALL = ("cycle_ms", *(f"cause_{cause}_ms" for cause in CAUSES))
BY_PLACE = ("arrived", "finished")


def check(record: ReplicationRecord) -> dict[str, bool]:
    """The laws that the record keeps, by name: conservation, little, split.

    Conservation: filed = finished + unfinished, in all, and for every commune and group. Little: the integral
    over time of the number of dossiers in the system is the sum of the times that they spent in it (Little
    1961; exact over a finite run when unfinished dossiers count up to the end). Split: the causes of each
    dossier's time add up. Raises ConservationError naming the law.
    """
    flow = _sums(record.tables["flow"], BY_PLACE, IN_ALL)
    _check_conservation(record, flow)
    _check_little(record, flow)
    _check_split(record, flow)
    return {"conservation": True, "little": True, "split": True}


class Sums(NamedTuple):
    """Sums of some columns of a table, by column."""

    by_place: dict[str, dict[Place, int]]
    in_all: dict[str, int]


def _check_conservation(record: ReplicationRecord, flow: Sums) -> None:
    totals = record.totals
    unfinished = _sums(record.tables["unfinished"], ["count"], []).by_place["count"]
    filed, finished = (flow.by_place[column] for column in BY_PLACE)
    _require_equal("conservation", "all", totals["filed"], totals["finished"] + totals["unfinished"])
    _require_equal("conservation", "unfinished", totals["unfinished"], sum(unfinished.values()))
    _require_equal("conservation", "filed", totals["filed"], sum(filed.values()))
    for place in filed.keys() | finished.keys() | unfinished.keys():
        accounted = finished.get(place, 0) + unfinished.get(place, 0)
        _require_equal("conservation", "/".join(place), filed.get(place, 0), accounted)


def _check_little(record: ReplicationRecord, flow: Sums) -> None:
    totals = record.totals
    spent = totals["elapsed_ms_finished"] + totals["elapsed_ms_unfinished"]
    _require_equal("little", "time in the system, ms", totals["in_system_area_ms"], spent)
    counted = flow.in_all["cycle_ms"]
    _require_equal("little", "time of the finished, ms", counted, totals["elapsed_ms_finished"])


def _check_split(record: ReplicationRecord, flow: Sums) -> None:
    _require_equal("split", "dossiers whose causes do not add up", record.totals["split_errors"], 0)
    causes = sum(flow.in_all[f"cause_{cause}_ms"] for cause in CAUSES)
    _require_equal("split", "causes, ms", causes, record.totals["elapsed_ms_finished"])


def _sums(table: Table, by_place: Sequence[str], in_all: Sequence[str]) -> Sums:
    """Sums of some columns by site and group, and of others in all, piece by piece."""
    sums = Sums({column: Counter() for column in by_place}, dict.fromkeys(in_all, 0))
    for piece in pieces_of(table, ["site", "group", *by_place, *in_all]):
        for column, of_piece in _by_place(piece, by_place):
            cast("Counter[Place]", sums.by_place[column]).update(of_piece)
        for column in in_all:
            sums.in_all[column] += pc.sum(piece[column]).as_py() or 0
    return sums


def _by_place(piece: pa.Table, columns: Sequence[str]) -> Iterator[tuple[str, dict[Place, int]]]:
    sites, groups = (piece[key].combine_chunks().dictionary_encode() for key in ("site", "group"))
    width = max(len(groups.dictionary), 1)
    place = _whole(sites.indices) * width + _whole(groups.indices)
    names = list(itertools.product(sites.dictionary.to_pylist(), groups.dictionary.to_pylist()))
    for column in columns:
        sums = np.zeros(len(names), np.int64)
        np.add.at(sums, place, _whole(piece[column].combine_chunks()))
        yield column, {name: amount for name, amount in zip(names, sums.tolist(), strict=True) if amount}


def _whole(column: pa.Array) -> Ints:
    # to_numpy would load pandas, as would group_by of a table; a worker needs it for nothing else.
    return np.asarray(np.from_dlpack(column)).astype(np.int64)


def _require_equal(law: str, what: str, found: int, expected: int) -> None:
    if found != expected:
        raise ConservationError(law, f"{what}: {found} is not {expected}")
