"""What a process of one's own sees and may do: all of it here, and nothing else."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from simpy.events import Timeout

from sim.control.environment import Steered
from sim.control.hindrances import Hindrances
from sim.control.outages import SLOW, Outage, Outages
from sim.engine.addressed import key_within, look_up, name_key, uniform
from sim.world.arrays import FOR_OCCURRENCE, MS_PER_HOUR
from sim.world.control_plan import ControlPlan
from sim.world.outage_sources import WRITING, Hits
from sim.world.own_plan import OwnProcessPlan
from sim.world.support_plan import Effect

Components = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Hindrance:
    """What hinders some sites until it is relieved."""

    effects: tuple[tuple[int, Effect], ...]


class OwnSteering:
    """The hands and eyes of one process of one's own in one replication.

    Sites and components are numbers, times are whole milliseconds. Random numbers have addresses: the same
    name and number give the same value in every alternative and either engine. ValueError for names that
    the scenario does not have.
    """

    def __init__(
        self,
        env: Steered,
        plan: ControlPlan,
        own: OwnProcessPlan,
        outages: Outages,
        hindrances: Hindrances,
        replication: int,
    ) -> None:
        self._env, self._plan, self._own = env, plan, own
        self._outages, self._hindrances = outages, hindrances
        self._key = key_within(replication, own.key)
        self._down: dict[int, Outage] = {}  # by id
        self._hindering: set[Hindrance] = set()

    @property
    def sites(self) -> tuple[int, ...]:
        """Sites of the `where` of this process."""
        return tuple(self._own.sites.tolist())

    @property
    def now_ms(self) -> int:
        """The clock. ValueError when the process has waited for a part of a millisecond."""
        if self._env.now != int(self._env.now):
            raise ValueError(f"the clock stands at {self._env.now} ms; wait for whole milliseconds")
        return int(self._env.now)

    def wait(self, hours: float = 0.0, ms: float = 0.0) -> Timeout:
        """An event after so long, to the nearest millisecond and at least one: `yield steering.wait(...)`."""
        return self._env.timeout(max(1, math.floor(hours * MS_PER_HOUR + ms + 0.5)))

    def uniform(self, name: str, number: int) -> float:
        """The random number in [0, 1) with this name and number."""
        return uniform(key_within(self._key, name_key(name)), number, 0, FOR_OCCURRENCE)

    def exponential(self, mean: float, name: str, number: int) -> float:
        """A draw from the exponential distribution with this mean, by the random number of this address."""
        return mean * look_up(self._plan.support.gap_table.tolist(), self.uniform(name, number))

    def code(self, site: int) -> str:
        """Code of a site, as in the results."""
        return self._plan.site_code[site]

    def km(self, start: int, end: int) -> float:
        """Way by road from one site to another."""
        return self._plan.outages.roads.km(start, end)

    def inhabitants(self, site: int) -> float:
        """Inhabitants at and below a site."""
        return float(self._plan.outages.people[site])

    def waiting_at(self, site: int) -> int:
        """Dossiers that wait for people at a site now."""
        return int(self._env.queue_lengths()[self._plan.support.pools_of[site]].sum())

    def components(self, *names: str, sites: Iterable[int] | None = None) -> Components:
        """What can be hit at some sites (those of `where` when left out), in order of number.

        A name is a kind of link (of the site that it joins), a system (at its host), or `power`.
        """
        parts = self._plan.components
        known = {name for name, kind in zip(parts.name, parts.kind, strict=True) if kind != WRITING}
        _require_known("link, system or site component", names, sorted(known))
        there = np.isin(parts.site, self._own.sites if sites is None else np.array(list(sites), np.int32))
        chosen = [
            kind != WRITING and name in names for name, kind in zip(parts.name, parts.kind, strict=True)
        ]
        return np.flatnonzero(there & np.array(chosen, np.bool_)).astype(np.int32)

    def take_down(self, components: Sequence[int] | Components, event: str = "") -> list[Outage]:
        """Components are down from now on; hand what you get to `bring_back`. The results note it."""
        return self._begin(Hits(np.array(components, np.int32), "down"), event)

    def slow_down(
        self, components: Sequence[int] | Components, bandwidth_left: float = 1.0, event: str = ""
    ) -> list[Outage]:
        """Systems are slow, and links have this part of their bandwidth, from now on."""
        return self._begin(Hits(np.array(components, np.int32), SLOW, bandwidth_left), event)

    def bring_back(self, outages: Iterable[Outage]) -> None:
        """These outages are over. ValueError for one that is over already."""
        outages, _ = list(outages), self.now_ms
        for outage in outages:
            if self._down.pop(id(outage), None) is None:
                raise ValueError(f"{outage} is over, or did not begin here")
        self._outages.end(outages)

    def _begin(self, hits: Hits, event: str) -> list[Outage]:
        _ = self.now_ms
        begun = self._outages.begin(hits, self._own.name, event)
        self._down |= {id(outage): outage for outage in begun}
        return begun

    def hinder(
        self,
        sites: Iterable[int],
        pools: Sequence[str] = (),
        slower: float = 1.0,
        holds: int = 0,
        blocks: Sequence[str] = (),
    ) -> Hindrance:
        """From now on people of these pools (all when left out) take longer, some of each cannot work, and
        systems cannot be used there, as by an open problem; hand what you get to `relieve`.
        """
        if slower < 1 or holds < 0:
            raise ValueError(f"slower {slower} and holds {holds}: at least 1, and at least 0")
        _ = self.now_ms
        _require_known("pool", pools, self._plan.own.roles)
        _require_known("system", blocks, self._plan.systems.name)
        effects = tuple((site, self._effect(site, pools, slower, holds, blocks)) for site in sites)
        for site, effect in effects:
            self._hindrances.begin(site, effect)
        hindrance = Hindrance(effects)
        self._hindering.add(hindrance)
        return hindrance

    def relieve(self, hindrance: Hindrance) -> None:
        """That hindrance is gone. ValueError when it is gone already."""
        _ = self.now_ms
        if hindrance not in self._hindering:
            raise ValueError("this hindrance is gone already, or did not begin here")
        self._hindering.remove(hindrance)
        for site, effect in hindrance.effects:
            self._hindrances.end(site, effect)

    def _effect(
        self, site: int, pools: Sequence[str], slower: float, holds: int, blocks: Sequence[str]
    ) -> Effect:
        own, systems = self._plan.own, self._plan.systems
        roles = [own.roles.index(name) for name in pools]
        right = np.isin(own.pool_role, roles) if pools else own.pool_role >= 0
        numbers = [systems.name.index(name) for name in blocks]
        writing = [int(systems.writing[number]) for number in numbers if systems.writing[number] >= 0]
        here = np.flatnonzero(right & (own.pool_site == site)).astype(np.int32)
        return Effect(here, slower, holds, (*numbers, *writing))


def _require_known(what: str, names: Iterable[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"there is no {what} {name!r}; there are {', '.join(known)}")
