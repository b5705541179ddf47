"""Tables of the outage study: what each shock does, whom it hits, and what paper and backup lines change."""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np
import pandas as pd

from sim.analysis.intervals import Interval, simultaneous
from sim.scenario import BASE
from tools.scenario_facts.reading import CONFIDENCE, headline, shown, table, titles
from tools.scenario_facts.shocks import (
    WINDOW_DAYS,
    Floats,
    Shocks,
    day_in_words,
    in_words,
    more_in_words,
    of_group,
    of_sites,
)

NO_PAPER, PAPER, BACKUP = "no_paper", "paper", "backup"
ORGANISATIONS: Final = {
    NO_PAPER: "all work waits for its systems",
    PAPER: "counters go on with paper (the base)",
    BACKUP: "paper, and a backup line for every commune",
}
GENERATORS: Final = "storm_with_generators"
STORM: Final = "storm"
PLACES: Final = {"ward": "wards", "mountain": "mountain communes"}
OTHER_PLACES: Final = "other communes"
MOST_COMMUNES: Final = 8
HOURS_PER_DAY: Final = 24

Organisations = Mapping[str, Shocks]


def short_answer(organisations: Organisations) -> str:
    """A sentence for each shock, with what paper at the counter changes."""
    base, without = organisations[PAPER], organisations[NO_PAPER]
    title = titles(base.results)
    return "\n".join(
        f"- **{title[name]}**: late {more_in_words(base.more_late(name))} (where all work waits: "
        f"{more_in_words(without.more_late(name))}); visits more {more_in_words(base.more(name, 'visits'))} "
        f"({more_in_words(without.more(name, 'visits'))}); over after "
        f"{_in_days(base.shock_number(name, 'time_to_recover'))}."
        for name in base.names
    )


def harm_table(shocks: Shocks) -> str:
    """One row a shock, organised as in the base."""
    title = titles(shocks.results)
    rows = [
        [
            title[name],
            in_words(shocks.communes_hit(name)),
            more_in_words(shocks.more(name, "timed_out")),
            more_in_words(shocks.more(name, "changed_channel")),
            more_in_words(shocks.more(name, "withdrawn")),
            more_in_words(shocks.more(name, "shuttles")),
            more_in_words(shocks.more(name, "gave_up")),
            more_in_words(shocks.more(name, "visits"), "visits"),
            more_in_words(shocks.more_late(name)),
        ]
        for name in shocks.names
    ]
    heads = (
        "communes hit",
        "filings that timed out",
        "to the counter instead",
        "given up",
        "online to paper",
        "left the counter",
        "visits",
        "late",
    )
    return table((f"more than without the shock, in {WINDOW_DAYS} days", *heads), rows)


def recovery_table(organisations: Organisations) -> str:
    """Depth, time to recover and loss of each shock in each organisation."""
    rows = []
    for name, words in _shock_titles(organisations).items():
        for key, organisation in ORGANISATIONS.items():
            shocks = organisations[key]
            if name in shocks.names:
                rows.append([words, organisation, *_resilience(shocks, name)])
    heads = ("shock", "organisation", "most that wait more", "reached after", "recovered after", "loss")
    return table((*heads, "late"), rows)


def _resilience(shocks: Shocks, name: str) -> list[str]:
    recovered = shocks.shock_number(name, "recovered_share")
    days = _in_days(shocks.shock_number(name, "time_to_recover"))
    if recovered is not None and float(recovered.value) < 1:
        never = 100 * (1 - float(recovered.value))
        days += f"; in {never:.0f} % of the replications not before the end of the year"
    return [
        _number(shocks.shock_number(name, "extra_waiting_most"), "dossiers"),
        _in_days(shocks.shock_number(name, "hours_to_depth")),
        days,
        _number(shocks.shock_number(name, "loss"), "dossier-days"),
        more_in_words(shocks.more_late(name)),
    ]


def changes_table(organisations: Organisations) -> str:
    """What paper, backup lines and generators change of the harm of a shock, paired by replication."""
    rows = []
    for name, words in _shock_titles(organisations).items():
        if name != GENERATORS:
            rows.append([words, "paper at the counter", *_changed(organisations, name, NO_PAPER, PAPER)])
            rows.append([words, "a backup line besides", *_changed(organisations, name, PAPER, BACKUP)])
    backup, title = organisations[BACKUP], titles(organisations[BACKUP].results)[STORM]
    with_power = [
        _paired(_measure(backup, GENERATORS, each), _measure(backup, STORM, each)) for each in MEASURES
    ]
    rows.append([title, "a generator besides", *with_power])
    return table(("shock", "what is added", *MEASURES.values()), rows)


