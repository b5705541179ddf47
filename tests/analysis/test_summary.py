"""The numbers of an alternative, held against the plain records and moved in known directions."""

from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.analysis import Summary, summarise
from sim.analysis.metrics import CAUSES, METRICS
from sim.analysis.summary import VALUE_COLUMNS
from sim.record.store import StudyRecords
from sim.record.tables import REPLICATION_TABLES
from tests.support.changed_records import Change, ChangedRecords
from tests.support.synthetic_records import write_synthetic_study

PLAIN_TABLES = {
    "outage_events",
    "late_by_province",
    "pulse_of_example",
    "team_routes",
    "worst_communes",
    "replication_advice",
    "per_replication",
    "by_site_and_replication",
}
WARM_UP_DAYS = 7
OWN_GROUPS = ["civil_status", "land"]
INTERNAL_GROUP = "tickets"
KM_PER_HOUR = 25.0


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> StudyRecords:
    return write_synthetic_study(tmp_path_factory.mktemp("results"), days=40, per_day=12)


@pytest.fixture(scope="module")
def summary(study: StudyRecords) -> Summary:
    return summarise(study.alternatives["base"], study.study)


def changed(study: StudyRecords, change: Change) -> Summary:
    return summarise(ChangedRecords(study.alternatives["base"], change), study.study)


def flow_of(study: StudyRecords, replication: int = 0) -> pd.DataFrame:
    flow = study.alternatives["base"].table("flow", replication)
    first = study.alternatives["base"].calendar["day"].min()
    return flow[flow["day"] >= first + pd.Timedelta(days=WARM_UP_DAYS)]


def pool_days_of(study: StudyRecords, replication: int, pool: str) -> pd.DataFrame:
    days = study.alternatives["base"].table("pool_days", replication)
    first = days["day"].min() + pd.Timedelta(days=WARM_UP_DAYS)
    return days[(days["day"] >= first) & (days["pool"] == pool)]


def one(summary: Summary, metric: str, scope: str = "counted", replication: int = 0) -> float:
    table = summary.per_replication
    row = table[
        (table["metric"] == metric) & (table["scope"] == scope) & (table["replication"] == replication)
    ]
    return float(row["value"].iloc[0])


def headline(summary: Summary, metric: str, scope: str = "counted") -> pd.Series:
    table = summary.headline
    return table[(table["metric"] == metric) & (table["scope"] == scope)].iloc[0]


def test_every_table_has_the_value_columns_and_intervals_hold_their_values(summary: Summary) -> None:
    for field in fields(Summary):
        table = getattr(summary, field.name)
        if isinstance(table, pd.DataFrame) and field.name not in PLAIN_TABLES:
            assert set(VALUE_COLUMNS) <= set(table.columns), field.name
            assert len(table), field.name
            with_interval = table[table["replications"] > 1]
            assert (with_interval["low"] <= with_interval["value"] + 1e-9).all(), field.name
            assert (with_interval["value"] <= with_interval["high"] + 1e-9).all(), field.name


def test_causes_are_those_of_the_flow_table() -> None:
    columns = [name for name in REPLICATION_TABLES["flow"].names if name.startswith("cause_")]
    assert columns == [f"cause_{cause}_ms" for cause in CAUSES]


def test_headline_knows_only_defined_metrics_and_leaves_none_out(summary: Summary) -> None:
    assert set(summary.headline["metric"]) == set(METRICS) - {"backlog"}


def test_days_of_the_warm_up_are_left_out(study: StudyRecords, summary: Summary) -> None:
    flow = flow_of(study)
    assert one(summary, "filed") == flow.loc[flow["group"].isin(OWN_GROUPS), "arrived"].sum()
    assert summary.by_day["day"].min() == summary.first_day == pd.Timestamp("2025-07-08").date()


