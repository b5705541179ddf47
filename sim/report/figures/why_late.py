"""Where the time of a dossier goes: seven causes that add up to its whole elapsed time."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame, Series

from sim.analysis.metrics import CAUSES
from sim.analysis.summary import Summary
from sim.report.style import (
    CAUSE_COLOURS,
    INK,
    axes_for,
    in_house_style,
    legend_below,
    right_labels,
    swatches,
    value_grid,
    wrapped,
)
from sim.report.words import Words

HOURS_PER_DAY = 24
# A part is labelled inside its bar when it is at least this wide, as a share of the axis.
LABELLED_WIDTH = 0.075


@in_house_style
def plot_why_late(
    summary: Summary, words: Words | None = None, ax: Axes | None = None, late_only: bool = True
) -> Axes:
    """Shares of the elapsed time by cause, a bar for each group of procedures, the mean time beside it.

    Of the dossiers that came late, with their number per replication, or of all that were finished.
    Raises ValueError when there are none.
    """
    words = words or Words()
    table = summary.late_causes if late_only else summary.why_late
    hours = hours_by_group(table)
    if hours.empty:
        raise ValueError("no dossier was late" if late_only else "no dossier was finished")
    ax = axes_for(ax, height_inches=1.5 + 0.42 * len(hours))
    shares = hours.div(hours.sum(axis=1), axis=0)
    _stack(ax, shares, [words.group(group) for group in hours.index], words, as_percent=True)
    beside = [duration(total, words) for total in hours.sum(axis=1)]
    if late_only:
        counts = _dossiers_by_group(table) / len(summary.replications)
        beside = [
            f"{time} ({words.number(counts[group], 0)})"
            for time, group in zip(beside, hours.index, strict=True)
        ]
    right_labels(ax, beside)
    heading = words("why_late.mean_and_count" if late_only else "why_late.mean")
    ax.set_title(heading, loc="right", fontsize=8.5)
    ax.set_xlim(0, 1)
    ax.xaxis.set_major_formatter(words.percent_tick)
    ax.set_xlabel(words("why_late.share_axis"))
    return ax


@in_house_style
def plot_why_late_of_alternatives(
    summaries: Mapping[str, Summary], words: Words | None = None, ax: Axes | None = None
) -> Axes:
    """Mean elapsed time by cause in days, a bar for each alternative, so that lengths can be compared."""
    words = words or Words()
    rows = {name: hours_of_scope(summary.why_late) / HOURS_PER_DAY for name, summary in summaries.items()}
    days = DataFrame(rows).T
    ax = axes_for(ax, height_inches=1.5 + 0.42 * len(days))
    _stack(ax, days, [words.alternative(name) for name in days.index], words, as_percent=False)
    ax.set_xlabel(words("why_late.days_axis"))
    ax.xaxis.set_major_formatter(words.tick)
    return ax


def hours_by_group(table: DataFrame) -> DataFrame:
    """Mean hours per dossier: groups by cause, the slowest first; only groups with dossiers.

    ``table`` is ``why_late`` or ``late_causes`` of a summary.
    """
    rows = table[(table["metric"] == "hours_per_dossier") & (table["group"] != "") & (table["dossiers"] > 0)]
    grid = rows.pivot_table(index="group", columns="cause", values="value", aggfunc="first", sort=False)
    grid = grid.reindex(columns=list(CAUSES)).dropna(how="all")
    grid = grid[grid.sum(axis=1) > 0]
    return grid.loc[grid.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def _dossiers_by_group(table: DataFrame) -> Series:
    return table[table["group"] != ""].groupby("group")["dossiers"].first()


def hours_of_scope(table: DataFrame, scope: str = "counted") -> Series:
    """Mean hours per dossier by cause, all groups of the scope together; NaN where there are no dossiers."""
    whole = table[(table["group"] == "") & (table["scope"] == scope)]
    rows = whole[whole["metric"] == "hours_per_dossier"]
    return rows.set_index("cause")["value"].reindex(list(CAUSES))


def duration(hours: float, words: Words) -> str:
    """Hours in the unit that reads best: minutes, hours or days."""
    if hours < 1:
        return words("duration.minutes", value=words.number(60 * hours, 0))
    if hours < 2 * HOURS_PER_DAY:
        return words("duration.hours", value=words.number(hours, 1))
    return words("duration.days", value=words.number(hours / HOURS_PER_DAY, 1))


def _stack(ax: Axes, values: DataFrame, labels: list[str], words: Words, as_percent: bool) -> None:
    left = np.zeros(len(values))
    whole = values.sum(axis=1).max()
    for cause in CAUSES:
        widths = values[cause].fillna(0).to_numpy(float)
        ax.barh(range(len(values)), widths, left=left, color=CAUSE_COLOURS[cause], height=0.68, linewidth=0)
        _label_parts(ax, widths, left, LABELLED_WIDTH * whole, cause, words, as_percent)
        left += widths
    ax.set_yticks(range(len(values)), [wrapped(label, 26) for label in labels])
    ax.invert_yaxis()
    value_grid(ax)
    handles = swatches({words.known("cause", cause): CAUSE_COLOURS[cause] for cause in CAUSES})
    legend_below(ax, handles, columns=3)


def _label_parts(
    ax: Axes, widths: np.ndarray, left: np.ndarray, least: float, cause: str, words: Words, as_percent: bool
) -> None:
    for place, width in enumerate(widths):
        if width >= least:
            shown = words.number(100 * width, 0) if as_percent else words.number(width, 1)
            colour = "white" if cause in {"work", "staff"} else INK
            middle = left[place] + width / 2
            ax.text(middle, place, shown, ha="center", va="center", fontsize=8, color=colour)
