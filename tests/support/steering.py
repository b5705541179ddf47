"""Tests of single rules: worlds with exactly so many filings, changes at given hours, results in hours."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.engine.flow import FlowResult
from sim.engine.reference import ReferenceResult
from sim.engine.reference_demand import Demand
from sim.world.arrays import F_FIRST_CAUSE, MS_PER_HOUR, World
from tests.support.small_worlds import Channel, good_links, make_world, steady

Result = FlowResult | ReferenceResult
Change = Callable[["Steering", Any], None]
FILED_AT_HOUR = 9


class Steering:
    """Control: the network is good at time 0, then each change happens at its hour.

    There is one system, at the centre; the other sites are one province and its communes.
    """

    def __init__(self, sites: int, changes: Mapping[float, Change]) -> None:
        self.sites = sites
        self.changes = changes
        self.links = good_links(sites, latency_ms=0, bits_per_ms=1e6)
        self.system_works = True

    def __call__(self, env: Any) -> None:
        """Starts it, as ``start_control`` does."""
        self.apply(env)
        env.process(self._run(env))

    def apply(self, env: Any) -> None:
        """Tells the engine what works now."""
        reaches = [self.system_works and self._has_way_up(site) for site in range(self.sites)]
        works = np.full((1, self.sites), self.system_works)
        hosts = np.zeros((1, self.sites), np.int32)
        env.apply_network(self.links.copy(), np.array(reaches, np.uint64), hosts, works, [[]])

    def _has_way_up(self, site: int) -> bool:
        way = {0: [], 1: [1]}.get(site, [1, site])
        return all(self.links["up"][place] for place in way)

    def _run(self, env: Any) -> Any:
        for hour, change in sorted(self.changes.items()):
            yield env.timeout(round(hour * MS_PER_HOUR) - int(env.now))
            change(self, env)


def system(works: bool) -> Change:
    """The system fails or comes back."""

    def change(steering: Steering, env: Any) -> None:
        steering.system_works = works
        steering.apply(env)

    return change


def link(site: int, up: bool) -> Change:
    """The link from a site to its parent fails or comes back."""

    def change(steering: Steering, env: Any) -> None:
        steering.links["up"][site] = up
        steering.apply(env)

    return change


def headcount(pool: int, people: int) -> Change:
    """From then on so many people work in a pool."""
    return lambda _, env: env.set_headcount(pool, people)


def hours(*values: float) -> tuple[Any, ...]:
    """Tables that always draw so many hours."""
    return tuple(steady(value * MS_PER_HOUR) for value in values)


def world_with_filings(each_stream: int, **options: Any) -> tuple[World, int]:
    """A world in which each stream brings exactly so many dossiers, all at 9:00 of day 0; and its seed.

    Pools are open round the clock unless the options say otherwise.
    """
    days = options.get("days", 3)
    plain: dict[str, Any] = {
        "calendars": ((),),
        "channels": (Channel(segments=((1.0, FILED_AT_HOUR * MS_PER_HOUR, 1),)),),
        "per_day": float(each_stream),
        "day_factors": (1.0, *[0.0] * (days - 1)),
        "days": days,
    }
    world = make_world(**(plain | options))
    for seed in range(10_000):
        filings = Demand(world, seed, 0).filings_of(0)
        counts = [sum(filing.stream == stream for filing in filings) for stream in range(len(world.streams))]
        if counts == [each_stream] * len(world.streams):
            return world, seed
    raise AssertionError("no seed brings exactly these filings")


def play(
    engine: Callable[..., Result],
    world_and_seed: tuple[World, int],
    changes: Mapping[float, Change] | None = None,
) -> Result:
    """Plays a world in one of the engines."""
    world, seed = world_and_seed
    return engine(world, seed, 0, Steering(len(world.site_parent), changes or {}), logging=True)


def rows(result: Result, event: int) -> list[tuple[float, ...]]:
    """Rows of one kind, in order: dossier, step, entered, started and ended in hours, and the detail."""
    kept = sorted(row for row in result.log.tolist() if row[3] == event)
    return [(row[0], row[2], *(moment / MS_PER_HOUR for moment in row[5:8]), row[8]) for row in kept]


def counted(result: Result, field: int) -> int:
    """A count of the flow, over all sites, groups and days."""
    return int(result.tally.flow[..., field].sum())


def cause_hours(result: Result) -> list[float]:
    """Hours of the finished by cause, in the order of ``CAUSES``."""
    return [counted(result, F_FIRST_CAUSE + cause) / MS_PER_HOUR for cause in range(7)]
