"""Filing as a session: a scenario with pools of sessions and the steps of filing, made before it is built."""

from dataclasses import dataclass

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
    Text,
    WaitLimit,
)

SESSIONS = " (sessions)"
"""End of the name of a pool of sessions; no name of a scenario can end like this."""
ROUND_THE_CLOCK = "round the clock"
OF_FILING = {
    " (session)": ("session", "phiên nộp hồ sơ"),
    " (timed out)": ("session timed out", "phiên hết thời gian chờ"),
    " (tries again)": ("citizen tries again", "công dân thử lại"),
    " (goes to the counter)": ("citizen goes to the counter", "công dân đến quầy"),
}
"""Ends of the names of the steps of filing over a system, and what they are, in English and Vietnamese."""
SESSION, TIMED_OUT, TRIES_AGAIN, GOES = OF_FILING
AT_ONCE = Distribution(constant=Constant(value="0 s"))

Steps = dict[str, Step]


def systems_filed_over(scenario: Scenario) -> dict[str, Sessions]:
    """The systems in which filing is a session, now or when it has moved there, by name."""
    over, ahead = set[str](), [each.files_over for each in scenario.channels.values() if each.files_over]
    while ahead:
        name = ahead.pop()
        if name not in over:
            over.add(name)
            ahead += [move.to for move in scenario.systems[name].filing_moves.values()]
    return {
        name: system.sessions
        for name, system in scenario.systems.items()
        if name in over and system.sessions is not None
    }


def session_step(system: str) -> str:
    """Name of the step that is the session in a system."""
    return system + SESSION


def is_of_filing(step: str) -> bool:
    """Whether a step is one of filing over a system, by its name."""
    return step.endswith(tuple(OF_FILING))


def is_pool_of_sessions(pool: str) -> bool:
    """Whether what works in a pool are sessions and not people, by its name."""
    return pool.endswith(SESSIONS)


def with_sessions(scenario: Scenario) -> Scenario:
    """The scenario with pools of sessions, open round the clock, and the steps of filing there."""
    filed_over = systems_filed_over(scenario)
    if not filed_over:
        return scenario
    pools = {name + SESSIONS: _pool(scenario, name, sessions) for name, sessions in filed_over.items()}
    always = {ROUND_THE_CLOCK: Calendar(always_open=True)}
    titles = {name: scenario.systems[name].title for name in filed_over}
    filing = [_Filing(name, titles[name], sessions) for name, sessions in filed_over.items()]
    procedures = {name: _filed(each, filing) for name, each in scenario.procedures.items()}
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


def _filed(procedure: Procedure, filing: "list[_Filing]") -> Procedure:
    """A procedure whose dossiers may begin in a session, in all its versions."""
    versions = {
        name: each if each.abolished else each.model_copy(update={"steps": _with(each.steps, filing)})
        for name, each in procedure.versions.items()
    }
    return procedure.model_copy(update={"steps": _with(procedure.steps, filing), "versions": versions})


def _with(steps: Steps, filing: "list[_Filing]") -> Steps:
    """Steps with those of filing before them, so that a dossier that goes on has not gone back (E21)."""
    first = next(iter(steps))
    return {
        name: step for each in (*(way.steps(first) for way in filing), steps) for name, step in each.items()
    }


@dataclass(frozen=True)
class _Filing:
    """Filing over one system."""

    system: str
    title: Text
    sessions: Sessions

    def steps(self, first: str) -> Steps:
        """The session, then what citizens do whose session timed out; all end at `first` or withdrawn."""
        then = self.sessions.then
        session, timed_out, tries_again, goes = (self.system + end for end in OF_FILING)
        shares, later = {WITHDRAWN: then.give_up}, {}
        if then.retry is not None:
            shares[tries_again] = then.retry.share
            again = Citizen(comes_again_after=then.retry.after)
            later[tries_again] = self._waits(TRIES_AGAIN, again, {session: 1.0})
        if then.counter is not None:
            shares[goes] = then.counter.share
            comes = Citizen(comes_again_after=then.counter.after, on_channel=then.counter.channel)
            later[goes] = self._waits(GOES, comes, {first: 1.0})
        decides = self._waits(TIMED_OUT, Citizen(comes_again_after=AT_ONCE), shares)
        return {session: self._session(timed_out, first), timed_out: decides, **later}

    def _session(self, timed_out: str, first: str) -> Step:
        limit = WaitLimit.model_construct(time=self.sessions.waits_at_most, then=timed_out, who="all")
        return Step.model_construct(
            title=self._named(SESSION),
            pool=self.system + SESSIONS,
            touch_time=self.sessions.lasts,
            needs=(self.system,),
            digitises=False,
            waits_at_most=limit,
            next=_ways({first: 1.0}),
        )

    def _waits(self, end: str, citizen: Citizen, shares: dict[str, float]) -> Step:
        return Step.model_construct(title=self._named(end), citizen=citizen, next=_ways(shares))

    def _named(self, end: str) -> Text:
        en, vi = OF_FILING[end]
        return Text(en=f"{self.title.en}: {en}", vi=f"{self.title.vi}: {vi}")


def _ways(shares: dict[str, float]) -> tuple[Branch, ...]:
    return tuple(Branch.model_construct(to=to, share=share) for to, share in shares.items() if share > 0)
