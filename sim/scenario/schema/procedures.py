"""Procedures and the steps that a dossier goes through."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Final, Literal, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetJsonSchemaHandler,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema

from sim.scenario.errors import did_you_mean, known_words
from sim.scenario.schema.base import (
    MEND_OF_MERGED,
    Fault,
    Flag,
    Level,
    Model,
    Name,
    Whole,
    quoted,
    refusal,
    refusals,
)
from sim.scenario.schema.demand import ChannelShareCase, Rate
from sim.scenario.schema.distributions import Distribution, ShareDistribution
from sim.scenario.schema.paths import REST_WORD, percent, rest_of
from sim.scenario.schema.text import Titled, named
from sim.scenario.schema.units import Deadline, NotNegative, Positive, share

COMPLETED: Final = "completed"
REFUSED: Final = "refused"
ENDS: Final = (COMPLETED, REFUSED)
"""Names that end a dossier; no step may have them."""

_REST: Final = -1.0


def _share_or_rest(value: Any) -> float:
    return _REST if value in (REST_WORD, _REST) else share(value)


def _branches(value: Any) -> Any:
    """The written forms of `next` as a list of branches."""
    if isinstance(value, str):
        return [{"to": value, "share": 1.0}]
    if isinstance(value, dict):
        return [{"to": name, "share": part} for name, part in value.items()]
    if isinstance(value, (list, tuple)):
        return value
    raise refusal(
        f"found {quoted(value)}", "a step, completed, refused, {step: share}, or a list of branches"
    )


class Branch(Model):
    """One way on from a step."""

    to: Name = Field(description="A step of the procedure, `completed` or `refused`.")
    share: Annotated[
        float,
        BeforeValidator(_share_or_rest),
        WithJsonSchema(
            {"type": ["string", "number"], "title": "share or rest", "examples": ["12 %", "rest"]}
        ),
    ] = Field(description="Share of the dossiers that go this way, or `rest`.")
    once: Flag = Field(
        False,
        description="A dossier goes this way once at most; after that the others take over in proportion.",
    )


def _whole_share(branches: tuple[Branch, ...]) -> tuple[Branch, ...]:
    """The branches with `rest` replaced; refused unless they make 100 % together."""
    open_shares = [branch for branch in branches if branch.share == _REST]
    total = sum(branch.share for branch in branches if branch.share != _REST)
    if len({branch.to for branch in branches}) < len(branches):
        raise refusal("a step is named twice", "each step once")
    if len(open_shares) > 1:
        raise refusal(f"{REST_WORD} is given more than once", f"{REST_WORD} once at most")
    if branches and (total > 1 + 1e-9 or (not open_shares and total < 1 - 1e-9)):
        mend = MEND_OF_MERGED if total > 1 else f"write {REST_WORD} for one of them"
        raise refusal(f"the shares make {percent(total)} together", "shares that make 100 % together", mend)
    if branches and all(branch.once or branch.share == 0 for branch in branches):
        raise refusal("there is no way on for the second time", "a branch without once")
    rest = rest_of(branch.share for branch in branches if branch.share != _REST)
    return tuple(b.model_copy(update={"share": rest}) if b.share == _REST else b for b in branches)


class _ShortForms:
    """Adds the short forms of `next` to the editor schema of a list of branches."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        share = {"type": ["string", "number"], "title": "share or rest", "examples": ["12 %"]}
        by_step = {"type": "object", "additionalProperties": share}
        return {"anyOf": [{"type": "string"}, by_step, handler(schema)]}


Branches = Annotated[
    tuple[Branch, ...],
    BeforeValidator(_branches),
    AfterValidator(_whole_share),
    _ShortForms(),
]


class Citizen(Model):
    """A wait for the citizen: nobody works, and the legal clock stops."""

    answers_after: Distribution = Field(
        description="Time to the answer. After rules.supplement_limit without one the dossier is closed."
    )


class Step(Titled):
    """One step of a procedure: work of a pool, or a wait for the citizen.

    In a workflow a step may be incomplete; in a procedure that was loaded, either `citizen`, or `pool` and
    `touch_time`, is given, and `next` is never empty."""

    level: Level | None = Field(None, description="Level at which it is done; must be that of its pool.")
    pool: Name | None = Field(None, description="Pool that does it.")
    touch_time: Distribution | None = Field(None, description="Working time of one person.")
    touch_time_factors: dict[Name, Positive] = Field(
        {}, description="By channel: the touch time is multiplied by this."
    )
    needs: tuple[Name, ...] = Field((), description="Systems that it needs.")
    without: Literal["wait", "manual", "paper"] = Field(
        "wait",
        description="When a system is out of reach: `wait` for it; go on by hand (`manual`, longer); or go "
        "on on `paper`, with back-entry (rules.back_entry) later.",
    )
    manual_factor: Positive = Field(
        1.0, description="With `manual`: the touch time is multiplied by this.", ge=1
    )
    digitises: Flag | None = Field(
        None,
        description="Whether a paper dossier leaves this step electronic, if its systems were in reach. Left "
        "out: yes at the first step with work, no at the others.",
    )
    citizen: Citizen | None = Field(None, description="A wait for the citizen instead of work.")
    next: Branches = Field(
        (),
        description="Where the dossier goes on: a step, `completed`, `refused`, `{step: share}`, or a list "
        "of branches. Left out: the following step, and `completed` after the last.",
    )

    @model_validator(mode="after")
    def _work_or_wait(self) -> Self:
        work = [name for name in ("pool", "touch_time", "needs", "touch_time_factors") if getattr(self, name)]
        if self.citizen is not None and work:
            raise refusal(
                f"{', '.join(work)} is given together with citizen", "work, or a wait for the citizen"
            )
        return self


