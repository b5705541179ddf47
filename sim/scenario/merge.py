"""How parts of a scenario are laid over each other.

Order of precedence, the later one wins: the file that is extended (deepest first), the file itself, the
patch of an alternative. Mappings merge key by key; lists and single values replace; `!replace` before a
mapping makes it replace too. A procedure's own steps are laid over those of its workflow in the same way."""

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
    workflow = procedure.entries.get("workflow")
    name = workflow.value if workflow is not None else None
    if not isinstance(name, str) or name not in workflows or "steps" not in workflows[name].entries:
        return procedure
    shared = workflows[name].entries["steps"]
    own = procedure.entries.get("steps")
    steps = Node(shared.value, procedure.place) if own is None else merge(shared, own)
    return Node({**procedure.entries, "steps": steps}, procedure.place)
