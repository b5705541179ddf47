"""The numbers and the names that sites and pools happen to have change no result; chance goes by keys."""

import copy
import random
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.engine.flow import FlowResult, run_flow
from sim.world.arrays import MS_PER_HOUR, World
from tests.support.network_states import LiveNetwork
from tests.support.played import played
from tests.support.random_worlds import CALENDARS, SYSTEMS, random_options
from tests.support.small_worlds import (
    COMMUNE,
    Options,
    even,
    long_tailed,
    site_levels,
    world_of,
)
from tests.support.tiny_scenario import TINY, tiny_scenario

WORLDS = 40
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


def shuffled_communes(options: Options, rng: random.Random) -> np.ndarray:
    """New number of every site: communes change places, the others keep theirs."""
    numbers = np.arange(len(site_levels(options)))
    communes = [site for site, level in enumerate(site_levels(options)) if level == COMMUNE]
    numbers[communes] = rng.sample(communes, k=len(communes))
    return numbers


class Renumbered:
    """A world whose sites, pools and streams have other numbers, and the way back."""

    def __init__(self, world: World, new_site: np.ndarray) -> None:
        self.new_site = new_site
        self.old_site = np.argsort(new_site)
        self.old_pool = np.lexsort((world.pools["role"], new_site[world.pools["site"]]))
        self.new_pool = np.argsort(self.old_pool)
        self.world = self._renumbered(world)

    def _renumbered(self, world: World) -> World:
        old = self.old_site
        pools = world.pools[self.old_pool].copy()
        pools["site"] = self.new_site[pools["site"]]
        first = np.searchsorted(pools["site"], np.arange(len(old) + 1)).astype(np.int32)
        by_site: dict[str, Any] = {
            name: self._sites(getattr(world, name))[old].copy()
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
            pools=pools,
            site_first_pool=first,
            pool_of=pool_of.astype(np.int32),
            candidates=self._sites(world.candidates)[:, old].copy(),
            candidate_m=world.candidate_m[:, old].copy(),
            **self._streams(world),
            **self._covers(world),
        )

    def _sites(self, sites: np.ndarray) -> np.ndarray:
        return np.where(sites >= 0, self.new_site[sites], -1).astype(np.int32)

    def _streams(self, world: World) -> dict[str, Any]:
        streams = world.streams.copy()
        streams["site"] = self.new_site[streams["site"]]
        order = np.lexsort((streams["channel"], streams["procedure"], streams["site"]))
        return {"streams": streams[order], "stream_name_key": world.stream_name_key[order]}

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


def calm(env: Any) -> None:
    """Control that leaves everything as it is at the start."""
    parents = env.world.site_parent.tolist()
    hosts = [[0] * len(parents)] * SYSTEMS
    env.apply_network(LiveNetwork(parents, hosts, [[]] * SYSTEMS, latency_ms=20).state())


def play(world: World, seed: int) -> FlowResult:
    return run_flow(world, seed, 0, calm)


@pytest.mark.parametrize("first", range(0, WORLDS, 10))
def test_other_numbers_of_sites_and_pools_change_no_count(first: int) -> None:
    finished = 0
    for seed in range(first, first + 10):
        options = without_ties(seed)
        world = world_of(options)
        other = Renumbered(world, shuffled_communes(options, random.Random(seed + 1)))
        one, two = play(world, seed), play(other.world, seed)
        finished += one.totals["finished"]
        assert one.totals == two.totals, seed
        for name in ("flow", "cycle", "counter_wait"):
            assert np.array_equal(getattr(one.tally, name), getattr(two.tally, name)[other.new_site]), seed
        assert np.array_equal(one.tally.pools, two.tally.pools[other.new_pool]), seed
    assert finished > 50


def test_other_names_of_pools_change_nothing() -> None:
    """Names that stand in the other order of the alphabet, and pools written in the other order."""
    pools = {"a_signs": TINY["pools"]["leader"], "z_receives": TINY["pools"]["reception"]}
    steps = copy.deepcopy(TINY["procedures"]["permit"]["steps"])
    steps["desk"]["pool"], steps["signature"]["pool"] = "z_receives", "a_signs"
    one, two = played(tiny_scenario()), played(tiny_scenario(pools=pools, procedures__permit__steps=steps))
    assert one.result.totals == two.result.totals and one.result.totals["finished"] > 50
    for name in ("flow", "cycle", "counter_wait"):
        assert np.array_equal(getattr(one.result.tally, name), getattr(two.result.tally, name))
