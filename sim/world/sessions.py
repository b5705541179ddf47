"""Filing as a session: the scenario with a pool of sessions and the steps of filing, made before it is built."""

from sim.scenario.schema import (
    WITHDRAWN,
    Branch,
    Calendar,
    Citizen,
    Constant,
    Distribution,
    Headcount,
    Pool,
    Procedure,
    Scenario,
    Sessions,
    Step,
    WaitLimit,
)

SESSIONS = " (sessions)"
"""End of the name of a pool of sessions; no name of a scenario can end like this."""
ROUND_THE_CLOCK = "round the clock"
OF_FILING = (" (session)", " (timed out)", " (tries again)", " (goes to the counter)")
"""Ends of the names of the steps of filing over a system."""

Steps = dict[str, Step]


def systems_filed_over(scenario: Scenario) -> dict[str, Sessions]:
    """The systems in which filing is a session, by name."""
    over = {channel.files_over for channel in scenario.channels.values()}
    return {
        name: system.sessions
        for name, system in scenario.systems.items()
        if name in over and system.sessions is not None
    }


def session_step(system: str) -> str:
    """Name of the step that is the session in a system."""
    return system + OF_FILING[0]


def is_of_filing(step: str) -> bool:
    """Whether a step is one of filing over a system, by its name."""
    return step.endswith(OF_FILING)


def is_pool_of_sessions(pool: str) -> bool:
    """Whether what works in a pool are sessions and not people, by its name."""
    return pool.endswith(SESSIONS)


def with_sessions(scenario: Scenario) -> Scenario:
    """The scenario with a pool of sessions, open round the clock, and the steps of filing, where there are any."""
    filed_over = systems_filed_over(scenario)
    if not filed_over:
        return scenario
    pools = {name + SESSIONS: _pool(scenario, name, sessions) for name, sessions in filed_over.items()}
    always = {ROUND_THE_CLOCK: Calendar(always_open=True)}
    procedures = {name: _filed(each, filed_over) for name, each in scenario.procedures.items()}
    return scenario.model_copy(
        update={
            "pools": {**scenario.pools, **pools},
            "calendars": {**scenario.calendars, **always},
            "procedures": procedures,
        }
    )


def _pool(scenario: Scenario, system: str, sessions: Sessions) -> Pool:
    return Pool.model_construct(
        level=scenario.systems[system].hosted_at,
        headcount=Headcount(posts=sessions.capacity),
        calendar=ROUND_THE_CLOCK,
        end_of_shift="finish",
    )


def _filed(procedure: Procedure, filed_over: dict[str, Sessions]) -> Procedure:
    """A procedure whose dossiers may begin in a session, in all its versions."""
    versions = {
        name: each if each.abolished else each.model_copy(update={"steps": _with(each.steps, filed_over)})
        for name, each in procedure.versions.items()
    }
    return procedure.model_copy(update={"steps": _with(procedure.steps, filed_over), "versions": versions})


def _with(steps: Steps, filed_over: dict[str, Sessions]) -> Steps:
    """Steps with those of filing before them, so that a dossier that went on has not gone back (E21)."""
    first = next(iter(steps))
    filing = [_steps_of_filing(name, sessions, first) for name, sessions in filed_over.items()]
    return {name: step for each in (*filing, steps) for name, step in each.items()}


def _steps_of_filing(system: str, sessions: Sessions, first: str) -> Steps:
    """The session; what becomes of citizens whose session times out; and where each of these ways leads."""
    session, timed_out, tries_again, goes = (system + end for end in OF_FILING)
    then = sessions.then
    ways = {WITHDRAWN: then.give_up}
    steps = {
        session: Step.model_construct(
            pool=system + SESSIONS,
            touch_time=sessions.lasts,
            needs=(system,),
            digitises=False,
            waits_at_most=WaitLimit.model_construct(time=sessions.waits_at_most, then=timed_out, who="all"),
            next=_ways({first: 1.0}),
        )
    }
    if then.retry is not None:
        ways[tries_again] = then.retry.share
    if then.counter is not None:
        ways[goes] = then.counter.share
    at_once = Distribution(constant=Constant(value="0 s"))
    steps[timed_out] = Step.model_construct(citizen=Citizen(comes_again_after=at_once), next=_ways(ways))
    if then.retry is not None:
        again = Citizen(comes_again_after=then.retry.after)
        steps[tries_again] = Step.model_construct(citizen=again, next=_ways({session: 1.0}))
    if then.counter is not None:
        comes = Citizen(comes_again_after=then.counter.after, on_channel=then.counter.channel)
        steps[goes] = Step.model_construct(citizen=comes, next=_ways({first: 1.0}))
    return steps


def _ways(shares: dict[str, float]) -> tuple[Branch, ...]:
    return tuple(Branch.model_construct(to=to, share=share) for to, share in shares.items() if share > 0)
