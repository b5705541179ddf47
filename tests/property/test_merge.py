"""Order of precedence: patch over file over what the file extends; lines and order are kept."""

import pickle
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from sim.scenario import ScenarioError, load, load_text, mistake_at
from sim.scenario.merge import merge
from sim.scenario.tree import Node, read_tree

FIXTURES = Path(__file__).parents[1] / "fixtures"
SMALL = (FIXTURES / "one_counter.yaml").read_text(encoding="utf-8")
WARDS = FIXTURES / "three_wards.yaml"

KEYS = st.sampled_from(["a", "b", "c", "d"])
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-9, 9),
        st.sampled_from(["x", "2025-07-01", "1e3", "no", "~", ""]),
    ),
    lambda inside: st.one_of(st.lists(inside, max_size=3), st.dictionaries(KEYS, inside, max_size=3)),
    max_leaves=8,
)
MAPPINGS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=4)


def tree_of(data: dict[str, Any]) -> Node:
    stream = StringIO()
    YAML(typ="rt", pure=True).dump(data, stream)
    return read_tree(stream.getvalue(), "text")


def merged(base: Any, over: Any) -> Any:
    """The rule in its plainest form."""
    if not isinstance(base, dict) or not isinstance(over, dict):
        return over
    both = {key: merged(base[key], over[key]) for key in base if key in over}
    return {**base, **over, **both}


@given(MAPPINGS)
def test_what_is_written_out_is_read_back(data: dict[str, Any]) -> None:
    assert tree_of(data).plain() == data


@given(MAPPINGS, MAPPINGS)
def test_mappings_merge_and_all_else_replaces(base: dict[str, Any], over: dict[str, Any]) -> None:
    assert merge(tree_of(base), tree_of(over)).plain() == merged(base, over)


@given(MAPPINGS)
def test_merging_with_itself_changes_nothing(data: dict[str, Any]) -> None:
    assert merge(tree_of(data), tree_of(data)).plain() == data


@given(MAPPINGS, MAPPINGS, MAPPINGS)
def test_patches_apply_one_after_the_other(first: Any, second: Any, third: Any) -> None:
    both = merge(merge(tree_of(first), tree_of(second)), tree_of(third))
    assert both.plain() == merged(merged(first, second), third)


@given(MAPPINGS)
def test_every_value_has_a_place(data: dict[str, Any]) -> None:
    tree = tree_of(data)
    for path in tree.places():
        value: Any = data
        for part in path:
            value = value[part]
    assert len(tree.places()) == 1 + sum(1 for _ in _values(data))


def _values(data: Any) -> Any:
    inside = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    for value in inside:
        yield value
        yield from _values(value)


def test_a_replaced_mapping_keeps_nothing_of_what_it_replaces() -> None:
    base, over = read_tree("a: {x: 1, y: 2}", "base"), read_tree("a: !replace {z: 3}", "over")
    assert merge(base, over).plain() == {"a": {"z": 3}}


def test_each_value_keeps_the_file_and_line_where_it_was_written(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "two.yaml").write_text("name: two\nextends: one.yaml\nseed: 8\n", encoding="utf-8")
    places = load(tmp_path / "two.yaml").base.places
    assert places[("seed",)][:2] == ((tmp_path / "two.yaml").as_posix(), 3)
    assert places[("pools", "counter", "headcount")][:2] == ((tmp_path / "one.yaml").as_posix(), 11)


def test_deepest_file_first_then_file_then_patch(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "two.yaml").write_text(
        "name: two\nextends: one.yaml\npools: {counter: {headcount: 3, time_for_dossiers: 50 %}}\n",
        encoding="utf-8",
    )
    (tmp_path / "three.yaml").write_text(
        "name: three\nextends: two.yaml\npools: {counter: {headcount: 4}}\n"
        "alternatives: {more: {patch: {pools: {counter: {headcount: 5}}}}}\n",
        encoding="utf-8",
    )
    study = load(tmp_path / "three.yaml")
    base, more = study.base.pools["counter"], study.alternatives["more"].pools["counter"]
    assert (base.headcount.posts, base.time_for_dossiers) == (4, 0.5)
    assert (more.headcount.posts, more.time_for_dossiers) == (5, 0.5)
    assert [path.name for path in study.sources] == ["three.yaml", "two.yaml", "one.yaml"]


