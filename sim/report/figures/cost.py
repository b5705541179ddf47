"""What an alternative costs against what it brings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from sim.analysis.summary import Comparison
from sim.report.rows import rows_of
from sim.report.style import ACCENT, INK, QUIET, axes_for, figure_of, in_house_style, wrapped
from sim.report.words import BILLION, Words

POINTS_PER_INCH = 72
# Least distance between the lines of two names, in points.
LABEL_SPACING = 12.0


@in_house_style
def plot_cost_against_on_time(
    comparison: Comparison, words: Words | None = None, ax: Axes | None = None
) -> Axes:
    """Cost (to the right) and on-time share (upwards) of the base and each alternative, with both intervals.

    Grey ones are shown to be beaten by another; the rest are worth a choice, or undecided.
    """
    words = words or Words()
    ax = axes_for(ax, height_inches=4.2)
    rows = rows_of(comparison.cost_against_on_time)
    for row in rows:
        colour = _colour(row, comparison)
        cost, low, high = (value / BILLION for value in (row.cost, row.cost_low, row.cost_high))
        ax.plot([low, high], [row.on_time_share] * 2, color=colour, linewidth=1.6)
        ax.plot([cost, cost], [row.on_time_low, row.on_time_high], color=colour, linewidth=1.6)
        ax.plot(cost, row.on_time_share, "o", color=colour, markersize=7)
    ax.grid(visible=True)
    ax.margins(x=0.12, y=0.15)
    _name_points(ax, rows, comparison, words)
    ax.set_xlabel(words("cost.axis"))
    ax.set_ylabel(words("cost.on_time_axis"))
    ax.xaxis.set_major_formatter(words.tick)
    ax.yaxis.set_major_formatter(words.percent_tick)
    return ax


def _colour(row: Any, comparison: Comparison) -> str:
    if row.alternative == comparison.base:
        return INK
    return QUIET if row.standing == "beaten" else ACCENT


def _name_points(ax: Axes, rows: Sequence[Any], comparison: Comparison, words: Words) -> None:
    """Names beside the points, on the side where there is room, moved down where they would overlap."""
    left, right = ax.get_xlim()
    per_share = ax.get_window_extent().height * POINTS_PER_INCH / figure_of(ax).dpi / np.ptp(ax.get_ylim())
    lowest = {"left": math.inf, "right": math.inf}
    for row in sorted(rows, key=lambda row: -row.on_time_share):
        cost = row.cost / BILLION
        side = "right" if cost > (left + right) / 2 else "left"
        wanted = row.on_time_share * per_share + 5
        height = min(wanted, lowest[side] - LABEL_SPACING)
        lowest[side] = height
        ax.annotate(
            wrapped(words.alternative(row.alternative), 42),
            (cost, row.on_time_share),
            xytext=(-8 if side == "right" else 8, height - row.on_time_share * per_share),
            textcoords="offset points",
            ha=side,
            fontsize=8.5,
            color=_colour(row, comparison),
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )
