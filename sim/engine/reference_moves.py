"""How dossiers get from site to site in the naive engine: couriers, lines and outboxes (E19, E58)."""

import math
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from sim.engine.reference_calendars import Calendar
from sim.engine.reference_clock import Clock, flow_priority
from sim.engine.reference_dossier import Dossier, Log, Row, rows_of
from sim.engine.reference_network import Hop, Ways
from sim.world.arrays import IN_OUTBOX, LOG_TRANSFER, MOVING, ON_PAPER, TRANSFER_ARRIVES, UPLINK, World


class Moves:
    """The dossiers on their way to another site, and those that wait for a path in an outbox."""

    def __init__(
        self,
        world: World,
        clock: Clock,
        log: Log,
        calendars: Sequence[Calendar],
        tables: Sequence[Sequence[float]],
        ways: Ways,
    ) -> None:
        self.clock = clock
        self.log = log
        self.ways = ways
        self.uplinks: list[Row] = rows_of(np.zeros(len(world.site_parent), UPLINK))  # none is up yet
        self.line_free_ms: dict[Hop, int] = defaultdict(int)
        self.courier = calendars[world.courier_calendar]
        self.courier_table = tables[world.courier_table]
        self.outboxes: list[list[Dossier]] = [[] for _ in world.site_parent]

    def send(self, dossier: Dossier, site: int, purpose: int) -> None:
        """Sends a dossier to another site, by courier or over the network."""
        dossier.goes_to_site = dossier.reaches_site = site
        if dossier.medium == ON_PAPER:
            work = dossier.draw_from(self.courier_table, purpose)
            dossier.entered_ms = int(self.clock.now)
            self._leave(dossier, self.courier.add_working(dossier.entered_ms, work))
        else:
            self.send_on(dossier)

    def send_on(self, dossier: Dossier) -> None:
        """Sends an electronic dossier over the next line of its way, or keeps it in the outbox here."""
        dossier.entered_ms = int(self.clock.now)
        if not self._leave_by_network(dossier):
            dossier.state = IN_OUTBOX
            self.outboxes[dossier.site].append(dossier)

    def empty_outboxes(self) -> None:
        """Lets all leave that have a path now: by site, each outbox in order of entry."""
        for outbox in self.outboxes:
            for dossier in list(outbox):
                if self._leave_by_network(dossier):
                    outbox.remove(dossier)

    def arrive(self, dossier: Dossier) -> bool:
        """The dossier comes to the end of a line or of its way; whether it is where it was sent to."""
        dossier.site = dossier.reaches_site
        self.log.write(dossier, LOG_TRANSFER, dossier.entered_ms, dossier.started_ms, int(self.clock.now))
        return dossier.site == dossier.goes_to_site

    def _leave_by_network(self, dossier: Dossier) -> bool:
        """Lets an electronic dossier leave if every uplink on its way is up now."""
        way = self.ways.between(dossier.site, dossier.goes_to_site)
        has_path = all(self.uplinks[hop.lower].up for hop in way)
        if has_path:
            dossier.reaches_site = self.ways.end_of(way[0])
            self._leave(dossier, self._end_of_line(way[0], dossier.procedure.bits))
        return has_path

    def _end_of_line(self, hop: Hop, bits: float) -> int:
        """When so many bits are at the other end of a line, for which they wait from now on (E58)."""
        uplink = self.uplinks[hop.lower]
        begin = max(int(self.clock.now), self.line_free_ms[hop])
        self.line_free_ms[hop] = begin + math.ceil(bits / uplink.bits_per_ms)
        return self.line_free_ms[hop] + int(uplink.latency_ms)

    def _leave(self, dossier: Dossier, arrival: int) -> None:
        assert dossier.stage_over is not None
        dossier.started_ms, dossier.state = int(self.clock.now), MOVING
        self.clock.fix(dossier.stage_over, arrival, flow_priority(TRANSFER_ARRIVES, dossier.number))
