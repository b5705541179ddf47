"""Starts everything that control does in one replication."""

from dataclasses import dataclass

from sim.control.desks import change_desks
from sim.control.environment import Steered
from sim.control.outages import OutageLog, Outages, fail_as_planned, start_failures
from sim.control.pulse import PulseLog, take_pulse
from sim.control.routes import change_routes
from sim.control.staff import start_staff
from sim.engine.addressed import replication_key
from sim.world.control_plan import ControlPlan
from sim.world.person_time import StaffEntry


@dataclass(frozen=True)
class ControlLog:
    """What control did in a replication; it fills while the run goes on."""

    outages: OutageLog
    staff: list[StaffEntry]
    pulse: PulseLog


def start_control(env: Steered, plan: ControlPlan, seed: int, replication: int) -> ControlLog:
    """Sets the network as it is at the start, and starts all control processes.

    The log that is handed back fills while the run goes on.
    """
    outages = Outages(env, plan)
    outages.apply()
    key = replication_key(seed, replication)
    staff = start_staff(env, plan.staff, key)
    env.process(change_routes(env, plan.route_changes))
    env.process(change_desks(env, plan.desk_changes))
    for planned in plan.planned_outages:
        env.process(fail_as_planned(env, outages, planned))
    for source in plan.random_outages:
        start_failures(env, outages, source, key)
    pulse = PulseLog(plan.pulse)
    env.process(take_pulse(env, pulse))
    return ControlLog(outages.log, staff.entries, pulse)
