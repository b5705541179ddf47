"""Where: the map, the worst communes, the network."""

from __future__ import annotations

from typing import Any

from sim.report.blocks import Block, Cell, Paragraph, Picture, Pictures, Section, Table, number_cell
from sim.report.figures.map import ladder_for, on_time_by_site
from sim.report.material import Material, Number, as_number, headline
from sim.report.rows import rows_of
from sim.report.words import Words

WORST = 10


def worst_map(material: Material, words: Words, pictures: Pictures) -> Section | None:
    """Map of the base, and small ones of the alternatives; None when nothing has a deadline."""
    shares = on_time_by_site(material.base)["value"].dropna()
    if shares.empty:
        return None
    limit = ladder_for(shares)[0]
    lead = words(
        "lead.map", below=int((shares < limit).sum()), communes=len(shares), limit=words.percent(limit, 0)
    )
    blocks: list[Block] = [Paragraph(lead, "lead")]
    sample = material.sample(words, headline(material.base, "on_time_share"))
    if "map" in pictures:
        caption = words("caption.map", confidence=material.confidence(words), sample=sample)
        blocks.append(Picture(pictures["map"], words("alt.map"), caption, wide=True))
    if "map_alternatives" in pictures:
        alt, caption = (
            words("alt.map_alternatives"),
            words("caption.map_alternatives", replications=material.replications),
        )
        blocks.append(Picture(pictures["map_alternatives"], alt, caption, wide=True))
    blocks += _spread(material, words)
    return Section("map", words("section.map"), tuple(blocks))


def _spread(material: Material, words: Words) -> list[Table]:
    """Deciles of the communes, and communes with a label beside all others."""
    shown = {"confidence": material.confidence(words), "replications": material.replications}
    numbers = {str(row["part"]): as_number(row) for _, row in material.base.spread.iterrows()}
    on_time = f"{words('metric.on_time_share')}, %"
    deciles = [
        (Cell(words.known("part", part)), number_cell(number.value_and_interval(words)))
        for part, number in numbers.items()
        if ":" not in part
    ]
    decile_headings = (Cell(words("heading.part")), number_cell(on_time))
    tables = [Table(decile_headings, tuple(deciles), words("table.spread", **shown))]
    labels = [part.removeprefix("label:") for part in numbers if part.startswith("label:")]
    if labels:
        names = [words(f"heading.{name}") for name in ("label", "with_label", "without_label")]
        rows = tuple(_label_row(label, numbers, words) for label in labels)
        headings = (Cell(names[0]), *(number_cell(name) for name in names[1:]))
        tables.append(Table(headings, rows, words("table.labels", **shown)))
    return tables


def _label_row(label: str, numbers: dict[str, Number], words: Words) -> tuple[Cell, ...]:
    found = (numbers.get(f"label:{label}"), numbers.get(f"not:{label}"))
    cells = [number_cell(number.value_and_interval(words) if number else "") for number in found]
    return (Cell(words.known("label", label)), *cells)


def worst(material: Material, words: Words, pictures: Pictures) -> Section | None:
    """The ten communes with the lowest on-time share, as picture and table; None without deadlines."""
    communes = material.base.worst_communes
    if communes.empty:
        return None
    shown = {"confidence": material.confidence(words), "replications": material.replications}
    below = int(communes["worse_than_mean"].sum())
    blocks: list[Block] = [Paragraph(words("lead.worst", count=below, communes=len(communes)), "lead")]
    if "worst_communes" in pictures:
        path = pictures["worst_communes"]
        blocks.append(Picture(path, words("alt.worst"), words("caption.worst", **shown)))
    rows = tuple(_worst_row(row, words) for row in rows_of(communes.head(WORST)))
    names = ("commune", "kind", "dossiers", "late", "value", "interval")
    numeric = {"dossiers", "late", "value", "interval"}
    headings = [
        Cell(
            f"{words('metric.on_time_share')}, %" if name == "value" else words(f"heading.{name}"),
            "number" if name in numeric else "text",
        )
        for name in names
    ]
    caption = words("table.worst", communes=len(communes), **shown)
    blocks.append(Table(tuple(headings), rows, caption))
    return Section("worst", words("section.worst"), tuple(blocks))


def _worst_row(row: Any, words: Words) -> tuple[Cell, ...]:
    value, between, _ = words.measured(row.on_time_share, row.low, row.high, "share")
    return (
        Cell(f"{row.rank}. {row.name}"),
        Cell(words.known("kind_one", row.kind)),
        number_cell(words.number(row.dossiers, 0)),
        number_cell(words.number(row.late, 0)),
        Cell(value, "bad" if row.worse_than_mean else "number"),
        number_cell(between),
    )


def network(material: Material, words: Words, pictures: Pictures) -> Section | None:
    """Picture of sites and lines; None when the study has no lines."""
    links, sites = material.base_records.links, material.base_records.sites
    if "network" not in pictures:
        return None
    communes = sites[sites["level"] == "commune"]
    of_communes = links[links["site"].isin(communes["site"])]
    lead = words(
        "lead.network",
        communes=len(communes),
        primary=int((~of_communes["backup"]).sum()),
        with_backup=int(of_communes.loc[of_communes["backup"], "site"].nunique()),
    )
    picture = Picture(pictures["network"], words("alt.network"), words("caption.network"), wide=True)
    return Section("network", words("section.network"), (Paragraph(lead, "lead"), picture))
