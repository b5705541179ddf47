"""Maps of who wins and who loses: communes coloured by what an alternative changes there."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray
from pandas import DataFrame

from sim.analysis.changes_by_area import ALL_TOGETHER
from sim.analysis.metrics import METRICS
from sim.analysis.summary import Comparison
from sim.analysis.verdicts import HIGHER, LOWER, UNDECIDED
from sim.report.figures.map import NO_DATA, entropy
from sim.report.figures.map_ground import cells_of, communes_of, draw_communes
from sim.report.geometry import Territory
from sim.report.style import WIDTH_INCHES, WORSE_TO_BETTER, in_house_style, swatches, wrapped
from sim.report.words import SHARE, Words

UNCHANGED, UNSHOWN = "#c9ced4", "#eef1f4"
# Ends of small and of middling changes in the unit of the number; the pair that tells most communes apart.
LADDERS = tuple((scale, 4 * scale) for scale in (0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 25.0))
POINTS = 100.0


@in_house_style
def plot_change_maps(
    comparison: Comparison, metric: str, places: DataFrame, words: Words | None = None
) -> Axes:
    """A map for each alternative: blue communes are shown to gain in the number, orange ones to lose.

    Grey ones stay as they are, pale ones are undecided. Returns the first axes.
    """
    words = words or Words()
    names, shape = comparison.alternatives, cells_of(places)
    limits = _limits(comparison, metric)
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(WIDTH_INCHES, 1.0 + _row_height(columns, shape) * rows), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False)
    for ax, name in zip(panels.flat, names, strict=False):
        _draw(ax, changes_of(comparison, name, metric), metric, places, shape, limits, words)
        ax.set_title(wrapped(words.alternative(name), 60 // columns), fontsize=9)
    for ax in panels.flat[len(names) :]:
        ax.set_axis_off()
    _legend(figure, metric, limits, words)
    first: Axes = panels.flat[0]
    return first


def changes_of(comparison: Comparison, alternative: str, metric: str) -> DataFrame:
    """What changes in each commune: in the unit of the number, for shares in percentage points."""
    table = comparison.by_area
    chosen = (table["alternative"] == alternative) & (table["metric"] == metric)
    rows = table[chosen & (table["site"] != ALL_TOGETHER)]
    scale = POINTS if METRICS[metric].unit == SHARE else 1.0
    return rows.assign(difference=scale * rows["difference"]).set_index("site")[["difference", "verdict"]]


def colour_of_change(difference: float, metric: str, limits: tuple[float, float]) -> str:
    """Colour of the class that a change falls into, from much worse to much better."""
    if not np.isfinite(difference):
        return NO_DATA
    if difference == 0:
        return UNCHANGED
    gain = -difference if METRICS[metric].good == "less" else difference
    small, large = limits
    return WORSE_TO_BETTER[int(np.searchsorted((-large, -small, 0.0, small, large), gain, side="right"))]


def _limits(comparison: Comparison, metric: str) -> tuple[float, float]:
    each = [changes_of(comparison, name, metric) for name in comparison.alternatives]
    shown = [
        part.loc[part["verdict"].isin((LOWER, HIGHER)), "difference"].to_numpy(np.float64) for part in each
    ]
    return change_limits(np.abs(np.concatenate(shown)))


def change_limits(sizes: NDArray[np.float64]) -> tuple[float, float]:
    """Ends of small and of middling changes; of equally good ones those around the usual size."""
    usual = float(np.median(sizes)) if len(sizes) else 1.0

    def worth(ladder: tuple[float, float]) -> tuple[float, float]:
        return round(entropy(sizes, ladder), 1), -abs(float(np.log(usual / (2 * ladder[0]))))

    return max(LADDERS, key=worth)


def _row_height(columns: int, shape: Territory) -> float:
    west, south, east, north = shape.bounds
    return float(np.clip(0.3 + 0.85 * WIDTH_INCHES / columns * (north - south) / (east - west), 1.6, 5.0))


def _draw(
    ax: Axes,
    changes: DataFrame,
    metric: str,
    places: DataFrame,
    shape: Territory,
    limits: tuple[float, float],
    words: Words,
) -> None:
    found = changes.reindex(communes_of(places)["site"])
    colours = [
        UNSHOWN if verdict == UNDECIDED else colour_of_change(difference, metric, limits)
        for difference, verdict in zip(found["difference"], found["verdict"], strict=True)
    ]
    draw_communes(ax, places, shape, colours, [False] * len(colours), words, False)


def _legend(figure: Figure, metric: str, limits: tuple[float, float], words: Words) -> None:
    small, large = (words.tick(limit) for limit in limits)
    labels = [words("change_map.over", limit=large), f"{small}–{large}", f"0–{small}"]
    worse, better = ("+", "−") if METRICS[metric].good == "less" else ("−", "+")
    signed = [f"{worse} {label}" for label in labels] + [f"{better} {label}" for label in reversed(labels)]
    handles = swatches(dict(zip(signed, WORSE_TO_BETTER, strict=True)))
    handles += swatches({words("change_map.unchanged"): UNCHANGED, words("change_map.undecided"): UNSHOWN})
    unit = words("differences.points") if METRICS[metric].unit == SHARE else words.unit(METRICS[metric].unit)
    title = words("heading.difference", metric=words.metric(metric), unit=unit)
    figure.legend(handles=handles, title=title, loc="outside lower center", ncols=4, handlelength=1.1)
