"""How often something arises at each site on each day, as a share of its full rate."""

import datetime
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.scenario.errors import PathInScenario
from sim.scenario.schema import RateLevel
from sim.world.arrays import Floats
from sim.world.day_factors import share_by_day
from sim.world.selecting import Selector


def levels_of(
    levels: Sequence[RateLevel], selector: Selector, days: list[datetime.date], path: PathInScenario
) -> tuple[Floats, NDArray[np.int32]]:
    """The full rate and each path: shape (rows, days); and the row of each site.

    `path` is where the levels stand in the scenario."""
    rows = [np.ones(len(days))]
    row = np.zeros(len(selector.sites.all), np.int32)
    for place, level in enumerate(levels):
        chosen = selector.select(level.where, (*path, place, "where"))
        row[chosen & (row == 0)] = len(rows)
        rows.append(share_by_day(level.path, days))
    return np.array(rows), row
