"""The ways of mobile teams, as they are recorded."""

from dataclasses import dataclass

from sim.world.hours import Hours


@dataclass
class TeamTrip:
    """One way of a team; `to` is its base when it drives home.

    A team may be sent elsewhere on its way home: the way ends there, short of `to`, and the next one begins
    on the road.
    """

    team: str
    base: int
    number: int
    start: int
    to: int
    left_ms: int
    arrived_ms: int
    km: float
    worked_ms: int = 0  # working time on site after this way, until its last ticket is solved
    turned: bool = False

    def share_driven(self, hours: Hours, now_ms: int) -> float:
        """The share of its driving time that is over."""
        whole_ms = hours.between(self.left_ms, self.arrived_ms)
        return hours.between(self.left_ms, now_ms) / whole_ms if whole_ms else 1.0

    def turn(self, share: float, now_ms: int) -> None:
        """The way ends now, after a share of it."""
        self.turned, self.km, self.arrived_ms = True, share * self.km, now_ms
