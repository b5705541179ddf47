"""Matching of Vietnamese place names, written with or without diacritics.

Two keys decide. The *plain key* drops all diacritics, case and punctuation ("Xã Sơn Hạ" -> "xa son ha")
and finds the candidates. The *exact key* keeps the diacritics, but not where a tone mark sits in its
syllable ("Hoà" = "Hòa"), and decides between candidates that differ in diacritics only.
"""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Generic, TypeVar

Place = TypeVar("Place")

LONGEST_NAME = 100
"""Characters; longer texts are no place names and are not searched for."""

_TONE_MARKS = frozenset("\u0300\u0301\u0303\u0309\u0323")
_ABBREVIATED_PREFIX = re.compile(r"\s*(tp|p|x|t|đk)(?:\.\s*|\s+)", re.IGNORECASE)
_PREFIXES = {"tp": "Thành phố", "p": "Phường", "x": "Xã", "t": "Tỉnh", "đk": "Đặc khu"}
_TYPE_WORDS = re.compile(r"^(thanh pho|tinh|phuong|xa|dac khu|thi tran|huyen|thi xa|quan) ")
# Quý/Quí, Mỹ/Mĩ, Lý/Lí are the same names; in "Tây" or "Thủy" the y is no i.
_FINAL_Y = re.compile(r"(?:(?<=qu)|(?<=[bcdđghklmnprstvx]))y\b")


def without_diacritics(text: str) -> str:
    """The text in plain Latin letters: "Đắk Lắk" -> "Dak Lak"."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def slug(text: str) -> str:
    """The text as a lower-case identifier: "Quảng Ngãi" -> "quang_ngai"."""
    return "_".join(re.findall(r"[a-z0-9]+", without_diacritics(text).casefold()))


def plain_key(text: str) -> str:
    """Name without case, diacritics, punctuation and spelling variants; abbreviated prefixes written out."""
    return without_diacritics(exact_key(text))


def exact_key(text: str) -> str:
    """Like `plain_key`, with the diacritics; every tone mark stands at the end of its word."""
    return " ".join(_word_key(word) for word in _words(text))


def _words(text: str) -> list[str]:
    prefix = _ABBREVIATED_PREFIX.match(text)
    if prefix:
        text = f"{_PREFIXES[prefix.group(1).lower()]} {text[prefix.end() :]}"
    folded = unicodedata.normalize("NFC", text).casefold()
    return re.sub(r"['’`ʼ]", "", re.sub(r"[\s_.,;()–—-]+", " ", folded)).split()


def _word_key(word: str) -> str:
    marks = unicodedata.normalize("NFD", word)
    letters = "".join(mark for mark in marks if mark not in _TONE_MARKS)
    tones = "".join(mark for mark in marks if mark in _TONE_MARKS)
    return _FINAL_Y.sub("i", unicodedata.normalize("NFC", letters)) + tones


class NameIndex(Generic[Place]):
    """Places found by any of their names.

    Built once from pairs (place, names); a place may have several names and a name several places.
    """

    def __init__(self, entries: Iterable[tuple[Place, Iterable[str]]]) -> None:
        self._by_plain_key: dict[str, dict[str, list[Place]]] = {}
        for place, names in entries:
            for name in names:
                same_letters = self._by_plain_key.setdefault(plain_key(name), {})
                same_letters.setdefault(exact_key(name), []).append(place)

    def matches(self, text: str) -> tuple[Place, ...]:
        """All places with this name, or none; diacritics decide only where they distinguish."""
        if len(text) > LONGEST_NAME:
            return ()
        same_letters = self._by_plain_key.get(plain_key(text), {})
        exact = same_letters.get(exact_key(text)) if not text.isascii() else None
        return _unique(exact or [place for places in same_letters.values() for place in places])

    def nearest(self, text: str, limit: int = 3) -> tuple[Place, ...]:
        """Places of this name but another type, then those whose names look most like the text."""
        if len(text) > LONGEST_NAME:
            return ()
        bare = _TYPE_WORDS.sub("", plain_key(text))
        keys = get_close_matches(plain_key(text), self._by_plain_key, n=2 * limit, cutoff=0.7)
        alike = [place for key in keys for places in self._by_plain_key[key].values() for place in places]
        return _unique([*self.matches(bare), *alike])[:limit]


def _unique(places: Iterable[Place]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(places))
