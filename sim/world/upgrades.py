"""Lines that can do more or less, or cost another price, from a date on."""

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import LinkUpgrade, Scenario
from sim.world.arrays import MS_PER_DAY, Floats
from sim.world.control_plan import LinkChange, Links
from sim.world.day_factors import days_of
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

    Each upgrade is laid over what the line was before it; what it does not name stays. The costs are the mean
    of the days after the warm-up.
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
    mean_cost_vnd = _mean_cost_vnd(links.cost_per_month_vnd, upgrades, scenario)
    return replace(at_start, cost_per_month_vnd=mean_cost_vnd), tuple(changes)


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


def _mean_cost_vnd(cost_vnd: Floats, upgrades: list[_Upgrade], scenario: Scenario) -> Floats:
    """Mean cost of each link per month in the days after the warm-up, after upgrades in order of time."""
    first, end = math.ceil(scenario.period.warm_up / MS_PER_DAY), len(days_of(scenario.period))
    mean_vnd = cost_vnd
    for upgrade in upgrades:
        if upgrade.written.cost_per_month is not None:
            later_vnd = np.where(upgrade.links, upgrade.written.cost_per_month, cost_vnd)
            share = (end - min(max(upgrade.day, first), end)) / (end - first)
            mean_vnd, cost_vnd = mean_vnd + share * (later_vnd - cost_vnd), later_vnd
    return mean_vnd
