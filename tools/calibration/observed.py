"""What the base of the Quang Ngai study gives when it is run, beside published figures."""

import dataclasses
import datetime
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.intervals import Interval, t_interval
from sim.record.store import AlternativeRecords
from sim.running.shortening import first_days
from sim.scenario import BASE, Study, load
from sim.study import Results, run
from tools.calibration.expected import CERTIFICATION, QUANG_NGAI
from tools.calibration.rows import Row

CONFIDENCE = 0.95
DAYS_OF_JULY = 31
MINUTES_PER_DAY = 1440
SECOND_COUNT = (datetime.date(2025, 7, 1), datetime.date(2025, 9, 15))
THIRD_QUARTER = (datetime.date(2025, 7, 1), datetime.date(2025, 9, 30))
NOT_COUNTED = (CERTIFICATION, "inherited")


def run_rows(workers: int | None) -> list[Row]:
    """Rows that need a run; takes about half a minute of computing."""
    study = dataclasses.replace(load(QUANG_NGAI), alternatives={})
    with TemporaryDirectory() as folder:
        whole = run(study, Path(folder) / "whole", workers=workers)
        july = run(_july(study), Path(folder) / "july", workers=workers)
        return [*_on_time_rows(whole), *_group_rows(whole), *_overdue_rows(july), *_counter_rows(whole)]


def _july(study: Study) -> Study:
    return dataclasses.replace(study, base=first_days(study.base, DAYS_OF_JULY))


def _records(results: Results) -> AlternativeRecords:
    return results.records.alternatives[BASE]


def _per_replication(values: Iterable[float]) -> Interval:
    return t_interval(np.array(list(values)), CONFIDENCE)


def _shown(interval: Interval, factor: float = 100.0, unit: str = " %") -> str:
    value, low, high = (factor * float(each) for each in (interval.value, interval.low, interval.high))
    return f"{value:.1f}{unit} ({low:.1f} to {high:.1f})"


def _counted_flow(results: Results, columns: Iterable[str]) -> list[pd.DataFrame]:
    records = _records(results)
    tables = (records.table("flow", number, ["group", "day", *columns]) for number in records.replications)
    return [table[~table["group"].isin(NOT_COUNTED)] for table in tables]


def _on_time(results: Results, first: datetime.date, last: datetime.date) -> Interval:
    """Finished by the deadline / finished with a deadline, from the first to the last day."""
    flows = _counted_flow(results, ["on_time", "with_deadline"])
    inside = [flow[flow["day"].between(pd.Timestamp(first), pd.Timestamp(last))] for flow in flows]
    return _per_replication(flow["on_time"].sum() / flow["with_deadline"].sum() for flow in inside)


def _on_time_rows(whole: Results) -> list[Row]:
    return [
        Row(
            "Finished on time, without certification, 1 July to 15 September",
            "91 %",
            _shown(_on_time(whole, *SECOND_COUNT)),
            "country, online dossiers, state press (B)",
            "tuned into the published band",
        ),
        Row(
            "Finished on time, without certification, third quarter",
            "96.6 %",
            _shown(_on_time(whole, *THIRD_QUARTER)),
            "Hồ Chí Minh City, state press (B)",
            "certification may be in the published share",
        ),
        Row(
            "Finished on time, without certification, half-year",
            "90.3 %",
            _shown(_on_time(whole, THIRD_QUARTER[0], datetime.date(2025, 12, 31))),
            "provincial centre of Quảng Ngãi, May 2025, before the merger (B)",
        ),
    ]


def _group_value(results: Results, group: str, metric: str) -> Interval:
    table = results.summary(BASE).by_group
    row = table[(table["group"] == group) & (table["metric"] == metric)].iloc[0]
    return _interval(row)


def _group_rows(whole: Results) -> list[Row]:
    published = {
        "land": ("about 94 %", "one branch of a land registration office, 2025 (C)"),
        "civil_status": ("almost never late", "press, 2025 (C)"),
        CERTIFICATION: ("almost never late", "press, 2025 (C)"),
    }
    titles = {"land": "Land", "civil_status": "Civil status", CERTIFICATION: "Certification"}
    rows = [
        Row(f"{titles[group]}: on time", seen, _shown(_group_value(whole, group, "on_time_share")), source)
        for group, (seen, source) in published.items()
    ]
    median = _group_value(whole, CERTIFICATION, "cycle_calendar_median")
    return [
        *rows,
        Row(
            "Certification: median time from filing to result",
            "about 10 min",
            _shown(median, MINUTES_PER_DAY, " min"),
            "one ward, July 2025 (C)",
            "with the wait at the counter",
        ),
    ]


def _overdue_rows(july: Results) -> list[Row]:
    records = _records(july)
    filed = [flow["arrived"].sum() for flow in _counted_flow(july, ["arrived"])]
    open_ones = (records.table("unfinished", number) for number in records.replications)
    overdue = [
        table.loc[table["overdue"] & (table["group"] != CERTIFICATION), "count"].sum() for table in open_ones
    ]
    return [
        Row(
            "Open and overdue at the end of July / filed in July",
            "4.95 %",
            _shown(
                _per_replication(late / all_filed for late, all_filed in zip(overdue, filed, strict=True))
            ),
            "country, online dossiers, letter 7260/VPCP-KSTT (A)",
            "too low, see below",
        )
    ]


def _counter_rows(whole: Results) -> list[Row]:
    headline = whole.summary(BASE).headline
    waits = headline[headline["metric"] == "counter_wait_mean"]
    wait = "Mean wait at the counter"
    titles = {"all": wait, "counted": f"{wait}, without certification"}
    return [
        Row(
            title,
            "at most 20 min",
            _shown(_interval(waits[waits["scope"] == scope].iloc[0]), 1.0, " min"),
            "own target of one ward, 2025 (C)",
            "no measured wait is published",
        )
        for scope, title in titles.items()
    ]


def _interval(row: "pd.Series[Any]") -> Interval:
    return Interval(row["value"], row["low"], row["high"], row["replications"])
