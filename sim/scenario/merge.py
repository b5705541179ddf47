"""How parts of a scenario are laid over each other.

Order of precedence, the later one wins: the file that is extended (deepest first), the file itself, the
patch of an alternative. Mappings merge key by key; lists and single values replace; `!replace` before a
mapping makes it replace too. A procedure's own steps are laid over those of its workflow in the same way, and
those of a version over those of its procedure, or of its own workflow."""

from typing import Final

from sim.scenario.tree import Node

NOT_INHERITED: Final = ("name", "title", "description", "extends")
"""Keys of a file that its extending file does not take over."""


def merge(base: Node, over: Node) -> Node:
    """`over` laid over `base`. Every value keeps the place where it was written."""
    if over.replaces or not isinstance(over.value, dict) or not isinstance(base.value, dict):
        return over
    merged = dict(base.value)
    for key, node in over.value.items():
        merged[key] = merge(merged[key], node) if key in merged else node
    return Node(merged, over.place, base.replaces)


def without(node: Node, *keys: str) -> Node:
    """A mapping without some of its keys."""
    return Node({key: part for key, part in node.entries.items() if key not in keys}, node.place)


def with_workflow_steps(tree: Node) -> Node:
    """A scenario in which every procedure with a workflow has the workflow's steps below its own."""
    workflows = tree.entries.get("workflows", Node({}, tree.place)).entries
    procedures = tree.entries.get("procedures")
    if procedures is None or not isinstance(procedures.value, dict):
        return tree
    expanded = {name: _with_steps(procedure, workflows) for name, procedure in procedures.value.items()}
    return Node({**tree.entries, "procedures": Node(expanded, procedures.place)}, tree.place)


def _with_steps(procedure: Node, workflows: dict[str, Node]) -> Node:
    whole = _over_workflow(procedure, workflows)
    versions = whole.entries.get("versions")
    if versions is None or not isinstance(versions.value, dict):
        return whole
    laid = {name: _version_over(whole, version, workflows) for name, version in versions.value.items()}
    return Node({**whole.entries, "versions": Node(laid, versions.place)}, whole.place)


def _over_workflow(owner: Node, workflows: dict[str, Node]) -> Node:
    workflow = owner.entries.get("workflow")
    name = workflow.value if workflow is not None else None
    if not isinstance(name, str) or name not in workflows or "steps" not in workflows[name].entries:
        return owner
    shared = workflows[name].entries["steps"]
    own = owner.entries.get("steps")
    steps = Node(shared.value, owner.place) if own is None else merge(shared, own)
    return Node({**owner.entries, "steps": steps}, owner.place)


def _version_over(procedure: Node, version: Node, workflows: dict[str, Node]) -> Node:
    """A version with what it takes over from its procedure, unless the procedure is abolished."""
    is_abolished = version.entries.get("abolished")
    if not isinstance(version.value, dict) or (is_abolished is not None and is_abolished.value is True):
        return version
    keys = ["deadline", "deadline_with", *(() if "workflow" in version.value else ("steps",))]
    taken = {key: procedure.entries[key] for key in keys if key in procedure.entries}
    whole = _over_workflow(version, workflows)
    return merge(Node(taken, version.place), whole)
