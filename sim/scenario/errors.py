"""Mistakes in what a planner wrote, told in plain words with the place."""

import difflib
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

MOST_SHOWN: Final = 300

PathInScenario = tuple[str | int, ...]


class Place(NamedTuple):
    """Where something is written; line and column are counted from 1, and 0 is the file as a whole."""

    file: str
    line: int
    column: int


class Mistake(NamedTuple):
    """One mistake: where it is, what was found, what was expected, and how to mend it.

    `path` is the dotted path inside the scenario and may be empty, as may `expected` and `suggestion`."""

    file: str
    line: int
    column: int
    path: str
    found: str
    expected: str = ""
    suggestion: str = ""

    def render(self) -> str:
        """The mistake on one line, such as `a.yaml:41: pools.desk.headcunt: unknown key; did ...`."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        words = [self.found, f"expected {self.expected}" if self.expected else "", self.suggestion]
        text = "; ".join(word for word in words if word)
        return ": ".join(part for part in (place, self.path, text) if part)


class ScenarioError(Exception):
    """A scenario that cannot be used; carries all mistakes that were found, in order of file and line."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = _sorted_without_repeats(mistakes)
        super().__init__(self.mistakes)

    def render(self) -> str:
        """One line for each mistake; after the first few hundred only their number."""
        lines = [mistake.render() for mistake in self.mistakes[:MOST_SHOWN]]
        more = len(self.mistakes) - len(lines)
        return "\n".join([*lines, f"... and {more} more"] if more else lines)

    def __str__(self) -> str:
        return self.render()


def _sorted_without_repeats(mistakes: Iterable[Mistake]) -> tuple[Mistake, ...]:
    # A mistake in a shared workflow shows up in every procedure that uses it; its first path is shown.
    first: dict[tuple[object, ...], Mistake] = {}
    for mistake in mistakes:
        first.setdefault(mistake._replace(path=""), mistake)
    return tuple(sorted(first.values(), key=lambda mistake: (mistake.file, mistake.line, mistake.column)))


def at_place(
    place: Place, path: PathInScenario, found: str, expected: str = "", suggestion: str = ""
) -> Mistake:
    """A mistake at a known place."""
    return Mistake(place.file, place.line, place.column, dotted(path), found, expected, suggestion)


def dotted(path: PathInScenario) -> str:
    """A path as messages show it, items of lists counted from 1: `pools.desk.cases[2].headcount`."""
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def did_you_mean(written: str, known: Iterable[str]) -> str:
    """A suggestion with the closest known word; empty when none is close."""
    by_plain_form = {word.casefold(): word for word in known}
    near = difflib.get_close_matches(written.casefold()[:200], by_plain_form, n=1, cutoff=0.6)
    return f'did you mean "{by_plain_form[near[0]]}"?' if near else ""


def known_words(words: Sequence[str]) -> str:
    """A list of known words for a message, cut when it is long."""
    shown = ", ".join(list(words)[:12])
    return shown + (", ..." if len(words) > 12 else "")
