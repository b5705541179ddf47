"""What the next event will need is asked for while the present one happens (no rule depends on it)."""

from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.events import KIND_MASK
from sim.engine.kernel.fetching import fetch_early
from sim.world.arrays import POOL_OPENS, S_EVENTS, SERVICE_ENDS, TRANSFER_ARRIVES, WORK


@compiled
def fetch_for_next(world, state):
    """Asks early for what the event after the present one is likely to need beside its dossier."""
    if state.scalars[S_EVENTS] == 0:
        return
    kind, item = state.event_key[0] & KIND_MASK, state.event_item[0]
    if kind == SERVICE_ENDS:
        dossier = state.dossiers[item]
        fetch_early(state.pools, dossier["server"])
        fetch_early(state.queues, dossier["queue"])
        fetch_after_step(world, state, dossier)
    elif kind == TRANSFER_ARRIVES:
        dossier = state.dossiers[item]
        fetch_pool(state, dossier["pool"], world.steps[dossier["step"]])
    elif kind == POOL_OPENS:
        fetch_early(state.pools, item)
        fetch_early(state.queues, state.queue_first[item])


@compiled
def fetch_after_step(world, state, dossier):
    """Asks early for the pool that comes next by the last branch of the step, mostly the usual one."""
    step = world.steps[dossier["step"]]
    to = world.branches[step["branch_first"] + step["branch_count"] - 1]["to"]
    if to >= 0 and world.steps[to]["kind"] == WORK:
        after = world.steps[to]
        site = world.site_at_level[dossier["home"], after["level"]]
        fetch_pool(state, world.pool_of[site, after["role"]], after)


@compiled
def fetch_pool(state, pool_index, step):
    """Asks early for a pool and the queue of a step at it; -1 is no pool."""
    if pool_index >= 0:
        fetch_early(state.pools, pool_index)
        fetch_early(state.queues, state.queue_first[pool_index] + step["queue_class"])
