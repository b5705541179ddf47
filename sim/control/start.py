"""Starts everything that control does in one replication."""

from dataclasses import dataclass

from sim.control.crews import Crews
from sim.control.desks import change_desks
from sim.control.environment import Steered
from sim.control.extensions import NO_EXTENSIONS, Extensions
from sim.control.failures import fail_as_planned, start_failures
from sim.control.hindrances import Hindrances
from sim.control.outages import OutageLog, Outages
from sim.control.own_steering import OwnSteering
from sim.control.pulse import PulseLog, take_pulse
from sim.control.routes import change_routes
from sim.control.staff import start_staff
from sim.control.storms import start_storms
from sim.control.support import Support, start_support
from sim.control.upgrades import upgrade_links
from sim.engine.addressed import replication_key
from sim.world.control_plan import ControlPlan
from sim.world.person_time import StaffEntry


@dataclass(frozen=True)
class ControlLog:
    """What control did in a replication; it fills while the run goes on."""

    outages: OutageLog
    staff: list[StaffEntry]
    pulse: PulseLog
    support: Support


def start_control(
    env: Steered, plan: ControlPlan, seed: int, replication: int, extensions: Extensions = NO_EXTENSIONS
) -> ControlLog:
    """Sets the network as it is at the start, and starts all control processes.

    The log that is handed back fills while the run goes on. `extensions` has all that the plan names.
    """
    outages = Outages(env, plan)
    outages.apply()
    key = replication_key(seed, replication)
    staff = start_staff(env, plan.staff, key)
    env.process(change_routes(env, plan.route_changes))
    env.process(change_desks(env, plan.desk_changes))
    env.process(upgrade_links(env, outages, plan.link_changes))
    start_outages(env, outages, plan, key)
    pulse = PulseLog(plan.pulse)
    env.process(take_pulse(env, pulse))
    hindrances = Hindrances(staff, outages)
    support = start_support(env, plan.support, hindrances, extensions.rules, key, plan.horizon_ms)
    for own in plan.own.processes:
        steering = OwnSteering(env, plan, own, outages, hindrances, key)
        env.process(extensions.processes[own.function](env, steering, dict(own.parameters)))
    return ControlLog(outages.log, staff.entries, pulse, support)


def start_outages(env: Steered, outages: Outages, plan: ControlPlan, key: int) -> None:
    """Starts all sources of outages; `key` is that of the replication."""
    crews = Crews(env, plan)
    for planned in plan.outages.planned:
        env.process(fail_as_planned(env, outages, planned))
    for source in plan.outages.random:
        start_failures(env, outages, crews, source, key)
    for storm in plan.outages.storms:
        start_storms(env, outages, crews, storm, key, plan.horizon_ms)
