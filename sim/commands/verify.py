"""`haicap verify`: the compiled engine before its judge."""

from dataclasses import asdict
from typing import Annotated

import typer

from sim.commands.exits import FAILED, told_plainly
from sim.commands.options import AlternativeNames, AsJson, Language, LanguageOption, ScenarioFile, names_of
from sim.commands.output import Column, Screen

COUNTS = ("dossiers_compared", "steps_compared", "log_rows_compared", "counts_compared")


def verify(
    file: ScenarioFile,
    days: Annotated[int, typer.Option(min=1, max=3660, help="Days of the scenario to play.")] = 14,
    alternatives: AlternativeNames = None,
    language: LanguageOption = Language.en,
    as_json: AsJson = False,
) -> None:
    """Play the first days of a study in two engines, and compare every step of every dossier.

    The second engine is slow and written to be read; both must give the same times. Only the base is
    compared unless alternatives are named.

    Examples:

        haicap verify scenarios/quang_ngai.yaml

        haicap verify my.yaml --days 5 --alternatives more_counters
    """
    screen = Screen(language, as_json)
    with told_plainly(screen):
        from sim.study import verify as verify_study

        screen.remark("verify.takes_time")
        found = verify_study(file, days, names_of(alternatives) or ())
        rows = [
            {"alternative": each.alternative, "days": each.days, "equal": each.outcome.equal}
            | asdict(each.outcome)
            for each in found
        ]
        screen.json(rows)
        columns = [Column("alternative", screen.text("screen.alternative"))]
        columns += [Column(key, screen.text(f"verify.{key}"), is_number=True) for key in ("days", *COUNTS)]
        columns += [Column("result", screen.text("verify.result"))]
        shown = [
            row | {"result": screen.text("verify.equal" if row["equal"] else "verify.differ")} for row in rows
        ]
        screen.table(screen.text("verify.title"), columns, shown)
        for each in found:
            if each.outcome.first_difference is not None:
                screen.say(
                    "verify.difference", alternative=each.alternative, what=each.outcome.first_difference
                )
        if not all(each.outcome.equal for each in found):
            raise typer.Exit(FAILED)
        screen.say("cli.next", command=f'haicap run "{file}"')