def with_following_steps(steps: dict[str, Step]) -> dict[str, Step]:
    """The steps with every `next` that was left out: the following step, and `completed` after the last."""
    following = [*list(steps)[1:], COMPLETED]
    return {
        name: step if step.next else step.model_copy(update={"next": (Branch(to=after, share=1.0),)})
        for (name, step), after in zip(steps.items(), following, strict=True)
    }


def flow_faults(steps: dict[str, Step]) -> Iterator[Fault]:
    """What is wrong with the steps of a procedure as a whole: incomplete, lost, or without an end."""
    if not steps:
        yield Fault("the procedure has no steps", "steps, or a workflow that has steps")
        return
    for name, step in steps.items():
        yield from _step_faults(name, step, steps)
    reached = _reached_from(next(iter(steps)), steps)
    for name in steps:
        if name not in reached:
            mend = f"name it in next of another step, as in next: {name}"
            yield Fault(
                "no dossier ever comes to this step", "a step that another leads to", mend, ("steps", name)
            )
        elif not _reached_from(name, steps, lasting=True) & set(ENDS):
            yield Fault(
                "from this step no dossier ever comes to an end",
                "a way on to completed or refused",
                at=("steps", name),
            )


def _step_faults(name: str, step: Step, steps: dict[str, Step]) -> Iterator[Fault]:
    at = ("steps", name)
    if name in ENDS:
        yield Fault(f'"{name}" is the name of an end', "another name for the step", at=at)
    if step.citizen is None:
        missing = [key for key in ("pool", "touch_time") if getattr(step, key) is None]
        if missing:
            expected = "pool and touch_time, or citizen"
            yield Fault(f"{' and '.join(missing)} missing", expected, at=at)
    for branch in step.next:
        if branch.to not in steps and branch.to not in ENDS:
            yield unknown_step(branch.to, [*steps, *ENDS], (*at, "next"))


def unknown_step(name: str, known: Iterable[str], at: tuple[str, ...]) -> Fault:
    """The fault of naming a step that the procedure does not have."""
    known = list(known)
    return Fault(
        f"unknown step {quoted(name)}", "one of " + known_words(known), did_you_mean(name, known), at
    )


def _reached_from(start: str, steps: dict[str, Step], lasting: bool = False) -> set[str]:
    """Steps and ends that some dossier reaches; `lasting` leaves out ways that are open only once."""
    reached: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name in reached:
            continue
        reached.add(name)
        branches = steps[name].next if name in steps else ()
        ahead += [branch.to for branch in branches if branch.share > 0 and not (lasting and branch.once)]
    return reached


class Workflow(Titled):
    """Steps that several procedures share."""

    steps: Annotated[dict[Name, Step], named] = Field(description="Steps in order.", min_length=1)


class Inherited(Model):
    """Dossiers of the former districts that are in hand on day one."""

    per_1000_inhabitants: NotNegative = Field(description="Dossiers per 1,000 inhabitants.", le=1e6)
    at_step: Name = Field(description="Step at which they wait.")
    deadline_used: ShareDistribution = Field(
        description="Share of the legal time that is used up; above 100 % they are overdue from the start."
    )


class Procedure(Titled):
    """An administrative procedure: its steps, its legal deadline and how often it is asked for."""

    group: Name = Field(description="Group of procedures it belongs to.")
    workflow: Name | None = Field(None, description="Workflow whose steps it takes over.")
    steps: Annotated[dict[Name, Step], named, AfterValidator(with_following_steps)] = Field(
        {},
        description="Steps in order; with a workflow, what differs from it, and further steps after its own.",
    )
    deadline: Deadline = Field(description="Legal time to the result.")
    rate: Rate = Field(description="How many dossiers arrive.")
    channel_shares: tuple[ChannelShareCase, ...] | None = Field(
        None, description="Shares of the channels for this procedure; those of demand when left out."
    )
    priority: Whole = Field(0, description="In queues by priority; smaller first.", ge=0, le=99)
    inherited: Inherited | None = Field(None, description="Backlog on day one.")
    source: str | None = Field(None, description="Where the deadline comes from.", max_length=1000)

    @model_validator(mode="after")
    def _steps_lead_to_an_end(self) -> Self:
        faults = tuple(flow_faults(self.steps))
        if self.inherited is not None and self.inherited.at_step not in self.steps:
            faults += (unknown_step(self.inherited.at_step, self.steps, ("inherited", "at_step")),)
        if faults:
            raise refusals(faults)
        return self


class Group(Titled):
    """A group of procedures."""

    counts_apart: Flag = Field(
        False, description="A stream of its own: shown beside the total, not in it (certification of copies)."
    )
