"""Dated changes of the ways that dossiers take: a procedure passes to another version."""

from sim.control.environment import Steered, Steps
from sim.world.control_plan import RouteChange


def change_routes(env: Steered, changes: tuple[RouteChange, ...]) -> Steps:
    """All changes of a run, in order of time; what began before the run is in the world from the start."""
    for change in changes:
        yield env.timeout(change.at_ms - env.now)
        env.set_routes(change.row, change.steps, change.to)
