"""Plan 02 in the whole country: its targets, work by hand, three provinces each Monday against one day."""

import datetime

import numpy as np
import pandas as pd

from sim.analysis.intervals import t_interval
from sim.record.store import AlternativeRecords
from sim.scenario import BASE, Study
from sim.scenario.schema import Scenario
from sim.scenario.schema.phases import RolloutPhase, Wave
from sim.study import Results
from tools.scenario_facts.plan_02 import (
    APART,
    DOSSIERS_OF_EACH,
    LAST_MONTH,
    ONE_DAY,
    SERVICES,
    mean_of,
    targets_table,
    what_changes,
)
from tools.scenario_facts.reading import CONFIDENCE, counted, number, shown, table, titles

COLUMNS = [
    "arrived",
    "arrived_electronic",
    "with_deadline",
    "on_time",
    "gave_up",
    "counter_wait_ms",
    "manual",
    "shuttles",
    "back_entries",
]
GO_LIVE = "one_portal_"
PARTS = ("north", "centre", "south")
ALL = "all"
FIRST_WEEKS_FROM = datetime.date(2025, 9, 12)
FIRST_WEEKS_UNTIL = datetime.date(2025, 12, 28)
"""From the first day of moving data to four weeks after the last go-live."""
HOURS = 1 / 3_600_000


class NationSums:
    """Counts by province and day, certification left out, one table for each replication."""

    def __init__(self, records: AlternativeRecords) -> None:
        province = records.areas.set_index("site")["province"]
        names = records.sites.set_index("site")["name"]
        self._name_of = province.map(lambda code: names.get(code, code))
        self.tables = [self._by_province(records, each) for each in records.replications]

    def _by_province(self, records: AlternativeRecords, replication: int) -> pd.DataFrame:
        """Added up a row group at a time; the whole table does not fit."""
        pieces = []
        for piece in records.pieces("flow", replication, ["group", "site", "day", *COLUMNS]):
            rows = piece[counted(APART)(piece["group"].astype(str))]
            rows = rows.assign(province=rows["site"].astype(str).map(self._name_of))
            pieces.append(rows.groupby(["province", "day"])[COLUMNS].sum().reset_index())
        return pd.concat(pieces)

    def total(
        self,
        column: str,
        provinces: tuple[str, ...] = (),
        first: datetime.date | None = None,
        last: datetime.date | None = None,
    ) -> np.ndarray:
        """Sum of a column over provinces (all when none is named) and days, by replication."""
        values = []
        for rows in self.tables:
            kept = pd.Series(True, index=rows.index)
            if provinces:
                kept &= rows["province"].isin(provinces)
            if first is not None:
                kept &= rows["day"] >= pd.Timestamp(first)
            if last is not None:
                kept &= rows["day"] <= pd.Timestamp(last)
            values.append(float(rows.loc[kept, column].sum()))
        return np.array(values)


def parts(study: Study, results: Results) -> dict[str, str]:
    """The tables of the page."""
    sums = {name: NationSums(results.records.alternatives[name]) for name in titles(results)}
    return {
        "phases": _phases_table(study),
        "mondays": _mondays_table(study),
        "targets": targets_table(results, lambda name: _online_in_december(sums[name])),
        "by_hand": _by_hand_table(study, results, sums),
        "volume": _volume_table(sums[BASE]),
        "go_live": _go_live_table(study, sums),
        "provinces": _provinces_table(study, sums),
    }


def _phases_table(study: Study) -> str:
    """The phases of the base; of those by province the first and the last one."""
    rows = [
        [phase.title.en, _where(phase), *_first_and_last(phase.waves), what_changes(phase)]
        for phase in study.base.phases.values()
    ]
    return table(("phase", "where", "from", "last go-live", "ends", "what changes"), rows)


def _where(phase: RolloutPhase) -> str:
    return f"{len(phase.waves)} provinces, one each Monday" if len(phase.waves) > 1 else "all"


def _first_and_last(waves: tuple[Wave, ...]) -> tuple[str, str, str]:
    last = waves[-1]
    until = "" if last.until is None else last.until.isoformat()
    return waves[0].at.isoformat(), last.at.isoformat() if len(waves) > 1 else "", until


def _mondays(study: Study) -> dict[str, dict[datetime.date, str]]:
    """The province that goes live on each Monday, by part of the country."""
    phases = study.base.phases
    return {part: {wave.at: wave.province for wave in phases[GO_LIVE + part].waves} for part in PARTS}


def _mondays_table(study: Study) -> str:
    mondays = _mondays(study)
    days = sorted({day for found in mondays.values() for day in found})
    rows = [[day.isoformat(), *(mondays[part].get(day, "") for part in PARTS)] for day in days]
    return table(("Monday", *PARTS), rows)


