"""Pools: people of one role at one kind of site, who serve a queue together."""

from typing import Any, Literal, Self

from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from sim.scenario.schema.base import Flag, Level, Model, Name, Whole, refusal, require_exactly_one
from sim.scenario.schema.rosters import RosterCsv
from sim.scenario.schema.selection import Selection
from sim.scenario.schema.staff import MOST_POSTS, Absence, Departures, Learning, Overtime
from sim.scenario.schema.tables import CsvTable, SiteRow, numbers_of_column, require_columns, site_rows
from sim.scenario.schema.text import Titled
from sim.scenario.schema.units import Money, Positive, PositiveShare, Ratio


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
    """What is different at a part of the sites; what a case leaves out is as everywhere."""

    where: Selection = Field(Selection(), description="Sites that it is for.")
    headcount: Headcount | None = Field(None, description="Posts at each of them.")
    calendar: Name | None = Field(None, description="Name of the calendar on which they work.")
    windows_within: Name | None = Field(
        None, description="Name of the office calendar inside which their calendar is a set of windows."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.headcount is None and self.calendar is None and self.windows_within is None:
            raise refusal("nothing is different", "headcount, calendar or windows_within")
        return self


class Cover(Model):
    """How the people of a pool do the work of another pool at the same site."""

    speed: Ratio = Field(
        1.0, description="Speed at that work; 80 % of the speed of the pool's own people.", gt=0
    )
    only_when_absent: Flag = Field(
        False, description="Only while nobody of that pool is there; otherwise whenever they have time."
    )


class SharedPool(Model):
    """People at one site who serve other sites of the same level too."""

    at: str = Field(description="Name or code of the site where they work.", max_length=200)
    serves: Selection = Field(description="Sites served by them, which have no such pool of their own.")


class Pool(Titled):
    """People of one role at every site of one level."""

    level: Level = Field(description="Level of the sites that have this pool.")
    headcount: Headcount = Field(description="Posts per site where no case fits.")
    cases: tuple[HeadcountCase, ...] = Field(
        (), description="Other headcounts or hours for some sites; the first that fits."
    )
    at_old_seats: Headcount | None = Field(
        None,
        description="Posts of a pool of communes at their old seats, beside those at the commune. Where "
        "there are none, or the table has no row, there is no counter.",
    )
    shared: tuple[SharedPool, ...] = Field(
        (), description="Sites that are served by the people of another site of the same level."
    )
    covers: dict[Name, Cover] = Field(
        {},
        description="Pools whose work its people do when they have none of their own, in order of "
        "preference: deputies who sign, counters that stand in for one another.",
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
    post_cost_per_month: Money = Field(0.0, description="Cost of one post that is filled.")
    roster_csv: RosterCsv | None = Field(
        None,
        description="CSV file of who is on duty when, with the columns site, weekday (mon, mon-fri, or a "
        "date, which goes before weekdays), from, until, people and, if wanted, person and province. At its "
        "sites it takes the place of the calendar; the headcount is the posts there.",
    )
    absences: dict[Name, Absence] = Field(
        {}, description="Illness, leave and the like, by chance and for each post on its own."
    )
    departures: Departures | None = Field(
        None, description="People who leave, and how their posts are filled again."
    )
    learning: Learning | None = Field(None, description="Speed after a change that all have to learn.")
    overtime: Overtime | None = Field(None, description="Work after hours when too much waits.")
