"""How a filing becomes a dossier in the naive engine: the rules E15, E16 and E18."""

from collections.abc import Sequence

from sim.engine.addressed import look_up, uniform
from sim.engine.reference_calendars import Deadlines
from sim.engine.reference_dossier import Dossier, Filing, Row, rows_of
from sim.world.arrays import CITIZEN, ELECTRONIC, FOR_USED_DEADLINE, World


class Register:
    """Enters new dossiers: where they begin, on which medium, and when they are due."""

    def __init__(
        self,
        world: World,
        deadlines: Deadlines,
        steps: Sequence[Row],
        tables: Sequence[Sequence[float]],
    ) -> None:
        self.streams = rows_of(world.streams)
        self.procedures = rows_of(world.procedures)
        self.channel_medium: list[int] = world.channel_medium.tolist()
        self.site_at_level: list[list[int]] = world.site_at_level.tolist()
        self.inherited_group = world.group_count - 1
        self.deadlines = deadlines
        self.steps = steps
        self.tables = tables

    def enter(self, filing: Filing, number: int) -> Dossier:
        """The dossier of a filing, as it is when it is filed."""
        stream = self.streams[filing.stream]
        procedure = self.procedures[stream.procedure]
        dossier = Dossier(
            number=number,
            key=filing.key,
            filed_ms=filing.filed_ms,
            home=stream.site,
            procedure=procedure,
            channel=stream.channel,
            group=procedure.group,
            medium=self.channel_medium[stream.channel],
            due_ms=self.deadlines.due(filing.filed_ms, procedure.deadline_days),
            site=stream.site,
            step=self.steps[procedure.first_step],
            inherited=filing.inherited,
        )
        if filing.inherited:
            self._hand_over(dossier)
        return dossier

    def _hand_over(self, dossier: Dossier) -> None:
        """What is different for a dossier of the inherited backlog (E15)."""
        procedure = dossier.procedure
        u = uniform(dossier.key, 0, 0, FOR_USED_DEADLINE)
        used = look_up(self.tables[procedure.inherited_used_table], u)
        dossier.due_ms = self.deadlines.inherited_due(procedure.deadline_days, used)
        dossier.medium = ELECTRONIC
        dossier.group = self.inherited_group
        dossier.step = self.steps[procedure.inherited_step]
        dossier.site = self.site_of(dossier.step, dossier)

    def site_of(self, step: Row, dossier: Dossier) -> int:
        """Where a step of this dossier is done; with the citizen it stays where it is (E18, E22)."""
        return dossier.site if step.kind == CITIZEN else self.site_at_level[dossier.home][step.level]
