"""Territory: which sites there are."""

import datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from sim.scenario.schema.base import (
    MEND_OF_MERGED,
    Level,
    Model,
    Name,
    Whole,
    quoted,
    refusal,
    require_exactly_one,
)
from sim.scenario.schema.roads import road_rows
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.tables import CsvTable, SiteRow, numbers_of_column, require_columns, site_rows
from sim.scenario.schema.units import Date, Positive


class Synthetic(Model):
    """Made-up sites for tests and benchmarks: communes named `Commune 0001` and so on."""

    provinces: Whole = Field(1, description="Number of provinces.", ge=1, le=100)
    communes_per_province: Whole = Field(100, description="Communes in each.", ge=1, le=10_000)
    inhabitants_per_commune: Whole = Field(10_000, description="Inhabitants of each.", ge=1, le=10**7)
    area_km2: Positive = Field(100.0, description="Area of each.", le=1e6)
    former_communes: Whole = Field(
        1, description="Former communes of each, of equal size, where a scenario asks for them.", ge=1, le=20
    )
    communes_per_district: Whole = Field(
        10, description="Communes whose former communes were one district.", ge=1, le=1000
    )


class Closure(Model):
    """A time in which counters at old seats are closed."""

    at: Date = Field(description="First day on which they are closed.")
    until: Date | None = Field(None, description="Last day; for good when left out.")
    where: Selection = Field(Selection(), description="Old seats concerned.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until is not None and self.until < self.at:
            raise refusal("until is before at", "at <= until")
        return self

    def holds_on(self, day: datetime.date) -> bool:
        """Whether they are closed on this day."""
        return self.at <= day and (self.until is None or day <= self.until)


NOWHERE: Final = Selection.model_validate({"not": {}})


def _selection_in_words(value: Any) -> Any:
    if isinstance(value, str):
        if value not in ("all", "none"):
            raise refusal(f"found {quoted(value)}", "all, none, or a selection such as {labels: [mountain]}")
        return Selection() if value == "all" else NOWHERE
    return value


class _InWords:
    """Adds the words to the editor schema of a selection."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"enum": ["all", "none"]}, handler(schema)]}


AllOrSelection = Annotated[Selection, BeforeValidator(_selection_in_words), _InWords()]


class ReceptionPoints(Model):
    """Which old seats keep a counter for citizens. The seat of the commune is always open."""

    open: AllOrSelection = Field(
        Selection(),
        description="Old seats whose counters are open: `all`, `none` or a selection as in `where`; of "
        "these, the ones with people in `pools.NAME.at_old_seats`.",
    )
    closures: tuple[Closure, ...] = Field(
        (), description="When some of them are closed: `{at: date, until: date, where: ...}`."
    )


class WayCase(Model):
    """Other ways and speeds for a part of the communes."""

    where: Selection = Field(Selection(), description="Communes, as they are now, that it is for.")
    detour_factor: Positive | None = Field(None, description="Length of the way / great circle.", ge=1, le=10)
    speed_kmh: Positive | None = Field(None, description="Mean speed on the way, km/h.", le=200)


MOUNTAIN_WAYS: Final = WayCase(where=Selection(labels=("mountain",)), detour_factor=1.6, speed_kmh=20.0)


class Travel(Model):
    """How citizens get to a counter. Factors and speeds are assumptions."""

    detour_factor: Positive = Field(
        1.3, description="Length of the way / great circle, where no case says otherwise.", ge=1, le=10
    )
    speed_kmh: Positive = Field(30.0, description="Mean speed on the way, km/h.", le=200)
    cases: tuple[WayCase, ...] = Field(
        (MOUNTAIN_WAYS,),
        description="Others for some communes; the first that fits. Left out: 1.6 and 20 km/h in communes "
        "with the label mountain.",
    )
    roads_csv: CsvTable | None = Field(
        None,
        description="CSV file of ways by road for crews and teams, with the columns from, to (sites; where "
        "names repeat `site, province`), km and, if wanted, minutes. A way is good in both directions. "
        "Ways that are not in it follow from the factors above.",
    )

    @model_validator(mode="after")
    def _roads_are_ways(self) -> Self:
        if self.roads_csv is not None:
            road_rows(self.roads_csv)
        return self


class Territory(Model):
    """The sites of a study: real provinces with all their communes, or made-up ones."""

    provinces: tuple[str, ...] | None = Field(
        None, description="Names of provinces, with or without diacritics.", min_length=1
    )
    synthetic: Synthetic | None = Field(None, description="Made-up sites.")
    population_csv: CsvTable | None = Field(
        None, description="CSV file with the columns site, inhabitants and, if names repeat, province."
    )
    labels: dict[Name, tuple[str, ...]] = Field(
        {}, description="Further labels: names of the communes that carry each."
    )
    only: Selection | None = Field(None, description="Only the communes of this selection.")
    structure: Literal["two_level", "four_level", "districts_kept"] = Field(
        "two_level",
        description="`two_level`: communes below provinces, since 1 July 2025. `four_level`: the same land "
        "as it was until then: former communes below districts below former provinces. Results are counted "
        "by present commune in both, and both have the same filings when citizens live in former communes. "
        "`districts_kept`: present communes, each below the former district that most of its people come "
        "from, for a run that begins before 1 July 2025 and ends after it.",
    )
    citizens_live_in: Literal["communes", "former_communes"] | None = Field(
        None,
        description="Where citizens set out from: `communes` (the default of two_level), or "
        "`former_communes` (the default of four_level): old seats below their present commune, which may "
        "keep a counter.",
    )
    reception_points: ReceptionPoints | None = Field(
        None, description="Which old seats keep counters, and until when; all that have people when left out."
    )
    travel: Travel = Field(Travel(), description="How citizens get to a counter.")

    @model_validator(mode="after")
    def _real_or_made_up(self) -> Self:
        require_exactly_one(self, ("provinces", "synthetic"))
        if self.population_csv is not None:
            if self.synthetic is not None:
                raise refusal(
                    "population_csv is given together with synthetic", "a table for real communes only"
                )
            require_columns(self.population_csv, ("site", "inhabitants"), ("province",))
            numbers_of_column(self.population_csv, "inhabitants", highest=1e8)
        return self

    @model_validator(mode="after")
    def _structure_fits(self) -> Self:
        if self.structure == "four_level" and self.citizens_live_in == "communes":
            raise refusal(
                "citizens_live_in: communes together with structure: four_level",
                "citizens_live_in: former_communes, which is the default of four_level",
            )
        if self.structure == "districts_kept" and self.citizens_live_in == "former_communes":
            raise refusal(
                "citizens_live_in: former_communes together with structure: districts_kept",
                "citizens_live_in: communes, which is the default",
            )
        if self.reception_points is not None and "old_seat" not in self.levels:
            raise refusal(
                "reception_points where there are no old seats",
                "structure: two_level with citizens_live_in: former_communes",
                MEND_OF_MERGED,
            )
        return self

    @property
    def has_former_sites(self) -> bool:
        """Whether some sites are of former times: districts, or former communes in which citizens live."""
        return self.structure != "two_level" or self.citizens_live_in == "former_communes"

    @property
    def levels(self) -> tuple[Level, ...]:
        """The levels whose sites may have people, systems and links of their own, from the top."""
        if self.structure != "two_level":
            return ("centre", "province", "district", "commune")
        seats: tuple[Level, ...] = ("old_seat",) if self.has_former_sites else ()
        return ("centre", "province", "commune", *seats)

    @property
    def population_rows(self) -> tuple[SiteRow, ...]:
        """Inhabitants by commune from the planner's table; empty without a table."""
        return site_rows(self.population_csv, "inhabitants") if self.population_csv else ()
