"""The texts for planners: complete in both languages, with the same places for values."""

import ast
import string
from pathlib import Path

import pytest

from sim.messages import LANGUAGES, catalogue, text, translated

PACKAGE = Path(__file__).resolve().parents[2] / "sim"


def places(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_all_languages_have_the_same_keys() -> None:
    first, *others = (set(catalogue(language)) for language in LANGUAGES)
    assert first
    for other in others:
        assert first ^ other == set()


def test_a_text_has_the_same_places_for_values_in_all_languages() -> None:
    english, vietnamese = catalogue("en"), catalogue("vi")
    assert {key for key in english if places(english[key]) != places(vietnamese[key])} == set()


def test_every_place_for_a_value_has_a_name() -> None:
    for language in LANGUAGES:
        assert [key for key, template in catalogue(language).items() if "" in places(template)] == []


def test_no_text_is_empty() -> None:
    for language in LANGUAGES:
        assert [key for key, template in catalogue(language).items() if not template.strip()] == []


def test_unknown_language_is_refused_with_those_that_exist() -> None:
    with pytest.raises(ValueError, match="en, vi"):
        catalogue("fr")


def test_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        text("en", "no.such.key")


def test_values_with_braces_are_shown_as_they_are() -> None:
    assert "{x}" in text("en", "results.none_here", path="{x}")


def test_a_planners_text_falls_back_to_the_language_it_was_written_in() -> None:
    assert translated({"vi": "Thêm vị trí"}, "en") == "Thêm vị trí"
    assert translated("plain", "vi") == "plain"
    assert translated(None, "vi") == ""


def test_every_results_error_has_a_text() -> None:
    keys = {
        node.value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith("results.")
    }
    assert keys
    assert {key for key in keys if key not in catalogue("en") and " " not in key} == set()
