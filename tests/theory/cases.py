"""Every scenario of scenarios/theory with what theory says about it. Times are in seconds."""

from collections.abc import Callable
from functools import cache, partial
from typing import NamedTuple

import numpy as np

from sim.world.arrays import (
    BY_STAFF,
    F_ARRIVED,
    F_CYCLE_MS,
    F_FINISHED,
    F_FIRST_CAUSE,
    F_GAVE_UP,
    MS_PER_DAY,
    MS_PER_HOUR,
    P_BUSY_MS,
    P_QUEUED_AT_MIDNIGHT,
    P_STARTED,
    P_WAIT_MS,
    P_WAITED,
)
from tests.theory.closed_forms import (
    breakdown_distribution,
    cobham_waits,
    erlang_a,
    erlang_c,
    fork_join_time,
    forward_equations,
    jackson_rates,
    mg1_wait,
    mmc_wait,
    n_model_waits,
)
from tests.theory.intervals import Floats, Totals
from tests.theory.replications import Communes

PER_SECOND = 1 / 60  # arrivals at each commune: 60 an hour
MS_PER_S = 1000
EDGE_S, EDGE_BIN = 512, 96  # a lower edge of a bin of the histogram, and its bin (rule E42)


class Quantity(NamedTuple):
    """Something that theory knows: how to observe it, its true value, and how wide its interval may be."""

    name: str
    observe: Callable[[Communes], Totals]
    truth: Callable[[], float]
    widest: float = 0.03  # half of the 99 % interval of one replication / truth


def each_commune(values: Floats, unit: float = 1.0) -> Totals:
    """One value for each commune, in a unit."""
    return Totals(values / unit, np.ones(len(values)))


def pool_totals(amount: int, role: int, unit: float = 1.0) -> Callable[[Communes], Totals]:
    """A field of a pool per service begun."""

    def observe(communes: Communes) -> Totals:
        sums = communes.pools[:, role].sum(axis=1)
        return Totals(sums[:, amount] / unit, sums[:, P_STARTED])

    return observe


def flow_totals(amount: int, group: int) -> Callable[[Communes], Totals]:
    """A time in the flow per finished dossier, s."""

    def observe(communes: Communes) -> Totals:
        sums = communes.flow[:, group].sum(axis=1)
        return Totals(sums[:, amount] / MS_PER_S, sums[:, F_FINISHED])

    return observe


def wait(truth: Callable[[], float], role: int = 0, widest: float = 0.03, of: str = "") -> Quantity:
    """Mean wait of all who come to a pool."""
    return Quantity(f"mean wait{of}", pool_totals(P_WAIT_MS, role, MS_PER_S), truth, widest)


def delay(truth: Callable[[], float], role: int = 0, of: str = "") -> Quantity:
    """Share of those who have to wait."""
    return Quantity(f"probability of waiting{of}", pool_totals(P_WAITED, role), truth, 0.01)


def mmc(servers: int, service_s: float, widest: float = 0.03) -> tuple[Quantity, ...]:
    """M/M/c."""
    return (
        wait(lambda: mmc_wait(servers, PER_SECOND, service_s), widest=widest),
        delay(lambda: erlang_c(servers, PER_SECOND, service_s)),
    )


def mg1(service_s: float, cv: float) -> tuple[Quantity, ...]:
    """M/G/1; who waits depends on the mean of the service only."""
    return (
        wait(lambda: mg1_wait(PER_SECOND, service_s, cv)),
        delay(lambda: PER_SECOND * service_s),
    )


def long_stays() -> Quantity:
    """Time in M/M/1 is exponential."""
    return Quantity(
        f"share in the system for {EDGE_S} s or longer",
        lambda communes: Totals(communes.elapsed[:, EDGE_BIN:].sum(axis=1), communes.elapsed.sum(axis=1)),
        lambda: float(np.exp(-EDGE_S * (1 / 48 - PER_SECOND))),
        0.04,
    )


def priority() -> tuple[Quantity, ...]:
    """Two classes; the waits by cause tell them apart."""
    waits = cobham_waits([(20 / 3600, 36.0, 1.0), (40 / 3600, 54.0, 0.5)])
    return tuple(
        Quantity(f"mean wait, {name}", flow_totals(F_FIRST_CAUSE + BY_STAFF, group), partial(float, truth))
        for group, (name, truth) in enumerate(zip(("urgent", "ordinary"), waits, strict=True))
    )


JACKSON_STATIONS = (("reception", 1, 36.0), ("specialist", 3, 100.0), ("leader", 1, 45.0))
JACKSON_ROUTING = np.array([[0.0, 1.0, 0.0], [0.1, 0.0, 0.75], [0.0, 0.2, 0.0]])


def jackson() -> tuple[Quantity, ...]:
    """In an open Jackson network every station is as if alone with Poisson arrivals."""
    rates = jackson_rates(np.array([PER_SECOND, 0.0, 0.0]), JACKSON_ROUTING)

    def time_in_system() -> float:
        stays = [mmc_wait(c, rate, s) + s for (_, c, s), rate in zip(JACKSON_STATIONS, rates, strict=True)]
        return float(rates @ stays / PER_SECOND)

    stations = [
        wait(lambda c=c, rate=rate, s=s: mmc_wait(c, rate, s), role, of=f", {name}")
        for role, ((name, c, s), rate) in enumerate(zip(JACKSON_STATIONS, rates, strict=True))
    ]
    return (Quantity("mean time in the system", flow_totals(F_CYCLE_MS, 0), time_in_system), *stations)


