"""The steps that a dossier goes through: work, waits for the citizen, ways that part, and where they lead."""

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

from sim.scenario.schema.base import (
    MEND_OF_MERGED,
    Flag,
    Level,
    Model,
    Name,
    quoted,
    refusal,
    require_exactly_one,
)
from sim.scenario.schema.distributions import Distribution
from sim.scenario.schema.paths import REST_WORD, percent, rest_of
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.text import Titled
from sim.scenario.schema.units import Positive, PositiveShare, Share, share

COMPLETED: Final = "completed"
REFUSED: Final = "refused"
WITHDRAWN: Final = "withdrawn"
ENDS: Final = (COMPLETED, REFUSED, WITHDRAWN)
"""Names that end a dossier; no step may have them."""

JOINED: Final = "joined"
"""Name that ends a part of a parallel step; no step may have it."""

LATE: Final = "late"
FILED_ELSEWHERE: Final = "filed_elsewhere"
KNOWN_TRAITS: Final = (LATE, FILED_ELSEWHERE)
"""Traits that a dossier has by its state; no trait of a procedure may have their names."""

MOST_PARTS: Final = 15

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


class Condition(Model):
    """Something that holds for a dossier or not: a plain name is a trait of it."""

    trait: Name | None = Field(
        None,
        description="A trait of the procedure; `late` (past its deadline now); or `filed_elsewhere` (at "
        "another commune than that of the citizen).",
    )
    channels: tuple[Name, ...] | None = Field(
        None, description="It came on one of these channels.", min_length=1
    )
    where: Selection | None = Field(None, description="The citizen lives at one of these sites.")

    @model_validator(mode="before")
    @classmethod
    def _plain_name_is_trait(cls, data: Any) -> Any:
        if isinstance(data, str):
            return {"trait": data}
        if not isinstance(data, (dict, Condition)):
            raise refusal(f"found {quoted(data)}", "a trait, {channels: [...]} or {where: {...}}")
        return data

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        require_exactly_one(self, ("trait", "channels", "where"))
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        plain = {"type": "string", "title": "trait", "examples": ["needs_verification", LATE]}
        return {"anyOf": [plain, handler.resolve_ref_schema(handler(schema))]}


