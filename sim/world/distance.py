"""Distances on the globe, in kilometres, for points given in degrees."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

EARTH_RADIUS_KM = 6371.0088
"""Mean radius (IUGG); on the sphere distances are right to about 0.5 %."""


def great_circle_km(
    latitude: ArrayLike, longitude: ArrayLike, other_latitude: ArrayLike, other_longitude: ArrayLike
) -> NDArray[np.float64]:
    """Great-circle distance by the haversine formula; the four arguments broadcast like NumPy arrays."""
    lat, lon, other_lat, other_lon = (
        np.radians(np.asarray(degrees, dtype=np.float64))
        for degrees in (latitude, longitude, other_latitude, other_longitude)
    )
    half_chord_squared = (
        np.sin((other_lat - lat) / 2) ** 2
        + np.cos(lat) * np.cos(other_lat) * np.sin((other_lon - lon) / 2) ** 2
    )
    # Rounding can lift the value of antipodes above 1.
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(half_chord_squared, 1.0))))


def distance_matrix_km(latitudes: ArrayLike, longitudes: ArrayLike) -> NDArray[np.float64]:
    """Distances between all pairs of points, shape (n, n)."""
    lat, lon = np.atleast_1d(latitudes), np.atleast_1d(longitudes)
    return great_circle_km(lat[:, np.newaxis], lon[:, np.newaxis], lat, lon)
