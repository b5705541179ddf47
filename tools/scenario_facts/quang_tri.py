"""Quang Tri: what was demanded of the switch, beside the model, and who wins when old seats close."""

import datetime

import numpy as np
import pandas as pd

from sim.analysis.intervals import t_interval
from sim.scenario import BASE, Study
from sim.study import Results
from tools.scenario_facts.reading import (
    CONFIDENCE,
    FIRST_DAY,
    LAST_DAY_OF_JULY,
    Fact,
    Flows,
    counted,
    facts_table,
    headline,
    ratio,
    shown,
    table,
)

CLOSED = "old_seats_closed"
CLOSING_DAY = datetime.date(2025, 10, 1)
SECOND_COUNT_ENDS = datetime.date(2025, 9, 15)
LAST_MONTH = datetime.date(2025, 12, 1)
REPORT = "Báo Quảng Trị, June 2025"
APART = ("certification", "certificates")
MOST_LOSERS = 5


def parts(study: Study, results: Results) -> dict[str, str]:
    """The tables of the page."""
    return {
        "facts": facts_table(_facts(study, results)),
        "old_seats": _old_seats_table(study, results),
        "losers": _losers_table(results),
    }


def _facts(study: Study, results: Results) -> list[Fact]:
    flows = Flows(results, BASE, ["arrived", "arrived_electronic", "on_time", "with_deadline", "finished"])
    communes = len(results.summary(BASE).by_site["site"].unique())
    everything = flows.only(counted(APART))
    september = flows.only(counted(APART), first=FIRST_DAY, last=SECOND_COUNT_ENDS)
    december = flows.only(counted(APART), first=LAST_MONTH)
    july = flows.only(counted(APART), first=FIRST_DAY, last=LAST_DAY_OF_JULY)
    return [
        Fact(
            "Communes, wards and special zones after the merger",
            "78",
            f"{communes}",
            REPORT,
            "real territory",
        ),
        Fact(
            "No interruption at the switch: working days of July on which a commune finished nothing",
            "none allowed",
            _days_without_result(july),
            REPORT,
            "Plan 02; Cồn Cỏ (100 inhabitants assumed) left out",
        ),
        Fact(
            "No overload at the switch: finished on time in July",
            "no overload allowed",
            ratio(july, "on_time", "with_deadline", "share"),
            REPORT,
            "no figure was published",
        ),
        Fact(
            "Finished on time, 1 July to 15 September",
            "91 %",
            ratio(september, "on_time", "with_deadline", "share"),
            "country, online dossiers, state press (B)",
            "not Quảng Trị; the base is tuned into the published band",
        ),
        Fact("Finished on time, half-year", "", ratio(everything, "on_time", "with_deadline", "share"), ""),
        Fact(
            "Filed online in December, without certification",
            "at least 80 % by 31 December",
            ratio(december, "arrived_electronic", "arrived", "share"),
            "Plan 02-KH/BCĐTW (A)",
            "put in: the adoption path of the base",
        ),
        Fact(
            "Availability of systems as dossiers met it",
            "",
            headline(results, BASE, "experienced_availability"),
            "",
            "outage rates are assumed",
        ),
    ]


def _days_without_result(july: list[pd.DataFrame]) -> str:
    shares = []
    for each in july:
        finished = each.groupby(["site", "day"])["finished"].sum().unstack(fill_value=0)
        working = finished.loc[:, pd.DatetimeIndex(finished.columns).weekday < 5]
        big = working[working.sum(axis=1) > 20]
        shares.append((big == 0).to_numpy().mean())
    return shown(t_interval(np.array(shares), CONFIDENCE, 0.0, 1.0), "share")


def _codes(study: Study, results: Results, label: str) -> list[str]:
    names = set(study.base.territory.labels[label])
    sites = results.summary(BASE).by_site[["site", "name"]].drop_duplicates()
    return sites.loc[sites["name"].isin(names), "site"].tolist()


def _old_seats_table(study: Study, results: Results) -> str:
    """From 1 October: ways, waits and visits of communes with and without a counter at an old seat."""
    with_two = _codes(study, results, "two_counters")
    every = results.summary(BASE).by_site["site"].unique().tolist()
    others = [code for code in every if code not in with_two]
    rows = []
    for title, sites in (
        (f"{len(with_two)} communes with a counter at an old seat", with_two),
        (f"the other {len(others)}", others),
    ):
        for name, words in ((BASE, "open"), (CLOSED, "closed")):
            columns = ["visits", "travel_m", "counter_starts", "counter_wait_ms"]
            chosen = Flows(results, name, columns).only(sites=sites, first=CLOSING_DAY)
            rows.append(
                [
                    title,
                    words,
                    ratio(chosen, "travel_m", "visits", "km", 1 / 1000),
                    ratio(chosen, "counter_wait_ms", "counter_starts", "minutes", 1 / 60_000),
                ]
            )
    return table(
        ("from 1 October, certification included", "old seats", "way per visit", "wait at the counter"), rows
    )


def _losers_table(results: Results) -> str:
    """The communes whose citizens travel most more from 1 October on."""
    by_name = {}
    for name in (BASE, CLOSED):
        flows = Flows(results, name, ["visits", "travel_m"]).only(first=CLOSING_DAY)
        whole = pd.concat(flows).groupby("site")[["visits", "travel_m"]].sum()
        by_name[name] = whole["travel_m"] / whole["visits"] / 1000
    more = (by_name[CLOSED] - by_name[BASE]).sort_values(ascending=False).head(MOST_LOSERS)
    names = results.summary(BASE).by_site.drop_duplicates("site").set_index("site")["name"]
    rows = [
        [
            str(names[site]),
            f"{by_name[BASE][site]:.1f} km",
            f"{by_name[CLOSED][site]:.1f} km",
            f"+{extra:.1f} km",
        ]
        for site, extra in zip(more.index.astype(str), more, strict=True)
    ]
    return table(("commune", "way per visit, open", "closed", "longer by"), rows)
