"""Map of the communes, coloured by the share of dossiers on time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray
from pandas import DataFrame, Series
from shapely.geometry.base import BaseGeometry

from sim.analysis.summary import Summary
from sim.report.geometry import Territory, territory
from sim.report.rows import rows_of
from sim.report.style import (
    INK,
    QUIET,
    WIDTH_INCHES,
    WORSE_TO_BETTER,
    axes_for,
    in_house_style,
    swatches,
    wrapped,
)
from sim.report.words import Words

# Class limits, from the lowest class upwards; the ladder that tells most communes apart is taken.
LADDERS = (
    (0.95, 0.97, 0.98, 0.99, 0.995),
    (0.85, 0.90, 0.95, 0.97, 0.99),
    (0.70, 0.80, 0.90, 0.95, 0.98),
    (0.30, 0.50, 0.70, 0.80, 0.90),
    (0.10, 0.20, 0.40, 0.60, 0.80),
)
# Width of the territory itself; the legend takes the rest.
MAP_WIDTH_INCHES = 4.5
NO_DATA = "#f4f4f4"
# A commune whose interval is wider than this (share, whole width) is hatched: its colour may be chance.
UNCERTAIN_WIDTH = 0.10


@in_house_style
def plot_map(
    summary: Summary,
    sites: DataFrame,
    words: Words | None = None,
    ax: Axes | None = None,
    ladder: tuple[float, ...] | None = None,
    decorated: bool = True,
    shape: Territory | None = None,
) -> Axes:
    """Communes as cells around their centres (not official boundaries), coloured by on-time share in classes.

    ``sites`` is the table of the records. ``ladder`` sets the class limits and ``shape`` the cells, so that
    several maps share them; without ``decorated`` legend, scale bar and names are left out.
    """
    words = words or Words()
    communes = sites[sites["level"] == "commune"].reset_index(drop=True)
    shares = on_time_by_site(summary).reindex(communes["site"])
    limits = ladder or ladder_for(shares["value"])
    shape = shape or cells_of(sites)
    ax = axes_for(ax, height_inches=_height_inches(shape))
    uncertain = is_uncertain(shares)
    for cell, value, doubtful in zip(shape.cells, shares["value"], uncertain, strict=True):
        _draw_cell(ax, cell, colour_of(value, limits), "////" if doubtful else None)
    _frame_view(ax, shape)
    _mark_seats(ax, sites, shape, words, decorated)
    if decorated:
        _name_islands(ax, communes, shape)
        _scale_bar(ax, shape)
        _legend(ax, shares, uncertain, limits, words)
    return ax


@in_house_style
def plot_maps(summaries: Mapping[str, Summary], sites: DataFrame, words: Words | None = None) -> Axes:
    """A small map for each alternative, all with the classes of the first; returns the first axes."""
    words = words or Words()
    limits = ladder_for(on_time_by_site(next(iter(summaries.values())))["value"])
    shape = cells_of(sites)
    columns = min(3, len(summaries))
    rows = -(-len(summaries) // columns)
    figure = Figure(figsize=(WIDTH_INCHES, 0.7 + 2.3 * rows), layout="constrained")
    places = figure.subplots(rows, columns, squeeze=False)
    for ax, (name, summary) in zip(places.flat, summaries.items(), strict=False):
        plot_map(summary, sites, words, ax, limits, decorated=False, shape=shape)
        ax.set_title(wrapped(words.alternative(name), 26), fontsize=9)
    for ax in places.flat[len(summaries) :]:
        ax.set_axis_off()
    colours = dict(zip(class_labels(limits, words), WORSE_TO_BETTER, strict=True))
    title = words("map_alternatives.legend")
    handles = swatches(colours)
    figure.legend(handles=handles, title=title, loc="outside lower center", ncols=6, handlelength=1.1)
    first: Axes = places.flat[0]
    return first


def on_time_by_site(summary: Summary) -> DataFrame:
    """On-time share of each commune with its interval, indexed by site."""
    table = summary.by_site
    return table[table["metric"] == "on_time_share"].set_index("site")[["value", "low", "high", "dossiers"]]


def is_uncertain(shares: DataFrame) -> Series:
    """Communes whose interval is too wide for a colour to be trusted."""
    return (shares["high"] - shares["low"]) > UNCERTAIN_WIDTH


def ladder_for(shares: Iterable[float]) -> tuple[float, ...]:
    """Class limits that tell these communes apart: those with the largest entropy of the class counts.

    Of two that are about equal the one with the lower limits is taken.
    """
    known = np.asarray([share for share in shares if np.isfinite(share)])
    return max(reversed(LADDERS), key=lambda ladder: round(_entropy(known, ladder), 1))


def _entropy(shares: NDArray[np.float64], ladder: tuple[float, ...]) -> float:
    counts = np.bincount(np.searchsorted(ladder, shares, side="right"), minlength=len(ladder) + 1)
    parts = counts[counts > 0] / max(counts.sum(), 1)
    return float(-(parts * np.log(parts)).sum())


def colour_of(share: float, limits: tuple[float, ...]) -> str:
    """Colour of the class that the share falls into."""
    if not np.isfinite(share):
        return NO_DATA
    return WORSE_TO_BETTER[int(np.searchsorted(limits, share, side="right"))]


def class_labels(limits: tuple[float, ...], words: Words) -> list[str]:
    """Names of the classes, lowest first."""
    shown = [words.number(100 * limit, 1 if (1000 * limit) % 10 else 0) for limit in limits]
    between = [f"{low}–{high} %" for low, high in pairwise(shown)]
    return [words("map.below", limit=shown[0]), *between, words("map.from", limit=shown[-1])]


def cells_of(sites: DataFrame) -> Territory:
    """The cells of the communes, in the order of the table."""
    communes = sites[sites["level"] == "commune"]
    return territory(
        communes["longitude"].to_numpy(float),
        communes["latitude"].to_numpy(float),
        communes["area_km2"].to_numpy(float),
    )


def _height_inches(shape: Territory) -> float:
    west, south, east, north = shape.bounds
    return float(np.clip(0.9 + MAP_WIDTH_INCHES * (north - south) / (east - west), 3.0, 7.5))


def _draw_cell(ax: Axes, cell: BaseGeometry, colour: str, hatch: str | None) -> None:
    for part in getattr(cell, "geoms", [cell]):
        if part.is_empty or part.geom_type != "Polygon":
            continue
        outline = Outline(np.asarray(part.exterior.coords), closed=True)
        ax.add_patch(PathPatch(outline, facecolor=colour, edgecolor="white", linewidth=0.7))
        if hatch:
            ax.add_patch(
                PathPatch(outline, facecolor="none", edgecolor=INK, linewidth=0, hatch=hatch, alpha=0.45)
            )


def _frame_view(ax: Axes, shape: Territory) -> None:
    west, south, east, north = shape.bounds
    margin = 0.03 * max(east - west, north - south)
    ax.set_xlim(west - margin, east + margin)
    ax.set_ylim(south - margin, north + margin)
    ax.set_aspect("equal")
    ax.set_axis_off()
    if shape.frame is not None:
        ax.plot(*shape.frame.exterior.xy, color=QUIET, linewidth=0.8)


def _mark_seats(ax: Axes, sites: DataFrame, shape: Territory, words: Words, named: bool) -> None:
    for seat in rows_of(sites[sites["level"] == "province"]):
        east, north = shape.projection.to_km(np.array([seat.longitude]), np.array([seat.latitude]))[0]
        ax.plot(east, north, marker="*", markersize=13 if named else 9, color=INK, markeredgecolor="white")
        if named:
            _label(ax, words("map.seat", name=seat.name), (east, north), (-9, 5), "right", bold=True)


def _name_islands(ax: Axes, communes: DataFrame, shape: Territory) -> None:
    for index, cell in enumerate(shape.cells):
        if not cell.is_empty and not cell.intersects(shape.outline):
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
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
    )


def _scale_bar(ax: Axes, shape: Territory) -> None:
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


def _legend(ax: Axes, shares: DataFrame, uncertain: Series, limits: tuple[float, ...], words: Words) -> None:
    known = shares["value"].dropna()
    classes = np.searchsorted(limits, known, side="right")
    labels = class_labels(limits, words)
    entries = {
        words("map.class", label=label, count=int((classes == place).sum())): colour
        for place, (label, colour) in enumerate(zip(labels, WORSE_TO_BETTER, strict=True))
    }
    handles = swatches(dict(reversed(entries.items())))
    if uncertain.any():
        hatched = swatches({words("map.uncertain", count=int(uncertain.sum())): "white"})[0]
        hatched.set(hatch="////", edgecolor=QUIET)
        handles.append(hatched)
    title = words("map.legend")
    legend = ax.legend(handles=handles, title=title, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    legend.set_alignment("left")
