"""`haicap compare`: the alternatives against the base."""

import typer

from sim.commands.exits import BAD_INPUT, told_plainly
from sim.commands.find_results import find_results
from sim.commands.options import AsJson, FileOrResults, Language, LanguageOption, ResultsFolder
from sim.commands.output import Screen


def compare(
    target: FileOrResults,
    results: ResultsFolder = None,
    language: LanguageOption = Language.en,
    as_json: AsJson = False,
) -> None:
    """Compare the alternatives of a study with its base, replication by replication on the same chance.

    Takes results that are there; `haicap run` makes them.

    Examples:

        haicap compare scenarios/quang_ngai.yaml

        haicap compare results/quang_ngai --language vi
    """
    screen = Screen(language, as_json)
    with told_plainly(screen):
        from sim.commands.results_tables import comparison_records, show_differences, show_sentences
        from sim.report.words import Words

        found = find_results(target, results, screen)
        if found.comparison is None:
            screen.remark("cli.nothing_to_compare", folder=found.folder)
            raise typer.Exit(BAD_INPUT)
        words = Words(language, found.records.study)
        show_differences(screen, words, found.comparison)
        show_sentences(screen, words, found.comparison)
        screen.json(comparison_records(found.comparison))
        screen.line()
        for note in found.comparison.notes[language.value]:
            screen.line(note)
        screen.say("cli.next", command=f'haicap report "{target}"')
