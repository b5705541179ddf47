"""`haicap run`: a study, from scenario file to report."""

import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sim.commands.exits import told_plainly
from sim.commands.options import (
    AlternativeNames,
    AsJson,
    Language,
    LanguageOption,
    ResultsFolder,
    ScenarioFile,
    names_of,
)
from sim.commands.output import Column, Screen
from sim.commands.progress import RunProgress
from sim.commands.run_options import (
    EngineName,
    EngineOption,
    ExecutorName,
    ExecutorOption,
    Fresh,
    Log,
    NoReport,
    Profile,
    Replications,
    Scheduler,
    Workers,
)

if TYPE_CHECKING:
    from sim.running.executors import Place
    from sim.study import Results


def run(
    file: ScenarioFile,
    results: ResultsFolder = None,
    replications: Replications = None,
    alternatives: AlternativeNames = None,
    workers: Workers = None,
    engine: EngineOption = EngineName.compiled,
    fresh: Fresh = False,
    executor: ExecutorOption = ExecutorName.processes,
    scheduler: Scheduler = None,
    no_report: NoReport = False,
    log: Log = False,
    profile: Profile = False,
    language: LanguageOption = Language.en,
    as_json: AsJson = False,
) -> None:
    """Run what is missing of a study, compare its alternatives, and write the report.

    A run that was interrupted goes on where it stopped; results are the same, bit for bit.

    Examples:

        haicap run scenarios/quang_ngai.yaml

        haicap run scenarios/quang_ngai.yaml --replications 30 --workers 4

        haicap run my.yaml --results results/trial --alternatives more_counters --language vi

        haicap run my.yaml --executor dask --scheduler tcp://10.0.0.5:8786
    """
    screen = Screen(language, as_json)
    with told_plainly(screen, on_interrupt=resume_command(sys.argv)):
        from sim import study as whole
        from sim.running.session import timed

        study = whole.load(file)
        with RunProgress(screen) as progress:
            outcome = whole.run(
                study,
                results,
                replications=replications,
                alternatives=names_of(alternatives),
                place=_place(executor, scheduler, workers),
                engine=engine.value,
                fresh=fresh,
                log=log,
                notify=progress,
            )
        with timed("analysis", progress):
            page = None if no_report else whole.write_report(outcome, language)
            show_outcome(screen, outcome, page)
        if profile:
            show_profile(screen, outcome, progress.seconds)
        screen.say("cli.next", command=_next_command(file, results, outcome, page))


def resume_command(arguments: list[str]) -> str:
    """The command that goes on where this one stopped: the same without `--fresh`."""
    words = ["haicap", *(word for word in arguments[1:] if word != "--fresh")]
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def _place(executor: ExecutorName, scheduler: str | None, workers: int | None) -> "Place":
    from sim.running.executors import connect_dask, local_place

    if executor is ExecutorName.processes:
        if scheduler is not None:
            raise typer.BadParameter("needs --executor dask", param_hint="--scheduler")
        return local_place(workers)
    if scheduler is None:
        raise typer.BadParameter("--executor dask needs the address of a scheduler", param_hint="--scheduler")
    return connect_dask(scheduler)


def show_outcome(screen: Screen, outcome: "Results", page: Path | None) -> None:
    """Main numbers, what the comparison says, and where everything is."""
    from sim.commands.results_tables import (
        comparison_records,
        headline_records,
        show_headline,
        show_sentences,
    )
    from sim.report.words import Words

    words = Words(screen.language, outcome.records.study)
    show_headline(screen, words, outcome.summaries)
    if outcome.comparison is not None:
        show_sentences(screen, words, outcome.comparison, decided_only=True)
    screen.json(
        {
            "results": outcome.folder.as_posix(),
            "report": None if page is None else page.as_posix(),
            "headline": headline_records(outcome.summaries),
            "comparison": comparison_records(outcome.comparison),
        }
    )
    screen.line()
    screen.say("run.results_in", folder=outcome.folder)
    if page is not None:
        screen.say("run.report_in", page=page)


def show_profile(screen: Screen, outcome: "Results", seconds: dict[str, float]) -> None:
    """Where the time went: stages of this sitting, then replications one by one."""
    stages = [
        {"stage": screen.text(f"profile.{name}"), "seconds": screen.number(spent, 2)}
        for name, spent in seconds.items()
    ]
    for_stage = [
        Column("stage", screen.text("profile.stage")),
        Column("seconds", screen.text("profile.seconds"), is_number=True),
    ]
    screen.table(screen.text("profile.title"), for_stage, stages)
    keys = ("wall_seconds", "flow_seconds", "control_seconds", "records_seconds", "peak_memory_mb")
    columns = [
        Column("alternative", screen.text("screen.alternative")),
        Column("replication", "#", is_number=True),
    ]
    columns += [Column(key, screen.text(f"profile.{key}"), is_number=True) for key in keys]
    rows = [
        {"alternative": name, "replication": number, **records.totals(number)}
        for name, records in outcome.records.alternatives.items()
        for number in records.replications
    ]
    screen.table(screen.text("profile.replications"), columns, rows)


def _next_command(file: Path, results: Path | None, outcome: "Results", page: Path | None) -> str:
    target = file if results is None else outcome.folder
    if page is None:
        return f'haicap report "{target}"'
    return f'haicap compare "{target}"' if outcome.comparison is not None else f'haicap verify "{file}"'
