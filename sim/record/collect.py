"""From what a replication counted to the tables that it leaves: names come back in here."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sim.record.pieces import MOST_ROWS, LongTable
from sim.record.replication import ReplicationRecord
from sim.record.tables import (
    CLOCKS,
    DAY,
    OPTIONAL_TABLES,
    REPLICATION_TABLES,
    TEXT,
    column,
    compact,
    names_at,
    numbered_names,
    table_of,
    text_column,
)
from sim.world.arrays import (
    FLOW_FIELDS,
    FREE,
    GONE,
    LOG_FIELDS,
    MOST_PARTS,
    POOL_FIELDS,
    Ints,
    Records,
    World,
)
from sim.world.counts import Counts
from sim.world.names_of import Names
from sim.world.person_time import StaffEntry, available_ms_by_day, people_by_day, posts_by_day
from sim.world.sessions import SESSIONS

if TYPE_CHECKING:
    from sim.control.team_trip import TeamTrip
    from sim.control.tickets import Ticket

STATES = ("free", "queued", "in_service", "moving", "with_citizen", "in_outbox", "forked", "gone")
"""Names of the states of a dossier, in the order of sim.world.arrays."""


def collect(
    world: World,
    names: Names,
    staff: Sequence[StaffEntry],
    replication: int,
    dossiers: Records,
    counts: Counts,
    totals: Mapping[str, int],
    outages: pa.Table,
    pulse: pa.Table,
    support: Mapping[str, pa.Table],
) -> ReplicationRecord:
    """The record of one replication from what control and engine left; not checked yet."""
    tables = {
        "pool_days": pool_days_table(world, names, counts, staff),
        "session_days": session_days_table(world, names, counts, staff),
        "cycle": cycle_table(names, counts),
        "counter_wait": counter_wait_table(names, counts),
        "flow": flow_table(names, counts),
        "unfinished": unfinished_table(world, names, dossiers),
        "outages": outages,
        "pulse": pulse,
        **support,
    }
    return ReplicationRecord(replication, tables, dict(totals))


def days_of(names: Names, numbers: Any) -> pa.Array:
    """Dates of days counted from the first day of the run."""
    first = int(np.datetime64(names.start, "D").astype(np.int64))
    return column(first + np.asarray(numbers, np.int64), DAY)


def flow_table(names: Names, counts: Counts) -> LongTable:
    """Counts per area, group and day; rows of zeros are left out."""
    areas, groups = text_column(names.areas), text_column(names.groups)

    def pieces(shape: pa.Schema) -> Iterator[pa.Table]:
        fields = [name for name in FLOW_FIELDS if name in shape.names]
        for piece in counts.flow_rows.pieces(MOST_ROWS, [FLOW_FIELDS.index(name) for name in fields]):
            area, group = np.divmod(piece.cell, len(groups))
            columns = dict(zip(fields, piece.columns, strict=True)) | {
                "site": numbered_names(areas, area),
                "group": numbered_names(groups, group),
                "day": days_of(names, piece.day),
            }
            yield table_of(shape, columns)

    return LongTable(REPLICATION_TABLES["flow"], pieces)


def cycle_table(names: Names, counts: Counts) -> LongTable:
    """Elapsed times of the finished by bin."""
    texts = [text_column(each) for each in (names.areas, names.groups, CLOCKS)]

    def pieces(shape: pa.Schema) -> Iterator[pa.Table]:
        (area, group, clock, bin_), count = _not_zero(counts.cycle)
        numbered = map(numbered_names, texts, (area, group, clock))
        columns = dict(zip(("site", "group", "clock"), numbered, strict=True))
        yield table_of(shape, columns | {"bin": bin_.astype(np.int16), "count": count})

    return LongTable(REPLICATION_TABLES["cycle"], pieces)


def counter_wait_table(names: Names, counts: Counts) -> pa.Table:
    """Waiting times at the counter by bin."""
    (area, bin_), count = _not_zero(counts.counter_wait)
    columns = {"site": names_at(names.areas, area), "bin": bin_.astype(np.int16), "count": count}
    return table_of(REPLICATION_TABLES["counter_wait"], columns)


def _not_zero(counts: NDArray[np.int32]) -> tuple[tuple[Ints, ...], NDArray[np.int32]]:
    """Indices and values of the counts that are not 0, in order; most are, so they are found flat."""
    flat = counts.reshape(-1)
    places = np.flatnonzero(flat != 0)
    return np.unravel_index(places, counts.shape), flat[places]


def pool_days_table(world: World, names: Names, counts: Counts, staff: Sequence[StaffEntry]) -> LongTable:
    """Work of each pool on each day, and the people that control set; every pool on every day."""
    chosen = np.flatnonzero(~names.of_sessions[world.pools["role"]])

    def pieces(shape: pa.Schema) -> Iterator[pa.Table]:
        for days in _some_days_each(world):
            numbers = (posts_by_day, people_by_day, available_ms_by_day)
            people = [number(world, staff, days)[chosen].ravel() for number in numbers]
            columns = dict(zip(("posts", "people", "available_ms"), people, strict=True))
            places = _place_and_day(world, names, chosen, days)
            pool = {"pool": _names_of_pools(world, names.roles, chosen, days)}
            yield table_of(shape, places | pool | columns | _work_of(counts, chosen, days))

    return LongTable(REPLICATION_TABLES["pool_days"], pieces)


def session_days_table(world: World, names: Names, counts: Counts, staff: Sequence[StaffEntry]) -> pa.Table:
    """Sessions of filing in each system at each host on each day."""
    chosen, days = np.flatnonzero(names.of_sessions[world.pools["role"]]), range(world.day_count)
    systems = [name.removesuffix(SESSIONS) for name in names.roles]
    columns = {
        "system": _names_of_pools(world, systems, chosen, days),
        "sessions": people_by_day(world, staff, days)[chosen].ravel(),
    }
    places, schema = _place_and_day(world, names, chosen, days), REPLICATION_TABLES["session_days"]
    table = table_of(compact(schema), places | columns | _work_of(counts, chosen, days))
    return table.cast(schema)


def _some_days_each(world: World) -> Iterator[range]:
    """The days of the run, as many at a time as have MOST_ROWS pool-days together, at least one."""
    at_once = max(1, MOST_ROWS // max(1, len(world.pools)))
    return (
        range(first, min(first + at_once, world.day_count)) for first in range(0, world.day_count, at_once)
    )


def _place_and_day(world: World, names: Names, pools: Ints, days: range) -> dict[str, pa.Array]:
    """Site and day of every row of a table with a row for each of these pools and each of these days."""
    site = np.repeat(world.pools["site"][pools], len(days))
    day = np.tile(np.arange(days.start, days.stop), len(pools))
    return {"site": numbered_names(text_column(names.sites), site), "day": days_of(names, day)}


def _names_of_pools(world: World, roles: Sequence[str], pools: Ints, days: range) -> pa.Array:
    return numbered_names(text_column(roles), np.repeat(world.pools["role"][pools], len(days)))


def _work_of(counts: Counts, pools: Ints, days: range) -> dict[str, Ints]:
    counted = counts.pool_rows.dense_of(pools, days)
    return {name: of_pools.ravel() for name, of_pools in zip(POOL_FIELDS, counted, strict=True)}


def unfinished_table(world: World, names: Names, dossiers: Records) -> pa.Table:
    """Dossiers not finished at the end, counted by area of the home, group and where they stand.

    A part of a dossier is none: the dossier waits for it where it parted.
    """
    there = (dossiers["state"] != FREE) & (dossiers["state"] != GONE) & (dossiers["finished"] == 0)
    there &= dossiers["number"] & MOST_PARTS == 0
    own = {name: dossiers[name][there] for name in ("area", "group", "state", "step", "site", "due_ms")}
    level, overdue = world.site_level[own["site"]], own["due_ms"] < world.horizon_ms
    places, place, count = _grouped([own["area"], own["group"], own["state"], own["step"], level, overdue])
    age_ms = np.zeros(len(count), np.int64)
    np.add.at(age_ms, place, world.horizon_ms - dossiers["arrived_ms"][there])
    named = zip(
        ("site", "group", "state", "step", "waits_at_level"),
        (names.areas, names.groups, STATES, names.steps, names.levels),
        places,
        strict=False,
    )
    columns = {key: names_at(texts, indices) for key, texts, indices in named}
    counts = {"overdue": places[-1] == 1, "count": count, "age_ms_sum": age_ms}
    return table_of(REPLICATION_TABLES["unfinished"], columns | counts)


def _grouped(columns: Sequence[NDArray[Any]]) -> tuple[tuple[Ints, ...], Ints, Ints]:
    """Rows that are there, in order, by column; which of them each row is; and how often each is there."""
    shape = [int(column.max(initial=0)) + 1 for column in columns]
    number = np.ravel_multi_index(tuple(column.astype(np.int64) for column in columns), shape)
    found, place, count = np.unique(number, return_inverse=True, return_counts=True)
    return np.unravel_index(found, shape), place, count


def outages_table(world: World, rows: Iterable[Sequence[Any]]) -> pa.Table:
    """Outages with the columns of the table in order, clipped to the run, in order of time."""
    schema = REPLICATION_TABLES["outages"]
    began, ended = schema.names.index("began_ms"), schema.names.index("ended_ms")
    clipped = [
        (*row[:ended], min(row[ended], world.horizon_ms), *row[ended + 1 :])
        for row in rows
        if row[began] < world.horizon_ms
    ]
    clipped.sort(key=lambda row: (row[began], row[0], row[2], row[1], *row[3:]))
    columns = {field.name: [row[place] for row in clipped] for place, field in enumerate(schema)}
    is_text = {field.name: field.type == TEXT for field in schema}
    return table_of(
        schema, {name: each if is_text[name] else np.array(each) for name, each in columns.items()}
    )


def pulse_table(names: Names, region_site: NDArray[np.int32], at_ms: Ints, seen: Ints) -> pa.Table:
    """What waits by moment and region: ``seen`` is [moments, 3, regions], see sim.control.pulse."""
    moment, region = np.divmod(np.arange(len(at_ms) * len(region_site)), len(region_site))
    columns = {"at_ms": at_ms[moment], "site": names_at(names.sites, region_site[region])}
    fields = {name: seen[:, place].ravel() for place, name in enumerate(("waiting", "held", "outbox"))}
    return table_of(REPLICATION_TABLES["pulse"], columns | fields)


def support_tables(
    names: Names, tickets: Sequence["Ticket"], trips: Sequence["TeamTrip"]
) -> dict[str, pa.Table]:
    """Tables of problems, and of the ways of mobile teams."""
    ticket_columns = {
        "problem": [ticket.problem.name for ticket in tickets],
        "site": [names.sites[ticket.site] for ticket in tickets],
        "solved_by": [ticket.solved_by for ticket in tickets],
        **{name: _whole(tickets, name) for name in ("opened_ms", "waits_since_ms", "solved_ms")},
    }
    places = (("base", "base"), ("from", "start"), ("to", "to"))
    trip_columns = {
        "team": [trip.team for trip in trips],
        **{column: [names.sites[getattr(trip, field)] for trip in trips] for column, field in places},
        **{name: _whole(trips, name) for name in ("number", "left_ms", "arrived_ms", "worked_ms")},
        "km": np.array([trip.km for trip in trips], np.float64),
        "turned": [trip.turned for trip in trips],
    }
    return {
        "tickets": table_of(REPLICATION_TABLES["tickets"], ticket_columns),
        "trips": table_of(REPLICATION_TABLES["trips"], trip_columns),
    }


def _whole(rows: Sequence[object], name: str) -> Ints:
    return np.array([getattr(row, name) for row in rows], np.int64)


def log_table(log: Ints) -> pa.Table:
    """The step log, a column a field."""
    return table_of(OPTIONAL_TABLES["log"], {name: log[:, place] for place, name in enumerate(LOG_FIELDS)})
