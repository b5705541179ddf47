"""The communes with the lowest on-time share."""

from __future__ import annotations

from matplotlib.axes import Axes

from sim.analysis.summary import Summary
from sim.report.rows import rows_of
from sim.report.style import ACCENT, QUIET, WARNING, axes_for, in_house_style, value_grid
from sim.report.words import Words


@in_house_style
def plot_worst_communes(
    summary: Summary, count: int = 10, words: Words | None = None, ax: Axes | None = None
) -> Axes:
    """On-time share of the communes with the lowest, with intervals that hold for all communes at once.

    The dashed line is the mean of all communes. Orange: the whole interval is below that mean.
    """
    words = words or Words()
    rows = summary.worst_communes.head(count)
    ax = axes_for(ax, height_inches=1.2 + 0.3 * len(rows))
    for place, row in enumerate(rows_of(rows)):
        colour = WARNING if row.worse_than_mean else ACCENT
        ax.plot([row.low, row.high], [place, place], color=colour, linewidth=2.4, solid_capstyle="butt")
        ax.plot(row.on_time_share, place, "o", color=colour, markersize=6)
    mean = float(summary.worst_communes["on_time_share"].mean())
    ax.axvline(mean, color=QUIET, linestyle="--", linewidth=1.2)
    ax.annotate(
        words("worst.mean", value=words.percent(mean)),
        (mean, -0.6),
        xytext=(-4, 2),
        textcoords="offset points",
        fontsize=8.5,
        color=QUIET,
        ha="right",
    )
    ax.set_yticks(range(len(rows)), rows["name"])
    ax.set_ylim(len(rows) - 0.5, -1.1)
    ax.set_xlabel(words("worst.axis"))
    ax.xaxis.set_major_formatter(words.percent_tick)
    value_grid(ax)
    return ax
