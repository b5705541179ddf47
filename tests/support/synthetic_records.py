"""Made-up results of a study in the layout of a results folder, for tests of the analysis and the report.

Nothing is simulated: every dossier gets a place, a day and seven parts of elapsed time by chance, and the
tables are counted from these dossiers, so the tables agree with each other as those of a run do. The chance
is the same in all alternatives (common random numbers). ``more_posts`` waits 40 % less for staff, and every
fourth commune has lost its nearest counter there: the way is longer by 6 km.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sim.analysis.metrics import CAUSES
from sim.record.histogram import bin_of_seconds
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
from tests.support.synthetic_support import support_tables

MS_PER_HOUR, MS_PER_DAY = 3_600_000, 86_400_000
FIRST_DAY = pd.Timestamp("2025-07-01")
GROUPS = ("civil_status", "land", "certification", "inherited", "tickets")
DEADLINE_HOURS = {
    "civil_status": 15.0,
    "land": 90.0,
    "certification": 7.5,
    "inherited": 30.0,
    "tickets": 15.0,
}
GROUPS_SAID = {
    "civil_status": {
        "title": {"en": "Civil status", "vi": "Hộ tịch"},
        "counts_apart": False,
        "internal": False,
    },
    "land": {"title": {"en": "Land", "vi": "Đất đai"}, "counts_apart": False, "internal": False},
    "certification": {
        "title": {"en": "Certification", "vi": "Chứng thực"},
        "counts_apart": True,
        "internal": False,
    },
    "tickets": {
        "title": {"en": "Help-desk tickets", "vi": "Yêu cầu hỗ trợ kỹ thuật"},
        "counts_apart": False,
        "internal": True,
    },
}
POOLS_SAID = {
    "reception": {"title": {"en": "Reception", "vi": "Tiếp nhận"}, "level": "commune"},
    "reception_overtime": {
        "title": {"en": "Reception, overtime", "vi": "Tiếp nhận, làm thêm giờ"},
        "level": "commune",
    },
    "leader": {"title": {"en": "Leader", "vi": "Lãnh đạo"}, "level": "commune"},
    "land_office": {"title": {"en": "Land office", "vi": "Văn phòng đất đai"}, "level": "province"},
}
TRAVEL_SPEED_KMH = 25.0
LONGER_WAY_M = {"base": 0, "more_posts": 6_000}
STAFF_WAIT = {"base": 1.0, "more_posts": 0.6}
POSTS = {"base": 4, "more_posts": 5}
TITLES = {
    "base": {"en": "Base", "vi": "Phương án gốc"},
    "more_posts": {"en": "One more post per commune", "vi": "Thêm một vị trí mỗi xã"},
}
MEAN_HOURS = {
    "work": 1.2,
    "staff": 9.0,
    "closed": 14.0,
    "outage": 0.6,
    "signature": 1.5,
    "transfer": 1.0,
    "citizen": 6.0,
}
HELPERS = {
    "kind": ["hotline", "team"],
    "name": ["", "mobile"],
    "number": [3, 2],
    "people": [1, 3],
    "cost_per_month_vnd": [10e6, 60e6],
}
SYSTEMS = {
    "system": ["sign_on", "portal", "dossier_system"],
    "host_level": ["centre", "centre", "province"],
    "needs": [[], ["sign_on"], ["portal", "sign_on"]],
}
DATED = {
    "kind": ["change", "outage", "storm"],
    "name": ["more_desks", "maintenance", "storm_1"],
    "province": ["", "", ""],
    "began_ms": [5 * MS_PER_DAY, 8 * MS_PER_DAY, 12 * MS_PER_DAY],
    "ended_ms": [-1, 8 * MS_PER_DAY + 6 * MS_PER_HOUR, 13 * MS_PER_DAY],
}
OUT_OF_STEP_HOURS = 3
NAMES = ("An Phú", "Bình Chương", "Cà Đam", "Đăk Pék", "Ia Chim", "Khánh Cường", "Lý Sơn", "Măng Đen")


def write_synthetic_study(
    folder: Path,
    communes: int = 12,
    days: int = 60,
    replications: int = 5,
    per_day: float = 20.0,
    seed: int = 7,
) -> StudyRecords:
    """Write a study of two alternatives into a folder and read it back.

    ``per_day`` is the mean number of dossiers of a commune and day. Raises what ``sim.record.store`` raises.
    """
    study = study_description(days, replications, seed)
    write_study(folder, study)
    for name in STAFF_WAIT:
        write_manifest(folder / name, manifest(name, replications, seed))
        write_description(folder / name, description_tables(communes, days, POSTS[name]), f"name: {name}\n")
        for replication in range(replications):
            dossiers = draw_dossiers(communes, days, per_day, seed + replication, STAFF_WAIT[name])
            dossiers["travel_m"] += LONGER_WAY_M[name] * (dossiers["commune"] % 4 == 3)
            record = replication_record(replication, dossiers, communes, days, POSTS[name])
            write_replication(folder / name, record)
    return read_study(folder)


def study_description(days: int, replications: int, seed: int) -> dict[str, Any]:
    last_day = FIRST_DAY + pd.Timedelta(days=days - 1)
    return {
        "name": "synthetic",
        "title": {"en": "Made-up study", "vi": "Nghiên cứu giả định"},
        "description": {"en": "Numbers made up for tests.", "vi": "Số liệu giả để kiểm thử."},
        "alternatives": [
            {"name": name, "title": title, "description": title} for name, title in TITLES.items()
        ],
        "confidence": 0.95,
        "seed": seed,
        "replications": replications,
        "period": {"start": FIRST_DAY.date().isoformat(), "end": last_day.date().isoformat()},
        "warm_up_days": 7,
        "assumptions": [
            {
                "name": "made_up",
                "text": {"en": "All numbers are made up.", "vi": "Mọi số liệu đều là giả."},
                "status": "assumption",
                "source": None,
            }
        ],
        "groups": GROUPS_SAID,
        "pools": POOLS_SAID,
        "targets": {
            "on_time": {
                "title": {"en": "On time", "vi": "Đúng hạn"},
                "metric": "on_time_share",
                "at_least": 0.95,
                "at_most": None,
                "without": [],
            },
            "online": {
                "title": {"en": "Online", "vi": "Trực tuyến"},
                "metric": "online_share",
                "at_least": 0.3,
                "at_most": None,
                "without": ["land"],
            },
        },
        "costs": {"citizen_hour": 30_000.0},
    }


def manifest(name: str, replications: int, seed: int) -> dict[str, Any]:
    return {
        "scenario_hash": f"made-up-{name}",
        "effective_scenario": "effective_scenario.yaml",
        "haicap_version": "0",
        "git_commit": None,
        "seed": seed,
        "machine": {"cores": 2, "python": "3.11", "os": "none"},
        "wall_seconds": 1.0,
        "peak_memory_mb": 1.0,
        "finished_replications": list(range(replications)),
    }


def commune_codes(communes: int) -> list[str]:
    return [f"{21_000 + number:05d}" for number in range(communes)]


def description_tables(communes: int, days: int, posts: int) -> dict[str, pa.Table]:
    """The tables that are the same for all replications."""
    sites = _sites(communes)
    return {
        "sites": as_table(ALTERNATIVE_TABLES["sites"], sites),
        "areas": as_table(ALTERNATIVE_TABLES["areas"], sites[sites["level"] == "commune"]),
        "pools": as_table(ALTERNATIVE_TABLES["pools"], _pools(communes, posts)),
        "links": as_table(ALTERNATIVE_TABLES["links"], _links(communes)),
        "helpers": as_table(ALTERNATIVE_TABLES["helpers"], HELPERS),
        "systems": as_table(ALTERNATIVE_TABLES["systems"], SYSTEMS),
        "dated": as_table(ALTERNATIVE_TABLES["dated"], DATED),
        "calendar": as_table(ALTERNATIVE_TABLES["calendar"], _calendar(days)),
    }


def _sites(communes: int) -> pd.DataFrame:
    number = np.arange(communes)
    codes = commune_codes(communes)
    labels = [["mountain"] if place % 3 == 0 else ["lowland", "urban"][: 1 + place % 2] for place in number]
    lower = pd.DataFrame(
        {
            "site": codes,
            "name": [f"{NAMES[place % len(NAMES)]} {place}" for place in number],
            "level": "commune",
            "kind": np.where(number % 3 == 1, "ward", "commune"),
            "parent": "51",
            "latitude": 14.6 + 0.15 * (number % 4),
            "longitude": 108.2 + 0.15 * (number // 4),
            "area_km2": 80.0 + 10 * number,
            "population": 15_000 + 2_000 * number,
            "labels": labels,
        }
    )
    upper = pd.DataFrame(
        {
            "site": ["vn", "51"],
            "name": ["Trung ương", "Quảng Ngãi"],
            "level": ["centre", "province"],
            "kind": ["centre", "province"],
            "parent": [None, "vn"],
            "latitude": [21.03, 15.12],
            "longitude": [105.85, 108.8],
            "area_km2": [0.0, 14_832.0],
            "population": [0, int(lower["population"].sum())],
            "labels": [[], []],
        }
    )
    return pd.concat([upper, lower]).assign(
        province="Quảng Ngãi", population_is_estimate=True, travel_speed_kmh=TRAVEL_SPEED_KMH
    )


def _pools(communes: int, posts: int) -> pd.DataFrame:
    codes = commune_codes(communes)
    rows = [(code, "reception", "commune", posts, 12e6, 0.0) for code in codes]
    rows += [(code, "reception_overtime", "commune", 0, 0.0, 90_000.0) for code in codes]
    rows += [(code, "leader", "commune", 1, 20e6, 0.0) for code in codes]
    rows += [("51", "land_office", "province", 6, 15e6, 0.0)]
    return pd.DataFrame(rows, columns=ALTERNATIVE_TABLES["pools"].names)


def _links(communes: int) -> pd.DataFrame:
    rows = [(f"line:{code}", code, "51", False, 1e8, 3e6) for code in commune_codes(communes)]
    rows += [("trunk:51", "51", "vn", False, 1e9, 2e7)]
    columns = ["link", "site", "parent", "backup", "bandwidth_bps", "cost_per_month_vnd"]
    return pd.DataFrame(rows, columns=columns)


def _calendar(days: int) -> pd.DataFrame:
    day = pd.date_range(FIRST_DAY, periods=days)
    is_open = day.day_of_week < 5
    return pd.DataFrame(
        {"day": day.date, "office_open": is_open, "office_open_ms": np.where(is_open, 27_000_000, 0)}
    )


def draw_dossiers(communes: int, days: int, per_day: float, seed: int, staff_wait: float) -> pd.DataFrame:
    """One row a dossier; the random numbers do not depend on ``staff_wait``."""
    rng = np.random.default_rng(seed)
    means = (
        per_day
        * rng.gamma(8, 1 / 8, (communes, days))
        * (0.6 + 0.8 * np.arange(communes)[:, None] / communes)
    )
    counts = rng.poisson(means)
    commune, day = (np.repeat(grid.ravel(), counts.ravel()) for grid in np.indices(counts.shape))
    size = len(commune)
    group = rng.choice(3, size, p=[0.35, 0.15, 0.5])
    group = np.where((day == 0) & (rng.random(size) < 0.5), 3, group)
    group = np.where((group != 3) & (rng.random(size) < 0.02), 4, group)
    parts = _parts_ms(rng, commune, day, group, staff_wait)
    filed = day * MS_PER_DAY + (group != 3) * rng.integers(27_000_000, 61_000_000, size)
    office = parts @ np.array([1.0, 1.0, 0.0, 0.8, 0.9, 0.5, 0.25])
    allowed = np.array([DEADLINE_HOURS[name] for name in GROUPS])[group] * MS_PER_HOUR
    table = pd.DataFrame({"commune": commune, "day": day, "group": group, "filed_ms": filed})
    table["elapsed_ms"] = parts.sum(axis=1)
    table["working_ms"] = office.astype(np.int64)
    table["overdue_ms"] = np.maximum(table["working_ms"] - allowed.astype(np.int64), 0)
    table["electronic"] = rng.random(size) < np.array([0.6, 0.4, 0.1, 0.5, 1.0])[group]
    table["counter_ms"] = (rng.exponential(12 * 60_000 * staff_wait, size)).astype(np.int64)
    table[[f"cause_{cause}_ms" for cause in CAUSES]] = parts
    table["travel_m"] = (rng.uniform(4_000, 12_000, size) * (1 + commune % 3)).astype(np.int64)
    table["elsewhere"] = rng.random(size) < 0.03
    return table


def _parts_ms(
    rng: np.random.Generator, commune: np.ndarray, day: np.ndarray, group: np.ndarray, staff_wait: float
) -> np.ndarray:
    means = np.array([MEAN_HOURS[cause] for cause in CAUSES]) * MS_PER_HOUR
    length = np.array([0.7, 3.0, 0.05, 2.0, 1.0])[group]
    hours = rng.exponential(1.0, (len(commune), len(CAUSES))) * means * length[:, None]
    crowding = 0.4 + 1.2 * (commune % 5 == 0) + np.exp(-day / 30)
    hours[:, CAUSES.index("staff")] *= crowding * staff_wait
    hours[:, CAUSES.index("outage")] *= rng.random(len(commune)) < 0.1
    return hours.astype(np.int64)


def replication_record(
    replication: int, dossiers: pd.DataFrame, communes: int, days: int, posts: int
) -> ReplicationRecord:
    """The tables of a replication, counted from its dossiers."""
    horizon_ms = days * MS_PER_DAY
    dossiers = dossiers.assign(ended_ms=dossiers["filed_ms"] + dossiers["elapsed_ms"])
    done = dossiers[dossiers["ended_ms"] < horizon_ms]
    left = dossiers[dossiers["ended_ms"] >= horizon_ms]
    tables = {
        "flow": _flow(dossiers, done, communes),
        "cycle": _cycle(done, communes),
        "counter_wait": _counter_wait(dossiers, communes),
        "pool_days": _pool_days(dossiers, communes, days, posts),
        "unfinished": _unfinished(left, communes, horizon_ms),
        "outages": _outages(replication, communes, days),
        "session_days": pd.DataFrame(columns=REPLICATION_TABLES["session_days"].names, dtype=object),
        **support_tables(replication, commune_codes(communes), days),
    }
    totals = {
        "filed": len(dossiers),
        "finished": len(done),
        "unfinished": len(left),
        "checks": {"conservation": True, "little": True, "split": True},
    }
    whole = {name: as_table(REPLICATION_TABLES[name], table) for name, table in tables.items()}
    return ReplicationRecord(replication, whole, totals, {"wall_seconds": 0.1, "control_seconds": 0.01})


def _names(table: pd.DataFrame, communes: int) -> pd.DataFrame:
    codes = np.array(commune_codes(communes), dtype=object)
    return table.assign(
        site=codes[table["commune"].to_numpy()],
        group=np.array(GROUPS, dtype=object)[table["group"].to_numpy()],
    )


def _flow(dossiers: pd.DataFrame, done: pd.DataFrame, communes: int) -> pd.DataFrame:
    keys = ["commune", "group", "day"]
    filed, ended = _on_filing(dossiers), _on_end(done)
    sums = [table.groupby(keys)[list(table.columns.difference(keys))].sum() for table in (filed, ended)]
    flow = pd.concat(sums, axis=1)
    flow = _names(flow.fillna(0).astype(np.int64).reset_index(), communes)
    flow["day"] = (FIRST_DAY + pd.to_timedelta(flow["day"], unit="D")).dt.date
    return flow.assign(closed_unanswered=0, back_entries=0)


def _on_filing(dossiers: pd.DataFrame) -> pd.DataFrame:
    """What is counted on the day of filing, a row a dossier."""
    at_counter = ~dossiers["electronic"]
    left = at_counter & _leaves(dossiers)
    out_of_step = dossiers["cause_outage_ms"] > MS_PER_HOUR
    counted = {
        "arrived": 1,
        "arrived_electronic": dossiers["electronic"],
        "visits": at_counter,
        "counter_starts": at_counter & ~left,
        "counter_wait_ms": dossiers["counter_ms"] * (at_counter & ~left),
        "supplements": dossiers["cause_citizen_ms"] > 10 * MS_PER_HOUR,
        "shuttles": dossiers["cause_outage_ms"] > 5 * MS_PER_HOUR,
        "manual": dossiers["cause_outage_ms"] > 2 * MS_PER_HOUR,
        "gave_up": left,
        "redone": dossiers["cause_outage_ms"] > 3 * MS_PER_HOUR,
        "out_of_step": out_of_step,
        "synced": out_of_step,
        "synced_late": dossiers["cause_outage_ms"] > 4 * MS_PER_HOUR,
        "out_of_step_ms": OUT_OF_STEP_HOURS * MS_PER_HOUR * out_of_step,
        "timed_out": dossiers["electronic"] & (dossiers["cause_outage_ms"] > 2 * MS_PER_HOUR),
        "changed_channel": dossiers["electronic"] & (dossiers["cause_outage_ms"] > 6 * MS_PER_HOUR),
        "entries": 2,
        "prefilled": dossiers["electronic"],
        "escalated": dossiers["cause_staff_ms"] > 60 * MS_PER_HOUR,
        "filed_elsewhere": at_counter & dossiers["elsewhere"],
        "travel_m": dossiers["travel_m"] * at_counter,
    }
    keys = dossiers[["commune", "group", "day"]]
    return keys.assign(**{name: np.asarray(values, np.int64) for name, values in counted.items()})


def _on_end(done: pd.DataFrame) -> pd.DataFrame:
    """What is counted on the day of the end, a row a dossier; who withdraws has no deadline to keep."""
    withdrawn = done["elapsed_ms"] % 31 == 0
    late = (done["overdue_ms"] > 0) & ~withdrawn
    counted = {
        "finished": 1,
        "with_deadline": ~withdrawn,
        "on_time": ~withdrawn & ~late,
        "cycle_ms": done["elapsed_ms"],
        "cycle_working_ms": done["working_ms"],
        "overdue_ms": done["overdue_ms"] * late,
        "refused": (done["elapsed_ms"] % 25 == 0) & ~withdrawn,
        "withdrawn": withdrawn,
        "finished_open": done["elapsed_ms"] % 37 == 0,
        "apologies": late,
        "new_date_kept": late & (done["overdue_ms"] < 10 * MS_PER_HOUR),
        **{f"cause_{cause}_ms": done[f"cause_{cause}_ms"] for cause in CAUSES},
        **{f"late_{cause}_ms": done[f"cause_{cause}_ms"] * late for cause in CAUSES},
    }
    keys = done[["commune", "group"]].assign(day=done["ended_ms"] // MS_PER_DAY)
    return keys.assign(**{name: np.asarray(values, np.int64) for name, values in counted.items()})


def _leaves(dossiers: pd.DataFrame) -> pd.Series:
    """Who would wait for more than three quarters of an hour does not wait."""
    return dossiers["counter_ms"] > 45 * 60_000


def _cycle(done: pd.DataFrame, communes: int) -> pd.DataFrame:
    parts = []
    for clock, column in (("elapsed", "elapsed_ms"), ("working", "working_ms")):
        bins = done.assign(clock=clock, bin=bin_of_seconds(done[column].to_numpy() // 1000))
        parts.append(bins.groupby(["commune", "group", "clock", "bin"]).size().reset_index(name="count"))
    return _names(pd.concat(parts), communes)


def _counter_wait(dossiers: pd.DataFrame, communes: int) -> pd.DataFrame:
    waits = dossiers[~dossiers["electronic"] & ~_leaves(dossiers)]
    waits = waits.assign(bin=bin_of_seconds(waits["counter_ms"].to_numpy() // 1000))
    return (
        _names(waits.groupby(["commune", "group", "bin"]).size().reset_index(name="count"), communes)[
            ["site", "bin", "count"]
        ]
        .groupby(["site", "bin"], as_index=False)
        .sum()
    )


def _pool_days(dossiers: pd.DataFrame, communes: int, days: int, posts: int) -> pd.DataFrame:
    started = dossiers.groupby(["commune", "day"]).size().unstack(fill_value=0)
    started = started.reindex(index=range(communes), columns=range(days), fill_value=0).to_numpy()
    open_ms = np.array([27_000_000 if is_open else 0 for is_open in _calendar(days)["office_open"]])
    commune, day = np.indices(started.shape)
    absent = (7 * day + 5 * commune) % 11 < 2
    stay = (started > np.quantile(started, 0.8)).astype(int)
    work, evening = 60_000 * started, np.where(open_ms > 0, 2 * MS_PER_HOUR, 0)
    codes = commune_codes(communes)
    whole = started.sum(axis=0, keepdims=True)
    tables = (
        _pool("reception", codes, started, posts, posts - absent, open_ms, 45 * work),
        _pool("reception_overtime", codes, 0 * started, 0, stay, evening, MS_PER_HOUR * stay + work),
        _pool("leader", codes, started, 1, 1, open_ms, 10 * work),
        _pool("land_office", ["51"], whole, 6, 6, open_ms, np.broadcast_to(open_ms * 42 // 10, whole.shape)),
    )
    return pd.concat(tables)


def _pool(
    name: str,
    sites: list[str],
    started: np.ndarray,
    posts: int,
    people: np.ndarray | int,
    open_ms: np.ndarray,
    work_ms: np.ndarray,
) -> pd.DataFrame:
    """Days of the pools of one kind; arrays have shape (sites, days)."""
    days = started.shape[1]
    there = np.broadcast_to(people, started.shape)
    available = there * open_ms
    counted = {
        "started": started,
        "waited": started // 2,
        "wait_ms": started * 40 * 60_000,
        "busy_ms": np.minimum(work_ms, available),
        "queued_at_midnight": started // 4,
        "people": there,
        "available_ms": available,
    }
    day = [(FIRST_DAY + pd.Timedelta(days=number)).date() for number in range(days)]
    keys = {"site": np.repeat(sites, days), "pool": name, "day": np.tile(day, len(sites)), "posts": posts}
    return pd.DataFrame(keys | {field: values.ravel() for field, values in counted.items()})


def _unfinished(left: pd.DataFrame, communes: int, horizon_ms: int) -> pd.DataFrame:
    states = np.array(["queued", "in_service", "with_citizen"], dtype=object)
    table = left.assign(
        state=states[left["elapsed_ms"].to_numpy() % 3],
        waits_at_level=np.where(left["group"] == 1, "province", "commune"),
        step="specialist",
        overdue=left["overdue_ms"] > 0,
        age=horizon_ms - left["filed_ms"],
    )
    keys = ["commune", "group", "state", "waits_at_level", "step", "overdue"]
    counted = table.groupby(keys)["age"].agg(["size", "sum"]).reset_index()
    return _names(counted.rename(columns={"size": "count", "sum": "age_ms_sum"}), communes)


def _outages(replication: int, communes: int, days: int) -> pd.DataFrame:
    rng = np.random.default_rng(1_000 + replication)
    code = rng.choice(commune_codes(communes), 15)
    began = rng.integers(0, (days - 2) * MS_PER_DAY, 16)
    kind = ["link"] * 15 + ["system"]
    return pd.DataFrame(
        {
            "target_kind": kind,
            "target": [f"line:{name}" for name in code] + ["dossier_system"],
            "site": [*code, "51"],
            "cause": ["line_failure"] * 15 + ["maintenance"],
            "began_ms": began,
            "ended_ms": began + rng.integers(MS_PER_HOUR, MS_PER_DAY, 16),
            "effect": "down",
            "event": [""] * 15 + ["maintenance"],
            "crew": "",
            "crew_km": 0.0,
            "crew_arrived_ms": -1,
        }
    )


def as_table(schema: pa.Schema, table: pd.DataFrame | Mapping[str, Any]) -> pa.Table:
    frame = pd.DataFrame(table)
    return pa.Table.from_pandas(frame[schema.names], schema=schema, preserve_index=False)
