"""Mistakes in outages, storms, crews and lists of real outages: each is told with its place."""

from pathlib import Path

import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.reader import load
from sim.scenario.schema.replayed_outages import MOST_REPLAYED
from sim.world.build import build
from sim.world.outage_sources import PlannedOutage

HEAD = """
name: x
extends: haicap:two_level
period: {start: 2025-07-01, end: 2025-07-31}
seed: 1
territory: {provinces: [Quảng Trị]}
"""
ONCE = "planned: [{at: 2025-07-03 08:00, lasts: 1 h}]"
AGAIN = "random: {time_between_failures: 1 day, time_to_repair: 1 h"
REPLAY = "outages:\n  seen: {replay_csv: seen.csv}\n"


def mistakes(folder: Path, text: str, table: str | None = None) -> str:
    """What is told about a scenario, with the list of outages if there is one."""
    if table is not None:
        (folder / "seen.csv").write_text(table, encoding="utf-8")
    (folder / "x.yaml").write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(ScenarioError) as told:
        build(load(folder / "x.yaml").base)
    return told.value.render()


def replayed(folder: Path, table: str, more: str = "") -> tuple[PlannedOutage, ...]:
    (folder / "seen.csv").write_text(table, encoding="utf-8")
    text = HEAD + f"outages: !replace\n  seen: {{replay_csv: seen.csv{more}}}\n"
    (folder / "x.yaml").write_text(text, encoding="utf-8")
    return build(load(folder / "x.yaml").base).control_plan.outages.planned


LIST = """began;ended;what;site;province;effect;event
2025-07-03 08:00;2025-07-03 12:00;national_portal;;;slow;july
2025-07-03 09:00;2025-07-04 09:30;commune_line;Hướng Hiệp;Quảng Trị;;
2025-07-05 09:00;2025-07-05 11:00;power;;Quảng Trị;down;cut
2025-07-06 09:00;2025-07-06 11:00;commune_line;Bắc Lý;Nghệ An;;
2025-06-01 09:00;2025-06-02 11:00;commune_line;Hướng Hiệp;;;
"""


