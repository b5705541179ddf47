"""Hai Phong: the first months of Phu Lien, An Lao and Kien An as reported, beside the model."""

import datetime

import pandas as pd

from sim.scenario import BASE, Study
from sim.study import Results
from tools.scenario_facts.reading import (
    CERTIFICATION,
    FIRST_DAY,
    LAST_DAY_OF_JULY,
    Fact,
    Flows,
    counted,
    facts_table,
    is_group,
    of_row,
    ratio,
    shown,
    table,
    titles,
    total,
)

HELP = "community_help"
A_LITTLE_OVER_A_MONTH = datetime.date(2025, 8, 5)
TWO_MONTHS = datetime.date(2025, 8, 31)
WORKING_DAYS_OF_JULY = 23
MINISTRY = "Ministry of Science and Technology, mst.gov.vn, 8 November 2025 (C)"
PRESS = "press, July 2025 (C)"
PUT_IN = "put in, proves nothing"


def parts(study: Study, results: Results) -> dict[str, str]:
    """The tables of the page."""
    del study
    return {"facts": facts_table(_facts(results)), "phu_lien": _phu_lien_table(results)}


def _code(results: Results, name: str) -> str:
    sites = results.summary(BASE).by_site
    return str(sites.loc[sites["name"] == name, "site"].iloc[0])


def _facts(results: Results) -> list[Fact]:
    flows = Flows(results, BASE, ["arrived", "arrived_electronic", "shuttles"])
    return [*_an_lao_facts(results, flows), *_phu_lien_facts(results, flows), *_kien_an_facts(results, flows)]


def _an_lao_facts(results: Results, flows: Flows) -> list[Fact]:
    usual = counted((CERTIFICATION, HELP))
    rows = flows.only(usual, [_code(results, "An Lão")], FIRST_DAY, A_LITTLE_OVER_A_MONTH)
    return [
        Fact(
            "An Lão: dossiers in a little over a month",
            "1,142",
            total(rows, "arrived"),
            MINISTRY,
            "without certification, 1 July to 5 August; not fitted, and inhabitants are an estimate",
        ),
        Fact(
            "An Lão: of them online",
            "91.77 %",
            ratio(rows, "arrived_electronic", "arrived", "share"),
            MINISTRY,
            PUT_IN,
        ),
        Fact(
            "An Lão: internal processing online",
            "over 90 %",
            _stayed_electronic(rows),
            MINISTRY,
            "the model digitises everything at the counter; only outages bring paper back",
        ),
    ]


def _stayed_electronic(rows: list[pd.DataFrame]) -> str:
    """Dossiers that no outage brought onto paper / dossiers filed."""
    stayed = [each.assign(stayed=each["arrived"] - each["shuttles"]) for each in rows]
    return ratio(stayed, "stayed", "arrived", "share")


def _phu_lien_facts(results: Results, flows: Flows) -> list[Fact]:
    site = [_code(results, "Phù Liễn")]
    july = (FIRST_DAY, LAST_DAY_OF_JULY)
    all_of_july = flows.only(counted((HELP,)), site, *july)
    usual = flows.only(counted((CERTIFICATION, HELP)), site, *july)
    return [
        Fact(
            "Phù Liễn: first month", "about 3,000", total(all_of_july, "arrived"), PRESS, "with certification"
        ),
        Fact(
            "Phù Liễn: of them online",
            "about 700",
            total(usual, "arrived_electronic"),
            PRESS,
            "the national rate of 1.09 per 1,000 inhabitants and day is twice what Phù Liễn had",
        ),
        Fact(
            "Phù Liễn: of them certification",
            "over 2,300",
            total(flows.only(is_group(CERTIFICATION), site, *july), "arrived"),
            PRESS,
            "the rate of wards in the base",
        ),
        Fact(
            "Phù Liễn: a day",
            "130",
            total(all_of_july, "arrived", "a day", 1 / WORKING_DAYS_OF_JULY),
            PRESS,
            "23 working days in July",
        ),
        Fact(
            "Phù Liễn: requests to the community digital team in two months",
            "over 5,000",
            total(flows.only(is_group(HELP), site, FIRST_DAY, TWO_MONTHS), "arrived"),
            MINISTRY,
            PUT_IN,
        ),
        Fact(
            "Phù Liễn: of them dossiers, and online transactions",
            "over 1,000; 400",
            "not told apart",
            MINISTRY,
            "dossiers that the team helped with are among the usual ones",
        ),
        Fact(
            "Phù Liễn: time of the digital team that this takes",
            "",
            _team_load(results),
            "",
            "six people with half of their day, eight minutes a request: assumed",
        ),
    ]


def _team_load(results: Results) -> str:
    rows = results.summary(BASE).pool_load
    here = (rows["pool"] == "digital_team") & (rows["metric"] == "utilisation")
    row = rows[here & (rows["site"] == _code(results, "Phù Liễn"))]
    return shown(of_row(row.iloc[0]), "share") if len(row) else "none"


def _kien_an_facts(results: Results, flows: Flows) -> list[Fact]:
    site = [_code(results, "Kiến An")]
    july = (FIRST_DAY, LAST_DAY_OF_JULY)
    everything = flows.only(counted((HELP,)), site, *july)
    copies = [
        each.assign(copies=each["arrived"].where(each["group"] == CERTIFICATION, 0)) for each in everything
    ]
    return [
        Fact(
            "Kiến An: a day",
            "153",
            total(everything, "arrived", "a day", 1 / WORKING_DAYS_OF_JULY),
            PRESS,
            "the report may count visitors",
        ),
        Fact("Kiến An: of them certification", "85 %", ratio(copies, "copies", "arrived", "share"), PRESS),
    ]


def _phu_lien_table(results: Results) -> str:
    """The counter of Phu Lien in July and August under every alternative."""
    columns = ["counter_starts", "counter_wait_ms", "gave_up", "visits"]
    rows = []
    for name, title in titles(results).items():
        chosen = Flows(results, name, columns).only(
            counted((CERTIFICATION, HELP)), [_code(results, "Phù Liễn")], FIRST_DAY, TWO_MONTHS
        )
        rows.append(
            [
                title,
                ratio(chosen, "counter_wait_ms", "counter_starts", "minutes", 1 / 60_000),
                ratio(chosen, "gave_up", "visits", "share"),
            ]
        )
    head = (
        "Phù Liễn, July and August, without certification",
        "wait at the counter",
        "left before being called",
    )
    return table(head, rows)
