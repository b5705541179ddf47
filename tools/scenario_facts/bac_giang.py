"""Former Bac Giang at the switch: handed-over dossiers, support teams and the trial of software."""

import numpy as np
import pandas as pd

from sim.analysis.intervals import t_interval
from sim.scenario import BASE, Study
from sim.study import Results
from tools.scenario_facts.reading import (
    CONFIDENCE,
    FIRST_DAY,
    INHERITED,
    LAST_DAY_OF_JULY,
    Fact,
    Flows,
    counted,
    facts_table,
    is_group,
    of_group,
    ratio,
    shown,
    table,
    titles,
    total,
)

REPORT = "Báo Bắc Giang, June 2025"
NOT_PUBLISHED = "no figure was published"
COLUMNS = [
    "arrived",
    "finished",
    "on_time",
    "with_deadline",
    "counter_starts",
    "counter_wait_ms",
    "gave_up",
    "visits",
]


def parts(study: Study, results: Results) -> dict[str, str]:
    """The tables of the page."""
    del study
    return {"facts": facts_table(_facts(results)), "switch": _switch_table(results)}


def _facts(results: Results) -> list[Fact]:
    flows = Flows(results, BASE, COLUMNS)
    inherited = flows.only(is_group(INHERITED))
    communes = len(results.summary(BASE).by_site["site"].unique())
    return [
        Fact("Commune-level units of Bắc Giang", "58", f"{communes}", REPORT, "real territory"),
        Fact(
            "Dossiers handed over by the districts on 1 July",
            "settled before, or at once",
            total(inherited, "arrived"),
            REPORT,
            f"{NOT_PUBLISHED}; 0.9 per 1,000 inhabitants assumed",
        ),
        Fact(
            "Of them finished by 31 July",
            "",
            _finished_by_july(inherited),
            "",
            "those with 100 to 130 % of their time used were late when they came",
        ),
        Fact(
            "Procedures without interruption: finished on time in July",
            "none allowed",
            ratio(
                flows.only(counted(), first=FIRST_DAY, last=LAST_DAY_OF_JULY),
                "on_time",
                "with_deadline",
                "share",
            ),
            REPORT,
            NOT_PUBLISHED,
        ),
    ]


def _finished_by_july(inherited: list[pd.DataFrame]) -> str:
    values = []
    for each in inherited:
        in_july = each.loc[each["day"].dt.date <= LAST_DAY_OF_JULY, "finished"].sum()
        values.append(in_july / max(each["arrived"].sum(), 1))
    return shown(t_interval(np.array(values), CONFIDENCE, 0.0, 1.0), "share")


def _switch_table(results: Results) -> str:
    """July under every alternative."""
    rows = []
    for name, title in titles(results).items():
        flows = Flows(results, name, COLUMNS)
        july = flows.only(counted(), first=FIRST_DAY, last=LAST_DAY_OF_JULY)
        land = flows.only(is_group("land"), first=FIRST_DAY, last=LAST_DAY_OF_JULY)
        inherited = flows.only(is_group(INHERITED))
        rows.append(
            [
                title,
                total(inherited, "arrived"),
                _finished_by_july(inherited),
                ratio(land, "finished", "arrived", "share"),
                of_group(results, name, "land", "on_time_share"),
                ratio(july, "counter_wait_ms", "counter_starts", "minutes", 1 / 60_000),
                ratio(july, "gave_up", "visits", "share"),
            ]
        )
    head = (
        "July 2025, without certification",
        "handed over",
        "of them finished by 31 July",
        "land: finished / filed",
        "land on time, half-year",
        "wait at the counter",
        "left the counter",
    )
    return table(head, rows)
