"""The shape of every table in a results folder: columns, types and units, in this one place."""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import pyarrow as pa

from sim.world.arrays import FLOW_FIELDS, LOG_FIELDS, POOL_FIELDS

TEXT, DAY, WHOLE, SMALL = pa.string(), pa.date32(), pa.int64(), pa.int32()

# `parent` is the code of the place above, null at the top; the speed is that of citizens on their way.
PLACES = pa.schema(
    {
        "site": TEXT,
        "name": TEXT,
        "level": TEXT,
        "kind": TEXT,
        "parent": TEXT,
        "province": TEXT,
        "latitude": pa.float64(),
        "longitude": pa.float64(),
        "area_km2": pa.float64(),
        "population": WHOLE,
        "population_is_estimate": pa.bool_(),
        "labels": pa.list_(TEXT),
        "travel_speed_kmh": pa.float64(),
    }
)

ALTERNATIVE_TABLES: Mapping[str, pa.Schema] = {
    # Where people work: from the old seats or communes up to the centre.
    "sites": PLACES,
    # Where dossiers are counted: the present communes, whatever the sites of the alternative are.
    "areas": PLACES,
    # People by site and pool, on the first day; an hour of overtime costs beside the post.
    "pools": pa.schema(
        {
            "site": TEXT,
            "pool": TEXT,
            "level": TEXT,
            "headcount": WHOLE,
            "post_cost_per_month_vnd": pa.float64(),
            "overtime_cost_per_hour_vnd": pa.float64(),
        }
    ),
    # Lines; `site` is the lower end, `parent` the upper one.
    "links": pa.schema(
        {
            "link": TEXT,
            "site": TEXT,
            "parent": TEXT,
            "backup": pa.bool_(),
            "bandwidth_bps": pa.float64(),
            "cost_per_month_vnd": pa.float64(),
        }
    ),
    # People who help with problems: the hotline, video help, and mobile teams by kind (number of teams, mean
    # of the days after the warm-up).
    "helpers": pa.schema(
        {
            "kind": TEXT,
            "name": TEXT,
            "number": pa.float64(),
            "people": WHOLE,
            "cost_per_month_vnd": pa.float64(),
        }
    ),
    # Systems, where they are hosted, and what each does not work without.
    "systems": pa.schema({"system": TEXT, "host_level": TEXT, "needs": pa.list_(TEXT)}),
    # What happens on a date: phases (by province where they are staggered), other changes, planned outages
    # and storms; ended_ms is -1 of what does not end.
    "dated": pa.schema({"kind": TEXT, "name": TEXT, "province": TEXT, "began_ms": WHOLE, "ended_ms": WHOLE}),
    # The official calendar, a row for each day of the run.
    "calendar": pa.schema({"day": DAY, "office_open": pa.bool_(), "office_open_ms": WHOLE}),
}

REPLICATION_TABLES: Mapping[str, pa.Schema] = {
    # Per area, group and day; rows of zeros are left out.
    "flow": pa.schema({"site": TEXT, "group": TEXT, "day": DAY, **dict.fromkeys(FLOW_FIELDS, WHOLE)}),
    # Elapsed times of the finished, by bin (sim.record.histogram); clock is "elapsed" or "working".
    "cycle": pa.schema({"site": TEXT, "group": TEXT, "clock": TEXT, "bin": pa.int16(), "count": SMALL}),
    # Waiting times at the counter in opening hours, by bin.
    "counter_wait": pa.schema({"site": TEXT, "bin": pa.int16(), "count": SMALL}),
    # Per pool and day; posts are filled, people are those who are there; available_ms is their open time.
    "pool_days": pa.schema(
        {
            "site": TEXT,
            "pool": TEXT,
            "day": DAY,
            **dict.fromkeys((*POOL_FIELDS, "posts", "people", "available_ms"), WHOLE),
        }
    ),
    # Sessions of filing per system, host and day; `sessions` is the capacity.
    "session_days": pa.schema(
        {"site": TEXT, "system": TEXT, "day": DAY, **dict.fromkeys((*POOL_FIELDS, "sessions"), WHOLE)}
    ),
    # Dossiers not finished at the end of the run, where they stand; site is the area of the home.
    "unfinished": pa.schema(
        {
            "site": TEXT,
            "group": TEXT,
            "state": TEXT,
            "step": TEXT,
            "waits_at_level": TEXT,
            "overdue": pa.bool_(),
            "count": WHOLE,
            "age_ms_sum": WHOLE,
        }
    ),
    # Outages, clipped to the run; site is the lower end of a link, a system's host, or the site that was hit.
    # Outages of one event belong together (a storm, a failure of a vendor). The last three columns tell of
    # the crew that came to mend it: empty, 0 and -1 when none did.
    "outages": pa.schema(
        {
            "target_kind": TEXT,
            "target": TEXT,
            "site": TEXT,
            "cause": TEXT,
            "began_ms": WHOLE,
            "ended_ms": WHOLE,
            "effect": TEXT,
            "event": TEXT,
            "crew": TEXT,
            "crew_km": pa.float64(),
            "crew_arrived_ms": WHOLE,
        }
    ),
    # Problems at sites, from when they arose; solved_ms is -1 while one is open, waits_since_ms is when it
    # began to wait for a mobile team, -1 when it never did.
    "tickets": pa.schema(
        {
            "problem": TEXT,
            "site": TEXT,
            "opened_ms": WHOLE,
            "waits_since_ms": WHOLE,
            "solved_ms": WHOLE,
            "solved_by": TEXT,
        }
    ),
    # Ways of mobile teams; `to` is the base when a team drives home, worked_ms is the working time on site
    # after it, from the arrival until the last ticket is solved there. A way home that turned ended short of
    # `to`; the next way of the team begins on the road, and `from` is the site that it left last.
    "trips": pa.schema(
        {
            "team": TEXT,
            "base": TEXT,
            "number": WHOLE,
            "from": TEXT,
            "to": TEXT,
            "left_ms": WHOLE,
            "arrived_ms": WHOLE,
            "km": pa.float64(),
            "worked_ms": WHOLE,
            "turned": pa.bool_(),
        }
    ),
    # Dossiers that wait in a province (or at the centre) at one moment: for people or systems, of these those
    # held because a system is out of reach, and those in outboxes because there is no path.
    "pulse": pa.schema({"at_ms": WHOLE, "site": TEXT, "waiting": WHOLE, "held": WHOLE, "outbox": WHOLE}),
}

