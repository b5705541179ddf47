"""A set of independent jobs, each done once, whatever happens to the workers."""

from collections import Counter, deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sim.running.executors import Place

Name = TypeVar("Name")

MOST_LOSSES = 3
"""Times that a job may lose its worker before the study gives up on it."""

LOOK_UP_S = 0.5
"""Longest wait at a time: on Windows Ctrl-C is not noticed during an endless one."""


@dataclass(frozen=True)
class Job(Generic[Name]):
    """A call that can be made anywhere and again."""

    name: Name
    function: Callable[..., Any]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Done(Generic[Name]):
    """A job and what it returned."""

    name: Name
    result: Any


class WorkersLostError(Exception):
    """The same jobs lost their workers again and again; `names` are theirs."""

    def __init__(self, names: Sequence[Any]) -> None:
        self.names = tuple(names)
        super().__init__(f"workers were lost {MOST_LOSSES} times at {self.names}")


def run_jobs(
    jobs: Sequence[Job[Name]], place: Place, on_loss: Callable[[int], None] = lambda lost: None
) -> Generator[Done[Name], None, None]:
    """Do all jobs and yield each result as it comes, in no particular order.

    An error in a job ends everything. Jobs whose worker is lost (killed, out of memory) are done again, with
    fewer workers; `on_loss` is told how many. Raises WorkersLostError when that does not help.
    """
    waiting = deque(jobs)
    losses: Counter[Name] = Counter()
    while waiting:
        lost: list[Job[Name]] = []
        with place.open() as executor:
            yield from _until_lost(executor, place, waiting, lost)
        if lost:
            losses.update(job.name for job in lost)
            hopeless = [job.name for job in lost if losses[job.name] >= MOST_LOSSES]
            if hopeless:
                raise WorkersLostError(hopeless)
            on_loss(len(lost))
            waiting.extendleft(reversed(lost))
            place = place.smaller()


def _until_lost(
    executor: Executor, place: Place, waiting: deque[Job[Name]], lost: list[Job[Name]]
) -> Iterator[Done[Name]]:
    """Yield results until nothing waits or a worker is lost; what was lost goes into `lost`."""
    running: dict[Future[Any], Job[Name]] = {}
    # One job more than workers: nobody idles while the parent stores a result.
    most = place.workers if place.workers == 1 else place.workers + 1
    while running or (waiting and not lost):
        while waiting and not lost and len(running) < most:
            job = waiting.popleft()
            try:
                running[executor.submit(job.function, *job.arguments)] = job
            except place.losses:
                lost.append(job)
        finished, _ = wait(running, LOOK_UP_S, return_when=FIRST_COMPLETED)
        for future in finished:
            job = running.pop(future)
            try:
                yield Done(job.name, future.result())
            except place.losses:
                lost.append(job)
