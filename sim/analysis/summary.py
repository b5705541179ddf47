"""What the analysis hands on: the tables of one alternative, and of alternatives against the base.

All tables are tidy: one row is one number. What the number is about stands in the leading columns of its
table; then come the *value columns*, the same everywhere (``VALUE_COLUMNS``):

===============  ===========================================================================================
``metric``       name of the number, from ``sim.analysis.metrics.METRICS``
``value``        mean over the replications, float
``low, high``    its confidence interval, float; NaN where there is none (a single replication)
``unit``         share | dossiers | dossiers_per_day | visits | working_days | days | hours | minutes | km |
                 people | vnd | count | per_1000 | per_dossier | dossier_days
``replications`` replications in which the number exists, int
``dossiers``     dossiers behind it, all replications together, int; 0 where it is not about dossiers
===============  ===========================================================================================

Every number about dossiers belongs to one of three *scopes*:

* ``counted``: the groups of procedures that count in the total;
* ``all``: these, and the groups that the scenario sets ``counts_apart`` (certification of copies);
* ``inherited``: the dossiers handed over on the first day, in no other scope.

Requests inside the administration (groups that are ``internal``) are no dossiers of citizens: they are in no
scope and no table but ``internal``. Numbers whose rule a scenario need not have (``Metric.always`` is False)
are left out of the tables where they never happen.

Days of the warm-up are left out of everything that is known by day. Waiting times and times to the result by
quantile are known for the whole run only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pandas import DataFrame

VALUE_COLUMNS = ("metric", "value", "low", "high", "unit", "replications", "dossiers")
SCOPES = ("counted", "all", "inherited")
MAIN_SCOPE = "counted"
INHERITED_GROUP = "inherited"


@dataclass(frozen=True)
class Summary:
    """The numbers of one alternative, each with its interval over the replications.

    Leading columns of the tables (all of them also have ``VALUE_COLUMNS`` unless said otherwise):

    - ``headline``: scope. All of ``METRICS`` that are not spread over places: the first page of a report.
    - ``by_group``: group, counts_apart (bool). Groups in the order of the study, ``inherited`` last.
    - ``by_site``: site (code), name, kind, province. Communes only, scope ``counted``. The on-time share has
      a small-sample interval (``sim.analysis.intervals.clustered_share_interval``).
    - ``by_province``: province (name). Scope ``counted``, communes of the province together.
    - ``late_by_province``: no value columns: province, replication, late (dossiers). What ``compare`` needs.
    - ``by_day``: scope, day (date). Metrics filed, finished, backlog, on_time_share_of_finished, and visits
      and travel of the day.
    - ``by_site_and_replication``: no value columns: site, name, replication, a column for each of
      ``sim.analysis.changes_by_area.AREA_METRICS``. What ``compare`` needs of the communes.
    - ``internal``: group. Metrics filed, cycle_working_mean, backlog_end of the internal groups.
    - ``why_late``: scope, group ('' = all groups of the scope), cause (one of ``CAUSES``). Metrics
      hours_per_dossier (elapsed calendar hours of finished dossiers) and share_of_elapsed; the seven causes
      add up to the whole.
    - ``late_causes``: as ``why_late``, of the dossiers finished after their deadline alone.
    - ``utilisation``: site, name, pool, level, week (date of its Monday). Metric utilisation (share of the
      available working time; above 1 is overtime). Weeks in which a pool was never open are left out.
    - ``pool_load``: site ('' = all sites together), name, pool, level. Metrics utilisation, wait_mean
      (minutes of calendar time from entering the queue), waited_share, queue_mean (dossiers at midnight),
      started.
    - ``people``: pool, level, day (date). Metrics people (those who are there) and posts (those filled), of
      all sites together on days on which offices are open. People of overtime have pools of their own,
      without posts.
    - ``counter_wait``: from_minutes, to_minutes (inf in the last bin). Metrics share_in_bin and
      share_up_to (cumulative, up to to_minutes). Opening hours only; all groups.
    - ``spread``: part: worst_decile | best_decile | middle | gap (best minus worst decile), and
      label:<label> | not:<label> for every label that some communes have and some have not. Metric
      on_time_share. Deciles are of communes, chosen by their corrected share over all replications.
    - ``unfinished``: group, state, waits_at_level, step. Metrics unfinished, unfinished_overdue,
      unfinished_age (days, mean).
    - ``outages``: target_kind ('link' | 'system'), target, site, cause. By cause (target and site ''):
      metrics outages, down_hours (all targets together), hours_per_outage, longest_hours. With cause '':
      link_availability (all links, target '') and system_availability (each system that failed, by host).
    - ``outage_events``: no value columns: target_kind, target, site, cause, began_ms, ended_ms, of the first
      replication alone: an example, to be drawn as a time line.
    - ``pulse_of_example``: no value columns: at_ms, waiting, held, outbox (dossiers of all regions), of the
      first replication alone.
    - ``support``: subject ('problem' | 'solved_by' | 'team'), name ('' = all problems). Of what arose in the
      days evaluated: metrics tickets, tickets_open (at the end), hours_to_solve (mean, from when a problem
      arose), hours_for_team (mean wait for a mobile team until it has solved it); of teams trips, km_driven,
      hours_on_the_way (from leaving to arriving, nights between them included) and hours_on_site.
    - ``team_routes``: no value columns: team, from, to, trips (mean of the replications), km.
    - ``cost``: item (posts | overtime | links | support | total | citizens), detail (pool, helpers, or
      waiting | travel for citizens, or ''). Metric cost, unit vnd, for the whole of the days evaluated. The
      total is posts, overtime, links and support; citizens' time is nobody's bill and apart.
    - ``targets``: target, wanted ('at_least' | 'at_most'), goal, verdict ('met' | 'not_met' | 'undecided'),
      title_en, title_vi.
    - ``worst_communes``: no value columns but its own: rank, site, name, kind, province, dossiers (mean per
      replication), late (mean per replication), on_time_share, low, high (simultaneous over all communes),
      ranked_by (the corrected share that gives the order), worse_than_mean (bool: the whole interval is below
      the mean of all communes). All communes with dossiers, worst first.
    - ``replication_advice``: metric, unit, replications, half_width, wanted_half_width, replications_needed
      (int, 0 = unknown because there is one replication only), enough (bool). No value columns.
    - ``per_replication``: scope, metric, unit, replication, value, dossiers. What ``compare`` needs.
    """

    alternative: str
    replications: tuple[int, ...]
    confidence: float
    first_day: date
    last_day: date
    warm_up_days: int
    headline: DataFrame
    by_group: DataFrame
    by_site: DataFrame
    by_province: DataFrame
    late_by_province: DataFrame
    by_day: DataFrame
    by_site_and_replication: DataFrame
    internal: DataFrame
    why_late: DataFrame
    late_causes: DataFrame
    utilisation: DataFrame
    pool_load: DataFrame
    people: DataFrame
    counter_wait: DataFrame
    spread: DataFrame
    unfinished: DataFrame
    outages: DataFrame
    outage_events: DataFrame
    pulse_of_example: DataFrame
    support: DataFrame
    team_routes: DataFrame
    cost: DataFrame
    targets: DataFrame
    worst_communes: DataFrame
    replication_advice: DataFrame
    per_replication: DataFrame


@dataclass(frozen=True)
class Comparison:
    """The alternatives against the base, replication by replication on common random numbers.

    - ``differences``: alternative, scope, metric, unit, base (mean of the base), value (mean of the
      alternative), difference, low, high (simultaneous interval of the difference), relative, relative_low,
      relative_high (difference / base as a share; NaN where the base may be zero), verdict ('lower' |
      'higher' | 'undecided' | 'same'), better (True | False | None: None while undecided, and where no
      direction is good), by_chance (False where both are planned), replications (pairs). One row for each of
      ``METRICS_COMPARED`` that happens in any alternative.
    - ``by_area``: alternative, metric (one of ``sim.analysis.changes_by_area.AREA_METRICS``), site, name,
      unit, base, value, difference, low, high, gain (the difference, drawn towards that of all communes by
      what is known of each; above 0 is better), verdict and replications. First a row with site '' for all
      communes together; the intervals of the communes hold for all of them at once.
    - ``sentences``: alternative, metric, verdict, en, vi: one plain sentence for each row of ``differences``.
    - ``cost_against_on_time``: alternative (base included), cost, cost_low, cost_high (vnd, total),
      on_time_share, on_time_low, on_time_high, standing ('front' | 'beaten'
      | 'undecided'), beaten_by (name or ''). 'beaten' only where another one is shown to be no worse in cost
      and on-time share and better in one; 'front' only where every other one is shown to be worse in one.
    - ``ranking``: metric, alternative (base included), value, rank_best, rank_worst: the ranks (1 = best)
      that the data leave open; equal ranges mean that no order is shown.
    - ``shocks``: alternative, causes, value columns: alternatives with outages of causes the base has not.
      Metrics shock_began (hours since the start of the run), shock_lasted (hours, first begin to last end),
      extra_waiting_most (the depth: most dossiers that wait more than in the base), hours_to_depth,
      performance_lowest, recovered_share (of the replications, before the end of the run), time_to_recover
      (hours from the begin until what waits more is within the tolerance of ``sim.analysis.shocks.recovery``
      for good; of the replications that recover), loss (dossier_days that wait more until then, and at least
      while the outages last), extra_late and extra_citizens_cost (vnd, where an hour of
      citizens has a price).
    - ``resilience``: alternative, hours (since the begin of the shock), value columns. Metrics extra_waiting
      (dossiers) and performance (share), as ``sim.analysis.resilience`` defines it.
    - ``shock_provinces``: alternative, province, value columns. Metrics extra_waiting_most, loss (both where
      dossiers wait: a province, or the centre) and extra_late (where citizens live).
    - ``notes``: en, vi: how the intervals were made, one row a note.
    """

    base: str
    alternatives: tuple[str, ...]
    confidence: float
    replications: tuple[int, ...]
    differences: DataFrame
    by_area: DataFrame
    sentences: DataFrame
    cost_against_on_time: DataFrame
    ranking: DataFrame
    shocks: DataFrame
    resilience: DataFrame
    shock_provinces: DataFrame
    notes: DataFrame
