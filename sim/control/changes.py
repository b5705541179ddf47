"""Dated changes of headcount and speed."""

from sim.control.environment import Steered, Steps
from sim.world.control_plan import StaffChange


def change_staff(env: Steered, changes: tuple[StaffChange, ...]) -> Steps:
    """All changes of a run, in order of time; what began before the run is in the world from the start."""
    for change in changes:
        yield env.timeout(change.at_ms - env.now)
        for pool, people, stretch in zip(
            change.pools.tolist(), change.people.tolist(), change.stretch.tolist(), strict=True
        ):
            env.set_stretch(pool, stretch)
            env.set_headcount(pool, people)
