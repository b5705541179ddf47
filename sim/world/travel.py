"""How far citizens travel to a counter."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from sim.world.distance import great_circle_km
from sim.world.sites import Sites

METRES_PER_KM = 1000
MEAN_WAY_IN_DISC = 2 / 3
"""Mean distance of the points of a disc from its centre / radius: the integral of r * 2r dr from 0 to 1."""


def mean_way_inside_km(area_km2: ArrayLike) -> NDArray[np.float64]:
    """Mean great-circle distance from the inhabitants of an area to its middle, the area taken as a disc."""
    return np.asarray(MEAN_WAY_IN_DISC * np.sqrt(np.asarray(area_km2, dtype=np.float64) / math.pi))


class Ways:
    """The ways of the citizens of every site to other sites, there and back."""

    def __init__(self, sites: Sites) -> None:
        self._latitude = np.array([site.latitude for site in sites.all], dtype=np.float64)
        self._longitude = np.array([site.longitude for site in sites.all], dtype=np.float64)
        self._inside_km = mean_way_inside_km([site.area_km2 for site in sites.all])
        self._detour = np.array([site.detour_factor for site in sites.all], dtype=np.float64)

    def metres(self, home: ArrayLike, to: ArrayLike) -> NDArray[np.int32]:
        """There and back, metres; the two arguments, numbers of sites, broadcast like NumPy arrays.

        People set out from all over their home: the way leads over its middle, and is longer than the great
        circle by the detour factor of their commune.
        """
        start, end = np.asarray(home), np.asarray(to)
        between_km = great_circle_km(
            self._latitude[start], self._longitude[start], self._latitude[end], self._longitude[end]
        )
        one_way_km = self._detour[start] * (self._inside_km[start] + between_km)
        metres: NDArray[np.int32] = np.rint(2 * METRES_PER_KM * one_way_km).astype(np.int32)
        return metres
