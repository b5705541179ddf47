"""One sitting of a study: everything that is missing is run and stored as it comes."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

from sim.record.describe import describe_alternative
from sim.record.store import stored_timing, write_description, write_encoded, write_manifest
from sim.running.executors import Place
from sim.running.jobs import Job, run_jobs
from sim.running.own_functions import fingerprints
from sim.running.preparation import AlternativeRun, Notify
from sim.running.provenance import manifest
from sim.running.replicate import Engine, Task, play, task_of, warm_up
from sim.world.build import build

Name = tuple[str, int]
"""Alternative and replication."""


def run_missing(
    runs: Sequence[AlternativeRun], seed: int, place: Place, engine: Engine, log: bool, notify: Notify
) -> None:
    """Run the missing replications of all alternatives; each is stored as soon as it is finished."""
    incomplete = [run for run in runs if run.missing]
    if not incomplete:
        notify("nothing_missing")
        return
    finished = sum(len(run.finished) for run in runs)
    if finished:
        missing = sum(len(run.missing) for run in runs)
        notify("resuming", there=finished, wanted=finished + missing, missing=missing)
        if log:
            notify("log_of_new_only")
    tasks = {run.name: _prepared(run, seed, engine, log, notify) for run in incomplete}
    if engine == "compiled":
        with timed("compile", notify):
            notify("compiling")
            warm_up(tasks[incomplete[0].name])
    try:
        with timed("replications", notify):
            _run_all(incomplete, tasks, place, notify)
    finally:
        for run in incomplete:
            write_manifest_of(run, seed, engine)


def _prepared(run: AlternativeRun, seed: int, engine: Engine, log: bool, notify: Notify) -> Task:
    """Build the world of an alternative and store what describes it."""
    with timed("build", notify):
        built = build(run.scenario, run.extensions.names)
        tables = describe_alternative(run.scenario, built)
    write_manifest_of(run, seed, engine)
    write_description(run.folder, tables, run.effective_yaml)
    return task_of(built, seed, engine, log, run.extensions)


def _run_all(runs: Sequence[AlternativeRun], tasks: Mapping[str, Task], place: Place, notify: Notify) -> None:
    folders = {run.name: run.folder for run in runs}
    # All alternatives of a replication stand together: what an interrupted study leaves can be compared.
    names = sorted(((run.name, number) for run in runs for number in run.missing), key=lambda name: name[1])
    jobs = [Job((name, number), play, (tasks[name], number)) for name, number in names]
    notify("started", total=len(jobs), workers=place.workers)
    results = run_jobs(jobs, place, on_loss=lambda lost: notify("worker_lost", count=lost))
    with closing(results):
        for count, done in enumerate(results, start=1):
            alternative, number = done.name
            write_encoded(folders[alternative], number, done.result)
            notify("done", finished=count, total=len(jobs))


def write_manifest_of(run: AlternativeRun, seed: int, engine: Engine) -> None:
    """Write the manifest of an alternative with what is finished by now."""
    own = fingerprints(run.extensions)
    timing = stored_timing(run.folder)
    write_manifest(run.folder, manifest(run.scenario_hash, seed, engine, timing, own))


@contextmanager
def timed(stage: str, notify: Notify) -> Iterator[None]:
    """Tells how long a stage took."""
    began = time.perf_counter()
    yield
    notify("stage", name=stage, seconds=time.perf_counter() - began)
