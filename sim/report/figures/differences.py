"""Alternatives against the base: differences with simultaneous intervals."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas import DataFrame

from sim.analysis.metrics import METRICS_COMPARED
from sim.analysis.summary import MAIN_SCOPE, Comparison
from sim.report.rows import rows_of
from sim.report.style import (
    ACCENT,
    INK,
    QUIET,
    WARNING,
    WIDTH_INCHES,
    axes_for,
    in_house_style,
    value_grid,
    wrapped,
)
from sim.report.words import SHARE, Words


@in_house_style
def plot_difference(
    comparison: Comparison, metric: str, words: Words | None = None, ax: Axes | None = None
) -> Axes:
    """Difference of each alternative from the base in one number: a dot and its simultaneous interval.

    Per cent of the base, or percentage points for a share. Blue is shown to be better, orange worse, grey
    undecided.
    """
    words = words or Words()
    rows = differences_in(comparison, metric)
    ax = axes_for(ax, height_inches=1.2 + 0.4 * len(rows))
    ends, in_points = shown_scale(rows)
    for place, (row, (middle, low, high)) in enumerate(zip(rows_of(rows), ends, strict=True)):
        colour = colour_of_verdict(row.better)
        ax.plot([low, high], [place, place], color=colour, linewidth=2.4, solid_capstyle="butt")
        ax.plot(middle, place, "o", color=colour, markersize=6)
    ax.axvline(0, color=INK, linewidth=1)
    ax.set_yticks(range(len(rows)), [wrapped(words.alternative(name), 24) for name in rows["alternative"]])
    ax.set_ylim(len(rows) - 0.5, -0.5)
    value_grid(ax)
    unit = words("differences.points") if in_points else words("differences.percent")
    ax.set_title(wrapped(words.metric(metric), 30), fontsize=9, pad=4)
    ax.set_xlabel(unit, fontsize=8)
    ax.xaxis.set_major_formatter(lambda value, _: ("+" if value > 0 else "") + words.tick(value))
    ax.locator_params(axis="x", nbins=5)
    return ax


@in_house_style
def plot_differences(comparison: Comparison, words: Words | None = None) -> Axes:
    """The differences in all numbers compared, a panel each; returns the first axes."""
    words = words or Words()
    metrics = [metric for metric in METRICS_COMPARED if len(differences_in(comparison, metric))]
    columns = 2
    rows = -(-len(metrics) // columns)
    height = rows * (0.95 + 0.34 * len(comparison.alternatives))
    figure = Figure(figsize=(WIDTH_INCHES, height), layout="constrained")
    places = figure.subplots(rows, columns, squeeze=False)
    for ax, metric in zip(places.flat, metrics, strict=False):
        plot_difference(comparison, metric, words, ax)
    for place, ax in enumerate(places.flat):
        if place % columns:
            ax.set_yticklabels([])
        if place >= len(metrics):
            ax.set_axis_off()
    first: Axes = places.flat[0]
    return first


def colour_of_verdict(better: object) -> str:
    """Blue, orange or grey for shown to be better, shown to be worse, undecided."""
    return ACCENT if better is True else WARNING if better is False else QUIET


def differences_in(comparison: Comparison, metric: str, scope: str = MAIN_SCOPE) -> DataFrame:
    """The differences in one number, in the order of the alternatives."""
    table = comparison.differences
    chosen = table[table["metric"] == metric]
    in_scope = chosen[chosen["scope"] == scope]
    return (in_scope if len(in_scope) else chosen).drop_duplicates("alternative").reset_index(drop=True)


def shown_scale(rows: DataFrame) -> tuple[list[tuple[float, float, float]], bool]:
    """Difference and interval as drawn, in per cent of the base or, for shares, in percentage points."""
    in_points = bool((rows["unit"] == SHARE).all())
    columns = ["difference", "low", "high"] if in_points else ["relative", "relative_low", "relative_high"]
    values = 100 * rows[columns].to_numpy(float)
    return [tuple(np.asarray(row).tolist()) for row in values], in_points
