"""What an alternative costs against what it brings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from sim.analysis.summary import Comparison
from sim.report.rows import rows_of
from sim.report.style import ACCENT, INK, QUIET, axes_for, figure_of, in_house_style, wrapped
from sim.report.words import BILLION, Words

POINTS_PER_INCH = 72
# Height of a line and usual width of a letter of a name, in points.
LABEL_SPACING = 11.0
LETTER_WIDTH = 5.0

Box = tuple[float, float, float, float]
Side = Literal["left", "right"]


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
    """Names beside the points, where they cover no other name and stay inside the axes."""
    window = ax.get_window_extent()
    size = np.array([window.width, window.height]) * POINTS_PER_INCH / figure_of(ax).dpi
    low = np.array([ax.get_xlim()[0], ax.get_ylim()[0]])
    span = np.array([np.ptp(ax.get_xlim()), np.ptp(ax.get_ylim())])
    points = [(np.array([row.cost / BILLION, row.on_time_share]) - low) / span * size for row in rows]
    boxes = [(*(point - 5), *(point + 5)) for point in points]
    for row, point in zip(rows, points, strict=True):
        name = wrapped(words.alternative(row.alternative), 42)
        offset, side, box = _free_place(name, point, float(size[0]), boxes)
        boxes.append(box)
        ax.annotate(
            name,
            (row.cost / BILLION, row.on_time_share),
            xytext=offset,
            textcoords="offset points",
            ha=side,
            fontsize=8.5,
            color=_colour(row, comparison),
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
        )


def _free_place(
    name: str, point: NDArray[np.float64], width: float, taken: Sequence[Box]
) -> tuple[tuple[float, float], Side, Box]:
    """Offset from the point, alignment and box of a name; the place nearest to the point that is free."""
    lines = name.split("\n")
    long, high = LETTER_WIDTH * max(map(len, lines)), LABEL_SPACING * len(lines)
    sides: tuple[Side, ...] = ("left", "right") if point[0] < width / 2 else ("right", "left")
    found = []
    for up in (4.0, -12.0, 17.0, -25.0, 30.0, -38.0):
        for side in sides:
            left = point[0] + 8 if side == "left" else point[0] - 8 - long
            box = (left, point[1] + up, left + long, point[1] + up + high)
            found.append(((8.0 if side == "left" else -8.0, up), side, box))
            if left >= 0 and left + long <= width and not any(_overlap(box, other) for other in taken):
                return found[-1]
    return found[0]


def _overlap(one: Box, other: Box) -> bool:
    apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    return not apart
