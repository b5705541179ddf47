"""Help from afar: a desk with some agents, first come, first served."""

from heapq import heapify, heapreplace

from sim.world.support_plan import HelpDesk


class Desk:
    """The agents of one desk. Whoever calls is told at once when the call will be over (Lindley 1952)."""

    def __init__(self, plan: HelpDesk) -> None:
        self._hours = plan.hours
        self._free_at = [0] * plan.agents
        heapify(self._free_at)

    def ends_ms(self, now_ms: int, takes_ms: int) -> int:
        """When a call of this length that comes now is over; calls must come in order of time."""
        begins = max(now_ms, self._free_at[0])
        ends = begins + takes_ms
        if self._hours is not None:
            ends = self._hours.add_working(self._hours.next_open(begins), takes_ms)
        heapreplace(self._free_at, ends)
        return ends
