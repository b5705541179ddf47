"""The examples of a page of the documentation, and the scenario that each of them completes."""

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"
HEAD = """
name: example
extends: haicap:two_level
period: {start: 2025-07-01, end: 2025-12-31}
seed: 1
"""


def page(name: str) -> str:
    """The text of a page."""
    return (DOCS / name).read_text(encoding="utf-8")


def blocks(text: str, language: str = "yaml") -> list[str]:
    """The examples in a language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def scenario_text(example: str, province: str = "Quảng Ngãi") -> str:
    """A whole scenario; of the province where the example does not say which land it is about."""
    land = "" if "territory:" in example else f"territory: {{provinces: [{province}]}}\n"
    return HEAD + land + example


def rules_of_model(pattern: str) -> list[str]:
    """Numbers of the rules of the register that match, such as M9.2."""
    return re.findall(rf"^- \*\*({pattern})\*\*", page("model.md"), re.MULTILINE)


def rules_named(text: str) -> set[str]:
    """Numbers of the rules that a text names."""
    return set(re.findall(r"M\d+\.\d+", text))
