"""Former Bac Giang hands over: what is in hand around 1 July, and what becomes of each bundle."""

import csv
import datetime
from collections.abc import Callable, Iterable
from importlib import resources

import numpy as np
import pandas as pd

from sim.analysis.intervals import t_interval
from sim.scenario import BASE, Study
from sim.study import Results
from sim.world.arrays import MS_PER_DAY, Ints
from sim.world.build import Built, build
from tools.scenario_facts.reading import CONFIDENCE, Flows, is_group, ratio, shown, table, titles

BUNDLES = {
    "moved_down": "to the commune",
    "moved_up": "to the province",
    "ended": "ended",
}
LEVELS = {"commune": "in communes", "district": "in districts", "province": "in the province"}
WAYS = {"down": "to the commune", "up": "to the province", "ended": "ended"}
EVE = datetime.date(2025, 6, 30)
THE_DAY = datetime.date(2025, 7, 1)
EVENINGS = {
    "30 May": datetime.date(2025, 5, 30),
    "13 June": datetime.date(2025, 6, 13),
    "30 June": EVE,
    "4 July": datetime.date(2025, 7, 4),
    "11 July": datetime.date(2025, 7, 11),
    "31 July": datetime.date(2025, 7, 31),
    "29 August": datetime.date(2025, 8, 29),
}
SPANS = {
    "2 to 15 June": (datetime.date(2025, 6, 2), datetime.date(2025, 6, 15)),
    "16 to 30 June": (datetime.date(2025, 6, 16), EVE),
    "1 to 15 July": (THE_DAY, datetime.date(2025, 7, 15)),
    "16 to 31 July": (datetime.date(2025, 7, 16), datetime.date(2025, 7, 31)),
    "August": (datetime.date(2025, 8, 1), datetime.date(2025, 8, 31)),
    "September and October": (datetime.date(2025, 9, 1), datetime.date(2025, 10, 31)),
}


def parts(study: Study, results: Results) -> dict[str, str]:
    """The tables of the page."""
    return {
        "procedures": _procedures_table(),
        "people": _people_table(study),
        "eve": _eve_table(results),
        "backlog": _backlog_table(results),
        "on_time": _on_time_table(results),
        "bundles": _bundles_table(results),
    }


def _procedures_table() -> str:
    """The table that the base haicap:handover is built on."""
    text = (resources.files("sim.scenario") / "data" / "district_procedures.csv").read_text(encoding="utf-8")
    rows = [
        [f"`{row['procedure']}`", WAYS[row["went"]], row["procedures"], row["volume"]]
        for row in csv.DictReader(text.splitlines())
    ]
    return table(("in the scenario", "went", "procedures", "volume"), rows)


def _people_table(study: Study) -> str:
    """Posts by level on the last day of the districts and on the day after, as planned."""
    built = build(study.base)
    sites = built.sites.all
    level_of = np.array([sites[site].level for site in built.world.pools["site"].tolist()])
    posts = [_posts_on(built, study, day) for day in (EVE, THE_DAY)]
    rows = [
        [f"posts {words}", *(f"{each[level_of == level].sum():,}" for each in posts)]
        for level, words in LEVELS.items()
    ]
    return table(("base", "30 June 2025", "1 July 2025"), rows)


def _posts_on(built: Built, study: Study, day: datetime.date) -> Ints:
    """Posts of every pool on a day: shape (pools,)."""
    staff = built.control_plan.staff
    posts = staff.posts_at_start.copy()
    for change in staff.changes:
        if change.at_ms <= (day - study.base.period.start).days * MS_PER_DAY:
            posts[change.pools] = change.posts
    return posts


def _in_districts(results: Results, alternative: str, day: datetime.date) -> list[float]:
    """Dossiers that wait in queues of districts at the end of a day, by replication."""
    records = results.records.alternatives[alternative]
    wanted = ["pool", "day", "queued_at_midnight"]
    found = []
    for replication in records.replications:
        rows = records.table("pool_days", replication, wanted)
        is_mine = rows["pool"].str.startswith("district_") & (rows["day"] == pd.Timestamp(day))
        found.append(float(rows.loc[is_mine, "queued_at_midnight"].sum()))
    return found


def _eve_table(results: Results) -> str:
    """The evening of 30 June and what follows from it."""
    rows = []
    for name, title in titles(results).items():
        flows = Flows(results, name, ["escalated"])
        before = flows.only(is_group(*BUNDLES), last=EVE)
        after = flows.only(is_group(*BUNDLES), first=THE_DAY, last=EVENINGS["11 July"])
        rows.append(
            [
                title,
                _mean(_in_districts(results, name, EVE)),
                _mean(_in_districts(results, name, EVENINGS["4 July"])),
                _mean(each["escalated"].sum() for each in before),
                _mean(each["escalated"].sum() for each in after),
            ]
        )
    head = (
        "dossiers",
        "waiting in districts on the evening of 30 June",
        "of 4 July",
        "called back to 30 June",
        "called back from 1 July on",
    )
    return table(head, rows)


def _backlog_table(results: Results) -> str:
    """Open dossiers of the three bundles, wherever they are, on some evenings."""
    rows = []
    for name, title in titles(results).items():
        tables = Flows(results, name, ["arrived", "finished"]).only(is_group(*BUNDLES))
        rows.append([title, *(_mean(_open_on(each, day) for each in tables) for day in EVENINGS.values())])
    return table(("dossiers open on the evening of", *EVENINGS), rows)


def _open_on(rows: pd.DataFrame, day: datetime.date) -> float:
    until = rows[rows["day"] <= pd.Timestamp(day)]
    return float(until["arrived"].sum() - until["finished"].sum())


def _on_time_table(results: Results) -> str:
    """On time of what was finished in a span of days, the three bundles together."""
    rows = []
    for name, title in titles(results).items():
        flows = Flows(results, name, ["on_time", "with_deadline"])
        rows.append([title, *_on_time(flows, is_group(*BUNDLES))])
    return table(("finished on time", *SPANS), rows)


def _on_time(flows: Flows, groups: Callable[[pd.Series], pd.Series]) -> list[str]:
    return [
        ratio(flows.only(groups, first=first, last=last), "on_time", "with_deadline", "share")
        for first, last in SPANS.values()
    ]


def _bundles_table(results: Results) -> str:
    """The base, bundle by bundle: filed and finished before and after the day."""
    flows = Flows(results, BASE, ["arrived", "finished"])
    rows = []
    for bundle, words in BUNDLES.items():
        before, after = flows.only(is_group(bundle), last=EVE), flows.only(is_group(bundle), first=THE_DAY)
        rows.append(
            [
                words,
                *(
                    _mean(each[column].sum() for each in tables)
                    for tables in (before, after)
                    for column in ("arrived", "finished")
                ),
            ]
        )
    head = (
        "base, dossiers",
        "filed to 30 June",
        "finished to 30 June",
        "filed from 1 July on",
        "finished from 1 July on",
    )
    return table(head, rows)


def _mean(values: Iterable[float]) -> str:
    """A mean with its interval over the replications; of dossiers, so not below zero."""
    return shown(t_interval(np.array(list(values), dtype=np.float64), CONFIDENCE, 0.0), "dossiers")
