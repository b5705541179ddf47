"""Procedures, their steps, branches, parts and traits as records."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import (
    COMPLETED,
    JOINED,
    REFUSED,
    WITHDRAWN,
    Branch,
    Citizen,
    Procedure,
    Scenario,
    Step,
    WaitLimit,
)
from sim.world import arrays
from sim.world.arrays import Floats, Records
from sim.world.conditions import ConditionBits
from sim.world.keys import name_key
from sim.world.pools import queue_classes
from sim.world.sessions import is_of_filing, is_pool_of_sessions, session_step, systems_filed_over
from sim.world.sites import LEVELS
from sim.world.systems import SystemBits
from sim.world.tables import Tables

WITHOUT = {
    "wait": arrays.WAIT,
    "manual": arrays.MANUAL,
    "paper": arrays.PAPER,
    "skip_sync": arrays.SKIP_SYNC,
}
# A part that joins is done, as a dossier is when it is completed (E45).
ENDS = {
    COMPLETED: arrays.COMPLETED,
    REFUSED: arrays.REFUSED,
    WITHDRAWN: arrays.WITHDRAWN,
    JOINED: arrays.COMPLETED,
}
BITS_PER_BYTE = 8
BACK_ENTRY = "back_entry"
"""Name of the step that is done later for what went on paper."""


@dataclass(frozen=True)
class Form:
    """A procedure as it is handled in one of its versions; `version` is empty for what is written without."""

    procedure: str
    version: str
    steps: dict[str, Step]
    deadline: int | None
    deadline_with: dict[str, int]

    @property
    def name(self) -> str:
        """Name for readers, such as `land_transfer@decentralised`."""
        return f"{self.procedure}@{self.version}" if self.version else self.procedure


def forms_of(scenario: Scenario) -> list[Form]:
    """All procedures as they are written, in order, then those versions that have steps of their own."""
    forms = [Form(n, "", p.steps, p.deadline, p.deadline_with) for n, p in scenario.procedures.items()]
    return forms + [
        Form(procedure, name, version.steps, version.deadline, version.deadline_with)
        for procedure, each in scenario.procedures.items()
        for name, version in each.versions.items()
        if not version.abolished
    ]


@dataclass(frozen=True)
class ProcedureTables:
    """Procedures of a world: fields as in `World`, the names, and the numbers of the steps of each form."""

    procedures: Records
    steps: Records
    branches: Records
    parts: NDArray[np.int32]
    traits: Records
    channel_factor: Floats
    entry_step: NDArray[np.int32]
    back_entry_step: int
    name: tuple[str, ...]
    step_name: tuple[str, ...]
    step_procedure: tuple[str, ...]
    forms: tuple[Form, ...]
    step_number: tuple[dict[str, int], ...]  # by form, then by name


class _Builder:
    """Collects the records of all steps and branches."""

    def __init__(self, scenario: Scenario, tables: Tables) -> None:
        self.scenario = scenario
        self.tables = tables
        self.bits = ConditionBits(scenario)
        self.systems = SystemBits(scenario)
        self.roles = {name: role for role, name in enumerate(scenario.pools)}
        self.queue_classes = queue_classes(scenario)
        self.steps: list[Records] = []
        self.branches: list[tuple[float, int, int, int, int]] = []
        self.parts: list[int] = []
        self.traits: list[tuple[int, int, float, int]] = []
        self.factors: list[list[float]] = []
        self.names: list[tuple[str, str]] = []
        self.step_number: list[dict[str, int]] = []

    def add_form(self, number: int, form: Form) -> Records:
        """Adds the steps of a procedure in one form and returns its record."""
        procedure = self.scenario.procedures[form.procedure]
        first = len(self.steps)
        step_number = {step: first + place for place, step in enumerate(form.steps)}
        record = self._procedure_record(procedure, form)
        first_step = next(key for key in form.steps if not is_of_filing(key))
        record["first_step"] = step_number[first_step]
        self._set_inherited(record, procedure, step_number)
        marks = _marks(procedure)
        first_work = next((key for key, step in form.steps.items() if _is_first_work(key, step)), None)
        for key, step in form.steps.items():
            self._add_step(form.procedure, key, step, key == first_work)
            self.names.append((form.name, key))
            self.steps[-1]["procedure"] = number
            self._set_ways(step, step_number)
            self._add_branches(form.procedure, step.next, step_number, marks)
        self.step_number.append(step_number)
        return record

    def add_back_entry(self) -> int:
        """Adds the step of entering paper work later; its number, or -1 when the scenario has none."""
        entry = self.scenario.rules.back_entry
        if entry is None:
            return -1
        step = Step(pool=entry.pool, touch_time=entry.touch_time, needs=entry.needs, writes=entry.writes)
        self._add_step("rules", BACK_ENTRY, step, False)
        self.names.append(("rules", BACK_ENTRY))
        self._add_branches("rules", (Branch(to=COMPLETED, share=1.0),), {}, {})
        return len(self.steps) - 1

    def _procedure_record(self, procedure: Procedure, form: Form) -> Records:
        record = np.zeros((), dtype=arrays.PROCEDURE)
        record["group"] = list(self.scenario.groups).index(procedure.group)
        record["priority"] = procedure.priority
        size = procedure.dossier_size
        size = self.scenario.rules.dossier_size if size is None else size
        record["bits"] = size * BITS_PER_BYTE
        record["deadline_days"] = -1 if form.deadline is None else form.deadline
        record["trait_first"], record["trait_count"] = len(self.traits), len(procedure.traits)
        self._add_traits(procedure, form)
        record["holds_level"] = record["holds_role"] = -1
        if procedure.holds is not None:
            record["holds_level"] = LEVELS.index(self.scenario.pools[procedure.holds].level)
            record["holds_role"] = self.roles[procedure.holds]
        return record

    def _add_traits(self, procedure: Procedure, form: Form) -> None:
        for trait, share in procedure.traits.items():
            bit = self.bits.of_trait(form.procedure, trait)
            key = name_key(f"trait:{form.procedure}/{trait}")
            self.traits.append((bit, key, share, form.deadline_with.get(trait, -1)))

    def _set_inherited(self, record: Records, procedure: Procedure, step_number: dict[str, int]) -> None:
        record["inherited_step"] = record["inherited_used_table"] = -1
        if procedure.inherited is not None:
            record["inherited_step"] = step_number.get(procedure.inherited.at_step, -1)
            record["inherited_used_table"] = self.tables.number_of(procedure.inherited.deadline_used)

    def _add_step(self, procedure: str, name: str, step: Step, is_first_work: bool) -> None:
        record = np.zeros((), dtype=arrays.STEP)
        record["key"] = name_key(f"step:{procedure}/{name}")
        record["branch_first"] = len(self.branches)
        record["procedure"] = record["limit_table"] = record["limit_to"] = -1
        record["level"] = record["role"] = record["queue_class"] = record["table"] = -1
        record["to_channel"] = -1
        record["manual_factor"] = record["eased_factor"] = 1.0
        if step.is_work:
            self._set_work(record, step, is_first_work)
        elif step.citizen is not None:
            self._set_citizen(record, step.citizen)
        else:
            record["kind"] = arrays.FORK
        self.steps.append(record)
        channels = self.scenario.channels
        self.factors.append([step.touch_time_factors.get(channel, 1.0) for channel in channels])

    def _set_citizen(self, record: Records, citizen: Citizen) -> None:
        record["kind"] = arrays.CITIZEN
        record["asks"] = citizen.answers_after is not None
        record["table"] = self.tables.number_of(citizen.time)
        if citizen.on_channel is not None:
            record["to_channel"] = list(self.scenario.channels).index(citizen.on_channel)

    def _set_work(self, record: Records, step: Step, is_first_work: bool) -> None:
        assert step.pool is not None and step.touch_time is not None
        record["kind"] = arrays.WORK
        record["level"] = LEVELS.index(self.scenario.pools[step.pool].level)
        record["role"] = self.roles[step.pool]
        record["needs"] = self.systems.of(step.needs, step.writes)
        record["table"] = self.tables.number_of(step.touch_time)
        record["without"] = WITHOUT[step.without]
        record["waits_for"] = self.systems.waited_for(step)
        record["queue_class"] = self.queue_classes[step.pool].index(int(record["waits_for"]))
        record["in_person_wait"] = is_first_work
        record["at_desk"] = is_first_work if step.at is None else step.at == "desk"
        record["digitises"] = is_first_work if step.digitises is None else step.digitises
        record["manual_factor"], record["manual_error"] = step.manual_factor, step.manual_error
        record["is_session"] = is_pool_of_sessions(step.pool)
        self._set_exchange(record, step)

    def _set_exchange(self, record: Records, step: Step) -> None:
        """What the step gets from other systems, and what it tells them."""
        failure, rule = step.sync_failure, self.scenario.rules.synchronisation
        record["tells"] = self.systems.of(step.tells, step.tells)
        record["sync_failure"] = rule.failure if failure is None else failure
        if step.prefilled_by is not None:
            record["eased_by"] = self.systems.of(step.prefilled_by.systems)
            record["eased_factor"] = step.prefilled_by.factor

    def _set_ways(self, step: Step, step_number: dict[str, int]) -> None:
        """Where the last step leads besides its branches: its parts, and the end of too long a wait."""
        record = self.steps[-1]
        record["part_first"], record["part_count"] = len(self.parts), len(step.parallel)
        self.parts += [step_number[first] for first in step.parallel]
        if step.waits_at_most is not None:
            self._set_limit(record, step.waits_at_most, step_number)

    def _set_limit(self, record: Records, limit: WaitLimit, step_number: dict[str, int]) -> None:
        record["limit_table"] = self.tables.number_of(limit.time)
        record["limit_to"] = (ENDS | step_number)[limit.then]
        record["limit_in_person"] = limit.who == "in_person"

    def _add_branches(
        self, procedure: str, branches: Iterable[Branch], step_number: dict[str, int], marks: dict[str, int]
    ) -> None:
        targets = ENDS | step_number
        for branch in branches:
            once = marks[branch.to] if branch.once else 0
            if_all, if_none = self.bits.of_branch(procedure, branch)
            self.branches.append((branch.share, targets[branch.to], once, if_all, if_none))
        self.steps[-1]["branch_count"] = len(self.branches) - self.steps[-1]["branch_first"]


def _marks(procedure: Procedure) -> dict[str, int]:
    """Number of the mark of each step to which a way leads once at most; the same in all versions."""
    branches = (branch for step in procedure.all_steps for branch in step.next)
    targets = dict.fromkeys(branch.to for branch in branches if branch.once)
    return {target: number for number, target in enumerate(targets, start=1)}


def _is_first_work(name: str, step: Step) -> bool:
    """Whether a step may be the first with work, at the desk; a session of the citizen is none."""
    return step.is_work and not is_of_filing(name)


def _entry_steps(
    scenario: Scenario, procedures: Records, step_number: list[dict[str, int]]
) -> NDArray[np.int32]:
    """Step at which a dossier of each procedure is filed on each channel: shape (procedures, channels)."""
    entry = np.repeat(procedures["first_step"][:, np.newaxis], len(scenario.channels), axis=1)
    filed_over = systems_filed_over(scenario)
    for place, channel in enumerate(scenario.channels.values()):
        if channel.files_over in filed_over:
            entry[:, place] = [number[session_step(channel.files_over)] for number in step_number]
    return entry


def procedure_tables(scenario: Scenario, tables: Tables) -> ProcedureTables:
    """Records of all procedures, versions after them; the step of back-entry comes last."""
    builder = _Builder(scenario, tables)
    forms = forms_of(scenario)
    procedures = [builder.add_form(number, form) for number, form in enumerate(forms)]
    back_entry_step = builder.add_back_entry()
    records = np.array(procedures, dtype=arrays.PROCEDURE)
    return ProcedureTables(
        procedures=records,
        steps=np.array(builder.steps, dtype=arrays.STEP),
        branches=np.array(builder.branches, dtype=arrays.BRANCH),
        parts=np.array(builder.parts, dtype=np.int32),
        traits=np.array(builder.traits, dtype=arrays.TRAIT),
        channel_factor=np.array(builder.factors, dtype=np.float64),
        entry_step=_entry_steps(scenario, records, builder.step_number),
        back_entry_step=back_entry_step,
        name=tuple(form.name for form in forms),
        step_name=tuple(name for _, name in builder.names),
        step_procedure=tuple(procedure for procedure, _ in builder.names),
        forms=tuple(forms),
        step_number=tuple(builder.step_number),
    )
