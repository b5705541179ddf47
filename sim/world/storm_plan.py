"""Storms: what each of them hits on its track, and when."""

import datetime
from collections.abc import Iterator

import numpy as np

from sim.scenario.errors import PathInScenario
from sim.scenario.schema import RandomStorms, Scenario, StormHit, TrackPoint, day_in_year
from sim.scenario.schema import Storm as WrittenStorm
from sim.world.arrays import MS_PER_DAY
from sim.world.crew_plan import CrewBook
from sim.world.keys import name_key, name_keys
from sim.world.moments import ms_since
from sim.world.outage_sources import Season, Storm
from sim.world.outage_sources import StormHit as StormHitTimes
from sim.world.outage_targets import Targets
from sim.world.storm_tracks import reached
from sim.world.tables import quantile_table

Track = tuple[TrackPoint, ...]


def storms_of(scenario: Scenario, targets: Targets, crews: CrewBook) -> tuple[Storm, ...]:
    """All storms of a scenario, those outside its time too."""
    return tuple(_storm(name, storm, scenario, targets, crews) for name, storm in scenario.storms.items())


def _storm(name: str, storm: WrittenStorm, scenario: Scenario, targets: Targets, crews: CrewBook) -> Storm:
    tracks = [
        tuple(_hits(("storms", name, "hits"), storm.hits, track, targets, crews))
        for track in _tracks(name, storm, scenario, targets)
    ]
    return Storm(
        name=name,
        key=name_key(f"storm:{name}"),
        tracks=tuple(tracks),
        begins_ms=_begins_ms(storm, scenario.period.start),
        per_year=0.0 if storm.random is None else storm.random.per_year,
        seasons=() if storm.random is None else tuple(_seasons(storm.random, scenario)),
    )


def _begins_ms(storm: WrittenStorm, start: datetime.date) -> int | None:
    return None if storm.random is not None else ms_since(start, storm.begins or storm.track[0].at)


def _tracks(name: str, storm: WrittenStorm, scenario: Scenario, targets: Targets) -> list[Track]:
    others = () if storm.random is None else storm.random.tracks
    for place, other in enumerate(others):
        if not scenario.storms[other].track:
            path = ("storms", name, "random", "tracks", place)
            targets.selector.mistakes.add(path, f"{other} has no track of its own", "a storm with a track")
    tracks = [scenario.storms[other].track for other in others] or [storm.track]
    return [track for track in tracks if track]


def _hits(
    path: PathInScenario, hits: tuple[StormHit, ...], track: Track, targets: Targets, crews: CrewBook
) -> Iterator[StormHitTimes]:
    sites = targets.selector.sites.all
    latitude = np.array([site.latitude for site in sites])
    longitude = np.array([site.longitude for site in sites])
    storm = reached(track, latitude, longitude)
    for place, hit in enumerate(hits):
        found = targets.hit_by(hit, (*path, place))
        crew = crews.number_of(hit.crew, found.components, targets, (*path, place, "crew"))
        at = targets.components.site[found.components]
        is_reached = np.isfinite(storm.after_ms[at])
        numbers, at = found.components[is_reached], at[is_reached]
        nearest = np.minimum(storm.nearest[at], 1.0)
        share = hit.share
        yield StormHitTimes(
            components=numbers,
            after_ms=np.floor(storm.after_ms[at] + 0.5).astype(np.int64),
            probability=share.at_centre + (share.at_edge - share.at_centre) * nearest,
            key=name_keys(f"{place}:{targets.address(number)}" for number in numbers.tolist()),
            effect=found.effect,
            bandwidth_left=found.bandwidth_left,
            length_table=quantile_table(hit.lasts),
            crew=crew,
        )


def _seasons(random: RandomStorms, scenario: Scenario) -> Iterator[Season]:
    """The seasons that can touch the run; storms of the year before may still be felt."""
    start = scenario.period.start
    for year in range(start.year - 1, scenario.period.end.year + 1):
        first = day_in_year(random.start, year)
        last = day_in_year(random.until, year if random.until >= random.start else year + 1)
        begins = (first - start).days * MS_PER_DAY
        yield Season(year, begins, ((last - start).days + 1) * MS_PER_DAY)
