"""The lines between communes, province and centre."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray
from pandas import DataFrame

from sim.report.geometry import Projection
from sim.report.rows import rows_of
from sim.report.style import INK, QUIET, WARNING, axes_for, in_house_style
from sim.report.words import Words

MARKERS = {
    "ward": ("s", "#E69F00"),
    "commune": ("o", "#56B4E9"),
    "special_zone": ("D", "#009E73"),
    "township": ("s", "#F0E442"),
    "district": ("P", "#0072B2"),
    "old_seat": (".", "#CC79A7"),
}
HUBS = ("province", "centre")
OTHER_MARKER = ("o", "#8C8C8C")


@in_house_style
def plot_network(
    sites: DataFrame, links: DataFrame, words: Words | None = None, ax: Axes | None = None
) -> Axes:
    """Sites at their places, joined to the site above by primary lines (thin) and backup lines (dashed).

    Old seats are drawn where a line leads to them.

    The centre is drawn in a corner, not at its place, and so are communes far off the coast.
    """
    words = words or Words()
    sites = sites[(sites["level"] != "old_seat") | sites["site"].isin(links["site"])]
    ax = axes_for(ax, height_inches=5.2)
    places = _places(sites)
    _draw_lines(ax, links, places)
    _draw_sites(ax, sites, places)
    for level in HUBS:
        for site in rows_of(sites[sites["level"] == level]):
            _draw_hub(ax, site.name, places[site.site], level)
    ax.set_aspect("equal")
    ax.margins(0.04)
    ax.set_axis_off()
    ax.legend(handles=_legend(sites, links, words), loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return ax


def _places(sites: DataFrame) -> dict[str, NDArray[np.float64]]:
    """Where each site is drawn, km."""
    communes = sites[sites["level"] == "commune"]
    projection = Projection(float(communes["longitude"].median()), float(communes["latitude"].median()))
    points = projection.to_km(sites["longitude"].to_numpy(float), sites["latitude"].to_numpy(float))
    near = _near(points[(sites["level"] == "commune").to_numpy()])
    low, high = near.min(axis=0), near.max(axis=0)
    points = np.clip(points, low - 0.12 * (high - low), high + 0.12 * (high - low))
    corner = np.array([low[0] - 0.05 * (high - low)[0], high[1] + 0.16 * (high - low)[1]])
    drawn = dict(zip(sites["site"], points, strict=True))
    for place, site in enumerate(sites.loc[sites["level"] == "centre", "site"]):
        drawn[site] = corner + np.array([0.25 * (high - low)[0] * place, 0.0])
    return drawn


def _near(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points without those far from the crowd: beyond three times the usual distance from the middle."""
    distance = np.linalg.norm(points - np.median(points, axis=0), axis=1)
    return points[distance <= 3 * np.median(distance)] if len(points) > 3 else points


def _draw_lines(ax: Axes, links: DataFrame, places: dict[str, NDArray[np.float64]]) -> None:
    known = links[links["site"].isin(places) & links["parent"].isin(places)]
    for backup, look in ((False, {"colors": QUIET, "linewidths": 0.6, "alpha": 0.75}), (True, _BACKUP)):
        chosen = known[known["backup"] == backup]
        ends = [(places[link.site], places[link.parent]) for link in rows_of(chosen)]
        ax.add_collection(LineCollection(ends, zorder=2 if backup else 1, **look))


_BACKUP = {"colors": WARNING, "linewidths": 0.9, "linestyles": (0, (4, 3)), "alpha": 0.9}


def _draw_sites(ax: Axes, sites: DataFrame, places: dict[str, NDArray[np.float64]]) -> None:
    for kind, group in _local(sites).groupby("kind"):
        marker, colour = MARKERS.get(str(kind), OTHER_MARKER)
        points = np.array([places[site] for site in group["site"]])
        ax.scatter(
            points[:, 0],
            points[:, 1],
            s=20,
            marker=marker,
            color=colour,
            edgecolors="white",
            linewidths=0.6,
            zorder=3,
        )


def _local(sites: DataFrame) -> DataFrame:
    """Sites below the provinces; an old seat is of a kind of its own."""
    local = sites[~sites["level"].isin(HUBS)]
    return local.assign(kind=local["kind"].where(local["level"] != "old_seat", "old_seat"))


def _draw_hub(ax: Axes, name: str, place: NDArray[np.float64], level: str) -> None:
    marker = "s" if level == "centre" else "*"
    ax.scatter(place[0], place[1], s=110, marker=marker, color=INK, edgecolors="white", zorder=4)
    outline = [withStroke(linewidth=2.5, foreground="white")]
    ax.annotate(
        name,
        (place[0], place[1]),
        xytext=(8, 5),
        textcoords="offset points",
        fontsize=9,
        fontweight="bold",
        path_effects=outline,
        zorder=5,
    )


def _legend(sites: DataFrame, links: DataFrame, words: Words) -> list[Line2D]:
    handles = []
    for kind, count in _local(sites)["kind"].value_counts().items():
        marker, colour = MARKERS.get(str(kind), OTHER_MARKER)
        label = words("network.sites", kind=words.known("kind", str(kind)), count=count)
        handles.append(Line2D([], [], marker=marker, color=colour, linestyle="none", label=label))
    primary = words("network.primary", count=int((~links["backup"]).sum()))
    handles.append(Line2D([], [], color=QUIET, linewidth=1, label=primary))
    if links["backup"].any():
        label = words("network.backup", count=int(links["backup"].sum()))
        handles.append(Line2D([], [], color=WARNING, linestyle=(0, (4, 3)), label=label))
    return handles
