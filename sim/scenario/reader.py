"""From a scenario file to a checked study: the base and every alternative, whole and immutable."""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from ruamel.yaml import YAML

from sim.scenario.checks import fit_faults, name_faults
from sim.scenario.errors import (
    Mistake,
    PathInScenario,
    ScenarioError,
    at_place,
)
from sim.scenario.files import SHIPPED, Files, Refused, as_error, shipped_text
from sim.scenario.merge import NOT_INHERITED, merge, with_workflow_steps, without
from sim.scenario.phasing import with_phases
from sim.scenario.schema.base import Fault, quoted
from sim.scenario.schema.scenario import Scenario
from sim.scenario.schema.tables import READ_TABLE
from sim.scenario.shipped_storms import with_shipped_storms
from sim.scenario.translate import Places, mistakes_of, place_of
from sim.scenario.tree import Node, read_tree

BASE: Final = "base"
"""Name of the scenario without any patch; no alternative may have it."""

SAME_FOR_ALL: Final = (
    "name",
    "title",
    "description",
    "extends",
    "alternatives",
    "period",
    "territory",
    "replications",
    "seed",
    "confidence",
)
"""Keys that no patch may hold: alternatives are compared day by day, site by site, on the same chance."""

LONGEST_CHAIN: Final = 10


@dataclass(frozen=True)
class Study:
    """A scenario file that was read and found right.

    `base` is what the file says without patches; `alternatives` holds the whole scenario of each alternative,
    in the order of the file; `sources` are the files that were read."""

    path: Path
    base: Scenario
    alternatives: dict[str, Scenario]
    sources: tuple[Path, ...]
    effective: dict[str, Any] = field(repr=False)

    @property
    def scenarios(self) -> dict[str, Scenario]:
        """The base, under the name `base`, and all alternatives."""
        return {BASE: self.base, **self.alternatives}

    def effective_yaml(self, name: str) -> str:
        """One alternative (or `base`) as a YAML text that stands alone, nothing extended or patched."""
        stream = io.StringIO()
        yaml = YAML(typ="rt", pure=True)
        yaml.default_flow_style = False
        yaml.allow_unicode = True
        yaml.width = 110
        yaml.dump(self.effective[name], stream)
        return f"# Effective scenario: {self.base.name}, {name}\n{stream.getvalue()}"


def load(path: str | Path) -> Study:
    """Read and check a scenario file with everything it extends and all its alternatives.

    Raises ScenarioError with all mistakes that were found."""
    path = Path(path)
    shown = path.as_posix()
    try:
        resolved = path.resolve()
        files = Files(resolved.parent, shown.removesuffix(path.name))
        text = files.text(resolved)
    except (OSError, ValueError, RuntimeError) as error:
        raise as_error(Refused("this is not the path of a file", "a scenario file"), shown) from error
    except Refused as refused:
        raise as_error(refused, shown) from refused
    return _study(read_tree(text, shown), path, files)


def load_text(text: str, folder: str | Path = ".") -> Study:
    """Read and check a scenario given as text; files that it names are looked for in `folder`."""
    files = Files(Path(folder))
    return _study(read_tree(text, "text"), Path(folder) / "text", files)


def mistake_at(
    scenario: "Scenario | Study",
    path: str | PathInScenario,
    found: str,
    expected: str = "",
    suggestion: str = "",
) -> ScenarioError:
    """An error about one value of a scenario, with the file and line where it was written.

    `path` is dotted, such as `territory.provinces`, or a tuple of keys and numbers of items."""
    places = (scenario.base if isinstance(scenario, Study) else scenario).places
    parts = tuple(path.split(".")) if isinstance(path, str) else path
    return ScenarioError([at_place(place_of(parts, places), parts, found, expected, suggestion)])


def _study(own: Node, path: Path, files: Files) -> Study:
    tree = with_shipped_storms(_with_extended(own, path.resolve(), files, chain=(str(path.resolve()),)))
    mistakes = list(_alternative_mistakes(tree))
    whole = without(tree, "alternatives")
    base, base_mistakes = _checked(tree, files)
    mistakes += base_mistakes
    known = {mistake._replace(path="") for mistake in mistakes}
    scenarios: dict[str, Scenario] = {}
    effective = {BASE: whole.plain()}
    for name, key, written in _alternatives(tree):
        patched = with_shipped_storms(_patched(whole, key, written, path, files))
        scenario, found = _checked(patched, files)
        prefix = f"alternatives.{name}.{key}."
        mistakes += [m._replace(path=prefix + m.path) for m in found if m._replace(path="") not in known]
        effective[name] = patched.plain()
        if scenario is not None:
            scenarios[name] = scenario
    if mistakes or base is None:
        raise ScenarioError(mistakes)
    return Study(path, base, scenarios, tuple(dict.fromkeys(files.read)), effective)


def _alternatives(tree: Node) -> Iterator[tuple[str, str, Node]]:
    """Name of each alternative, and what it is made of: its `patch`, or the file of its `scenario`."""
    alternatives = tree.entries.get("alternatives")
    for name, alternative in alternatives.entries.items() if alternatives else ():
        for key, form in (("patch", dict), ("scenario", str)):
            written = alternative.entries.get(key)
            if written is not None and isinstance(written.value, form):
                yield name, key, written


