"""How long citizens wait at the counter."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame

from sim.analysis.summary import Summary
from sim.report.style import ACCENT, INK, axes_for, in_house_style, value_grid
from sim.report.words import Words

FEWEST_CLASSES = 6


@in_house_style
def plot_counter_wait(summary: Summary, words: Words | None = None, ax: Axes | None = None) -> Axes:
    """Share of visits by waiting time in opening hours, in classes of minutes, with intervals."""
    words = words or Words()
    ax = axes_for(ax, height_inches=3.4)
    classes = wait_classes(summary)
    places = np.arange(len(classes))
    ax.bar(places, classes["value"], width=0.86, color=ACCENT, alpha=0.85)
    tops = classes[["value", "high"]].max(axis=1)
    ax.vlines(places, classes["low"], classes["high"], color=INK, linewidth=1.2)
    for place, top, share in zip(range(len(classes)), tops, classes["value"], strict=True):
        ax.text(place, top, words.number(100 * share, 1), ha="center", va="bottom", fontsize=8)
    ends = zip(classes["from_minutes"], classes["to_minutes"], strict=True)
    ax.set_xticks(places, [_class_name(start, end, words) for start, end in ends], fontsize=8)
    ax.set_xlabel(words("counter_wait.axis"))
    ax.set_ylabel(words("counter_wait.share_axis"))
    ax.yaxis.set_major_formatter(words.percent_tick)
    value_grid(ax, "y")
    return ax


def wait_classes(summary: Summary) -> DataFrame:
    """Share of the visits in each class of waiting time: from_minutes, to_minutes, value, low, high.

    Long waits that nobody had are left out.
    """
    table = summary.counter_wait
    classes = table[table["metric"] == "share_in_bin"].sort_values("from_minutes").reset_index(drop=True)
    longest = classes.index[classes["value"] > 0].max()
    return classes.loc[: max(longest, FEWEST_CLASSES - 1)]


def _class_name(start: float, end: float, words: Words) -> str:
    if not np.isfinite(end):
        return words("counter_wait.more", start=words.number(start, 0))
    return (
        f"{words.number(start, 0)}–\n{words.number(end, 0)}"
        if end >= 100
        else f"{words.number(start, 0)}–{words.number(end, 0)}"
    )
