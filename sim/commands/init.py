"""`haicap init`: a commented scenario to begin with."""

from pathlib import Path
from typing import Annotated

import typer

from sim.commands.exits import BAD_INPUT, told_plainly
from sim.commands.options import Language, LanguageOption
from sim.commands.output import Screen


def init(
    province: Annotated[
        str,
        typer.Argument(help="Name or code of a province; diacritics may be left out.", show_default=False),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="File to write. (default: <province>.yaml)"),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")] = False,
    language: LanguageOption = Language.en,
) -> None:
    """Write a commented starting scenario for a province.

    Examples:

        haicap init "Quảng Trị"

        haicap init quang_tri --output scenarios/my_province.yaml
    """
    screen = Screen(language)
    with told_plainly(screen):
        from sim.study import starting_scenario

        slug, text = starting_scenario(province)
        path = output or Path(f"{slug}.yaml")
        if path.exists() and not force:
            screen.remark("init.is_there", path=path)
            raise typer.Exit(BAD_INPUT)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            screen.remark("init.not_written", path=path, reason=error.strerror or error)
            raise typer.Exit(BAD_INPUT) from None
        screen.say("init.written", path=path)
        screen.say("cli.next", command=f'haicap check "{path}"')
