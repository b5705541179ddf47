"""Sources of outages: by chance, planned, or replayed from a list of real ones."""

from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from sim.scenario.schema.base import Model, Name, quoted, refusal, require_exactly_one
from sim.scenario.schema.distributions import Distribution
from sim.scenario.schema.hits import OFFICES, Hit
from sim.scenario.schema.levels import RateLevel
from sim.scenario.schema.replayed_outages import outage_rows, require_outage_rows
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.tables import CsvTable
from sim.scenario.schema.text import Titled
from sim.scenario.schema.units import DateTime, duration_ms

FOR_GOOD_MS: Final = 1 << 52
"""Length of what never ends."""

Together = Literal["each", "province", "all"]


def _lasting(value: Any) -> int:
    if value == "for_good":
        return FOR_GOOD_MS
    length_ms = duration_ms(value)
    if length_ms == 0:
        raise refusal(f"found {quoted(value)}", "a duration longer than nothing, or for_good")
    return length_ms


Lasting = Annotated[
    int,
    BeforeValidator(_lasting),
    WithJsonSchema({"type": "string", "title": "duration or for_good", "examples": ["6 h", "for_good"]}),
]
"""Clock time in milliseconds, above zero."""


class RandomOutages(Model):
    """Outages that come again and again by chance."""

    time_between_failures: Distribution = Field(description="From the end of a repair to the next failure.")
    time_to_repair: Distribution = Field(
        description="From the failure, or with `crew` from its arrival, to the end of the repair."
    )
    together: Together = Field(
        "each",
        description="What fails at the same moment for the same time: `each` link, system or site on its "
        "own, all that is hit in a `province`, or `all` that is hit: a common cause.",
    )
    crew: Name | None = Field(None, description="Crews of which one has to come to the place.")
    levels: tuple[RateLevel, ...] = Field(
        (),
        description="Fewer of them from a date on, at some sites (the host of a system, the lower end of a "
        "link); the first that fits counts, and all of them elsewhere. What fails together has one level.",
    )

    @model_validator(mode="after")
    def _crew_mends_one_thing(self) -> Self:
        if self.crew is not None and self.together != "each":
            raise refusal(f"a crew and `together: {self.together}`", "together: each, the default")
        return self


class PlannedOutage(Model):
    """One outage with known time: maintenance, a migration, or one that was seen."""

    at: DateTime = Field(description="When it begins.")
    lasts: Lasting | None = Field(
        None, description="How long it lasts; `for_good`: a system that is taken out and does not come back."
    )
    until: DateTime | None = Field(None, description="When it ends, in place of `lasts`.")

    @model_validator(mode="after")
    def _one_end(self) -> Self:
        require_exactly_one(self, ("lasts", "until"))
        if self.until is not None and self.until <= self.at:
            raise refusal("until is not after at", "at < until")
        return self

    @property
    def length_ms(self) -> int:
        """How long it lasts; FOR_GOOD_MS when it never ends."""
        if self.until is None:
            return self.lasts or 0
        return round((self.until - self.at).total_seconds() * 1000)


class Outage(Titled, Hit):
    """A source of outages: what is hit, where, and when."""

    vendor: Name | None = Field(
        None, description="Only systems run by this vendor; all of them when no `systems` are named."
    )
    random: RandomOutages | None = Field(None, description="Outages by chance.")
    planned: tuple[PlannedOutage, ...] | None = Field(None, description="Outages with known time.")
    replay_csv: CsvTable | None = Field(
        None,
        description="CSV file of real outages, with the columns began (`2025-07-03 08:00`), ended or "
        "minutes, what (a kind of link, a system, `power` or `offices`), site (where; what lies below is "
        "hit too; empty is everywhere) and, if wanted, province, effect (`down`, `slow`, `read_only`) and "
        "event (rows with the same one belong together).",
    )

    @model_validator(mode="after")
    def _hits_something_sometime(self) -> Self:
        require_exactly_one(self, ("random", "planned", "replay_csv"))
        if self.replay_csv is not None:
            self._require_that_the_file_says_all()
            require_outage_rows(self.replay_csv)
        elif not self.has_targets and self.vendor is None:
            raise refusal("nothing is given that is hit", "links, systems, sites or a vendor")
        if self.vendor is not None and (self.links or self.sites):
            raise refusal("a vendor together with links or sites", "systems, or no more than the vendor")
        return self

    @property
    def may_slow_links(self) -> bool:
        """Whether links may become slow: also when the file says so."""
        return super().may_slow_links or self.replay_csv is not None

    @property
    def closes_offices(self) -> bool:
        """Whether it may close offices."""
        rows = outage_rows(self.replay_csv) if self.replay_csv is not None else ()
        return OFFICES in self.sites or any(row.what == OFFICES for row in rows)

    def _require_that_the_file_says_all(self) -> None:
        if self.has_targets or self.vendor is not None or self.where != Selection():
            raise refusal(
                "replay_csv together with links, systems, sites, vendor or where",
                "the file alone: it says what is hit and where",
            )
