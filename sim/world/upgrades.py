"""Lines that can do more, or less, from a date on."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import LinkUpgrade, Scenario
from sim.world.arrays import MS_PER_DAY
from sim.world.control_plan import LinkChange, Links
from sim.world.selecting import Selector

BITS_PER_MS = 1 / 1000


class _Upgrade(NamedTuple):
    day: int
    links: NDArray[np.bool_]
    written: LinkUpgrade


def with_upgrades(
    links: Links, scenario: Scenario, selector: Selector
) -> tuple[Links, tuple[LinkChange, ...]]:
    """The links as they are on the first day, and how they change after it, in order of time.

    Each upgrade is laid over what the line was before it; what it does not name stays.
    """
    upgrades = sorted(_upgrades(links, scenario, selector), key=lambda each: each.day)
    at_start, now, changes = links, links, []
    for upgrade in upgrades:
        now = _upgraded(now, upgrade)
        mine = np.flatnonzero(upgrade.links)
        if upgrade.day <= 0:
            at_start = now
        elif len(mine):
            at_ms = upgrade.day * MS_PER_DAY
            changes.append(LinkChange(at_ms, mine, now.latency_ms[mine], now.bits_per_ms[mine]))
    return at_start, tuple(changes)


def _upgrades(links: Links, scenario: Scenario, selector: Selector) -> Iterator[_Upgrade]:
    kind_of = np.array(links.name, dtype=np.str_)
    for kind, each in scenario.network.items():
        for name, upgrade in each.upgrades.items():
            sites = selector.select(upgrade.where, ("network", kind, "upgrades", name, "where"))
            chosen = (kind_of == kind) & sites[links.site]
            yield _Upgrade((upgrade.at - scenario.period.start).days, chosen, upgrade)


def _upgraded(links: Links, upgrade: _Upgrade) -> Links:
    """The links with an upgrade."""
    latency, bandwidth = upgrade.written.latency, upgrade.written.bandwidth
    latency_ms, bits_per_ms = links.latency_ms, links.bits_per_ms
    if latency is not None:
        latency_ms = np.where(upgrade.links, latency, latency_ms)
    if bandwidth is not None:
        bits_per_ms = np.where(upgrade.links, bandwidth * BITS_PER_MS, bits_per_ms)
    return replace(links, latency_ms=latency_ms, bits_per_ms=bits_per_ms)
