"""Pools: people of one role at one kind of site, who serve a queue together."""

from typing import Any, Literal, Self

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from sim.scenario.schema.base import Level, Model, Name, Whole, refusal, require_exactly_one
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.tables import CsvTable, SiteRow, numbers_of_column, require_columns, site_rows
from sim.scenario.schema.text import Titled
from sim.scenario.schema.units import Money, Positive, PositiveShare

MOST_POSTS = 100_000


class Headcount(Model):
    """Posts per site: a whole number, a table, or a rule by population."""

    posts: Whole | None = Field(None, description="The same number everywhere.", ge=0, le=MOST_POSTS)
    csv: CsvTable | None = Field(
        None, description="CSV file with the columns site, headcount and, if names repeat, province."
    )
    inhabitants_per_post: Positive | None = Field(
        None, description="One post per so many inhabitants, rounded up, within at_least and at_most."
    )
    at_least: Whole = Field(1, description="With inhabitants_per_post: fewest posts.", ge=0, le=MOST_POSTS)
    at_most: Whole | None = Field(
        None, description="With inhabitants_per_post: most posts.", ge=1, le=MOST_POSTS
    )

    @model_validator(mode="before")
    @classmethod
    def _plain_number_is_posts(cls, data: Any) -> Any:
        return data if isinstance(data, (dict, Headcount)) else {"posts": data}

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        require_exactly_one(self, ("posts", "csv", "inhabitants_per_post"))
        if self.inhabitants_per_post is None and {"at_least", "at_most"} & self.model_fields_set:
            raise refusal("at_least or at_most without inhabitants_per_post", "a rule by population")
        if self.at_most is not None and self.at_most < self.at_least:
            raise refusal("at_most is below at_least", "at_least <= at_most")
        if self.csv is not None:
            require_columns(self.csv, ("site", "headcount"), ("province",))
            numbers_of_column(self.csv, "headcount", highest=MOST_POSTS, whole=True)
        return self

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"anyOf": [{"type": "integer", "minimum": 0}, handler.resolve_ref_schema(handler(schema))]}

    @property
    def rows(self) -> tuple[SiteRow, ...]:
        """Headcounts by site from the table; empty without a table."""
        return site_rows(self.csv, "headcount") if self.csv else ()


class HeadcountCase(Model):
    """A headcount for a part of the sites."""

    where: Selection = Field(Selection(), description="Sites that it is for.")
    headcount: Headcount = Field(description="Posts at each of them.")


class Pool(Titled):
    """People of one role at every site of one level."""

    level: Level = Field(description="Level of the sites that have this pool.")
    headcount: Headcount = Field(description="Posts per site where no case fits.")
    cases: tuple[HeadcountCase, ...] = Field(
        (), description="Other headcounts for some sites; the first that fits."
    )
    time_for_dossiers: PositiveShare = Field(
        1.0,
        description="Share of a person's day left for dossiers; touch times are stretched by its inverse.",
    )
    calendar: Name = Field(description="Name of the calendar on which it works.")
    windows_within: Name | None = Field(
        None,
        description="Name of the office calendar inside which `calendar` is a set of windows (signature); "
        "waiting for a window in office hours is then a cause of its own.",
    )
    end_of_shift: Literal["resume", "finish"] = Field(
        "resume",
        description="Work in hand at closing time: `resume` at the next opening, or `finish` it overtime.",
    )
    queue: Literal["first_come", "earliest_due_date", "priority"] = Field(
        "first_come",
        description="Who is served next; `priority` goes by the procedure's number, smaller first.",
    )
    post_cost_per_month: Money = Field(0.0, description="Cost of one post.")
