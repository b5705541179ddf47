"""Random numbers with addresses for many addresses at once: `sim.engine.addressed` on arrays, the same bits.

The rules E7, E8 and E10 of docs/engine-semantics.md.
"""

import numpy as np
from numpy.typing import NDArray

from sim.engine.addressed import ADDRESS_A, ADDRESS_B, ADDRESS_C, MODULUS
from sim.world.arrays import CELLS_PER_HALVING, HALVINGS, Floats

Keys = NDArray[np.uint64]


def mix_each(z: Keys) -> Keys:
    """The finaliser of SplitMix64 (E7); products are modulo 2^64."""
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def keys_within(replication: int, names: Keys) -> Keys:
    """Keys of names in the replication with this key (E8)."""
    return mix_each(names + np.uint64(replication))


def uniform_each(keys: Keys, first: int, second: int, purpose: int) -> Floats:
    """The uniform numbers in [0, 1) at one address under each key (E7)."""
    offset = (first * ADDRESS_A + second * ADDRESS_B + purpose * ADDRESS_C) % MODULUS
    return np.asarray((mix_each(keys + np.uint64(offset)) >> np.uint64(11)) * 2.0**-53)


def look_up_each(table: Floats, u: Floats) -> Floats:
    """The values of a quantile table at these probabilities (E10)."""
    fraction, exponent = np.frexp(1.0 - u)
    is_power = fraction == 0.5
    exceedance = np.where(is_power, 1.0, fraction)
    halving = np.where(is_power, 1, 0) - exponent
    x = (1.0 - exceedance) * (2 * CELLS_PER_HALVING)
    cell = np.floor(x).astype(np.int64)
    node = np.minimum(CELLS_PER_HALVING * halving + cell, len(table) - 2)
    values = table[node] + (table[node + 1] - table[node]) * (x - cell)
    return np.asarray(np.where(halving >= HALVINGS, table[-1], values))
