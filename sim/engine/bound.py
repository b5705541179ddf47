"""Compiled functions bound to kinds of arguments: what is called a hundred thousand times a run.

Numba finds out the kinds of the arguments at every call; of a ``ByReference`` it does not know them without
asking Python, which takes longer than many of the calls themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from numba import config
from numba.core.typing.typeof import typeof


def bound(function: Any, *examples: Any) -> Callable[..., Any]:
    """The machine code of a compiled function for arguments of the kinds of these; others it must not get.

    The function itself when the JIT is off.
    """
    jit_is_off = config.DISABLE_JIT  # type: ignore[attr-defined]
    if jit_is_off:
        result: Callable[..., Any] = function
        return result
    kinds = tuple(map(typeof, examples))
    function.compile(kinds)
    entry: Callable[..., Any] = function.overloads[kinds].entry_point
    return entry
