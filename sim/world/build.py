"""From scenario to world: the whole way, in order."""

from dataclasses import dataclass
from typing import Any

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
from sim.world.calendars import (
    DAYS_AFTER_THE_RUN,
    CalendarTables,
    WorkingDays,
    calendar_tables,
    hours_of,
    working_days_of,
)
from sim.world.conditions import stream_traits
from sim.world.control_plan import ControlPlan
from sim.world.covers import CoverTables, cover_tables
from sim.world.day_factors import days_of
from sim.world.demand import Streams, streams_of
from sim.world.desks import Desks, desks_of
from sim.world.elsewhere import Elsewhere, elsewhere_of
from sim.world.filing_times import FilingPatterns, filing_patterns
from sim.world.hours import Hours
from sim.world.keys import name_keys
from sim.world.mistakes import Mistakes
from sim.world.names_of import INHERITED, Names
from sim.world.network import Network, links_of, network_of
from sim.world.outage_plan import outage_sources_of
from sim.world.outage_targets import Targets, components_of
from sim.world.own_plan import NOTHING_OWN, OwnNames
from sim.world.own_planning import own_plan_of
from sim.world.pool_hours import pool_hours
from sim.world.pools import PoolTables, pool_tables
from sim.world.procedures import ProcedureTables, forms_of, procedure_tables
from sim.world.pulse_plan import pulse_plan_of
from sim.world.replay import Replay, replay_of
from sim.world.roles import overtime_calendars, role_names
from sim.world.rosters import Rosters, rosters_of
from sim.world.routes import Routing, routing_of, without_abolished
from sim.world.selecting import Selector, selector_of
from sim.world.sessions import with_sessions
from sim.world.sites import LEVELS, Sites
from sim.world.staff_plan import StaffPlan
from sim.world.staff_planning import staff_plan_of
from sim.world.staffing import Staffing, staffing_of
from sim.world.support_planning import support_plan_of
from sim.world.systems import SystemBits, slow_factors, systems_of
from sim.world.tables import Tables
from sim.world.upgrades import with_upgrades

CLOCK_RULES = {"restart": CLOCK_RESTARTS, "resume": CLOCK_RESUMES}
MEDIA = {"electronic": ELECTRONIC, "paper": ON_PAPER}


@dataclass(frozen=True)
class Built:
    """A scenario made ready to run: arrays for the engine, names for the reader, and what control does."""

    world: World
    names: Names
    sites: Sites
    network: "Network[str]"
    control_plan: ControlPlan


@dataclass(frozen=True)
class _Parts:
    """The parts of a world, each made by its own module."""

    day_count: int
    calendar_number: dict[str, int]
    calendars: CalendarTables
    working_days: WorkingDays
    sites: Sites
    pools: PoolTables
    covers: CoverTables
    procedures: ProcedureTables
    routing: Routing
    desks: Desks
    elsewhere: Elsewhere
    replay: Replay
    streams: Streams
    patterns: FilingPatterns


def build(scenario: Scenario, own: OwnNames = NOTHING_OWN) -> Built:
    """The world of a scenario; ScenarioError with all mistakes when it does not fit its territory.

    `own` are the names under which a researcher's functions are registered; the scenario may use them.
    """
    scenario = with_sessions(scenario)
    mistakes = Mistakes(scenario)
    selector = selector_of(scenario, mistakes)
    staffing = staffing_of(scenario, selector)
    rosters = rosters_of(scenario, selector, staffing)
    hours = {**_hours_by_name(scenario), **rosters.hours}
    staff = staff_plan_of(scenario, selector, staffing, rosters, hours)
    network = network_of(scenario, selector)
    tables = Tables()
    parts = _parts(scenario, selector, hours, staffing, rosters, tables)
    control_plan = _control_plan(scenario, selector, network, staffing, staff, hours, parts, own)
    mistakes.stop_if_any()
    world = _world(scenario, parts, tables)
    return Built(world, _names(scenario, parts), selector.sites, network, control_plan)


def _hours_by_name(scenario: Scenario) -> dict[str, Hours]:
    start, table_days = scenario.period.start, len(days_of(scenario.period)) + DAYS_AFTER_THE_RUN
    calendars = {**scenario.calendars, **overtime_calendars(scenario)}
    return {name: hours_of(calendar, start, table_days) for name, calendar in calendars.items()}


