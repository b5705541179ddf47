"""One look for every figure: quiet, colour-blind safe, with fonts that know Vietnamese on every machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from functools import wraps
from io import BytesIO
from pathlib import Path
from textwrap import wrap
from typing import Any, ParamSpec, TypeVar

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.dates import AutoDateLocator, date2num, num2date
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter

INK = "#1f2a37"
QUIET = "#6b7684"
RULE = "#d5dae0"
GROUND = "#eef1f4"
ACCENT = "#0b5a8a"
WARNING = "#b8480c"

# Okabe and Ito (2008), "Color Universal Design": told apart with any common colour vision; the order keeps
# neighbours in a stack apart in lightness as well.
QUALITATIVE = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#8C8C8C", "#F0E442")
# From bad to good: burnt orange over straw to deep blue, even steps in lightness on both sides.
WORSE_TO_BETTER = ("#9a3a05", "#d9761c", "#f3bd72", "#d3e2ee", "#7fb0d3", "#23699f")
CAUSE_COLOURS = {
    "work": "#4d4d4d",
    "staff": "#D55E00",
    "closed": "#c9ced4",
    "outage": "#CC79A7",
    "signature": "#E69F00",
    "transfer": "#56B4E9",
    "citizen": "#009E73",
}

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WIDTH_INCHES = 6.4
PNG_DPI = 150

_SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.titlepad": 10,
    "axes.labelsize": 9.5,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": False,
    "grid.color": RULE,
    "grid.linewidth": 0.7,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "hatch.linewidth": 0.7,
    "hatch.color": INK,
    "text.parse_math": False,  # a planner's dollar sign is a dollar sign
    "svg.fonttype": "path",
    "svg.hashsalt": "haicap",
}

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


@contextmanager
def house_style() -> Iterator[None]:
    """Within it every figure has the look of the house; the settings of others come back afterwards."""
    with matplotlib.rc_context(_SETTINGS):
        yield


def in_house_style(plot: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """A plot function that draws in the look of the house wherever it is called."""

    @wraps(plot)
    def styled(*arguments: _Arguments.args, **options: _Arguments.kwargs) -> _Result:
        with house_style():
            return plot(*arguments, **options)

    return styled


def axes_for(ax: Axes | None, height_inches: float = 4.0, width_inches: float = WIDTH_INCHES) -> Axes:
    """The given axes, or those of a new figure that belongs to no window."""
    if ax is not None:
        return ax
    figure = Figure(figsize=(width_inches, height_inches), layout="constrained")
    return figure.add_subplot()


def figure_of(ax: Axes) -> Figure:
    """The whole figure that the axes stand in."""
    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("these axes stand in no figure")
    return figure


def value_grid(ax: Axes, axis: str = "x") -> None:
    """Faint lines across the axis that values are read from, and no frame along the other."""
    ax.grid(visible=True, axis="x" if axis == "x" else "y")
    ax.spines["left" if axis == "x" else "bottom"].set_visible(axis != "x")
    if axis == "x":
        ax.tick_params(axis="y", length=0)


def date_axis(ax: Axes, language: str, most: int = 8) -> None:
    """Days along the bottom, at most so many and short: 1 Sep in English, 1/9 in Vietnamese."""

    def shown(position: float, _: int | None) -> str:
        day = num2date(position)
        return f"{day.day}/{day.month}" if language == "vi" else f"{day.day} {MONTHS[day.month - 1]}"

    ax.xaxis.set_major_locator(AutoDateLocator(minticks=3, maxticks=most))
    ax.xaxis.set_major_formatter(FuncFormatter(shown))


def day_number(day: date) -> float:
    """Place of a day on an axis of days."""
    return float(date2num(day))


def swatches(colours: dict[str, str]) -> list[Patch]:
    """Legend entries: a coloured field for each label."""
    return [Patch(facecolor=colour, edgecolor="none", label=label) for label, colour in colours.items()]


def save_png_and_svg(ax: Axes, folder: Path, stem: str) -> Path:
    """Write the figure of the axes as ``<stem>.png`` and ``<stem>.svg``; returns the path of the SVG."""
    svg = folder / f"{stem}.svg"
    with house_style():
        figure = figure_of(ax)
        figure.savefig(folder / f"{stem}.png", dpi=PNG_DPI)
        figure.set_layout_engine("none")  # the places found for the PNG hold; finding them anew is slow
        figure.savefig(svg, metadata={"Date": None})
    return svg


def give_title(ax: Axes, title: str) -> None:
    """A title over the whole figure, at its left edge."""
    figure_of(ax).suptitle(title, x=0.01, ha="left", fontsize=11, fontweight="bold", color=INK)


def legend_below(ax: Axes, handles: Sequence[Artist], columns: int) -> None:
    """A legend below the drawing that takes its room from the figure, never from the axes."""
    figure_of(ax).legend(handles=handles, loc="outside lower left", ncols=columns, handlelength=1.3)


def right_labels(ax: Axes, labels: Sequence[str]) -> None:
    """A text to the right of each row of a horizontal chart whose rows stand at 0, 1, 2 and so on."""
    right = ax.twinx()
    right.set_ylim(ax.get_ylim())
    right.set_yticks(range(len(labels)), labels, fontsize=8.5)
    right.tick_params(axis="y", length=0)
    right.spines[:].set_visible(False)


def wrapped(title: str, letters: int) -> str:
    """A planner's title on at most three lines, so that it cannot push the drawing aside."""
    return "\n".join(wrap(title, letters, max_lines=3, placeholder=" …"))


def png_bytes(ax: Axes) -> bytes:
    """The figure of the axes as PNG, for looking at in a notebook or a test."""
    buffer = BytesIO()
    figure_of(ax).savefig(buffer, format="png", dpi=PNG_DPI)
    return buffer.getvalue()
