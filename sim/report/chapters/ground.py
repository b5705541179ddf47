"""On what ground: targets, assumptions, method, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.replication_advice import FEWEST_TO_ADVISE, replications_advised
from sim.report.blocks import Block, Bullets, Cell, Commands, Paragraph, Pictures, Section, Table, number_cell
from sim.report.material import Material, as_number
from sim.report.rows import rows_of
from sim.report.words import Words

STATUSES = ("assumption", "estimate", "measured")
LOOK_OF_VERDICT = {"met": "good text", "not_met": "bad text", "undecided": "open text"}
HASH_LETTERS = 16


def targets(material: Material, words: Words, pictures: Pictures) -> Section:
    """Each target of the scenario: met, not met or undecided."""
    table = material.base.targets
    if table.empty:
        only = Paragraph(words("lead.targets_none"))
        return Section("targets", words("section.targets"), (only,))
    rows = tuple(_target_row(row, words) for _, row in table.iterrows())
    headings = (
        Cell(words("heading.target")),
        number_cell(words("heading.wanted")),
        number_cell(words("heading.value")),
        Cell(words("heading.verdict")),
    )
    caption = words(
        "table.targets", confidence=material.confidence(words), replications=material.replications
    )
    return Section("targets", words("section.targets"), (Table(headings, rows, caption),))


def _target_row(row: Any, words: Words) -> tuple[Cell, ...]:
    number = as_number(row)
    goal = words.in_words(float(row["goal"]), float("nan"), float("nan"), number.unit)
    title = words.own({"en": row["title_en"], "vi": row["title_vi"]}) or str(row["target"])
    verdict = str(row["verdict"])
    return (
        Cell(title),
        number_cell(words(str(row["wanted"]), goal=goal)),
        number_cell(number.shown(words)),
        Cell(words(f"verdict.{verdict}"), LOOK_OF_VERDICT[verdict]),
    )


def assumptions(material: Material, words: Words, pictures: Pictures) -> Section:
    """What the scenario takes for granted, the least founded first."""
    entries = list(material.study.get("assumptions") or ())
    if not entries:
        only = Paragraph(words("lead.assumptions_none"))
        return Section("assumptions", words("section.assumptions"), (only,))
    entries.sort(key=lambda entry: STATUSES.index(entry["status"]) if entry["status"] in STATUSES else 0)
    rows = tuple(_assumption_row(entry, words) for entry in entries)
    headings = tuple(Cell(words(f"heading.{name}")) for name in ("assumption", "status", "source"))
    table = Table(headings, rows, words("table.assumptions"))
    return Section("assumptions", words("section.assumptions"), (table,))


def _assumption_row(entry: Mapping[str, Any], words: Words) -> tuple[Cell, ...]:
    status = str(entry["status"])
    return (
        Cell(words.own(entry["text"])),
        Cell(words.known("status", status), "open text" if status == "assumption" else "text"),
        Cell(str(entry.get("source") or words("no_source"))),
    )


def method(material: Material, words: Words, pictures: Pictures) -> Section:
    """How the numbers were made, so that they can be made again."""
    blocks: list[Block] = [Bullets(tuple(_facts(material, words)))]
    if len(material.base.replication_advice):
        blocks.append(_advice(material, words))
    if material.comparison is not None:
        blocks.append(Bullets(tuple(material.comparison.notes[words.language])))
    return Section("method", words("section.method"), tuple(blocks))


def _facts(material: Material, words: Words) -> list[str]:
    manifest = material.base_records.manifest
    replications = "method.replications" if material.replications > 1 else "method.replications_one"
    warm_up = material.base.warm_up_days
    return [
        words(replications, replications=material.replications),
        words("method.seed", seed=manifest.get("seed", material.study.get("seed"))),
        words("method.intervals", confidence=material.confidence(words)),
        words("method.half_width"),
        words("method.warm_up", days=warm_up) if warm_up else words("method.no_warm_up"),
        words("method.checks"),
        _version(manifest, words),
        words(
            "method.scenario",
            name=material.study["name"],
            hash=str(manifest.get("scenario_hash", ""))[:HASH_LETTERS],
        ),
        _machine(manifest, words),
    ]


def _version(manifest: Mapping[str, Any], words: Words) -> str:
    commit = manifest.get("git_commit")
    version = manifest.get("haicap_version", "")
    if commit:
        return words("method.version", version=version, commit=str(commit)[:12])
    return words("method.version_only", version=version)


def _machine(manifest: Mapping[str, Any], words: Words) -> str:
    machine = manifest.get("machine") or {}
    named = {key: machine.get(key, "?") for key in ("os", "python", "cores")}
    return words("method.machine", **named)


def _advice(material: Material, words: Words) -> Table:
    rows = []
    for row in rows_of(material.base.replication_advice):
        half = words.measured(row.half_width, float("nan"), float("nan"), row.unit)
        wanted = words.measured(row.wanted_half_width, float("nan"), float("nan"), row.unit)
        needed = _needed(row, words)
        cells = [number_cell(f"{half[0]} {half[2]}"), number_cell(f"{wanted[0]} {wanted[2]}")]
        enough = words("enough", count=needed) if row.enough else needed
        rows.append(
            (Cell(words.metric(row.metric)), *cells, Cell(enough, "number" if row.enough else "open"))
        )
    headings = (
        Cell(words("heading.number")),
        number_cell(words("heading.half_width")),
        number_cell(words("heading.wanted_half_width")),
        number_cell(words("heading.needed")),
    )
    caption = words("table.advice", replications=material.replications, confidence=material.confidence(words))
    return Table(headings, tuple(rows), caption)


def _needed(row: Any, words: Words) -> str:
    if not row.enough and row.replications < FEWEST_TO_ADVISE:
        return words("needed.first", count=FEWEST_TO_ADVISE)
    return str(row.replications_needed) if row.replications_needed else words("unknown")


def commands(material: Material, words: Words, pictures: Pictures) -> Section:
    """Command lines that are useful after reading this page."""
    scenario = f"{material.study['name']}.yaml"
    lines = [(f"haicap {name} {scenario}", words(f"command.{name}")) for name in ("check", "run", "compare")]
    more = replications_advised(material.base.replication_advice, material.replications)
    if more > material.replications:
        lines.insert(1, (f"replications: {more}", words("command.more")))
    lines.append((f"haicap verify {scenario}", words("command.verify")))
    lines.append((f"haicap report results/{material.study['name']}", words("command.report")))
    return Section("commands", words("section.commands"), (Commands(tuple(lines)),))
