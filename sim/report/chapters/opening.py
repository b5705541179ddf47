"""What was asked, the answer, and the base in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pandas import DataFrame

from sim.analysis.kpis import INTERNAL_METRICS
from sim.report.blocks import Bullets, Cell, Paragraph, Pictures, Section, Table, number_cell
from sim.report.chapters.tables import interval_of, number_row, number_table
from sim.report.figures.why_late import HOURS_PER_DAY, hours_of_scope
from sim.report.material import Material, find, headline
from sim.report.words import Words

NAMED_PROVINCES = 3

# Metric and scope of each row of the first table.
HEADLINE = (
    ("filed", "counted"),
    ("filed", "all"),
    ("finished", "counted"),
    ("on_time_share", "counted"),
    ("on_time_share", "all"),
    ("on_time_share_of_finished", "counted"),
    ("overdue", "counted"),
    ("lateness_mean", "counted"),
    ("apologies_per_1000", "counted"),
    ("new_date_kept_share", "counted"),
    ("cycle_working_mean", "counted"),
    ("cycle_working_median", "counted"),
    ("cycle_working_p90", "counted"),
    ("counter_wait_mean", "counted"),
    ("counter_wait_mean", "all"),
    ("counter_wait_p90", "all"),
    ("left_counter_share", "all"),
    ("escalated_per_1000", "counted"),
    ("withdrawn_share", "counted"),
    ("backlog_end", "counted"),
    ("backlog_highest", "counted"),
    ("utilisation", "all"),
    ("visits_per_dossier", "counted"),
    ("travel_km_per_visit", "counted"),
    ("travel_km_per_dossier", "counted"),
    ("travel_hours", "all"),
    ("filed_elsewhere_share", "counted"),
    ("online_share", "counted"),
    ("online_share", "all"),
    ("supplement_share", "counted"),
    ("shuttles", "all"),
    ("manual_steps", "all"),
    ("processed_electronically_share", "counted"),
    ("entered_once_share", "counted"),
    ("redone_per_1000", "counted"),
    ("out_of_step_per_1000", "counted"),
    ("out_of_step_hours", "counted"),
    ("synced_late_share", "counted"),
    ("finished_open_share", "counted"),
    ("timed_out_per_1000", "all"),
    ("changed_channel_per_1000", "all"),
    ("experienced_availability", "counted"),
    ("on_time_worst_decile", "counted"),
    ("on_time_gap", "counted"),
    ("cost_total", "all"),
    ("cost_per_dossier", "all"),
)
# Numbers shown for each group of procedures.
BY_GROUP = ("filed", "on_time_share", "overdue", "cycle_working_mean", "cycle_working_p90")
# Numbers of citizens' pains for each group, a column each where they happen at all.
OF_CITIZENS = (
    "visits_per_dossier",
    "travel_km_per_visit",
    "travel_km_per_dossier",
    "left_counter_share",
    "withdrawn_share",
    "escalated_per_1000",
    "apologies_per_1000",
    "filed_elsewhere_share",
)
# Numbers that exist for all groups together as well.
OF_ALL_GROUPS = {
    "filed",
    "on_time_share",
    "online_share",
    "counter_wait_mean",
    "counter_wait_p90",
    "left_counter_share",
    "travel_hours",
}


def asked(material: Material, words: Words, pictures: Pictures) -> Section:
    """The question: territory, period, alternatives, and what is counted."""
    blocks: list[Any] = [Paragraph(paragraph) for paragraph in _own_words(material, words)]
    blocks.append(Paragraph(_territory(material, words)))
    if material.compared:
        blocks.append(Bullets(_alternatives(material, words), title=words("asked.compared")))
    blocks.append(Paragraph(_counting(material, words), "note"))
    return Section("asked", words("section.asked"), tuple(blocks))


def _own_words(material: Material, words: Words) -> list[str]:
    described = words.own(material.study.get("description"))
    return [part.strip() for part in described.split("\n\n") if part.strip()]


def _territory(material: Material, words: Words) -> str:
    communes = material.communes
    provinces = communes["province"].unique().tolist()
    named = len(provinces) <= NAMED_PROVINCES
    is_estimate = bool(communes["population_is_estimate"].any())
    return words(
        "asked.territory" if is_estimate else "asked.territory_known",
        communes=words.number(len(communes), 0),
        provinces=", ".join(provinces) if named else words("asked.provinces", count=len(provinces)),
        population=words.number(float(communes["population"].sum()), 0),
        period=material.period(words),
    )


def _alternatives(material: Material, words: Words) -> tuple[str, ...]:
    items = []
    for entry in material.study["alternatives"]:
        title, described = words.alternative(entry["name"]), words.own(entry.get("description"))
        plain = not described or described == title
        items.append(title if plain else words("asked.alternative", title=title, description=described))
    return tuple(items)


def _counting(material: Material, words: Words) -> str:
    apart, internal = (_groups_that_are(flag, material, words) for flag in ("counts_apart", "internal"))
    said = words("asked.counted_apart", groups=apart) if apart else words("asked.inherited_apart")
    return f"{said} {words('asked.internal', groups=internal)}" if internal else said


def _groups_that_are(flag: str, material: Material, words: Words) -> str:
    groups = material.study["groups"]
    return ", ".join(words.group(name) for name, group in groups.items() if group.get(flag))


def answer(material: Material, words: Words, pictures: Pictures) -> Section:
    """Three sentences with intervals: how the base stands, what helps most, where the time goes."""
    sentences = (_base_sentence(material, words), *_best_sentences(material, words), _why(material, words))
    if material.replications > 1:
        note = words(
            "answer.intervals", confidence=material.confidence(words), replications=material.replications
        )
    else:
        note = words("answer.no_interval")
    blocks = (
        Bullets(tuple(sentence for sentence in sentences if sentence), numbered=True),
        Paragraph(note, "note"),
    )
    return Section("answer", words("section.answer"), blocks)


def _base_sentence(material: Material, words: Words) -> str:
    on_time, overdue = headline(material.base, "on_time_share"), headline(material.base, "overdue")
    if on_time and overdue:
        return words("answer.base", on_time=on_time.shown(words), overdue=overdue.shown(words))
    time, backlog = headline(material.base, "cycle_working_mean"), headline(material.base, "backlog_end")
    if time and backlog:
        return words("answer.base_without_deadlines", time=time.shown(words), backlog=backlog.shown(words))
    return ""


def _best_sentences(material: Material, words: Words) -> list[str]:
    comparison = material.compared
    if comparison is None:
        return [words("answer.no_alternatives")]
    table = comparison.differences
    better = table[(table["metric"] == "on_time_share") & table["better"].map(lambda shown: shown is True)]
    if better.empty:
        return [words("answer.none_better", confidence=material.confidence(words))]
    best = str(better.sort_values("difference", ascending=False)["alternative"].iloc[0])
    on_time = sentence_of(material, words, best, "on_time_share")
    cost = sentence_of(material, words, best, "cost_total")
    shown = words("answer.best", title=words.alternative(best), sentence=on_time)
    return [f"{shown} {cost}".strip()]


def sentence_of(material: Material, words: Words, alternative: str, metric: str) -> str:
    """The sentence of the analysis about one difference, in this language; '' when there is none."""
    if material.comparison is None:
        return ""
    table = material.comparison.sentences
    rows = table[(table["alternative"] == alternative) & (table["metric"] == metric)]
    return str(rows[words.language].iloc[0]) if len(rows) else ""


def _why(material: Material, words: Words) -> str:
    table = material.base.late_causes
    hours = hours_of_scope(table)
    if not hours.sum() > 0:
        return words("answer.never_late")
    largest = str(hours.drop("closed").idxmax())
    shares = {
        name: find(table, "share_of_elapsed", scope="counted", group="", cause=cause)
        for name, cause in (("closed", "closed"), ("share", largest), ("work", "work"))
    }
    shown = {name: number.shown(words) if number else "" for name, number in shares.items()}
    days = words.number(float(hours.sum()) / HOURS_PER_DAY, 1)
    return words("answer.why", days=days, cause=words.known("cause", largest), **shown)


def base_in_numbers(material: Material, words: Words, pictures: Pictures) -> Section:
    """Table of the headline numbers, and one by group of procedures."""
    rows = []
    for metric, scope in HEADLINE:
        number = find(material.base.headline, metric, scope=scope)
        if number is not None:
            rows.append(number_row(_name(metric, scope, words), number, words))
    caption = words("table.headline", period=material.period(words), confidence=material.confidence(words))
    tables = [number_table(rows, caption, words), _groups(material, words, BY_GROUP)]
    of_citizens = [metric for metric in OF_CITIZENS if (material.base.by_group["metric"] == metric).any()]
    if len(of_citizens) > 1:
        tables.append(_groups(material, words, of_citizens))
    if len(material.base.internal):
        tables.append(_internal(material, words))
    return Section("headline", words("section.headline"), tuple(tables))


def _name(metric: str, scope: str, words: Words) -> str:
    name = words.metric(metric)
    is_of_all = scope == "all" and metric in OF_ALL_GROUPS
    return words("metric.all_groups", metric=name) if is_of_all else name


def _groups(material: Material, words: Words, metrics: Sequence[str]) -> Table:
    table = material.base.by_group
    headings = [interval_of(table, metric, words) for metric in metrics]
    caption = words("table.groups", replications=material.replications, confidence=material.confidence(words))
    rows = _rows_by_group(table, metrics, words)
    return Table((Cell(words("heading.group")), *headings), rows, caption)


def _internal(material: Material, words: Words) -> Table:
    """The requests of the administration to itself."""
    headings = ("internal_group", "requests", "time_to_settle", "open_at_the_end")
    cells = (
        Cell(words(f"heading.{headings[0]}")),
        *(number_cell(words(f"heading.{name}")) for name in headings[1:]),
    )
    caption = words(
        "table.internal", replications=material.replications, confidence=material.confidence(words)
    )
    return Table(cells, _rows_by_group(material.base.internal, INTERNAL_METRICS, words), caption)


def _rows_by_group(table: DataFrame, metrics: Sequence[str], words: Words) -> tuple[tuple[Cell, ...], ...]:
    rows = []
    for group in table["group"].unique():
        numbers = [find(table, metric, group=group) for metric in metrics]
        cells = [number_cell(number.value_and_interval(words) if number else "") for number in numbers]
        rows.append((Cell(words.group(str(group))), *cells))
    return tuple(rows)