def _control_plan(
    scenario: Scenario,
    selector: Selector,
    network: "Network[str]",
    staffing: Staffing,
    staff: StaffPlan,
    hours: dict[str, Hours],
    parts: _Parts,
    own: OwnNames,
) -> ControlPlan:
    systems = systems_of(scenario, selector)
    links, link_changes = with_upgrades(links_of(network, scenario, selector.sites), scenario, selector)
    components = components_of(links, systems, selector.sites)
    sources = outage_sources_of(scenario, Targets(components, systems, selector), hours)
    return ControlPlan(
        horizon_ms=len(days_of(scenario.period)) * MS_PER_DAY,
        site_parent=selector.sites.parent,
        site_code=tuple(site.code for site in selector.sites.all),
        links=links,
        systems=systems,
        components=components,
        outages=sources,
        staff=staff,
        route_changes=parts.routing.changes,
        desk_changes=parts.desks.changes,
        link_changes=link_changes,
        pulse=pulse_plan_of(selector.sites, parts.pools.pools, scenario.period.pulse),
        support=support_plan_of(scenario, selector, staffing, hours, sources),
        own=own_plan_of(scenario, selector, staffing, own),
    )


def _parts(
    scenario: Scenario,
    selector: Selector,
    hours: dict[str, Hours],
    staffing: Staffing,
    rosters: Rosters,
    tables: Tables,
) -> _Parts:
    day_count = len(days_of(scenario.period))
    table_days = day_count + DAYS_AFTER_THE_RUN
    calendar_number = {name: number for number, name in enumerate(hours)}
    opening = hours[scenario.demand.opening_calendar or scenario.official_calendar]
    procedures = procedure_tables(scenario, tables)
    pools = pool_tables(
        scenario, selector, staffing, pool_hours(scenario, selector, staffing, rosters, calendar_number)
    )
    elsewhere, replay = elsewhere_of(scenario, selector), replay_of(scenario, selector)
    return _Parts(
        day_count=day_count,
        calendar_number=calendar_number,
        calendars=calendar_tables(hours.values(), table_days),
        working_days=working_days_of(
            hours[scenario.official_calendar], table_days, _longest_limit_days(scenario)
        ),
        sites=selector.sites,
        pools=pools,
        covers=cover_tables(scenario, staffing),
        procedures=procedures,
        routing=routing_of(scenario, selector, procedures),
        desks=desks_of(scenario, selector, pools, procedures.steps),
        elsewhere=elsewhere,
        replay=replay,
        streams=_streams(scenario, selector, opening, elsewhere, replay),
        patterns=filing_patterns(list(scenario.channels.values()), opening, day_count),
    )


def _streams(
    scenario: Scenario, selector: Selector, opening: Hours, elsewhere: Elsewhere, replay: Replay
) -> Streams:
    streams = streams_of(scenario, selector, opening, elsewhere, replay)
    streams = without_abolished(scenario, selector, streams)
    streams.streams["traits"] = stream_traits(scenario, selector, streams.streams)
    return streams


def _longest_limit_days(scenario: Scenario) -> int:
    apology = scenario.rules.apology
    forms = forms_of(scenario)
    deadlines = [form.deadline or 0 for form in forms]
    with_trait = [days for form in forms for days in form.deadline_with.values()]
    new_date = 0 if apology is None else apology.new_date_after
    return max(scenario.rules.supplement_limit, new_date, *deadlines, *with_trait)


Fields = dict[str, Any]
"""Some of the fields of a `World`, by name."""


def _world(scenario: Scenario, parts: _Parts, tables: Tables) -> World:
    fields = {
        **_time_fields(scenario, parts),
        **_site_fields(parts),
        **_pool_fields(parts),
        **_procedure_fields(parts),
        **_rule_fields(scenario, parts, tables),
        **_demand_fields(scenario, parts, tables),
    }
    # Last: the parts above are still adding to them.
    return World(**fields, tables=tables.array)


def _time_fields(scenario: Scenario, parts: _Parts) -> Fields:
    return {
        "horizon_ms": parts.day_count * MS_PER_DAY,
        "day_count": parts.day_count,
        "interval_open_ms": parts.calendars.open_ms,
        "interval_close_ms": parts.calendars.close_ms,
        "interval_before_ms": parts.calendars.before_ms,
        "interval_of_day": parts.calendars.interval_of_day,
        "official_calendar": parts.calendar_number[scenario.official_calendar],
        "working_day_after": parts.working_days.after,
        "working_day_of": parts.working_days.day_of,
        "working_day_close_ms": parts.working_days.close_ms,
    }


def _site_fields(parts: _Parts) -> Fields:
    sites = parts.sites
    return {
        "site_parent": sites.parent,
        "site_depth": sites.depth,
        "site_level": sites.level,
        "site_at_level": sites.at_level,
        "site_key": name_keys(f"site:{site.area_code}" for site in sites.all),
        "area_of": sites.area_of,
        "area_count": len(sites.areas),
        "seat_of": sites.seat_of,
        "desk_of": parts.desks.desk_of,
        "travel_m": parts.desks.travel_m,
        "route_row": parts.routing.route_row,
        "routes": parts.routing.routes,
    }


