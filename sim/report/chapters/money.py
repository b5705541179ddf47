"""What the alternatives cost, line by line."""

from __future__ import annotations

from sim.report.blocks import Cell, Pictures, Section, Table, number_cell
from sim.report.material import Material, Number, find
from sim.report.words import BILLION, Words

# Item and detail of the analysis, in the order of the table.
ITEMS = (
    ("posts", ""),
    ("overtime", ""),
    ("links", ""),
    ("support", ""),
    ("total", ""),
    ("citizens", "waiting"),
    ("citizens", "travel"),
    ("citizens", ""),
)


def money(material: Material, words: Words, pictures: Pictures) -> Section | None:
    """A table of all items that any alternative pays for; None where nothing has a price."""
    numbers = {
        (item, detail): {
            name: find(summary.cost, "cost", item=item, detail=detail)
            for name, summary in material.summaries.items()
        }
        for item, detail in ITEMS
    }
    paid = {item: found for item, found in numbers.items() if _is_paid(found)}
    if not paid:
        return None
    headings = [number_cell(words.alternative(name)) for name in material.summaries]
    rows = [
        (
            Cell(words(f"cost_item.{'_'.join(filter(None, item))}")),
            *(_cell(number, words) for number in found.values()),
        )
        for item, found in paid.items()
    ]
    caption = words(
        "table.cost_items",
        period=material.period(words),
        replications=material.replications,
        confidence=material.confidence(words),
    )
    table = Table((Cell(words("heading.cost_item")), *headings), tuple(rows), caption)
    return Section("money", words("section.money"), (table,))


def _is_paid(numbers: dict[str, Number | None]) -> bool:
    return any(number is not None and number.value > 0 for number in numbers.values())


def _cell(number: Number | None, words: Words) -> Cell:
    if number is None:
        return number_cell(words.number(0.0))
    value, low, high = (each / BILLION for each in (number.value, number.low, number.high))
    shown, between, _ = words.measured(value, low, high, "billion_vnd")
    return number_cell(f"{shown} ({between})" if between else shown)
