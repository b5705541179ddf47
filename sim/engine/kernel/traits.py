"""Traits of a dossier, and the deadline that hangs on them (E43)."""

import numpy as np

from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.randoms import ZERO, uniform
from sim.world.arrays import FOR_TRAIT, TRAIT_ELSEWHERE, TRAIT_LATE

LATE, ELSEWHERE = np.uint64(TRAIT_LATE), np.uint64(TRAIT_ELSEWHERE)


@compiled
def settle_traits(world, dossier):
    """Adds the traits that dossiers of the procedure have by chance, and settles the time they get."""
    procedure = world.procedures[dossier["procedure"]]
    dossier["deadline_days"] = procedure["deadline_days"]
    first, last = procedure["trait_first"], procedure["trait_first"] + procedure["trait_count"]
    if first < last:
        draw_traits(world, dossier, first, last)
        settle_deadline_days(world, dossier, first, last)


@compiled
def draw_traits(world, dossier, first, last):
    """Draws which of some traits the dossier has."""
    for i in range(first, last):
        trait = world.traits[i]
        if uniform(dossier["key"], trait["key"], ZERO, FOR_TRAIT) < trait["share"]:
            dossier["traits"] |= trait["mask"]


@compiled
def settle_deadline_days(world, dossier, first, last):
    """The first trait with a deadline of its own counts."""
    for i in range(first, last):
        trait = world.traits[i]
        if trait["deadline_days"] >= 0 and dossier["traits"] & trait["mask"] != ZERO:
            dossier["deadline_days"] = trait["deadline_days"]
            return


@compiled
def traits_now(dossier, now):
    """Traits of a dossier with the one that time brings."""
    return dossier["traits"] | LATE if dossier["due_ms"] < now else dossier["traits"]


@compiled
def is_elsewhere(dossier):
    """Whether the dossier was filed at another commune than that of its citizen (E51)."""
    return dossier["traits"] & ELSEWHERE != ZERO
