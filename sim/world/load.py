"""What a scenario asks of its people, by queueing arithmetic, without running it."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.world.arrays import MS_PER_DAY, MS_PER_HOUR, MS_PER_MINUTE, WORK, Floats, Records, World
from sim.world.build import Built
from sim.world.control_plan import ControlPlan
from sim.world.expected_staff import expected_people, expected_stretch
from sim.world.hours import hours_in_world
from sim.world.quantiles import table_mean
from sim.world.session_load import SessionLoad, session_loads
from sim.world.sessions import is_pool_of_sessions
from sim.world.visits import expected_visits

CANNOT_KEEP_UP = 1.0 - 1e-9
"""A pool with as much work as time cannot keep up either; the rest is rounding."""
NEARLY_FULL = 0.9
WORST_SITES = 5
DAYS_PER_WEEK = 7


@dataclass(frozen=True)
class SiteLoad:
    """Expected work of one pool at one site; the share is of the time its people have."""

    site: str
    people: float
    utilisation: float


@dataclass(frozen=True)
class PoolLoad:
    """Expected work of one kind of pool at all its sites, means over the run.

    `mean_wait_minutes` is the Erlang C formula in opening hours, a rough figure (exponential service, even
    arrivals, no outage), over the sites that can keep up; None when none can, or nothing arrives.
    """

    pool: str
    sites: int
    people: float
    work_hours_per_week: float
    available_hours_per_week: float
    utilisation: float
    lowest: SiteLoad
    highest: SiteLoad
    worst: tuple[SiteLoad, ...]
    sites_that_cannot_keep_up: int
    sites_nearly_full: int
    mean_wait_minutes: float | None


@dataclass(frozen=True)
class DemandLoad:
    """Expected dossiers; per working day of the official calendar unless named otherwise."""

    in_run: float
    handed_over: float
    per_working_day: float
    per_commune: float
    per_1000_inhabitants: float
    by_group: dict[str, float]
    by_channel: dict[str, float]
    by_procedure: dict[str, float]


@dataclass(frozen=True)
class Load:
    """Demand, and what it asks of every kind of pool."""

    communes: int
    inhabitants: float
    working_days: int
    demand: DemandLoad
    pools: tuple[PoolLoad, ...]
    sessions: tuple[SessionLoad, ...]

    @property
    def can_keep_up(self) -> bool:
        """Whether no pool at any site gets more work than its people can do."""
        return all(pool.sites_that_cannot_keep_up == 0 for pool in self.pools)


def expected_load(built: Built) -> Load:
    """Expected demand and work of a built scenario."""
    world = built.world
    dossiers = _filed(world, 0, world.day_count)
    days = int(np.searchsorted(world.working_day_of, world.day_count))
    return Load(
        communes=len(built.sites.communes),
        inhabitants=float(built.sites.population[built.sites.communes].sum()),
        working_days=days,
        demand=_demand(built, dossiers, max(days, 1)),
        pools=_pools(built),
        sessions=session_loads(built),
    )


def _filed(world: World, day: int, end: int) -> Floats:
    """Expected filings of each stream from a day to the one before `end`, drawn and replayed: (streams,)."""
    streams = world.streams
    drawn = streams["per_day"] * world.day_factor[:, day:end].sum(axis=1)[streams["factor_row"]]
    rows = world.replay_stream[world.replay_first[day] : world.replay_first[end]]
    return np.asarray(drawn + np.bincount(rows, minlength=len(streams)))


def _demand(built: Built, dossiers: Floats, working_days: int) -> DemandLoad:
    world, names, sites = built.world, built.names, built.sites
    streams = world.streams
    per_day = dossiers / working_days
    total = float(per_day.sum())
    group = world.procedures["group"][streams["procedure"]]
    return DemandLoad(
        in_run=float(dossiers.sum()),
        handed_over=float(streams["inherited"].sum()),
        per_working_day=total,
        per_commune=total / len(sites.communes),
        per_1000_inhabitants=1000 * total / max(float(sites.population[sites.communes].sum()), 1.0),
        by_group=_sums(names.groups[:-1], group, per_day),
        by_channel=_sums(names.channels, streams["channel"], per_day),
        by_procedure=_sums(names.procedures, streams["procedure"], per_day),
    )


def _sums(names: tuple[str, ...], number: NDArray[np.int32], values: Floats) -> dict[str, float]:
    totals = np.bincount(number, weights=values, minlength=len(names))
    return dict(zip(names, totals.tolist(), strict=True))


def _pools(built: Built) -> tuple[PoolLoad, ...]:
    world = built.world
    services, touch_ms = _work(world, built.control_plan)
    staff = built.control_plan.staff
    people, stretch = expected_people(world, staff), expected_stretch(world, staff)
    open_ms = _open_ms(world)
    work_ms = touch_ms * stretch
    return tuple(
        _pool(built, role, mine, services, work_ms, people, open_ms)
        for role, name in enumerate(built.names.roles)
        if not is_pool_of_sessions(name)
        and len(mine := np.setdiff1d(np.flatnonzero(world.pools["role"] == role), staff.overtime_pools))
    )


def _work(world: World, plan: ControlPlan) -> tuple[Floats, Floats]:
    """Services and touch time (ms) in the whole run: two arrays of shape (pools,)."""
    services, touch_ms = np.zeros(len(world.pools)), np.zeros(len(world.pools))
    for (procedure, traits), filed in _filed_by_form(world, plan).items():
        mine = np.flatnonzero(filed)
        streams = world.streams[mine]
        visits = expected_visits(world, procedure, traits)
        for number in np.flatnonzero((visits > 0) & (world.steps["kind"] == WORK)).tolist():
            pool = _pool_that_does(world, number, streams)
            factor = world.channel_factor[number, streams["channel"]]
            touch = table_mean(world.tables[world.steps[number]["table"]]) * factor * _ease(world, number)
            np.add.at(services, pool, filed[mine] * visits[number])
            np.add.at(touch_ms, pool, filed[mine] * visits[number] * touch)
    return services, touch_ms


def _ease(world: World, step: int) -> float:
    """Factor on the work of a step whose data are filled in; the systems are taken to be in reach."""
    return float(world.steps["eased_factor"][step]) if world.steps["eased_by"][step] else 1.0


def _filed_by_form(world: World, plan: ControlPlan) -> dict[tuple[int, int], Floats]:
    """Dossiers filed in the run by stream, shape (streams,), for each procedure in force and set of traits.

    A dossier is taken to stay in the version of its procedure that holds on the day of its filing.
    """
    streams, routes = world.streams, world.routes.copy()
    kinds, traits = np.unique(streams["traits"], return_inverse=True)
    row, first = world.route_row[streams["site"]], world.procedures["first_step"][streams["procedure"]]
    changes = {day: [c for c in plan.route_changes if c.at_ms == day * MS_PER_DAY] for day in _days(plan)}
    found: dict[tuple[int, int], Floats] = {}
    for day, end in pairwise([*changes, world.day_count]):
        for change in changes[day]:
            routes[change.row, change.steps] = change.to
        filed = _filed(world, day, end)
        begins_at = routes[row, first] if len(routes) else first
        forms, form = np.unique(
            world.steps["procedure"][begins_at] * len(kinds) + traits, return_inverse=True
        )
        for number, (procedure, kind) in enumerate(np.array(np.divmod(forms, len(kinds))).T.tolist()):
            key = (procedure, int(kinds[kind]))
            found[key] = found.get(key, 0.0) + np.where(form == number, filed, 0.0)
    return found


def _days(plan: ControlPlan) -> list[int]:
    """The first day, and those on which procedures pass to another version."""
    return sorted({0, *(change.at_ms // MS_PER_DAY for change in plan.route_changes)})


def _pool_that_does(world: World, step: int, streams: Records) -> NDArray[np.int32]:
    """Pool that does a step for the dossiers of some streams (E18, E49): shape (streams,)."""
    record, site = world.steps[step], streams["site"]
    above = world.pool_of[world.site_at_level[site, record["level"]], record["role"]]
    in_person = world.channel_in_person[streams["channel"]] == 1
    at_desk = world.pool_of[np.where(in_person, world.desk_of[site], world.seat_of[site]), record["role"]]
    return np.asarray(np.where((record["at_desk"] == 1) & (at_desk >= 0), at_desk, above))


def _open_ms(world: World) -> Floats:
    """Open time of each pool in the run, ms: shape (pools,)."""
    calendars = range(len(world.interval_of_day))
    open_ms = [hours_in_world(world, calendar).open_until(world.horizon_ms) for calendar in calendars]
    return np.asarray(np.array(open_ms, dtype=np.float64)[world.pools["calendar"]])


def _pool(
    built: Built,
    role: int,
    mine: NDArray[np.int64],
    services: Floats,
    work_ms: Floats,
    people: Floats,
    open_ms: Floats,
) -> PoolLoad:
    world = built.world
    weeks = world.day_count / DAYS_PER_WEEK
    available_ms = people[mine] * open_ms[mine]
    with np.errstate(divide="ignore", invalid="ignore"):
        utilisation = np.where(work_ms[mine] > 0, work_ms[mine] / available_ms, 0.0)
    sites = [
        SiteLoad(built.names.sites[site], float(posts), float(share))
        for site, posts, share in zip(world.pools["site"][mine], people[mine], utilisation, strict=True)
    ]
    ranked = sorted(sites, key=lambda site: -site.utilisation)
    return PoolLoad(
        pool=built.names.roles[role],
        sites=len(mine),
        people=float(people[mine].sum()),
        work_hours_per_week=float(work_ms[mine].sum()) / MS_PER_HOUR / weeks,
        available_hours_per_week=float(available_ms.sum()) / MS_PER_HOUR / weeks,
        utilisation=_utilisation(float(work_ms[mine].sum()), float(available_ms.sum())),
        lowest=ranked[-1],
        highest=ranked[0],
        worst=tuple(ranked[:WORST_SITES]),
        sites_that_cannot_keep_up=int((utilisation >= CANNOT_KEEP_UP).sum()),
        sites_nearly_full=int(((utilisation >= NEARLY_FULL) & (utilisation < CANNOT_KEEP_UP)).sum()),
        mean_wait_minutes=_mean_wait(services[mine], work_ms[mine], people[mine], open_ms[mine]),
    )


def _utilisation(work_ms: float, available_ms: float) -> float:
    """Work / available time; without work 0, with work for nobody infinite."""
    if available_ms > 0:
        return work_ms / available_ms
    return math.inf if work_ms > 0 else 0.0


def _mean_wait(services: Floats, work_ms: Floats, people: Floats, open_ms: Floats) -> float | None:
    """Mean wait in minutes over all services of the sites that can keep up."""
    waits = [
        (count, erlang_c_wait(round(staff), count / opened, work / count))
        for count, work, staff, opened in zip(
            services.tolist(), work_ms.tolist(), people.tolist(), open_ms.tolist(), strict=True
        )
        if count > 0 and work < CANNOT_KEEP_UP * round(staff) * opened
    ]
    total = sum(count for count, _ in waits)
    return sum(count * wait for count, wait in waits) / total / MS_PER_MINUTE if total > 0 else None


def erlang_c_wait(servers: int, arrivals: float, service: float) -> float:
    """Mean wait in an M/M/c queue, in the unit of `service`; `arrivals` are per that unit.

    By the recursion of Erlang B (for example Cooper, Introduction to Queueing Theory, 1981).
    The queue must be stable: arrivals * service < servers.
    """
    offered = arrivals * service
    if offered == 0:
        return 0.0
    blocked = 1.0
    for busy in range(1, servers + 1):
        blocked = offered * blocked / (busy + offered * blocked)
    waiting = blocked / (1 - offered / servers * (1 - blocked))
    return waiting * service / (servers - offered)