@cache
def breakdown_chain() -> Floats:
    """M/M/1 with service 36 s, up for an hour and down for eight minutes on average, all exponential."""
    return breakdown_distribution(PER_SECOND, 1 / 36, 1 / 3600, 1 / 480)


def breakdowns() -> tuple[Quantity, ...]:
    """Time in the system by Little's law from the chain; who finds the server idle and up does not wait."""
    return (
        Quantity(
            "mean time in the system",
            flow_totals(F_CYCLE_MS, 0),
            lambda: float(np.arange(breakdown_chain().shape[1]) @ breakdown_chain().sum(axis=0) / PER_SECOND),
            0.06,
        ),
        delay(lambda: float(1 - breakdown_chain()[0, 0])),
    )


def mm_infinity() -> tuple[Quantity, ...]:
    """Nobody waits, and 20 are at work on average."""
    return (
        Quantity(
            "people at work",
            lambda communes: each_commune(communes.pools[:, 0, :, P_BUSY_MS].mean(axis=1), MS_PER_DAY),
            lambda: 20.0,
            0.01,
        ),
        Quantity(
            "dossiers at the end", lambda communes: each_commune(communes.unfinished), lambda: 20.0, 0.03
        ),
    )


RUSH = ((6, 0.10), (9, 0.12), (12, 0.27), (20, 0.21), (24, 0.30))
"""End of each span of the day in hours, and its share of the 800 dossiers of a day."""


@cache
def rush_hours(days: int) -> Floats:
    """Forward equations of the M(t)/M/3 scenario for so many days, hours."""
    spans = [(24 * day + end, share) for day in range(days) for end, share in RUSH]
    starts = [0, *(end for end, _ in spans)]
    rates = [(end, 800 * share / (end - start)) for (end, share), start in zip(spans, starts, strict=False)]
    return forward_equations(3, 20.0, rates)


def mtmc() -> tuple[Quantity, ...]:
    """Two days from empty. A service is counted as one that waited when it begins."""
    return (
        Quantity(
            "queue length x time, h",
            lambda communes: each_commune(communes.queue_area_ms, MS_PER_HOUR),
            lambda: float(rush_hours(2)[1]),
            0.05,
        ),
        Quantity(
            "services begun after a wait",
            lambda communes: each_commune(communes.pools[:, 0, :, P_WAITED].sum(axis=1)),
            lambda: float(rush_hours(2)[0] - rush_hours(2)[3]),
        ),
        Quantity(
            "people at work x time on the first day, h",
            lambda communes: each_commune(communes.pools[:, 0, 0, P_BUSY_MS], MS_PER_HOUR),
            lambda: float(rush_hours(1)[2]),
        ),
        Quantity(
            "queue at the first midnight",
            lambda communes: each_commune(communes.pools[:, 0, 0, P_QUEUED_AT_MIDNIGHT]),
            lambda: float(rush_hours(1)[3]),
            0.15,
        ),
    )


def patience() -> tuple[Quantity, ...]:
    """M/M/2+M with more work than two people can do: those who leave keep the queue short."""

    @cache
    def truth() -> tuple[float, float]:
        return erlang_a(2, PER_SECOND, 132.0, 600.0)

    def those_who_leave(communes: Communes) -> Totals:
        sums = communes.flow[:, 0].sum(axis=1)
        return Totals(sums[:, F_GAVE_UP], sums[:, F_ARRIVED])

    def time_in_queue(communes: Communes) -> Totals:
        waits = communes.pools[:, 0].sum(axis=1)[:, P_WAIT_MS]
        return Totals(waits / MS_PER_S, communes.flow[:, 0].sum(axis=1)[:, F_ARRIVED])

    return (
        Quantity("share of those who leave", those_who_leave, lambda: truth()[0]),
        Quantity("time in the queue of all who come", time_in_queue, lambda: truth()[1]),
    )


def cover() -> tuple[Quantity, ...]:
    """N-model: the specialist helps at the counter, at 80 % of the speed, when no own work waits."""

    @cache
    def truth() -> tuple[float, float]:
        return n_model_waits((60 / 3600, 15 / 3600), (50.0, 120.0), 62.5)

    return (
        wait(lambda: truth()[0], 0, of=", counter that is helped"),
        wait(lambda: truth()[1], 1, of=", specialist who helps"),
    )


def fork_join() -> tuple[Quantity, ...]:
    """Both parts begin at the same moment; the dossier is done with the second."""
    return (
        Quantity(
            "mean time until both parts are done",
            flow_totals(F_CYCLE_MS, 0),
            lambda: fork_join_time(PER_SECOND, 42.0),
        ),
    )


CASES: dict[str, tuple[Quantity, ...]] = {
    "mm1": (*mmc(1, 48.0), long_stays()),
    "mmc_50": mmc(4, 120.0),
    "mmc_80": mmc(4, 192.0),
    "mmc_95": mmc(4, 228.0, widest=0.06),
    "mg1_lognormal": mg1(42.0, 1.2),
    "mg1_gamma": mg1(42.0, 0.6),
    "mg1_hyperexponential": mg1(36.0, 2.0),
    "md1": mg1(48.0, 0.0),
    "priority": priority(),
    "jackson": jackson(),
    "mm_infinity": mm_infinity(),
    "breakdowns": breakdowns(),
    "mtmc": mtmc(),
    "erlang_a": patience(),
    "n_model": cover(),
    "fork_join": fork_join(),
}
"""By name of the scenario file."""