def test_backlog_still_counts_what_was_filed_in_the_warm_up(study: StudyRecords, summary: Summary) -> None:
    unfinished = study.alternatives["base"].table("unfinished", 0)
    left = unfinished.loc[unfinished["group"].isin(OWN_GROUPS), "count"].sum()
    assert one(summary, "backlog_end") == left
    last = summary.by_day[(summary.by_day["metric"] == "backlog") & (summary.by_day["scope"] == "counted")]
    assert last["value"].iloc[-1] == pytest.approx(headline(summary, "backlog_end")["value"])


def test_on_time_share_counts_open_dossiers_past_their_deadline_as_late(
    study: StudyRecords, summary: Summary
) -> None:
    flow, unfinished = flow_of(study), study.alternatives["base"].table("unfinished", 0)
    own = flow[flow["group"].isin(OWN_GROUPS)]
    open_late = unfinished[unfinished["group"].isin(OWN_GROUPS) & unfinished["overdue"]]["count"].sum()
    assert open_late > 0
    decided = own["with_deadline"].sum() + open_late
    assert one(summary, "on_time_share") == pytest.approx(own["on_time"].sum() / decided)
    assert one(summary, "overdue") == decided - own["on_time"].sum()
    assert one(summary, "overdue_share") == pytest.approx(1 - one(summary, "on_time_share"))


def test_online_share_is_given_with_and_without_groups_that_count_apart(
    study: StudyRecords, summary: Summary
) -> None:
    flow = flow_of(study)
    for scope, groups in {"counted": OWN_GROUPS, "all": [*OWN_GROUPS, "certification"]}.items():
        chosen = flow[flow["group"].isin(groups)]
        expected = chosen["arrived_electronic"].sum() / chosen["arrived"].sum()
        assert one(summary, "online_share", scope) == pytest.approx(expected)
    assert one(summary, "online_share") > one(summary, "online_share", "all") + 0.1


def test_inherited_dossiers_are_shown_apart_and_in_no_other_scope(
    study: StudyRecords, summary: Summary
) -> None:
    inherited = flow_of(study).query("group == 'inherited'")["finished"].sum()
    assert inherited > 0
    assert one(summary, "finished", "inherited") == inherited
    by_group = summary.by_group[summary.by_group["metric"] == "finished"].set_index("group")["value"]
    assert by_group.drop("inherited").sum() == pytest.approx(headline(summary, "finished", "all")["value"])


def test_communes_add_up_to_the_headline(summary: Summary) -> None:
    for metric in ("filed", "overdue", "backlog_end", "travel_hours"):
        by_site = summary.by_site[summary.by_site["metric"] == metric]
        assert by_site["value"].sum() == pytest.approx(headline(summary, metric)["value"])


def test_why_late_adds_up_to_the_time_to_the_result(summary: Summary) -> None:
    whole = summary.why_late.groupby(["scope", "group", "metric"], sort=False)["value"].sum().unstack()
    assert whole["share_of_elapsed"].to_numpy() == pytest.approx(1.0, abs=1e-12)
    days = headline(summary, "cycle_calendar_mean")["value"]
    assert whole.loc[("counted", ""), "hours_per_dossier"] == pytest.approx(24 * days, rel=1e-12)


def test_causes_of_the_late_are_shares_of_their_own_time_and_longer_than_the_mean(summary: Summary) -> None:
    whole = summary.late_causes.groupby(["scope", "group", "metric"], sort=False)["value"].sum().unstack()
    assert whole["share_of_elapsed"].to_numpy() == pytest.approx(1.0, abs=1e-12)
    days = headline(summary, "cycle_calendar_mean")["value"]
    assert whole.loc[("counted", ""), "hours_per_dossier"] > 24 * days
    late = summary.late_causes["dossiers"].max()
    assert 0 < late < headline(summary, "finished", "all")["value"] * len(summary.replications)