def _online_in_december(sums: NationSums) -> str:
    share = sums.total("arrived_electronic", first=LAST_MONTH) / sums.total("arrived", first=LAST_MONTH)
    return shown(t_interval(share, CONFIDENCE, 0.0, 1.0), "share")


def _by_hand_table(study: Study, results: Results, sums: dict[str, NationSums]) -> str:
    """How far from electronic throughout: steps by hand, dossiers forced to paper, paper entered later."""
    rows = []
    for name, title in titles(results).items():
        arrived = sums[name].total("arrived")
        columns = {each: sums[name].total(each) for each in ("manual", "shuttles", "back_entries")}
        moving = _forced_to_paper_by_moves(study.scenarios[name], sums[name])
        values = (columns["manual"], columns["shuttles"], moving, columns["back_entries"])
        rows.append(
            [
                title,
                *(shown(t_interval(1000 * each / arrived, CONFIDENCE, 0.0), "dossiers") for each in values),
            ]
        )
    heads = (
        "per 1,000 dossiers filed",
        "steps by hand",
        "forced from online to paper",
        "of these on the Friday before a go-live",
        "entered afterwards",
    )
    return table(heads, rows)


def _forced_to_paper_by_moves(scenario: Scenario, sums: NationSums) -> np.ndarray:
    """On the last working day before each go-live, on which the old portal is down already."""
    found = np.zeros(len(sums.tables))
    for phase in scenario.phases.values():
        for wave in phase.waves if phase.change.systems else ():
            friday = wave.at - datetime.timedelta(days=3)
            provinces = (wave.province,) if wave.province else phase.where.provinces
            found += sums.total("shuttles", provinces, friday, friday)
    return found


def _volume_table(sums: NationSums) -> str:
    """Dossiers of all procedures beside 982 services of 1,000 dossiers a year and province."""
    provinces = sorted(set(sums.tables[0]["province"]))
    of_each = SERVICES * DOSSIERS_OF_EACH / 2
    online = {each: sums.total("arrived_electronic", (each,)) for each in provinces}
    by_size = sorted(provinces, key=lambda each: float(online[each].mean()))
    chosen = [("all 34 provinces", sums.total("arrived_electronic"), of_each * len(provinces))]
    chosen += [
        (each, online[each], of_each) for each in (by_size[-1], by_size[len(by_size) // 2], by_size[0])
    ]
    rows = [
        [name, number(wanted), shown(t_interval(values, CONFIDENCE), "dossiers")]
        for name, values, wanted in chosen
    ]
    heads = ("filed online in half a year, without certification", "982 services of 500 each", "model")
    return table(heads, rows)


def _measures(sums: NationSums, provinces: tuple[str, ...]) -> dict[str, np.ndarray]:
    def total(column: str) -> np.ndarray:
        return sums.total(column, provinces, FIRST_WEEKS_FROM, FIRST_WEEKS_UNTIL)

    return {
        "finished late": total("with_deadline") - total("on_time"),
        "left the counter": total("gave_up"),
        "hours waited at counters": total("counter_wait_ms") * HOURS,
    }


def _go_live_table(study: Study, sums: dict[str, NationSums]) -> str:
    """What is finished late, who leaves and how long people wait while provinces go live."""
    places = {part: tuple(found.values()) for part, found in _mondays(study).items()}
    rows = []
    for name, provinces in {**places, ALL: ()}.items():
        after, at_once = (_measures(sums[each], provinces) for each in (BASE, ONE_DAY))
        for measure, values in after.items():
            other = at_once[measure]
            rows.append(
                [name, measure, mean_of(values), mean_of(other), mean_of(other - values, signed=True)]
            )
    period = f"{FIRST_WEEKS_FROM.isoformat()} to {FIRST_WEEKS_UNTIL.isoformat()}"
    return table((period, "", "three each Monday", "on one day", "difference"), rows)


def _provinces_table(study: Study, sums: dict[str, NationSums]) -> str:
    """What the single day changes in each province, in the order of their go-live."""
    mondays = _mondays(study)
    order = sorted((day, province) for found in mondays.values() for day, province in found.items())
    rows = []
    for day, province in order:
        after, at_once = (_measures(sums[each], (province,)) for each in (BASE, ONE_DAY))
        changes = [
            mean_of(at_once[each] - after[each], signed=True)
            for each in ("left the counter", "hours waited at counters")
        ]
        rows.append([day.isoformat(), province, *changes])
    heads = ("Monday", "province", "left the counter, on one day", "hours waited at counters, on one day")
    return table(heads, rows)
