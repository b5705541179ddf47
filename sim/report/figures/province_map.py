"""Map of the provinces, coloured by the share of dossiers on time."""

from __future__ import annotations

from collections.abc import Mapping

import shapely
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke
from pandas import DataFrame, Series
from shapely.geometry.base import BaseGeometry

from sim.analysis.summary import Summary
from sim.report.figures.map import class_labels, colour_of, ladder_for
from sim.report.figures.map_ground import (
    MAP_WIDTH_INCHES,
    cells_of,
    communes_of,
    draw_cell,
    frame_view,
    height_inches,
    scale_bar,
)
from sim.report.geometry import Territory
from sim.report.style import WORSE_TO_BETTER, axes_for, figure_of, in_house_style, swatches
from sim.report.words import Words

POINTS_PER_INCH = 72
LETTER_WIDTH = 0.75
"""Mean width of a letter as a part of its height."""
FEW_PROVINCES = 12
"""Up to so many provinces have their name in the usual size."""


def on_time_by_province(summary: Summary) -> Series:
    """On-time share of each province that has one, by name."""
    table = summary.by_province
    return table[table["metric"] == "on_time_share"].set_index("province")["value"]


@in_house_style
def plot_province_map(
    summary: Summary,
    places: DataFrame,
    words: Words | None = None,
    ax: Axes | None = None,
    shape: Territory | None = None,
) -> Axes:
    """Provinces as the cells of their communes together (not official boundaries), in classes.

    ``places`` is the table of ``map_ground.places_of``, ``shape`` its cells where they are known already.
    """
    words = words or Words()
    shares = on_time_by_province(summary)
    limits = ladder_for(shares)
    shape = shape or cells_of(places)
    ax = axes_for(ax, height_inches=height_inches(shape))
    grounds = provinces_of(communes_of(places), shape)
    size = 8.5 if len(grounds) <= FEW_PROVINCES else 5.5
    for name, ground in grounds.items():
        draw_cell(ax, ground, colour_of(float(shares.get(name, float("nan"))), limits), None)
    frame_view(ax, shape)
    km_per_point = (shape.bounds[2] - shape.bounds[0]) / (POINTS_PER_INCH * MAP_WIDTH_INCHES)
    for name, place in _names_apart(grounds, size * km_per_point).items():
        outline = [withStroke(linewidth=1.8, foreground="white")]
        ax.annotate(name, place, ha="center", va="center", fontsize=size, path_effects=outline)
    scale_bar(ax, shape)
    colours = dict(zip(class_labels(limits, words), WORSE_TO_BETTER, strict=True))
    figure_of(ax).legend(
        handles=swatches(dict(reversed(list(colours.items())))),
        loc="outside right upper",
        title=words("map_alternatives.legend"),
        alignment="left",
        handlelength=1.1,
    )
    return ax


def provinces_of(communes: DataFrame, shape: Territory) -> dict[str, BaseGeometry]:
    """The ground of each province, by name: its communes' cells together."""
    cells = Series(list(shape.cells), index=communes["province"])
    return {
        str(name): shapely.union_all(list(own)).buffer(0.02)
        for name, own in cells.groupby(level=0, sort=False)
    }


def _names_apart(grounds: Mapping[str, BaseGeometry], height_km: float) -> dict[str, tuple[float, float]]:
    """Where each name stands: on its ground, or so much lower that it lies on no name further north."""
    wanted = {name: _largest(ground).representative_point() for name, ground in grounds.items()}
    placed: dict[str, tuple[float, float]] = {}
    for name in sorted(wanted, key=lambda name: -wanted[name].y):
        x, y = wanted[name].x, wanted[name].y
        for other, (other_x, other_y) in sorted(placed.items(), key=lambda item: -item[1][1]):
            width_km = LETTER_WIDTH * height_km * (len(name) + len(other)) / 2
            if abs(other_x - x) < width_km and abs(other_y - y) < height_km:
                y = other_y - height_km
        placed[name] = (x, y)
    return placed


def _largest(ground: BaseGeometry) -> BaseGeometry:
    return max(getattr(ground, "geoms", [ground]), key=lambda part: part.area)
