"""Why: where the time goes, backlog, utilisation, waits, outages."""

from __future__ import annotations

from pandas import DataFrame

from sim.analysis.metrics import CAUSES
from sim.report.blocks import Block, Cell, Paragraph, Picture, Pictures, Section, Table, number_cell
from sim.report.figures.utilisation import busiest_pools
from sim.report.material import Material, Number, find, headline
from sim.report.rows import rows_of
from sim.report.words import Words

LEVELS = ("old_seat", "commune", "district", "province", "centre")


def why_late(material: Material, words: Words, pictures: Pictures) -> Section:
    """Seven causes of the late dossiers and of all, by group of procedures, and by alternative."""
    blocks: list[Block] = [Paragraph(words("lead.cause_table"))]
    samples = {
        "why_late": material.sample(words, _whole(material.base.late_causes, "all")),
        "where_time_goes": material.sample(words, _whole(material.base.why_late, "all")),
    }
    for name, sample in samples.items():
        if name in pictures:
            caption = words(f"caption.{name}", sample=sample)
            blocks.append(Picture(pictures[name], words(f"alt.{name}"), caption, wide=True))
    if "why_late_alternatives" in pictures:
        caption = words("caption.why_late_alternatives", replications=material.replications)
        alt = words("alt.why_late_alternatives")
        blocks.append(Picture(pictures["why_late_alternatives"], alt, caption, wide=True))
    blocks.append(_causes(material, words))
    return Section("why_late", words("section.why_late"), tuple(blocks))


def _whole(table: DataFrame, scope: str) -> Number | None:
    return find(table, "hours_per_dossier", scope=scope, group="")


def _causes(material: Material, words: Words) -> Table:
    rows = []
    for cause in CAUSES:
        numbers = [
            find(table, metric, scope="counted", group="", cause=cause)
            for table in (material.base.late_causes, material.base.why_late)
            for metric in ("hours_per_dossier", "share_of_elapsed")
        ]
        cells = [number_cell(number.value_and_interval(words) if number else "") for number in numbers]
        rows.append((Cell(words.known("cause", cause)), *cells))
    names = ("late_hours", "late_share", "all_hours", "all_share")
    headings = (Cell(words("heading.cause")), *(number_cell(words(f"heading.{name}")) for name in names))
    caption = words("table.causes", replications=material.replications, confidence=material.confidence(words))
    return Table(headings, tuple(rows), caption)


def backlog(material: Material, words: Words, pictures: Pictures) -> Section:
    """Open dossiers over time, and where those stand that are open at the end."""
    end, highest = headline(material.base, "backlog_end"), headline(material.base, "backlog_highest")
    blocks: list[Block] = []
    if end and highest:
        lead = words("lead.backlog", end=end.shown(words), highest=highest.shown(words))
        blocks.append(Paragraph(lead, "lead"))
    shown = {"replications": material.replications, "confidence": material.confidence(words)}
    if "backlog" in pictures:
        caption = words("caption.backlog", **shown)
        blocks.append(Picture(pictures["backlog"], words("alt.backlog"), caption))
    blocks.append(_unfinished(material, words, words("table.unfinished", **shown)))
    return Section("backlog", words("section.backlog"), tuple(blocks))


def _unfinished(material: Material, words: Words, caption: str) -> Table:
    """Means over the replications add up exactly; intervals do not, so none is shown for these sums."""
    table = material.base.unfinished
    keys = ["state", "waits_at_level"]
    sums = table.pivot_table(index=keys, columns="metric", values="value", aggfunc="sum")
    sums = sums.reindex(columns=["unfinished", "unfinished_overdue"]).fillna(0).reset_index()
    rows = [
        (
            Cell(words.known("state", row.state)),
            Cell(words.known("level", row.waits_at_level)),
            number_cell(words.number(row.unfinished, 1)),
            number_cell(words.number(row.unfinished_overdue, 1)),
        )
        for row in rows_of(sums.sort_values("unfinished", ascending=False))
    ]
    headings = (
        Cell(words("heading.state")),
        Cell(words("heading.level")),
        number_cell(words("heading.dossiers")),
        number_cell(words("heading.overdue")),
    )
    return Table(headings, tuple(rows), caption)


