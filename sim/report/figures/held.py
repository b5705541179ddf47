"""Dossiers that an outage holds: above the time line of outages, and around each alternative's shock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from pandas import DataFrame

from sim.analysis.summary import Comparison, Summary
from sim.report.figures.outages import MS_PER_DAY, plot_outages, rows_of_names, with_names
from sim.report.style import (
    CAUSE_COLOURS,
    INK,
    RULE,
    WIDTH_INCHES,
    axes_for,
    date_axis,
    day_number,
    figure_of,
    in_house_style,
    value_grid,
    wrapped,
)
from sim.report.words import Words

HELD, OUTBOX = CAUSE_COLOURS["outage"], CAUSE_COLOURS["transfer"]
MOST_SHOCKS = 4
DAYS_BEFORE, DAYS_AFTER = 1.0, 3.0
MOST_MOMENTS = 400
"""Of a longer run each stretch shows its worst moment: an hour of a year would be too thin to be seen."""
TITLE_LETTERS = 70


def is_held(summary: Summary) -> bool:
    """Whether an outage held any dossier in the replication that is drawn as an example."""
    return bool(summary.pulse_of_example[["held", "outbox"]].to_numpy().any())


@in_house_style
def plot_outages_and_held(summary: Summary, sites: DataFrame, words: Words | None = None) -> Axes:
    """Outages of one replication as bars, and above them the dossiers that they hold; the upper axes."""
    words = words or Words()
    rows = rows_of_names(with_names(summary.outage_events, sites, words))
    height = 1.6 + 0.24 * max(len(rows), 4)
    figure = Figure(figsize=(WIDTH_INCHES, height + 1.5), layout="constrained")
    above, below = figure.subplots(2, 1, height_ratios=[1.5, height])
    plot_outages(summary, sites, words, below)
    pulse = worst_moments(summary.pulse_of_example)
    _fill(above, summary, pulse, words)
    above.set_xlim(below.get_xlim())
    whole = len(pulse) == len(summary.pulse_of_example)
    above.set_ylabel(words("held.axis" if whole else "held.axis_most"))
    above.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, handlelength=1.2)
    date_axis(above, words.language)
    above.tick_params(axis="x", labelbottom=False)
    first: Axes = above
    return first


@in_house_style
def plot_held_in_shocks(
    comparison: Comparison, summaries: Mapping[str, Summary], words: Words | None = None
) -> Axes:
    """For each shock the dossiers held around it in one replication, its outages shaded; the first axes."""
    words = words or Words()
    causes = comparison.shocks.groupby("alternative", sort=False)["causes"].first().head(MOST_SHOCKS)
    figure = figure_of(axes_for(None, height_inches=0.9 + 1.75 * len(causes)))
    figure.clear()
    panels = figure.subplots(len(causes), 1, squeeze=False)[:, 0]
    for ax, (name, listed) in zip(panels, causes.items(), strict=True):
        _draw_shock(ax, comparison, summaries[str(name)], str(listed).split(", "), words)
        _draw_base(ax, summaries[comparison.base])
        ax.set_title(wrapped(words.alternative(str(name)), TITLE_LETTERS), fontsize=9.5)
    figure.legend(handles=_legend(words), loc="outside lower left", ncols=2, handlelength=1.3)
    first: Axes = panels[0]
    return first


def _draw_shock(ax: Axes, comparison: Comparison, summary: Summary, causes: list[str], words: Words) -> None:
    events = summary.outage_events
    events = events[events["cause"].isin(causes)]
    began, ended = (_days(summary, events[name].to_numpy(float)) for name in ("began_ms", "ended_ms"))
    for left, right in _merged(began, ended):
        ax.axvspan(left, right, color=RULE, linewidth=0, zorder=0)
    _fill(ax, summary, summary.pulse_of_example, words)
    curve = comparison.resilience
    back = curve.loc[curve["alternative"] == summary.alternative, "hours"].max() / 24
    if len(began):
        last = max(ended.max() + DAYS_AFTER, began.min() + back)
        end = day_number(summary.last_day + timedelta(days=1))
        ax.set_xlim(began.min() - DAYS_BEFORE, min(last, end))
        _fit_height(ax, summary)
    ax.set_ylabel(words("held.axis"))
    date_axis(ax, words.language)


def _draw_base(ax: Axes, base: Summary) -> None:
    """Held in the base in the same replication."""
    pulse = base.pulse_of_example
    day = _days(base, pulse["at_ms"].to_numpy(float))
    ax.step(day, pulse["held"] + pulse["outbox"], where="post", color=INK, linewidth=1.2, linestyle="--")


def _fit_height(ax: Axes, summary: Summary) -> None:
    """The height follows what is seen, not the whole run."""
    pulse = summary.pulse_of_example
    day = _days(summary, pulse["at_ms"].to_numpy(float))
    seen = (day >= ax.get_xlim()[0]) & (day <= ax.get_xlim()[1])
    most = (pulse["held"] + pulse["outbox"]).to_numpy()[seen].max(initial=1)
    ax.set_ylim(0, 1.08 * most)


def worst_moments(pulse: DataFrame) -> DataFrame:
    """Of each of at most MOST_MOMENTS stretches the moment at which most are held, at the stretch's begin."""
    stretch = np.arange(len(pulse)) // -(-len(pulse) // MOST_MOMENTS)
    worst = (pulse["held"] + pulse["outbox"]).groupby(stretch).idxmax()
    begins = pulse["at_ms"].groupby(stretch).first().to_numpy()
    return pulse.loc[worst].assign(at_ms=begins)


def _fill(ax: Axes, summary: Summary, pulse: DataFrame, words: Words) -> None:
    """Those held in queues, and on top of them those in outboxes."""
    day = _days(summary, pulse["at_ms"].to_numpy(float))
    held, outbox = (pulse[name].to_numpy(float) for name in ("held", "outbox"))
    ax.fill_between(day, 0, held, step="post", color=HELD, linewidth=0, label=words("held.queue"))
    ax.fill_between(
        day, held, held + outbox, step="post", color=OUTBOX, linewidth=0, label=words("held.outbox")
    )
    ax.set_ylim(bottom=0)
    ax.yaxis.set_major_formatter(words.tick)
    value_grid(ax, "y")


def _days(summary: Summary, at_ms: np.ndarray) -> np.ndarray:
    """Places on the axis of days."""
    start = day_number(summary.first_day) - summary.warm_up_days
    return np.asarray(start + at_ms / MS_PER_DAY)


def _merged(began: np.ndarray, ended: np.ndarray) -> list[tuple[float, float]]:
    """Intervals without overlaps, in order."""
    spans: list[tuple[float, float]] = []
    for left, right in sorted(zip(began.tolist(), ended.tolist(), strict=True)):
        if spans and left <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(right, spans[-1][1]))
        else:
            spans.append((left, right))
    return spans


def _legend(words: Words) -> list[Artist]:
    entries = ((HELD, "queue"), (OUTBOX, "outbox"), (RULE, "shock"))
    patches = [Patch(facecolor=colour, label=words(f"held.{name}")) for colour, name in entries]
    return [*patches, Line2D([], [], color=INK, linewidth=1.2, linestyle="--", label=words("held.base"))]
