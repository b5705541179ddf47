"""The two engines with a phase of every content, staggered over two provinces."""

from functools import partial

import pytest

from sim.control.start import start_control
from sim.engine.verify import verify
from sim.world.build import build
from tests.support.phased import phased


@pytest.mark.parametrize("replication", [0, 1])
def test_both_engines_agree_while_phases_come_into_force(replication: int) -> None:
    scenario = phased()
    built = build(scenario)
    plan = built.control_plan
    assert len(set(plan.support.teams[0].teams_on.sum(axis=1).tolist())) == 3
    assert [len(source.level) for source in plan.outages.random if source.source == "cuts"] == [3]
    assert plan.link_changes and plan.route_changes and plan.outages.planned and plan.staff.changes
    start = partial(start_control, plan=plan, seed=scenario.seed, replication=replication)
    outcome = verify(built.world, scenario.seed, replication, start, built.names)
    assert outcome.first_difference is None
    assert outcome.dossiers_compared > 500
