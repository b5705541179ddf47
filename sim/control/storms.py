"""Storms: everything that one of them reaches is hit when it is there, with its probability."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import numpy as np

from sim.control.crews import Crews
from sim.control.draws import look_up_each, mix_each, uniform_each
from sim.control.environment import Steered, Steps
from sim.control.outages import Outages
from sim.engine.addressed import filing_key, key_within, poisson_count, uniform
from sim.world.arrays import FOR_HIT, FOR_LENGTH, FOR_OCCURRENCE
from sim.world.outage_sources import Hits, Season, Storm, StormHit

WHEN, WHERE_TO = 0, 1
"""First parts of the addresses of the moment and of the track of a storm."""


@dataclass(frozen=True)
class Landfall:
    """One storm that comes: its name as an event, its address, its date and what it does on its track."""

    event: str
    key: int
    begins_ms: int
    hits: tuple[StormHit, ...]


@dataclass(frozen=True)
class Strike:
    """One component that a storm hits; `length_ms` from then on, or from the arrival of a crew."""

    at_ms: int
    hits: Hits
    length_ms: int
    crew: int


def landfalls(storm: Storm, replication: int) -> Iterator[Landfall]:
    """The storms of one entry in a replication; `replication` is its key."""
    key = key_within(replication, storm.key)
    if storm.begins_ms is not None:
        yield Landfall(storm.name, key, storm.begins_ms, storm.tracks[0])
    for season in storm.seasons:
        for number in range(poisson_count(storm.per_year, key, season.year, FOR_OCCURRENCE)):
            yield _by_chance(storm, season, number, filing_key(key, season.year, number))


def _by_chance(storm: Storm, season: Season, number: int, key: int) -> Landfall:
    length_ms = season.ends_ms - season.begins_ms
    begins_ms = season.begins_ms + int(uniform(key, WHEN, 0, FOR_OCCURRENCE) * length_ms)
    track = int(uniform(key, WHERE_TO, 0, FOR_OCCURRENCE) * len(storm.tracks))
    return Landfall(f"{storm.name}/{season.year}/{number + 1}", key, begins_ms, storm.tracks[track])


def strikes(landfall: Landfall, horizon_ms: int) -> list[Strike]:
    """What a storm hits in the run, in order of time; what it hit before the run is hit at its beginning."""
    found = [each for hit in landfall.hits for each in _strikes_of(hit, landfall, horizon_ms)]
    return sorted(found, key=lambda strike: strike.at_ms)


def _strikes_of(hit: StormHit, landfall: Landfall, horizon_ms: int) -> Iterator[Strike]:
    keys = mix_each(hit.key + np.uint64(landfall.key))
    at_ms = landfall.begins_ms + hit.after_ms
    length_ms = np.maximum(
        np.floor(look_up_each(hit.length_table, uniform_each(keys, 0, 0, FOR_LENGTH)) + 0.5), 1
    )
    ends_ms = at_ms + length_ms.astype(np.int64)
    is_hit = (uniform_each(keys, 0, 0, FOR_HIT) < hit.probability) & (at_ms < horizon_ms) & (ends_ms > 0)
    for place in np.flatnonzero(is_hit).tolist():
        begins_ms = max(int(at_ms[place]), 0)
        hits = Hits(hit.components[[place]], hit.effect, hit.bandwidth_left)
        yield Strike(begins_ms, hits, int(ends_ms[place]) - begins_ms, hit.crew)


def start_storms(
    env: Steered, outages: Outages, crews: Crews, storm: Storm, replication: int, horizon_ms: int
) -> None:
    """Starts a process for every storm of an entry that is felt in the run."""
    for landfall in landfalls(storm, replication):
        struck = strikes(landfall, horizon_ms)
        if struck:
            env.process(_pass_over(env, outages, crews, storm.name, landfall.event, struck))


def _pass_over(
    env: Steered, outages: Outages, crews: Crews, cause: str, event: str, struck: list[Strike]
) -> Steps:
    """A storm on its way; what is hit at the same moment begins to be mended in the order of the list."""
    for at_ms, together in groupby(struck, key=attrgetter("at_ms")):
        if at_ms > env.now:
            yield env.timeout(at_ms - env.now)
        for strike in together:
            env.process(_last(env, outages, crews, cause, event, strike))


def _last(env: Steered, outages: Outages, crews: Crews, cause: str, event: str, strike: Strike) -> Steps:
    """One thing that was hit, until it works again."""
    begun = outages.begin(strike.hits, cause, event)
    if strike.crew < 0:
        yield env.timeout(strike.length_ms)
    else:
        yield from crews.mend(strike.crew, begun[0], strike.length_ms)
    outages.end(begun)
