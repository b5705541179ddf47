"""The register of the model says what is so: what it calls built is there, and a test holds it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
from pydantic import BaseModel

from sim.scenario.schema import Scenario

ROOT = Path(__file__).resolve().parents[2]
REGISTER = ROOT / "docs" / "model.md"
ENGINE_RULES = ROOT / "docs" / "engine-semantics.md"
STATES = ("built", "partly", "not yet")
KINDS = {"code", "scenario", "engine", "tests", "missing", "meanwhile"}
RULES_BY_SECTION = {1: 4, 2: 7, 3: 14, 4: 12, 5: 10, 6: 13, 7: 12, 8: 13, 9: 6, 10: 19, 11: 6}
"""A rule is never dropped; one that is not needed any more is said so in its text."""

LAST_ENGINE_RULE = 63


class Rule(NamedTuple):
    """One rule of the register; `said` are its lines by kind."""

    number: str
    state: str
    text: str
    said: dict[str, str]

    def named(self, kind: str) -> list[str]:
        """What a line names in code style."""
        return re.findall(r"`([^`]+)`", self.said.get(kind, ""))


def rules_of(text: str) -> list[Rule]:
    """The rules of a register."""
    rules = []
    for block in re.split(r"^- (?=\*\*M)", text, flags=re.MULTILINE)[1:]:
        head, *lines = re.split(r"^  - ", block.split("\n## ")[0], flags=re.MULTILINE)
        found = re.fullmatch(r"\*\*(M\d+\.\d+)\*\* \(([a-z ]+)\) (.+)", head.strip(), flags=re.DOTALL)
        assert found, f"cannot be read: {head[:60]}"
        said = dict(re.split(r":\s+", line.strip(), maxsplit=1) for line in lines)
        rules.append(Rule(found[1], found[2], found[3], said))
    return rules


RULES = rules_of(REGISTER.read_text(encoding="utf-8"))
HELD = [rule for rule in RULES if rule.state in ("built", "partly")]


@cache
def names_in(path: Path) -> dict[str, str | None]:
    """Names that a module defines at its top level, with the docstrings of functions and classes."""
    names: dict[str, str | None] = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names[node.name] = ast.get_docstring(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {target.id: None for target in targets if isinstance(target, ast.Name)}
    return names


def is_defined(place: str, separator: str) -> bool:
    """Whether a file, and the name in it if one is given, exists."""
    file, _, name = place.partition(separator)
    path = ROOT / file
    return path.is_file() and (not name or (path.suffix == ".py" and name in names_in(path)))


def is_key(path: str) -> bool:
    """Whether the scenario language has a key; words in capitals stand for names of the planner's own."""
    models: set[type[BaseModel]] = {Scenario}
    for part in path.split("."):
        if part.isupper():
            continue
        fields = [
            field.annotation
            for model in models
            for name, field in model.model_fields.items()
            if part in (name, field.alias)
        ]
        if not fields:
            return False
        models = {model for annotation in fields for model in models_in(annotation)}
    return True


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that an annotation names, wherever in it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from models_in(part)


def test_every_section_is_there_with_all_its_rules_in_order() -> None:
    headings = re.findall(r"^## (\d+)\.", REGISTER.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [int(number) for number in headings] == list(RULES_BY_SECTION)
    expected = [
        f"M{section}.{rule + 1}" for section, count in RULES_BY_SECTION.items() for rule in range(count)
    ]
    assert [rule.number for rule in RULES] == expected


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.number)
def test_a_rule_has_a_state_and_says_what_belongs_to_it(rule: Rule) -> None:
    assert rule.state in STATES
    assert set(rule.said) <= KINDS
    held = rule.state != "not yet"
    assert ("code" in rule.said, "tests" in rule.said) == (held, held)
    assert ("missing" in rule.said) == (rule.state == "partly")
    assert "meanwhile" not in rule.said or not held


@pytest.mark.parametrize("rule", HELD, ids=lambda rule: rule.number)
def test_what_a_rule_names_exists(rule: Rule) -> None:
    code, keys, tests = (rule.named(kind) for kind in ("code", "scenario", "tests"))
    assert code and tests
    assert not [place for place in code if not is_defined(place, ":")]
    assert not [key for key in keys if not is_key(key)]
    assert not [test for test in tests if "::test_" not in test or not is_defined(test, "::")]


def test_a_name_that_does_not_exist_is_found() -> None:
    assert not is_defined("sim/study.py:no_such_function", ":")
    assert not is_defined("sim/no_such_file.py", ":")
    assert not is_key("pools.NAME.no_such_key") and not is_key("no_such_section")
    assert is_key("procedures.NAME.steps.NAME.next.once") and is_key("network.NAME.from")


def test_engine_rules_are_numbered_without_a_gap() -> None:
    numbers = re.findall(r"^- \*\*E(\d+)\*\*", ENGINE_RULES.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [int(number) for number in numbers] == list(range(1, LAST_ENGINE_RULE + 1))


def named_in_tests() -> set[int]:
    """Engine rules that the name or the docstring of a test names."""
    found: set[int] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for name, doc in names_in(path).items():
            if name.startswith("test_"):
                found |= {int(number) for number in re.findall(r"_e(\d+)(?=_|$)", name)}
                found |= {int(number) for number in re.findall(r"\bE(\d+)\b", doc or "")}
    return found


def engine_rules_of(rule: Rule) -> set[int]:
    return {int(number) for number in re.findall(r"\bE(\d+)\b", rule.said.get("engine", ""))}


def test_every_engine_rule_is_held_by_a_test() -> None:
    held = named_in_tests() | {number for rule in HELD for number in engine_rules_of(rule)}
    assert not set(range(1, LAST_ENGINE_RULE + 1)) - held


def test_every_engine_rule_belongs_to_a_rule_of_the_model() -> None:
    belongs = {number for rule in HELD for number in engine_rules_of(rule)}
    assert belongs == set(range(1, LAST_ENGINE_RULE + 1))
