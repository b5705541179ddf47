"""What happens on a date, as a Gantt chart: phases, other changes, planned outages, storms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
from matplotlib.axes import Axes
from pandas import DataFrame, concat

from sim.analysis.summary import Summary
from sim.report.rows import rows_of
from sim.report.style import (
    QUALITATIVE,
    QUIET,
    axes_for,
    date_axis,
    day_number,
    in_house_style,
    legend_below,
    swatches,
    wrapped,
)
from sim.report.words import Words

KINDS = {"phase": QUALITATIVE[2], "change": QUALITATIVE[0], "outage": QUALITATIVE[3], "storm": QUALITATIVE[5]}
MS_PER_DAY = 86_400_000
FOR_GOOD = -1
BASE = "base"
MOST_ROWS = 40
LABEL_LETTERS = 46
HATCH = "////"
# What is shorter is drawn as a mark of this share of the run, or it would vanish.
LEAST_SHARE = 0.008


def dated_of(tables: Mapping[str, DataFrame], days: int, from_day: int) -> DataFrame:
    """Columns: kind, name, province, alternative, began_ms, ended_ms: all that falls into the days evaluated.

    ``tables`` are the dated things by alternative, the base first; what an alternative shares with the base
    is told once, of the base.
    """
    parts = [table.assign(alternative=name) for name, table in tables.items()]
    whole = concat(parts, ignore_index=True)
    whole = whole.drop_duplicates(["kind", "name", "province", "began_ms", "ended_ms"], ignore_index=True)
    end_ms = days * MS_PER_DAY
    whole["ended_ms"] = whole["ended_ms"].where(whole["ended_ms"] != FOR_GOOD, end_ms).clip(upper=end_ms)
    whole["began_ms"] = whole["began_ms"].clip(lower=from_day * MS_PER_DAY)
    return whole[whole["ended_ms"] > whole["began_ms"]].reset_index(drop=True)


@in_house_style
def plot_timetable(
    dated: DataFrame, summary: Summary, words: Words | None = None, ax: Axes | None = None
) -> Axes:
    """A row for each thing with a date, in order of time; those of an alternative alone are hatched.

    ``dated`` is the table of ``dated_of``. What is longer than the run ends with it.
    """
    words = words or Words()
    groups = dated.groupby(["kind", "name", "province", "alternative"], sort=False)
    found = [(tuple(map(str, key)), table) for key, table in groups]
    found.sort(key=lambda row: (list(KINDS).index(row[0][0]), row[1]["began_ms"].min()))
    rows = found[:MOST_ROWS]
    labels = [_label(key[0], key[1], key[2], key[3], words) for key, _ in rows]
    lines = sum(1 + label.count("\n") for label in labels)
    ax = axes_for(ax, height_inches=1.3 + 0.2 * lines + 0.1 * len(rows))
    for place, (key, table) in enumerate(rows):
        _draw_row(ax, place, table, KINDS[key[0]], key[3] != BASE, summary)
    ax.set_yticks(range(len(rows)), labels, fontsize=8.5)
    ax.set_ylim(len(rows) - 0.4, -0.6)
    ax.set_xlim(day_number(summary.first_day), day_number(summary.last_day + timedelta(days=1)))
    ax.grid(visible=True, axis="x")
    ax.tick_params(axis="y", length=0)
    date_axis(ax, words.language)
    shown = [kind for kind in KINDS if kind in set(dated["kind"])]
    handles = swatches({words(f"timetable.{kind}"): KINDS[kind] for kind in shown})
    if (dated["alternative"] != BASE).any():
        only = swatches({words("timetable.alternative"): QUIET})[0]
        only.set(hatch=HATCH, alpha=0.55)
        handles.append(only)
    legend_below(ax, handles, columns=4)
    return ax


def _label(kind: str, name: str, province: str, alternative: str, words: Words) -> str:
    title = words.change(name) if kind in ("phase", "change") else words.outage(name)
    title = f"{title}: {province}" if province else title
    if alternative != BASE:
        title = words("timetable.of", title=title, alternative=words.alternative(alternative))
    return wrapped(title, LABEL_LETTERS)


def _draw_row(
    ax: Axes, place: int, table: DataFrame, colour: str, is_of_alternative: bool, summary: Summary
) -> None:
    start = day_number(summary.first_day) - summary.warm_up_days
    run_days = (summary.last_day - summary.first_day).days + 1
    for row in rows_of(table):
        days = (row.ended_ms - row.began_ms) / MS_PER_DAY
        ax.barh(
            place,
            np.maximum(days, LEAST_SHARE * run_days),
            left=start + row.began_ms / MS_PER_DAY,
            height=0.55,
            color=colour,
            alpha=0.55 if is_of_alternative else 0.95,
            hatch=HATCH if is_of_alternative else None,
            edgecolor="white",
            linewidth=0,
        )
