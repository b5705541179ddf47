"""From the processes of one's own in a scenario to what control needs to know of them."""

import numpy as np

from sim.scenario.errors import PathInScenario, did_you_mean, known_words
from sim.scenario.schema import DISPATCH_RULES, Scenario
from sim.world.keys import name_keys
from sim.world.mistakes import Mistakes
from sim.world.own_plan import NO_ROLE, OwnNames, OwnPlan, OwnProcessPlan
from sim.world.selecting import Selector
from sim.world.sessions import is_pool_of_sessions
from sim.world.staffing import Staffing

REGISTER = "one of your own registered with sim.Extensions"


def own_plan_of(scenario: Scenario, selector: Selector, staffing: Staffing, names: OwnNames) -> OwnPlan:
    """The processes of a scenario; names that nobody registered go to the mistakes of the selector."""
    require_registered(scenario, names, selector.mistakes)
    roles = tuple(scenario.pools)
    sessions = [number for number, role in enumerate(roles) if is_pool_of_sessions(role)]
    role = staffing.role[staffing.base_pool]
    return OwnPlan(
        processes=tuple(_process(name, scenario, selector) for name in scenario.processes),
        roles=roles,
        pool_role=np.where(np.isin(role, sessions), NO_ROLE, role).astype(np.int32),
        pool_site=staffing.site.astype(np.int32),
    )


def _process(name: str, scenario: Scenario, selector: Selector) -> OwnProcessPlan:
    written = scenario.processes[name]
    path: PathInScenario = ("processes", name, "where")
    sites = np.flatnonzero(selector.select(written.where, path)).astype(np.int32)
    if not len(sites):
        selector.mistakes.add(path, "no site is chosen", "at least one site")
    return OwnProcessPlan(
        name=name,
        function=written.function_for(name),
        key=int(name_keys([f"process:{name}"])[0]),
        sites=sites,
        parameters=written.parameters,
    )


def require_registered(scenario: Scenario, names: OwnNames, mistakes: Mistakes) -> None:
    """Notes dispatch rules and processes that neither come with the program nor are registered."""
    rules = (*DISPATCH_RULES, *names.dispatch)
    for name, team in scenario.support.teams.items():
        if team.dispatch not in rules:
            path: PathInScenario = ("support", "teams", name, "dispatch")
            expected = f"one of {known_words(rules)}, or {REGISTER}"
            found = f'unknown dispatch rule "{team.dispatch}"'
            mistakes.add(path, found, expected, did_you_mean(team.dispatch, rules))
    for name, process in scenario.processes.items():
        function = process.function_for(name)
        if function not in names.processes:
            known = f"one of {known_words(names.processes)}, or " if names.processes else ""
            found = f'no process is registered under the name "{function}"'
            mistakes.add(
                ("processes", name), found, f"{known}{REGISTER}", did_you_mean(function, names.processes)
            )
