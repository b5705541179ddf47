"""Where dossiers go in the naive engine: who does a step, what is done instead of it (E18, E44, E49)."""

from sim.engine.reference_dossier import Dossier, Row
from sim.world.arrays import WORK, Ints, World


class Places:
    """Pools, desks and routes; control may change the last two."""

    def __init__(self, world: World) -> None:
        self.in_person = world.channel_in_person.tolist()
        self.pool_of: list[list[int]] = world.pool_of.tolist()
        self.pool_site: list[int] = world.pools["site"].tolist()
        self.site_at_level: list[list[int]] = world.site_at_level.tolist()
        self.seat_of: list[int] = world.seat_of.tolist()
        self.desk_of: list[int] = world.desk_of.tolist()
        self.travel_m: list[int] = world.travel_m.tolist()
        self.route_row: list[int] = world.route_row.tolist()
        self.routes: list[list[int]] = world.routes.tolist()

    def set_routes(self, row: int, steps: Ints, to: Ints) -> None:
        """From now on other steps are done instead of these, in this row of the routes (E44)."""
        for step, instead in zip(steps.tolist(), to.tolist(), strict=True):
            self.routes[row][step] = instead

    def set_desks(self, sites: Ints, desks: Ints, travel_m: Ints) -> None:
        """From now on citizens of these sites go to these desks, so far there and back (E49)."""
        for site, desk, metres in zip(sites.tolist(), desks.tolist(), travel_m.tolist(), strict=True):
            self.desk_of[site], self.travel_m[site] = desk, metres

    def instead(self, home: int, step: int) -> int:
        """The step that is done instead of this one for a citizen of this site now (E44)."""
        return self.routes[self.route_row[home]][step] if self.routes else step

    def desk_and_travel(self, home: int, channel: int) -> tuple[int, int]:
        """Where a citizen hands in a dossier on this channel now, and how far that is (E49)."""
        if self.in_person[channel]:
            return self.desk_of[home], self.travel_m[home]
        return self.seat_of[home], 0

    def pool_at_or_above(self, home: int, level: int, role: int) -> int:
        """The pool of this role for citizens of this site at this level; it may stand at another site."""
        return self.pool_of[self.site_at_level[home][level]][role]

    def pool_for(self, step: Row, dossier: Dossier) -> int:
        """The pool that does a step of kind WORK of this dossier (E18)."""
        at_desk = self.pool_of[dossier.desk][step.role] if step.at_desk else -1
        return at_desk if at_desk >= 0 else self.pool_at_or_above(dossier.home, step.level, step.role)

    def site_of(self, step: Row, dossier: Dossier) -> int:
        """Where a step of this dossier is done; what needs no pool is done where it is (E18, E22, E45)."""
        return self.pool_site[self.pool_for(step, dossier)] if step.kind == WORK else dossier.site
