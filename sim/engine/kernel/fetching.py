"""Memory that will be needed soon is asked for early, so that nobody waits for it (no rule depends on it).

A nation does not fit in the caches of a processor: each look at a dossier would be a wait of some 100 ns.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic, overload

from sim.world.arrays import CACHE_LINE_BYTES

ALIGNED_BYTES = 16


def fetch_early(array, index):
    """Asks for the element or row of an array; it changes nothing, and does nothing with the JIT off."""


def fetch_first_line(array, index):
    """The same for the first cache line of the element only."""


@overload(fetch_early)
def _fetch_early(array, index):
    def fetch(array, index):
        _fetch(array, index)  # type: ignore[call-arg]

    return fetch


@overload(fetch_first_line)
def _fetch_first_line(array, index):
    def fetch(array, index):
        _fetch_first(array, index)  # type: ignore[call-arg]

    return fetch


@intrinsic
def _fetch(_typing: Any, array: Any, index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        offsets = _offsets(context, signature.args[0])
        return _fetch_lines(context, builder, signature.args, arguments, offsets)

    return types.void(array, index), generate


@intrinsic
def _fetch_first(_typing: Any, array: Any, index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _fetch_lines(context, builder, signature.args, arguments, [0])

    return types.void(array, index), generate


def _fetch_lines(context: Any, builder: Any, kinds: Any, arguments: Any, offsets: list[int]) -> Any:
    """Asks for lines of an element, so many bytes from its beginning."""
    array_type, index_type = kinds
    view = context.make_array(array_type)(context, builder, arguments[0])
    place = context.cast(builder, arguments[1], index_type, types.intp)
    stride = cgutils.unpack_tuple(builder, view.strides, array_type.ndim)[0]
    first = builder.add(builder.ptrtoint(view.data, ir.IntType(64)), builder.mul(place, stride))
    for offset in offsets:
        _fetch_line(builder, builder.add(first, ir.Constant(ir.IntType(64), offset)))
    return context.get_dummy_value()


def _offsets(context: Any, array_type: Any) -> list[int]:
    """Bytes of an element, or of the beginning of a row, by which all its cache lines are touched."""
    if array_type.ndim > 1:
        return [0]
    size = context.get_abi_sizeof(context.get_data_type(array_type.dtype))
    lines = [*range(0, size, CACHE_LINE_BYTES)]
    # What fills whole lines begins with one, and what is as small as memory is aligned lies in one.
    in_lines = size % CACHE_LINE_BYTES == 0 or (size <= ALIGNED_BYTES and ALIGNED_BYTES % size == 0)
    return lines if in_lines else [*lines, size - 1]


def _fetch_line(builder: Any, address: Any) -> None:
    byte_pointer, word = ir.IntType(8).as_pointer(), ir.IntType(32)
    kind = ir.FunctionType(ir.VoidType(), [byte_pointer, word, word, word])
    function = cgutils.get_or_insert_function(builder.module, kind, "llvm.prefetch.p0")
    to_write, keep_it, data = ir.Constant(word, 1), ir.Constant(word, 3), ir.Constant(word, 1)
    builder.call(function, [builder.inttoptr(address, byte_pointer), to_write, keep_it, data])
