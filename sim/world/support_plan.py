"""What the support of a run needs to know: problems that arise, help by telephone and video, mobile teams."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.arrays import Floats
from sim.world.hours import Hours
from sim.world.roads import Roads


@dataclass(frozen=True)
class Effect:
    """What an open problem does at one site."""

    pools: NDArray[np.int32]  # pools that are slower, or lack people
    slower: float  # factor on their time per touch time, 1.0 = none
    holds: int  # people that each of them lacks
    blocks: tuple[int, ...]  # systems that cannot be used there


@dataclass(frozen=True)
class Remedy:
    """What help from afar can do."""

    solves: float  # share of the tickets that come to it
    table: Sequence[float]  # quantile table of the time that it takes, solved or not, ms


@dataclass(frozen=True)
class Problem:
    """One kind of problem. It arises at each site on its own, in working time; less where people are trained.

    The time to the next one is a draw from `SupportPlan.gap_table`, whose mean is 1, times `gap_ms` of the
    site. A problem that is drawn comes true with the probability `level[level_row[site], day]`.
    """

    name: str
    sites: NDArray[np.int32]  # [n] where it can arise
    key: NDArray[np.uint64]  # [n] address of each site's random numbers for this problem
    gap_ms: Floats  # [n] mean working time from one to the next at the highest level
    level: Floats  # [rows, days] part of the highest level
    level_row: NDArray[np.int32]  # [n]
    effects: tuple[Effect, ...]  # [n]
    hotline: Remedy | None
    video: Remedy | None
    on_site_table: Sequence[float]  # quantile table of the time that a team works on it, ms
    alone_table: Sequence[float]  # of the time until the place has solved it itself, ms


@dataclass(frozen=True)
class HelpDesk:
    """People who help from afar, first come, first served."""

    agents: int
    hours: Hours | None  # None: round the clock


@dataclass(frozen=True)
class TeamKind:
    """Mobile teams of one kind. Each belongs to a base and serves the sites at and below it."""

    name: str
    bases: NDArray[np.int32]  # [bases] site
    base_of: NDArray[np.int32]  # [sites] place in `bases` of the base whose teams come, -1 = none
    number: int  # teams at each base, apart from changes
    teams_on: NDArray[np.int32]  # [days, bases] teams at each base
    people: int  # of one team
    hours: Hours
    speed_kmh: float | None  # None: that of the roads of the place
    rule: str  # name of the dispatch rule
    reserve: int  # teams that the rule `reserve` keeps at the base
    urgent_after_ms: int  # a ticket that is open for so long is urgent to that rule
    cost_per_month_vnd: float


@dataclass(frozen=True)
class SupportPlan:
    """All support of a run."""

    official: Hours  # problems arise in its hours
    gap_table: Floats
    problems: tuple[Problem, ...]
    hotline: HelpDesk | None
    video: HelpDesk | None
    teams: tuple[TeamKind, ...]
    roads: Roads
    people: Floats  # [sites] inhabitants at and below a site
    pools_of: tuple[NDArray[np.int32], ...]  # [sites] pools of people there
