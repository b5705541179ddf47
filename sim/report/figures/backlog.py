"""Backlog over time, each alternative a line with a band."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes
from pandas import DataFrame

from sim.analysis.summary import MAIN_SCOPE, Summary
from sim.report.style import INK, QUALITATIVE, axes_for, date_axis, in_house_style, legend_below, value_grid
from sim.report.words import Words


@in_house_style
def plot_backlog(
    summaries: Mapping[str, Summary],
    words: Words | None = None,
    ax: Axes | None = None,
    scope: str = MAIN_SCOPE,
) -> Axes:
    """Dossiers filed and not finished at the end of each day: mean over the replications, interval as band.

    The base is black.
    """
    words = words or Words()
    ax = axes_for(ax, height_inches=3.7)
    for place, (name, summary) in enumerate(summaries.items()):
        _draw_line(ax, _by_day(summary, scope), words.alternative(name), place)
    ax.set_ylim(bottom=0)
    ax.set_ylabel(words("backlog.axis"))
    ax.yaxis.set_major_formatter(words.tick)
    date_axis(ax, words.language)
    value_grid(ax, "y")
    if len(summaries) > 1:
        legend_below(ax, ax.get_lines(), columns=2)
    return ax


def _by_day(summary: Summary, scope: str) -> DataFrame:
    table = summary.by_day
    return table[(table["scope"] == scope) & (table["metric"] == "backlog")].sort_values("day")


def _draw_line(ax: Axes, days: DataFrame, label: str, place: int) -> None:
    others = place - 1
    colour = INK if place == 0 else QUALITATIVE[others % len(QUALITATIVE)]
    style = ("-", "--", "-.", ":")[others // len(QUALITATIVE) % 4] if place else "-"
    ax.plot(days["day"], days["value"], color=colour, linestyle=style, linewidth=1.8, label=label)
    ax.fill_between(days["day"], days["low"], days["high"], color=colour, alpha=0.15, linewidth=0)
