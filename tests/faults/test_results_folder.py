"""A results folder survives full disks, damage and changed scenarios: nothing is lost or mixed."""

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.record.claim import CLAIM, claimed
from sim.record.errors import OtherStudyError, ResultsError
from sim.record.files import PARTIAL, is_intact, write_folder
from sim.record.store import finished_replications, mend, read_study, replication_folder
from sim.scenario.reader import load_text
from tests.support.command import ONE_COUNTER
from tests.support.results import equal_part

FILES = {"flow.parquet": b"flow" * 100, "totals.json": b"{}"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Results of three replications."""
    return equal_part(run(tmp_path_factory.mktemp("finished")))


def run(folder: Path, text: str = ONE_COUNTER.read_text(encoding="utf-8"), **options: object) -> Path:
    sim.run(load_text(text, ONE_COUNTER.parent), folder, **{"replications": 3, **options})  # type: ignore[arg-type]
    return folder


def failing_after(calls: int, code: int) -> Callable[[Path, bytes], int]:
    """`Path.write_bytes` that fails from a certain call on, as a disk does that is full."""
    write_bytes, done = Path.write_bytes, []

    def write(path: Path, content: bytes) -> int:
        done.append(path)
        if len(done) > calls:
            raise OSError(code, os.strerror(code))
        return write_bytes(path, content)

    return write


@pytest.mark.parametrize("calls", [0, 1, 2])
def test_a_full_disk_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    write_folder(tmp_path / "0000", FILES)
    monkeypatch.setattr(Path, "write_bytes", failing_after(calls, errno.ENOSPC))
    with pytest.raises(ResultsError) as told:
        write_folder(tmp_path / "0001", FILES)
    assert told.value.key == "results.disk_full"
    assert [path.name for path in tmp_path.iterdir()] == ["0000"]
    assert is_intact(tmp_path / "0000")


def test_a_disk_that_fills_up_in_a_run_keeps_what_is_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, finished: dict[str, bytes]
) -> None:
    files_of_a_replication = len([path for path in finished if "/0000/" in path]) + 2
    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", failing_after(2 * files_of_a_replication + 3, errno.ENOSPC))
        with pytest.raises(ResultsError, match="disk_full"):
            run(tmp_path)
    assert finished_replications(tmp_path / "base") == [0, 1]
    assert not list(tmp_path.rglob(f"{PARTIAL}*"))
    assert equal_part(run(tmp_path)) == finished


@pytest.mark.parametrize(
    ("code", "key"), [(errno.EACCES, "results.not_permitted"), (errno.EIO, "results.not_writable")]
)
def test_other_errors_of_the_disk_are_told_by_their_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, key: str
) -> None:
    monkeypatch.setattr(Path, "write_bytes", failing_after(0, code))
    with pytest.raises(ResultsError) as told:
        write_folder(tmp_path / "0000", FILES)
    assert told.value.key == key


@pytest.mark.parametrize("damage", ["shorter", "other_bytes", "missing", "no_contents", "nonsense_contents"])
def test_a_damaged_replication_is_found_and_run_again(
    tmp_path: Path, finished: dict[str, bytes], damage: str
) -> None:
    folder = replication_folder(run(tmp_path) / "base", 1)
    flow, contents = folder / "flow.parquet", folder / "contents.json"
    content = flow.read_bytes()
    if damage == "shorter":
        flow.write_bytes(content[:-10])
    elif damage == "other_bytes":
        flow.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    elif damage == "missing":
        flow.unlink()
    elif damage == "no_contents":
        contents.unlink()
    else:
        contents.write_text("[1, 2", encoding="utf-8")
    told: list[tuple[str, object]] = []
    run(tmp_path, notify=lambda event, **values: told.append((event, values.get("numbers"))))
    assert ("damaged", "1") in told
    assert equal_part(tmp_path) == finished


def test_leftovers_of_a_killed_run_are_removed_at_the_next_start(tmp_path: Path) -> None:
    run(tmp_path)
    leftover = tmp_path / "base" / "replications" / f"{PARTIAL}0003"
    leftover.mkdir()
    (leftover / "flow.parquet").write_bytes(b"half")
    assert mend(tmp_path / "base") == []
    assert not leftover.exists()
    assert finished_replications(tmp_path / "base") == [0, 1, 2]


def test_results_of_a_changed_scenario_are_refused_and_kept(tmp_path: Path) -> None:
    before = equal_part(run(tmp_path))
    changed = ONE_COUNTER.read_text(encoding="utf-8").replace("headcount: 2", "headcount: 3")
    with pytest.raises(OtherStudyError) as told:
        run(tmp_path, changed)
    assert told.value.key == "results.other_scenario"
    assert equal_part(tmp_path) == before


def test_fresh_replaces_results_of_a_changed_scenario(tmp_path: Path) -> None:
    before = equal_part(run(tmp_path))
    changed = ONE_COUNTER.read_text(encoding="utf-8").replace("headcount: 2", "headcount: 3")
    assert equal_part(run(tmp_path, changed, fresh=True)) != before


def test_changed_words_need_no_new_run(tmp_path: Path) -> None:
    before = equal_part(run(tmp_path))
    run(tmp_path, ONE_COUNTER.read_text(encoding="utf-8") + "title: Another title\n")
    assert equal_part(tmp_path) == before
    assert read_study(tmp_path).study["title"]["en"] == "Another title"


def test_more_replications_are_added_to_those_that_are_there(
    tmp_path: Path, finished: dict[str, bytes]
) -> None:
    run(tmp_path, replications=1)
    assert equal_part(run(tmp_path)) == finished


def test_a_folder_of_somebody_else_is_left_alone_even_with_fresh(tmp_path: Path) -> None:
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "thesis.txt").write_text("years of work", encoding="utf-8")
    for fresh in (False, True):
        with pytest.raises(OtherStudyError) as told:
            run(tmp_path, fresh=fresh)
        assert told.value.key == "results.not_ours"
    assert (tmp_path / "base" / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_results_of_another_state_of_the_program_are_not_mixed(tmp_path: Path) -> None:
    manifest = run(tmp_path) / "base" / "manifest.json"
    stored = json.loads(manifest.read_text(encoding="utf-8"))
    manifest.write_text(json.dumps(stored | {"program_hash": "older"}), encoding="utf-8")
    events: list[str] = []
    run(tmp_path, notify=lambda event, **values: events.append(event))
    assert "earlier_program" in events, "complete results are kept, and the planner is told"
    with pytest.raises(OtherStudyError) as told:
        run(tmp_path, replications=4)
    assert told.value.key == "results.other_program"


def test_two_runs_do_not_work_in_one_folder(tmp_path: Path) -> None:
    with claimed(tmp_path), pytest.raises(OtherStudyError) as told, claimed(tmp_path):
        pass
    assert told.value.key == "results.in_use"
    assert not (tmp_path / CLAIM).exists()


def test_the_claim_of_a_killed_run_does_not_count(tmp_path: Path) -> None:
    with claimed(tmp_path):
        mark = json.loads((tmp_path / CLAIM).read_text(encoding="utf-8"))
    (tmp_path / CLAIM).write_text(json.dumps(mark | {"started": 1.0}), encoding="utf-8")
    with claimed(tmp_path):
        assert (tmp_path / CLAIM).exists()


def test_a_file_in_the_place_of_the_folder_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file", encoding="utf-8")
    with pytest.raises(ResultsError) as told:
        run(tmp_path / "results")
    assert told.value.key == "results.not_writable"


def test_reading_a_folder_without_results_says_so(tmp_path: Path) -> None:
    with pytest.raises(ResultsError) as told:
        sim.read(tmp_path)
    assert told.value.key == "results.none_here"
