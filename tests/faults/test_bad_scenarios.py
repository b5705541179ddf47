"""Whatever a planner writes, the answer is a study or a list of mistakes with place and mend."""

from collections.abc import Iterator
from copy import deepcopy
from functools import reduce
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from sim.scenario import ScenarioError, load, load_text
from sim.scenario.schema.scenario import MOST_CHANNELS, MOST_GROUPS
from sim.scenario.tree import read_tree
from sim.world.arrays import DOSSIER
from tests.faults.bad_edits import EDITS, Edit

FIXTURES = Path(__file__).parents[1] / "fixtures"
VALID = (FIXTURES / "three_wards.yaml").read_text(encoding="utf-8")
SMALL = (FIXTURES / "one_counter.yaml").read_text(encoding="utf-8")


def mistakes_of(text: str, folder: Path = FIXTURES) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_text(text, folder)
    return caught.value.render()


def test_the_valid_scenario_is_valid() -> None:
    assert list(load_text(VALID, FIXTURES).scenarios) == ["base", "more_reception", "no_outages"]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.rule)
def test_every_mistake_is_told_with_its_line_and_mend(edit: Edit) -> None:
    assert VALID.count(edit.old) >= 1, "the edit does not apply"
    line = VALID[: VALID.index(edit.old)].count("\n") + 1 + edit.below
    message = mistakes_of(VALID.replace(edit.old, edit.new, 1))
    told = [told for told in message.splitlines() if all(word in told for word in edit.words)]
    if edit.rule == "table of another kind":
        assert "one_counter.yaml:" in message
    else:
        assert told, message
        assert any(f"text:{line}:" in one for one in told), f"line {line} expected in {told}"


def test_all_mistakes_are_told_at_once_and_in_order() -> None:
    text = VALID.replace("headcount: 6}", "headcount: -6}").replace("queue: priority", "queue: fast")
    text = text.replace("calendar: signing", "calendar: sining").replace("8 min", "8")
    lines = [int(line.split(":")[1]) for line in mistakes_of(text).splitlines()]
    assert len(lines) == 4
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("section", "most", "each"),
    [
        ("groups", MOST_GROUPS, "{title: More}"),
        ("channels", MOST_CHANNELS, "{medium: paper, in_person: true, filing: opening_hours}"),
    ],
)
def test_more_groups_or_channels_than_there_may_be_are_refused(section: str, most: int, each: str) -> None:
    more = "".join(f"  too_many_{number}: {each}\n" for number in range(most))
    message = mistakes_of(VALID.replace(f"{section}:\n", f"{section}:\n{more}", 1))
    assert f"expected at most {most} of them" in message


def test_numbers_of_a_dossier_hold_what_a_scenario_may_have() -> None:
    most = {"group": MOST_GROUPS + 1, "channel": MOST_CHANNELS, "deadline_days": 9999}
    assert all(most[name] <= np.iinfo(DOSSIER[name]).max for name in most)
    assert DOSSIER["procedure"] == DOSSIER["step"] == np.int32


def test_a_mistake_in_a_workflow_is_told_once() -> None:
    message = mistakes_of(VALID.replace("manual_factor: 1.5", "manual_factor: 0.5"))
    assert message.count("manual_factor") == 1


WHOLE_TEXTS = {
    "empty": ("", "the file is empty"),
    "only a comment": ("# nothing\n", "the file is empty"),
    "only spaces": ("  \n \n", "the file is empty"),
    "a number": ("5\n", 'text:1: no "key: value" pairs'),
    "a list": ("- name: x\n", 'text:1: no "key: value" pairs'),
    "a text": ("Kính gửi\n", 'text:1: no "key: value" pairs'),
    "key without a colon": ("name: x\n\nseed 5\n\n# more\nperiod:\n", "text:3: this is not YAML"),
    "only a name": ("name: x\n", "seed: this key is missing"),
    "alias bomb": (
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{k}: &{k} [{','.join(9 * ['*' + j])}]\n" for j, k in pairwise("abcdefghi")),
        "more than 200,000 values",
    ),
    "deep alias chain": (
        "a0: &a0 [x]\n" + "".join(f"a{k}: &a{k} [*a{k - 1}]\n" for k in range(1, 60)),
        "nested more than 30 levels",
    ),
    "deep lists": ("[" * 100_000, "nested more than 30 levels"),
    "deep mappings": ("{a: " * 100_000, "nested more than 30 levels"),
    "deep blocks": ("".join(" " * k + "a:\n" for k in range(1000)), "nested more than 30 levels"),
    "nothing but quotes": ('"' * 99, "not YAML"),
    "windows bytes": ("name: \x81\n", "cannot stand in a text file"),
    "null character": ("name: \x00\n", "cannot stand in a text file"),
}  # fmt: skip