def test_causes_that_do_not_add_up_are_refused(study: StudyRecords) -> None:
    def lose_a_millisecond(name: str, table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(cycle_ms=table["cycle_ms"] + 1) if name == "flow" else table

    with pytest.raises(ValueError, match="do not add up"):
        changed(study, lose_a_millisecond)


def test_a_place_that_the_study_does_not_have_is_refused(study: StudyRecords) -> None:
    def strange_group(name: str, table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(group="forestry") if name == "flow" else table

    with pytest.raises(ValueError, match="forestry"):
        changed(study, strange_group)


def test_utilisation_is_work_by_available_time_week_by_week(study: StudyRecords, summary: Summary) -> None:
    days = study.alternatives["base"].table("pool_days", 0)
    first = days["day"].min() + pd.Timedelta(days=WARM_UP_DAYS)
    busy, available = days[days["day"] >= first][["busy_ms", "available_ms"]].sum()
    assert one(summary, "utilisation", "all") == pytest.approx(busy / available)
    land = summary.utilisation[summary.utilisation["pool"] == "land_office"]
    assert land["value"].to_numpy() == pytest.approx(0.7)
    assert all(pd.Timestamp(week).day_of_week == 0 for week in summary.utilisation["week"])


def test_twice_the_work_is_twice_the_utilisation(study: StudyRecords, summary: Summary) -> None:
    def double(name: str, table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(busy_ms=2 * table["busy_ms"]) if name == "pool_days" else table

    doubled = changed(study, double)
    assert doubled.utilisation["value"].to_numpy() == pytest.approx(
        2 * summary.utilisation["value"].to_numpy()
    )


def test_quantiles_and_means_stand_in_order(summary: Summary) -> None:
    for name in ("cycle_working", "cycle_calendar"):
        median, p90, p95 = (headline(summary, f"{name}_{q}")["value"] for q in ("median", "p90", "p95"))
        assert median < p90 < p95
        assert median < headline(summary, f"{name}_mean")["value"] < p90


def test_counter_wait_distribution_is_whole(summary: Summary) -> None:
    in_bin = summary.counter_wait.query("metric == 'share_in_bin'")["value"]
    up_to = summary.counter_wait.query("metric == 'share_up_to'")["value"]
    assert in_bin.sum() == pytest.approx(1.0)
    assert up_to.to_numpy() == pytest.approx(in_bin.cumsum().to_numpy())


def cost_of(summary: Summary) -> pd.Series:
    return summary.cost.set_index(["item", "detail"])["value"]


def test_cost_is_posts_overtime_and_links_for_the_months_evaluated(
    study: StudyRecords, summary: Summary
) -> None:
    cost, months = cost_of(summary), 33 / (365.25 / 12)
    assert cost["posts", "reception"] == pytest.approx(12 * 4 * 12e6 * months)
    assert cost["links", ""] == pytest.approx((12 * 3e6 + 2e7) * months)
    overtime_hours = np.mean(
        [pool_days_of(study, r, "reception_overtime")["busy_ms"].sum() for r in range(5)]
    )
    assert cost["overtime", "reception_overtime"] == pytest.approx(overtime_hours / 3.6e6 * 90_000)
    assert cost["overtime", ""] == cost["overtime", "reception_overtime"]
    paid = cost[["posts", "overtime", "links", "support"]].xs("", level="detail")
    assert cost["total", ""] == pytest.approx(paid.sum())
    assert cost["total", ""] == pytest.approx(headline(summary, "cost_total", "all")["value"])


def test_time_of_citizens_is_what_they_wait_and_travel(study: StudyRecords, summary: Summary) -> None:
    citizens = [flow_of(study, r).query("group != @INTERNAL_GROUP") for r in range(5)]
    waited = np.mean([flow["counter_wait_ms"].sum() for flow in citizens]) / 3.6e6
    travelled = np.mean([flow["travel_m"].sum() for flow in citizens]) / 1000 / KM_PER_HOUR
    cost = cost_of(summary)
    assert cost["citizens", "waiting"] == pytest.approx(waited * 30_000)
    assert cost["citizens", "travel"] == pytest.approx(travelled * 30_000)
    assert cost["citizens", ""] == pytest.approx((waited + travelled) * 30_000)


def test_without_travel_and_overtime_cost_has_no_lines_for_them(study: StudyRecords) -> None:
    def at_home_and_on_time(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name == "flow":
            return table.assign(travel_m=0)
        return table.assign(busy_ms=0) if name == "pool_days" else table

    items = set(cost_of(changed(study, at_home_and_on_time)).index)
    assert ("citizens", "") in items
    assert not {("overtime", ""), ("citizens", "travel"), ("citizens", "waiting")} & items


def test_who_is_away_costs_as_much_as_who_is_there(study: StudyRecords, summary: Summary) -> None:
    def nobody_comes(name: str, table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(people=0) if name == "pool_days" else table

    assert cost_of(changed(study, nobody_comes))["posts", ""] == cost_of(summary)["posts", ""]


def test_posts_that_come_later_cost_from_that_day_on(study: StudyRecords, summary: Summary) -> None:
    def double_at_the_counter_for_the_last_eleven_days(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name != "pool_days":
            return table
        more = (table["pool"] == "reception") & (table["day"] > table["day"].max() - pd.Timedelta(days=11))
        return table.assign(posts=table["posts"] * (1 + more))

    before, after = (
        s.cost.set_index(["item", "detail"])["value"]
        for s in (summary, changed(study, double_at_the_counter_for_the_last_eleven_days))
    )
    reception = ("posts", "reception")
    assert after[reception] == pytest.approx(before[reception] * (1 + 11 / 33))
    assert after[("posts", "leader")] == before[("posts", "leader")]


def test_dearer_links_raise_the_cost_and_nothing_else(study: StudyRecords, summary: Summary) -> None:
    def dearer(name: str, table: pd.DataFrame) -> pd.DataFrame:
        factor = 2 if name == "links" else 1
        return table.assign(cost_per_month_vnd=factor * table["cost_per_month_vnd"]) if factor > 1 else table

    after = changed(study, dearer).headline
    moved = after[after["value"].to_numpy() > summary.headline["value"].to_numpy()]["metric"]
    assert set(moved) == {"cost_total", "cost_per_dossier"}


def test_outages_lower_the_experienced_availability(study: StudyRecords, summary: Summary) -> None:
    def longer(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name != "flow":
            return table
        extra = table["cause_closed_ms"] // 2
        return table.assign(
            cause_outage_ms=table["cause_outage_ms"] + extra, cause_closed_ms=table["cause_closed_ms"] - extra
        )

    before = headline(summary, "experienced_availability")["value"]
    assert headline(changed(study, longer), "experienced_availability")["value"] < before < 1


def test_availability_of_links_is_one_less_their_downtime(study: StudyRecords, summary: Summary) -> None:
    outages = study.alternatives["base"].table("outages", 0).query("target_kind == 'link'")
    warm_up_ms, hours = WARM_UP_DAYS * 86_400_000, 0
    for _, of_link in outages.groupby("target"):
        minutes = np.zeros(40 * 24 * 60, dtype=bool)
        for row in of_link.itertuples():
            minutes[max(row.began_ms, warm_up_ms) // 60_000 : row.ended_ms // 60_000] = True
        hours += minutes.sum() / 60
    replications = study.alternatives["base"].replications
    rows = summary.outages.query("metric == 'link_availability'")
    assert len(rows) == 1
    assert len(replications) == rows["replications"].iloc[0]
    expected = 1 - hours / (13 * 33 * 24)
    assert rows["low"].iloc[0] - 0.02 < expected < rows["high"].iloc[0] + 0.02


def test_unfinished_dossiers_are_all_there(study: StudyRecords, summary: Summary) -> None:
    tables = [
        study.alternatives["base"].table("unfinished", r).query("group != @INTERNAL_GROUP")["count"].sum()
        for r in range(5)
    ]
    rows = summary.unfinished[summary.unfinished["metric"] == "unfinished"]
    assert rows["value"].sum() == pytest.approx(np.mean(tables))


def test_age_of_unfinished_dossiers_is_told_in_days(study: StudyRecords, summary: Summary) -> None:
    keys = ["group", "state", "waits_at_level"]
    first = summary.unfinished[summary.unfinished["metric"] == "unfinished_age"].iloc[0]
    ages = []
    for replication in range(5):
        table = study.alternatives["base"].table("unfinished", replication)
        same = table[(table[keys] == first[keys]).all(axis=1)]
        ages.append(same["age_ms_sum"].sum() / same["count"].sum() / 86_400_000)
    assert first["value"] == pytest.approx(np.mean(ages))


def test_waits_and_queues_of_pools_are_means_over_services_and_days(summary: Summary) -> None:
    together = summary.pool_load.query("site == '' and pool == 'leader'").set_index("metric")["value"]
    assert together["wait_mean"] == pytest.approx(40.0)
    started = summary.pool_load.query("site != '' and pool == 'leader' and metric == 'started'")["value"]
    assert together["started"] == pytest.approx(started.sum())
    queues = summary.pool_load.query("site != '' and pool == 'leader' and metric == 'queue_mean'")["value"]
    assert together["queue_mean"] == pytest.approx(queues.sum())


def test_empty_tables_give_empty_answers_and_no_error(study: StudyRecords) -> None:
    def nothing_happened(name: str, table: pd.DataFrame) -> pd.DataFrame:
        quiet = {"flow", "cycle", "counter_wait", "unfinished", "outages", "links"}
        return table.iloc[:0] if name in quiet else table

    summary = changed(study, nothing_happened)
    assert headline(summary, "filed")["value"] == 0
    assert "on_time_share" not in set(summary.headline["metric"])
    assert summary.outages.empty
    assert summary.unfinished.empty


def test_one_replication_has_values_but_no_intervals(tmp_path: Path) -> None:
    study = write_synthetic_study(tmp_path, days=20, per_day=5, replications=1)
    summary = summarise(study.alternatives["base"], study.study)
    assert summary.headline["value"].notna().all()
    assert summary.headline["low"].isna().all()
    assert set(summary.targets["verdict"]) == {"undecided"}
    assert (summary.replication_advice["replications_needed"] == 0).all()


def test_ways_of_citizens_are_counted_per_visit_per_dossier_and_in_hours(
    study: StudyRecords, summary: Summary
) -> None:
    own = flow_of(study).query("group in @OWN_GROUPS")
    km = own["travel_m"].sum() / 1000
    assert one(summary, "travel_km_per_visit") == pytest.approx(km / own["visits"].sum())
    assert one(summary, "travel_km_per_dossier") == pytest.approx(km / own["arrived"].sum())
    assert one(summary, "travel_hours") == pytest.approx(km / KM_PER_HOUR)


def test_who_is_slower_on_the_way_is_longer_on_it(study: StudyRecords, summary: Summary) -> None:
    def half_as_fast_in_half_of_the_communes(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name != "areas":
            return table
        slow = np.arange(len(table)) % 2
        return table.assign(travel_speed_kmh=table["travel_speed_kmh"] / (1 + slow))

    slower = changed(study, half_as_fast_in_half_of_the_communes)
    before, after = (
        each.by_site[each.by_site["metric"] == "travel_hours"]["value"].to_numpy()
        for each in (summary, slower)
    )
    assert after[::2] == pytest.approx(before[::2])
    assert after[1::2] == pytest.approx(2 * before[1::2])
    assert one(slower, "travel_km_per_visit") == one(summary, "travel_km_per_visit")


def test_days_add_up_to_the_ways_of_the_whole_time(summary: Summary) -> None:
    days = summary.by_day.query("metric == 'travel_hours' and scope == 'counted'")
    assert days["value"].sum() == pytest.approx(headline(summary, "travel_hours")["value"])


def test_shares_and_rates_of_what_rules_bring_are_those_of_the_records(
    study: StudyRecords, summary: Summary
) -> None:
    own = flow_of(study).query("group in @OWN_GROUPS").sum(numeric_only=True)
    unfinished = study.alternatives["base"].table("unfinished", 0).query("group in @OWN_GROUPS and overdue")
    decided = own["with_deadline"] + unfinished["count"].sum()
    expected = {
        "left_counter_share": own["gave_up"] / (own["gave_up"] + own["counter_starts"]),
        "escalated_per_1000": 1000 * own["escalated"] / own["arrived"],
        "withdrawn_share": own["withdrawn"] / own["finished"],
        "filed_elsewhere_share": own["filed_elsewhere"] / own["arrived"],
        "apologies_per_1000": 1000 * own["apologies"] / decided,
        "new_date_kept_share": own["new_date_kept"] / own["apologies"],
    }
    assert {metric: one(summary, metric) for metric in expected} == pytest.approx(expected)


RULES_AND_NUMBERS = {
    "gave_up": "left_counter_share",
    "escalated": "escalated_per_1000",
    "withdrawn": "withdrawn_share",
    "filed_elsewhere": "filed_elsewhere_share",
    "apologies": "apologies_per_1000",
    "travel_m": "travel_km_per_visit",
}


@pytest.mark.parametrize(("field", "metric"), RULES_AND_NUMBERS.items())
def test_what_never_happens_is_in_no_table_of_results(study: StudyRecords, field: str, metric: str) -> None:
    def without(name: str, table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(**{field: 0}) if name == "flow" else table

    summary = changed(study, without)
    for table in (summary.headline, summary.by_group, summary.by_site, summary.by_day):
        assert metric not in set(table["metric"])
    assert one(summary, metric) == 0


def test_apologies_whose_date_none_kept_are_told_of(study: StudyRecords) -> None:
    def none_kept(name: str, table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(new_date_kept=0) if name == "flow" else table

    kept = headline(changed(study, none_kept), "new_date_kept_share")
    assert kept["value"] == kept["low"] == 0 < kept["high"]


def test_internal_requests_are_in_no_number_but_those_of_their_own(
    study: StudyRecords, summary: Summary
) -> None:
    def ten_times_as_many(name: str, table: pd.DataFrame) -> pd.DataFrame:
        if name not in ("flow", "unfinished", "cycle"):
            return table
        counts = [column for column in table.select_dtypes("integer") if column != "bin"]
        factor = np.where(table["group"] == INTERNAL_GROUP, 10, 1)
        return table.assign(**{column: table[column] * factor for column in counts})

    more = changed(study, ten_times_as_many)
    for field in ("headline", "by_group", "by_site", "by_day", "why_late", "unfinished", "cost", "targets"):
        pd.testing.assert_frame_equal(getattr(more, field), getattr(summary, field))
    assert INTERNAL_GROUP not in set(summary.by_group["group"]) | set(summary.why_late["group"])
    filed = summary.internal.set_index("metric")["value"]["filed"]
    assert more.internal.set_index("metric")["value"]["filed"] == 10 * filed > 0


def test_a_study_without_internal_requests_has_an_empty_table_of_them(study: StudyRecords) -> None:
    groups = {name: group | {"internal": False} for name, group in study.study["groups"].items()}
    summary = summarise(study.alternatives["base"], {**study.study, "groups": groups})
    assert summary.internal.empty
    assert INTERNAL_GROUP in set(summary.by_group["group"])


def test_people_and_posts_are_those_of_the_days_on_which_offices_are_open(
    study: StudyRecords, summary: Summary
) -> None:
    days = pool_days_of(study, 0, "reception").groupby("day")[["posts", "people"]].sum()
    days = days[days.index.day_of_week < 5]
    shown = summary.people.query("pool == 'reception'").pivot(index="day", columns="metric", values="value")
    assert list(shown.index) == [day.date() for day in days.index]
    assert shown["posts"].to_numpy() == pytest.approx(days["posts"].to_numpy())
    assert shown["people"].to_numpy() == pytest.approx(days["people"].to_numpy())
    assert (shown["people"] < shown["posts"]).any()
