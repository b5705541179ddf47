"""Availability of systems at sites against its exact value, with common causes and systems that need others.

Every group of components that fails together is an alternating renewal process on its own: in the long run it
is up for a = mean time to failure / (mean time to failure + mean time to repair), whatever the distributions
(Barlow and Proschan, Mathematical Theory of Reliability, 1965). What can be reached from a site is a function
of which groups are up, so its availability is a sum over all states of the groups.
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import pytest
import simpy
from scipy import stats

from sim.control.outages import Outages
from sim.control.start import start_outages
from sim.engine.addressed import replication_key
from sim.world.arrays import MS_PER_DAY, MS_PER_HOUR, Floats
from sim.world.control_plan import ControlPlan
from sim.world.network_state import NetworkState
from sim.world.outage_sources import LINK, SITE, SYSTEM
from tests.support.outage_record import component, outages_of, plan_of

pytestmark = pytest.mark.theory

CENTRE, PROVINCE, FIRST, SECOND = 0, 1, 2, 3
WARM_UP_MS = 60 * MS_PER_DAY
CONFIDENCE = 0.99


def chance(days_up: float, hours_down: float, together: str = "each", cv: str = "90 %") -> dict[str, Any]:
    """Failures after `days_up` on average, for `hours_down` on average."""
    up = {"gamma": {"mean": f"{days_up} days", "cv": "70 %"}}
    down = {"lognormal": {"mean": f"{hours_down} h", "cv": cv}}
    return {"time_between_failures": up, "time_to_repair": down, "together": together}


def availability(days_up: float, hours_down: float) -> float:
    return days_up / (days_up + hours_down / 24)


PERIOD = {"start": "2025-01-01", "end": "2034-12-31"}
NATION: dict[str, Any] = {
    "period": PERIOD,
    "systems__identity": {"hosted_at": "centre"},
    "systems__dossiers": {"hosted_at": "province", "needs": ["portal", "identity"], "vendors": {"acme": {}}},
    "network__backup": {"from": "commune", "to": "province", "bandwidth": "20 Mbps", "backup": True},
    "outages": {
        "lines": {"links": ["line"], "random": chance(9, 20)},
        "mobile": {"links": ["backup"], "random": chance(6, 15)},
        "trunks": {"links": ["trunk"], "random": chance(12, 6)},
        "portals": {"systems": ["portal"], "random": chance(10, 8)},
        "identities": {"systems": ["identity"], "random": chance(14, 9)},
        "data_centre": {"systems": ["portal", "identity"], "random": chance(20, 12, "all")},
        "servers": {"systems": ["dossiers"], "random": chance(8, 10)},
        "release": {"vendor": "acme", "random": chance(25, 16, "all")},
        "grid": {"sites": ["power"], "where": {"levels": ["commune"]}, "random": chance(11, 7, "province")},
    },
}


class Watch(simpy.Environment):
    """Adds up for how long something has been so, from the warm-up on."""

    def __init__(self, look: Callable[[NetworkState], Floats]) -> None:
        super().__init__(0)
        self._look = look
        self._since_ms, self._is_so = WARM_UP_MS, np.zeros(1)
        self.total_ms: Floats = np.zeros(1)

    def apply_network(self, network: NetworkState) -> None:
        self.add_up(int(self.now))
        self._is_so = np.asarray(self._look(network), float)

    def add_up(self, until_ms: int) -> None:
        """Counts the time until now as it was."""
        if until_ms > self._since_ms:
            self.total_ms = self.total_ms + self._is_so * (until_ms - self._since_ms)
            self._since_ms = until_ms


def shares(plan: ControlPlan, look: Callable[[NetworkState], Floats], replications: int) -> Floats:
    """Share of the time for which each thing looked at was so: (replications, things)."""
    found = []
    for replication in range(replications):
        env = Watch(look)
        outages = Outages(env, plan)
        outages.apply()
        start_outages(env, outages, plan, replication_key(5, replication))
        env.run(until=plan.horizon_ms)
        env.add_up(plan.horizon_ms)
        found.append(env.total_ms / (plan.horizon_ms - WARM_UP_MS))
    return np.array(found)


def require_mean(found: Floats, exact: Floats) -> None:
    """Each exact value lies in the interval of the mean of its column; Bonferroni over the columns."""
    count, columns = found.shape
    quantile = stats.t.ppf(1 - (1 - CONFIDENCE) / 2 / columns, count - 1)
    half = quantile * found.std(axis=0, ddof=1) / np.sqrt(count)
    assert (np.abs(found.mean(axis=0) - exact) <= half).all(), (found.mean(axis=0), exact, half)
    assert (half < 0.01).all(), "too wide to tell"


def groups_of(plan: ControlPlan) -> Iterator[tuple[set[int], float]]:
    """The components and the availability of each group that fails on its own."""
    for source in plan.outages.random:
        mean_up, mean_down = (_mean(table) for table in (source.failure_table, source.repair_table))
        for hits in source.groups:
            yield set(hits.components.tolist()), mean_up / (mean_up + mean_down)


def _mean(table: Floats) -> float:
    """Mean of a quantile table: its cells have halving weights, and are straight lines."""
    cells = (table[:-1] + table[1:]) / 2
    weights = np.repeat(0.5 ** np.arange(1, 25), 64) / 64
    return float((cells * weights).sum() + table[-1] * 0.5**24)


def exact(plan: ControlPlan, system: str, site: int) -> float:
    """Availability of a system at a site, by all states of the groups that matter."""
    matters = relevant(plan, system, site)
    groups = [(members & matters, up) for members, up in groups_of(plan) if members & matters]
    total = 0.0
    for states in product((True, False), repeat=len(groups)):
        each = [(members, up, is_up) for (members, up), is_up in zip(groups, states, strict=True)]
        down = set().union(*(members for members, _, is_up in each if not is_up))
        if is_usable(plan, down, system, site):
            total += float(np.prod([up if is_up else 1 - up for _, up, is_up in each]))
    return total


def relevant(plan: ControlPlan, system: str, site: int) -> set[int]:
    """Components on the way of a site, and the systems."""
    parts, ways = plan.components, {site, PROVINCE, CENTRE}
    return {n for n in range(len(parts.site)) if parts.site[n] in ways}


def is_usable(plan: ControlPlan, down: set[int], system: str, site: int) -> bool:
    """E31 word by word."""
    number = plan.systems.name.index(system)
    host = int(plan.systems.host[number, site])
    if host < 0 or component(plan, SYSTEM, system, host) in down or not has_power(plan, down, host):
        return False
    here = site
    while here != host:
        if not is_joined(plan, down, here):
            return False
        here = int(plan.site_parent[here])
    return all(is_usable(plan, down, plan.systems.name[n], host) for n in plan.systems.needs[number])


def has_power(plan: ControlPlan, down: set[int], site: int) -> bool:
    return component(plan, SITE, "power", site) not in down


def is_joined(plan: ControlPlan, down: set[int], site: int) -> bool:
    parts = plan.components
    own = [n for n in range(len(parts.site)) if parts.kind[n] == LINK and parts.site[n] == site]
    powered = has_power(plan, down, site) and has_power(plan, down, int(plan.site_parent[site]))
    return powered and any(link not in down for link in own)


def test_availability_is_that_of_the_dependency_graph_with_common_causes() -> None:
    plan = plan_of(**NATION)
    portal, dossiers = (np.uint64(1 << plan.systems.name.index(name)) for name in ("portal", "dossiers"))
    looked_at = (("portal", PROVINCE), ("portal", FIRST), ("dossiers", PROVINCE), ("dossiers", SECOND))

    def look(network: NetworkState) -> Floats:
        masks = network.reach[[site for _, site in looked_at]]
        return np.array(masks & np.array([portal, portal, dossiers, dossiers]) > 0, float)

    values = np.array([exact(plan, *each) for each in looked_at])
    require_mean(shares(plan, look, 14), values)
    # The same by the formula for parts in a row and beside each other.
    line = 1 - (1 - availability(9, 20)) * (1 - availability(6, 15))
    national = availability(10, 8) * availability(20, 12)
    assert values[1] == pytest.approx(line * availability(11, 7) * availability(12, 6) * national, rel=0.002)


def test_a_backup_that_fails_together_with_its_line_is_worth_nothing() -> None:
    ways = {"links": ["line", "backup"]}
    each = plan_of(**{**NATION, "outages": {"ways": ways | {"random": chance(9, 20)}}})
    both = plan_of(**{**NATION, "outages": {"ways": ways | {"random": chance(9, 20, "province")}}})
    line = availability(9, 20)
    assert exact(each, "portal", FIRST) == pytest.approx(1 - (1 - line) ** 2, rel=0.002)
    assert exact(both, "portal", FIRST) == pytest.approx(line, rel=0.002)

    def look(network: NetworkState) -> Floats:
        return np.array([network.uplinks["up"][FIRST]], float)

    require_mean(shares(each, look, 8), np.array([exact(each, "portal", FIRST)]))
    require_mean(shares(both, look, 8), np.array([exact(both, "portal", FIRST)]))


def test_provinces_of_one_vendor_are_down_together_as_often_as_configured() -> None:
    vendors = {"acme": {"names": ["Province 1", "Province 2"]}, "other": {"names": ["Province 3"]}}
    plan = plan_of(
        period=PERIOD,
        territory={"synthetic": {"provinces": 3, "communes_per_province": 1}},
        systems__dossiers={"hosted_at": "province", "vendors": vendors},
        outages={
            "servers": {"systems": ["dossiers"], "random": chance(6, 12)},
            "release": {"vendor": "acme", "systems": ["dossiers"], "random": chance(12, 24, "all")},
        },
    )
    number = plan.systems.name.index("dossiers")
    hosts = [1, 2, 3]

    def look(network: NetworkState) -> Floats:
        down = ~network.system_up[number, hosts]
        return np.array([*down, down[0] & down[1], down[0] & down[2]], float)

    own, common = availability(6, 12), availability(12, 24)
    of_vendor = 1 - own * common
    both = 1 - 2 * own * common + own * own * common
    expected = np.array([of_vendor, of_vendor, 1 - own, both, of_vendor * (1 - own)])
    found = shares(plan, look, 14)
    require_mean(found, expected)
    correlation = (both - of_vendor**2) / (of_vendor * (1 - of_vendor))
    mean = found.mean(axis=0)
    seen = (mean[3] - mean[0] * mean[1]) / np.sqrt(mean[0] * (1 - mean[0]) * mean[1] * (1 - mean[1]))
    assert correlation > 0.4
    assert seen == pytest.approx(correlation, abs=0.05)


def test_what_lies_in_one_province_fails_at_the_same_moment_and_provinces_apart() -> None:
    plan = plan_of(
        territory={"synthetic": {"provinces": 2, "communes_per_province": 3}},
        period={"start": "2025-01-01", "end": "2025-12-31"},
        outages={
            "grid": {"sites": ["power"], "where": {"levels": ["commune"]}, "random": chance(9, 7, "province")}
        },
    )
    by_event: dict[str, set[tuple[int, int]]] = {}
    codes: dict[str, set[str]] = {}
    for outage in outages_of(plan):
        by_event.setdefault(outage.event, set()).add((outage.began_ms, outage.ended_ms))
        site = int(plan.components.site[outage.component])
        codes.setdefault(outage.event, set()).add(plan.site_code[int(plan.site_parent[site])])
    assert len(by_event) > 40
    assert all(len(times) == 1 for times in by_event.values())
    assert all(event.split("/")[1] == next(iter(provinces)) for event, provinces in codes.items())
    moments = [next(iter(times))[0] // MS_PER_HOUR for times in by_event.values()]
    assert len(set(moments)) > 0.9 * len(moments)
