"""Random numbers at addresses, quantile tables and Poisson counts (E7-E12), with no library function.

Only additions, multiplications, divisions and shifts: the same bits come out on every machine.
"""

import math

import numpy as np

from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.fetching import fetch_early
from sim.world.arrays import CELLS_PER_HALVING, FOR_COUNT, HALVINGS

# Unsigned constants: in Numba an int64 beside a uint64 would turn both into floats.
ZERO, ONE = np.uint64(0), np.uint64(1)
SHIFT_30, SHIFT_27, SHIFT_31, SHIFT_11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
MIX_1, MIX_2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
ADDRESS_A = np.uint64(0x9E3779B97F4A7C15)
ADDRESS_B = np.uint64(0xD1B54A32D192ED03)
ADDRESS_C = np.uint64(0x8CB92BA72F3D8DD7)
TWO_TO_MINUS_53 = 2.0**-53
EXPONENT_SHIFT, EXPONENT_BIAS = 52, 1023
LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 0.693147180369123816490, 1.90821492927058770002e-10
FAR_ABOVE_ROUNDING = 1e-9
# A mean of 500 keeps exp(-mean) far from underflow.
LARGEST_POISSON_PART = 500.0


@inlined
def mix64(z):
    """Finaliser of SplitMix64 (Steele, Lea, Flood 2014)."""
    z = (z ^ (z >> SHIFT_30)) * MIX_1
    z = (z ^ (z >> SHIFT_27)) * MIX_2
    return z ^ (z >> SHIFT_31)


@inlined
def uniform(key, a, b, purpose):
    """The random number in [0, 1) that stands at an address."""
    z = mix64(key + a * ADDRESS_A + b * ADDRESS_B + np.uint64(purpose) * ADDRESS_C)
    return np.float64(z >> SHIFT_11) * TWO_TO_MINUS_53


@inlined
def cell_of_table(u):
    """Number of the cell of a quantile table that u lies in, and how far into it (E10)."""
    v = np.float64(1.0 - u)
    # v lies above 2^-(halving + 1) and not above 2^-halving: read off its exponent, one place below it.
    halving = EXPONENT_BIAS - 1 - ((v.view(np.int64) - 1) >> EXPONENT_SHIFT)
    if halving >= HALVINGS:
        return CELLS_PER_HALVING * HALVINGS, 0.0
    v *= np.int64((halving + EXPONENT_BIAS) << EXPONENT_SHIFT).view(np.float64)
    x = (1.0 - v) * (2.0 * CELLS_PER_HALVING)
    cell = int(x)
    return CELLS_PER_HALVING * halving + cell, x - cell


@inlined
def quantile(tables, table, u):
    """Value of a quantile table at u (E10)."""
    node, part = cell_of_table(u)
    low = tables[table, node]
    if node == CELLS_PER_HALVING * HALVINGS:
        return low
    return low + (tables[table, node + 1] - low) * part


@inlined
def fetch_quantile(tables, table, u):
    """Asks early for what a quantile is read from."""
    node, _part = cell_of_table(u)
    fetch_early(tables[table], node)


@inlined
def whole(x):
    """A float of milliseconds as an integer (E11)."""
    return np.int64(math.floor(x + 0.5))


@compiled
def exp_minus(m):
    """exp(-m) for m >= 0 by range reduction and a Taylor sum, the same bits everywhere."""
    k = math.floor(m * LOG2_E + 0.5)
    r = m - k * LN2_HIGH - k * LN2_LOW
    s = 1.0
    for i in range(17, 0, -1):
        s = 1.0 - (r * s) / i
    return math.ldexp(s, -int(k))


@compiled
def poisson_quantile(mean, u):
    """Smallest k whose Poisson distribution function exceeds u (E12)."""
    # exp(-m) is at least this sum of its series; most streams file nothing on most days: soon said.
    if u < 1.0 - mean * (1.0 - mean * (0.5 - mean / 6.0)) - FAR_ABOVE_ROUNDING:
        return 0
    # Any exp will do, whatever the machine, unless u is so near a step that its rounding could matter.
    k, from_step = poisson_steps(mean, u, math.exp(-mean))
    return k if from_step > FAR_ABOVE_ROUNDING else poisson_steps(mean, u, exp_minus(mean))[0]


@compiled
def poisson_steps(mean, u, p):
    """Smallest k whose distribution function exceeds u, from p = exp(-mean); how far u is from its steps."""
    below, c, k = -1.0, p, 0
    while u >= c and (p > 0.0 or k < mean):
        k += 1
        p *= mean / k
        below = c
        c += p
    return k, min(c - u, u - below)


@compiled
def poisson_count(mean, key, day_number):
    """Count of a stream on a day, in parts when the mean is large (E12)."""
    if mean <= LARGEST_POISSON_PART:
        return poisson_quantile(mean, uniform(key, np.uint64(day_number), ZERO, FOR_COUNT))
    parts = math.ceil(mean / LARGEST_POISSON_PART)
    count = 0
    for part in range(parts):
        u = uniform(key, np.uint64(day_number), np.uint64(part), FOR_COUNT)
        count += poisson_quantile(mean / parts, u)
    return count
