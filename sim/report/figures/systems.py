"""Systems as a graph: what needs what, and for which share of the time each was up."""

from __future__ import annotations

from itertools import pairwise
from textwrap import wrap

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from pandas import DataFrame

from sim.analysis.summary import Summary
from sim.report.rows import rows_of
from sim.report.style import QUIET, WORSE_TO_BETTER, axes_for, figure_of, in_house_style, swatches
from sim.report.words import Words

LIMITS = (0.95, 0.98, 0.99, 0.995, 0.999)
"""Class limits of availability, from the lowest class upwards."""
BOX_WIDTH, BOX_HEIGHT = 0.9, 0.6
COLUMN_INCHES, ROW_INCHES = 1.65, 0.72
LETTERS = 24
IN_A_ROW = 4
Places = dict[str, tuple[float, float]]


@in_house_style
def plot_systems(
    summary: Summary, systems: DataFrame, words: Words | None = None, ax: Axes | None = None
) -> Axes:
    """A box for each system, coloured by its availability, and an arrow to each system that it needs.

    Systems that none needs stand at the top, what they need below them. Of a system that every province
    hosts the mean is shown.
    """
    words = words or Words()
    places = layout(systems)
    width, height = (1 + max(place[axis] for place in places.values()) for axis in (0, 1))
    ax = axes_for(ax, height_inches=0.9 + ROW_INCHES * height, width_inches=COLUMN_INCHES * width)
    shares = availability(summary, systems)
    for name, place in places.items():
        _draw_box(ax, place, name, shares[name], words)
    for system in rows_of(systems):
        for needed in system.needs:
            _draw_arrow(ax, places[system.system], places[needed])
    ax.set_xlim(-0.5, width - 0.5)
    ax.set_ylim(height - 0.5, -0.5)
    ax.set_axis_off()
    labels = class_labels(words)
    shown = {colour_of(share) for share in shares.values()}
    colours = {label: colour for label, colour in labels.items() if colour in shown}
    legend = figure_of(ax).legend(
        handles=swatches(colours),
        loc="outside lower left",
        ncols=len(colours),
        title=words("systems.legend"),
        handlelength=1.1,
    )
    legend.set_alignment("left")
    return ax


def availability(summary: Summary, systems: DataFrame) -> dict[str, float]:
    """Share of the time that each system itself was up, mean of its hosts; 1 of what never failed."""
    table = summary.outages[summary.outages["metric"] == "system_availability"]
    mean = table.groupby("target")["value"].mean()
    return {name: float(mean.get(name, 1.0)) for name in systems["system"]}


def layout(systems: DataFrame) -> Places:
    """Column and row of each system; a system stands above all that it needs.

    Systems that have to do with no other one stand in rows of their own at the bottom.
    """
    needs = {system.system: list(system.needs) for system in rows_of(systems)}
    needed = {each for of_one in needs.values() for each in of_one}
    joined = [name for name in needs if needs[name] or name in needed]
    height: dict[str, int] = {}

    def height_of(name: str) -> int:
        if name not in height:
            height[name] = 1 + max((height_of(each) for each in needs[name]), default=-1)
        return height[name]

    highest = max((height_of(name) for name in joined), default=-1)
    rows = [[name for name in joined if height[name] == level] for level in range(highest, -1, -1)]
    alone = [name for name in needs if name not in joined]
    rows += [alone[first : first + IN_A_ROW] for first in range(0, len(alone), IN_A_ROW)]
    widest = max(len(row) for row in rows)
    return {
        name: ((widest - len(row)) / 2 + column, float(line))
        for line, row in enumerate(rows)
        for column, name in enumerate(row)
    }


def colour_of(share: float) -> str:
    """Colour of the class of an availability; class limits belong to the upper class."""
    return WORSE_TO_BETTER[sum(share >= limit for limit in LIMITS)]


def class_labels(words: Words) -> dict[str, str]:
    """Colours by label, best class first."""
    shown = [words.number(100 * limit, 1) for limit in LIMITS]
    between = [f"{low}–{high} %" for low, high in pairwise(shown)]
    labels = [words("map.below", limit=shown[0]), *between, words("map.from", limit=shown[-1])]
    return dict(reversed(list(zip(labels, WORSE_TO_BETTER, strict=True))))


def _draw_box(ax: Axes, place: tuple[float, float], name: str, share: float, words: Words) -> None:
    column, row = place
    colour = colour_of(share)
    box = FancyBboxPatch(
        (column - BOX_WIDTH / 2, row - BOX_HEIGHT / 2),
        BOX_WIDTH,
        BOX_HEIGHT,
        boxstyle="round,pad=0,rounding_size=0.06",
        facecolor=colour,
        edgecolor="white",
        zorder=3,
    )
    ax.add_patch(box)
    title = "\n".join(wrap(words.system(name).split(" (")[0], LETTERS, max_lines=2, placeholder=" …"))
    is_dark = colour in (WORSE_TO_BETTER[0], WORSE_TO_BETTER[-1])
    decimals = 0 if share == 1 else 2
    ax.text(
        column,
        row,
        f"{title}\n{words.percent(share, decimals)}",
        ha="center",
        va="center",
        fontsize=7.5,
        color="white" if is_dark else None,
        zorder=4,
    )


def _draw_arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    """From the lower edge of one box to the upper edge of the other."""
    ax.add_patch(
        FancyArrowPatch(
            (start[0], start[1] + BOX_HEIGHT / 2),
            (end[0], end[1] - BOX_HEIGHT / 2),
            arrowstyle="-|>",
            mutation_scale=9,
            color=QUIET,
            linewidth=1.0,
            zorder=2,
        )
    )
