"""Laws that every replication must keep; a run that breaks one is stopped, not stored."""

import itertools

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sim.record.errors import ConservationError
from sim.record.replication import ReplicationRecord
from sim.world.arrays import Ints


def check(record: ReplicationRecord) -> dict[str, bool]:
    """The laws that the record keeps, by name: conservation, little, split.

    Conservation: filed = finished + unfinished, in all, and for every commune and group. Little: the integral
    over time of the number of dossiers in the system is the sum of the times that they spent in it (Little
    1961; exact over a finite run when unfinished dossiers count up to the end). Split: the causes of each
    dossier's time add up. Raises ConservationError naming the law.
    """
    _check_conservation(record)
    _check_little(record)
    _check_split(record)
    return {"conservation": True, "little": True, "split": True}


def _check_conservation(record: ReplicationRecord) -> None:
    totals = record.totals
    _require_equal("conservation", "all", totals["filed"], totals["finished"] + totals["unfinished"])
    _require_equal("conservation", "unfinished", totals["unfinished"], _sum(record, "unfinished", "count"))
    _require_equal("conservation", "filed", totals["filed"], _sum(record, "flow", "arrived"))
    filed = _by_site_and_group(record, "flow", "arrived")
    finished = _by_site_and_group(record, "flow", "finished")
    unfinished = _by_site_and_group(record, "unfinished", "count")
    for place in filed.keys() | finished.keys() | unfinished.keys():
        accounted = finished.get(place, 0) + unfinished.get(place, 0)
        _require_equal("conservation", "/".join(place), filed.get(place, 0), accounted)


def _check_little(record: ReplicationRecord) -> None:
    totals = record.totals
    spent = totals["elapsed_ms_finished"] + totals["elapsed_ms_unfinished"]
    _require_equal("little", "time in the system, ms", totals["in_system_area_ms"], spent)
    _require_equal(
        "little", "time of the finished, ms", _sum(record, "flow", "cycle_ms"), totals["elapsed_ms_finished"]
    )


def _check_split(record: ReplicationRecord) -> None:
    _require_equal("split", "dossiers whose causes do not add up", record.totals["split_errors"], 0)
    _require_equal("split", "causes, ms", _cause_ms(record), record.totals["elapsed_ms_finished"])


def _cause_ms(record: ReplicationRecord) -> int:
    causes = [name for name in record.tables["flow"].column_names if name.startswith("cause_")]
    return sum(_sum(record, "flow", name) for name in causes)


def _sum(record: ReplicationRecord, table: str, column: str) -> int:
    return pc.sum(record.tables[table][column]).as_py() or 0


def _by_site_and_group(record: ReplicationRecord, table: str, column: str) -> dict[tuple[str, str], int]:
    sites, groups = (
        record.tables[table][key].combine_chunks().dictionary_encode() for key in ("site", "group")
    )
    width = max(len(groups.dictionary), 1)
    place = _whole(sites.indices) * width + _whole(groups.indices)
    sums = np.zeros(len(sites.dictionary) * width, np.int64)
    np.add.at(sums, place, _whole(record.tables[table][column].combine_chunks()))
    names = itertools.product(sites.dictionary.to_pylist(), groups.dictionary.to_pylist())
    return {name: int(amount) for name, amount in zip(names, sums, strict=True) if amount}


def _whole(column: pa.Array) -> Ints:
    # to_numpy would load pandas, as would group_by of a table; a worker needs it for nothing else.
    return np.asarray(np.from_dlpack(column)).astype(np.int64)


def _require_equal(law: str, what: str, found: int, expected: int) -> None:
    if found != expected:
        raise ConservationError(law, f"{what}: {found} is not {expected}")
