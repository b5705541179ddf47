"""Every example of the page on outages is a scenario that loads, builds and has no mistake."""

import re
from pathlib import Path

import pytest

from sim.scenario.reader import load_text
from sim.world.build import build

PAGE = Path(__file__).resolve().parents[2] / "docs" / "outages.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", TEXT, flags=re.MULTILINE | re.DOTALL)
LIST = re.search(r"^    began,.*\n(?:^    .*\n)+", TEXT, flags=re.MULTILINE)
HEAD = """
name: example
extends: haicap:two_level
period: {start: 2025-07-01, end: 2025-12-31}
seed: 1
territory: {provinces: [Quảng Ngãi]}
"""


def test_every_rule_about_outages_has_an_example() -> None:
    register = (PAGE.parent / "model.md").read_text(encoding="utf-8")
    rules = re.findall(r"^- \*\*(M5\.\d+)\*\*", register, re.MULTILINE)
    assert len(rules) == 10
    assert not set(rules) - set(re.findall(r"M5\.\d+", TEXT))


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_an_example_is_a_scenario(place: int, tmp_path: Path) -> None:
    assert LIST is not None
    lines = [line.strip() for line in LIST[0].splitlines()]
    (tmp_path / "outages.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    plan = build(load_text(HEAD + EXAMPLES[place], tmp_path).base).control_plan
    if "replay_csv" in EXAMPLES[place]:
        found = [each for each in plan.outages.planned if each.source == "log_of_july"]
        assert [bool(len(each.hits.components)) for each in found] == [True] * 3
