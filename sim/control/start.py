"""Starts everything that control does in one replication."""

from sim.control.changes import change_staff
from sim.control.environment import Steered
from sim.control.outages import OutageLog, Outages, fail_as_planned, start_failures
from sim.engine.addressed import replication_key
from sim.world.control_plan import ControlPlan


def start_control(env: Steered, plan: ControlPlan, seed: int, replication: int) -> OutageLog:
    """Sets the network as it is at the start, and starts all control processes.

    The log that is handed back fills while the run goes on.
    """
    outages = Outages(env, plan)
    outages.apply()
    key = replication_key(seed, replication)
    env.process(change_staff(env, plan.staff_changes))
    for planned in plan.planned_outages:
        env.process(fail_as_planned(env, outages, planned))
    for source in plan.random_outages:
        start_failures(env, outages, source, key)
    return outages.log