class _OneOrList:
    """Adds the short form of a single condition to the editor schema of a list."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        listed = handler(schema)
        return {"anyOf": [listed["items"], listed]}


Conditions = Annotated[
    tuple[Condition, ...],
    BeforeValidator(lambda value: value if isinstance(value, (list, tuple)) else [value]),
    _OneOrList(),
]


class Branch(Model):
    """One way on from a step: by chance (`share`), or by what the dossier is (`when`, `unless`)."""

    to: Name = Field(
        description="A step of the procedure, `completed`, `refused` or `withdrawn`; `joined` at the end of "
        "a part of a parallel step."
    )
    share: Annotated[
        float,
        BeforeValidator(_share_or_rest),
        WithJsonSchema(
            {"type": ["string", "number"], "title": "share or rest", "examples": ["12 %", "rest"]}
        ),
    ] = Field(0.0, description="Share of the dossiers that go this way, or `rest`.")
    when: Conditions = Field(
        (),
        description="Instead of a share: the dossiers for which all of these hold go this way. Ways with a "
        "condition are looked at first, in order; the first that fits is taken.",
    )
    unless: Conditions = Field(
        (), description="Instead of a share, or with `when`: only dossiers for which none of these holds."
    )
    once: Flag = Field(
        False,
        description="A dossier goes this way to this step once at most; after that the others take over in "
        "proportion.",
    )

    @property
    def has_condition(self) -> bool:
        """Whether the way is taken by what the dossier is and not by chance."""
        return bool(self.when or self.unless)

    @model_validator(mode="after")
    def _share_or_condition(self) -> Self:
        if self.has_condition == ("share" in self.model_fields_set):
            found = "share is given together with a condition" if self.has_condition else "no share is given"
            raise refusal(found, "either share, or when and unless")
        return self


def _whole_share(branches: tuple[Branch, ...]) -> tuple[Branch, ...]:
    """The branches with `rest` replaced; refused unless those by chance make 100 % together."""
    by_chance = [branch for branch in branches if not branch.has_condition]
    given = [branch.share for branch in by_chance if branch.share != _REST]
    total, is_open = sum(given), len(given) < len(by_chance)
    if len({branch.to for branch in by_chance}) < len(by_chance):
        raise refusal("a step is named twice", "each step once")
    if len(by_chance) - len(given) > 1:
        raise refusal(f"{REST_WORD} is given more than once", f"{REST_WORD} once at most")
    if branches and not by_chance:
        raise refusal("every way has a condition", f"a last way for all others, with share: {REST_WORD}")
    if branches and (total > 1 + 1e-9 or (not is_open and total < 1 - 1e-9)):
        mend = MEND_OF_MERGED if total > 1 else f"write {REST_WORD} for one of them"
        raise refusal(f"the shares make {percent(total)} together", "shares that make 100 % together", mend)
    if branches and all(branch.once or branch.share == 0 for branch in by_chance):
        raise refusal("there is no way on for the second time", "a branch without once")
    rest = rest_of(given)
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
    """A wait for the citizen: nobody works. Exactly one of the two."""

    answers_after: Distribution | None = Field(
        None,
        description="A supplement is asked for: time to the answer. The legal clock stops; after "
        "rules.supplement_limit without an answer the dossier is closed.",
    )
    comes_again_after: Distribution | None = Field(
        None,
        description="The citizen goes home and comes again: time until then. No limit; the legal clock "
        "starts anew, because nothing was received before.",
    )
    on_channel: Name | None = Field(
        None,
        description="With `comes_again_after`: channel on which the citizen then comes, such as the counter; "
        "the same as before when left out.",
    )

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        require_exactly_one(self, ("answers_after", "comes_again_after"))
        if self.on_channel is not None and self.comes_again_after is None:
            raise refusal("on_channel together with answers_after", "on_channel with comes_again_after")
        return self

    @property
    def time(self) -> Distribution:
        """How long it takes, whichever of the two it is."""
        time = self.answers_after or self.comes_again_after
        assert time is not None
        return time


class Prefilled(Model):
    """Data that are filled in from other systems, so that nobody has to type them again."""

    systems: tuple[Name, ...] = Field(
        description="Systems from which they come; all of them have to be in reach.", min_length=1
    )
    factor: PositiveShare = Field(description="The touch time is multiplied by this when they are.")


class WaitLimit(Model):
    """How long a dossier waits for a step at most, and what becomes of it then."""

    time: Distribution = Field(description="Longest wait, in opening hours of the pool.")
    then: Name = Field(
        description="Where it goes then: a step (of another level: escalation), `withdrawn` or `refused`."
    )
    who: Literal["all", "in_person"] = Field(
        "all", description="`in_person`: only citizens who stand at the counter (patience)."
    )


class Step(Titled):
    """One step of a procedure: work of a pool, a wait for the citizen, or a parting into parallel ways.

    In a workflow a step may be incomplete; in a procedure that was loaded, either `citizen`, or `parallel`,
    or `pool` and `touch_time`, is given, and `next` is never empty."""

    level: Level | None = Field(None, description="Level at which it is done; must be that of its pool.")
    pool: Name | None = Field(None, description="Pool that does it.")
    at: Literal["desk", "home"] | None = Field(
        None,
        description="Where a pool of communes does it: at the `desk` at which the citizen filed, or at the "
        "`home` commune. Left out: the first step with work at the desk, the others at home.",
    )
    touch_time: Distribution | None = Field(None, description="Working time of one person.")
    touch_time_factors: dict[Name, Positive] = Field(
        {}, description="By channel: the touch time is multiplied by this."
    )
    needs: tuple[Name, ...] = Field((), description="Systems that it needs.")
    writes: tuple[Name, ...] = Field(
        (),
        description="Of these the systems that it writes in: while such a one is read-only, it is out of "
        "reach for this step.",
    )
    without: Literal["wait", "manual", "paper", "skip_sync"] = Field(
        "wait",
        description="When a system is out of reach: `wait` for it; go on by hand (`manual`, longer); go "
        "on on `paper`, with back-entry (rules.back_entry) later; or `skip_sync`: go on in one's own "
        "software and tell the systems later (rules.synchronisation).",
    )
    manual_factor: Positive = Field(
        1.0, description="With `manual` or `paper`: the touch time is then multiplied by this.", ge=1
    )
    manual_error: Share = Field(
        0.0,
        description="With `manual` or `paper`: probability that what was done by hand has to be done again.",
        lt=1,
    )
    prefilled_by: Prefilled | None = Field(
        None, description="Systems that fill in its data while they are in reach, and how much that eases it."
    )
    tells: tuple[Name, ...] = Field(
        (),
        description="Systems that must learn of its result: until they do, the dossier is out of step "
        "(rules.synchronisation).",
    )
    sync_failure: Share | None = Field(
        None,
        description="With `tells` or `skip_sync`: probability that the message is lost although the systems "
        "are in reach; that of rules.synchronisation when left out.",
    )
    digitises: Flag | None = Field(
        None,
        description="Whether a paper dossier leaves this step electronic, if its systems were in reach. Left "
        "out: yes at the first step with work, no at the others.",
    )
    waits_at_most: WaitLimit | None = Field(
        None, description="Longest wait for this step; without it a dossier waits as long as it takes."
    )
    citizen: Citizen | None = Field(None, description="A wait for the citizen instead of work.")
    parallel: tuple[Name, ...] = Field(
        (),
        description="First steps of parts that are done side by side, instead of work: 2 to 15 of them. Each "
        "part is a chain of steps that ends with `next: joined`; `next` of this step is where the dossier "
        "goes when all parts have joined. It is refused then if any part was refused.",
    )
    next: Branches = Field(
        (),
        description="Where the dossier goes on: a step, `completed`, `refused`, `withdrawn`, "
        "`{step: share}`, or a list of branches. Left out: the following step, and `completed` after the "
        "last.",
    )

    @property
    def is_work(self) -> bool:
        """Whether people of a pool do it."""
        return self.citizen is None and not self.parallel

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        names = (
            *("pool", "touch_time", "needs", "touch_time_factors", "waits_at_most", "at"),
            *("writes", "tells", "prefilled_by"),
        )
        work = [name for name in names if getattr(self, name)]
        others = [name for name in ("citizen", "parallel") if getattr(self, name)]
        if len(others) + bool(work) > 1:
            found = f"{', '.join([*work, *others][:-1])} is given together with {others[-1]}"
            raise refusal(found, "work, a wait for the citizen, or parallel parts", MEND_OF_MERGED)
        if self.parallel and not 2 <= len(set(self.parallel)) == len(self.parallel) <= MOST_PARTS:
            raise refusal("these are not the parts", f"2 to {MOST_PARTS} different steps")
        return self


def with_following_steps(steps: dict[str, Step]) -> dict[str, Step]:
    """The steps with every `next` that was left out: the following step, and `completed` after the last.

    That of a parallel step stays empty: behind it stand its parts."""
    following = [*list(steps)[1:], COMPLETED]
    return {
        name: step
        if step.next or step.parallel
        else step.model_copy(update={"next": (Branch(to=after, share=1.0),)})
        for (name, step), after in zip(steps.items(), following, strict=True)
    }
