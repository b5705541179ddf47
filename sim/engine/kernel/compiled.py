"""How the kernel is compiled."""

from numba import njit

# fastmath stays off: it would let the compiler reorder sums and change bits from machine to machine.
compiled = njit(cache=True, nogil=True, fastmath=False, error_model="numpy")
