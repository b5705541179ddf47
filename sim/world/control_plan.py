"""What the control processes of a replication need to know: links, systems, outages and dated changes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.arrays import Floats, Ints
from sim.world.outage_sources import Components, OutageSources
from sim.world.own_plan import OwnPlan
from sim.world.pulse_plan import PulsePlan
from sim.world.staff_plan import StaffPlan
from sim.world.support_plan import SupportPlan


@dataclass(frozen=True)
class Links:
    """Network links; by site, primary before backup, those to a neighbour last, then by kind.

    A link leads to the site above, or to a neighbour below the same one, over whose uplink the site is joined
    while none of its own works. A site without any link to the site above is joined to it by a perfect one.
    """

    name: tuple[str, ...]  # [links] kind of link
    site: NDArray[np.int32]  # [links] the site that it joins
    other: NDArray[np.int32]  # [links] where it leads: the site above, or the neighbour
    is_backup: NDArray[np.bool_]  # [links] whether it is used only while no primary link works
    is_to_neighbour: NDArray[np.bool_]  # [links]
    latency_ms: Ints  # [links]
    bits_per_ms: Floats  # [links]
    carries: NDArray[np.uint64]  # [links] systems that can be used over it, bit mask (E59)
    cost_per_month_vnd: Floats  # [links] mean of the days after the warm-up


@dataclass(frozen=True)
class Systems:
    """Software systems. The number of a system is its bit in the masks of what is in reach.

    After the systems of the scenario stands the writing of those that may be read-only, as systems of
    their own: "NAME (writing)" needs NAME, and the writing of what NAME needs. Last come `offices` that
    are open, hosted at every site, when some outage can close them.
    """

    name: tuple[str, ...]  # [systems]
    host: NDArray[np.int32]  # [systems, sites] site that hosts the system for this site, -1 = none does
    needs: tuple[tuple[int, ...], ...]  # [systems] numbers of the systems it does not work without
    order: tuple[int, ...]  # all systems, each after those it needs
    writing: NDArray[np.int32]  # [systems] number of the writing of the system, -1 = never read-only alone
    vendor_name: tuple[str, ...]  # [vendors]
    vendor: NDArray[np.int32]  # [systems, sites] vendor of the system hosted at a site, -1 = none is named


@dataclass(frozen=True)
class DeskChange:
    """A moment at which citizens of some sites go to another place in person."""

    at_ms: int
    sites: NDArray[np.int32]
    desks: NDArray[np.int32]
    travel_m: NDArray[np.int32]  # there and back


@dataclass(frozen=True)
class RouteChange:
    """A moment at which steps are done by other steps for dossiers of one row of routes."""

    at_ms: int
    row: int
    steps: NDArray[np.int32]
    to: NDArray[np.int32]  # what is done instead from then on


@dataclass(frozen=True)
class LinkChange:
    """A moment from which on some links have another delay and bandwidth."""

    at_ms: int
    links: NDArray[np.int64]
    latency_ms: Ints
    bits_per_ms: Floats


@dataclass(frozen=True)
class ControlPlan:
    """All that control does in a run, apart from chance."""

    horizon_ms: int
    site_parent: NDArray[np.int32]  # [sites] -1 for the top
    site_code: tuple[str, ...]  # [sites]
    links: Links
    systems: Systems
    components: Components
    outages: OutageSources
    staff: StaffPlan
    route_changes: tuple[RouteChange, ...]
    desk_changes: tuple[DeskChange, ...]
    link_changes: tuple[LinkChange, ...]
    pulse: PulsePlan
    support: SupportPlan
    own: OwnPlan
