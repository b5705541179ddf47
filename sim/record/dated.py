"""What happens on a date: phases, other changes, planned outages, storms, from a scenario."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import numpy as np
import pyarrow as pa

from sim.record.tables import ALTERNATIVE_TABLES, table_of
from sim.scenario.schema.outages import FOR_GOOD_MS
from sim.scenario.schema.scenario import Scenario
from sim.world.moments import ms_since

PHASE, CHANGE, OUTAGE, STORM = "phase", "change", "outage", "storm"
FOR_GOOD = -1

Row = tuple[str, str, str, int, int]


def dated_table(scenario: Scenario) -> pa.Table:
    """All dated things, those of one kind together, in the order of the scenario.

    A time before the start is below 0; ended_ms is FOR_GOOD of what does not end.
    """
    rows = [*_phases(scenario), *_changes(scenario), *_planned_outages(scenario), *_storms(scenario)]
    kinds, names, provinces, began, ended = zip(*rows, strict=True) if rows else ((),) * 5
    columns = {
        "kind": list(kinds),
        "name": list(names),
        "province": list(provinces),
        "began_ms": np.array(began, np.int64),
        "ended_ms": np.array(ended, np.int64),
    }
    return table_of(ALTERNATIVE_TABLES["dated"], columns)


def _phases(scenario: Scenario) -> Iterator[Row]:
    for name, phase in scenario.phases.items():
        for wave in phase.waves:
            yield PHASE, name, wave.province, *_days(scenario, wave.at, wave.until)


def _changes(scenario: Scenario) -> Iterator[Row]:
    """Those that are no part of a phase."""
    for name, change in scenario.changes.items():
        phase = scenario.phases.get(name.rpartition("_")[0])
        if phase is None or change.at not in [wave.at for wave in phase.waves]:
            yield CHANGE, name, "", *_days(scenario, change.at, change.until)


def _days(scenario: Scenario, first: date, last: date | None) -> tuple[int, int]:
    """Begin and end of whole days."""
    start = scenario.period.start
    ended = FOR_GOOD if last is None else ms_since(start, datetime.combine(last + timedelta(1), time()))
    return ms_since(start, datetime.combine(first, time())), ended


def _planned_outages(scenario: Scenario) -> Iterator[Row]:
    for name, outage in scenario.outages.items():
        for planned in outage.planned or ():
            began = ms_since(scenario.period.start, planned.at)
            never = planned.until is None and planned.lasts == FOR_GOOD_MS
            yield OUTAGE, name, "", began, FOR_GOOD if never else began + planned.length_ms


def _storms(scenario: Scenario) -> Iterator[Row]:
    """Those with a date, from the first to the last point of their track."""
    for name, storm in scenario.storms.items():
        if storm.random is None:
            first, last = storm.track[0].at, storm.track[-1].at
            began = ms_since(scenario.period.start, storm.begins or first)
            yield STORM, name, "", began, began + round((last - first).total_seconds() * 1000)
