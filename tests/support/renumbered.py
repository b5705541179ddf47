"""The same world with other numbers of sites, pools, queues and streams, and control that speaks to it."""

import random
from dataclasses import replace
from typing import Any

import numpy as np

from sim.world.arrays import MS_PER_HOUR, MS_PER_MINUTE, World
from sim.world.network_state import NetworkState
from sim.world.pulse_plan import PulsePlan, by_region
from tests.support.quantile_tables import even, long_tailed
from tests.support.random_worlds import CALENDARS, FIRST_WORK, StartControl, random_options
from tests.support.small_worlds import COMMUNE, Options, site_levels

EVENLY = ((0.4, 8 * MS_PER_HOUR, 3 * MS_PER_HOUR), (1.0, 13 * MS_PER_HOUR, 4 * MS_PER_HOUR))


def without_ties(seed: int) -> Options:
    """A random world in which hardly ever two things happen at the same millisecond."""
    options = random_options(random.Random(seed))
    hour = float(MS_PER_HOUR)
    work = tuple(long_tailed(mean * hour) for mean in (0.7, 0.4, 1.1))
    tables = (
        *options.tables[:2],
        even(hour, 60 * hour),
        even(hour, 6 * hour),
        even(0.2 * hour, 3 * hour),
        *work,
    )
    channels = tuple(replace(channel, segments=EVENLY) for channel in options.channels)
    return replace(
        options,
        communes=3,
        channels=channels,
        tables=tables,
        latency_ms=20,
        inherited=0.0,
        replayed=(),
        calendars=CALENDARS,
    )


def with_ties(seed: int) -> Options:
    """A random world, often one in which much happens at the same millisecond; all work takes some time."""
    options = random_options(random.Random(seed))
    work = (np.maximum(table, float(MS_PER_MINUTE)) for table in options.tables[FIRST_WORK:])
    return replace(options, communes=3, tables=(*options.tables[:FIRST_WORK], *work))


def shuffled_communes(options: Options, rng: random.Random) -> np.ndarray:
    """New number of every site: communes change places, the others keep theirs."""
    return _shuffled(options, rng, [COMMUNE])


def shuffled_levels(options: Options, rng: random.Random) -> np.ndarray:
    """New number of every site, as other codes would give it: places are changed within each level."""
    return _shuffled(options, rng, sorted(set(site_levels(options))))


def _shuffled(options: Options, rng: random.Random, levels: list[int]) -> np.ndarray:
    numbers = np.arange(len(site_levels(options)))
    for wanted in levels:
        sites = [site for site, level in enumerate(site_levels(options)) if level == wanted]
        order = list(sites)
        while order == sites and len(sites) > 1:
            rng.shuffle(order)
        numbers[sites] = order
    return numbers


