"""What befalls links, systems and sites in a run: components, and the sources of their outages."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.arrays import FAR_FUTURE_MS, Floats, Ints
from sim.world.hours import Hours
from sim.world.roads import Roads

LINK, SYSTEM, WRITING, SITE = "link", "system", "writing", "site"
"""Kinds of components."""


@dataclass(frozen=True)
class Components:
    """Everything that can be hit: the links in order, systems at each host, then power and offices by site.

    The writing of a system that may be read-only is a component of its own, with the name of that system.
    """

    kind: tuple[str, ...]  # [components] LINK, SYSTEM, WRITING or SITE
    name: tuple[str, ...]  # [components] kind of link, system, or what the site has: power, offices
    site: NDArray[np.int32]  # [components] the site that a link joins, host of the system, or the site
    system: NDArray[np.int32]  # [components] number of the system, -1 for links and power


@dataclass(frozen=True)
class Hits:
    """Components and what happens to them."""

    components: NDArray[np.int32]
    effect: str  # "down", "slow" or "read_only"
    bandwidth_left: float = 1.0  # part of their bandwidth that slow links keep


@dataclass(frozen=True)
class RandomOutages:
    """One source of random outages; each of its groups fails on its own, all of it at once."""

    source: str
    groups: tuple[Hits, ...]
    label: tuple[str, ...]  # [groups] province code or "all" of a common cause, else ""
    key: NDArray[np.uint64]  # [groups] address of the random numbers of each group under this source
    failure_table: Floats  # quantile table of the time from the end of a repair to the next failure, ms
    repair_table: Floats  # quantile table of the time to repair, ms
    level: Floats  # [rows, days] part of the failures that come true
    level_row: NDArray[np.int32]  # [groups]
    crew: int = -1  # kind of crew that has to come, -1 = none


@dataclass(frozen=True)
class PlannedOutage:
    """Components that are down, or slow, from one moment to another, all at once."""

    source: str
    event: str  # outages with the same event belong together; "" for one that stands alone
    hits: Hits
    begins_ms: int
    ends_ms: int = FAR_FUTURE_MS  # from FAR_FUTURE_MS on: for good


@dataclass(frozen=True)
class StormHit:
    """What a storm does on one track to one sort of things; arrays of shape (components reached,)."""

    components: NDArray[np.int32]
    after_ms: Ints  # from the beginning of the track until the storm reaches the component
    probability: Floats
    key: NDArray[np.uint64]  # address of the component's random numbers in a storm
    effect: str
    bandwidth_left: float
    length_table: Floats  # quantile table of the time until it works again, ms
    crew: int


@dataclass(frozen=True)
class Season:
    """Days of one year on which random storms begin."""

    year: int
    begins_ms: int
    ends_ms: int


@dataclass(frozen=True)
class Storm:
    """A storm with a date, or storms by chance.

    `tracks` has what it does on each track that it may take. `begins_ms` is its date, None for storms by
    chance, of which there are `per_year` in each of `seasons` on average.
    """

    name: str
    key: int
    tracks: tuple[tuple[StormHit, ...], ...]
    begins_ms: int | None
    per_year: float
    seasons: tuple[Season, ...]


FIRST_COME, NEAREST, MOST_PEOPLE = "first_come", "nearest", "most_people"


@dataclass(frozen=True)
class CrewKind:
    """Crews of one kind. Each belongs to a base and mends what lies there and below."""

    name: str
    bases: NDArray[np.int32]  # [bases] site
    number: int  # crews at each base
    base_of: NDArray[np.int32]  # [sites] place in `bases` of the base that serves a site, -1 = none
    hours: Hours | None  # None: round the clock
    speed_kmh: float | None  # None: that of the roads of the place
    rule: str  # FIRST_COME, NEAREST or MOST_PEOPLE


@dataclass(frozen=True)
class OutageSources:
    """All sources of outages of a scenario, and who mends what."""

    random: tuple[RandomOutages, ...]
    planned: tuple[PlannedOutage, ...]
    storms: tuple[Storm, ...]
    crews: tuple[CrewKind, ...]
    people: Floats  # [sites] inhabitants at and below a site
    roads: Roads
