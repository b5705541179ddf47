"""Hands NamedTuples of arrays to compiled code as one pointer each.

Numba passes a NamedTuple by value: with some fifty arrays that is hundreds of machine words at every call
between two compiled functions, which made each step about a hundred times slower. ``ByReference`` keeps a
table of addresses and shapes beside the arrays; in compiled code ``world.steps`` then reads that table and is
an ordinary array. With the JIT off the NamedTuple itself is used, so the kernel reads the same either way.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import config, types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.extending import (
    NativeValue,
    infer_getattr,
    lower_getattr_generic,
    register_model,
    typeof_impl,
    unbox,
)
from numba.core.typing.templates import AttributeTemplate
from numba.core.typing.typeof import typeof
from numba.np.arrayobj import make_array, populate_array

from sim.engine.plain_arrays import PlainArray, short_name

WORD_BYTES = 8


class ByReference:
    """A NamedTuple of arrays, ints and floats, as compiled code sees it: the address of a table of words.

    Array fields must be C-contiguous. The arrays are kept alive as long as this object is.
    """

    def __init__(self, fields: Any) -> None:
        self.fields = fields
        words: list[int] = []
        layout = tuple(
            (name, _type_in_table(value)) for name, value in zip(fields._fields, fields, strict=True)
        )
        self.numba_type = ByReferenceType(layout)
        for value in fields:
            words.extend(_words_of(value))
        self.table = np.array(words, np.int64)
        self.address = self.table.ctypes.data


def by_reference(fields: Any) -> Any:
    """What compiled functions take for a NamedTuple of arrays; the tuple itself when the JIT is off."""
    jit_is_off = config.DISABLE_JIT  # type: ignore[attr-defined]
    return fields if jit_is_off else ByReference(fields)


def _type_in_table(value: Any) -> types.Type:
    kind = typeof(value)
    return PlainArray(kind) if isinstance(kind, types.Array) else kind


def _words_of(value: Any) -> list[int]:
    if isinstance(value, np.ndarray):
        if not value.flags.c_contiguous:
            raise ValueError("arrays handed to compiled code must be C-contiguous")
        return [value.ctypes.data, *value.shape]
    if isinstance(value, float):
        return [int(np.array([value], np.float64).view(np.int64)[0])]
    return [int(value)]


class ByReferenceType(types.Type):
    """Numba's type of a ``ByReference``: the names and types of its fields, in order."""

    def __init__(self, layout: tuple[tuple[str, types.Type], ...]) -> None:
        self.layout = layout
        super().__init__(name=f"ByReference({short_name(layout)})")

    def place_of(self, wanted: str) -> tuple[int, types.Type]:
        """First word and type of a field."""
        word = 0
        for name, kind in self.layout:
            if name == wanted:
                return word, kind
            word += 1 + (kind.ndim if isinstance(kind, types.Array) else 0)
        raise KeyError(wanted)


@register_model(ByReferenceType)
class _Model(models.OpaqueModel):
    pass


@typeof_impl.register(ByReference)
def _type_of(value: ByReference, _context: Any) -> ByReferenceType:
    return value.numba_type


@unbox(ByReferenceType)
def _unbox(_kind: Any, obj: Any, c: Any) -> NativeValue:
    address = c.pyapi.object_getattr_string(obj, "address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(pointer, is_error=cgutils.is_not_null(c.builder, c.pyapi.err_occurred()))


@infer_getattr
class _Fields(AttributeTemplate):
    key = ByReferenceType

    def generic_resolve(self, kind: Any, name: str) -> Any:  # type: ignore[override]
        return dict(kind.layout).get(name)


@lower_getattr_generic(ByReferenceType)
def _field(context: Any, builder: Any, kind: ByReferenceType, pointer: Any, name: str) -> Any:
    first, field_type = kind.place_of(name)
    words = builder.bitcast(pointer, ir.IntType(64).as_pointer())

    def word(i: int) -> Any:
        loaded = builder.load(builder.gep(words, [ir.Constant(ir.IntType(32), first + i)]))
        # The table never changes; without this every store to an array makes the compiler read it again.
        loaded.set_metadata("invariant.load", builder.module.add_metadata([]))
        return loaded

    if isinstance(field_type, types.Array):
        return _array(context, builder, field_type, word)
    if isinstance(field_type, types.Float):
        return builder.bitcast(word(0), ir.DoubleType())
    return word(0)


def _array(context: Any, builder: Any, kind: types.Array, word: Any) -> Any:
    """An array over memory that somebody else owns: no reference is counted."""
    array = make_array(kind)(context, builder)
    data_type = context.get_data_type(kind.dtype)
    item_bytes = context.get_abi_sizeof(data_type)
    shape = [word(1 + axis) for axis in range(kind.ndim)]
    strides = [ir.Constant(ir.IntType(64), item_bytes)]
    for extent in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], extent))
    populate_array(
        array,
        data=builder.inttoptr(word(0), data_type.as_pointer()),
        shape=shape,
        strides=strides,
        itemsize=ir.Constant(ir.IntType(64), item_bytes),
        meminfo=None,
    )
    return array._getvalue()