OPTIONAL_TABLES: Mapping[str, pa.Schema] = {
    # One row for each service, move or absence of each dossier and each of its parts; only with `--log`.
    "log": pa.schema(dict.fromkeys(LOG_FIELDS, WHOLE)),
}

NUMBER_OF: Mapping[pa.DataType, type[np.number[Any]]] = {
    WHOLE: np.int64,
    SMALL: np.int32,
    pa.int16(): np.int16,
    DAY: np.int32,
}
"""Types of numbers in memory; a day is a number of days since 1970."""

CLOCKS = ("elapsed", "working")


def table_format() -> str:
    """Fingerprint of all shapes: results with another one cannot be read by this state of the program."""
    shapes = {**ALTERNATIVE_TABLES, **REPLICATION_TABLES}
    text = "\n".join(f"{name}: {shape.names} {shape.types}" for name, shape in shapes.items())
    return blake2b(text.encode("utf-8"), digest_size=8).hexdigest()


def compact(schema: pa.Schema) -> pa.Schema:
    """The same shape as it is written piece by piece: texts as numbers of names, nothing missing."""
    numbered = pa.dictionary(SMALL, TEXT)
    return pa.schema(
        pa.field(field.name, numbered if field.type == TEXT else field.type, nullable=False)
        for field in schema
    )


def table_of(schema: pa.Schema, columns: Mapping[str, Any]) -> pa.Table:
    """A table of this shape from arrays or lists by column name."""
    return pa.table({field.name: column(columns[field.name], field.type) for field in schema}, schema=schema)


def column(values: Any, kind: pa.DataType) -> Any:
    """A column of this type. Arrays of numbers are used where they lie.

    `pa.array` would do, but loads pandas to see whether it has been given something of it, and a worker
    has no other use for pandas.
    """
    if isinstance(values, np.ndarray) and kind in NUMBER_OF:
        return _over(np.ascontiguousarray(values, NUMBER_OF[kind]), kind, len(values))
    if isinstance(values, np.ndarray) and kind == pa.bool_():
        return _over(np.packbits(values, bitorder="little"), kind, len(values))
    if kind == TEXT and isinstance(values, list):
        return text_column(values)
    return values


def text_column(texts: Sequence[str]) -> pa.Array:
    """A column of texts."""
    encoded = [text.encode("utf-8") for text in texts]
    ends = np.cumsum([0, *map(len, encoded)], dtype=np.int32)
    return pa.StringArray.from_buffers(len(encoded), pa.py_buffer(ends), pa.py_buffer(b"".join(encoded)))


def _over(values: np.ndarray, kind: pa.DataType, length: int) -> pa.Array:
    return pa.Array.from_buffers(kind, length, [None, pa.py_buffer(values)])


def names_at(names: Sequence[str], indices: Any) -> pa.Array:
    """The names at these indices, as a column of text."""
    return text_column(names).take(column(np.asarray(indices), WHOLE))


def numbered_names(names: pa.Array, indices: Any) -> pa.DictionaryArray:
    """The names at these indices, each written once."""
    return pa.DictionaryArray.from_arrays(column(np.asarray(indices), SMALL), names, safe=False)
