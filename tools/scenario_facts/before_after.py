"""Before and after: four levels against two, and what is due to people and what to the structure."""

from sim.scenario import BASE, Study
from sim.study import Results
from sim.world.build import build
from sim.world.load import expected_load
from tools.scenario_facts.reading import headline, number, of_group, table

BEFORE = "before"
MORE_PEOPLE = "inherited_people"
COLUMNS = {BASE: "two levels", MORE_PEOPLE: "two levels, all inherited people", BEFORE: "four levels"}
MEASURES = {
    "on_time_share": ("On time", "counted"),
    "overdue": ("Late, or open past the deadline", "counted"),
    "cycle_working_mean": ("Filing to result, mean", "counted"),
    "cycle_working_p90": ("Filing to result, nine in ten within", "counted"),
    "counter_wait_mean": ("Wait at the counter, mean", "counted"),
    "left_counter_share": ("Left the counter before being called", "counted"),
    "travel_km_per_visit": ("Way to the counter and back, per visit", "counted"),
    "on_time_worst_decile": ("On time in the worst tenth of today's communes", "counted"),
    "experienced_availability": ("Availability of systems as dossiers met it", "counted"),
    "cost_total": ("Cost of people and lines, half-year", "all"),
}
GROUPS = {
    "civil_status": "Civil status",
    "residence": "Residence",
    "land": "Land",
    "household_business": "Household business",
    "social_protection": "Social protection",
    "construction": "Construction",
    "linked": "Linked services",
    "other": "Other procedures",
    "certification": "Certification",
}
LEVELS = {
    "old_seat": "at old seats",
    "commune": "in communes",
    "district": "in districts",
    "province": "in provinces",
    "centre": "at ministries",
}


def parts(study: Study, results: Results) -> dict[str, str]:
    """The tables of the page."""
    return {
        "people": _people_table(study),
        "results": _results_table(results),
        "groups": _groups_table(results),
    }


def _people_table(study: Study) -> str:
    """Posts by level on the last day, by arithmetic; nothing is run."""
    posts: dict[str, dict[str, float]] = {}
    for name in COLUMNS:
        built = build(study.scenarios[name])
        sites, staff = built.sites.all, built.control_plan.staff
        level_of = [sites[site].level for site in built.world.pools["site"].tolist()]
        posts[name] = dict.fromkeys(LEVELS, 0.0)
        for pool, level in enumerate(level_of):
            posts[name][level] += float(staff.posts_at_start[pool])
    rows = [
        [f"Posts {words}", *(number(posts[name][level]) for name in COLUMNS)]
        for level, words in LEVELS.items()
    ]
    communes = expected_load(build(study.base)).communes
    per_commune = [
        sum(posts[name][level] for level in ("old_seat", "commune", "district")) for name in COLUMNS
    ]
    rows.append(
        ["Posts below the province per present commune", *(f"{each / communes:.1f}" for each in per_commune)]
    )
    return table(("on 1 July 2025", *COLUMNS.values()), rows)


def _results_table(results: Results) -> str:
    rows = [
        [words, *(headline(results, name, metric, scope) for name in COLUMNS)]
        for metric, (words, scope) in MEASURES.items()
    ]
    return table(("", *COLUMNS.values()), rows)


def _groups_table(results: Results) -> str:
    rows = [
        [f"{words}: {title}", *(of_group(results, name, group, metric) for name in COLUMNS)]
        for group, words in GROUPS.items()
        for metric, title in (("on_time_share", "on time"), ("cycle_working_mean", "filing to result"))
    ]
    return table(("", *COLUMNS.values()), rows)
