"""People who cannot work while a request for them is open (E53)."""

from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.pools import start_what_it_can


@compiled
def held_pool(world, dossier):
    """Pool that a new dossier holds one person of, -1 = none; by the procedure that it was filed as."""
    procedure = world.procedures[dossier["procedure"]]
    if procedure["holds_role"] < 0:
        return -1
    site = world.site_at_level[dossier["home"], procedure["holds_level"]]
    return world.pool_of[site, procedure["holds_role"]]


@compiled
def hold_person(state, dossier):
    """A request is filed: one person is held."""
    if dossier["holds"] >= 0:
        state.pools[dossier["holds"]]["held"] += 1


@compiled
def release_person(world, state, tally, dossier, now):
    """The request is settled: the person can work again."""
    pool_index = dossier["holds"]
    if pool_index >= 0:
        state.pools[pool_index]["held"] -= 1
        start_what_it_can(world, state, tally, pool_index, now)