class Renumbered:
    """A world whose sites, pools, queues and streams have other numbers, and the way back.

    Sites keep their keys, streams theirs. ``keeps_streams``: the streams also keep their order, in which
    filings of the same millisecond are numbered (E14); else it is that of the new site numbers.
    """

    def __init__(self, world: World, new_site: np.ndarray, keeps_streams: bool = False) -> None:
        self.new_site = new_site
        self.old_site = np.argsort(new_site)
        self.old_pool = np.lexsort((world.pools["role"], new_site[world.pools["site"]]))
        self.new_pool = np.argsort(self.old_pool)
        self.keeps_streams = keeps_streams
        self.world = self._renumbered(world)

    def _renumbered(self, world: World) -> World:
        old = self.old_site
        by_site: dict[str, Any] = {
            name: self.sites(getattr(world, name))[old].copy()
            for name in ("site_parent", "area_of", "seat_of", "desk_of", "site_at_level")
        }
        same: dict[str, Any] = {
            name: getattr(world, name)[old].copy()
            for name in ("site_depth", "site_level", "site_key", "travel_m", "route_row")
        }
        pool_of = np.where(world.pool_of >= 0, self.new_pool[world.pool_of], -1)[old]
        return world._replace(
            **by_site,
            **same,
            pool_of=pool_of.astype(np.int32),
            candidates=self.sites(world.candidates)[:, old].copy(),
            candidate_m=world.candidate_m[:, old].copy(),
            **self._pools(world),
            **self._streams(world),
            **self._covers(world),
        )

    def sites(self, sites: np.ndarray) -> np.ndarray:
        """New numbers of sites, of which -1 is none."""
        return np.where(sites >= 0, self.new_site[sites], -1).astype(np.int32)

    def _pools(self, world: World) -> dict[str, Any]:
        pools = world.pools[self.old_pool].copy()
        pools["site"] = self.new_site[pools["site"]]
        sites = np.arange(len(self.old_site) + 1)
        queues = np.concatenate(
            [first + np.arange(count) for first, count in pools[["queue_first", "queue_count"]].tolist()]
        )
        for first, size in (("queue_first", "queue_count"), ("busy_first", "capacity_limit")):
            pools[first] = np.cumsum(pools[size]) - pools[size]
        return {
            "pools": pools,
            "queues": world.queues[queues.astype(np.int64)].copy(),
            "site_first_pool": np.searchsorted(pools["site"], sites).astype(np.int32),
        }

    def _streams(self, world: World) -> dict[str, Any]:
        streams = world.streams.copy()
        streams["site"] = self.new_site[streams["site"]]
        order = np.arange(len(streams))
        if not self.keeps_streams:
            order = np.lexsort((streams["channel"], streams["procedure"], streams["site"]))
        return {
            "streams": streams[order],
            "stream_name_key": world.stream_name_key[order],
            "replay_stream": np.argsort(order)[world.replay_stream].astype(np.int32),
        }

    def _covers(self, world: World) -> dict[str, Any]:
        pools = len(world.pools)
        by = np.repeat(np.arange(pools), np.diff(world.cover_first))
        rows = sorted(
            (self.new_pool[coverer], place, self.new_pool[world.cover_pool[place]])
            for place, coverer in enumerate(by.tolist())
        )
        places = [place for _, place, _ in rows]
        inverse = sorted((covered, place, coverer) for place, (coverer, _, covered) in enumerate(rows))
        firsts = [
            np.searchsorted([row[0] for row in sorted_rows], np.arange(pools + 1)).astype(np.int32)
            for sorted_rows in (rows, inverse)
        ]
        return {
            "cover_first": firsts[0],
            "cover_pool": np.array([row[2] for row in rows], np.int32),
            "cover_stretch": world.cover_stretch[places],
            "cover_when": world.cover_when[places],
            "coverer_first": firsts[1],
            "coverer_pool": np.array([row[2] for row in inverse], np.int32),
            "coverer_place": np.array([row[1] for row in inverse], np.int32),
        }

    def control(self, start: StartControl) -> StartControl:
        """Control of the world as it was, for the renumbered one."""
        return lambda env: start(_Interpreter(env, self))


WITHOUT_NUMBERS = ("now", "process", "timeout", "set_routes")
"""What of an environment has to do with no site and no pool."""


class _Interpreter:
    """An environment of the renumbered world that is spoken to in the old numbers."""

    def __init__(self, env: Any, numbers: Renumbered) -> None:
        self._env, self._numbers = env, numbers

    def __getattr__(self, name: str) -> Any:
        if name not in WITHOUT_NUMBERS:
            raise AttributeError(f"{name} is not translated")
        return getattr(self._env, name)

    def apply_network(self, network: NetworkState) -> None:
        old = self._numbers.old_site
        by_site = {
            name: getattr(network, name)[old].copy() for name in ("uplinks", "reach", "slow", "blocked")
        }
        by_host = {name: getattr(network, name)[:, old].copy() for name in ("system_up", "system_slow")}
        renumbered = replace(
            network,
            changed=np.sort(self._numbers.sites(network.changed)),
            system_host=self._numbers.sites(network.system_host)[:, old].copy(),
            **by_site,
            **by_host,
        )
        self._env.apply_network(renumbered)

    def set_headcount(self, pool: int, people: int) -> None:
        self._env.set_headcount(int(self._numbers.new_pool[pool]), people)

    def set_stretch(self, pool: int, stretch: float) -> None:
        self._env.set_stretch(int(self._numbers.new_pool[pool]), stretch)

    def set_staff(self, pools: np.ndarray, people: np.ndarray, stretch: np.ndarray) -> None:
        self._env.set_staff(self._numbers.new_pool[pools].astype(np.int32), people, stretch)

    def set_desks(self, sites: np.ndarray, desks: np.ndarray, travel_m: np.ndarray) -> None:
        self._env.set_desks(self._numbers.sites(sites), self._numbers.sites(desks), travel_m)

    def queue_lengths(self) -> np.ndarray:
        lengths: np.ndarray = self._env.queue_lengths()[self._numbers.new_pool]
        return lengths

    def held_lengths(self) -> np.ndarray:
        lengths: np.ndarray = self._env.held_lengths()[self._numbers.new_pool]
        return lengths

    def outbox_lengths(self) -> np.ndarray:
        lengths: np.ndarray = self._env.outbox_lengths()[self._numbers.new_site]
        return lengths

    def lengths_by_region(self, plan: PulsePlan) -> np.ndarray:
        return by_region(plan, self.queue_lengths(), self.held_lengths(), self.outbox_lengths())
