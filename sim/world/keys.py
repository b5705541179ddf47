"""Keys of names: the addresses of random numbers that belong to something with a name (E8)."""

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def name_key(text: str) -> int:
    """First 8 bytes, little endian, of the BLAKE2b digest of a text."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8")).digest()[:8], "little")


def name_keys(texts: Iterable[str]) -> NDArray[np.uint64]:
    """Keys of several names."""
    return np.array([name_key(text) for text in texts], dtype=np.uint64)
