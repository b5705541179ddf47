"""Arrays that begin on a cache line."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import DTypeLike

from sim.world.cache_lines import CACHE_LINE_BYTES


def zeros(shape: int | tuple[int, ...], kind: DTypeLike) -> np.ndarray:
    """An array of zeros that begins on a cache line: so does each row that fills whole ones."""
    size = math.prod(np.atleast_1d(shape).tolist()) * np.dtype(kind).itemsize
    room = np.zeros(size + CACHE_LINE_BYTES, np.uint8)
    first = -room.ctypes.data % CACHE_LINE_BYTES
    return room[first : first + size].view(kind).reshape(shape)


def longer(array: np.ndarray, length: int) -> np.ndarray:
    """A copy of the array with zeros behind it."""
    result = zeros((length, *array.shape[1:]), array.dtype)
    result[: len(array)] = array
    return result


def on_cache_lines(array: np.ndarray) -> np.ndarray:
    """A copy of the array that begins on a cache line."""
    result = zeros(array.shape, array.dtype)
    result[:] = array
    return result
