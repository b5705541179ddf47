"""The ground that maps of communes stand on: their cells, the seats of the provinces, islands and scale."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke
from pandas import DataFrame, concat
from shapely.geometry.base import BaseGeometry

from sim.record.store import AlternativeRecords
from sim.report.geometry import Territory, territory
from sim.report.rows import rows_of
from sim.report.style import INK, QUIET
from sim.report.words import Words

# Width of the territory itself; the legend takes the rest.
MAP_WIDTH_INCHES = 4.5
HATCH = "////"
NAMES_ABOVE_ALL = 6
MANY_CELLS = 500
"""More cells are so small that the white between them would hide them."""
MOST_NAMES = 8
"""Of more provinces, or of more islands, the names would lie on each other."""


def places_of(records: AlternativeRecords) -> DataFrame:
    """What a map shows: the communes that dossiers are counted for, and the provinces."""
    sites = records.sites
    return concat([records.areas, sites[sites["level"] == "province"]], ignore_index=True)


def communes_of(places: DataFrame) -> DataFrame:
    """The communes among the places."""
    return places[places["level"] == "commune"].reset_index(drop=True)


def draw_communes(
    ax: Axes,
    places: DataFrame,
    shape: Territory,
    colours: Sequence[str],
    hatched: Sequence[bool],
    words: Words,
    decorated: bool,
) -> None:
    """A cell in its colour for each commune, in their order; names and scale only where ``decorated``."""
    edge_points = 0.7 if len(shape.cells) <= MANY_CELLS else 0.15
    for cell, colour, is_hatched in zip(shape.cells, colours, hatched, strict=True):
        draw_cell(ax, cell, colour, HATCH if is_hatched else None, edge_points)
    frame_view(ax, shape)
    _mark_seats(ax, places, shape, words, decorated)
    if decorated:
        _name_islands(ax, communes_of(places), shape)
        scale_bar(ax, shape)


def cells_of(places: DataFrame) -> Territory:
    """The cells of the communes, in the order of the table."""
    communes = communes_of(places)
    return territory(
        communes["longitude"].to_numpy(float),
        communes["latitude"].to_numpy(float),
        communes["area_km2"].to_numpy(float),
    )


def height_inches(shape: Territory) -> float:
    """Height of a figure that has one such map."""
    west, south, east, north = shape.bounds
    return float(np.clip(0.9 + MAP_WIDTH_INCHES * (north - south) / (east - west), 3.0, 7.5))


def draw_cell(ax: Axes, cell: BaseGeometry, colour: str, hatch: str | None, edge_points: float = 0.7) -> None:
    """Ground in its colour, hatched if wanted."""
    for part in getattr(cell, "geoms", [cell]):
        if part.is_empty or part.geom_type != "Polygon":
            continue
        outline = Outline(np.asarray(part.exterior.coords), closed=True)
        ax.add_patch(PathPatch(outline, facecolor=colour, edgecolor="white", linewidth=edge_points))
        if hatch:
            ax.add_patch(
                PathPatch(outline, facecolor="none", edgecolor=INK, linewidth=0, hatch=hatch, alpha=0.45)
            )


def frame_view(ax: Axes, shape: Territory) -> None:
    """Lets the axes show the whole territory and nothing else."""
    west, south, east, north = shape.bounds
    margin = 0.03 * max(east - west, north - south)
    ax.set_xlim(west - margin, east + margin)
    ax.set_ylim(south - margin, north + margin)
    ax.set_aspect("equal")
    ax.set_axis_off()
    if shape.frame is not None:
        ax.plot(*shape.frame.exterior.xy, color=QUIET, linewidth=0.8)


def _mark_seats(ax: Axes, places: DataFrame, shape: Territory, words: Words, named: bool) -> None:
    seats = places[places["level"] == "province"]
    named = named and len(seats) <= MOST_NAMES
    for seat in rows_of(seats):
        east, north = shape.projection.to_km(np.array([seat.longitude]), np.array([seat.latitude]))[0]
        ax.plot(
            east,
            north,
            marker="*",
            markersize=13 if named else 9 if len(seats) <= MOST_NAMES else 4,
            color=INK,
            markeredgecolor="white",
        )
        if named:
            _label(ax, words("map.seat", name=seat.name), (east, north), (-9, 5), "right", bold=True)


def _name_islands(ax: Axes, communes: DataFrame, shape: Territory) -> None:
    islands = [
        index
        for index, cell in enumerate(shape.cells)
        if not cell.is_empty and not cell.intersects(shape.outline)
    ]
    for index in islands if len(islands) <= MOST_NAMES else shape.far_away:
        cell = shape.cells[index]
        place = cell.centroid
        _label(ax, str(communes["name"][index]), (place.x, cell.bounds[1]), (0, -10), "center")


def _label(
    ax: Axes,
    label: str,
    place: tuple[float, float],
    offset_points: tuple[float, float],
    alignment: str,
    bold: bool = False,
) -> None:
    ax.annotate(
        label,
        place,
        xytext=offset_points,
        textcoords="offset points",
        fontsize=8.5,
        fontweight="bold" if bold else "normal",
        ha=alignment,
        zorder=NAMES_ABOVE_ALL,
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
    )


def scale_bar(ax: Axes, shape: Territory) -> None:
    """A length in kilometres below the territory."""
    west, south, east, north = shape.bounds
    steps = (1, 2, 5, 10, 20, 50, 100, 200)
    length = max(step for step in steps if step <= max(0.3 * (east - west), 1))
    low = south - 0.04 * (north - south)
    ax.plot([east - length, east], [low, low], color=INK, linewidth=2, solid_capstyle="butt")
    ax.annotate(
        f"{length} km",
        (east - length / 2, low),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        fontsize=8.5,
    )
    ax.set_ylim(bottom=low - 0.02 * (north - south))
