"""Random numbers with addresses, in plain Python: each is a pure function of what it is for.

The rules E7-E12 of docs/engine-semantics.md, written with Python integers and floats only. The compiled
kernel has its own; tests hold both to the same bits. The generator is the finaliser of SplitMix64 (Steele,
Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
"""

import math
from collections.abc import Sequence
from hashlib import blake2b

from sim.world.arrays import CELLS_PER_HALVING, HALVINGS

MODULUS = 1 << 64
ADDRESS_A = 0x9E3779B97F4A7C15
ADDRESS_B = 0xD1B54A32D192ED03
ADDRESS_C = 0x8CB92BA72F3D8DD7

# ln 2 in two parts, so that m - k ln 2 keeps its last digits (Cody and Waite 1980).
LOG2_E = 1.4426950408889634
LN2_HIGH = 0.693147180369123816490
LN2_LOW = 1.90821492927058770002e-10
TAYLOR_TERMS = 17

LARGEST_POISSON_MEAN = 500
"""Larger means are drawn in equal parts, so that exp(-mean) stays far from the smallest float."""


def mix64(z: int) -> int:
    """The finaliser of SplitMix64: a 64-bit number into another, one to one (E7)."""
    z %= MODULUS
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % MODULUS
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % MODULUS
    return z ^ (z >> 31)


def uniform(key: int, first: int, second: int, purpose: int) -> float:
    """The uniform number in [0, 1) at an address (E7)."""
    mixed = mix64(key + first * ADDRESS_A + second * ADDRESS_B + purpose * ADDRESS_C)
    return (mixed >> 11) * 2.0**-53


def name_key(text: str) -> int:
    """Key of a name: the first 8 bytes of BLAKE2b of its UTF-8 text, little endian (E8)."""
    return int.from_bytes(blake2b(text.encode("utf-8")).digest()[:8], "little")


def replication_key(seed: int, replication: int) -> int:
    """Key of one replication of a seed (E8)."""
    return mix64(mix64(seed) + (replication + 1) * ADDRESS_A)


def key_within(replication: int, name: int) -> int:
    """Key of a stream or of a site in the replication with this key (E8)."""
    return mix64(replication + name)


def filing_key(stream: int, day: int, index: int) -> int:
    """Key of a filing of the stream with this key; index from 0, day -1 = inherited (E9)."""
    return mix64(stream + (day + 1) * ADDRESS_A + (index + 1) * ADDRESS_B)


def look_up(table: Sequence[float], u: float) -> float:
    """The value of a quantile table at a probability (E10)."""
    exceedance, halving = 1.0 - u, 0
    while exceedance <= 0.5 and halving < HALVINGS:
        exceedance *= 2.0
        halving += 1
    if halving == HALVINGS:
        return table[CELLS_PER_HALVING * HALVINGS]
    x = (1.0 - exceedance) * (2 * CELLS_PER_HALVING)
    node = CELLS_PER_HALVING * halving + math.floor(x)
    return table[node] + (table[node + 1] - table[node]) * (x - math.floor(x))


def rounded(duration_ms: float) -> int:
    """A drawn duration in whole milliseconds (E11)."""
    return math.floor(duration_ms + 0.5)


def exp_minus(m: float) -> float:
    """exp(-m) for m >= 0, by a fixed sequence of operations, so that every machine gives the same bits."""
    k = math.floor(m * LOG2_E + 0.5)
    r = m - k * LN2_HIGH - k * LN2_LOW
    series = 1.0
    for i in range(TAYLOR_TERMS, 0, -1):
        series = 1.0 - (r * series) / i
    return math.ldexp(series, -k)


def poisson_quantile(mean: float, u: float) -> int:
    """The smallest count whose cumulative Poisson probability exceeds u (E12), for means up to 500."""
    probability = cumulative = exp_minus(mean)
    count = 0
    while u >= cumulative and (probability > 0 or count < mean):
        count += 1
        probability *= mean / count
        cumulative += probability
    return count


def poisson_count(mean: float, key: int, first: int, purpose: int) -> int:
    """A Poisson count of any mean: the sum of draws of equal parts, each at its own address (E12)."""
    parts = math.ceil(mean / LARGEST_POISSON_MEAN)
    return sum(poisson_quantile(mean / parts, uniform(key, first, part, purpose)) for part in range(parts))
