"""From scenario to world: the whole way, in order."""

from dataclasses import dataclass

import numpy as np

from sim.scenario.schema import Scenario
from sim.world.arrays import (
    CLOCK_RESTARTS,
    CLOCK_RESUMES,
    ELECTRONIC,
    MS_PER_DAY,
    MS_PER_MINUTE,
    ON_PAPER,
    World,
)
from sim.world.calendars import DAYS_AFTER_THE_RUN, Hours, calendar_tables, hours_of, working_days_of
from sim.world.control_plan import ControlPlan
from sim.world.day_factors import days_of
from sim.world.demand import streams_of
from sim.world.filing_times import filing_patterns
from sim.world.keys import name_keys
from sim.world.mistakes import Mistakes
from sim.world.names_of import INHERITED, Names
from sim.world.network import Network, links_of, network_of
from sim.world.outage_plan import components_of, planned_outages_of, random_outages_of
from sim.world.pools import PoolTables, pool_tables
from sim.world.procedures import ProcedureTables, procedure_tables
from sim.world.selecting import Selector, selector_of
from sim.world.sites import LEVELS, Sites
from sim.world.staffing import Staffing, staffing_of
from sim.world.systems import systems_of
from sim.world.tables import Tables

CLOCK_RULES = {"restart": CLOCK_RESTARTS, "resume": CLOCK_RESUMES}
MEDIA = {"electronic": ELECTRONIC, "paper": ON_PAPER}
BITS_PER_BYTE = 8


@dataclass(frozen=True)
class Built:
    """A scenario made ready to run: arrays for the engine, names for the reader, and what control does."""

    world: World
    names: Names
    network: "Network[str]"
    control_plan: ControlPlan


def build(scenario: Scenario) -> Built:
    """The world of a scenario; ScenarioError with all mistakes when it does not fit its territory."""
    mistakes = Mistakes(scenario)
    selector = selector_of(scenario, mistakes)
    hours = _hours_by_name(scenario)
    staffing = staffing_of(scenario, selector)
    network = network_of(scenario, selector)
    control_plan = _control_plan(scenario, selector, network, staffing)
    tables = Tables()
    procedures = procedure_tables(scenario, tables)
    calendar_number = {name: number for number, name in enumerate(hours)}
    pools = pool_tables(scenario, selector.sites, staffing, calendar_number)
    world = World(
        **_time_fields(scenario, hours),
        **_site_fields(selector.sites),
        **_pool_fields(pools),
        **_procedure_fields(procedures),
        **_rule_fields(scenario, calendar_number, tables),
        **_demand_fields(scenario, selector, hours, tables),
        tables=tables.array,
        group_count=len(scenario.groups) + 1,
    )
    mistakes.stop_if_any()
    return Built(world, _names(scenario, selector.sites, procedures), network, control_plan)


def _day_count(scenario: Scenario) -> int:
    return len(days_of(scenario.period))


def _hours_by_name(scenario: Scenario) -> dict[str, Hours]:
    table_days = _day_count(scenario) + DAYS_AFTER_THE_RUN
    start = scenario.period.start
    return {name: hours_of(calendar, start, table_days) for name, calendar in scenario.calendars.items()}


def _control_plan(
    scenario: Scenario, selector: Selector, network: "Network[str]", staffing: Staffing
) -> ControlPlan:
    systems = systems_of(scenario, selector.sites, selector.mistakes)
    links = links_of(network, scenario, selector.sites)
    components = components_of(links, systems)
    return ControlPlan(
        horizon_ms=_day_count(scenario) * MS_PER_DAY,
        site_parent=selector.sites.parent,
        links=links,
        systems=systems,
        components=components,
        random_outages=random_outages_of(scenario, selector, components),
        planned_outages=planned_outages_of(scenario, selector, components),
        staff_changes=staffing.changes,
    )