MEASURES: Final = {
    "late": "late",
    "gave_up": "left the counter",
    "withdrawn": "given up",
    "cause_outage_ms": "waited for systems",
}
"""What is compared between organisations: counts of the days after the shock."""
CHANGES_SHOWN: Final = 9 * len(MEASURES)
"""Intervals of the table of changes, which hold all together."""


def _changed(organisations: Organisations, name: str, of: str, to: str) -> list[str]:
    return [
        _paired(_measure(organisations[to], name, each), _measure(organisations[of], name, each))
        for each in MEASURES
    ]


def _measure(shocks: Shocks, name: str, measure: str) -> tuple[Floats, str]:
    if measure == "late":
        return shocks.more_late(name), "dossiers"
    if measure == "cause_outage_ms":
        return shocks.more(name, measure) / 86_400_000, "dossier-days"
    return shocks.more(name, measure), "dossiers"


def _paired(to: tuple[Floats, str], of: tuple[Floats, str]) -> str:
    return more_in_words(to[0] - of[0], to[1], simultaneous(CONFIDENCE, CHANGES_SHOWN))


def groups_table(shocks: Shocks) -> str:
    """Late dossiers more, by group of procedures."""
    words = shocks.results.records.study["groups"]
    first = shocks.records(BASE).table("flow", shocks.replications[0], ["group"])["group"].unique()
    groups = [name for name in words if name in set(first) and not _apart(words[name])]
    rows = [
        [
            _title(words[group]),
            *(more_in_words(shocks.more_late(name, of_group(group))) for name in shocks.names),
        ]
        for group in groups
    ]
    return table(("late more, by group", *(titles(shocks.results)[name] for name in shocks.names)), rows)


def _apart(group: object) -> bool:
    return isinstance(group, dict) and bool(group.get("counts_apart") or group.get("internal"))


def _title(group: object) -> str:
    assert isinstance(group, dict)
    title = group.get("title", group)
    return str(title["en"])


def places_table(shocks: Shocks) -> str:
    """Late dossiers more by kind of commune, for each 100,000 inhabitants."""
    areas = shocks.records(BASE).areas
    kind = areas["site"].map(lambda site: _place(shocks.labels[site]))
    rows = []
    for words in (*PLACES.values(), OTHER_PLACES):
        chosen = areas[kind == words]
        people = float(chosen["population"].sum()) / 100_000
        late = [
            more_in_words(shocks.more_late(name, of_sites(chosen["site"])) / people) for name in shocks.names
        ]
        rows.append([f"{len(chosen)} {words}", *late])
    head = "late more per 100,000 inhabitants"
    return table((head, *(titles(shocks.results)[name] for name in shocks.names)), rows)


def _place(labels: Iterable[str]) -> str:
    return next((words for label, words in PLACES.items() if label in labels), OTHER_PLACES)


def communes_table(shocks: Shocks) -> str:
    """The communes with most late dossiers more by the storm; the choice itself is by chance."""
    areas = shocks.records(BASE).areas
    late = {row.site: shocks.more_late(STORM, of_sites([row.site])) for row in areas.itertuples(index=False)}
    worst = sorted(late, key=lambda site: -late[site].mean())[:MOST_COMMUNES]
    names = areas.set_index("site")["name"]
    rows = [[str(names[site]), more_in_words(late[site])] for site in worst]
    return table(("commune", "late more after the storm"), rows)


def costs_table(organisations: Organisations) -> str:
    """People and lines of each organisation without a shock."""
    rows = [
        [
            words,
            headline(organisations[key].results, BASE, "cost_total", "all"),
            headline(organisations[key].results, BASE, "on_time_share"),
            headline(organisations[key].results, BASE, "experienced_availability"),
        ]
        for key, words in ORGANISATIONS.items()
    ]
    return table(("without a shock", "people and lines, half-year", "on time", "availability met"), rows)


def days_table(shocks: Shocks) -> str:
    """The first day of each shock."""
    title = titles(shocks.results)
    rows = [[title[name], day_in_words(shocks.first_day(name))] for name in shocks.names]
    return table(("shock", "first day"), rows)


def _shock_titles(organisations: Organisations) -> dict[str, str]:
    found: dict[str, str] = {}
    for shocks in organisations.values():
        found |= {name: words for name, words in titles(shocks.results).items() if name != BASE}
    return found


def _number(interval: Interval | None, unit: str) -> str:
    return "none" if interval is None or pd.isna(float(interval.value)) else shown(interval, unit)


def _in_days(interval: Interval | None) -> str:
    if interval is None or pd.isna(float(interval.value)):
        return "none"
    days = [np.asarray(part) / HOURS_PER_DAY for part in interval[:3]]
    return shown(Interval(days[0], days[1], days[2], interval.replications), "days")
