"""An environment that notes what control does to the network, without an engine behind it."""

from dataclasses import dataclass
from typing import Any

import simpy

from sim.control.outages import Outage, Outages
from sim.control.start import start_outages
from sim.engine.addressed import replication_key
from sim.world.build import build
from sim.world.control_plan import ControlPlan
from sim.world.network_state import NetworkState
from tests.support.tiny_scenario import tiny_scenario


@dataclass(frozen=True)
class Seen:
    """A network state as an engine would have got it at a moment; all by site."""

    at_ms: int
    changed: list[int]
    reach: list[int]
    slow: list[int]
    up: list[int]
    bits_per_ms: list[float]


def seen(network: NetworkState, at_ms: int = 0) -> Seen:
    """A copy of what a network state says."""
    up, bits_per_ms = (network.uplinks[name].tolist() for name in ("up", "bits_per_ms"))
    return Seen(
        at_ms, network.changed.tolist(), network.reach.tolist(), network.slow.tolist(), up, bits_per_ms
    )


class NetworkRecorder(simpy.Environment):
    """Notes every state of the network that it is told."""

    def __init__(self) -> None:
        super().__init__(0)
        self.states: list[Seen] = []

    def apply_network(self, network: NetworkState) -> None:
        self.states.append(seen(network, int(self.now)))


class SilentNetwork(simpy.Environment):
    """Is told of the network and takes no note, for long runs."""

    def apply_network(self, network: NetworkState) -> None:
        """What the network is like is not noted."""


def plan_of(**changes: Any) -> ControlPlan:
    """The control plan of the tiny scenario with changes."""
    return build(tiny_scenario(**changes)).control_plan


def outages_of(plan: ControlPlan, replication: int = 0, seed: int = 1) -> list[Outage]:
    """All outages of one replication."""
    env = SilentNetwork()
    outages = Outages(env, plan)
    start_outages(env, outages, plan, replication_key(seed, replication))
    env.run(until=plan.horizon_ms)
    return outages.log.outages


def noted(plan: ControlPlan, replication: int = 0, seed: int = 1) -> tuple[list[Seen], list[Any]]:
    """The states of the network in one replication, the first at its start, and the rows of its log."""
    env = NetworkRecorder()
    outages = Outages(env, plan)
    outages.apply()
    start_outages(env, outages, plan, replication_key(seed, replication))
    env.run(until=plan.horizon_ms)
    return env.states, list(outages.log.rows())


def component(plan: ControlPlan, kind: str, name: str, site: int) -> int:
    """Number of a component."""
    parts = plan.components
    rows = zip(parts.kind, parts.name, parts.site.tolist(), strict=True)
    return list(rows).index((kind, name, site))
