"""A made-up study of two provinces in which the portal is down for a day, with an answer known beforehand.

The base waits with ``USUAL`` dossiers in each province in all hours. In ``portal_down`` an outage begins at
``BEGAN_HOUR`` and lasts a day; from then on ``DEPTH`` dossiers more wait, held, in the first province, and
each hour after the outage ``CLEARED`` fewer until none is left. Its dossiers are those of the base, but for
``LATE_MORE`` of each commune of the first province that are late.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from sim.record.replication import ReplicationRecord
from sim.record.store import (
    StudyRecords,
    read_study,
    write_description,
    write_manifest,
    write_replication,
    write_study,
)
from sim.record.tables import ALTERNATIVE_TABLES, REPLICATION_TABLES
from tests.support.synthetic_records import (
    MS_PER_HOUR,
    as_table,
    commune_codes,
    description_tables,
    draw_dossiers,
    manifest,
    replication_record,
    study_description,
)
from tests.support.synthetic_support import pulse_table

USUAL, DEPTH, CLEARED = 50, 240, 20
BEGAN_HOUR, LASTS_HOURS = 24 * 9 + 8, 24
LATE_MORE = 3
PROVINCES = {"51": "Quảng Ngãi", "44": "Quảng Trị"}
HIT = "51"
COMMUNES = 8


def write_shocked_study(
    folder: Path,
    days: int = 30,
    replications: int = 3,
    never_recovers: bool = False,
    seed: int = 7,
    only_hit: tuple[str, ...] = (),
) -> StudyRecords:
    """Write the study into a folder and read it back; ``only_hit``: regions that the base does not have."""
    names = {"base": "Base", "portal_down": "Portal down for a day"}
    study = study_description(days, replications, seed) | {
        "alternatives": [
            {"name": name, "title": {"en": title, "vi": title}, "description": {"en": "", "vi": ""}}
            for name, title in names.items()
        ]
    }
    study["outages"] = {"portal": {"en": "Portal down", "vi": "Cổng ngừng hoạt động"}}
    write_study(folder, study)
    tables = description_tables(COMMUNES, days, 4)
    for table in ("sites", "areas"):
        tables[table] = as_table(ALTERNATIVE_TABLES[table], _in_two_provinces(tables[table].to_pandas()))
    for name in names:
        write_manifest(folder / name, manifest(name, replications, seed))
        write_description(folder / name, tables, f"name: {name}\n")
        for replication in range(replications):
            dossiers = draw_dossiers(COMMUNES, days, 20.0, seed + replication, 1.0)
            record = replication_record(replication, dossiers, COMMUNES, days, 4)
            is_hit = name == "portal_down"
            shocked = _shocked(record, days, is_hit, never_recovers)
            write_replication(folder / name, _with_regions(shocked, days, only_hit) if is_hit else shocked)
    return read_study(folder)


def extra_by_hour(days: int, never_recovers: bool = False) -> np.ndarray:
    """Dossiers that wait more in the province that is hit, hour by hour."""
    since = np.arange(24 * days) - BEGAN_HOUR
    left = DEPTH - CLEARED * np.maximum(since - LASTS_HOURS, 0) * (not never_recovers)
    return np.where(since >= 0, np.maximum(left, 0), 0)


def _shocked(record: ReplicationRecord, days: int, is_hit: bool, never_recovers: bool) -> ReplicationRecord:
    extra = extra_by_hour(days, never_recovers) * is_hit
    waiting = {site: USUAL + extra * (site == HIT) for site in PROVINCES}
    tables = dict(record.tables)
    pulse = pulse_table(days, waiting)
    pulse["held"] = pulse["waiting"] - USUAL
    tables["pulse"] = as_table(REPLICATION_TABLES["pulse"], pulse)
    if is_hit:
        outages = tables["outages"].to_pandas()
        tables["outages"] = as_table(
            REPLICATION_TABLES["outages"], pd.concat([outages, pd.DataFrame([_outage()])], ignore_index=True)
        )
        tables["flow"] = as_table(REPLICATION_TABLES["flow"], _later(tables["flow"].to_pandas()))
    return ReplicationRecord(record.replication, tables, record.totals, record.timing)


def _with_regions(record: ReplicationRecord, days: int, regions: tuple[str, ...]) -> ReplicationRecord:
    """The record with further regions, in which dossiers wait too."""
    pulse = record.tables["pulse"].to_pandas()
    more = pulse_table(days, dict.fromkeys(regions, USUAL)) if regions else pulse.iloc[:0]
    whole = pd.concat([pulse, more]).sort_values(["at_ms", "site"], kind="stable")
    tables = {**record.tables, "pulse": as_table(REPLICATION_TABLES["pulse"], whole)}
    return ReplicationRecord(record.replication, tables, record.totals, record.timing)


def _outage() -> dict[str, object]:
    return {
        "target_kind": "system",
        "target": "portal",
        "site": "vn",
        "cause": "portal",
        "began_ms": BEGAN_HOUR * MS_PER_HOUR,
        "ended_ms": (BEGAN_HOUR + LASTS_HOURS) * MS_PER_HOUR,
        "effect": "down",
        "event": "portal",
        "crew": "",
        "crew_km": 0.0,
        "crew_arrived_ms": -1,
    }


def _later(flow: pd.DataFrame) -> pd.DataFrame:
    """The last row of each commune of the hit province that has enough on time loses LATE_MORE of them."""
    codes = commune_codes(COMMUNES)[::2]
    enough = flow[
        (flow["on_time"] >= LATE_MORE) & (flow["group"] == "civil_status") & flow["site"].isin(codes)
    ]
    flow.loc[enough.groupby("site").tail(1).index, "on_time"] -= LATE_MORE
    return flow


def _in_two_provinces(places: pd.DataFrame) -> pd.DataFrame:
    """Every second commune belongs to the other province."""
    codes = commune_codes(COMMUNES)
    other = places["site"].isin(codes[1::2])
    places.loc[other, ["parent", "province"]] = ["44", PROVINCES["44"]]
    if (places["level"] == "province").any():
        second = places[places["site"] == "51"].assign(
            site="44", name=PROVINCES["44"], province=PROVINCES["44"], latitude=16.8, longitude=107.1
        )
        places = pd.concat([places, second], ignore_index=True)
    return places
