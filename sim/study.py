"""The whole way, from scenario file to report: the table of contents of the program.

- load: a scenario file -> a checked study
- check: a study -> the load that it puts on its people, by arithmetic
- run: a study -> results on disk, replication by replication
- read: results on disk -> the same results
- compare: results -> alternatives against the base
- write_report: results -> figures and page
- verify: a study -> the compiled engine against the naive one, step by step
- starting_scenario: a province -> a scenario file to begin with
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from sim.analysis import compare as compare_records
from sim.analysis import summarise
from sim.analysis.summary import Comparison, Summary
from sim.control.extensions import NO_EXTENSIONS, Extensions
from sim.control.start import start_control
from sim.engine.verify import Verification
from sim.engine.verify import verify as verify_engines
from sim.messages import LANGUAGES
from sim.record.claim import claimed
from sim.record.describe import describe_study
from sim.record.files import writing_to
from sim.record.store import StudyRecords, read_study, write_study
from sim.running.executors import Place, ThisProcess, local_place
from sim.running.own_functions import can_travel
from sim.running.preparation import Notify, chosen, is_current, prepare
from sim.running.replicate import Engine
from sim.running.session import run_missing
from sim.running.shortening import first_days
from sim.scenario.reader import BASE, Study, load
from sim.scenario.starter import ProvinceFacts, starter_text
from sim.world.build import build
from sim.world.load import Load, expected_load
from sim.world.places import find_province
from sim.world.territory import load_territory

__all__ = [
    "Comparison",
    "Extensions",
    "Results",
    "Study",
    "Summary",
    "compare",
    "load",
    "read",
    "run",
    "verify",
    "write_report",
]


def silent(event: str, **values: object) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Results:
    """Results of a study on disk; tables are read, and numbers computed, when they are asked for."""

    records: StudyRecords

    @property
    def folder(self) -> Path:
        """Where the results are."""
        return self.records.folder

    @property
    def alternatives(self) -> tuple[str, ...]:
        """Names of the alternatives with results, base first."""
        return tuple(self.records.alternatives)

    @cached_property
    def summaries(self) -> Mapping[str, Summary]:
        """Numbers with intervals of every alternative."""
        return {
            name: summarise(records, self.records.study)
            for name, records in self.records.alternatives.items()
        }

    def summary(self, alternative: str = BASE) -> Summary:
        """Numbers with intervals of one alternative. KeyError when it has no results."""
        return self.summaries[alternative]

    @cached_property
    def comparison(self) -> Comparison | None:
        """The alternatives against the base; None when there is no alternative."""
        return compare_records(self.records, self.summaries) if len(self.alternatives) > 1 else None


@dataclass(frozen=True)
class Checked:
    """A study without mistakes, and the load that it puts on its people, by alternative."""

    study: Study
    loads: Mapping[str, Load]
    site_names: Mapping[str, str]


def check(study: Study | str | Path, *, extensions: Extensions = NO_EXTENSIONS) -> Checked:
    """Check a study down to its territory, and work out the expected load; nothing is run.

    `extensions` are functions of your own that the study names. Raises ScenarioError with all mistakes.
    """
    study = study if isinstance(study, Study) else load(study)
    built = {name: build(scenario, extensions.names) for name, scenario in study.scenarios.items()}
    names = {site.code: site.full_name for each in built.values() for site in each.sites.all}
    return Checked(study, {name: expected_load(each) for name, each in built.items()}, names)


def starting_scenario(province: str) -> tuple[str, str]:
    """Name and text of a commented scenario to begin with. UnknownPlace when there is no such province."""
    found = find_province(province)
    communes = load_territory().communes_of(found.code)
    facts: ProvinceFacts = {
        "kinds": Counter(commune.kind for commune in communes),
        "labels": Counter(label for commune in communes for label in commune.labels),
        "inhabitants": found.population,
    }
    return found.slug, starter_text(found.name, found.slug, facts)


def default_folder(study: Study) -> Path:
    """Where results go unless told otherwise."""
    return Path("results") / study.base.name


def run(
    study: Study | str | Path,
    results: str | Path | None = None,
    *,
    replications: int | None = None,
    alternatives: Sequence[str] | None = None,
    workers: int | None = 1,
    place: Place | None = None,
    engine: Engine = "compiled",
    fresh: bool = False,
    log: bool = False,
    extensions: Extensions = NO_EXTENSIONS,
    notify: Notify = silent,
) -> Results:
    """Run what is missing of a study, and return all its results.

    `study` is a study or the path of its file; `results` is the folder for its results. `replications` None
    is what the scenario says; `alternatives` None is all of them (the base always runs); `workers` is a
    number of processes, None one for each core: in a script more than one needs `if __name__ == "__main__":`
    around the call. `place` is somewhere else to run (`sim.running.executors`). `fresh` removes earlier
    results of these alternatives; `log` also keeps every step of every dossier. `extensions` are functions of
    your own that the study names; those of a notebook or of the script that is run cannot be sent elsewhere,
    so that everything is run in this process. No result depends on where or how it is run.

    Raises ScenarioError for mistakes in the scenario, OtherStudyError when other results are in the way,
    ResultsError when results cannot be written, WorkersLostError when workers are lost again and again,
    ConservationError when a replication breaks a law. Finished replications are kept in every case.
    """
    study = study if isinstance(study, Study) else load(study)
    folder = default_folder(study) if results is None else Path(results)
    wanted = replications or study.base.replications
    names = chosen(study, alternatives)
    with claimed(folder):
        runs = [prepare(folder, study, name, wanted, fresh, notify, extensions) for name in names]
        there = [name for name in study.scenarios if is_current(folder, name, study, extensions)]
        listed = [name for name in study.scenarios if name in (*names, *there)]
        write_study(folder, describe_study(study, listed))
        run_missing(runs, study.base.seed, _place(place, workers, extensions, notify), engine, log, notify)
    return read(folder)


def _place(place: Place | None, workers: int | None, extensions: Extensions, notify: Notify) -> Place:
    """Where to run, as far as functions of one's own can go there."""
    place = place or local_place(workers)
    if can_travel(extensions) or isinstance(place, ThisProcess):
        return place
    notify("own_functions_stay")
    return ThisProcess()


