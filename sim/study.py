"""The whole way, from scenario file to report: the table of contents of the program.

load      a scenario file -> a checked study
run       a study -> results on disk, replication by replication
read      results on disk -> the same results
compare   results -> alternatives against the base
report    results -> figures and pages
verify    a study -> the compiled engine against the naive one, step by step
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sim.analysis import compare as compare_records
from sim.analysis import summarise
from sim.analysis.summary import Comparison, Summary
from sim.record.claim import claimed
from sim.record.describe import describe_study
from sim.record.store import StudyRecords, read_study, write_study
from sim.running.executors import Place, local_place
from sim.running.preparation import Notify, chosen, is_current, prepare
from sim.running.replicate import Engine
from sim.running.session import run_missing
from sim.scenario.reader import BASE, Study, load

__all__ = ["Comparison", "Results", "Study", "Summary", "compare", "load", "read", "report", "run", "verify"]


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
    notify: Notify = silent,
) -> Results:
    """Run what is missing of a study, and return all its results.

    `study` is a study or the path of its file; `results` is the folder for its results. `replications` None
    is what the scenario says; `alternatives` None is all of them (the base always runs); `workers` is a
    number of processes, None one for each core: in a script more than one needs `if __name__ == "__main__":`
    around the call. `place` is somewhere else to run (`sim.running.executors`). `fresh` removes earlier
    results of these alternatives; `log` also keeps every step of every dossier. No result depends on where
    or how it is run.

    Raises ScenarioError for mistakes in the scenario, OtherStudyError when other results are in the way,
    ResultsError when results cannot be written, WorkersLostError when workers are lost again and again,
    ConservationError when a replication breaks a law. Finished replications are kept in every case.
    """
    study = study if isinstance(study, Study) else load(study)
    folder = default_folder(study) if results is None else Path(results)
    wanted = replications or study.base.replications
    names = chosen(study, alternatives)
    with claimed(folder):
        runs = [prepare(folder, study, name, wanted, fresh, notify) for name in names]
        listed = [name for name in study.scenarios if name in names or is_current(folder, name, study)]
        write_study(folder, describe_study(study, listed))
        run_missing(runs, study.base.seed, place or local_place(workers), engine, log, notify)
    return read(folder)


def read(folder: str | Path) -> Results:
    """Results that are on disk. Raises ResultsError when there are none."""
    return Results(read_study(Path(folder)))


def compare(results: Results) -> Comparison:
    """The alternatives against the base, paired by replication. ValueError when there is no alternative."""
    if results.comparison is None:
        raise ValueError("there is no alternative to compare with the base")
    return results.comparison


def report(results: Results, language: str = "en") -> Path:
    """Write figures and the page of a study; returns the path of the page."""
    # Imported here: drawing is slow to load, and most uses of a study draw nothing.
    from sim.report import write_report

    return write_report(
        results.folder, results.records, results.summaries, results.comparison, language=language
    )


def belongs_to(results: Results, study: Study, alternative: str) -> bool:
    """Whether results of an alternative were made from the scenario as it is now."""
    return is_current(results.folder, alternative, study)
