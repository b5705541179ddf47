"""Lines that are replaced by better or worse ones on a date."""

from sim.control.environment import Steered, Steps
from sim.control.outages import Outages
from sim.world.control_plan import LinkChange


def upgrade_links(env: Steered, outages: Outages, changes: tuple[LinkChange, ...]) -> Steps:
    """All changes of a run, in order of time; a line that is down comes up as the new one."""
    for change in changes:
        yield env.timeout(change.at_ms - env.now)
        each = zip(
            change.links.tolist(), change.latency_ms.tolist(), change.bits_per_ms.tolist(), strict=True
        )
        for link, latency_ms, bits_per_ms in each:
            outages.access.lines.set_ability(link, latency_ms, bits_per_ms)
        outages.apply()
