"""Where the mobile teams drove, on the map."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray
from pandas import DataFrame

from sim.analysis.summary import Summary
from sim.report.figures.map_ground import cells_of, communes_of, draw_communes, height_inches
from sim.report.geometry import Territory
from sim.report.rows import rows_of
from sim.report.style import GROUND, QUALITATIVE, axes_for, in_house_style
from sim.report.words import Words

THINNEST, THICKEST = 0.5, 4.0
FAINTEST = 0.25


@in_house_style
def plot_team_routes(
    summary: Summary, sites: DataFrame, places: DataFrame, words: Words | None = None, ax: Axes | None = None
) -> Axes:
    """Ways between bases and sites as lines, the thicker the more often; both directions together.

    Roads are not part of the records: a line joins two places straight. ``places`` is the table of
    ``map_ground.places_of``.
    """
    words = words or Words()
    shape = cells_of(places)
    ax = axes_for(ax, height_inches=height_inches(shape))
    communes = communes_of(places)
    draw_communes(ax, places, shape, [GROUND] * len(communes), [False] * len(communes), words, True)
    points = _points(sites, communes, shape)
    routes = both_directions(summary.team_routes)
    most = float(routes["trips"].max())
    colours = {team: QUALITATIVE[n % len(QUALITATIVE)] for n, team in enumerate(routes["team"].unique())}
    for route in rows_of(routes.sort_values("trips")):
        if route.one in points and route.other in points:
            (x1, y1), (x2, y2) = points[route.one], points[route.other]
            ax.plot(
                [x1, x2],
                [y1, y2],
                color=colours[route.team],
                linewidth=_width(route.trips, most),
                alpha=FAINTEST + (1 - FAINTEST) * route.trips / most,
                solid_capstyle="round",
                zorder=3,
            )
    ax.legend(
        handles=_legend(summary, routes, colours, words),
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        title=words("team_routes.legend"),
        alignment="left",
    )
    return ax


def both_directions(routes: DataFrame) -> DataFrame:
    """Columns: team, one, other (codes in order), trips both ways; without those to the same place."""
    moved = routes[routes["from"] != routes["to"]]
    ends = np.sort(moved[["from", "to"]].to_numpy(str), axis=1)
    table = moved[["team", "trips"]].assign(one=ends[:, 0], other=ends[:, 1])
    return table.groupby(["team", "one", "other"])["trips"].sum().reset_index()


def _points(sites: DataFrame, communes: DataFrame, shape: Territory) -> dict[str, NDArray[np.float64]]:
    """Where each site is drawn, km; a commune in a frame at the edge is drawn there."""
    at = shape.projection.to_km(sites["longitude"].to_numpy(float), sites["latitude"].to_numpy(float))
    points = dict(zip(sites["site"], at, strict=True))
    for place in shape.far_away:
        centre = shape.cells[place].centroid
        points[communes["site"].iloc[place]] = np.array([centre.x, centre.y])
    return points


def _width(trips: float, most: float) -> float:
    return THINNEST + (THICKEST - THINNEST) * trips / most


def _legend(summary: Summary, routes: DataFrame, colours: dict[str, str], words: Words) -> list[Line2D]:
    driven = summary.support[summary.support["metric"] == "km_driven"].set_index("name")["value"]
    handles = []
    for team, colour in colours.items():
        label = words("team_routes.team", name=words.team(team), km=words.number(float(driven[team]), 0))
        handles.append(Line2D([], [], color=colour, linewidth=2.5, label=label))
    most = float(routes["trips"].max())
    for trips in sorted({most, max(most / 4, 0.1)}, reverse=True):
        label = words("team_routes.trips", trips=words.number(trips, 1 if trips < 10 else 0))
        handles.append(Line2D([], [], color="#8C8C8C", linewidth=_width(trips, most), label=label))
    return handles
