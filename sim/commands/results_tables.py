"""Results as tables on the screen, and as JSON."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pandas import DataFrame

from sim.analysis.metrics import METRICS_COMPARED
from sim.analysis.summary import MAIN_SCOPE, Comparison, Summary
from sim.commands.output import Column, Screen
from sim.report.words import SHARE, Words

METRICS_ON_SCREEN = (
    "filed",
    "finished",
    "on_time_share",
    "overdue",
    "cycle_working_mean",
    "cycle_working_p90",
    "counter_wait_mean",
    "backlog_end",
    "utilisation",
    "cost_total",
)


def show_headline(screen: Screen, words: Words, summaries: Mapping[str, Summary]) -> None:
    """The main numbers of the base with their intervals, then those of all alternatives side by side."""
    base = next(iter(summaries.values()))
    keys = ("metric", "value", "interval")
    columns = [Column(key, screen.text(f"screen.{key}"), key != "metric") for key in keys]
    title = screen.text(
        "screen.headline",
        name=words.alternative(base.alternative),
        replications=len(base.replications),
        confidence=f"{100 * base.confidence:g}",
    )
    rows = [_number(words, metric, base) for metric in METRICS_ON_SCREEN]
    screen.table(title, columns, [row for row in rows if row["value"]])
    _say_what_is_left_out(screen, words, base)
    if len(summaries) > 1:
        _show_side_by_side(screen, words, summaries)


def _say_what_is_left_out(screen: Screen, words: Words, base: Summary) -> None:
    groups = base.by_group[base.by_group["counts_apart"]]["group"].unique()
    apart = [words.group(name) for name in groups]
    if apart:
        screen.say("screen.left_out", groups=", ".join(apart))


def _show_side_by_side(screen: Screen, words: Words, summaries: Mapping[str, Summary]) -> None:
    rows = [
        {"alternative": words.alternative(name)}
        | {metric: _number(words, metric, summary)["value"] for metric in METRICS_COMPARED}
        for name, summary in summaries.items()
    ]
    known = [metric for metric in METRICS_COMPARED if any(row[metric] for row in rows)]
    columns = [Column("alternative", screen.text("screen.alternative"))]
    columns += [Column(metric, words.metric(metric), is_number=True) for metric in known]
    screen.table(screen.text("screen.side_by_side"), columns, rows)


def _number(words: Words, metric: str, summary: Summary) -> dict[str, str]:
    """One number of a headline as cells; what is not known has empty ones."""
    found = summary.headline[summary.headline["metric"] == metric]
    found = found[found["scope"].isin((MAIN_SCOPE, "all"))]
    # What is not about dossiers (utilisation, cost) has one scope only; of two, the main one comes first.
    found = found.sort_values("scope", key=lambda scope: scope != MAIN_SCOPE)
    if found.empty or not found.iloc[0]["replications"]:
        return {"metric": words.metric(metric), "value": "", "interval": ""}
    first = found.iloc[0]
    value, interval, unit = words.measured(first["value"], first["low"], first["high"], first["unit"])
    return {"metric": words.metric(metric), "value": f"{value} {unit}".strip(), "interval": interval}


def show_sentences(screen: Screen, words: Words, comparison: Comparison, decided_only: bool = False) -> None:
    """What the data say about every alternative, a sentence each; or only where they decide anything."""
    sentences = comparison.sentences[comparison.sentences["metric"].isin(METRICS_COMPARED)]
    for name in comparison.alternatives:
        screen.line()
        screen.line(words.alternative(name))
        own = sentences[sentences["alternative"] == name]
        shown = own[own["verdict"].isin(("lower", "higher"))] if decided_only else own
        for sentence in shown[screen.language]:
            screen.line(f"  - {sentence}")
        undecided = len(own) - len(shown)
        if undecided == 1:
            screen.line("  - " + screen.text("screen.not_decided_one"))
        elif undecided:
            screen.line("  - " + screen.text("screen.not_decided", count=undecided))


def show_differences(screen: Screen, words: Words, comparison: Comparison) -> None:
    """The differences to the base with their intervals."""
    keys = ("alternative", "metric", "base", "value", "difference", "interval", "verdict")
    columns = [Column(key, screen.text(f"screen.{key}"), key in keys[2:6]) for key in keys]
    compared = comparison.differences[comparison.differences["metric"].isin(METRICS_COMPARED)]
    rows = [_difference_row(words, row) for row in compared.to_dict("records")]
    screen.table(
        screen.text("screen.differences", confidence=f"{100 * comparison.confidence:g}"), columns, rows
    )


def _difference_row(words: Words, row: Mapping[Any, Any]) -> dict[str, str]:
    nothing = float("nan")
    difference, interval, unit = words.measured(row["difference"], row["low"], row["high"], row["unit"])
    if row["unit"] == SHARE:
        unit = words("differences.points")
    return {
        "alternative": words.alternative(row["alternative"]),
        "metric": words.metric(row["metric"]),
        "base": " ".join(words.measured(row["base"], nothing, nothing, row["unit"])[::2]),
        "value": " ".join(words.measured(row["value"], nothing, nothing, row["unit"])[::2]),
        "difference": f"{difference} {unit}",
        "interval": interval,
        "verdict": words(f"screen.verdict.{row['verdict']}"),
    }


def records_of(frame: DataFrame) -> list[dict[str, Any]]:
    """The rows of a table for JSON; what is not known is null, dates are ISO."""
    rows: list[dict[str, Any]] = json.loads(frame.to_json(orient="records", date_format="iso"))
    return rows


def headline_records(summaries: Mapping[str, Summary]) -> dict[str, list[dict[str, Any]]]:
    """The headline of every alternative for JSON."""
    return {name: records_of(summary.headline) for name, summary in summaries.items()}


def comparison_records(comparison: Comparison | None) -> dict[str, Sequence[Any]] | None:
    """The comparison for JSON."""
    if comparison is None:
        return None
    return {
        "differences": records_of(comparison.differences),
        "sentences": records_of(comparison.sentences),
        "ranking": records_of(comparison.ranking),
        "notes": records_of(comparison.notes),
    }
