"""How dossiers get from site to site in the naive engine: couriers, transfers and outboxes (E19)."""

from collections.abc import Sequence
from typing import Protocol

from sim.engine.reference_calendars import Calendar
from sim.engine.reference_clock import Clock, flow_priority
from sim.engine.reference_dossier import Dossier, Log
from sim.world.arrays import IN_OUTBOX, LOG_TRANSFER, MOVING, ON_PAPER, TRANSFER_ARRIVES, World


class Paths(Protocol):
    """Whoever knows how long an electronic transfer takes now."""

    def transfer_ms(self, start: int, end: int, bits: float) -> int | None:
        """Time of a transfer between two sites, None when there is no path now."""


class Moves:
    """The dossiers on their way to another site, and those that wait for a path in an outbox."""

    def __init__(
        self,
        world: World,
        clock: Clock,
        log: Log,
        calendars: Sequence[Calendar],
        tables: Sequence[Sequence[float]],
        paths: Paths,
    ) -> None:
        self.clock = clock
        self.log = log
        self.paths = paths
        self.bits = world.dossier_bits
        self.courier = calendars[world.courier_calendar]
        self.courier_table = tables[world.courier_table]
        self.outboxes: list[list[Dossier]] = [[] for _ in world.site_parent]

    def send(self, dossier: Dossier, site: int, purpose: int) -> None:
        """Sends a dossier to another site, by courier or over the network."""
        dossier.entered_ms = int(self.clock.now)
        dossier.goes_to_site = site
        if dossier.medium == ON_PAPER:
            work = dossier.draw_from(self.courier_table, purpose)
            self._leave(dossier, self.courier.add_working(dossier.entered_ms, work))
        elif not self._leave_by_network(dossier):
            dossier.state = IN_OUTBOX
            self.outboxes[dossier.site].append(dossier)

    def empty_outboxes(self) -> None:
        """Lets all leave that have a path now: by site, each outbox in order of entry."""
        for outbox in self.outboxes:
            for dossier in list(outbox):
                if self._leave_by_network(dossier):
                    outbox.remove(dossier)

    def arrive(self, dossier: Dossier) -> None:
        """The dossier is at the site that it was sent to."""
        dossier.site = dossier.goes_to_site
        self.log.write(dossier, LOG_TRANSFER, dossier.entered_ms, dossier.started_ms, int(self.clock.now))

    def _leave_by_network(self, dossier: Dossier) -> bool:
        """Lets an electronic dossier leave if there is a path now."""
        lasts = self.paths.transfer_ms(dossier.site, dossier.goes_to_site, self.bits)
        if lasts is not None:
            self._leave(dossier, int(self.clock.now) + lasts)
        return lasts is not None

    def _leave(self, dossier: Dossier, arrival: int) -> None:
        assert dossier.stage_over is not None
        dossier.started_ms, dossier.state = int(self.clock.now), MOVING
        self.clock.fix(dossier.stage_over, arrival, flow_priority(TRANSFER_ARRIVES, dossier.number))
