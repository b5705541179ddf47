"""People who are there over time, against the posts that are filled."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from pandas import DataFrame

from sim.analysis.summary import Summary
from sim.report.style import (
    ACCENT,
    QUIET,
    WIDTH_INCHES,
    axes_for,
    date_axis,
    in_house_style,
    legend_below,
    value_grid,
    wrapped,
)
from sim.report.words import Words

MOST_PANELS = 6
# On a scale shorter than this, people are counted in tenths.
LEAST_WHOLE = 3


@in_house_style
def plot_people(summary: Summary, pool: str, words: Words | None = None, ax: Axes | None = None) -> Axes:
    """People of a kind of pool who are there each day, mean and interval, and the posts filled (dashed)."""
    words = words or Words()
    ax = axes_for(ax, height_inches=3.2)
    people, posts = (days_of(summary, pool, metric) for metric in ("people", "posts"))
    ax.plot(people["day"], people["value"], color=ACCENT, linewidth=1.3, label=words("people.there"))
    ax.fill_between(people["day"], people["low"], people["high"], color=ACCENT, alpha=0.2, linewidth=0)
    if posts["value"].any():
        ax.step(
            posts["day"],
            posts["value"],
            color=QUIET,
            linestyle="--",
            linewidth=1.3,
            where="post",
            label=words("people.posts"),
        )
    ax.set_title(wrapped(words.pool(pool), 36), fontsize=9, pad=4)
    ax.yaxis.set_major_locator(MaxNLocator(4, integer=bool(np.ptp(ax.get_ylim()) >= LEAST_WHOLE)))
    ax.yaxis.set_major_formatter(words.tick)
    date_axis(ax, words.language, most=5)
    value_grid(ax, "y")
    return ax


@in_house_style
def plot_people_of_pools(summary: Summary, pools: Sequence[str], words: Words | None = None) -> Axes:
    """The same of several kinds of pools, a panel each with a scale of its own; returns the first axes.

    ValueError when there are none.
    """
    if not pools:
        raise ValueError("everybody is always there")
    words = words or Words()
    columns = min(2, len(pools))
    rows = -(-len(pools) // columns)
    figure = Figure(figsize=(WIDTH_INCHES, 0.7 + 1.9 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False)
    for ax, pool in zip(panels.flat, pools, strict=False):
        plot_people(summary, pool, words, ax)
    for ax in panels.flat[len(pools) :]:
        ax.set_axis_off()
    for ax in panels[:, 0]:
        ax.set_ylabel(words("people.axis"))
    lines = {line.get_label(): line for ax in panels.flat for line in ax.get_lines()}
    first: Axes = panels.flat[0]
    legend_below(first, list(lines.values()), columns=2)
    return first


def days_of(summary: Summary, pool: str, metric: str) -> DataFrame:
    """People or posts of a kind of pool by day."""
    table = summary.people
    return table[(table["pool"] == pool) & (table["metric"] == metric)].sort_values("day")


def pools_that_differ(summary: Summary, most: int = MOST_PANELS) -> list[str]:
    """Kinds of pools in which not everybody is always there, or people work without a post of their own.

    Those with the largest difference, as a part of their people and posts, come first.
    """
    wide = summary.people.pivot(index=["pool", "day"], columns="metric", values="value")
    apart = (wide["people"] - wide["posts"]).abs().groupby(level="pool", sort=False).sum()
    size = wide.sum(axis=1).groupby(level="pool", sort=False).sum()
    part = (apart[apart > 0] / size).dropna().sort_values(ascending=False, kind="stable")
    return [str(pool) for pool in part.index[:most]]
