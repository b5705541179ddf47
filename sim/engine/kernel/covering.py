"""Pools of a site that do the work of others beside their own (E52)."""

from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.queues import first_that_can_start
from sim.engine.kernel.service import serve
from sim.world.arrays import COVER_WHEN_ABSENT


@compiled
def cover(world, state, tally, server_index, place, now):
    """A pool takes what it can of another, as the pair at this place of the cover arrays says."""
    covered_index = world.cover_pool[place]
    covered = state.pools[covered_index]
    if world.cover_when[place] == COVER_WHEN_ABSENT and covered["capacity"] > covered["held"]:
        return
    serve(world, state, tally, server_index, covered_index, world.cover_stretch[place], now)


@compiled
def cover_others(world, state, tally, server_index, now):
    """A pool that has nothing of its own to start takes work of those that it covers."""
    first, last = world.cover_first[server_index], world.cover_first[server_index + 1]
    if first == last or first_that_can_start(state, state.pools[server_index]) >= 0:
        return
    for place in range(first, last):
        cover(world, state, tally, server_index, place, now)


@compiled
def be_covered(world, state, tally, pool_index, now):
    """What a pool could not start itself is tried by those that cover it and have nothing of their own."""
    first, last = world.coverer_first[pool_index], world.coverer_first[pool_index + 1]
    for i in range(first, last):
        server_index = world.coverer_pool[i]
        if first_that_can_start(state, state.pools[server_index]) < 0:
            cover(world, state, tally, server_index, world.coverer_place[i], now)
