"""How the kernel is compiled."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from numba import config, njit, types
from numba.extending import intrinsic

# fastmath stays off: it would let the compiler reorder sums and change bits from machine to machine.
_njit = partial(njit, cache=True, nogil=True, fastmath=False, error_model="numpy")

compiled = _njit(forceinline=False)
# Into its callers, whatever its size: for what every event goes through. Each costs time of compilation.
inlined = _njit(forceinline=True)


@intrinsic
def _stay_apart(_typing: Any) -> Any:
    def generate(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        builder.function.attributes.add("noinline")
        return context.get_dummy_value()

    return types.void(), generate


def _nothing() -> None:
    """With the JIT off."""


# Called first in a compiled function that is never copied into its callers. Left alone the compiler copies
# what is called from many places into all of them, with all that it calls, until it takes minutes.
stay_apart: Callable[[], None] = _nothing if config.DISABLE_JIT else _stay_apart  # type: ignore
