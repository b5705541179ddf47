"""Records that fill whole cache lines (docs/design.md V)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

CACHE_LINE_BYTES = 64
Field = tuple[str, str] | tuple[str, str, tuple[int, ...]]


def on_whole_lines(fields: Sequence[Field]) -> np.dtype[np.void]:
    """A record that fills whole cache lines: one that is read seldom is fetched from memory line by line."""
    packed = np.dtype(list(fields), align=True)
    at: Mapping[str, Any] = packed.fields or {}
    return np.dtype(
        {
            "names": list(at),
            "formats": [kind for kind, *_offset in at.values()],
            "offsets": [offset for _kind, offset, *_title in at.values()],
            "itemsize": -(-packed.itemsize // CACHE_LINE_BYTES) * CACHE_LINE_BYTES,
        },
        align=True,
    )