@pytest.mark.parametrize("case", WHOLE_TEXTS)
def test_texts_that_are_no_scenario_are_refused(case: str) -> None:
    text, words = WHOLE_TEXTS[case]
    assert words in mistakes_of(text)


def load_bytes(folder: Path, content: bytes) -> str:
    file = folder / "study.yaml"
    file.write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        load(file)
    return caught.value.render()


FILES = {
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00", "line 1 is not text in UTF-8"),
    "utf-16": ("name: x".encode("utf-16"), "line 1 is not text in UTF-8"),
    "old code page": (b"name: x\ntitle: Qu\xe3ng\n", "line 2 is not text in UTF-8"),
    "empty": (b"", "the file is empty"),
    "only a byte order mark": (b"\xef\xbb\xbf", "the file is empty"),
    "too large": (b"# " + b"x" * 1_000_000, "larger than 1 MB"),
}


@pytest.mark.parametrize("case", FILES)
def test_files_that_are_no_scenario_are_refused(case: str, tmp_path: Path) -> None:
    content, words = FILES[case]
    assert words in load_bytes(tmp_path, content)


def test_a_byte_order_mark_before_a_scenario_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert load(tmp_path / "study.yaml").base.name == "one_counter"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "one_countr.yaml",
            'there is no such file; expected a file that exists; did you mean "one_counter.yaml"?',
        ),
        ("nowhere/study.yaml", "the folder does not exist either"),
        (".", "this is a folder"),
        ("a\x00b.yaml", "not the path of a file"),
        ("x" * 5000, "file"),
    ],
)
def test_a_path_that_leads_to_no_file_is_refused(path: str, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(FIXTURES / path)
    assert words in caught.value.render()


def test_files_that_extend_one_another_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: a\nextends: b.yaml\n", encoding="utf-8")
    (tmp_path / "b.yaml").write_text("name: b\n\nextends: a.yaml\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path / "a.yaml")
    assert "b.yaml:3: extends: extends goes round in a circle: a.yaml -> b.yaml -> a.yaml" in str(
        caught.value
    )


def test_a_file_that_extends_itself_is_refused(tmp_path: Path) -> None:
    assert "circle" in load_bytes(tmp_path, b"name: x\nextends: study.yaml\n")


def test_a_long_chain_of_files_is_refused(tmp_path: Path) -> None:
    for k in range(20):
        (tmp_path / f"f{k}.yaml").write_text(f"name: x\nextends: f{k + 1}.yaml\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="more than 10 files"):
        load(tmp_path / "f0.yaml")


def test_a_mistake_in_an_extended_file_names_that_file(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(SMALL.replace("headcount: 2", "headcount: -2"), encoding="utf-8")
    message = load_bytes(tmp_path, b"name: x\nextends: base.yaml\n")
    assert "base.yaml:11: pools.counter.headcount: found -2; expected at least 0" in message


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "secret.yaml"
    inside.mkdir()
    outside.write_text(SMALL, encoding="utf-8")
    try:
        (inside / "base.yaml").symlink_to(outside)
    except OSError:
        pytest.skip("this system makes no symbolic links")
    assert "outside the scenario's folder" in load_bytes(inside, b"name: x\nextends: base.yaml\n")


TABLES = {
    "empty": ("", ":1: the table is empty"),
    "no such column": ("site,posts\nA,1\n", ':1: column "headcount" is missing'),
    "column nobody reads": ("site,headcount,note\nA,1,x\n", ':1: unknown column "note"'),
    "column twice": ("site,site,headcount\nA,A,1\n", ":1: a column is named twice"),
    "decimal comma": ("site;headcount\nA;1,5\n", ':2: column headcount: found "1,5"'),
    "short row": ("site,headcount\nA,1\nB\n", ":3: 1 values; expected 2"),
    "text for a number": ("site,headcount\nA,one\n", ':2: column headcount: found "one"'),
    "negative": (
        "site,headcount\nA,1\n\nB,-1\n",
        ':4: column headcount: found "-1"; expected a whole number',
    ),
    "half": ("site,headcount\nA,1.5\n", ":2: column headcount"),
    "not a number": ("site,headcount\nA,nan\n", ":2: column headcount"),
    "infinite": ("site,headcount\nA,inf\n", ":2: column headcount"),
    "separators of thousands": (
        'site,headcount\nA,"1,200"\n',
        ':2: column headcount: found "1,200"; expected a whole number from 0 to 100,000; '
        "write it without separators of thousands",
    ),
    "quote left open": ('site,headcount\n"A,1\n', ":2: this is not CSV"),
}


@pytest.mark.parametrize("case", TABLES)
def test_tables_with_mistakes_are_told_with_file_and_row(case: str, tmp_path: Path) -> None:
    content, words = TABLES[case]
    (tmp_path / "posts.csv").write_text(content, encoding="utf-8")
    message = mistakes_of(SMALL.replace("headcount: 2", "headcount: {csv: posts.csv}"), tmp_path)
    assert "posts.csv" + words in message


def test_all_bad_rows_of_a_table_are_told(tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text("site,headcount\nA,x\nB,2\nC,y\n", encoding="utf-8")
    message = mistakes_of(SMALL.replace("headcount: 2", "headcount: {csv: posts.csv}"), tmp_path)
    assert [line.split(":")[1] for line in message.splitlines()] == ["2", "4"]


def loads_or_tells(text: str) -> None:
    """Nothing but a study or a list of mistakes comes out; the list reads well."""
    try:
        study = load_text(text, FIXTURES)
    except ScenarioError as error:
        assert error.mistakes
        for line in error.render().splitlines():
            assert line.strip() and "Traceback" not in line and "pydantic" not in line
    else:
        assert study.base.content_hash()


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused(text: str) -> None:
    loads_or_tells(text)


@given(st.text(alphabet="ab:-[]{}&*!|>'\"#%@`?,\n \t0.1", max_size=120))
def test_any_heap_of_yaml_signs_is_read_or_refused(text: str) -> None:
    loads_or_tells(text)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_bytes(content)
    try:
        load(file)
    except ScenarioError as error:
        assert error.mistakes


WORDS = st.sampled_from(
    [
        *["", "null", "-1", "0", "1e9", "true", "[]", "{}", "rest", "15 min", "3 working days", "base"],
        *["2025-07-01", "'07:30-11:30'", "{csv: headcounts.csv}", "{csv: 5}", "[[1], {a: b}]"],
        *["!replace {}", "*x", "&x", "NaN", "x: y", "\t"],
    ]
)


@given(st.data())
def test_any_damage_to_a_valid_scenario_is_read_or_refused(data: st.DataObject) -> None:
    lines = SMALL.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(lines) - 1))
        before, colon, _ = lines[at].partition(":")
        damage = data.draw(st.sampled_from(["value", "drop", "repeat", "indent", "cut"]))
        if damage == "value":
            lines[at] = f"{before}{colon} {data.draw(WORDS)}"
        elif damage == "drop" and len(lines) > 1:
            del lines[at]
        elif damage == "repeat":
            lines.insert(at, lines[at])
        elif damage == "indent":
            lines[at] = "  " + lines[at]
        else:
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
    loads_or_tells("\n".join(lines))


def paths_in(data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for part, value in inside:
        yield (*path, part)
        yield from paths_in(value, (*path, part))


WHOLE = {k: v for k, v in read_tree(VALID, "text").plain().items() if k != "alternatives"}
PATHS = list(paths_in(WHOLE))
WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 10**15),
    st.floats(-1e15, 1e15),
    st.text(max_size=12),
    st.sampled_from([[], {}, [[]], {"a": {}}, "rest", "1 min", "50 %", "office", "specialist", "2025-07-01"]),
    st.sampled_from([WHOLE[key] for key in WHOLE]),
)


@settings(max_examples=40)
@given(path=st.sampled_from(PATHS), wrong=WRONG)
def test_any_value_in_any_place_is_read_or_refused(path: tuple[str | int, ...], wrong: object) -> None:
    data = deepcopy(WHOLE)
    parent = reduce(lambda part, key: part[key], path[:-1], data)
    parent[path[-1]] = wrong
    stream = StringIO()
    YAML(typ="rt", pure=True).dump(data, stream)
    loads_or_tells(stream.getvalue())
