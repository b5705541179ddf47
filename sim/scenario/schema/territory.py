"""Territory: which sites there are."""

from typing import Self

from pydantic import Field, model_validator

from sim.scenario.schema.base import Model, Name, Whole, refusal, require_exactly_one
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.tables import CsvTable, SiteRow, numbers_of_column, require_columns, site_rows
from sim.scenario.schema.units import Positive


class Synthetic(Model):
    """Made-up sites for tests and benchmarks: communes named `Commune 0001` and so on."""

    provinces: Whole = Field(1, description="Number of provinces.", ge=1, le=100)
    communes_per_province: Whole = Field(100, description="Communes in each.", ge=1, le=10_000)
    inhabitants_per_commune: Whole = Field(10_000, description="Inhabitants of each.", ge=1, le=10**7)
    area_km2: Positive = Field(100.0, description="Area of each.", le=1e6)


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

    @property
    def population_rows(self) -> tuple[SiteRow, ...]:
        """Inhabitants by commune from the planner's table; empty without a table."""
        return site_rows(self.population_csv, "inhabitants") if self.population_csv else ()
