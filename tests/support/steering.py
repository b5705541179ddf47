"""Tests of single rules: worlds with exactly so many filings, changes at given hours, results in hours."""

from collections.abc import Callable, Mapping
from typing import Any

from sim.engine.flow import FlowResult
from sim.engine.reference import ReferenceResult
from sim.engine.reference_demand import Demand
from sim.world.arrays import F_FIRST_CAUSE, MS_PER_HOUR, World
from tests.support.network_states import LiveNetwork
from tests.support.quantile_tables import steady
from tests.support.small_worlds import Channel, make_world

Result = FlowResult | ReferenceResult
Change = Callable[["Steering", Any], None]
FILED_AT_HOUR = 9
FIRST, SECOND, OFFICES, DEPENDENT = range(4)
LINE_BITS_PER_MS = 1e6


class Steering:
    """Control: the network is good at time 0, then each change happens at its hour.

    The sites are the centre, one province and its communes. The systems FIRST and SECOND are hosted at the
    centre, OFFICES at every site for itself, and DEPENDENT at the centre, where it needs SECOND.
    """

    def __init__(self, sites: int, changes: Mapping[float, Change]) -> None:
        self.changes = changes
        centre, own = [0] * sites, list(range(sites))
        parents = [-1, 0, *[1] * (sites - 2)]
        self.network = LiveNetwork(
            parents, [centre, centre, own, centre], [[], [], [], [SECOND]], latency_ms=0
        )
        self.network.links["bits_per_ms"] = LINE_BITS_PER_MS

    def __call__(self, env: Any) -> None:
        """Starts it, as ``start_control`` does."""
        self.apply(env)
        env.process(self._run(env))

    def apply(self, env: Any) -> None:
        """Tells the engine what works now."""
        env.apply_network(self.network.state())

    def _run(self, env: Any) -> Any:
        for hour, change in sorted(self.changes.items()):
            yield env.timeout(round(hour * MS_PER_HOUR) - int(env.now))
            change(self, env)


def of_network(change: Callable[[LiveNetwork], None]) -> Change:
    """Something in the network becomes other than it was."""

    def and_tell(steering: Steering, env: Any) -> None:
        change(steering.network)
        steering.apply(env)

    return and_tell


def system(works: bool, number: int = FIRST, site: int = 0) -> Change:
    """The instance of a system at a site fails or comes back."""
    return of_network(lambda network: network.up.__setitem__((number, site), works))


def slowness(slow: bool, number: int = FIRST) -> Change:
    """A system of the centre is slow from then on, or as fast as before."""
    return of_network(lambda network: network.slow.__setitem__((number, 0), slow))


def blocked(site: int, systems: int) -> Change:
    """These systems, a bit mask, cannot be used at a site from then on."""
    return of_network(lambda network: network.blocked.__setitem__(site, systems))


def carries(site: int, systems: int) -> Change:
    """The link from a site to its parent carries only these systems, a bit mask, from then on."""
    return of_network(lambda network: network.links["carries"].__setitem__(site, systems))


def link(site: int, up: bool) -> Change:
    """The link from a site to its parent fails or comes back."""
    return of_network(lambda network: network.links["up"].__setitem__(site, up))


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
