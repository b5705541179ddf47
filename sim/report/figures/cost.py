"""What an alternative costs against what it brings."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from sim.analysis.summary import Comparison
from sim.report.style import ACCENT, INK, QUIET, axes_for, in_house_style
from sim.report.words import BILLION, Words


@in_house_style
def plot_cost_against_on_time(
    comparison: Comparison, words: Words | None = None, ax: Axes | None = None
) -> Axes:
    """Cost (to the right) and on-time share (upwards) of the base and each alternative, with both intervals.
    Grey ones are shown to be beaten by another; the rest are worth a choice, or undecided."""
    words = words or Words()
    ax = axes_for(ax, height_inches=4.0)
    for row in comparison.cost_against_on_time.itertuples():
        colour = INK if row.alternative == comparison.base else QUIET if row.standing == "beaten" else ACCENT
        cost, low, high = (value / BILLION for value in (row.cost, row.cost_low, row.cost_high))
        ax.plot([low, high], [row.on_time_share] * 2, color=colour, linewidth=1.6)
        ax.plot([cost, cost], [row.on_time_low, row.on_time_high], color=colour, linewidth=1.6)
        ax.plot(cost, row.on_time_share, "o", color=colour, markersize=7)
        ax.annotate(
            words.alternative(row.alternative),
            (cost, row.on_time_share),
            xytext=(7, 6),
            textcoords="offset points",
            color=colour,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )
    ax.grid(visible=True)
    ax.margins(x=0.22, y=0.18)
    ax.set_xlabel(words("cost.axis"))
    ax.set_ylabel(words("cost.on_time_axis"))
    ax.xaxis.set_major_formatter(lambda value, _: words.number(value))
    ax.yaxis.set_major_formatter(lambda value, _: words.percent(value))
    return ax
