"""The sections of the report, in the order in which a reader asks: what, where, why, on what ground."""

from __future__ import annotations

from collections.abc import Callable

from sim.report.blocks import Pictures, Section
from sim.report.chapters.alternatives import alternatives
from sim.report.chapters.causes import backlog, outages, utilisation, waits, why_late
from sim.report.chapters.changes import changes
from sim.report.chapters.ground import assumptions, commands, method, targets
from sim.report.chapters.infrastructure import provinces, support, systems
from sim.report.chapters.money import money
from sim.report.chapters.opening import answer, asked, base_in_numbers
from sim.report.chapters.places import network, worst, worst_map
from sim.report.chapters.shocks import shocks
from sim.report.material import Material
from sim.report.words import Words

Chapter = Callable[[Material, Words, Pictures], Section | None]

CHAPTERS: tuple[Chapter, ...] = (
    asked,
    answer,
    base_in_numbers,
    alternatives,
    money,
    provinces,
    worst_map,
    changes,
    why_late,
    backlog,
    utilisation,
    waits,
    outages,
    shocks,
    systems,
    support,
    network,
    worst,
    targets,
    assumptions,
    method,
    commands,
)


def sections(material: Material, words: Words, pictures: Pictures) -> tuple[Section, ...]:
    """All sections that this study has something to say in."""
    found = (chapter(material, words, pictures) for chapter in CHAPTERS)
    return tuple(section for section in found if section is not None)