def test_a_file_does_not_inherit_the_name_of_what_it_extends(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "two.yaml").write_text("extends: one.yaml\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="name: this key is missing"):
        load(tmp_path / "two.yaml")


def test_own_steps_are_laid_over_those_of_the_workflow() -> None:
    study = load(WARDS)
    steps = study.base.procedures["name_change"].steps
    assert list(steps) == ["reception", "specialist", "ask_citizen", "signature", "consultation"]
    assert [branch.to for branch in steps["specialist"].next] == ["ask_citizen", "consultation", "signature"]
    assert [branch.share for branch in steps["specialist"].next] == pytest.approx([0.12, 0.3, 0.58])
    assert steps["signature"].touch_time == study.base.procedures["birth"].steps["signature"].touch_time


def test_a_step_without_next_leads_to_the_following_one_and_the_last_to_completed() -> None:
    copies = load(WARDS).base.procedures["copies"].steps
    assert [branch.to for step in copies.values() for branch in step.next] == ["signature", "completed"]


@pytest.mark.parametrize("name", ["base", "more_reception", "no_outages"])
def test_the_effective_scenario_stands_alone(name: str) -> None:
    study = load(WARDS)
    alone = load_text(study.effective_yaml(name), FIXTURES)
    assert alone.base.content_hash() == study.scenarios[name].content_hash()
    assert alone.alternatives == {}


def test_patches_change_only_their_own_alternative() -> None:
    study = load(WARDS)
    assert study.alternatives["no_outages"].outages == {}
    assert list(study.alternatives["more_reception"].outages) == list(study.base.outages) != []
    assert study.alternatives["more_reception"].changes["more_posts"].where.is_everything
    assert study.base.changes["more_posts"].where.labels == ("pilot",)


def test_scenarios_survive_the_way_to_another_process() -> None:
    study = pickle.loads(pickle.dumps(load(WARDS)))
    assert study.base.content_hash() == load(WARDS).base.content_hash()
    assert study.base.places


def test_words_do_not_change_the_content_hash_and_numbers_do(tmp_path: Path) -> None:
    plain = load_text(SMALL).base.content_hash()
    told = "title: A\ndescription: B\nassumptions: {a: {text: c, status: assumption}}\n"
    assert load_text(told + SMALL).base.content_hash() == plain
    assert load_text(SMALL.replace("replications: 2", "replications: 3")).base.content_hash() == plain
    assert load_text(SMALL.replace("15 min", "900 s")).base.content_hash() == plain
    assert load_text(SMALL.replace("15 min", "16 min")).base.content_hash() != plain


def test_the_content_of_tables_is_part_of_the_content_hash(tmp_path: Path) -> None:
    text = SMALL.replace("headcount: 2", "headcount: {csv: posts.csv}")
    hashes = []
    for posts in (2, 3, 2):
        (tmp_path / "posts.csv").write_text(f"site,headcount\nCommune 0001,{posts}\n", encoding="utf-8")
        hashes.append(load_text(text, tmp_path).base.content_hash())
    assert hashes[0] == hashes[2] != hashes[1]


def test_tables_from_spreadsheets_with_semicolons_are_read(tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_bytes(b"\xef\xbb\xbfsite;headcount\r\nCommune 0001;3\r\n")
    text = SMALL.replace("headcount: 2", "headcount: {csv: posts.csv}")
    rows = load_text(text, tmp_path).base.pools["counter"].headcount.rows
    assert [(row.site, row.province, row.value, row.line) for row in rows] == [("Commune 0001", "", 3.0, 2)]


def test_a_mistake_found_later_still_knows_its_line() -> None:
    study = load(WARDS)
    error = mistake_at(
        study, "territory.provinces", 'unknown province "Quang Ngay"', suggestion="did you mean ...?"
    )
    line = next(
        k for k, text in enumerate(WARDS.read_text(encoding="utf-8").splitlines(), 1) if "provinces:" in text
    )
    assert error.render().startswith(f"{WARDS.as_posix()}:{line}: territory.provinces: unknown province")
