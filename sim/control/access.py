"""Which line each site has and which systems it reaches, from what works now (E31, E54, E59)."""

from collections.abc import Iterable

import numpy as np

from sim.control.lines import Lines
from sim.world.arrays import UPLINK, Records
from sim.world.control_plan import ControlPlan
from sim.world.network_state import NetworkState
from sim.world.outage_sources import SITE

NOT_YET = -1


class Access:
    """The state of links, systems and power, and what follows from it for every site.

    What is set takes effect with the next `refresh`, which looks only at the sites concerned: those set, and
    those below as far as anything changes for them. A site gets at a system as its host, or by what the site
    above gets at. Masks are Python integers in lists: NumPy is slow for single numbers.
    """

    def __init__(self, plan: ControlPlan) -> None:
        sites = len(plan.site_parent)
        self.lines = Lines(plan)
        self._plan = plan
        self._system: list[int] = plan.components.system.tolist()
        self._site: list[int] = plan.components.site.tolist()
        self._parent: list[int] = plan.site_parent.tolist()
        self._below: list[list[int]] = [[] for _ in range(sites)]
        for site, above in enumerate(self._parent):
            if above >= 0:
                self._below[above].append(site)
        self._hosted = [0] * sites  # systems hosted at a site
        self._instances: list[list[tuple[int, int]]] = [[] for _ in range(sites)]  # their bits, and needs
        self._find_hosts()
        self._working = self._hosted.copy()
        self._slowed = [0] * sites
        # One place more: the number -1 of the site above the top leads there, where nothing is known.
        self._usable, self._usable_slow = [0] * (sites + 1), [0] * (sites + 1)
        self._blocked, self._blocks = [0] * sites, dict[tuple[int, int], int]()
        self._reach, self._slow = [NOT_YET] * sites, [NOT_YET] * sites
        self._stale = set(range(sites))
        self._needs_no_power = _bits(
            system
            for kind, system in zip(plan.components.kind, self._system, strict=True)
            if kind == SITE and system >= 0
        )
        self._uplinks: Records = np.zeros(sites, dtype=UPLINK)
        self._uplink_fields = [self._uplinks[name] for name in ("up", "latency_ms", "bits_per_ms", "carries")]
        self._reach_array, self._slow_array = np.zeros(sites, np.uint64), np.zeros(sites, np.uint64)
        self._blocked_array = np.zeros(sites, np.uint64)
        self._system_up = np.zeros((len(plan.systems.name), sites), dtype=np.bool_)
        self._system_slow = np.zeros_like(self._system_up)
        for site in range(sites):
            self._note_instances(site)

    def _find_hosts(self) -> None:
        """ValueError when a site has another host for a system than itself or that of the site above."""
        systems, above = self._plan.systems, self._plan.site_parent
        own = systems.host == np.arange(len(above))
        inherited = np.where(above >= 0, systems.host[:, above], -1)
        if not (own | (systems.host == inherited)).all():
            raise ValueError("a system is hosted neither at a site nor at the host of the site above")
        for system in systems.order:
            bit, needs = 1 << system, _bits(systems.needs[system])
            for site in np.flatnonzero(own[system]).tolist():
                self._hosted[site] |= bit
                self._instances[site].append((bit, needs))

    def set_working(self, components: Iterable[int], works: bool) -> None:
        """Links, systems, power or offices go down or come up."""
        for component in components:
            system, site = self._system[component], self._site[component]
            if system >= 0:
                self._working[site] = _with_bit(self._working[site], system, works)
                self._touch(site)
            elif self._plan.components.kind[component] == SITE:
                self.lines.set_power(site, works)
                self._touch(site)
            else:
                self.lines.set_working(component, works)

    def set_slow(self, component: int, is_slow: bool) -> None:
        """A system becomes slow, or as fast as ever."""
        site, system = self._site[component], self._system[component]
        self._slowed[site] = _with_bit(self._slowed[site], system, is_slow)
        self._touch(site)

    def block(self, site: int, system: int) -> None:
        """A system cannot be used at a site for one reason more (E59)."""
        self._count_block(site, system, 1)

    def unblock(self, site: int, system: int) -> None:
        """One reason less; with the last of them the system can be used there again."""
        self._count_block(site, system, -1)

    def _count_block(self, site: int, system: int, more: int) -> None:
        count = self._blocks[site, system] = self._blocks.get((site, system), 0) + more
        self._blocked[site] = _with_bit(self._blocked[site], system, count > 0)
        self._blocked_array[site] = self._blocked[site]
        self._stale.add(site)

    def _touch(self, site: int) -> None:
        self._stale.add(site)
        self._note_instances(site)

    def _note_instances(self, site: int) -> None:
        """What the naive engine is told of the systems hosted at a site."""
        working = self._working_at(site)
        for bit, _ in self._instances[site]:
            system = bit.bit_length() - 1
            self._system_up[system, site] = bool(working & bit)
            self._system_slow[system, site] = bool(self._slowed[site] & bit)

    def _working_at(self, site: int) -> int:
        """Systems hosted at a site that work."""
        working = self._working[site]
        return working if self.lines.powered[site] else working & self._needs_no_power

    def refresh(self) -> NetworkState | None:
        """The state of the network now; None when it is, for all sites, as it was the last time."""
        stale, self._stale = self._stale, set()
        changed = set(self.lines.refresh())
        for site in changed:
            self._note_line(site)
        ahead = sorted(stale | changed, reverse=True)
        while ahead:
            site = ahead.pop()
            usable, slow = self._usable_at(site)
            if usable != self._usable[site] or slow != self._usable_slow[site]:
                self._usable[site], self._usable_slow[site] = usable, slow
                ahead += self._below[site]
            reach = usable & ~self._blocked[site]
            slow &= reach
            if reach != self._reach[site] or slow != self._slow[site]:
                self._reach[site], self._slow[site] = reach, slow
                self._reach_array[site], self._slow_array[site] = reach, slow
                changed.add(site)
        return self._state(sorted(changed)) if changed else None

    def _note_line(self, site: int) -> None:
        for field, value in zip(self._uplink_fields, self.lines.lines[site], strict=True):
            field[site] = value

    def _usable_at(self, site: int) -> tuple[int, int]:
        """What works and can be got at from a site, and what of all that there is would be slow there."""
        above, hosted = self._parent[site], self._hosted[site]
        usable = self._usable[above] & self.lines.carried[site] & ~hosted
        slow = self._usable_slow[above] & ~hosted
        if hosted:
            working, slowed = self._working_at(site), self._slowed[site]
            for bit, needs in self._instances[site]:
                if working & bit and not needs & ~usable:
                    usable |= bit
                if slowed & bit or needs & slow:
                    slow |= bit
        return usable, slow

    def _state(self, changed: list[int]) -> NetworkState:
        return NetworkState(
            changed=np.array(changed, dtype=np.int32),
            uplinks=self._uplinks,
            reach=self._reach_array,
            slow=self._slow_array,
            blocked=self._blocked_array,
            system_host=self._plan.systems.host,
            system_up=self._system_up,
            system_slow=self._system_slow,
            system_needs=self._plan.systems.needs,
        )


def _bits(numbers: Iterable[int]) -> int:
    """The bit mask of some numbers."""
    return sum(1 << int(number) for number in set(numbers))


def _with_bit(mask: int, number: int, is_set: bool) -> int:
    return mask | 1 << number if is_set else mask & ~(1 << number)
