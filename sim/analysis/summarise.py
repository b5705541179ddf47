"""All numbers of one alternative."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis import kpis
from sim.analysis.changes_by_area import site_replications_table
from sim.analysis.cost import cost_table
from sim.analysis.counter_wait import counter_wait_table
from sim.analysis.counts import count
from sim.analysis.outages import outages_table
from sim.analysis.people import people_table
from sim.analysis.pool_load import pool_load_table, utilisation_table
from sim.analysis.provinces import by_province_table, late_by_province_table
from sim.analysis.pulse import pulse_of_example
from sim.analysis.replication_advice import replication_advice_table
from sim.analysis.setting import setting_of
from sim.analysis.spread import spread_table
from sim.analysis.summary import Summary
from sim.analysis.support import read_support, support_table, team_routes_table
from sim.analysis.targets import targets_table
from sim.analysis.unfinished import unfinished_table
from sim.analysis.why_late import late_causes_table, why_late_table
from sim.analysis.worst_communes import worst_communes_table
from sim.record.store import AlternativeRecords


def summarise(records: AlternativeRecords, study: Mapping[str, Any]) -> Summary:
    """The numbers of an alternative from its records; ``study`` is the study's description (study.json).

    Raises ResultsError when a table cannot be read, ValueError when records contradict the study
    or each other.
    """
    setting = setting_of(records, study)
    counts = count(records, setting)
    headline = kpis.headline_quantities(counts, setting)
    communes = kpis.site_tally(counts, setting)
    per_replication = kpis.per_replication_table(headline, counts)
    tickets = read_support(records, "tickets", counts.replications, "opened_ms", setting)
    trips = read_support(records, "trips", counts.replications, "left_ms", setting)
    return Summary(
        alternative=records.name,
        replications=counts.replications,
        confidence=setting.confidence,
        first_day=setting.day(setting.warm_up_days),
        last_day=setting.day(-1),
        warm_up_days=setting.warm_up_days,
        headline=kpis.headline_table(headline, setting),
        by_group=kpis.by_group_table(counts, setting),
        by_site=kpis.by_site_table(counts, setting),
        by_province=by_province_table(communes, setting),
        late_by_province=late_by_province_table(communes, counts.replications, setting),
        by_day=kpis.by_day_table(counts, setting),
        by_site_and_replication=site_replications_table(communes, counts.replications, setting),
        internal=kpis.internal_table(counts, setting),
        why_late=why_late_table(counts, setting),
        late_causes=late_causes_table(counts, setting),
        utilisation=utilisation_table(counts, setting),
        pool_load=pool_load_table(counts, setting),
        people=people_table(counts, setting),
        counter_wait=counter_wait_table(counts, setting),
        spread=spread_table(communes, setting),
        unfinished=unfinished_table(counts, setting),
        outages=outages_table(counts, setting),
        outage_events=records.table("outages", counts.replications[0]),
        pulse_of_example=pulse_of_example(records, counts.replications[0]),
        support=support_table(tickets, trips, setting),
        team_routes=team_routes_table(trips),
        cost=cost_table(counts, setting),
        targets=targets_table(counts, setting),
        worst_communes=worst_communes_table(communes, setting),
        replication_advice=replication_advice_table(per_replication, setting.confidence),
        per_replication=per_replication,
    )
