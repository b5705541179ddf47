"""Time line of outages: which line or system was out of reach, when."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame

from sim.analysis.summary import Summary
from sim.report.style import (
    QUALITATIVE,
    axes_for,
    date_axis,
    day_number,
    in_house_style,
    legend_below,
    right_labels,
    swatches,
)
from sim.report.words import Words

MS_PER_DAY = 86_400_000
MS_PER_HOUR = 3_600_000
# Rows drawn one by one; the rest of the targets share the last row.
NAMED_ROWS = 18
# A bar is never thinner than this many days, or short outages would vanish.
LEAST_DAYS = 0.35


@in_house_style
def plot_outages(
    summary: Summary, sites: DataFrame, words: Words | None = None, ax: Axes | None = None
) -> Axes:
    """Outages of one replication (an example) as bars over the days, the hours down beside each row.

    Systems and the lines that were down longest have a row each, all other lines share the last one.
    """
    words = words or Words()
    events = summary.outage_events
    rows = rows_of_targets(events)
    ax = axes_for(ax, height_inches=1.6 + 0.24 * max(len(rows), 4))
    colours = _colours(events)
    labels = _labels(rows, events, sites, words)
    for place, targets in enumerate(rows):
        _draw_row(ax, events[events["target"].isin(targets)], place, summary, colours)
    ax.set_yticks(range(len(rows)), labels, fontsize=8.5)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    right_labels(ax, [_hours_down(events, targets, words) for targets in rows])
    ax.set_xlim(day_number(summary.first_day), day_number(summary.last_day + timedelta(days=1)))
    ax.grid(visible=True, axis="x")
    ax.tick_params(axis="y", length=0)
    date_axis(ax, words.language)
    handles = swatches({words.known("outage", cause): colour for cause, colour in colours.items()})
    legend_below(ax, handles, columns=2)
    return ax


def rows_of_targets(events: DataFrame) -> list[list[str]]:
    """Targets of each row: systems first, then lines, the longest down first; the last row may hold many."""
    hours = events.assign(hours=(events["ended_ms"] - events["began_ms"]) / MS_PER_HOUR)
    totals = hours.groupby(["target_kind", "target"])["hours"].sum().reset_index()
    ordered = totals.sort_values(["target_kind", "hours"], ascending=[False, False])["target"].tolist()
    if len(ordered) <= NAMED_ROWS + 1:
        return [[target] for target in ordered]
    return [[target] for target in ordered[:NAMED_ROWS]] + [ordered[NAMED_ROWS:]]


def _colours(events: DataFrame) -> dict[str, str]:
    causes = sorted(events["cause"].unique())
    return {cause: QUALITATIVE[place % len(QUALITATIVE)] for place, cause in enumerate(causes)}


def _labels(rows: list[list[str]], events: DataFrame, sites: DataFrame, words: Words) -> list[str]:
    names = dict(zip(sites["site"], sites["name"], strict=True))
    first = events.drop_duplicates("target").set_index("target")
    labels = []
    for targets in rows:
        if len(targets) > 1:
            labels.append(words("outages.others", count=len(targets)))
        elif first["target_kind"][targets[0]] == "link":
            labels.append(words("outages.line", name=names.get(first["site"][targets[0]], targets[0])))
        else:
            labels.append(words.known("system", targets[0].split(":")[0]))
    return labels


def _hours_down(events: DataFrame, targets: list[str], words: Words) -> str:
    chosen = events[events["target"].isin(targets)]
    hours = float((chosen["ended_ms"] - chosen["began_ms"]).sum()) / MS_PER_HOUR
    return words("duration.hours", value=words.number(hours, 0))


def _draw_row(ax: Axes, events: DataFrame, place: int, summary: Summary, colours: dict[str, str]) -> None:
    begin = day_number(summary.first_day) + events["began_ms"].to_numpy(float) / MS_PER_DAY
    days = (events["ended_ms"] - events["began_ms"]).to_numpy(float) / MS_PER_DAY
    ax.barh(
        np.full(len(events), place),
        np.maximum(days, LEAST_DAYS),
        left=begin,
        height=0.62,
        color=[colours[cause] for cause in events["cause"]],
        alpha=0.9 if events["target"].nunique() == 1 else 0.35,
        linewidth=0,
    )
