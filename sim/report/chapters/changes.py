"""Who wins and who loses by an alternative, commune by commune."""

from __future__ import annotations

from typing import Any

from pandas import DataFrame

from sim.analysis.changes_by_area import ALL_TOGETHER, LEADING_METRICS, leading_metrics, winners_and_losers
from sim.analysis.metrics import METRICS
from sim.analysis.verdicts import HIGHER, LOWER
from sim.report.blocks import Block, Bullets, Cell, Paragraph, Picture, Pictures, Section, Table, number_cell
from sim.report.chapters.tables import signed
from sim.report.material import Material
from sim.report.rows import rows_of
from sim.report.words import SHARE, Words

MOST_NAMED = 10


def changes(material: Material, words: Words, pictures: Pictures) -> Section | None:
    """Maps of the changes and, for each alternative, the communes that gain and lose most."""
    if material.compared is None or material.compared.by_area.empty:
        return None
    blocks: list[Block] = [Paragraph(words("lead.changes"))]
    for name in material.compared.alternatives:
        rows = material.compared.by_area[material.compared.by_area["alternative"] == name]
        blocks += _of_alternative(material, rows, words)
    return Section("changes", words("section.changes"), (*blocks, *_maps(material, words, pictures)))


def _of_alternative(material: Material, rows: DataFrame, words: Words) -> list[Block]:
    """What an alternative changes in all, and where most; a table for each number it changes anywhere."""
    metrics = leading_metrics(rows)
    said = [_sentence(material, rows, metric, words) for metric in metrics] or [words("changes.none")]
    if together := _together(rows, words):
        said.append(words("changes.together", changes=together))
    title = words.alternative(str(rows["alternative"].iloc[0]))
    return [Bullets(tuple(said), title=title), *(_table(material, rows, metric, words) for metric in metrics)]


def _maps(material: Material, words: Words, pictures: Pictures) -> list[Block]:
    maps: list[Block] = []
    for metric in LEADING_METRICS:
        name = f"map_change_{metric}"
        if name in pictures:
            metric_name = words.metric(metric)
            caption = words("caption.map_change", metric=metric_name, **_sample(material, words))
            maps.append(
                Picture(pictures[name], words("alt.map_change", metric=metric_name), caption, wide=True)
            )
    return maps


def _sample(material: Material, words: Words) -> dict[str, object]:
    return {
        "replications": material.replications,
        "confidence": material.confidence(words),
        "communes": len(material.communes),
    }


def _sentence(material: Material, rows: DataFrame, metric: str, words: Words) -> str:
    """How many communes, and people in them, are shown to gain and to lose in a number."""
    chosen = rows[(rows["metric"] == metric) & rows["verdict"].isin((LOWER, HIGHER))]
    decided = chosen[chosen["site"] != ALL_TOGETHER]
    better = (decided["difference"] > 0) == (METRICS[metric].good == "more")
    inhabitants = material.communes.set_index("site")["population"]
    told = {}
    for side, sites in (("gain", decided["site"][better]), ("lose", decided["site"][~better])):
        told[side] = words.number(len(sites), 0)
        told[f"{side}_inhabitants"] = words.number(float(inhabitants.reindex(sites).sum()), 0)
    return words("changes.shown", metric=words.metric(metric), communes=len(material.communes), **told)


def _together(rows: DataFrame, words: Words) -> str:
    """What changes for all communes together, one number after the other."""
    whole = rows[(rows["site"] == ALL_TOGETHER) & (rows["difference"] != 0)]
    return "; ".join(
        words(
            "changes.of_all",
            metric=words.metric(row.metric),
            change=_change(row, words),
            unit=_unit(row, words),
        )
        for row in rows_of(whole)
    )


def _table(material: Material, rows: DataFrame, metric: str, words: Words) -> Table:
    sides = zip(("gain", "lose"), winners_and_losers(rows, metric, MOST_NAMED), strict=True)
    metrics = rows["metric"].unique().tolist()
    by_place = {(row.site, row.metric): row for row in rows_of(rows)}
    body = [
        (
            Cell(str(commune.name)),
            Cell(words(f"changes.{side}")),
            *(_cell(by_place.get((commune.site, each)), words) for each in metrics),
        )
        for side, communes in sides
        for commune in rows_of(communes)
    ]
    one_of_each = rows.drop_duplicates("metric")
    headings = [
        number_cell(words("heading.difference", metric=words.metric(row.metric), unit=_unit(row, words)))
        for row in rows_of(one_of_each)
    ]
    caption = words(
        "table.changes",
        title=words.alternative(str(rows["alternative"].iloc[0])),
        metric=words.metric(metric),
        most=MOST_NAMED,
        period=material.period(words),
        **_sample(material, words),
    )
    first = (Cell(words("heading.commune")), Cell(words("heading.side")))
    return Table((*first, *headings), tuple(body), caption)


def _cell(row: Any, words: Words) -> Cell:
    if row is None:
        return number_cell("")
    if row.verdict not in (LOWER, HIGHER):
        return number_cell(_change(row, words))
    is_better = (row.verdict == HIGHER) == (METRICS[row.metric].good == "more")
    return Cell(_change(row, words), "good" if is_better else "bad")


def _change(row: Any, words: Words) -> str:
    return signed(row.difference, row.low, row.high, words, row.unit)


def _unit(row: Any, words: Words) -> str:
    return words("differences.points") if row.unit == SHARE else words.unit(row.unit)
