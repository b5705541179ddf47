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
def plot_why_late(summary: Summary, words: Words | None = None, ax: Axes | None = None) -> Axes:
    """Shares of the elapsed time by cause, a bar for each group of procedures, the mean time beside it."""
    words = words or Words()
    hours = hours_by_group(summary)
    ax = axes_for(ax, height_inches=1.5 + 0.42 * len(hours))
    shares = hours.div(hours.sum(axis=1), axis=0)
    _stack(ax, shares, [words.group(group) for group in hours.index], words, as_percent=True)
    right_labels(ax, [duration(total, words) for total in hours.sum(axis=1)])
    ax.set_title(words("why_late.mean"), loc="right", fontsize=8.5)
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
    rows = {name: hours_of_scope(summary) / HOURS_PER_DAY for name, summary in summaries.items()}
    days = DataFrame(rows).T
    ax = axes_for(ax, height_inches=1.5 + 0.42 * len(days))
    _stack(ax, days, [words.alternative(name) for name in days.index], words, as_percent=False)
    ax.set_xlabel(words("why_late.days_axis"))
    ax.xaxis.set_major_formatter(words.tick)
    return ax


def hours_by_group(summary: Summary) -> DataFrame:
    """Mean hours per dossier: groups by cause, the slowest first; only groups with finished dossiers."""
    table = summary.why_late
    table = table[(table["metric"] == "hours_per_dossier") & (table["group"] != "")]
    grid = table.pivot_table(index="group", columns="cause", values="value", aggfunc="first", sort=False)
    grid = grid.reindex(columns=list(CAUSES)).dropna(how="all")
    grid = grid[grid.sum(axis=1) > 0]
    return grid.loc[grid.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def hours_of_scope(summary: Summary, scope: str = "counted") -> Series:
    """Mean hours per dossier by cause, all groups of the scope together."""
    table = summary.why_late
    rows = table[
        (table["metric"] == "hours_per_dossier") & (table["group"] == "") & (table["scope"] == scope)
    ]
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
