"""The numbers that the analysis knows: name, unit, and which direction is good."""

from __future__ import annotations

from math import inf
from typing import NamedTuple


class Metric(NamedTuple):
    """What one number is."""

    unit: str
    good: str
    """``more``, ``less``, or '' where neither is better in itself."""
    definition: str
    lowest: float = 0.0
    highest: float = inf
    """Limits of what it can be; intervals are cut there."""
    by_chance: bool = True
    """False for what is planned; it is by chance only where it differs between replications."""
    always: bool = True
    """False for what needs a rule that a scenario may be without; left out where it never happens."""


METRICS: dict[str, Metric] = {
    "on_time_share": Metric(
        "share", "more", "finished by the deadline / (finished with a deadline + open past it)"
    ),
    "on_time_share_of_finished": Metric(
        "share", "more", "finished by the deadline / finished with a deadline; leaves open dossiers out"
    ),
    "overdue": Metric("dossiers", "less", "finished late, or open past the deadline at the end"),
    "overdue_share": Metric("share", "less", "1 - on_time_share"),
    "apologies_per_1000": Metric(
        "per_1000",
        "less",
        "apologies sent / 1,000 dossiers finished with a deadline or open past it",
        always=False,
    ),
    "new_date_kept_share": Metric(
        "share", "more", "finished by the date of their apology / apologies sent; open ones have not kept it"
    ),
    "lateness_mean": Metric("working_days", "less", "mean time past the deadline of those finished late"),
    "cycle_working_mean": Metric("working_days", "less", "filing to end in office time, finished dossiers"),
    "cycle_working_median": Metric("working_days", "less", "median of the same"),
    "cycle_working_p90": Metric("working_days", "less", "nine in ten are finished within it"),
    "cycle_working_p95": Metric("working_days", "less", "95 in 100 are finished within it"),
    "cycle_calendar_mean": Metric("days", "less", "filing to end in calendar time, finished dossiers"),
    "cycle_calendar_median": Metric("days", "less", "median of the same"),
    "cycle_calendar_p90": Metric("days", "less", "nine in ten are finished within it"),
    "cycle_calendar_p95": Metric("days", "less", "95 in 100 are finished within it"),
    "counter_wait_mean": Metric("minutes", "less", "wait at the counter in opening hours"),
    "counter_wait_median": Metric("minutes", "less", "median of the same; all groups, whole run"),
    "counter_wait_p90": Metric("minutes", "less", "nine in ten wait no longer; all groups, whole run"),
    "counter_wait_p95": Metric("minutes", "less", "95 in 100 wait no longer; all groups, whole run"),
    "left_counter_share": Metric(
        "share",
        "less",
        "left the counter before they were called / those and the ones called",
        always=False,
    ),
    "filed": Metric("dossiers", "", "filed in the days evaluated"),
    "finished": Metric("dossiers", "more", "ended in the days evaluated, however they ended"),
    "refused_share": Metric("share", "", "refused / finished"),
    "closed_unanswered_share": Metric("share", "less", "closed for want of the citizen's answer / finished"),
    "withdrawn_share": Metric("share", "less", "given up by the citizen / finished", always=False),
    "escalated_per_1000": Metric(
        "per_1000",
        "less",
        "sent on to another desk because they waited too long / 1,000 dossiers filed",
        always=False,
    ),
    "backlog": Metric("dossiers", "less", "filed and not finished at the end of a day"),
    "backlog_end": Metric("dossiers", "less", "filed and not finished at the end of the run"),
    "backlog_mean": Metric("dossiers", "less", "mean over the days of those filed and not finished"),
    "backlog_highest": Metric("dossiers", "less", "highest of the days"),
    "utilisation": Metric("share", "", "time at work on dossiers / time available, all pools together"),
    "visits_per_dossier": Metric("visits", "less", "visits in person / dossiers filed"),
    "travel_km_per_visit": Metric(
        "km", "less", "way of citizens there and back / visits in person", always=False
    ),
    "travel_km_per_dossier": Metric("km", "less", "way of citizens / dossiers filed", always=False),
    "travel_hours": Metric("hours", "less", "way of citizens at the speed of their commune", always=False),
    "filed_elsewhere_share": Metric(
        "share", "", "filed at another commune than that of the citizen / filed", always=False
    ),
    "online_share": Metric("share", "more", "filed on an electronic channel / filed"),
    "supplement_share": Metric("share", "less", "supplement requests / dossiers filed", highest=1.0),
    "shuttles": Metric("count", "less", "changes from electronic to paper forced by an outage"),
    "manual_steps": Metric("count", "less", "steps done by hand because a system was out of reach"),
    "back_entries": Metric("count", "less", "paper steps entered into the system afterwards"),
    "processed_electronically_share": Metric(
        "share", "more", "1 - dossiers on paper that were entered afterwards / finished", highest=1.0
    ),
    "experienced_availability": Metric(
        "share",
        "more",
        "1 - time that finished dossiers lost to outages / their elapsed time",
        highest=1.0,
    ),
    "entered_once_share": Metric(
        "share",
        "more",
        "services with all data from another system / services at steps where data can come from there",
        highest=1.0,
        always=False,
    ),
    "redone_per_1000": Metric(
        "per_1000",
        "less",
        "services done again because work by hand went wrong / 1,000 dossiers filed",
        always=False,
    ),
    "out_of_step_per_1000": Metric(
        "per_1000",
        "less",
        "times that the status began to differ between two systems / 1,000 dossiers filed",
        always=False,
    ),
    "out_of_step_hours": Metric(
        "hours", "less", "mean time until the status of such dossiers agreed again", always=False
    ),
    "synced_late_share": Metric(
        "share",
        "less",
        "status that agreed again later than the rules allow / all that agreed again",
        highest=1.0,
        always=False,
    ),
    "finished_open_share": Metric(
        "share", "less", "finished while still open in another system / finished", always=False
    ),
    "timed_out_per_1000": Metric(
        "per_1000",
        "less",
        "sessions of filing that ended in the queue of a system / 1,000 dossiers filed",
        always=False,
    ),
    "changed_channel_per_1000": Metric(
        "per_1000", "less", "citizens who took to another channel / 1,000 dossiers filed", always=False
    ),
    "on_time_worst_decile": Metric("share", "more", "on-time share of the tenth of communes with the lowest"),
    "on_time_gap": Metric(
        "share",
        "less",
        "best tenth of the communes minus the worst tenth, on-time share",
        lowest=-1.0,
        highest=1.0,
    ),
    "cost_total": Metric(
        "vnd", "less", "posts, overtime, links and support: what the administration pays", by_chance=False
    ),
    "cost_per_dossier": Metric("vnd", "less", "cost_total / dossiers finished, of all groups"),
    "cost_citizens": Metric(
        "vnd", "less", "time that citizens wait at counters and travel, at the price set"
    ),
}
"""Numbers about dossiers, counters, people and money by name, in the order of the tables."""

METRICS_COMPARED = (
    "on_time_share",
    "overdue",
    "cycle_working_mean",
    "counter_wait_mean",
    "backlog_end",
    "left_counter_share",
    "travel_km_per_dossier",
    "cost_total",
)
"""Numbers on which alternatives are compared; few, because the intervals hold for all of them at once."""

CAUSES = ("work", "staff", "closed", "outage", "signature", "transfer", "citizen")
"""Causes of elapsed time, in the order of the columns ``cause_<name>_ms`` of the flow table."""