def read(folder: str | Path) -> Results:
    """Results that are on disk. Raises ResultsError when there are none."""
    return Results(read_study(Path(folder)))


def compare(results: Results) -> Comparison:
    """The alternatives against the base, paired by replication. ValueError when there is no alternative."""
    if results.comparison is None:
        raise ValueError("there is no alternative to compare with the base")
    return results.comparison


def write_report(results: Results, language: str = "en") -> Path:
    """Write figures and the page of a study in both languages, this one in front; returns the page's path.

    Raises ResultsError when they cannot be written.
    """
    # Imported here: drawing is slow to load, and most uses of a study draw nothing.
    from sim.report.page import write_report as write_page

    languages = sorted(LANGUAGES, key=lambda each: each != language)
    with writing_to(results.folder):
        return write_page(results.folder, results.records, results.summaries, results.comparison, languages)


def belongs_to(results: Results, study: Study, alternative: str) -> bool:
    """Whether results of an alternative were made from the scenario as it is now."""
    return is_current(results.folder, alternative, study)


@dataclass(frozen=True)
class Verified:
    """One alternative played by both engines over its first days."""

    alternative: str
    days: int
    outcome: Verification


def verify(
    study: Study | str | Path,
    days: int = 14,
    alternatives: Sequence[str] = (BASE,),
    *,
    extensions: Extensions = NO_EXTENSIONS,
) -> list[Verified]:
    """Play the first replication of the first days in both engines, and compare every step of every dossier.

    Raises ScenarioError for mistakes in the scenario, UnknownAlternativeError for an unknown alternative.
    """
    study = study if isinstance(study, Study) else load(study)
    found = []
    for name in chosen(study, alternatives):
        scenario = first_days(study.scenarios[name], days)
        built = build(scenario, extensions.names)
        start = partial(
            start_control,
            plan=built.control_plan,
            seed=scenario.seed,
            replication=0,
            extensions=extensions,
        )
        outcome = verify_engines(built.world, scenario.seed, 0, start, built.names)
        found.append(Verified(name, built.world.day_count, outcome))
    return found
