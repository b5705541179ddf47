"""Lists of real outages that are replayed: the rows of their CSV files."""

import datetime
from collections.abc import Iterator
from typing import Final, NamedTuple

from pydantic_core import PydanticCustomError

from sim.scenario.schema.base import Fault, quoted, refusal, refusals
from sim.scenario.schema.tables import Table, require_columns
from sim.scenario.schema.units import date_time_of

MOST_REPLAYED: Final = 20_000
LONGEST_MINUTES: Final = 10 * 366 * 24 * 60
EFFECTS: Final = ("down", "slow", "read_only")
NEEDED: Final = ("began", "what", "site")
OPTIONAL: Final = ("ended", "minutes", "province", "effect", "event")
MOMENT: Final = 'a date and time such as "2025-07-03 08:00" (local time)'


class OutageRow(NamedTuple):
    """One real outage; `site` and `province` may be empty. `line` is that of the file."""

    began: datetime.datetime
    ended: datetime.datetime
    what: str
    site: str
    province: str
    effect: str
    event: str
    line: int


def require_outage_rows(table: Table) -> None:
    """Refuses a file whose columns or values do not fit."""
    require_columns(table, NEEDED, OPTIONAL)
    if ("ended" in table.columns) == ("minutes" in table.columns):
        found = "both columns ended and minutes" if "ended" in table.columns else "no column ended or minutes"
        raise refusals([Fault(found, "one of the two columns", file=table.file, line=1)])
    if len(table.rows) > MOST_REPLAYED:
        raise refusal(f"{len(table.rows):,} outages", f"at most {MOST_REPLAYED:,}")
    outage_rows(table)


def outage_rows(table: Table) -> tuple[OutageRow, ...]:
    """The rows of a file of outages; refuses the table with every row that does not fit."""
    rows: list[OutageRow] = []
    faults: list[Fault] = []
    for place, line in enumerate(table.lines):
        values = dict(zip(table.columns, table.rows[place], strict=True))
        found = list(_faults_of(values))
        faults += (Fault(text, expected, file=table.file, line=line) for text, expected in found)
        if not found:
            rows.append(_row_of(values, line))
    if faults:
        raise refusals(faults)
    return tuple(rows)


def _faults_of(values: dict[str, str]) -> Iterator[tuple[str, str]]:
    began, ended = _moment(values["began"]), None
    if began is None:
        yield f"column began: found {quoted(values['began'])}", MOMENT
    if "ended" in values:
        ended = _moment(values["ended"])
        if ended is None:
            yield f"column ended: found {quoted(values['ended'])}", MOMENT
        elif began is not None and ended <= began:
            yield f"it ended {values['ended']} and began {values['began']}", "an end after the beginning"
    elif _minutes(values["minutes"]) is None:
        found = f"column minutes: found {quoted(values['minutes'])}"
        yield found, f"a whole number from 1 to {LONGEST_MINUTES:,}"
    if not values["what"]:
        yield "column what: nothing", "a kind of link, a system, power or offices"
    if values.get("effect", "") not in ("", *EFFECTS):
        yield f"column effect: found {quoted(values['effect'])}", "down, slow or read_only"


def _row_of(values: dict[str, str], line: int) -> OutageRow:
    began = date_time_of(values["began"])
    if "ended" in values:
        ended = date_time_of(values["ended"])
    else:
        ended = began + datetime.timedelta(minutes=int(values["minutes"]))
    rest = (values.get(name, "") for name in ("province", "effect", "event"))
    province, effect, event = rest
    return OutageRow(
        began, ended, values["what"], values["site"], province, effect or "down", event[:100], line
    )


def _moment(text: str) -> datetime.datetime | None:
    try:
        return date_time_of(text)
    except PydanticCustomError:
        return None


def _minutes(text: str) -> int | None:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        return None
    return int(text) if 1 <= int(text) <= LONGEST_MINUTES else None
