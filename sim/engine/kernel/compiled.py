"""How the kernel is compiled."""

from functools import partial

from numba import njit

# fastmath stays off: it would let the compiler reorder sums and change bits from machine to machine.
_njit = partial(njit, cache=True, nogil=True, fastmath=False, error_model="numpy")

# Unless it is said that a function is not inlined whatever its size, it is when an inlined one is the first
# to need it: what is then copied into what grows until compilation takes minutes.
compiled = _njit(forceinline=False)
# Into its callers, whatever its size: for what every event goes through. Each costs time of compilation.
inlined = _njit(forceinline=True)
