"""How long citizens wait at the counter."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame

from sim.analysis.summary import Summary
from sim.report.style import ACCENT, INK, axes_for, in_house_style, value_grid
from sim.report.words import Words

# Ends of the classes of waiting time, minutes.
CLASS_ENDS = (1, 5, 10, 15, 20, 30, 45, 60, 90, 120, np.inf)


@in_house_style
def plot_counter_wait(summary: Summary, words: Words | None = None, ax: Axes | None = None) -> Axes:
    """Share of visits by waiting time in opening hours, in classes of minutes, with intervals."""
    words = words or Words()
    ax = axes_for(ax, height_inches=3.4)
    classes = wait_classes(summary)
    places = np.arange(len(classes))
    ax.bar(places, classes["value"], width=0.86, color=ACCENT, alpha=0.85)
    ends = classes[["low", "high"]].clip(lower=0)
    known = ends.notna().all(axis=1)
    ax.vlines(places[known], ends["low"][known], ends["high"][known], color=INK, linewidth=1.2)
    for place, row in zip(places, classes.itertuples(), strict=True):
        ax.text(
            place,
            max(row.value, row.high if row.high == row.high else 0),
            words.percent(row.value, 1),
            ha="center",
            va="bottom",
            fontsize=8,
        )
    ax.set_xticks(
        places, [_class_name(row.from_minutes, row.to_minutes, words) for row in classes.itertuples()]
    )
    ax.set_xlabel(words("counter_wait.axis"))
    ax.set_ylabel(words("counter_wait.share_axis"))
    ax.yaxis.set_major_formatter(lambda value, _: words.percent(value, 0))
    value_grid(ax, "y")
    return ax


def wait_classes(summary: Summary) -> DataFrame:
    """Share of the visits in each class of waiting time: from_minutes, to_minutes, value, low, high."""
    return summary.counter_wait


def _class_name(start: float, end: float, words: Words) -> str:
    if not np.isfinite(end):
        return words("counter_wait.more", start=words.number(start, 0))
    return f"{words.number(start, 0)}–{words.number(end, 0)}"
