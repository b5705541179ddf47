"""Procedures, their steps and branches as records."""

from dataclasses import dataclass

import numpy as np

from sim.scenario.schema import COMPLETED, REFUSED, Branch, Procedure, Scenario, Step
from sim.world import arrays
from sim.world.arrays import Floats, Records
from sim.world.keys import name_key
from sim.world.pools import queue_classes
from sim.world.sites import LEVELS
from sim.world.systems import mask_of
from sim.world.tables import Tables

WITHOUT = {"wait": arrays.WAIT, "manual": arrays.MANUAL, "paper": arrays.PAPER}
ENDS = {COMPLETED: arrays.COMPLETED, REFUSED: arrays.REFUSED}
BACK_ENTRY = "back_entry"
"""Name of the step that is done later for what went on paper."""


@dataclass(frozen=True)
class ProcedureTables:
    """Procedures of a world: fields as in `World`, and the names of the steps."""

    procedures: Records
    steps: Records
    branches: Records
    channel_factor: Floats
    back_entry_step: int
    step_name: tuple[str, ...]
    step_procedure: tuple[str, ...]


class _Builder:
    """Collects the records of all steps and branches."""

    def __init__(self, scenario: Scenario, tables: Tables) -> None:
        self.scenario = scenario
        self.tables = tables
        self.roles = {name: role for role, name in enumerate(scenario.pools)}
        self.queue_classes = queue_classes(scenario)
        self.steps: list[Records] = []
        self.branches: list[tuple[float, int, int]] = []
        self.factors: list[list[float]] = []
        self.names: list[tuple[str, str]] = []

    def add_procedure(self, name: str, procedure: Procedure) -> Records:
        """Adds the steps of a procedure and returns its record."""
        scenario = self.scenario
        record = np.zeros((), dtype=arrays.PROCEDURE)
        step_number = {step: len(self.steps) + place for place, step in enumerate(procedure.steps)}
        record["group"] = list(scenario.groups).index(procedure.group)
        record["first_step"] = len(self.steps)
        record["priority"] = procedure.priority
        record["deadline_days"] = -1 if procedure.deadline is None else procedure.deadline
        record["inherited_step"] = record["inherited_used_table"] = -1
        if procedure.inherited is not None:
            record["inherited_step"] = step_number[procedure.inherited.at_step]
            record["inherited_used_table"] = self.tables.number_of(procedure.inherited.deadline_used)
        first_work = next((key for key, step in procedure.steps.items() if step.citizen is None), None)
        for key, step in procedure.steps.items():
            self._add_step(name, key, step, key == first_work)
            self._add_branches(step.next, step_number)
        return record

    def add_back_entry(self) -> int:
        """Adds the step of entering paper work later; its number, or -1 when the scenario has none."""
        entry = self.scenario.rules.back_entry
        if entry is None:
            return -1
        step = Step(pool=entry.pool, touch_time=entry.touch_time, needs=entry.needs)
        self._add_step("rules", BACK_ENTRY, step, False)
        self._add_branches((Branch(to=COMPLETED, share=1.0),), {})
        return len(self.steps) - 1

    def _add_step(self, procedure: str, name: str, step: Step, is_first_work: bool) -> None:
        record = np.zeros((), dtype=arrays.STEP)
        record["key"] = name_key(f"step:{procedure}/{name}")
        record["branch_first"] = len(self.branches)
        if step.citizen is None:
            self._set_work(record, step, is_first_work)
        else:
            record["kind"] = arrays.CITIZEN
            record["level"] = record["role"] = record["queue_class"] = -1
            record["table"] = self.tables.number_of(step.citizen.answers_after)
            record["manual_factor"] = 1.0
        self.steps.append(record)
        self.names.append((procedure, name))
        channels = self.scenario.channels
        self.factors.append([step.touch_time_factors.get(channel, 1.0) for channel in channels])

    def _set_work(self, record: Records, step: Step, is_first_work: bool) -> None:
        assert step.pool is not None and step.touch_time is not None
        mask = mask_of(self.scenario, step.needs)
        record["kind"] = arrays.WORK
        record["level"] = LEVELS.index(self.scenario.pools[step.pool].level)
        record["role"] = self.roles[step.pool]
        record["needs"] = mask
        record["table"] = self.tables.number_of(step.touch_time)
        record["without"] = WITHOUT[step.without]
        waits_for = mask if step.without == "wait" else 0
        record["queue_class"] = self.queue_classes[step.pool].index(waits_for)
        record["in_person_wait"] = is_first_work
        record["digitises"] = is_first_work if step.digitises is None else step.digitises
        record["manual_factor"] = step.manual_factor

    def _add_branches(self, branches: tuple[Branch, ...], step_number: dict[str, int]) -> None:
        targets = ENDS | step_number
        self.branches.extend((branch.share, targets[branch.to], branch.once) for branch in branches)
        self.steps[-1]["branch_count"] = len(branches)


def procedure_tables(scenario: Scenario, tables: Tables) -> ProcedureTables:
    """Records of all procedures; the step of back-entry comes last."""
    builder = _Builder(scenario, tables)
    procedures = [builder.add_procedure(name, each) for name, each in scenario.procedures.items()]
    back_entry_step = builder.add_back_entry()
    return ProcedureTables(
        procedures=np.array(procedures, dtype=arrays.PROCEDURE),
        steps=np.array(builder.steps, dtype=arrays.STEP),
        branches=np.array(builder.branches, dtype=arrays.BRANCH),
        channel_factor=np.array(builder.factors, dtype=np.float64),
        back_entry_step=back_entry_step,
        step_name=tuple(name for _, name in builder.names),
        step_procedure=tuple(procedure for procedure, _ in builder.names),
    )
