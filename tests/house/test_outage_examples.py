"""Every example of the page on outages is a scenario that loads, builds and has no mistake."""

import re
from pathlib import Path

import pytest

from sim.scenario.reader import load_text
from sim.world.build import build
from tests.support.page_examples import blocks, page, rules_named, rules_of_model, scenario_text

TEXT = page("outages.md")
EXAMPLES = blocks(TEXT)
LIST = re.search(r"^    began,.*\n(?:^    .*\n)+", TEXT, flags=re.MULTILINE)


def test_every_rule_about_outages_has_an_example() -> None:
    rules = rules_of_model(r"M5\.\d+")
    assert len(rules) == 10
    assert not set(rules) - rules_named(TEXT)


@pytest.mark.parametrize("place", range(len(EXAMPLES)))
def test_an_example_is_a_scenario(place: int, tmp_path: Path) -> None:
    assert LIST is not None
    lines = [line.strip() for line in LIST[0].splitlines()]
    (tmp_path / "outages.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    plan = build(load_text(scenario_text(EXAMPLES[place]), tmp_path).base).control_plan
    if "replay_csv" in EXAMPLES[place]:
        found = [each for each in plan.outages.planned if each.source == "log_of_july"]
        assert [bool(len(each.hits.components)) for each in found] == [True] * 3
