"""What a process of one's own may ask of the compiled engine."""

import pytest

from sim.engine.flow import FlowEnvironment
from sim.engine.state import new_state, new_tally
from tests.support.random_worlds import random_world


@pytest.mark.parametrize("beyond", [-1, 0])
def test_a_pool_that_there_is_not_is_refused(beyond: int) -> None:
    world, _ = random_world(1)
    env = FlowEnvironment(world, new_state(world, 1, 0, logging=False), new_tally(world))
    pool = beyond if beyond < 0 else len(world.pools) + beyond
    with pytest.raises(IndexError, match=f"there are 0 to {len(world.pools) - 1}"):
        env.set_staff([pool], [1], [1.0])
    assert (env.state.pools["capacity"] == world.pools["capacity"]).all()
