"""What the interval of a difference shows."""

from __future__ import annotations

import numpy as np

LOWER, HIGHER, SAME, UNDECIDED = "lower", "higher", "same", "undecided"


def verdict(low: float, high: float, differences: np.ndarray) -> str:
    """Nothing is shown while the interval holds 0 or there is none; the same is what never differs."""
    if len(differences) and not differences.any():
        return SAME
    if low > 0:
        return HIGHER
    return LOWER if high < 0 else UNDECIDED
