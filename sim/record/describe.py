"""What describes a study and its alternatives and is the same in all replications."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from sim.record.dated import dated_table
from sim.record.tables import ALTERNATIVE_TABLES, names_at, table_of
from sim.scenario.reader import BASE, Study
from sim.scenario.schema.scenario import Alternative, Scenario
from sim.scenario.schema.steps import Step
from sim.scenario.schema.text import Text, Titled
from sim.world.arrays import MS_PER_DAY, World
from sim.world.build import Built
from sim.world.control_plan import Links
from sim.world.hours import hours_in_world
from sim.world.roles import OVERTIME, overtime_by_pool, role_names
from sim.world.sessions import with_sessions
from sim.world.sites import Site

Words = Mapping[str, str]

OVERTIME_WORDS: Words = {"en": ", overtime", "vi": ", làm thêm giờ"}


def describe_study(study: Study, listed: Sequence[str]) -> dict[str, Any]:
    """The contents of study.json: all that analysis and report need to know of the scenario.

    `listed` are the alternatives with results of this study.
    """
    base = study.base
    return {
        "name": base.name,
        "title": _words(base.title, base.name),
        "description": _words(base.description),
        "alternatives": [_alternative(name, base) for name in listed],
        "confidence": base.confidence,
        "seed": base.seed,
        "replications": base.replications,
        "period": {"start": base.period.start.isoformat(), "end": base.period.end.isoformat()},
        "warm_up_days": math.ceil(base.period.warm_up / MS_PER_DAY),
        "assumptions": [
            {"name": name, "text": _words(each.text), "status": each.status, "source": each.source}
            for name, each in base.assumptions.items()
        ],
        "groups": {
            name: {
                "title": _words(group.title, name),
                "counts_apart": group.counts_apart,
                "internal": group.internal,
            }
            for name, group in base.groups.items()
        },
        "pools": _pools_of(study),
        "systems": {name: _words(system.title, name) for name, system in base.systems.items()},
        "links": {name: _words(kind.title, name) for name, kind in base.network.items()},
        "outages": _titles(study, _sources_of_outages),
        "changes": _titles(study, _dated),
        "problems": _titles(study, lambda scenario: scenario.support.problems),
        "teams": _titles(study, lambda scenario: scenario.support.teams),
        "steps": {
            step: _words(each.title, step)
            for steps in _steps_of(with_sessions(base))
            for step, each in steps.items()
        },
        "targets": {
            name: target.model_dump(mode="json") | {"title": _words(target.title, name)}
            for name, target in base.targets.items()
        },
        "costs": base.costs.model_dump(mode="json"),
    }


def _steps_of(base: Scenario) -> Iterator[Mapping[str, Step]]:
    """The steps of versions, then those of the procedures themselves, whose titles count."""
    for procedure in base.procedures.values():
        yield from (version.steps for version in procedure.versions.values())
    yield from (procedure.steps for procedure in base.procedures.values())


def _alternative(name: str, base: Scenario) -> dict[str, Any]:
    if name == BASE:
        return {"name": BASE, "title": {"en": "Base", "vi": "Phương án gốc"}, "description": _words(None)}
    alternative: Alternative = base.alternatives[name]
    return {
        "name": name,
        "title": _words(alternative.title, name),
        "description": _words(alternative.description),
    }


def _words(text: Text | None, name: str = "") -> Words:
    """Words in both languages; the name where there are none."""
    spaced = name.replace("_", " ")
    return {"en": (text.en if text else "") or spaced, "vi": (text.vi if text else "") or spaced}


def _pools_of(study: Study) -> dict[str, Any]:
    """Title and level of every kind of pool that any alternative has, overtime too."""
    found: dict[str, Any] = {}
    for scenario in study.scenarios.values():
        for name, pool in scenario.pools.items():
            found.setdefault(name, {"title": _words(pool.title, name), "level": pool.level})
        for name in overtime_by_pool(scenario):
            pool = found[name]
            title = {tongue: words + OVERTIME_WORDS[tongue] for tongue, words in pool["title"].items()}
            found.setdefault(name + OVERTIME, {"title": title, "level": pool["level"]})
    return found


def _titles(study: Study, things: Callable[[Scenario], Mapping[str, Titled]]) -> dict[str, Words]:
    """Titles by name of all such things that any alternative has."""
    found: dict[str, Words] = {}
    for scenario in study.scenarios.values():
        for name, thing in things(scenario).items():
            found.setdefault(name, _words(thing.title, name))
    return found


def _sources_of_outages(scenario: Scenario) -> Mapping[str, Titled]:
    return {**scenario.outages, **scenario.storms, **scenario.processes}


def _dated(scenario: Scenario) -> Mapping[str, Titled]:
    return {**scenario.changes, **scenario.phases}


def describe_alternative(scenario: Scenario, built: Built) -> dict[str, pa.Table]:
    """The tables of one alternative that are the same in all its replications."""
    sites = built.sites.all
    return {
        "sites": places_table(sites),
        "areas": places_table(areas_of(built)),
        "pools": pools_table(with_sessions(scenario), built, sites),
        "links": links_table(built.control_plan.links, sites),
        "helpers": helpers_table(scenario, built),
        "systems": systems_table(scenario),
        "dated": dated_table(scenario),
        "calendar": calendar_table(scenario, built.world),
    }


def areas_of(built: Built) -> list[Site]:
    """The present communes, where dossiers are counted."""
    return [site for site in built.sites.areas if site.level == "commune"]


def places_table(sites: Sequence[Site]) -> pa.Table:
    """Places of the scenario, a row each."""
    rows = [
        {
            "site": site.code,
            "name": site.name,
            "level": site.level,
            "kind": site.kind,
            "parent": site.parent_code or None,
            "province": site.province,
            "latitude": site.latitude,
            "longitude": site.longitude,
            "area_km2": site.area_km2,
            "population": round(site.population),
            "population_is_estimate": site.population_is_estimate,
            "labels": sorted(site.labels),
            "travel_speed_kmh": site.travel_speed_kmh,
        }
        for site in sites
    ]
    return pa.Table.from_pylist(rows, schema=ALTERNATIVE_TABLES["sites"])


def pools_table(scenario: Scenario, built: Built, sites: Sequence[Site]) -> pa.Table:
    """People by site and pool on the first day; sessions in a system are none."""
    pools = built.world.pools[~built.names.of_sessions[built.world.pools["role"]]]
    role, overtime = pools["role"], overtime_by_pool(scenario)
    levels = [pool.level for pool in scenario.pools.values()]
    levels += [scenario.pools[name].level for name in overtime]
    no_posts = [0.0] * len(overtime)
    posts_cost = [pool.post_cost_per_month for pool in scenario.pools.values()]
    hours_cost = [each.cost_per_hour for each in overtime.values()]
    columns = {
        "site": names_at([site.code for site in sites], pools["site"]),
        "pool": names_at(role_names(scenario), role),
        "level": names_at(levels, role),
        "headcount": pools["capacity"].astype(np.int64),
        "post_cost_per_month_vnd": np.array([*posts_cost, *no_posts], np.float64)[role],
        "overtime_cost_per_hour_vnd": np.array([0.0] * len(posts_cost) + hours_cost, np.float64)[role],
    }
    return table_of(ALTERNATIVE_TABLES["pools"], columns)


def links_table(links: Links, sites: Sequence[Site]) -> pa.Table:
    """Lines between sites."""
    codes = [site.code for site in sites]
    columns = {
        "link": list(links.name),
        "site": names_at(codes, links.site),
        "parent": names_at(codes, links.other),
        "backup": links.is_backup,
        "bandwidth_bps": links.bits_per_ms * 1000.0,
        "cost_per_month_vnd": links.cost_per_month_vnd,
    }
    return table_of(ALTERNATIVE_TABLES["links"], columns)


def helpers_table(scenario: Scenario, built: Built) -> pa.Table:
    """Agents of the hotline and of video help, and mobile teams of all bases together, as their mean."""
    support = scenario.support
    warm_up_days = math.ceil(scenario.period.warm_up / MS_PER_DAY)
    rows = [
        {
            "kind": kind,
            "name": "",
            "number": desk.agents,
            "people": 1,
            "cost_per_month_vnd": desk.cost_per_month,
        }
        for kind, desk in (("hotline", support.hotline), ("video", support.video))
        if desk is not None
    ]
    rows += [
        {
            "kind": "team",
            "name": team.name,
            "number": team.teams_on[warm_up_days:].sum(axis=1).mean(),
            "people": team.people,
            "cost_per_month_vnd": team.cost_per_month_vnd,
        }
        for team in built.control_plan.support.teams
    ]
    return pa.Table.from_pylist(rows, schema=ALTERNATIVE_TABLES["helpers"])


def systems_table(scenario: Scenario) -> pa.Table:
    """Systems of the scenario, a row each."""
    rows = [
        {"system": name, "host_level": system.hosted_at, "needs": list(system.needs)}
        for name, system in scenario.systems.items()
    ]
    return pa.Table.from_pylist(rows, schema=ALTERNATIVE_TABLES["systems"])


def calendar_table(scenario: Scenario, world: World) -> pa.Table:
    """Open time of the official calendar by day."""
    open_ms = hours_in_world(world, world.official_calendar).open_ms_by_day(world.day_count)
    days = np.datetime64(scenario.period.start, "D") + np.arange(world.day_count)
    columns = {"day": pa.array(days, pa.date32()), "office_open": open_ms > 0, "office_open_ms": open_ms}
    return table_of(ALTERNATIVE_TABLES["calendar"], columns)
