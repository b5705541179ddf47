"""Time line of outages: which line or system was out of reach, when."""

from __future__ import annotations

from datetime import timedelta
from textwrap import shorten

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
LABEL_LETTERS = 40
BAR_HEIGHT = 0.62
# A row with more bars than this is a picture in the vector file, which would be many megabytes otherwise.
MOST_SHARP_BARS = 1000
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
    events = with_names(summary.outage_events, sites, words)
    rows = rows_of_names(events)
    ax = axes_for(ax, height_inches=1.6 + 0.24 * max(len(rows), 4))
    colours = _colours(events)
    labels = [_label(names, words) for names in rows]
    for place, names in enumerate(rows):
        _draw_row(ax, events[events["name"].isin(names)], place, summary, colours)
    ax.set_yticks(range(len(rows)), labels, fontsize=8.5)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    right_labels(ax, [_hours_down(events, names, words) for names in rows])
    ax.set_xlim(day_number(summary.first_day), day_number(summary.last_day + timedelta(days=1)))
    ax.grid(visible=True, axis="x")
    ax.tick_params(axis="y", length=0)
    date_axis(ax, words.language)
    handles = swatches({words.outage(cause): colour for cause, colour in colours.items()})
    legend_below(ax, handles, columns=2)
    return ax


def with_names(events: DataFrame, sites: DataFrame, words: Words) -> DataFrame:
    """The events with a column ``name``: a line by the name of its lower end, a system by its own.

    Lines of one kind share their name in the records, and so do the systems that every province hosts.
    """
    places = events["site"].map(dict(zip(sites["site"], sites["name"], strict=True)))
    kinds = events["target"].map(lambda name: words.system(name).split(" (")[0])
    hosts = events.groupby("target")["site"].transform("nunique")
    lines = [words("outages.line", name=place, kind=kind) for place, kind in zip(places, kinds, strict=True)]
    systems = kinds.where(hosts == 1, kinds + " (" + places.astype(str) + ")")
    return events.assign(name=systems.where(events["target_kind"] != "link", lines))


def rows_of_names(events: DataFrame) -> list[list[str]]:
    """Names in each row: systems first, then lines, the longest down first; the last row may hold many."""
    hours = events.assign(hours=(events["ended_ms"] - events["began_ms"]) / MS_PER_HOUR)
    totals = hours.groupby(["target_kind", "name"])["hours"].sum().reset_index()
    ordered = totals.sort_values(["target_kind", "hours"], ascending=[False, False])["name"].tolist()
    if len(ordered) <= NAMED_ROWS + 1:
        return [[name] for name in ordered]
    return [[name] for name in ordered[:NAMED_ROWS]] + [ordered[NAMED_ROWS:]]


def _colours(events: DataFrame) -> dict[str, str]:
    causes = sorted(events["cause"].unique())
    return {cause: QUALITATIVE[place % len(QUALITATIVE)] for place, cause in enumerate(causes)}


def _label(names: list[str], words: Words) -> str:
    return (
        shorten(names[0], LABEL_LETTERS, placeholder=" …")
        if len(names) == 1
        else words("outages.others", count=len(names))
    )


def _hours_down(events: DataFrame, names: list[str], words: Words) -> str:
    chosen = events[events["name"].isin(names)]
    hours = float((chosen["ended_ms"] - chosen["began_ms"]).sum()) / MS_PER_HOUR
    return words("duration.hours", value=words.number(hours, 0))


def _draw_row(ax: Axes, events: DataFrame, place: int, summary: Summary, colours: dict[str, str]) -> None:
    begin = day_number(summary.first_day) + events["began_ms"].to_numpy(float) / MS_PER_DAY
    days = (events["ended_ms"] - events["began_ms"]).to_numpy(float) / MS_PER_DAY
    # One collection for all bars of a row: a nation has tens of thousands, each of which would take its time.
    ax.broken_barh(
        list(zip(begin, np.maximum(days, LEAST_DAYS), strict=True)),
        (place - BAR_HEIGHT / 2, BAR_HEIGHT),
        facecolors=[colours[cause] for cause in events["cause"]],
        alpha=0.9 if events["name"].nunique() == 1 else 0.35,
        linewidth=0,
        rasterized=len(events) > MOST_SHARP_BARS,
    )
