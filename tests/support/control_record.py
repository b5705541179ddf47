"""An environment that notes what control does to people, without an engine behind it."""

from typing import Any

import numpy as np
import simpy

from sim.control.start import ControlLog, start_control
from sim.scenario.schema import Scenario
from sim.world.arrays import MS_PER_DAY, MS_PER_HOUR
from sim.world.build import Built, build
from sim.world.network_state import NetworkState
from sim.world.person_time import available_ms_by_day, people_by_day, posts_by_day
from sim.world.pulse_plan import PulsePlan, by_region


class StaffRecorder(simpy.Environment):
    """Notes people and speed of all pools; `waiting` says how many dossiers wait for each pool."""

    def __init__(self, built: Built, waiting: int = 0) -> None:
        super().__init__(0)
        pools = built.world.pools
        self.people, self.stretch = pools["capacity"].astype(int), pools["stretch"].copy()
        self.limit = pools["capacity_limit"]
        self.waiting, self.sites = waiting, len(built.world.site_parent)
        self.moments: list[int] = []

    def apply_network(self, network: NetworkState) -> None:
        self.reach = network.reach.copy()

    def set_routes(self, *_: Any) -> None:
        """What steps are done instead is not noted."""

    def set_desks(self, *_: Any) -> None:
        """Where citizens go is not noted."""

    def queue_lengths(self) -> Any:
        return np.full(len(self.people), self.waiting)

    def held_lengths(self) -> Any:
        return np.zeros(len(self.people), np.int64)

    def outbox_lengths(self) -> Any:
        return np.zeros(self.sites, np.int64)

    def lengths_by_region(self, plan: PulsePlan) -> Any:
        return by_region(plan, self.queue_lengths(), self.held_lengths(), self.outbox_lengths())

    def set_staff(self, pools: Any, people: Any, stretch: Any) -> None:
        assert (people <= self.limit[pools]).all() and (people >= 0).all()
        self.people[pools], self.stretch[pools] = people, stretch
        self.moments.append(int(self.now))


class Steered:
    """A scenario whose control has run; arrays of people have shape (pools, days)."""

    def __init__(self, scenario: Scenario, replication: int = 0, waiting: int = 0, hour: float = 12) -> None:
        self.built = build(scenario)
        world = self.built.world
        env = StaffRecorder(self.built, waiting)
        self.log: ControlLog = start_control(env, self.built.control_plan, scenario.seed, replication)
        people, stretch = [], []
        for day in range(world.day_count):
            env.run(until=round(day * MS_PER_DAY + hour * MS_PER_HOUR))
            people.append(env.people.copy())
            stretch.append(env.stretch.copy())
        env.run(until=world.horizon_ms)
        self.people, self.stretch = np.array(people).T, np.array(stretch).T
        self.moments = env.moments

    def pools(self, name: str) -> Any:
        """Numbers of the pools of one kind."""
        return np.flatnonzero(self.built.world.pools["role"] == self.built.names.roles.index(name))

    @property
    def posts_by_day(self) -> Any:
        """Posts filled, as the records have them."""
        return posts_by_day(self.built.world, self.log.staff)

    @property
    def people_by_day(self) -> Any:
        """Most people at work of each day, as the records have them."""
        return people_by_day(self.built.world, self.log.staff)

    @property
    def available_hours(self) -> Any:
        """Time of people in opening hours, as the records have it, in hours."""
        return available_ms_by_day(self.built.world, self.log.staff) / MS_PER_HOUR
