"""`haicap territory`: the gazetteer on the screen."""

from typing import Annotated

import typer

from sim.commands.exits import told_plainly
from sim.commands.options import AsJson, Language, LanguageOption
from sim.commands.output import Column, Screen

PROVINCE_COLUMNS = (
    "code",
    "name",
    "units",
    "wards",
    "communes",
    "special_zones",
    "population",
    "area_km2",
    "seat",
)
COMMUNE_COLUMNS = ("code", "name", "population", "area_km2", "former_districts", "labels")
NUMBERS = {"units", "wards", "communes", "special_zones", "population", "area_km2"}


def territory(
    province: Annotated[
        str | None, typer.Argument(help="Name or code of a province; diacritics may be left out.")
    ] = None,
    language: LanguageOption = Language.en,
    as_json: AsJson = False,
) -> None:
    """List the provinces, or the communes of one province.

    Examples:

        haicap territory

        haicap territory "Quảng Ngãi"

        haicap territory quang_ngai --json
    """
    from sim.world.territory_listing import territory_rows

    screen = Screen(language, as_json)
    with told_plainly(screen):
        rows = territory_rows(province)
        keys = PROVINCE_COLUMNS if province is None else COMMUNE_COLUMNS
        columns = [Column(key, screen.text(f"territory.{key}"), key in NUMBERS) for key in keys]
        screen.table("", columns, rows)
        screen.json(rows)
        screen.say("territory.sum", count=len(rows), people=sum(int(str(row["population"])) for row in rows))
        if province is None:
            screen.say("territory.next_one")
        else:
            screen.say("territory.estimates")
            screen.say("cli.next", command=f'haicap init "{province}"')
