"""The whole country: volume and timeliness beside what was published, and province by province."""

import datetime

import numpy as np
import pandas as pd

from sim.analysis.intervals import t_interval
from sim.record.store import AlternativeRecords
from sim.scenario import BASE, Study
from sim.study import Results
from tools.scenario_facts.reading import (
    CERTIFICATION,
    CONFIDENCE,
    FIRST_DAY,
    INHERITED,
    Fact,
    facts_table,
    headline,
    number,
    of_group,
    shown,
    table,
)

STATE_PRESS = "state press, August 2025 (B)"
LETTER = "letter 7260/VPCP-KSTT (A)"
LAST_OF_4_4_MILLION = datetime.date(2025, 8, 19)
LAST_OF_6_6_MILLION = datetime.date(2025, 9, 15)
END_OF_JULY = datetime.date(2025, 7, 31)
END_OF_YEAR_MODEL = datetime.date(2026, 6, 30)
COLUMNS = ["arrived", "arrived_electronic", "finished", "on_time", "with_deadline"]
TARGET_SERVICES, TARGET_DOSSIERS, PROVINCES = 982, 1000, 34


class NationFlows:
    """Daily sums over the country and sums by commune; read a row group at a time, the table does not fit."""

    def __init__(self, records: AlternativeRecords) -> None:
        self.by_day = [_summed(records, number, ["group", "day"]) for number in records.replications]
        self.by_site = [_summed(records, number, ["group", "site"]) for number in records.replications]

    def total(self, column: str, last: datetime.date, *, apart: bool = False) -> np.ndarray:
        """Sum of a column from 1 July on, certification alone or left out, by replication."""
        values = []
        for rows in self.by_day:
            day = rows["day"].dt.date
            kept = _groups(rows, apart) & (day >= FIRST_DAY) & (day <= last)
            values.append(float(rows.loc[kept, column].sum()))
        return np.array(values)


def _groups(rows: pd.DataFrame, apart: bool) -> "pd.Series[bool]":
    if apart:
        return rows["group"] == CERTIFICATION
    return ~rows["group"].isin([CERTIFICATION, INHERITED])


def _summed(records: AlternativeRecords, replication: int, keys: list[str]) -> pd.DataFrame:
    """The flow table added up by some of its keys."""
    parts = [
        piece.groupby(keys, observed=True)[COLUMNS].sum().reset_index().astype({"group": str})
        for piece in records.pieces("flow", replication, [*keys, *COLUMNS])
    ]
    return pd.concat(parts).groupby(keys, observed=True)[COLUMNS].sum().reset_index()


def parts(study: Study, results: Results) -> dict[str, str]:
    """The tables of the page."""
    del study
    flows = NationFlows(results.records.alternatives[BASE])
    return {
        "facts": facts_table(_facts(results, flows)),
        "groups": _groups_table(results),
        "provinces": _provinces_table(results, flows),
    }


def _millions(values: np.ndarray) -> str:
    interval = t_interval(values / 1e6, CONFIDENCE)
    return shown(interval, "million")


def _share(above: np.ndarray, below: np.ndarray) -> str:
    return shown(t_interval(above / np.maximum(below, 1), CONFIDENCE, 0.0, 1.0), "share")


def _facts(results: Results, flows: NationFlows) -> list[Fact]:
    return [*_facts_of_36_days(results, flows), *_facts_of_autumn(flows), *_facts_of_year(results, flows)]


def _facts_of_36_days(results: Results, flows: NationFlows) -> list[Fact]:
    first = LAST_OF_4_4_MILLION
    areas = results.records.alternatives[BASE].areas
    inhabitants = float(areas["population"].sum())
    rate = flows.total("arrived", first) / 36 / inhabitants * 1000
    return [
        Fact(
            "Dossiers, 1 July to 19 August 2025",
            "4.4 million",
            _millions(flows.total("arrived", first)),
            STATE_PRESS,
            "without certification; of all levels, here all filed in communes",
        ),
        Fact(
            "Per 1,000 inhabitants and working day",
            "1.09",
            shown(t_interval(rate, CONFIDENCE), "dossiers"),
            STATE_PRESS,
            "36 working days",
        ),
        Fact(
            "Of them online",
            "74.7 %",
            _share(flows.total("arrived_electronic", first), flows.total("arrived", first)),
            STATE_PRESS,
            "adoption is put in",
        ),
    ]


def _facts_of_autumn(flows: NationFlows) -> list[Fact]:
    second = LAST_OF_6_6_MILLION
    return [
        Fact(
            "Online dossiers, July 2025",
            "1.78 million on the national portal",
            _millions(flows.total("arrived_electronic", END_OF_JULY)),
            LETTER,
            "the model has one way online; the report leaves out provincial portals",
        ),
        Fact(
            "Online dossiers, 1 July to 15 September 2025",
            "6.6 million",
            _millions(flows.total("arrived_electronic", second)),
            "state press, September 2025 (B)",
            "the published pace rises faster than the model's",
        ),
        Fact(
            "On time, 1 July to 15 September 2025",
            "91 % of online dossiers",
            _share(flows.total("on_time", second), flows.total("with_deadline", second)),
            "state press, September 2025 (B)",
            "all channels, finished dossiers, without certification; not fitted",
        ),
    ]


def _facts_of_year(results: Results, flows: NationFlows) -> list[Fact]:
    target = TARGET_SERVICES * TARGET_DOSSIERS * PROVINCES / 1e6
    return [
        Fact(
            "Dossiers of the year",
            f"{target:.1f} million",
            _millions(flows.total("arrived", END_OF_YEAR_MODEL)),
            "Plan 02: 982 services, 1,000 dossiers a year and province",
            "a target, not a count; growth is chosen to meet it",
        ),
        Fact(
            "Certifications of the year, on top",
            "",
            _millions(flows.total("arrived", END_OF_YEAR_MODEL, apart=True)),
            "",
            "a stream of its own, in none of the figures above",
        ),
        Fact("On time, whole year", "", headline(results, BASE, "on_time_share"), "", ""),
    ]


def _groups_table(results: Results) -> str:
    rows = [
        [
            str(titles["title"]["en"]) if isinstance(titles, dict) else name,
            of_group(results, BASE, name, "filed"),
            of_group(results, BASE, name, "on_time_share"),
            of_group(results, BASE, name, "cycle_working_mean"),
        ]
        for name, titles in results.records.study["groups"].items()
    ]
    return table(("group", "filed", "on time", "filing to result"), rows)


def _provinces_table(results: Results, flows: NationFlows) -> str:
    """Filed and on time in each province, the worst first; means over the replications."""
    areas = results.records.alternatives[BASE].areas.set_index("site")
    parts = [rows[_groups(rows, apart=False)].copy() for rows in flows.by_site]
    rows = pd.concat(parts)
    rows["province"] = rows["site"].astype(str).map(areas["province"])
    sums = rows.groupby("province")[COLUMNS].sum() / len(parts)
    names = results.records.alternatives[BASE].sites.set_index("site")["name"]
    inhabitants = areas.groupby("province")["population"].sum()
    shares = (sums["on_time"] / sums["with_deadline"]).sort_values()
    return table(
        ("province", "inhabitants, thousand", "filed, thousand", "on time"),
        [
            [
                str(names.get(code, code)),
                number(inhabitants[code] / 1000),
                number(sums.loc[code, "arrived"] / 1000),
                f"{100 * share:.1f} %",
            ]
            for code, share in shares.items()
        ],
    )
