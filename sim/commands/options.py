"""Options that several commands have."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Language(StrEnum):
    """Language of everything that planners read."""

    en = "en"
    vi = "vi"


ScenarioFile = Annotated[Path, typer.Argument(metavar="FILE", help="Scenario file.", show_default=False)]

FileOrResults = Annotated[
    Path,
    typer.Argument(metavar="FILE|RESULTS", help="Scenario file, or folder of results.", show_default=False),
]

ResultsFolder = Annotated[
    Path | None,
    typer.Option(
        "--results", metavar="DIR", help="Folder of the results. (default: results/<name of the study>)"
    ),
]

LanguageOption = Annotated[
    Language,
    typer.Option(
        "--language", "-l", envvar="HAICAP_LANGUAGE", help="Language of tables, sentences and report."
    ),
]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of tables.")]

AlternativeNames = Annotated[
    str | None,
    typer.Option(
        "--alternatives", metavar="A,B", help="These alternatives only; the base is always with them."
    ),
]


def names_of(alternatives: str | None) -> list[str] | None:
    """The names in a list with commas; None when there is no list."""
    return (
        None if alternatives is None else [name.strip() for name in alternatives.split(",") if name.strip()]
    )