def _patched(whole: Node, key: str, written: Node, path: Path, files: Files) -> Node:
    """The whole scenario of an alternative."""
    if key == "patch":
        return merge(whole, without(written, *SAME_FOR_ALL))
    assert isinstance(written.value, str)
    try:
        # A chain of its own: the other file may extend this study.
        other = _extended(written.value, path.resolve(), files, chain=(f"alternative of {path.name}",))
    except Refused as refused:
        mistake = at_place(written.place, (key,), refused.found, refused.expected, refused.suggestion)
        raise ScenarioError([mistake]) from refused
    return _in_the_study(without(other, "alternatives"), whole)


def _in_the_study(other: Node, whole: Node) -> Node:
    """Another scenario with what is the same for all alternatives, and the land of the study.

    Only the structure of the territory is its own: the same citizens, administered in another way."""
    own = {key: node for key, node in whole.entries.items() if key in SAME_FOR_ALL}
    if "territory" in other.entries and "territory" in whole.entries:
        land = without(whole.entries["territory"], "structure", "reception_points")
        territory = {**other.entries["territory"].entries, **land.entries}
        own["territory"] = Node(territory, other.entries["territory"].place)
    return Node({**other.entries, **own}, whole.place)


def _alternative_mistakes(tree: Node) -> Iterator[Mistake]:
    alternatives = tree.entries.get("alternatives")
    if alternatives is not None and BASE in alternatives.entries:
        place = alternatives.entries[BASE].place
        path = ("alternatives", BASE)
        yield at_place(place, path, 'no alternative may be called "base"', "another name")
    for name, kind, patch in _alternatives(tree):
        for key in SAME_FOR_ALL:
            if kind == "patch" and key in patch.entries:
                yield at_place(
                    patch.entries[key].place,
                    ("alternatives", name, "patch", key),
                    f"a patch cannot change {key}",
                    "what differs between alternatives",
                    "write a second scenario file that extends this one"
                    if key in ("period", "territory")
                    else "",
                )


def _with_extended(own: Node, path: Path, files: Files, chain: tuple[str, ...]) -> Node:
    """The file's tree laid over the tree of the file that it extends, and so on."""
    extends = own.entries.get("extends")
    if extends is None or extends.value is None:
        return without(own, "extends")
    try:
        if not isinstance(extends.value, str):
            raise Refused(f"found {quoted(extends.value)}", f"a file name, or {SHIPPED}NAME")
        base = _extended(extends.value, path, files, chain)
    except Refused as refused:
        mistake = at_place(extends.place, ("extends",), refused.found, refused.expected, refused.suggestion)
        raise ScenarioError([mistake]) from refused
    return merge(without(base, *NOT_INHERITED), without(own, "extends"))


def _extended(name: str, path: Path, files: Files, chain: tuple[str, ...]) -> Node:
    if chain[-1].startswith(SHIPPED) and not name.startswith(SHIPPED):
        raise Refused(f"{quoted(name)} in a scenario that comes with the program", f"{SHIPPED}NAME")
    target = files.inside(name, path) if not name.startswith(SHIPPED) else path
    identity = name if name.startswith(SHIPPED) else str(target)
    if identity in chain:
        raise Refused("extends goes round in a circle: " + " -> ".join(_names((*chain, identity))))
    if len(chain) > LONGEST_CHAIN:
        raise Refused(f"more than {LONGEST_CHAIN} files extend one another", "fewer files")
    if name.startswith(SHIPPED):
        tree = _shipped_tree(name)
    else:
        tree = read_tree(files.text(target), files.shown(target))
    return _with_extended(tree, target, files, (*chain, identity))


@cache
def _shipped_tree(name: str) -> Node:
    """The tree of a scenario that comes with the program; others are laid over it, nothing changes it."""
    return read_tree(shipped_text(name.removeprefix(SHIPPED)), name)


def _names(identities: tuple[str, ...]) -> list[str]:
    return [name if name.startswith(SHIPPED) else Path(name).name for name in identities]


def _checked(tree: Node, files: Files) -> tuple[Scenario | None, list[Mistake]]:
    """The scenario in a tree, or None, and all mistakes in it."""
    written_out, faults = with_phases(tree)
    expanded = with_workflow_steps(written_out)
    data, places = expanded.plain(), expanded.places()
    mistakes = [_placed(fault, places) for fault in (*faults, *name_faults(data))]
    try:
        scenario = Scenario.model_validate(data, context={READ_TABLE: files.table})
    except ValidationError as error:
        return None, mistakes + list(mistakes_of(error, data, places))
    if not mistakes:
        mistakes = [_placed(fault, places) for fault in fit_faults(scenario)]
    return (None if mistakes else scenario.with_places(places)), mistakes


def _placed(fault: Fault, places: Places) -> Mistake:
    place = place_of(fault.at, places)
    return at_place(place, fault.at, fault.found, fault.expected, fault.suggestion)