def utilisation(material: Material, words: Words, pictures: Pictures) -> Section:
    """Heat maps by commune and week, and the load of every kind of pool."""
    load = material.base.pool_load
    whole = load[load["site"] == ""]
    blocks: list[Block] = []
    pools = [pool for level in LEVELS for pool in busiest_pools(material.base, level, most=99)]
    numbers = {pool: find(whole, "utilisation", pool=pool) for pool in pools}
    known = {pool: number for pool, number in numbers.items() if number is not None}
    if known:
        busiest = max(known, key=lambda pool: known[pool].value)
        lead = words("lead.utilisation", pool=words.pool(busiest), value=known[busiest].shown(words))
        blocks.append(Paragraph(lead, "lead"))
    shown = {"replications": material.replications}
    if "utilisation" in pictures:
        caption = words("caption.utilisation", **shown)
        blocks.append(Picture(pictures["utilisation"], words("alt.utilisation"), caption, wide=True))
    if "people" in pictures:
        caption = words("caption.people", confidence=material.confidence(words), **shown)
        blocks.append(Picture(pictures["people"], words("alt.people"), caption, wide=True))
    caption = words("table.load", confidence=material.confidence(words), **shown)
    blocks.append(_load(whole, pools, words, caption))
    return Section("utilisation", words("section.utilisation"), tuple(blocks))


def _load(whole: DataFrame, pools: list[str], words: Words, caption: str) -> Table:
    metrics = ("utilisation", "wait_mean", "queue_mean")
    rows = []
    for pool in pools:
        numbers = [find(whole, metric, pool=pool) for metric in metrics]
        cells = [number_cell(number.value_and_interval(words) if number else "") for number in numbers]
        level = str(whole.loc[whole["pool"] == pool, "level"].iloc[0])
        rows.append((Cell(words.pool(pool)), Cell(words.known("level", level)), *cells))
    headings = (
        Cell(words("heading.pool")),
        Cell(words("heading.level")),
        number_cell(f"{words.metric('utilisation')}, %"),
        number_cell(f"{words('heading.wait')}, {words.unit('minutes')}"),
        number_cell(words("heading.queue")),
    )
    return Table(headings, tuple(rows), caption)


def waits(material: Material, words: Words, pictures: Pictures) -> Section:
    """Waiting times at the counter."""
    mean = headline(material.base, "counter_wait_mean", "all")
    p90 = headline(material.base, "counter_wait_p90", "all")
    if mean is None or p90 is None or "counter_wait" not in pictures:
        only = Paragraph(words("lead.no_counter"))
        return Section("waits", words("section.waits"), (only,))
    lead = words("lead.waits", mean=mean.shown(words), p90=p90.shown(words))
    caption = words(
        "caption.waits", replications=material.replications, confidence=material.confidence(words)
    )
    picture = Picture(pictures["counter_wait"], words("alt.waits"), caption)
    return Section("waits", words("section.waits"), (Paragraph(lead, "lead"), picture))


def outages(material: Material, words: Words, pictures: Pictures) -> Section:
    """What was down, how often and how long, and a time line of one replication."""
    table = material.base.outages
    counted = table[(table["metric"] == "outages") & (table["value"] > 0)]
    if counted.empty:
        return Section("outages", words("section.outages"), (Paragraph(words("lead.outages_none")),))
    blocks: list[Block] = [Paragraph(_outages_lead(material, words), "lead")]
    if "outages" in pictures:
        caption = words("caption.outages")
        blocks.append(Picture(pictures["outages"], words("alt.outages"), caption, wide=True))
    blocks.append(_outage_table(material, words))
    return Section("outages", words("section.outages"), tuple(blocks))


def _outages_lead(material: Material, words: Words) -> str:
    table = material.base.outages
    sums = table[table["metric"].isin(["outages", "down_hours"])].groupby("metric")["value"].sum()
    lost = find(material.base.why_late, "share_of_elapsed", scope="counted", group="", cause="outage")
    hours = f"{words.number(float(sums['down_hours']), 0)} {words.unit('hours')}"
    availability = find(table, "link_availability")
    up = words("lead.availability", value=availability.shown(words)) if availability else ""
    said = words(
        "lead.outages",
        outages=words.number(float(sums["outages"]), 0),
        hours=hours,
        lost=lost.shown(words) if lost else words.percent(0.0),
    )
    return f"{said} {up}".strip()


def _outage_table(material: Material, words: Words) -> Table:
    table = material.base.outages
    metrics = ("outages", "down_hours", "longest_hours")
    keys = table.loc[table["metric"] == "outages", ["target_kind", "cause"]].drop_duplicates()
    rows = []
    for kind, cause in keys.itertuples(index=False):
        numbers = [find(table, metric, target_kind=kind, cause=cause) for metric in metrics]
        cells = [number_cell(number.value_and_interval(words) if number else "") for number in numbers]
        rows.append((Cell(words.known("target_kind", kind)), Cell(words.outage(cause)), *cells))
    headings = (
        Cell(words("heading.kind")),
        Cell(words("heading.cause")),
        number_cell(words("heading.outages")),
        number_cell(words("heading.down_hours")),
        number_cell(words("heading.longest")),
    )
    caption = words(
        "table.outages", replications=material.replications, confidence=material.confidence(words)
    )
    return Table(headings, tuple(rows), caption)
