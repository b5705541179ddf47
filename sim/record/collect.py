"""From the arrays that a replication moved to the tables that it leaves: names come back in here."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from sim.record.replication import ReplicationRecord
from sim.record.tables import (
    CLOCKS,
    DAY,
    OPTIONAL_TABLES,
    REPLICATION_TABLES,
    column,
    names_at,
    table_of,
)
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
from sim.world.control_plan import ControlPlan
from sim.world.hours import hours_in_world
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
        "pool_days": pool_days_table(world, names, tally, people_by_day(world, plan)),
        "cycle": cycle_table(names, tally),
        "counter_wait": counter_wait_table(names, tally),
        "flow": flow_table(names, tally),
        "unfinished": unfinished_table(world, names, dossiers),
        "outages": outages,
    }
    return ReplicationRecord(replication, tables, dict(totals))


def days_of(names: Names, numbers: Any) -> pa.Array:
    """Dates of days counted from the first day of the run."""
    first = int(np.datetime64(names.start, "D").astype(np.int64))
    return column(first + np.asarray(numbers, np.int64), DAY)


def flow_table(names: Names, tally: Tally) -> pa.Table:
    """Counts per commune, group and day; rows of zeros are left out."""
    rows = tally.flow.reshape(-1, len(FLOW_FIELDS))
    kept = np.flatnonzero(rows.any(axis=1))
    site, group, day = np.unravel_index(kept, tally.flow.shape[:3])
    # Column by column: the largest table of all is copied once, not twice.
    fields = {name: rows[:, place].take(kept) for place, name in enumerate(FLOW_FIELDS)}
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
    level, overdue = world.site_level[dossiers["site"]], dossiers["due_ms"] < world.horizon_ms
    each = [dossiers["home"], dossiers["group"], dossiers["state"], dossiers["step"], level, overdue]
    places, place, count = np.unique(
        np.array(each, np.int64), axis=1, return_inverse=True, return_counts=True
    )
    age_ms = np.zeros(len(count), np.int64)
    np.add.at(age_ms, place, world.horizon_ms - dossiers["arrived_ms"])
    named = zip(
        ("site", "group", "state", "step", "waits_at_level"),
        (names.sites, names.groups, STATES, names.steps, names.levels),
        places,
        strict=False,
    )
    columns = {key: names_at(texts, indices) for key, texts, indices in named}
    counts = {"overdue": places[-1] == 1, "count": count, "age_ms_sum": age_ms}
    return table_of(REPLICATION_TABLES["unfinished"], columns | counts)


def outages_table(world: World, rows: Iterable[Sequence[Any]]) -> pa.Table:
    """Outages as (target kind, target, site, cause, began, ended), clipped to the run, in order of time."""
    schema = REPLICATION_TABLES["outages"]
    clipped = [
        (kind, target, site, cause, began, min(ended, world.horizon_ms))
        for kind, target, site, cause, began, ended in rows
        if began < world.horizon_ms
    ]
    clipped.sort(key=lambda row: (row[4], row[0], row[2], row[1], row[3]))
    texts = {name: [str(row[place]) for row in clipped] for place, name in enumerate(schema.names[:4])}
    times = {
        name: np.array([row[place] for row in clipped], np.int64)
        for place, name in ((4, "began_ms"), (5, "ended_ms"))
    }
    return table_of(schema, texts | times)


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
