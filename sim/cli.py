"""The command `haicap`: which commands there are. Each reads its options, calls `sim.study` and prints."""

from typing import Annotated

import typer

from sim.commands.check import check
from sim.commands.compare import compare
from sim.commands.exits import EXIT_CODES_HELP
from sim.commands.init import init
from sim.commands.output import prepare_streams
from sim.commands.report import report
from sim.commands.run import run
from sim.commands.territory import territory
from sim.commands.verify import verify

app = typer.Typer(
    name="haicap",
    epilog=EXIT_CODES_HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)

for command in (run, compare, check, verify, init, territory, report):
    app.command(epilog=EXIT_CODES_HELP)(command)


def _show_version(wanted: bool) -> None:
    if wanted:
        import sim

        print(f"haicap {sim.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """Simulates a two-level administration: people, counters, lines and software, from file to report."""


def main() -> None:
    """Entry point of the command."""
    prepare_streams()
    app()


if __name__ == "__main__":
    main()
