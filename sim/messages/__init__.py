"""Every sentence that planners read, in English and in Vietnamese, looked up by key.

The texts of a subject stand in ``<subject>.en.json`` and ``<subject>.vi.json``, with the same keys and the
same places for values (``{name}``) in both.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "vi")


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All texts of one language, by key.

    Raises ValueError for a language without texts, and when two subjects use the same key.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no texts in language {language!r}; there are {', '.join(LANGUAGES)}")
    texts: dict[str, str] = {}
    for source in files(__name__).iterdir():
        if source.name.endswith(f".{language}.json"):
            found: dict[str, str] = json.loads(source.read_text(encoding="utf-8"))
            if twice := texts.keys() & found.keys():
                raise ValueError(f"texts with the same key in two subjects: {sorted(twice)}")
            texts |= found
    return texts


def text(language: str, key: str, **values: object) -> str:
    """The text of a key in a language, its places filled with the values.

    Raises KeyError for an unknown key or a missing value.
    """
    return catalogue(language)[key].format(**values)


def has_text(language: str, key: str) -> bool:
    """Whether there is a text for the key, for names that may come from a scenario instead."""
    return key in catalogue(language)


def translated(texts: Mapping[str, str] | str | None, language: str) -> str:
    """A planner's own text in the wanted language, or in the language that it was written in."""
    if texts is None:
        return ""
    if isinstance(texts, str):
        return texts
    return texts.get(language) or next((found for found in texts.values() if found), "")
