"""Control of staff: what dated changes do to people and speed, day by day."""

from typing import Any

import numpy as np
import pytest
import simpy

from sim.control.start import start_control
from sim.scenario.schema import Scenario
from sim.world.arrays import MS_PER_DAY
from sim.world.build import build
from sim.world.pulse_plan import PulsePlan
from tests.support.tiny_scenario import tiny_scenario


class Recorder(simpy.Environment):
    """An environment that notes what control does to people."""

    def __init__(self) -> None:
        super().__init__(0)
        self.staff: list[tuple[int, int, int, float]] = []

    def set_staff(self, pools: Any, people: Any, stretch: Any) -> None:
        rows = zip(pools.tolist(), people.tolist(), stretch.tolist(), strict=True)
        self.staff.extend((int(self.now), *row) for row in rows)

    def apply_network(self, *_: Any) -> None:
        """Links and systems are not noted."""

    def set_routes(self, *_: Any) -> None:
        """What steps are done instead is not noted."""

    def set_desks(self, *_: Any) -> None:
        """Where citizens go is not noted."""

    def queue_lengths(self) -> Any:
        return np.zeros(4, np.int64)

    def lengths_by_region(self, plan: PulsePlan) -> Any:
        return np.zeros((3, len(plan.region_site)), np.int64)


CHANGES = {
    "more": {"at": "2025-07-09", "until": "2025-07-11", "pool": "reception", "headcount": {"add": 2}},
    "double": {
        "at": "2025-07-11",
        "where": {"names": ["Commune 0002"]},
        "pool": "reception",
        "headcount": {"multiply": 1.5},
        "speed": {"multiply": 1.25},
    },
    "gone": {"at": "2025-07-20", "pool": "leader", "headcount": {"add": -9}},
}


def staff_by_day(scenario: Scenario) -> dict[int, tuple[list[int], list[float]]]:
    """People and stretch of all pools after the changes of each day that has any."""
    built = build(scenario)
    env = Recorder()
    start_control(env, built.control_plan, seed=1, replication=0)
    env.run(until=built.control_plan.horizon_ms)
    people = built.world.pools["capacity"].tolist()
    stretch = built.world.pools["stretch"].tolist()
    found = {0: (list(people), list(stretch))}
    for moment, pool, number, time_per_work in env.staff:
        people[pool], stretch[pool] = number, time_per_work
        found[moment // MS_PER_DAY] = (list(people), list(stretch))
    return found


def test_changes_of_staff_begin_and_end_at_midnight_and_act_in_the_order_written() -> None:
    days = staff_by_day(tiny_scenario(changes=CHANGES, pools__reception__time_for_dossiers="80 %"))
    assert {day: people for day, (people, _) in days.items()} == {
        0: [3, 2, 2, 2],
        2: [3, 4, 4, 4],
        4: [3, 4, 6, 4],
        5: [3, 2, 3, 2],
        13: [0, 2, 3, 2],
    }
    assert days[0][1] == [1.0, 1.25, 1.25, 1.25]
    assert days[4][1] == pytest.approx([1.0, 1.25, 1.0, 1.25])
    assert days[5][1] == pytest.approx([1.0, 1.25, 1.0, 1.25])


def test_a_change_that_began_before_the_run_holds_from_its_start() -> None:
    changes = {"more": {"at": "2025-01-01", "until": "2025-07-09", "pool": "leader", "headcount": {"set": 7}}}
    days = staff_by_day(tiny_scenario(changes=changes))
    assert {day: people[0] for day, (people, _) in days.items()} == {0: 7, 3: 3}
