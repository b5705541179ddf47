"""Where and when a storm reaches a place: a disc that moves in straight pieces over the map."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sim.scenario.schema import TrackPoint
from sim.world.arrays import Floats
from sim.world.distance import EARTH_RADIUS_KM

MS_PER_SECOND = 1000


@dataclass(frozen=True)
class Reached:
    """How a storm reaches some places; arrays of shape (places,)."""

    after_ms: Floats  # from the first point of the track until the edge is there, inf = never
    nearest: Floats  # least distance to the middle of the storm / its radius at that moment


def reached(track: tuple[TrackPoint, ...], latitude: Floats, longitude: Floats) -> Reached:
    """When a storm on a track first reaches places, and how near it comes.

    Around each place the map is taken as flat (equirectangular), which is right to a few tenths of a percent
    for the distances of storms in the tropics; so the distance on each piece is a square root of a parabola.
    """
    after_ms = np.full(len(latitude), np.inf)
    nearest = np.full(len(latitude), np.inf)
    for start, end in pairwise(track):
        begins_ms = (start.at - track[0].at).total_seconds() * MS_PER_SECOND
        lasts_ms = (end.at - start.at).total_seconds() * MS_PER_SECOND
        piece = _Piece(start, end, latitude, longitude)
        after_ms = np.minimum(after_ms, begins_ms + piece.first_inside() * lasts_ms)
        nearest = np.minimum(nearest, piece.nearest_in_radii())
    return Reached(after_ms, nearest)


class _Piece:
    """One piece of a track, seen from each place: at s from 0 to 1 the squared distance is a s^2 + b s + c
    and the radius is r + g s."""

    def __init__(self, start: TrackPoint, end: TrackPoint, latitude: Floats, longitude: Floats) -> None:
        km_north = np.radians(1.0) * EARTH_RADIUS_KM
        km_east = km_north * np.cos(np.radians(latitude))
        x, y = (start.longitude - longitude) * km_east, (start.latitude - latitude) * km_north
        dx, dy = (end.longitude - start.longitude) * km_east, (end.latitude - start.latitude) * km_north
        self.a, self.b, self.c = dx * dx + dy * dy, 2 * (x * dx + y * dy), x * x + y * y
        self.r, self.g = start.radius_km, end.radius_km - start.radius_km

    def first_inside(self) -> Floats:
        """The least s at which the place is inside the disc; inf where there is none."""
        a, b, c = self.a - self.g**2, self.b - 2 * self.r * self.g, self.c - self.r**2
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            root = np.sqrt(b * b - 4 * a * c)
            ways_in = [(-b - root) / (2 * a), (-b + root) / (2 * a), -c / b]
        first = np.where(c <= 0, 0.0, np.inf)
        for s in ways_in:
            fits = (s >= 0) & (s <= 1) & self._is_inside(np.clip(np.nan_to_num(s), 0.0, 1.0))
            first = np.where(fits, np.minimum(first, s), first)
        return np.asarray(first)

    def _is_inside(self, s: Floats) -> Floats:
        distance, radius = np.sqrt(self._squared(s)), self.r + self.g * s
        return np.asarray(distance <= radius * (1 + 1e-9) + 1e-9)

    def _squared(self, s: Floats) -> Floats:
        return np.asarray(np.maximum(self.a * s * s + self.b * s + self.c, 0.0))

    def nearest_in_radii(self) -> Floats:
        """Least distance / radius on the piece: at an end, or where the ratio has no slope."""
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            flat = (2 * self.g * self.c - self.b * self.r) / (2 * self.a * self.r - self.b * self.g)
        inside = np.clip(np.nan_to_num(flat), 0.0, 1.0)
        moments = (np.zeros_like(self.c), inside, np.ones_like(self.c))
        return np.asarray(np.minimum.reduce([self._ratio(s) for s in moments]))

    def _ratio(self, s: Floats) -> Floats:
        radius = self.r + self.g * s
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return np.asarray(np.where(radius > 0, np.sqrt(self._squared(s)) / radius, np.inf))
