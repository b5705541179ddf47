"""How a filing becomes a dossier in the naive engine: the rules E15, E16, E43, E44, E49, E51 and E60."""

import math
from collections.abc import Sequence

from sim.engine.addressed import look_up, uniform
from sim.engine.reference_calendars import Deadlines
from sim.engine.reference_dossier import Dossier, Filing, Row, rows_of
from sim.engine.reference_places import Places
from sim.engine.reference_pools import Pool
from sim.world.arrays import (
    CHOOSE_ANY,
    CHOOSE_FIRST,
    ELECTRONIC,
    FOR_CANDIDATE,
    FOR_ELSEWHERE,
    FOR_TRAIT,
    FOR_USED_DEADLINE,
    MS_PER_DAY,
    TRAIT_ELSEWHERE,
    World,
)


class Register:
    """Enters new dossiers: where they begin, on which medium, what they are like, and when they are due."""

    def __init__(
        self,
        world: World,
        deadlines: Deadlines,
        steps: Sequence[Row],
        tables: Sequence[Sequence[float]],
        places: Places,
        pools: Sequence[Pool],
    ) -> None:
        self.streams = rows_of(world.streams)
        self.procedures = rows_of(world.procedures)
        self.entry_step: list[list[int]] = world.entry_step.tolist()
        self.traits = rows_of(world.traits)
        self.channel_medium: list[int] = world.channel_medium.tolist()
        self.area_of: list[int] = world.area_of.tolist()
        self.elsewhere_share: list[list[float]] = world.elsewhere_share.tolist()
        self.candidates: list[list[list[int]]] = world.candidates.tolist()
        self.candidate_m: list[list[list[int]]] = world.candidate_m.tolist()
        self.inherited_group = world.group_count - 1
        self.deadlines = deadlines
        self.steps = steps
        self.tables = tables
        self.places = places
        self.pools = pools

    def enter(self, filing: Filing, number: int) -> Dossier:
        """The dossier of a filing, as it is when it is filed."""
        stream = self.streams[filing.stream]
        dossier = self._entry(filing, number, stream)
        dossier.traits = stream.traits | self._drawn_traits(dossier)
        dossier.deadline_days = self._deadline_days(dossier)
        dossier.holds = self._held_pool(self.procedures[stream.procedure], dossier.home)
        if filing.inherited:
            self._hand_over(dossier, self.procedures[stream.procedure])
        else:
            self._receive(dossier, stream)
        return dossier

    def _entry(self, filing: Filing, number: int, stream: Row) -> Dossier:
        """What the inherited and the new have in common."""
        procedure = self.procedures[stream.procedure]
        entry = self.entry_step[stream.procedure][stream.channel]
        begins_at = procedure.inherited_step if filing.inherited else entry
        step = self.steps[self.places.instead(stream.site, begins_at)]
        seat = self.places.seat_of[stream.site]
        return Dossier(
            number=number,
            key=filing.key,
            filed_ms=filing.filed_ms,
            home=stream.site,
            area=self.area_of[stream.site],
            # It is filed under the procedure of the step that is done instead of its entry step (E44, E60).
            procedure=self.procedures[step.procedure] if step.procedure >= 0 else procedure,
            filed_on=stream.channel,
            channel=stream.channel,
            group=procedure.group,
            medium=self.channel_medium[stream.channel],
            desk=seat,
            travel_m=0,
            site=seat,
            step=step,
            inherited=filing.inherited,
        )

    def _receive(self, dossier: Dossier, stream: Row) -> None:
        """A new dossier is handed in at a desk (E16, E49)."""
        dossier.due_ms = self.deadlines.due(dossier.filed_ms, dossier.deadline_days)
        dossier.desk, dossier.travel_m = self.places.desk_and_travel(dossier.home, dossier.channel)
        if self.places.in_person[dossier.channel]:
            if self._goes_elsewhere(dossier, stream):
                self._file_elsewhere(dossier, stream)
            dossier.visits.append((dossier.filed_ms, dossier.travel_m))
        dossier.site = dossier.desk

    def _hand_over(self, dossier: Dossier, left_by: Row) -> None:
        """A dossier of the inherited backlog of a procedure is already under way (E15)."""
        u = uniform(dossier.key, 0, 0, FOR_USED_DEADLINE)
        used = look_up(self.tables[left_by.inherited_used_table], u)
        dossier.due_ms = self.deadlines.inherited_due(dossier.deadline_days, used)
        dossier.medium = ELECTRONIC
        dossier.group = self.inherited_group
        dossier.site = self.places.site_of(dossier.step, dossier)

    def _traits_of(self, procedure: Row) -> list[Row]:
        return self.traits[procedure.trait_first : procedure.trait_first + procedure.trait_count]

    def _drawn_traits(self, dossier: Dossier) -> int:
        """The traits that chance gives to a dossier of its procedure (E43)."""
        traits = 0
        for trait in self._traits_of(dossier.procedure):
            if uniform(dossier.key, trait.key, 0, FOR_TRAIT) < trait.share:
                traits |= trait.mask
        return traits

    def _deadline_days(self, dossier: Dossier) -> int:
        """Working days of its deadline: those of its first trait that has one, or of the procedure (E43)."""
        for trait in self._traits_of(dossier.procedure):
            if dossier.traits & trait.mask and trait.deadline_days >= 0:
                return int(trait.deadline_days)
        return int(dossier.procedure.deadline_days)

    def _held_pool(self, procedure: Row, home: int) -> int:
        """The pool of which one person cannot work while such a dossier is open, -1 = none (E53)."""
        if procedure.holds_role < 0:
            return -1
        return self.places.pool_at_or_above(home, procedure.holds_level, procedure.holds_role)

    def _candidates(self, dossier: Dossier, stream: Row) -> list[int]:
        return [site for site in self.candidates[stream.candidate_set][dossier.home] if site >= 0]

    def _goes_elsewhere(self, dossier: Dossier, stream: Row) -> bool:
        """Whether the citizen files at another commune (E51)."""
        if stream.elsewhere_row < 0 or not self._candidates(dossier, stream):
            return False
        share: float = self.elsewhere_share[stream.elsewhere_row][dossier.filed_ms // MS_PER_DAY]
        return uniform(dossier.key, 0, 0, FOR_ELSEWHERE) < share

    def _file_elsewhere(self, dossier: Dossier, stream: Row) -> None:
        candidates = self._candidates(dossier, stream)
        place = self._chosen(dossier, stream, candidates)
        dossier.desk = candidates[place]
        dossier.travel_m = self.candidate_m[stream.candidate_set][dossier.home][place]
        dossier.traits |= TRAIT_ELSEWHERE

    def _chosen(self, dossier: Dossier, stream: Row, candidates: list[int]) -> int:
        """Place of the commune that the citizen chooses (E51)."""
        if stream.choose == CHOOSE_FIRST:
            return 0
        if stream.choose == CHOOSE_ANY:
            return math.floor(uniform(dossier.key, 0, 0, FOR_CANDIDATE) * len(candidates))
        return self._least_loaded(dossier.step.role, candidates)

    def _least_loaded(self, role: int, candidates: list[int]) -> int:
        """Place of the first commune with the least to do for each of its people, 0 when none has such."""
        pools = [self.places.pool_of[site][role] if role >= 0 else -1 for site in candidates]
        having_one = [place for place, pool in enumerate(pools) if pool >= 0]
        return min(having_one, key=lambda place: self.pools[pools[place]].load(), default=0)
