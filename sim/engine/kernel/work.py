"""Who does a step, and the way there (E18, E60)."""

from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.moving import move
from sim.engine.kernel.pools import enter_pool
from sim.world.arrays import WORK


@inlined
def pool_above(world, dossier, step):
    """Pool of a step that serves the home of the dossier; it may stand at another site of that level."""
    return world.pool_of[world.site_at_level[dossier["home"], step["level"]], step["role"]]


@inlined
def pool_of_step(world, dossier):
    """Pool that does the present step of a dossier, of kind WORK."""
    step = world.steps[dossier["step"]]
    if step["at_desk"] == 1:
        at_desk = world.pool_of[dossier["desk"], step["role"]]
        if at_desk >= 0:
            return at_desk
    return pool_above(world, dossier, step)


@inlined
def send_to_pool(world, state, tally, slot, now):
    """Takes the dossier to the pool that does its present step; into a session without a move (E60)."""
    dossier = state.dossiers[slot]
    pool_index = pool_of_step(world, dossier)
    site = state.pools[pool_index]["site"]
    if world.steps[dossier["step"]]["is_session"] == 1:
        dossier["site"] = site
    if site == dossier["site"]:
        enter_pool(world, state, tally, slot, pool_index, now)
    else:
        dossier["pool"] = pool_index
        move(world, state, slot, site, now)


@compiled
def site_of_step(world, dossier):
    """Site where the present step of a dossier is done."""
    step = world.steps[dossier["step"]]
    if step["kind"] == WORK:
        return world.pools[pool_of_step(world, dossier)]["site"]
    return world.site_at_level[dossier["home"], step["level"]]