def _pool_fields(parts: _Parts) -> Fields:
    return {
        "site_first_pool": parts.pools.site_first_pool,
        "pool_of": parts.pools.pool_of,
        "pools": parts.pools.pools,
        "queues": parts.pools.queues,
        "at_work_places": parts.pools.at_work_places,
        "cover_first": parts.covers.cover_first,
        "cover_pool": parts.covers.cover_pool,
        "cover_stretch": parts.covers.cover_stretch,
        "cover_when": parts.covers.cover_when,
        "coverer_first": parts.covers.coverer_first,
        "coverer_pool": parts.covers.coverer_pool,
        "coverer_place": parts.covers.coverer_place,
    }


def _procedure_fields(parts: _Parts) -> Fields:
    return {
        "procedures": parts.procedures.procedures,
        "steps": parts.procedures.steps,
        "branches": parts.procedures.branches,
        "parts": parts.procedures.parts,
        "traits": parts.procedures.traits,
        "channel_factor": parts.procedures.channel_factor,
        "back_entry_step": parts.procedures.back_entry_step,
        "entry_step": parts.procedures.entry_step,
    }


def _rule_fields(scenario: Scenario, parts: _Parts, tables: Tables) -> Fields:
    rules, courier, apology = scenario.rules, scenario.rules.courier, scenario.rules.apology
    calendar = courier.calendar if courier else scenario.official_calendar
    return {
        "cutoff_ms": MS_PER_DAY if rules.cutoff is None else rules.cutoff * MS_PER_MINUTE,
        "supplement_limit_days": rules.supplement_limit,
        "clock_after_supplement": CLOCK_RULES[rules.clock_after_supplement],
        "courier_calendar": parts.calendar_number[calendar],
        "courier_table": tables.number_of(courier.time) if courier else tables.number_of_constant(0.0),
        "apology_days": -1 if apology is None else apology.new_date_after,
        "apology_table": -1 if apology is None else tables.number_of(apology.touch_time),
        "group_count": len(scenario.groups) + 1,
        **_system_fields(scenario),
    }


def _system_fields(scenario: Scenario) -> Fields:
    rule = scenario.rules.synchronisation
    return {
        "slow_factor": slow_factors(scenario),
        "sync_retry_ms": rule.retry_after,
        "sync_limit_ms": rule.late_after,
        "sync_failure": rule.failure,
    }


def _demand_fields(scenario: Scenario, parts: _Parts, tables: Tables) -> Fields:
    channels, busy_day_cv = scenario.channels.values(), scenario.demand.day_to_day_variation
    replayed = parts.streams.numbers_of(parts.replay.keys)
    replay = parts.replay.arrays(parts.day_count, replayed)
    return {
        "streams": parts.streams.streams,
        "stream_name_key": parts.streams.name_key,
        "day_factor": parts.streams.day_factor,
        "candidates": parts.elsewhere.candidates,
        "candidate_m": parts.elsewhere.candidate_m,
        "elsewhere_share": parts.elsewhere.share,
        **dict(zip(("replay_first", "replay_stream", "replay_ms"), replay, strict=True)),
        "channel_medium": np.array([MEDIA[channel.medium] for channel in channels], dtype=np.int32),
        "channel_in_person": np.array([channel.in_person for channel in channels], dtype=np.int32),
        "pattern_of_day": parts.patterns.pattern_of_day,
        "pattern_first": parts.patterns.pattern_first,
        "segment_until": parts.patterns.segment_until,
        "segment_start_ms": parts.patterns.segment_start_ms,
        "segment_length_ms": parts.patterns.segment_length_ms,
        "busy_day_table": tables.number_of_gamma_factor(1.0, busy_day_cv) if busy_day_cv > 0 else -1,
    }


def _names(scenario: Scenario, parts: _Parts) -> Names:
    return Names(
        start=scenario.period.start,
        sites=tuple(site.code for site in parts.sites.all),
        areas=tuple(site.code for site in parts.sites.areas),
        levels=LEVELS,
        roles=role_names(scenario),
        calendars=tuple(parts.calendar_number),
        systems=SystemBits(scenario).names,
        channels=tuple(scenario.channels),
        groups=(*scenario.groups, INHERITED),
        procedures=parts.procedures.name,
        steps=parts.procedures.step_name,
        step_procedures=parts.procedures.step_procedure,
    )
