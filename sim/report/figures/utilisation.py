"""Heat maps of utilisation: commune by week, one for each kind of pool."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from pandas import DataFrame, Timedelta, Timestamp

from sim.analysis.setting import OVERTIME
from sim.analysis.summary import Summary
from sim.report.style import GROUND, INK, MONTHS, WIDTH_INCHES, axes_for, in_house_style, swatches, wrapped
from sim.report.words import Words

LIMITS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 1.0, np.inf)
# Light to dark in even steps; the last class, overtime, stands out by hue as well.
COLOURS = ("#f7fbff", "#d6e6f4", "#abd0e6", "#6aaed6", "#3787c0", "#0b4d94", "#b8480c")
NAMED_ROWS = 40


@in_house_style
def plot_utilisation(summary: Summary, pool: str, words: Words | None = None, ax: Axes | None = None) -> Axes:
    """Share of the available working time spent on dossiers: a row for each site, the most loaded on top,
    a column for each week; mean over the replications. Sites are named when there are few."""
    words = words or Words()
    ax = axes_for(ax, height_inches=4.5)
    weeks = weekly(summary, pool)
    _draw(ax, weeks)
    _week_axis(ax, weeks, words.language)
    _site_axis(ax, weeks, _names(summary), words)
    ax.set_title(wrapped(words.pool(pool), 24), fontsize=8.5, pad=4)
    return ax


@in_house_style
def plot_utilisation_of_pools(summary: Summary, pools: Sequence[str], words: Words | None = None) -> Axes:
    """The heat maps of several kinds of pools side by side, with one legend; returns the first axes."""
    words = words or Words()
    columns = min(3, len(pools))
    rows = -(-len(pools) // columns)
    figure = Figure(figsize=(WIDTH_INCHES, 0.6 + 2.9 * rows), layout="constrained")
    places = figure.subplots(rows, columns, squeeze=False)
    for ax, pool in zip(places.flat, pools, strict=False):
        plot_utilisation(summary, pool, words, ax)
    for ax in places.flat[len(pools) :]:
        ax.set_axis_off()
    _legend(figure, words)
    first: Axes = places.flat[0]
    return first


def busiest_pools(summary: Summary, level: str = "commune", most: int = 6) -> list[str]:
    """Kinds of pools of a level, the most loaded first; people after hours stay for the work there is."""
    table = summary.pool_load
    table = table[~table["pool"].str.endswith(OVERTIME)]
    whole = table[(table["metric"] == "utilisation") & (table["site"] == "") & (table["level"] == level)]
    return whole.sort_values("value", ascending=False)["pool"].head(most).tolist()


def weekly(summary: Summary, pool: str) -> DataFrame:
    """Utilisation of a kind of pool: sites (most loaded first) by week."""
    table = summary.utilisation
    table = table[(table["pool"] == pool) & (table["metric"] == "utilisation")]
    grid = table.pivot(index="site", columns="week", values="value").sort_index(axis=1)
    return grid.loc[grid.mean(axis=1).sort_values(ascending=False, kind="stable").index]


def _draw(ax: Axes, weeks: DataFrame) -> None:
    colours = ListedColormap(list(COLOURS)).with_extremes(bad=GROUND)
    classes = BoundaryNorm([*LIMITS[:-1], 99.0], len(COLOURS))
    ax.imshow(weeks.to_numpy(float), cmap=colours, norm=classes, aspect="auto", interpolation="none")
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)


def _week_axis(ax: Axes, weeks: DataFrame, language: str) -> None:
    middles = [Timestamp(week) + Timedelta(days=3) for week in weeks.columns]
    months = [
        place for place, week in enumerate(middles) if place == 0 or week.month != middles[place - 1].month
    ]
    shown = months[:: max(1, -(-len(months) // 6))]
    labels = [
        f"T{middles[place].month}" if language == "vi" else MONTHS[middles[place].month - 1]
        for place in shown
    ]
    ax.set_xticks(shown, labels, fontsize=8, ha="left")


def _site_axis(ax: Axes, weeks: DataFrame, names: dict[str, str], words: Words) -> None:
    if (len(weeks) <= NAMED_ROWS and ax.get_subplotspec() is None) or len(weeks) <= 12:
        ax.set_yticks(range(len(weeks)), [names.get(site, site) for site in weeks.index], fontsize=8)
        return
    ax.set_yticks([])
    ax.set_ylabel(words("utilisation.rows", count=len(weeks)), fontsize=8)


def _names(summary: Summary) -> dict[str, str]:
    table = summary.utilisation
    return dict(zip(table["site"], table["name"], strict=True))


def _legend(figure: Figure, words: Words) -> None:
    percents = [words.number(100 * limit, 0) for limit in LIMITS[:-1]]
    labels = [f"{low}–{high}" for low, high in pairwise(percents)]
    labels.append(words("utilisation.overtime"))
    figure.legend(
        handles=swatches(dict(zip(labels, COLOURS, strict=True))),
        title=words("utilisation.legend"),
        loc="outside lower center",
        ncols=len(labels),
        handlelength=1.1,
        columnspacing=1.0,
        labelcolor=INK,
    )
