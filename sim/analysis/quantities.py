"""The numbers about dossiers, each from exact counts: for places, groups or scopes, by replication.

All arrays have shape [units, replications], a unit being whatever a table has a row for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.analysis.counts import FLOW_FIELDS
from sim.analysis.histograms import quantile_seconds
from sim.analysis.intervals import Interval, clustered_share_interval, t_interval
from sim.analysis.metrics import METRICS
from sim.analysis.setting import MS_PER_DAY, MS_PER_HOUR, Setting
from sim.record.tables import CLOCKS

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64] | Floats

MS_PER_MINUTE = 60_000.0
METRES_PER_KM = 1000.0
QUANTILES = {"median": 0.5, "p90": 0.9, "p95": 0.95}


class Quantity(NamedTuple):
    """One number for every unit and replication, with what is needed for its interval."""

    values: Floats
    """[units, replications]; NaN where it does not exist"""
    dossiers: Floats
    """[units, replications] dossiers behind it"""
    successes: Floats | None = None
    """set for a share of dossiers: those counted, out of ``dossiers``"""

    def interval(self, metric: str, confidence: float) -> Interval:
        """Over the replications: by Wilson for shares of dossiers, else by Student."""
        if self.successes is not None:
            return clustered_share_interval(self.successes, self.dossiers, confidence)
        known = METRICS[metric]
        return t_interval(self.values, confidence, known.lowest, known.highest)


class Tally(NamedTuple):
    """Counts of the units: arrays [units, replications], by field."""

    flow: Mapping[str, Numbers]
    open_dossiers: Numbers
    open_overdue: Numbers


def tally(flow: Numbers, open_dossiers: Numbers, open_overdue: Numbers) -> Tally:
    """From arrays [replications, units], the flow with FLOW_FIELDS as its last axis."""
    fields = {name: flow[:, :, place].T for place, name in enumerate(FLOW_FIELDS)}
    return Tally(fields, open_dossiers.T, open_overdue.T)


def share(successes: Numbers, dossiers: Numbers) -> Quantity:
    """A share of dossiers."""
    return Quantity(ratio(successes, dossiers), as_floats(dossiers), as_floats(successes))


def mean(total: Numbers, dossiers: Numbers, per: float = 1.0) -> Quantity:
    """A mean over dossiers, in units of ``per``."""
    return Quantity(ratio(total, dossiers) / per, as_floats(dossiers))


def per_1000(events: Numbers, dossiers: Numbers) -> Quantity:
    """How often something happens to a thousand dossiers."""
    return Quantity(1000 * ratio(events, dossiers), as_floats(dossiers))


def number(dossiers: Numbers) -> Quantity:
    """A number of dossiers."""
    return Quantity(as_floats(dossiers), as_floats(dossiers))


def dossier_quantities(counts: Tally, setting: Setting) -> dict[str, Quantity]:
    """All numbers that come from sums of dossiers, by name of the metric."""
    flow, finished = counts.flow, counts.flow["finished"]
    return (
        _deadline_quantities(counts, setting)
        | {
            "cycle_working_mean": mean(flow["cycle_working_ms"], finished, setting.office_ms_per_working_day),
            "cycle_calendar_mean": mean(flow["cycle_ms"], finished, MS_PER_DAY),
            "counter_wait_mean": mean(flow["counter_wait_ms"], flow["counter_starts"], MS_PER_MINUTE),
            "filed": number(flow["arrived"]),
            "finished": number(finished),
            "refused_share": share(flow["refused"], finished),
            "closed_unanswered_share": share(flow["closed_unanswered"], finished),
            "withdrawn_share": share(flow["withdrawn"], finished),
            "backlog_end": number(counts.open_dossiers),
        }
        | _contact_quantities(flow)
        | travel_quantities(flow)
        | _system_quantities(flow)
    )


def _deadline_quantities(counts: Tally, setting: Setting) -> dict[str, Quantity]:
    flow = counts.flow
    late = flow["with_deadline"] - flow["on_time"]
    decided = flow["with_deadline"] + counts.open_overdue
    overdue = late + counts.open_overdue
    return {
        "on_time_share": share(flow["on_time"], decided),
        "on_time_share_of_finished": share(flow["on_time"], flow["with_deadline"]),
        "overdue": number(overdue),
        "overdue_share": share(overdue, decided),
        "apologies_per_1000": per_1000(flow["apologies"], decided),
        # A date kept after the warm-up may be that of an apology sent within it.
        "new_date_kept_share": share(np.minimum(flow["new_date_kept"], flow["apologies"]), flow["apologies"]),
        "lateness_mean": mean(flow["overdue_ms"], late, setting.office_ms_per_working_day),
    }


def _contact_quantities(flow: Mapping[str, Numbers]) -> dict[str, Quantity]:
    filed = flow["arrived"]
    elapsed = flow["cycle_ms"]
    without_outage = ratio(elapsed - flow["cause_outage_ms"], elapsed)
    return {
        "visits_per_dossier": mean(flow["visits"], filed),
        "left_counter_share": left_counter_share(flow),
        "escalated_per_1000": per_1000(flow["escalated"], filed),
        "filed_elsewhere_share": share(flow["filed_elsewhere"], filed),
        "online_share": share(flow["arrived_electronic"], filed),
        "supplement_share": mean(flow["supplements"], filed),
        "shuttles": Quantity(as_floats(flow["shuttles"]), as_floats(filed)),
        "manual_steps": Quantity(as_floats(flow["manual"]), as_floats(filed)),
        "back_entries": Quantity(as_floats(flow["back_entries"]), as_floats(filed)),
        # What was finished before the warm-up ended may be entered after it.
        "processed_electronically_share": share(
            np.maximum(flow["finished"] - flow["back_entries"], 0), flow["finished"]
        ),
        "experienced_availability": Quantity(without_outage, as_floats(flow["finished"])),
    }


def _system_quantities(flow: Mapping[str, Numbers]) -> dict[str, Quantity]:
    """Data that is entered once, status that differs between systems, and sessions of filing."""
    filed, synced = flow["arrived"], flow["synced"]
    return {
        "entered_once_share": Quantity(ratio(flow["prefilled"], flow["entries"]), as_floats(filed)),
        "redone_per_1000": per_1000(flow["redone"], filed),
        "out_of_step_per_1000": per_1000(flow["out_of_step"], filed),
        "out_of_step_hours": mean(flow["out_of_step_ms"], synced, MS_PER_HOUR),
        "synced_late_share": mean(flow["synced_late"], synced),
        "finished_open_share": share(flow["finished_open"], flow["finished"]),
        "timed_out_per_1000": per_1000(flow["timed_out"], filed),
        "changed_channel_per_1000": per_1000(flow["changed_channel"], filed),
    }


def left_counter_share(flow: Mapping[str, Numbers]) -> Quantity:
    """Those who left the counter before they were called, among all who came to it."""
    return share(flow["gave_up"], flow["gave_up"] + flow["counter_starts"])


def travel_quantities(flow: Mapping[str, Numbers]) -> dict[str, Quantity]:
    """How far and how long citizens travel to counters, there and back."""
    hours = as_floats(flow["travel_ms"]) / MS_PER_HOUR
    return {
        "travel_km_per_visit": mean(flow["travel_m"], flow["visits"], METRES_PER_KM),
        "travel_km_per_dossier": mean(flow["travel_m"], flow["arrived"], METRES_PER_KM),
        "travel_hours": Quantity(hours, as_floats(flow["arrived"])),
    }


def cycle_quantiles(cycle: Numbers, setting: Setting) -> dict[str, Quantity]:
    """Quantiles of the time to the result; ``cycle`` is [replications, units, CLOCKS, bins]."""
    found = {}
    for clock, title, unit_ms in (
        ("working", "cycle_working", setting.office_ms_per_working_day),
        ("elapsed", "cycle_calendar", float(MS_PER_DAY)),
    ):
        bins = cycle[:, :, CLOCKS.index(clock)].swapaxes(0, 1)
        for name, probability in QUANTILES.items():
            days = quantile_seconds(bins, probability) * 1000 / unit_ms
            found[f"{title}_{name}"] = Quantity(days, as_floats(bins.sum(axis=-1)))
    return found


def ratio(numerator: Numbers, denominator: Numbers) -> Floats:
    """Quotient, NaN where the denominator is 0."""
    below = as_floats(denominator)
    quotient: Floats = np.divide(numerator, below, out=np.full(below.shape, np.nan), where=below > 0)
    return quotient


def as_floats(numbers: Numbers) -> Floats:
    return np.asarray(numbers, dtype=np.float64)
