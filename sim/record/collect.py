"""From the arrays that a replication moved to the tables that it leaves: names come back in here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from sim.record.replication import ReplicationRecord
from sim.record.tables import CLOCKS, OPTIONAL_TABLES, REPLICATION_TABLES, names_at, table_of
from sim.world.arrays import (
    FLOW_FIELDS,
    FREE,
    LOG_FIELDS,
    MS_PER_DAY,
    POOL_FIELDS,
    Ints,
    Records,
    Tally,
    World,
)
from sim.world.calendars import hours_in_world
from sim.world.control_plan import ControlPlan
from sim.world.names_of import Names

STATES = ("free", "queued", "in_service", "moving", "with_citizen", "in_outbox")
"""Names of the states of a dossier, in the order of sim.world.arrays."""


def collect(
    world: World,
    names: Names,
    plan: ControlPlan,
    replication: int,
    dossiers: Records,
    tally: Tally,
    totals: Mapping[str, int],
    outages: pa.Table,
) -> ReplicationRecord:
    """The record of one replication from its last dossiers, its counts and its outages; not checked yet."""
    tables = {
        "flow": flow_table(names, tally),
        "cycle": cycle_table(names, tally),
        "counter_wait": counter_wait_table(names, tally),
        "pool_days": pool_days_table(world, names, tally, people_by_day(world, plan)),
        "unfinished": unfinished_table(world, names, dossiers),
        "outages": outages,
    }
    return ReplicationRecord(replication, tables, dict(totals))


def days_of(names: Names, numbers: Any) -> pa.Array:
    """Dates of days counted from the first day of the run."""
    first = np.datetime64(names.start, "D")
    return pa.array(first + np.asarray(numbers, np.int64).astype("timedelta64[D]"), pa.date32())


def flow_table(names: Names, tally: Tally) -> pa.Table:
    """Counts per commune, group and day; rows of zeros are left out."""
    site, group, day = np.nonzero(tally.flow.any(axis=3))
    # Column by column: the largest table of all is copied once, not twice.
    fields = {name: tally.flow[site, group, day, place] for place, name in enumerate(FLOW_FIELDS)}
    places = {"site": names_at(names.sites, site), "group": names_at(names.groups, group)}
    return table_of(REPLICATION_TABLES["flow"], places | {"day": days_of(names, day)} | fields)


def cycle_table(names: Names, tally: Tally) -> pa.Table:
    """Elapsed times of the finished by bin."""
    site, group, clock, bin_ = np.nonzero(tally.cycle)
    columns = {
        "site": names_at(names.sites, site),
        "group": names_at(names.groups, group),
        "clock": names_at(CLOCKS, clock),
        "bin": bin_.astype(np.int16),
        "count": tally.cycle[site, group, clock, bin_],
    }
    return table_of(REPLICATION_TABLES["cycle"], columns)


def counter_wait_table(names: Names, tally: Tally) -> pa.Table:
    """Waiting times at the counter by bin."""
    site, bin_ = np.nonzero(tally.counter_wait)
    columns = {
        "site": names_at(names.sites, site),
        "bin": bin_.astype(np.int16),
        "count": tally.counter_wait[site, bin_],
    }
    return table_of(REPLICATION_TABLES["counter_wait"], columns)


def pool_days_table(world: World, names: Names, tally: Tally, people: Ints) -> pa.Table:
    """Work of each pool on each day; `people` has shape (pools, days)."""
    pool, day = np.divmod(np.arange(len(world.pools) * world.day_count), max(world.day_count, 1))
    fields = {name: tally.pools[:, :, place].ravel() for place, name in enumerate(POOL_FIELDS)}
    columns = {
        "site": names_at(names.sites, world.pools["site"][pool]),
        "pool": names_at(names.roles, world.pools["role"][pool]),
        "day": days_of(names, day),
        "people": people.ravel(),
        "available_ms": (people * open_ms_by_day(world)).ravel(),
    }
    return table_of(REPLICATION_TABLES["pool_days"], columns | fields)


def unfinished_table(world: World, names: Names, dossiers: Records) -> pa.Table:
    """Dossiers not finished at the end, counted by home, group and where they stand."""
    dossiers = dossiers[(dossiers["state"] != FREE) & (dossiers["finished"] == 0)]
    each = pa.table(
        {
            "site": names_at(names.sites, dossiers["home"]),
            "group": names_at(names.groups, dossiers["group"]),
            "state": names_at(STATES, dossiers["state"]),
            "step": names_at(names.steps, dossiers["step"]),
            "waits_at_level": names_at(names.levels, world.site_level[dossiers["site"]]),
            "overdue": dossiers["due_ms"] < world.horizon_ms,
            "age_ms": world.horizon_ms - dossiers["arrived_ms"],
        }
    )
    keys = [name for name in each.column_names if name != "age_ms"]
    grouped = each.group_by(keys, use_threads=False).aggregate([("age_ms", "count"), ("age_ms", "sum")])
    grouped = grouped.rename_columns([*keys, "count", "age_ms_sum"])
    ordered = grouped.sort_by([(name, "ascending") for name in keys])
    return table_of(REPLICATION_TABLES["unfinished"], {name: ordered[name] for name in ordered.column_names})


def outages_table(world: World, rows: Iterable[Sequence[Any]]) -> pa.Table:
    """Outages as (target kind, target, site, cause, began, ended), clipped to the run, in order of time."""
    schema = REPLICATION_TABLES["outages"]
    clipped = [
        (kind, target, site, cause, began, min(ended, world.horizon_ms))
        for kind, target, site, cause, began, ended in rows
        if began < world.horizon_ms
    ]
    clipped.sort(key=lambda row: (row[4], row[0], row[2], row[1], row[3]))
    return pa.Table.from_pylist([dict(zip(schema.names, row, strict=True)) for row in clipped], schema=schema)


def log_table(log: Ints) -> pa.Table:
    """The step log, a column a field."""
    return table_of(OPTIONAL_TABLES["log"], {name: log[:, place] for place, name in enumerate(LOG_FIELDS)})


def people_by_day(world: World, plan: ControlPlan) -> Ints:
    """Posts of each pool on each day: shape (pools, days). Changes take effect at midnight."""
    people: Ints = np.repeat(world.pools["capacity"].astype(np.int64)[:, None], world.day_count, axis=1)
    for change in plan.staff_changes:
        people[change.pools, change.at_ms // MS_PER_DAY :] = change.people[:, None]
    return people


def open_ms_by_day(world: World) -> Ints:
    """Opening time of each pool on each day: shape (pools, days)."""
    open_ms = {
        calendar: hours_in_world(world, calendar).open_ms_by_day(world.day_count)
        for calendar in np.unique(world.pools["calendar"]).tolist()
    }
    result: Ints = np.array([open_ms[calendar] for calendar in world.pools["calendar"].tolist()], np.int64)
    return result.reshape(len(world.pools), world.day_count)
