"""The resilience curve: how performance falls after a shock and comes back."""

from __future__ import annotations

from matplotlib.axes import Axes
from pandas import DataFrame

from sim.analysis.summary import Comparison
from sim.report.style import (
    INK,
    QUALITATIVE,
    RULE,
    axes_for,
    figure_of,
    in_house_style,
    legend_below,
    value_grid,
    wrapped,
)
from sim.report.words import Words

STYLES = ("-", "--", "-.", ":")
TITLE_LETTERS = 60


@in_house_style
def plot_resilience(comparison: Comparison, words: Words | None = None) -> Axes:
    """Above the performance after each shock, below the dossiers that wait more; the upper axes.

    Hours are since the first outage of the shock; bands are the intervals over the replications.
    """
    words = words or Words()
    figure = figure_of(axes_for(None, height_inches=5.0))
    figure.clear()
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=[1.2, 1])
    for place, (name, table) in enumerate(comparison.resilience.groupby("alternative", sort=False)):
        title = wrapped(words.alternative(str(name)), TITLE_LETTERS)
        _draw(above, table[table["metric"] == "performance"], place, title)
        _draw(below, table[table["metric"] == "extra_waiting"], place, title)
    above.axhline(1.0, color=RULE, linewidth=1, zorder=0)
    above.yaxis.set_major_formatter(words.percent_tick)
    above.set_ylabel(words("resilience.performance"))
    below.axhline(0.0, color=RULE, linewidth=1, zorder=0)
    below.yaxis.set_major_formatter(words.tick)
    below.set_ylabel(words("resilience.extra_waiting"))
    below.set_xlabel(words("resilience.hours"))
    for ax in (above, below):
        ax.axvline(0.0, color=INK, linewidth=0.8, linestyle=":", zorder=0)
        ax.margins(x=0.0)
        value_grid(ax, "y")
    _ticks(below)
    legend_below(above, above.get_lines()[: _shocks(comparison)], columns=1)
    first: Axes = above
    return first


def _shocks(comparison: Comparison) -> int:
    return int(comparison.resilience["alternative"].nunique())


def _draw(ax: Axes, curve: DataFrame, place: int, label: str) -> None:
    colour = QUALITATIVE[place % len(QUALITATIVE)]
    style = STYLES[place // len(QUALITATIVE) % len(STYLES)]
    ax.plot(
        curve["hours"],
        curve["value"],
        color=colour,
        linestyle=style,
        linewidth=1.8,
        label=label,
        drawstyle="steps-post",
    )
    ax.fill_between(
        curve["hours"], curve["low"], curve["high"], color=colour, alpha=0.15, linewidth=0, step="post"
    )


def _ticks(ax: Axes) -> None:
    """Hours in whole days where there is room, else in whole weeks."""
    low, high = ax.get_xlim()
    step = next((days for days in (1, 2, 7, 14, 28, 56) if (high - low) / (24 * days) <= 12), 112) * 24
    first = -(-low // step) * step
    ax.set_xticks([first + step * place for place in range(int((high - first) // step) + 1)])