def test_a_list_of_real_outages_is_replayed(tmp_path: Path) -> None:
    found = replayed(tmp_path, LIST)
    hour = 3_600_000
    assert [
        (each.event, each.hits.effect, each.begins_ms // hour, each.ends_ms // hour) for each in found
    ] == [
        ("july", "slow", 56, 60),
        ("", "down", 57, 81),
        ("cut", "down", 105, 107),
        ("", "down", 129, 131),
    ]
    # A province and its 78 communes lose power; what lies in another province is passed over.
    assert [len(each.hits.components) for each in found] == [1, 1, 79, 0]


def test_minutes_may_stand_in_place_of_the_end(tmp_path: Path) -> None:
    found = replayed(tmp_path, "began,minutes,what,site\n2025-07-03 08:00,90,vneid,\n")
    assert found[0].ends_ms - found[0].begins_ms == 90 * 60_000


@pytest.mark.parametrize(
    ("table", "line", "words"),
    [
        ("began,ended,what,place\n", 1, 'column "site" is missing'),
        ("began,ended,what,place\n", 1, 'unknown column "place"'),
        ("began,what,site\n2025-07-03 08:00,vneid,\n", 1, "no column ended or minutes"),
        ("began,ended,minutes,what,site\n", 1, "both columns ended and minutes"),
        ("began,ended,what,site\n3 July,2025-07-03 12:00,vneid,\n", 2, 'column began: found "3 July"'),
        (
            "began,ended,what,site\n2025-07-03 08:00,2025-07-03 08:00,vneid,\n",
            2,
            "an end after the beginning",
        ),
        ("began,minutes,what,site\n2025-07-03 08:00,0,vneid,\n", 2, 'column minutes: found "0"'),
        ("began,minutes,what,site\n2025-07-03 08:00,1e3,vneid,\n", 2, 'column minutes: found "1e3"'),
        ("began,minutes,what,site,effect\n2025-07-03 08:00,5,vneid,,off\n", 2, 'column effect: found "off"'),
        ("began,minutes,what,site\n2025-07-03 08:00,5,vneidd,\n", 2, 'did you mean "vneid"?'),
        ("began,minutes,what,site\n2025-07-03 08:00,5,,\n", 2, "column what: nothing"),
        ("began,minutes,what,site\n2025-07-03 08:00,5,commune_line,Hướng Hiep Xa\n", 2, "there is no site"),
        ("began,minutes,what,site\n2025-07-03 08:00,5,vneid,Hướng Hiệp\n", 2, "there is no vneid"),
        ("began,minutes,what,site,effect\n2025-07-03 08:00,5,vneid,,read_only\n", 2, "read-only"),
        ("began,minutes,what,site,effect\n2025-07-03 08:00,5,commune_line,,slow\n", 2, "bandwidth_left"),
        ("began,minutes,what,site,effect\n2025-07-03 08:00,5,power,,slow\n", 2, "power"),
    ],
)
def test_mistakes_in_a_list_are_told_with_their_line(
    tmp_path: Path, table: str, line: int, words: str
) -> None:
    told = mistakes(tmp_path, REPLAY, table)
    assert any(f"seen.csv:{line}: " in each and words in each for each in told.splitlines()), told


def test_an_outage_of_what_is_out_of_work_already_is_told_with_both_lines(tmp_path: Path) -> None:
    table = (
        "began,ended,what,site\n2025-07-03 08:00,2025-07-05 08:00,commune_line,Hướng Hiệp\n"
        "2025-07-02 08:00,2025-07-02 09:00,commune_line,\n2025-07-04 08:00,2025-07-04 09:00,commune_line,\n"
    )
    assert "seen.csv:4: commune_line is hit again before it is over (line 2)" in mistakes(
        tmp_path, REPLAY, table
    )


def test_a_list_has_its_limits(tmp_path: Path) -> None:
    row = "2025-07-03 08:00,1,vneid,\n"
    told = mistakes(tmp_path, REPLAY, "began,minutes,what,site\n" + row * (MOST_REPLAYED + 1))
    assert f"{MOST_REPLAYED + 1:,} outages" in told
    rows = "".join(f"2025-07-{day:02}  {hour:02}:00,1,power,\n" for day in range(1, 29) for hour in range(24))
    wide = "began,minutes,what,site\n" + rows.replace("  ", " ") * 20
    assert "the outages hit 1,0" in mistakes(tmp_path, REPLAY, wide)
    assert "outside the scenario's folder" in mistakes(
        tmp_path, "outages: {seen: {replay_csv: ../seen.csv}}\n"
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("outages: {a: {planned: [{at: 2025-07-03 08:00, lasts: 1 h}]}}", "nothing is given that is hit"),
        (
            "outages: {a: {systems: [vneid], planned: [{at: 2025-07-03 08:00}]}}",
            "exactly one of lasts, until",
        ),
        (
            "outages: {a: {systems: [vneid], planned: [{at: 2025-07-03 08:00, until: 2025-07-03 07:00}]}}",
            "until is not after at",
        ),
        ("outages: {a: {replay_csv: seen.csv, systems: [vneid]}}", "the file alone"),
        (
            f"outages: {{a: {{links: [trunk], effect: read_only, {ONCE}}}}}",
            "read_only together with links",
        ),
        (
            "outages: {a: {links: [trunk], effect: slow, planned: [{at: 2025-07-03 08:00, lasts: 1 h}]}}",
            "bandwidth_left: 10 %",
        ),
        (
            "outages: {a: {vendor: nobody, planned: [{at: 2025-07-03 08:00, lasts: 1 h}]}}",
            'no system is run by "nobody"',
        ),
        (
            f"outages: {{a: {{systems: [vneid], {AGAIN}, crew: x}}}}}}",
            'unknown name "x"',
        ),
        (
            "outages: {a: {systems: [vneid], random: {time_between_failures: 1 day, time_to_repair: 1 h, "
            "crew: x, together: all}}}\ncrews: {x: {}}",
            "together: each",
        ),
        ("storms: {a: {extends: haicap:wiphaa}}", 'did you mean "haicap:wipha"?'),
        ("storms: {a: {hits: [{sites: [power], lasts: 1 h}]}}", "no track"),
        ("storms: {a: {extends: haicap:wipha, random: {per_year: 2, from: 02-30}}}", "a month and day"),
        ("storms: {lowland_lines: {extends: haicap:wipha}}", "there is an outage of this name"),
        (
            "storms: {a: {extends: haicap:wipha, begins: 2025-07-01 08:00, random: {per_year: 1}}}",
            "one of begins, random",
        ),
        (
            "storms:\n  a:\n    hits: [{sites: [power], lasts: 1 h}]\n    track:\n"
            "      - {at: 2025-07-02 08:00, latitude: 15, longitude: 108, radius_km: 50}\n"
            "      - {at: 2025-07-02 08:00, latitude: 16, longitude: 108, radius_km: 50}",
            "not in order of time",
        ),
        ("crews: {x: {base: {names: [Hà Nội]}}}", "crews.x.base"),
        ("crews: {x: {calendar: nights}}", 'unknown name "nights"'),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, text: str, words: str) -> None:
    assert words in mistakes(tmp_path, text + "\n", "began,minutes,what,site\n")


def test_mistakes_in_a_table_of_ways_are_told_with_their_line(tmp_path: Path) -> None:
    text = HEAD.replace("[Quảng Trị]}", "[Quảng Trị], travel: {roads_csv: ways.csv}}")
    (tmp_path / "x.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "ways.csv").write_text("from,to,km\nHướng Hiệp,Nowhere At All,12\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"ways\.csv:2: there is no site 'Nowhere At All'"):
        build(load(tmp_path / "x.yaml").base)
    (tmp_path / "ways.csv").write_text("from,to,km\nHướng Hiệp,Khe Sanh,far\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"ways\.csv:2: column km"):
        load(tmp_path / "x.yaml")
