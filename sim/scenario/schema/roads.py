"""A planner's table of ways by road."""

from typing import Final, NamedTuple

from sim.scenario.schema.tables import Table, numbers_of_column, require_columns

NEEDED: Final = ("from", "to", "km")
LONGEST_KM: Final = 5000.0
LONGEST_MINUTES: Final = 14 * 24 * 60.0


class RoadRow(NamedTuple):
    """One way; `minutes` is None when the table has no such column."""

    start: str
    end: str
    km: float
    minutes: float | None
    line: int


def road_rows(table: Table) -> tuple[RoadRow, ...]:
    """The rows of a table of ways; refuses the table when its columns or numbers do not fit."""
    require_columns(table, NEEDED, ("minutes",))
    km = numbers_of_column(table, "km", highest=LONGEST_KM)
    minutes: tuple[float | None, ...] = (None,) * len(km)
    if "minutes" in table.columns:
        minutes = numbers_of_column(table, "minutes", highest=LONGEST_MINUTES)
    rows = zip(table.column("from"), table.column("to"), km, minutes, table.lines, strict=True)
    return tuple(RoadRow(*row) for row in rows)