def _time_fields(scenario: Scenario, hours: dict[str, Hours]) -> dict[str, object]:
    table_days = _day_count(scenario) + DAYS_AFTER_THE_RUN
    calendars = calendar_tables(hours.values(), table_days)
    deadlines = [procedure.deadline or 0 for procedure in scenario.procedures.values()]
    longest_limit = max([scenario.rules.supplement_limit, *deadlines])
    working = working_days_of(hours[scenario.official_calendar], table_days, longest_limit)
    cutoff = scenario.rules.cutoff
    return {
        "horizon_ms": _day_count(scenario) * MS_PER_DAY,
        "day_count": _day_count(scenario),
        "interval_open_ms": calendars.open_ms,
        "interval_close_ms": calendars.close_ms,
        "interval_before_ms": calendars.before_ms,
        "interval_of_day": calendars.interval_of_day,
        "official_calendar": list(hours).index(scenario.official_calendar),
        "cutoff_ms": MS_PER_DAY if cutoff is None else cutoff * MS_PER_MINUTE,
        "working_day_after": working.after,
        "working_day_of": working.day_of,
        "working_day_close_ms": working.close_ms,
    }


def _site_fields(sites: Sites) -> dict[str, object]:
    return {
        "site_parent": sites.parent,
        "site_depth": sites.level,
        "site_level": sites.level,
        "site_at_level": sites.at_level,
        "site_key": name_keys(f"site:{site.code}" for site in sites.all),
    }


def _pool_fields(tables: PoolTables) -> dict[str, object]:
    return {
        "site_first_pool": tables.site_first_pool,
        "pool_of": tables.pool_of,
        "pools": tables.pools,
        "queues": tables.queues,
        "at_work_places": tables.at_work_places,
    }


def _procedure_fields(tables: ProcedureTables) -> dict[str, object]:
    return {
        "procedures": tables.procedures,
        "steps": tables.steps,
        "branches": tables.branches,
        "channel_factor": tables.channel_factor,
        "back_entry_step": tables.back_entry_step,
    }


def _rule_fields(scenario: Scenario, calendar_number: dict[str, int], tables: Tables) -> dict[str, object]:
    rules, courier = scenario.rules, scenario.rules.courier
    return {
        "supplement_limit_days": rules.supplement_limit,
        "clock_after_supplement": CLOCK_RULES[rules.clock_after_supplement],
        "courier_calendar": calendar_number[courier.calendar if courier else scenario.official_calendar],
        "courier_table": tables.number_of(courier.time) if courier else tables.number_of_constant(0.0),
        "dossier_bits": float(rules.dossier_size * BITS_PER_BYTE),
    }


def _demand_fields(
    scenario: Scenario, selector: Selector, hours: dict[str, Hours], tables: Tables
) -> dict[str, object]:
    channels, cv = list(scenario.channels.values()), scenario.demand.day_to_day_variation
    opening = hours[scenario.demand.opening_calendar or scenario.official_calendar]
    streams = streams_of(scenario, selector, opening)
    patterns = filing_patterns(channels, opening, _day_count(scenario))
    return {
        "streams": streams.streams,
        "stream_name_key": streams.name_key,
        "day_factor": streams.day_factor,
        "channel_medium": np.array([MEDIA[channel.medium] for channel in channels], dtype=np.int32),
        "channel_in_person": np.array([channel.in_person for channel in channels], dtype=np.int32),
        "pattern_of_day": patterns.pattern_of_day,
        "pattern_first": patterns.pattern_first,
        "segment_until": patterns.segment_until,
        "segment_start_ms": patterns.segment_start_ms,
        "segment_length_ms": patterns.segment_length_ms,
        "busy_day_table": tables.number_of_gamma_factor(1.0, cv) if cv > 0 else -1,
    }


def _names(scenario: Scenario, sites: Sites, procedures: ProcedureTables) -> Names:
    return Names(
        start=scenario.period.start,
        sites=sites.all,
        levels=LEVELS,
        pools=tuple(scenario.pools),
        calendars=tuple(scenario.calendars),
        systems=tuple(scenario.systems),
        channels=tuple(scenario.channels),
        groups=(*scenario.groups, INHERITED),
        procedures=tuple(scenario.procedures),
        steps=procedures.step_name,
        step_procedures=procedures.step_procedure,
    )
