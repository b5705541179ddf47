"""The kernel as plain Python gives what the compiled kernel gives."""

import hashlib

from sim.engine.flow import run_flow
from sim.engine.verify import AXES
from tests.support.random_worlds import random_world
from tests.support.without_compilation import printed_without_compilation

SEEDS = range(300, 306)


def digest() -> str:
    """A digest of everything that is logged and counted in some generated worlds."""
    seen = hashlib.blake2b(digest_size=16)
    for seed in SEEDS:
        world, start_control = random_world(seed)
        result = run_flow(world, seed, 0, start_control, logging=True)
        for array in (result.log, *(getattr(result.tally, table) for table in AXES)):
            seen.update(array.tobytes())
        seen.update(repr(result.totals).encode())
    return seen.hexdigest()


def test_jit_on_and_off_give_the_same() -> None:
    command = "from tests.twin.test_without_compilation import digest; print(digest())"
    assert printed_without_compilation(command) == digest()
