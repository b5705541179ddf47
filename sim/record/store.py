"""A results folder: written replication by replication, read table by table.

    <study>/study.json                            what the study is
    <study>/<alternative>/manifest.json           what ran, where and how long
    <study>/<alternative>/*.parquet               sites, areas, pools, links, calendar
    <study>/<alternative>/replications/0000/      one replication, there whole or not at all

Table shapes stand in `sim.record.tables`.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sim.record.errors import OtherStudyError, ResultsError
from sim.record.files import (
    PARTIAL,
    is_intact,
    json_bytes,
    read_json,
    remove_leftovers,
    write_file,
    write_folder,
    writing_to,
)
from sim.record.replication import ReplicationRecord, encode, parquet_bytes
from sim.record.tables import table_format

STUDY, MANIFEST, REPLICATIONS, EFFECTIVE = (
    "study.json",
    "manifest.json",
    "replications",
    "effective_scenario.yaml",
)


@dataclass(frozen=True)
class AlternativeRecords:
    """Results of one alternative, read when asked for, one table at a time."""

    name: str
    folder: Path
    manifest: Mapping[str, Any]
    replications: tuple[int, ...]

    @cached_property
    def sites(self) -> pd.DataFrame:
        """Places where people work, one row each."""
        return _frame(self.folder / "sites.parquet")

    @cached_property
    def areas(self) -> pd.DataFrame:
        """The present communes, where dossiers are counted, one row each."""
        return _frame(self.folder / "areas.parquet")

    @cached_property
    def pools(self) -> pd.DataFrame:
        """People by site and pool on the first day."""
        return _frame(self.folder / "pools.parquet")

    @cached_property
    def links(self) -> pd.DataFrame:
        """Lines between sites."""
        return _frame(self.folder / "links.parquet")

    @cached_property
    def helpers(self) -> pd.DataFrame:
        """Agents and mobile teams, with the price of one."""
        return _frame(self.folder / "helpers.parquet")

    @cached_property
    def systems(self) -> pd.DataFrame:
        """Software systems and what they need."""
        return _frame(self.folder / "systems.parquet")

    @cached_property
    def dated(self) -> pd.DataFrame:
        """Changes, planned outages and storms with their times."""
        return _frame(self.folder / "dated.parquet")

    @cached_property
    def calendar(self) -> pd.DataFrame:
        """Open time of the official calendar, one row for each day."""
        return _frame(self.folder / "calendar.parquet")

    def table(self, name: str, replication: int, columns: Iterable[str] | None = None) -> pd.DataFrame:
        """One table of one replication; days are datetime64. Raises ResultsError when it cannot be read."""
        path = replication_folder(self.folder, replication) / f"{name}.parquet"
        return _frame(path, None if columns is None else list(columns))

    def pieces(
        self, name: str, replication: int, columns: Iterable[str] | None = None
    ) -> Iterator[pd.DataFrame]:
        """The same table some rows at a time, for long ones; texts are categories."""
        path = replication_folder(self.folder, replication) / f"{name}.parquet"
        return _frames(path, None if columns is None else list(columns))

    def totals(self, replication: int) -> dict[str, Any]:
        """Counters, checks and timing of one replication."""
        folder = replication_folder(self.folder, replication)
        return _json(folder / "totals.json") | _json(folder / "timing.json")


@dataclass(frozen=True)
class StudyRecords:
    """All results of a study; `study` is study.json, the alternatives stand in its order, base first."""

    folder: Path
    study: Mapping[str, Any]
    alternatives: Mapping[str, AlternativeRecords]


def read_study(folder: Path) -> StudyRecords:
    """The results in a folder; alternatives without a finished replication are left out.

    Raises ResultsError when there are none.
    """
    if not (folder / STUDY).is_file():
        raise ResultsError("results.none_here", path=folder)
    study = _json(folder / STUDY)
    try:
        names = [str(entry["name"]) for entry in study["alternatives"]]
    except (KeyError, TypeError) as error:
        raise ResultsError("results.unreadable", path=folder / STUDY, reason=error) from error
    found = [_read_alternative(folder / name) for name in names]
    alternatives = {
        records.name: records for records in found if records is not None and records.replications
    }
    if "base" not in alternatives:
        raise ResultsError("results.nothing_finished", path=folder)
    return StudyRecords(folder, study, alternatives)


def _read_alternative(folder: Path) -> AlternativeRecords | None:
    if not (folder / MANIFEST).is_file():
        return None
    finished = tuple(finished_replications(folder))
    if not finished:
        return None
    manifest = _json(folder / MANIFEST)
    if not has_present_format(manifest):
        raise ResultsError("results.other_format", path=folder, version=manifest.get("haicap_version", "?"))
    return AlternativeRecords(folder.name, folder, manifest, finished)


def has_present_format(manifest: Mapping[str, Any]) -> bool:
    """Whether the tables of an alternative have the shapes that this state of the program reads."""
    return bool(manifest.get("table_format", table_format()) == table_format())


def write_study(folder: Path, study: Mapping[str, Any]) -> None:
    """Write study.json."""
    write_file(folder / STUDY, json_bytes(dict(study)))


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write the manifest of an alternative."""
    write_file(folder / MANIFEST, json_bytes(dict(manifest)))


