"""YAML text as a tree that knows the line of every value.

The tree is built from the parser's events, so that limits hold before anything is expanded: a file of a few
lines must not grow into gigabytes (alias bombs), and no depth may exhaust the stack."""

import math
import re
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from sim.scenario.errors import Mistake, PathInScenario, Place, ScenarioError, at_place

MOST_DEPTH: Final = 30
MOST_NODES: Final = 200_000
MOST_TEXT: Final = 10_000
LARGEST_NUMBER: Final = 10**15
REPLACE_TAG: Final = "!replace"

_NULLS: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?[0-9]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """A value with the place where it is written; for an entry of a mapping that is the place of its key."""

    value: "Scalar | dict[str, Node] | list[Node]"
    place: Place
    replaces: bool = False

    @property
    def entries(self) -> "dict[str, Node]":
        """The entries of a mapping; empty for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def plain(self) -> Any:
        """The value as plain Python data."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        return [node.plain() for node in self.value] if isinstance(self.value, list) else self.value

    def places(self, path: PathInScenario = ()) -> dict[PathInScenario, Place]:
        """The place of this value and of everything inside it, by path."""
        found = {path: self.place}
        inside: Any = enumerate(self.value) if isinstance(self.value, list) else self.entries.items()
        for part, node in inside:
            found.update(node.places((*path, part)))
        return found


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not been read."""

    node: Node
    anchor: str | None
    nodes_before: int
    height: int = 1
    key: str | None = None
    key_place: Place | None = None


@dataclass(slots=True)
class _Builder:
    """Builds the tree event by event. Mistakes that leave the tree readable are collected."""

    file: str
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, tuple[Node, int, int] | None] = field(default_factory=dict)
    root: Node | None = None
    nodes: int = 0
    documents: int = 0
    mistakes: list[Mistake] = field(default_factory=list)

    def take(self, event: Event) -> None:
        """Take in one event."""
        if isinstance(event, DocumentStartEvent):
            self._start_document(event)
        elif isinstance(event, AliasEvent):
            self._add_alias(event)
        elif isinstance(event, ScalarEvent):
            self._take_scalar(event)
        elif isinstance(event, (MappingStartEvent, SequenceStartEvent)):
            self._start_collection(event)
        elif isinstance(event, CollectionEndEvent):
            self._end_collection()

    def _place(self, event: Event) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _stop(self, event: Event, found: str, expected: str = "", suggestion: str = "") -> None:
        raise ScenarioError([*self.mistakes, at_place(self._place(event), (), found, expected, suggestion)])

    def _note(self, place: Place, found: str, expected: str = "", suggestion: str = "") -> None:
        path = tuple(frame.key for frame in self.open if frame.key is not None)
        self.mistakes.append(at_place(place, path, found, expected, suggestion))

    def _start_document(self, event: Event) -> None:
        self.documents += 1
        if self.documents > 1:
            self._stop(event, "a second document begins here", "one document", 'remove the line "---"')

    def _count(self, event: Event, number: int, height: int) -> None:
        self.nodes += number
        if self.nodes > MOST_NODES:
            self._stop(
                event, f"more than {MOST_NODES:,} values", "a smaller file", "put big tables in CSV files"
            )
        if len(self.open) + height > MOST_DEPTH:
            self._stop(event, f"nested more than {MOST_DEPTH} levels deep", "at most that many levels")

    def _add_alias(self, event: NodeEvent) -> None:
        anchored = self.anchors.get(event.anchor)
        if anchored is None:
            inside_itself = event.anchor in self.anchors
            found = f"the alias *{event.anchor} "
            found += "stands inside its own anchor" if inside_itself else "has no anchor before it"
            self._stop(event, found, f"an anchor &{event.anchor} that is complete")
            return
        node, nodes, height = anchored
        self._count(event, nodes, height)
        if self._is_key():
            self._stop(event, "an alias as a key", "a name as a key")
        self._put(Node(node.value, self._place(event), node.replaces), height)

    def _is_key(self) -> bool:
        return bool(self.open) and isinstance(self.open[-1].node.value, dict) and self.open[-1].key is None

    def _take_scalar(self, event: ScalarEvent) -> None:
        self._count(event, 1, 0)
        place = self._place(event)
        self._is_replace(event, place)
        if len(event.value) > MOST_TEXT:
            self._stop(event, f"a text of {len(event.value):,} characters", f"at most {MOST_TEXT:,}")
        if _UNPRINTABLE.search(event.value):
            self._stop(event, "a control character or broken letter", "readable text")
        if self._is_key():
            self._take_key(event.value, place)
            return
        node = Node(self._scalar(event, place), place)
        if event.anchor:
            self.anchors[event.anchor] = (node, 1, 0)
        self._put(node, 0)

    def _take_key(self, key: str, place: Place) -> None:
        frame = self.open[-1]
        if key == "<<":
            self._note(place, 'the merge key "<<" is not read', "", "use extends, a workflow or an alias")
        elif key in frame.node.entries:
            first = frame.node.entries[key].place.line
            self._note(
                place, f'the key "{key[:60]}" is given twice', "each key once", f"it is first on line {first}"
            )
        frame.key, frame.key_place = key, place

    def _scalar(self, event: ScalarEvent, place: Place) -> Scalar:
        text: str = event.value
        if not event.implicit[0]:
            return text
        if text in _NULLS:
            return None
        if text in _BOOLEANS:
            return _BOOLEANS[text]
        if _NOT_FINITE.fullmatch(text):
            self._note(place, f'found "{text}"', "a finite number")
            return None
        if _WHOLE.fullmatch(text) or _DECIMAL.fullmatch(text):
            return self._number(text, place)
        return text

    def _number(self, text: str, place: Place) -> int | float | None:
        # The length is looked at first: turning a very long digit string into a number is slow or refused.
        value = float(text) if len(text) <= 40 else math.inf
        if abs(value) > LARGEST_NUMBER:
            self._note(place, f'found "{text[:40]}", which is too large', f"at most {LARGEST_NUMBER:,}")
            return None
        return int(text) if _WHOLE.fullmatch(text) else value

    def _is_replace(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent, place: Place) -> bool:
        """Whether the tag is `!replace`; any other tag is a mistake."""
        tag = None if event.tag is None else str(event.tag)
        if tag in (None, "!"):
            return False
        if tag == REPLACE_TAG and isinstance(event, MappingStartEvent):
            return True
        found = f'the tag "{str(tag)[:60]}"' + (" on something else" if tag == REPLACE_TAG else "")
        self._note(place, found, f'no tag, or {REPLACE_TAG} before "key: value" pairs')
        return False

    def _start_collection(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        if self._is_key():
            self._stop(event, 'a list or "key: value" pairs as a key', "a name as a key")
        self._count(event, 1, 1)
        place = self._place(event)
        replaces = self._is_replace(event, place)
        empty: dict[str, Node] | list[Node] = {} if isinstance(event, MappingStartEvent) else []
        if event.anchor:
            self.anchors[event.anchor] = None
        self.open.append(_Open(Node(empty, place, replaces), event.anchor, self.nodes - 1))

    def _end_collection(self) -> None:
        frame = self.open.pop()
        if frame.anchor:
            self.anchors[frame.anchor] = (frame.node, self.nodes - frame.nodes_before, frame.height)
        self._put(frame.node, frame.height)

    def _put(self, node: Node, height: int) -> None:
        if not self.open:
            self.root = node
            return
        frame = self.open[-1]
        frame.height = max(frame.height, height + 1)
        if isinstance(frame.node.value, list):
            frame.node.value.append(node)
        elif frame.key is not None and frame.key_place is not None:
            frame.node.entries[frame.key] = Node(node.value, frame.key_place, node.replaces)
            frame.key = None


def read_tree(text: str, file: str) -> Node:
    """The mapping in a YAML text; `file` is its name in messages.

    Raises ScenarioError with the mistakes of form: syntax, repeated keys, tags, limits, no mapping."""
    builder = _Builder(file)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        raise ScenarioError([*builder.mistakes, _syntax_mistake(error, file)]) from error
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        found = f"the character with code {error.character} cannot stand in a text file"
        raise ScenarioError([Mistake(file, line, 1, "", found, "readable text")]) from error
    except (
        YAMLError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        AssertionError,
        OverflowError,
    ) as error:
        # The parser answers some broken input with errors of its own inner workings.
        raise ScenarioError([Mistake(file, 0, 0, "", "this is not YAML", "a YAML file")]) from error
    root = builder.root
    if root is None or root.value is None:
        builder.mistakes.append(Mistake(file, 0, 0, "", "the file is empty", "a scenario"))
    elif not isinstance(root.value, dict):
        builder.mistakes.append(
            at_place(root.place, (), 'no "key: value" pairs', 'keys such as "name: my_study"')
        )
    if builder.mistakes or root is None:
        raise ScenarioError(builder.mistakes)
    return root


def _syntax_mistake(error: MarkedYAMLError, file: str) -> Mistake:
    mark = error.problem_mark or error.context_mark
    if error.context == "while scanning a simple key":
        mark = error.context_mark or mark  # the key without a colon; the problem is noticed only later
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    problem = " ".join(str(error.problem or error.context or "unreadable").split())
    mend = "indent with spaces, not with tabs" if "'\\t'" in problem else _mend_of(problem)
    return Mistake(file, line, column, "", f"this is not YAML: {problem}", "", mend)


def _mend_of(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return "look at the indentation, and put texts with a colon in quotes"
    if "could not find expected ':'" in problem:
        return 'write "key: value", with a colon'
    if "expected <block end>" in problem:
        return "look at the indentation of this line and the one before"
    return ""
