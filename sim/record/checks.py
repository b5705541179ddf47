"""Laws that every replication must keep; a run that breaks one is stopped, not stored."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

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


def _check_conservation(record: ReplicationRecord, flow: Sums) -> None:
    totals = record.totals
    unfinished = _sums(record.tables["unfinished"], ["count"], []).by_place("count")
    filed, finished = (flow.by_place(column) for column in BY_PLACE)
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


class Sums:
    """Sums of some columns of a table: by site and group, and in all."""

    def __init__(self, by_place: Sequence[str], in_all: Sequence[str]) -> None:
        self.in_all = dict.fromkeys(in_all, 0)
        self._sites, self._groups = dict[str, int](), dict[str, int]()
        self._by_place = {column: np.zeros((0, 0), np.int64) for column in by_place}

    def add(self, piece: pa.Table) -> None:
        """Adds the rows of a piece of the table."""
        site, group = _numbers(piece["site"], self._sites), _numbers(piece["group"], self._groups)
        place = site * len(self._groups) + group
        for column, sums in self._by_place.items():
            sums = _with_room(sums, (len(self._sites), len(self._groups)))
            np.add.at(sums.reshape(-1), place, _whole(piece[column].combine_chunks()))
            self._by_place[column] = sums
        for column in self.in_all:
            self.in_all[column] += pc.sum(piece[column]).as_py() or 0

    def by_place(self, column: str) -> dict[Place, int]:
        """The sums of a column that are not 0."""
        places, sums = list(itertools.product(self._sites, self._groups)), self._by_place[column].ravel()
        return {places[number]: int(sums[number]) for number in np.flatnonzero(sums).tolist()}


def _sums(table: Table, by_place: Sequence[str], in_all: Sequence[str]) -> Sums:
    """Sums of some columns by site and group, and of others in all, piece by piece."""
    sums = Sums(by_place, in_all)
    for piece in pieces_of(table, ["site", "group", *by_place, *in_all]):
        sums.add(piece)
    return sums


def _numbers(names: pa.ChunkedArray, known: dict[str, int]) -> Ints:
    """Numbers of names, new ones after those that are known."""
    coded = names.combine_chunks()
    if not pa.types.is_dictionary(coded.type):
        coded = coded.dictionary_encode()
    number = [known.setdefault(name, len(known)) for name in coded.dictionary.to_pylist()]
    return np.array(number, np.int64)[_whole(coded.indices)]


def _with_room(sums: Ints, shape: tuple[int, int]) -> Ints:
    """The sums with zeros for sites and groups that have come to be known."""
    if sums.shape == shape:
        return sums
    roomy = np.zeros(shape, np.int64)
    roomy[: sums.shape[0], : sums.shape[1]] = sums
    return roomy


def _whole(column: pa.Array) -> Ints:
    # to_numpy would load pandas, as would group_by of a table; a worker needs it for nothing else.
    return np.asarray(np.from_dlpack(column)).astype(np.int64)


def _require_equal(law: str, what: str, found: int, expected: int) -> None:
    if found != expected:
        raise ConservationError(law, f"{what}: {found} is not {expected}")
