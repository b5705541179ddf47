"""Shocks: how deep they go, when they are over, what they cost, and who is hit."""

from __future__ import annotations

from pandas import DataFrame

from sim.analysis.resilience import SHOCK_METRICS
from sim.analysis.summary import Comparison
from sim.report.blocks import Block, Cell, Paragraph, Picture, Pictures, Section, Table, number_cell
from sim.report.material import Material, Number, find
from sim.report.words import Words

# Rows of the table of shocks; the rest stands in the sentences.
SHOWN = tuple(metric for metric in SHOCK_METRICS if metric not in ("shock_began", "hours_to_depth"))


def shocks(material: Material, words: Words, pictures: Pictures) -> Section | None:
    """Alternatives with outages that the base has not, against the base; None where there are none."""
    comparison = material.compared
    if comparison is None or comparison.shocks.empty:
        return None
    names = list(comparison.shocks["alternative"].unique())
    blocks: list[Block] = [Paragraph(_lead(comparison.shocks, name, words), "lead") for name in names]
    blocks.append(Paragraph(words("lead.resilience")))
    shown = {"replications": len(comparison.replications), "confidence": material.confidence(words)}
    for name in ("resilience", "held"):
        if name in pictures:
            caption = words(f"caption.{name}", **shown)
            blocks.append(Picture(pictures[name], words(f"alt.{name}"), caption, wide=True))
    blocks.append(_numbers(comparison.shocks, names, words, words("table.shocks", **shown)))
    if comparison.shock_provinces["province"].nunique() > 1:
        blocks.append(_provinces(comparison, names, words, words("table.shock_provinces", **shown)))
    return Section("resilience", words("section.resilience"), tuple(blocks))


def _lead(table: DataFrame, name: str, words: Words) -> str:
    """One sentence or two on a shock."""
    found = {metric: find(table, metric, alternative=name) for metric in SHOCK_METRICS}
    shown = {metric: number.shown(words) for metric, number in found.items() if number is not None}
    told = {"title": words.alternative(name), "late": shown.get("extra_late", "")}
    most, recovered, time = (
        found[key] for key in ("extra_waiting_most", "recovered_share", "time_to_recover")
    )
    if most is None or recovered is None or _is_nothing(time):
        return words("lead.shock_none", **told)
    told |= {
        "most": shown["extra_waiting_most"],
        "lowest": shown["performance_lowest"],
        "loss": shown["loss"],
    }
    never = round((1 - recovered.value) * recovered.replications)
    if never:
        return words("lead.shock_never", never=never, replications=recovered.replications, **told)
    return words("lead.shock", time=shown["time_to_recover"], **told)


def _is_nothing(time: Number | None) -> bool:
    """Whether what waits more never left the tolerance."""
    return time is not None and time.value == 0


def _numbers(table: DataFrame, names: list[str], words: Words, caption: str) -> Table:
    """A row a number, a column a shock."""
    rows = []
    for metric in SHOWN:
        numbers = [find(table, metric, alternative=name) for name in names]
        if any(numbers):
            cells = [number_cell(_shown(number, words)) for number in numbers]
            rows.append((Cell(words.metric(metric)), *cells))
    headings = (Cell(words("heading.number")), *(number_cell(words.alternative(name)) for name in names))
    return Table(headings, tuple(rows), caption)


def _shown(number: Number | None, words: Words) -> str:
    return number.shown(words) if number is not None and number.replications else "–"


def _provinces(comparison: Comparison, names: list[str], words: Words, caption: str) -> Table:
    table = comparison.shock_provinces
    late = table[table["metric"] == "extra_late"]
    order = late.groupby("province")["value"].max().sort_values(ascending=False).index
    rows = [
        (
            Cell(str(province)),
            *(
                number_cell(_shown(find(table, metric, alternative=name, province=province), words))
                for name in names
                for metric in ("extra_late", "extra_waiting_most")
            ),
        )
        for province in order
    ]
    headings = [
        number_cell(f"{words.alternative(name)}: {words.metric(metric)}")
        for name in names
        for metric in ("extra_late", "extra_waiting_most")
    ]
    return Table((Cell(words("heading.province")), *headings), tuple(rows), caption)
