"""From the territory of a scenario, and a planner's table of ways, to roads."""

from collections.abc import Iterator

import numpy as np

from sim.scenario.schema import RoadRow, Scenario, road_rows
from sim.world.places import UnknownPlace
from sim.world.roads import Roads, Way
from sim.world.selecting import Selector


def roads_of(scenario: Scenario, selector: Selector) -> Roads:
    """The roads of a scenario; ways to real communes outside the scenario are passed over."""
    sites = selector.sites.all
    return Roads(
        latitude=np.array([site.latitude for site in sites], dtype=np.float64),
        longitude=np.array([site.longitude for site in sites], dtype=np.float64),
        detour_factor=np.array([site.detour_factor for site in sites], dtype=np.float64),
        speed_kmh=np.array([site.travel_speed_kmh for site in sites], dtype=np.float64),
        table=_table(scenario, selector),
    )


def _table(scenario: Scenario, selector: Selector) -> dict[tuple[int, int], Way]:
    table = scenario.territory.travel.roads_csv
    ways: dict[tuple[int, int], Way] = {}
    if table is None:
        return ways
    for row in road_rows(table):
        start, end = _ends_of(row, table.file, selector)
        if start is None or end is None:
            continue
        if (start, end) in ways:
            selector.mistakes.add_in_table(table.file, row.line, "this way is given twice", "each way once")
        ways[start, end] = Way(row.km, row.minutes)
    return ways


def _ends_of(row: RoadRow, file: str, selector: Selector) -> Iterator[int | None]:
    """The two sites of a row, None for one outside the scenario; notes names that nothing has."""
    for name in (row.start, row.end):
        try:
            yield selector.find(name)
        except UnknownPlace as error:
            if not selector.exists_elsewhere(*_name_and_province(name)):
                selector.mistakes.add_in_table(file, row.line, str(error))
            yield None


def _name_and_province(name: str) -> tuple[str, str]:
    site, _, province = name.partition(",")
    return site, province.strip()
