"""Map of the communes, coloured by the share of dossiers on time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from pandas import DataFrame, Series

from sim.analysis.summary import Summary
from sim.report.figures.map_ground import HATCH, cells_of, communes_of, draw_communes, height_inches
from sim.report.geometry import Territory
from sim.report.style import (
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
NO_DATA = "#f4f4f4"
# A commune whose interval is wider than this (share, whole width) is hatched: its colour may be chance.
UNCERTAIN_WIDTH = 0.10


@in_house_style
def plot_map(
    summary: Summary,
    places: DataFrame,
    words: Words | None = None,
    ax: Axes | None = None,
    ladder: tuple[float, ...] | None = None,
    decorated: bool = True,
    shape: Territory | None = None,
) -> Axes:
    """Communes as cells around their centres (not official boundaries), coloured by on-time share in classes.

    ``places`` is the table of ``map_ground.places_of``. ``ladder`` sets the class limits and ``shape`` the
    cells, so that several maps share them; without ``decorated`` legend, scale bar and names are left out.
    """
    words = words or Words()
    shares = on_time_by_site(summary).reindex(communes_of(places)["site"])
    limits = ladder or ladder_for(shares["value"])
    shape = shape or cells_of(places)
    ax = axes_for(ax, height_inches=height_inches(shape))
    uncertain = is_uncertain(shares)
    colours = [colour_of(share, limits) for share in shares["value"]]
    draw_communes(ax, places, shape, colours, uncertain.tolist(), words, decorated)
    if decorated:
        _legend(ax, shares, uncertain, limits, words)
    return ax


@in_house_style
def plot_maps(summaries: Mapping[str, Summary], places: DataFrame, words: Words | None = None) -> Axes:
    """A small map for each alternative, all with the classes of the first; returns the first axes."""
    words = words or Words()
    limits = ladder_for(on_time_by_site(next(iter(summaries.values())))["value"])
    shape = cells_of(places)
    columns = min(3, len(summaries))
    rows = -(-len(summaries) // columns)
    figure = Figure(figsize=(WIDTH_INCHES, 0.7 + 2.3 * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False)
    for ax, (name, summary) in zip(panels.flat, summaries.items(), strict=False):
        plot_map(summary, places, words, ax, limits, decorated=False, shape=shape)
        ax.set_title(wrapped(words.alternative(name), 26), fontsize=9)
    for ax in panels.flat[len(summaries) :]:
        ax.set_axis_off()
    colours = dict(zip(class_labels(limits, words), WORSE_TO_BETTER, strict=True))
    title = words("map_alternatives.legend")
    handles = swatches(colours)
    figure.legend(handles=handles, title=title, loc="outside lower center", ncols=6, handlelength=1.1)
    first: Axes = panels.flat[0]
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
    return max(reversed(LADDERS), key=lambda ladder: round(entropy(known, ladder), 1))


def entropy(shares: NDArray[np.float64], ladder: tuple[float, ...]) -> float:
    """How well class limits tell values apart."""
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
        hatched.set(hatch=HATCH, edgecolor=QUIET)
        handles.append(hatched)
    title = words("map.legend")
    legend = ax.legend(
        handles=handles, title=title, loc="upper left", bbox_to_anchor=(1.0, 1.0), handlelength=1.3
    )
    legend.set_alignment("left")
