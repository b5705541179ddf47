"""Functions of one's own: which of them a scenario uses, what they are, and whether workers can have them."""

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from hashlib import blake2b
from types import CodeType
from typing import Any

from sim.control.extensions import Extensions
from sim.scenario.schema.scenario import Scenario

PLAIN = (bool, int, float, complex, str, bytes, type(None))


def used_by(scenario: Scenario, extensions: Extensions) -> Extensions:
    """Those that a scenario names."""
    rules = {team.dispatch for team in scenario.support.teams.values()}
    return extensions.only(rules, {each.function_for(name) for name, each in scenario.processes.items()})


def fingerprints(extensions: Extensions) -> dict[str, str]:
    """A hash of each function, by what it is and its name: `dispatch.NAME`, `processes.NAME`."""
    return {name: fingerprint(function) for name, function in extensions.functions.items()}


def fingerprint(function: Callable[..., Any]) -> str:
    """Hash of the source of a function, and of what it refers to as far as that is its own.

    Its own are defaults, values from around it, constants of its module and other functions there.
    """
    digest = blake2b(digest_size=16)
    for part in _parts(function, set()):
        digest.update(part.encode("utf-8") + b"\0")
    return digest.hexdigest()


def _parts(function: Callable[..., Any], seen: set[int]) -> Iterator[str]:
    if id(function) in seen:
        return
    seen.add(id(function))
    yield _source(function)
    around = inspect.getclosurevars(function)
    named = {**around.globals, **around.nonlocals}
    named |= {
        parameter.name: parameter.default
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is not parameter.empty
    }
    for name, value in sorted(named.items()):
        yield name
        yield from _value(value, function.__module__, seen)


def _value(value: Any, module: str, seen: set[int]) -> Iterator[str]:
    """What a value is; of things from elsewhere the name only."""
    if inspect.isfunction(value) and value.__module__ == module:
        yield from _parts(value, seen)
    elif isinstance(value, PLAIN):
        yield repr(value)
    elif isinstance(value, tuple | list):
        yield type(value).__name__
        for each in value:
            yield from _value(each, module, seen)
    elif isinstance(value, Mapping):
        yield from _value(list(value.items()), module, seen)
    elif isinstance(value, set | frozenset):
        yield repr(sorted(value, key=repr))
    elif hasattr(value, "tobytes"):
        yield value.tobytes().hex()
    else:
        yield str(getattr(value, "__qualname__", getattr(value, "__name__", type(value).__qualname__)))


def _source(function: Callable[..., Any]) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        # Typed at a prompt that keeps no source.
        return "".join(_code(function.__code__))


def _code(code: CodeType) -> Iterator[str]:
    yield code.co_code.hex()
    yield repr(code.co_names)
    for constant in code.co_consts:
        yield from _code(constant) if isinstance(constant, CodeType) else (repr(constant),)


def can_travel(extensions: Extensions) -> bool:
    """Whether a process that is started afresh finds all functions by the names of their modules.

    It does not find those of a notebook, a prompt or the script that is run, nor those inside of others.
    """
    return all(_is_found(function) for function in extensions.functions.values())


def _is_found(function: Callable[..., Any]) -> bool:
    module = sys.modules.get(function.__module__)
    return function.__module__ != "__main__" and getattr(module, function.__qualname__, None) is function
