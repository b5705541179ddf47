"""Counters at old seats that open and close."""

from sim.control.environment import Steered, Steps
from sim.world.control_plan import DeskChange


def change_desks(env: Steered, changes: tuple[DeskChange, ...]) -> Steps:
    """All changes of a run, in order of time; who is in a queue already stays there (E49)."""
    for change in changes:
        yield env.timeout(change.at_ms - env.now)
        env.set_desks(change.sites, change.desks, change.travel_m)
