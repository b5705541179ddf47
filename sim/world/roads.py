"""Ways by road between sites: a planner's table, or the great circle times a detour factor."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sim.world.arrays import MS_PER_HOUR, MS_PER_MINUTE, Floats
from sim.world.distance import great_circle_km


class Way(NamedTuple):
    """A way of the planner's table; without minutes its time follows from speed."""

    km: float
    minutes: float | None


class Spot(NamedTuple):
    """A place on the road: a share of the way from one site to another, both of which may be the same."""

    start: int
    end: int
    share: float

    @property
    def weights(self) -> Iterator[tuple[int, float]]:
        """How much each end counts for what lies between them."""
        return ((site, part) for site, part in ((self.start, 1 - self.share), (self.end, self.share)) if part)


@dataclass(frozen=True)
class Roads:
    """The ways of whoever drives from site to site.

    Where the table has no way, half of it has the detour factor and the speed of each end: these are the
    factors of `territory.travel`, which depend on labels. A way holds in both directions unless the table
    has the other one too.
    """

    latitude: Floats  # [sites]
    longitude: Floats  # [sites]
    detour_factor: Floats  # [sites]
    speed_kmh: Floats  # [sites]
    table: Mapping[tuple[int, int], Way]

    def km(self, start: int, end: int) -> float:
        """Length of the way from one site to another, km."""
        way = self._written(start, end)
        return self._assumed_km(start, end) if way is None else way.km

    def km_from(self, spot: Spot, end: int) -> float:
        """Length of the way to a site from a place on the road, km.

        Linear between the two ends of the road: right at both, and never shorter than the straight line.
        """
        return sum(part * self.km(site, end) for site, part in spot.weights)

    def travel_ms_from(self, spot: Spot, end: int, speed_kmh: float | None = None) -> int:
        """Time on the way from a place on the road, ms."""
        return round(sum(part * self.travel_ms(site, end, speed_kmh) for site, part in spot.weights))

    def travel_ms(self, start: int, end: int, speed_kmh: float | None = None) -> int:
        """Time on the way, ms; at one speed, or at those of the two ends."""
        way = self._written(start, end)
        if way is not None and way.minutes is not None:
            return round(way.minutes * MS_PER_MINUTE)
        speeds = (speed_kmh,) * 2 if speed_kmh is not None else self.speed_kmh[[start, end]].tolist()
        half_km = self.km(start, end) / 2
        return round(sum(half_km / speed for speed in speeds) * MS_PER_HOUR)

    def _written(self, start: int, end: int) -> Way | None:
        return self.table.get((start, end)) or self.table.get((end, start))

    def _assumed_km(self, start: int, end: int) -> float:
        straight = great_circle_km(
            self.latitude[start], self.longitude[start], self.latitude[end], self.longitude[end]
        )
        return float(straight) * float(self.detour_factor[[start, end]].mean())