def write_description(folder: Path, tables: Mapping[str, pa.Table], effective_yaml: str) -> None:
    """Write what describes an alternative and is the same for all its replications."""
    for name, table in tables.items():
        write_file(folder / f"{name}.parquet", parquet_bytes(table))
    write_file(folder / EFFECTIVE, effective_yaml.encode("utf-8"))


def write_replication(folder: Path, record: ReplicationRecord) -> None:
    """Write one replication of the alternative in this folder, whole or not at all."""
    write_encoded(folder, record.replication, encode(record))


def write_encoded(folder: Path, replication: int, files: Mapping[str, bytes]) -> None:
    """Write the files that `encode` made of a replication, whole or not at all."""
    write_folder(replication_folder(folder, replication), files)


def finished_replications(folder: Path) -> list[int]:
    """Numbers of the replications that are there, in order."""
    return sorted(int(path.name) for path in (folder / REPLICATIONS).glob("[0-9]*") if path.name.isdecimal())


def stored_timing(folder: Path) -> dict[int, dict[str, Any]]:
    """What each finished replication of the alternative in `folder` took: seconds and memory, by number."""
    numbers = finished_replications(folder)
    return {number: _json(replication_folder(folder, number) / "timing.json") for number in numbers}


def replication_folder(folder: Path, replication: int) -> Path:
    """Folder of one replication of the alternative in `folder`."""
    return folder / REPLICATIONS / f"{replication:04d}"


def mend(folder: Path) -> list[int]:
    """Remove what an interrupted run left half written, and damaged replications; numbers of the damaged."""
    with writing_to(folder):
        remove_leftovers(folder)
        remove_leftovers(folder / REPLICATIONS)
        damaged = [
            number
            for number in finished_replications(folder)
            if not is_intact(replication_folder(folder, number))
        ]
        for number in damaged:
            shutil.rmtree(replication_folder(folder, number))
    return damaged


def stored_manifest(folder: Path) -> Mapping[str, Any] | None:
    """The manifest of the alternative in this folder, None when the folder is empty or not there.

    Raises OtherStudyError when the folder holds something else.
    """
    if (folder / MANIFEST).is_file():
        return _json(folder / MANIFEST)
    if folder.exists() and any(not path.name.startswith(PARTIAL) for path in folder.iterdir()):
        raise OtherStudyError("results.not_ours", path=folder)
    return None


def remove_alternative(folder: Path) -> None:
    """Remove the results of an alternative. Raises OtherStudyError when the folder holds something else."""
    if stored_manifest(folder) is not None:
        with writing_to(folder):
            shutil.rmtree(folder)


def _json(path: Path) -> dict[str, Any]:
    try:
        value: dict[str, Any] = read_json(path)
    except (OSError, ValueError) as error:
        raise ResultsError("results.unreadable", path=path, reason=error) from error
    return value


def _frame(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    with _told_of(path):
        frame: pd.DataFrame = pq.read_table(path, columns=columns).to_pandas(date_as_object=False)
    return frame


def _frames(path: Path, columns: list[str] | None) -> Iterator[pd.DataFrame]:
    """The row groups of a file, one at a time: no more of it is in memory."""
    with _told_of(path), pq.ParquetFile(path) as file:
        texts = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
    with _told_of(path), pq.ParquetFile(path, read_dictionary=texts) as file:
        for group in range(file.num_row_groups):
            piece = file.read_row_group(group, columns)
            # Each column where it lies, instead of a copy of all in one block.
            yield piece.to_pandas(date_as_object=False, split_blocks=True)


@contextmanager
def _told_of(path: Path) -> Iterator[None]:
    """Turns what cannot be read into a `ResultsError` that names the path."""
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        reason = str(error).partition("\n")[0]
        raise ResultsError("results.unreadable", path=path, reason=reason) from error
