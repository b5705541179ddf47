"""`haicap report`: figures and page from results that are there."""

from sim.commands.exits import told_plainly
from sim.commands.find_results import find_results
from sim.commands.options import FileOrResults, Language, LanguageOption, ResultsFolder
from sim.commands.output import Screen


def report(
    target: FileOrResults, results: ResultsFolder = None, language: LanguageOption = Language.en
) -> None:
    """Write figures and report of results that are there; nothing is run.

    Examples:

        haicap report scenarios/quang_ngai.yaml

        haicap report results/quang_ngai --language vi
    """
    screen = Screen(language)
    with told_plainly(screen):
        from sim import study as whole

        page = whole.write_report(find_results(target, results, screen), language)
        screen.say("run.report_in", page=page)
