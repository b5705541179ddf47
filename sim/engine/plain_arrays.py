"""Arrays of compiled code whose indices are never negative.

NumPy and Numba count a negative index from the end. The kernel never means that, and looking at the sign of
each index cost a tenth of the time of a step. In a ``PlainArray`` an index is taken as it is. With the JIT
off the arrays are ordinary ones, and a test looks there for negative indices.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.extending import lower_builtin, register_model
from numba.core.typing.templates import signature
from numba.np import arrayobj


def short_name(kind: object) -> str:
    """A name that only kinds which print the same have.

    Numba puts the names of the kinds of all arguments into the name of every function; written out, those of
    world and state have some twenty thousand characters.
    """
    return blake2b(str(kind).encode("utf-8"), digest_size=16).hexdigest()


class PlainArray(types.Array):
    """Numba's type of an array of the world, the state or the tally; its slices are ordinary arrays."""

    def __init__(self, kind: types.Array) -> None:
        name = f"plain {short_name(kind)}"
        super().__init__(kind.dtype, kind.ndim, kind.layout, name=name, aligned=kind.aligned)


register_model(PlainArray)(models.ArrayModel)


def _as_it_is(context: Any, builder: Any, kind: Any, index: Any) -> tuple[Any, Any]:
    """Type and value of an index, unsigned if it is made of integers."""
    if isinstance(kind, types.Integer):
        return types.uintp, context.cast(builder, index, kind, types.uintp)
    if isinstance(kind, types.BaseTuple) and all(isinstance(each, types.Integer) for each in _kinds(kind)):
        return _all_as_they_are(context, builder, _kinds(kind), index)
    return kind, index


def _kinds(kind: Any) -> Sequence[Any]:
    return tuple(kind)


def _all_as_they_are(context: Any, builder: Any, kinds: Sequence[Any], index: Any) -> tuple[Any, Any]:
    """The same for a tuple of integers."""
    parts = cgutils.unpack_tuple(builder, index, len(kinds))
    plain = [context.cast(builder, part, kind, types.uintp) for part, kind in zip(parts, kinds, strict=True)]
    wanted = types.UniTuple(types.uintp, len(plain))
    return wanted, context.make_tuple(builder, wanted, plain)


@lower_builtin(operator.getitem, PlainArray, types.Integer)
def _get_by_integer(context: Any, builder: Any, asked: Any, arguments: Any) -> Any:
    kind, index = _as_it_is(context, builder, asked.args[1], arguments[1])
    plain = signature(asked.return_type, asked.args[0], kind)
    return arrayobj.getitem_arraynd_intp(context, builder, plain, (arguments[0], index))


@lower_builtin(operator.getitem, PlainArray, types.BaseTuple)
def _get_by_tuple(context: Any, builder: Any, asked: Any, arguments: Any) -> Any:
    kind, index = _as_it_is(context, builder, asked.args[1], arguments[1])
    plain = signature(asked.return_type, asked.args[0], kind)
    return arrayobj.getitem_array_tuple(context, builder, plain, (arguments[0], index))


@lower_builtin(operator.setitem, PlainArray, types.Any, types.Any)
def _set(context: Any, builder: Any, asked: Any, arguments: Any) -> Any:
    kind, index = _as_it_is(context, builder, asked.args[1], arguments[1])
    plain = signature(asked.return_type, asked.args[0], kind, asked.args[2])
    return arrayobj.setitem_array(context, builder, plain, (arguments[0], index, arguments[2]))
