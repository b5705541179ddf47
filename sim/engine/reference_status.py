"""Whether other systems know how far a dossier is, in the naive engine (E57)."""

from collections.abc import Sequence

from sim.engine.addressed import uniform
from sim.engine.reference_clock import Clock, flow_priority
from sim.engine.reference_dossier import Dossier, OutOfStep
from sim.world.arrays import FOR_SYNC, FOR_SYNC_TRY, SYNC_TRIED, World


class Status:
    """Messages about dossiers to other systems, and new tries for those that are lost."""

    def __init__(self, world: World, clock: Clock, reach: Sequence[int]) -> None:
        self.clock = clock
        self.reach = reach  # of each site, now
        self.retry_ms = world.sync_retry_ms
        self.failure = world.sync_failure

    def tell(self, served: Dossier) -> None:
        """A service of a dossier or of a part has ended: a message goes out from its site, if any has to."""
        step = served.step
        told: int = step.tells | (step.needs if served.skips else 0)
        if told != 0 and self._is_lost(served, told):
            self._owe(served.parent or served, told, served.site)

    def _is_lost(self, served: Dossier, told: int) -> bool:
        out_of_reach = told & ~self.reach[served.site] != 0
        return out_of_reach or served.draw(FOR_SYNC) < served.step.sync_failure

    def _owe(self, dossier: Dossier, told: int, site: int) -> None:
        """The dossier owes a message; if it owed none it is out of step from now on."""
        if dossier.owed == 0:
            dossier.out_of_step.append(OutOfStep(site, int(self.clock.now)))
            self._try_later(dossier)
        dossier.owed |= told

    def _try_later(self, dossier: Dossier) -> None:
        moment = int(self.clock.now) + self.retry_ms
        tried = self.clock.at(moment, flow_priority(SYNC_TRIED, dossier.number))
        assert tried.callbacks is not None
        tried.callbacks.append(lambda _: self._try(dossier))

    def _try(self, dossier: Dossier) -> None:
        dossier.sync_tries += 1
        spell = dossier.out_of_step[-1]
        out_of_reach = dossier.owed & ~self.reach[spell.site] != 0
        if out_of_reach or uniform(dossier.key, dossier.sync_tries, 0, FOR_SYNC_TRY) < self.failure:
            self._try_later(dossier)
        else:
            dossier.owed, spell.until_ms = 0, int(self.clock.now)
