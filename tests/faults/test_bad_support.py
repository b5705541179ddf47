"""Mistakes in problems, teams and processes of one's own: each is told with its place."""

import copy
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import sim
from sim.scenario.errors import ScenarioError
from tests.support.command import haicap

GOOD: dict[str, Any] = {
    "name": "x",
    "extends": "haicap:two_level",
    "period": {"start": "2025-07-01", "end": "2025-07-03"},
    "seed": 1,
    "territory": {"provinces": ["Quảng Trị"]},
    "support": {
        "problems": {
            "device": {
                "rate": {"per_site_and_year": 4},
                "effect": {"pools": ["reception"], "slower": 1.5},
                "hotline": {"solves": "30 %", "takes": "10 min"},
                "on_site": {"takes": "1 h"},
                "alone": "3 days",
            }
        },
        "hotline": {"agents": 1},
        "teams": {"mobile": {"calendar": "office", "dispatch": "nearest"}},
    },
}
"""A scenario without a mistake."""


def written(folder: Path, at: str, value: Any) -> Path:
    """The scenario with one value other than it was."""
    data = copy.deepcopy(GOOD)
    *parents, last = at.split("/")
    part = data
    for key in parents:
        part = part.setdefault(key, {})
    part[last] = value
    path = folder / "x.yaml"
    with path.open("w", encoding="utf-8") as stream:
        YAML(typ="rt", pure=True).dump(data, stream)
    return path


BAD: list[tuple[str, Any, str, tuple[str, ...]]] = [
    (
        "support/teams/mobile/dispatch",
        "neerest",
        "support.teams.mobile.dispatch",
        (
            'unknown dispatch rule "neerest"',
            "nearest, longest_open, most_backlog, reserve",
            'mean "nearest"?',
        ),
    ),
    ("support/problems/device/where", {"names": ["Hà Nội"]}, "support.problems.device.where", ("Hà Nội",)),
    (
        "support/problems/device/where",
        {"levels": ["commune"], "kinds": ["ward"], "labels": ["mountain"], "not": {"kinds": ["ward"]}},
        "support.problems.device.where",
        ("no site is chosen", "at least one site"),
    ),
    (
        "support/problems/device/effect/pools",
        ["province_land_office"],
        "support.problems.device.effect.pools[1]",
        ("none of the sites of this problem has a pool province_land_office", "reception"),
    ),
    ("support/problems/device/effect/pools", ["receptoin"], "effect.pools[1]", ('mean "reception"?',)),
    ("support/problems/device/effect/blocks", ["vnied"], "effect.blocks[1]", ('mean "vneid"?',)),
    ("support/problems/device/effect", {"pools": ["reception"]}, "effect", ("does no harm",)),
    ("support/problems/device/rate", {"per_site_and_year": 0}, "rate", ("no rate is given",)),
    (
        "support/problems/device/on_site/solves",
        "90 %",
        "support.problems.device",
        ("until the problem is solved",),
    ),
    ("support/problems/device/hotline/solves", "120 %", "hotline.solves", ("120",)),
    ("support/teams/mobile/calendar", "ofice", "support.teams.mobile.calendar", ('mean "office"?',)),
    (
        "support/teams/mobile/base",
        {"provinces": ["Huế"]},
        "support.teams.mobile.base",
        ("no site is chosen",),
    ),
    ("support/hotline/agents", 0, "support.hotline.agents", ("1",)),
    (
        "processes",
        {"lightning": {}},
        "processes.lightning",
        ('no process is registered under the name "lightning"', "sim.Extensions"),
    ),
    (
        "processes",
        {"line": {"parameters": {"at": {"x": [1, {"y": None}]}}, "wear": {}}},
        "wear",
        ("unknown key",),
    ),
    (
        "processes",
        {"storm_bualoi": {"where": {"names": ["Đà Lạt"]}}},
        "processes.storm_bualoi.where",
        ("Đà Lạt",),
    ),
]


@pytest.mark.parametrize(("at", "value", "path", "words"), BAD)
def test_a_mistake_is_told_with_its_place(
    at: str, value: Any, path: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    with pytest.raises(ScenarioError) as told:
        sim.check(written(tmp_path, at, value))
    text = told.value.render()
    assert f"{path}: " in text
    assert all(word in text for word in words), text


def test_the_scenario_without_a_mistake_is_right(tmp_path: Path) -> None:
    assert sim.check(written(tmp_path, "seed", 2)).study.base.seed == 2


def test_a_process_is_not_called_like_an_outage(tmp_path: Path) -> None:
    path = written(tmp_path, "processes", {"cut": {}})
    text = path.read_text(encoding="utf-8") + (
        "outages: {cut: {systems: [vneid], planned: [{at: 2025-07-02 08:00, lasts: 1 h}]}}\n"
    )
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match="there is an outage or storm of this name"):
        sim.load(path)


def test_the_command_tells_it_too(tmp_path: Path) -> None:
    result = haicap("check", written(tmp_path, "support/teams/mobile/dispatch", "fastest"))
    assert result.returncode == 2
    assert 'unknown dispatch rule "fastest"' in " ".join((result.stdout + result.stderr).split())


def test_only_functions_can_be_registered() -> None:
    with pytest.raises(TypeError, match="write it as a function"):
        sim.Extensions(dispatch={"mine": "nearest"})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="the program has a dispatch rule nearest"):
        sim.Extensions(dispatch={"nearest": lambda team, tickets, view: None})
    with pytest.raises(TypeError, match="never waits"):
        sim.Extensions(processes={"mine": lambda env, steering, parameters: None})  # type: ignore[dict-item]
