"""Filings that are replayed from a planner's file."""

from pathlib import Path

import numpy as np
import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.reader import load_text
from sim.world.arrays import MS_PER_DAY, MS_PER_MINUTE
from sim.world.build import Built, build

SCENARIO = """
name: tiny
period: {start: 2025-07-07, end: 2025-07-20}
seed: 1
territory:
  provinces: [Quảng Ngãi]
  # more
calendars: {office: {weekly: {mon-fri: ["07:30-11:30"]}}}
official_calendar: office
pools:
  reception: {level: commune, headcount: 2, calendar: office}
channels:
  online: {medium: electronic, in_person: false, filing: any_time}
  post: {medium: electronic, in_person: false, filing: any_time}
demand:
  channel_shares: [{shares: {online: 100 %}}]
  replay_csv: filings.csv
groups: {papers: {}}
procedures:
  permit: &permit
    group: papers
    deadline: none
    rate: {per_1000_inhabitants_and_working_day: 2}
    steps: {desk: {pool: reception, touch_time: 10 min}}
  licence: *permit
"""

ROWS = """filed_at,site,procedure,channel
2025-07-08 09:30,An Phú,permit,online
2025-07-07 10:00,Cẩm Thành,permit,post
2025-07-08 09:30,Cẩm Thành,permit,online
2025-07-08 00:00,21172,permit,online
2025-07-20 23:59,An Phú,permit,online
"""
MINUTE = MS_PER_MINUTE


def built(rows: str, folder: Path, *changes: tuple[str, str]) -> Built:
    (folder / "filings.csv").write_text(rows, encoding="utf-8")
    text = SCENARIO
    for found, replacement in changes:
        assert found in text
        text = text.replace(found, replacement)
    return build(load_text(text, folder).base)


def replayed(run: Built) -> list[tuple[int, int, str, str, str]]:
    """Day, minute, site, procedure and channel of each filing, in order."""
    world, names = run.world, run.names
    day = np.repeat(np.arange(world.day_count), np.diff(world.replay_first))
    return [
        (
            int(when),
            int(ms // MINUTE),
            run.sites.all[stream["site"]].name,
            names.procedures[stream["procedure"]],
            names.channels[stream["channel"]],
        )
        for when, ms, stream in zip(day, world.replay_ms, world.streams[world.replay_stream], strict=True)
    ]


def test_filings_stand_in_order_of_time_then_of_the_file(tmp_path: Path) -> None:
    run = built(ROWS, tmp_path)
    assert replayed(run) == [
        (0, 600, "Cẩm Thành", "permit", "post"),
        (1, 0, "Trương Quang Trọng", "permit", "online"),
        (1, 570, "An Phú", "permit", "online"),
        (1, 570, "Cẩm Thành", "permit", "online"),
        (13, 1439, "An Phú", "permit", "online"),
    ]
    assert run.world.replay_first[[0, 1, 2, 13, 14]].tolist() == [0, 1, 4, 4, 5]
    assert (run.world.replay_ms < MS_PER_DAY).all()


def test_a_stream_that_only_the_file_brings_has_no_other_filings(tmp_path: Path) -> None:
    streams = built(ROWS, tmp_path).world.streams
    assert streams[streams["channel"] == 1]["per_day"].tolist() == [0.0]
    assert (streams[streams["channel"] == 0]["per_day"] > 0).all()


def test_replaying_instead_of_drawing_leaves_out_the_procedures_of_the_file(tmp_path: Path) -> None:
    beside = built(ROWS, tmp_path).world.streams
    instead = built(ROWS, tmp_path, ("replay_csv:", "replay: replaces\n  replay_csv:")).world.streams
    assert (instead["per_day"][instead["procedure"] == 0] == 0).all()
    assert (instead["procedure"] == 0).sum() == 4
    licences = beside["procedure"] == 1
    assert (instead[instead["procedure"] == 1]["per_day"] == beside[licences]["per_day"]).all()


def test_filings_outside_the_period_and_the_territory_are_passed_over(tmp_path: Path) -> None:
    rows = ROWS + "2025-07-06 09:00,An Phú,permit,online\n2025-07-21 00:00,An Phú,permit,online\n"
    rows += "2025-07-08 09:00,Phường Bến Thành,permit,online\n"
    assert replayed(built(rows, tmp_path)) == replayed(built(ROWS, tmp_path))


@pytest.mark.parametrize("structure", ["citizens_live_in: former_communes", "structure: four_level"])
def test_filings_at_a_present_commune_are_spread_over_its_former_ones(structure: str, tmp_path: Path) -> None:
    rows = "filed_at,site,procedure,channel\n" + "2025-07-08 09:00,Tịnh Khê,permit,online\n" * 500
    rows += "2025-07-09 09:00,F21211,permit,online\n"
    run = built(rows, tmp_path, ("# more", structure))
    world, sites = run.world, run.sites
    homes = world.streams["site"][world.replay_stream]
    assert {sites.areas[sites.area_of[home]].name for home in homes} == {"Tịnh Khê"}
    assert sites.all[homes[-1]].code == "F21211"
    count = np.bincount(homes[:-1], minlength=len(sites.all))
    mine = np.unique(homes)
    expected = 500 * sites.population[mine] / sites.population[mine].sum()
    assert np.abs(count[mine] - expected).max() <= 1


BAD = [
    ("2025-07-08,An Phú,permit,online", 2, 'column filed_at: found "2025-07-08"'),
    ("08/07/2025 09:00,An Phú,permit,online", 2, "column filed_at"),
    ("2025-07-08 25:00,An Phú,permit,online", 2, "column filed_at"),
    ("2025-07-08 09:00,Neverland,permit,online", 2, "there is no site 'Neverland'"),
    ("2025-07-08 09:00,Quảng Ngãi,permit,online", 2, "Tỉnh Quảng Ngãi is no commune"),
    ("2025-07-08 09:00,An Phú,permitt,online", 2, "did you mean permit"),
    ("2025-07-08 09:00,An Phú,permit,onlin", 2, "did you mean online"),
]


@pytest.mark.parametrize(("row", "line", "words"), BAD)
def test_a_bad_row_is_told_with_its_line(row: str, line: int, words: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        built(f"filed_at,site,procedure,channel\n{row}\n", tmp_path)
    (mistake,) = caught.value.mistakes
    assert mistake.line == line and mistake.file.endswith("filings.csv")
    assert words in caught.value.render()


def test_every_bad_row_is_told(tmp_path: Path) -> None:
    rows = "filed_at,site,procedure,channel\n" + "2025-07-08 09:00,Neverland,permit,online\n" * 3
    with pytest.raises(ScenarioError) as caught:
        built(rows, tmp_path)
    assert [mistake.line for mistake in caught.value.mistakes] == [2, 3, 4]


@pytest.mark.parametrize(
    ("rows", "change", "words"),
    [
        ("filed_at,site,procedure\n2025-07-08 09:00,An Phú,permit\n", ("", ""), "channel"),
        ("filed_at,site,procedure,channel,colour\n1,2,3,4,5\n", ("", ""), "colour"),
        (ROWS, ("replay_csv: filings.csv", "replay: adds"), "replay without replay_csv"),
        (ROWS, ("filings.csv", "fillings.csv"), "filings.csv"),
    ],
)
def test_a_file_of_another_form_is_refused(
    rows: str, change: tuple[str, str], words: str, tmp_path: Path
) -> None:
    with pytest.raises(ScenarioError, match=words):
        built(rows, tmp_path, change)
