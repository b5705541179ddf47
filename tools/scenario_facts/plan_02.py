"""Plan 02: its targets beside the model, and what a staggered go-live gives against one on a single day."""

import datetime
from collections.abc import Callable

import numpy as np
import pandas as pd

from sim.analysis.intervals import t_interval
from sim.scenario import BASE, Study
from sim.scenario.schema.phases import RolloutPhase
from sim.scenario.schema.territory import Selection
from sim.study import Results
from tools.scenario_facts.reading import CONFIDENCE, Flows, counted, number, ratio, shown, table, titles

APART = ("certification",)
LAST_MONTH = datetime.date(2025, 12, 1)
PROVINCES = ("Quảng Trị", "Quảng Ngãi")
ONE_DAY = "one_day"
SERVICES, DOSSIERS_OF_EACH = 982, 1000
WORDS = {"met": "met", "not_met": "not met", "undecided": "undecided"}
FIRST_WEEKS_FROM = datetime.date(2025, 9, 12)
FIRST_WEEKS_UNTIL = datetime.date(2025, 11, 9)
"""From the first day of moving data to four weeks after the last go-live."""


def parts(study: Study, results: Results) -> dict[str, str]:
    """The tables of the page."""
    return {
        "phases": _phases_table(study),
        "targets": _targets_table(results),
        "volume": _volume_table(results),
        "go_live": _go_live_table(results),
    }


def _phases_table(study: Study) -> str:
    """The phases of the base as they are written."""
    rows = []
    for phase in study.base.phases.values():
        for wave in phase.waves:
            until = "" if wave.until is None else wave.until.isoformat()
            where = wave.province or ("both" if phase.where == Selection() else "where posts are tight")
            rows.append([phase.title.en, where, wave.at.isoformat(), until, what_changes(phase)])
    return table(("phase", "where", "from", "until", "what changes"), rows)


def what_changes(phase: RolloutPhase) -> str:
    """The sections of a scenario that a phase changes."""
    return ", ".join(name for name in type(phase.change).model_fields if getattr(phase.change, name))


def _targets_table(results: Results) -> str:
    """Each target of the study, alternative by alternative, over the half-year and in December."""

    def december(name: str) -> str:
        flows = Flows(results, name, ["arrived", "arrived_electronic"]).only(counted(APART), first=LAST_MONTH)
        return ratio(flows, "arrived_electronic", "arrived", "share")

    return targets_table(results, december)


def targets_table(results: Results, december: Callable[[str], str]) -> str:
    """Each target by alternative, and what is filed online in December, which is asked for by alternative."""
    rows = []
    for name, title in titles(results).items():
        for target in results.summary(name).targets.itertuples(index=False):
            interval = _of_target(target)
            rows.append(
                [str(target.title_en), title, f"{100 * target.goal:.0f} %", interval, WORDS[target.verdict]]
            )
        rows.append(["Filed online in December alone", title, "80 %", december(name), ""])
    return table(
        ("target", "alternative", "wanted", "model", "verdict"), sorted(rows, key=lambda row: row[0])
    )


def _of_target(row: object) -> str:
    """The value of a row of targets with its interval."""
    value, low, high = (100 * float(getattr(row, part)) for part in ("value", "low", "high"))
    return f"{value:.1f} % ({low:.1f} to {high:.1f})"


def _volume_table(results: Results) -> str:
    """Dossiers of all procedures beside 982 services of 1,000 dossiers a year and province."""
    areas = results.records.alternatives[BASE].areas
    rows = []
    for province in PROVINCES:
        sites = areas.loc[areas["province"] == province, "site"]
        flows = Flows(results, BASE, ["arrived", "arrived_electronic"]).only(counted(APART), sites)
        half_year = np.array([each["arrived_electronic"].sum() for each in flows], float)
        rows.append(
            [
                province,
                number(SERVICES * DOSSIERS_OF_EACH / 2),
                shown(t_interval(half_year, CONFIDENCE), "dossiers"),
            ]
        )
    heads = ("filed online in half a year, without certification", "982 services of 500 each", "model")
    return table(heads, rows)


def _go_live_table(results: Results) -> str:
    """What is finished late and who leaves the counter while the provinces go live, by province."""
    areas = results.records.alternatives[BASE].areas
    rows = []
    for province in (*PROVINCES, "both"):
        chosen = areas if province == "both" else areas[areas["province"] == province]
        found = {name: _sums(results, name, chosen["site"]) for name in (BASE, ONE_DAY)}
        for measure, words in (
            ("late", "finished late"),
            ("gave_up", "left the counter"),
            ("wait_hours", "hours waited at counters"),
        ):
            each = [found[name][measure] for name in (BASE, ONE_DAY)]
            rows.append(
                [
                    province,
                    words,
                    *(mean_of(values) for values in each),
                    mean_of(each[1] - each[0], signed=True),
                ]
            )
    heads = (
        f"{FIRST_WEEKS_FROM.isoformat()} to {FIRST_WEEKS_UNTIL.isoformat()}",
        "",
        "one after the other",
        "on one day",
    )
    return table((*heads, "difference"), rows)


def _sums(results: Results, name: str, sites: pd.Series) -> dict[str, np.ndarray]:
    columns = ["with_deadline", "on_time", "gave_up", "counter_wait_ms"]
    flows = Flows(results, name, columns).only(counted(APART), sites, FIRST_WEEKS_FROM, FIRST_WEEKS_UNTIL)
    sums = pd.DataFrame([each[columns].sum() for each in flows])
    return {
        "late": (sums["with_deadline"] - sums["on_time"]).to_numpy(float),
        "gave_up": sums["gave_up"].to_numpy(float),
        "wait_hours": sums["counter_wait_ms"].to_numpy(float) / 3_600_000,
    }


def mean_of(values: np.ndarray, signed: bool = False) -> str:
    """A number of replications with its interval; of a signed one, a difference, whether it is shown."""
    interval = t_interval(values, CONFIDENCE)
    text = shown(interval, "dossiers")
    if not signed:
        return text
    text = text if float(interval.value) < 0 else f"+{text}"
    return text if float(interval.low) > 0 or float(interval.high) < 0 else f"not shown: {text}"
