"""Where replications run: in this process, in processes of this machine, or on a Dask cluster.

Each place is opened as a `concurrent.futures.Executor`; results do not depend on which.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol


class DaskMissingError(Exception):
    """The optional package for clusters is not installed."""


class SchedulerError(Exception):
    """The scheduler of a cluster does not answer, or answers no more."""

    def __init__(self, address: str, reason: object) -> None:
        self.address, self.reason = address, str(reason).partition("\n")[0]
        super().__init__(f"{address}: {self.reason}")


class Place(Protocol):
    """Somewhere to run things."""

    @property
    def workers(self) -> int:
        """How many things run at a time."""

    @property
    def losses(self) -> tuple[type[BaseException], ...]:
        """Errors of a job that mean that its worker was lost."""

    def open(self) -> AbstractContextManager[Executor]:
        """An executor; leaving it by an exception ends its work at once."""

    def smaller(self) -> "Place":
        """The same with fewer workers, after one was lost: too little memory is the usual reason."""


class InlineExecutor(Executor):
    """Does everything in this process, at once, while it is submitted."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass(frozen=True)
class ThisProcess:
    """This process, one thing after the other."""

    workers: int = 1
    losses: tuple[type[BaseException], ...] = ()

    def open(self) -> AbstractContextManager[Executor]:
        return InlineExecutor()

    def smaller(self) -> Place:
        return self


@dataclass(frozen=True)
class Processes:
    """Processes of this machine, started afresh (`spawn`), the same way on every operating system."""

    workers: int
    losses: tuple[type[BaseException], ...] = (BrokenExecutor, MemoryError)

    @contextmanager
    def open(self) -> Iterator[Executor]:
        earlier = set(multiprocessing.active_children())
        executor = ProcessPoolExecutor(
            self.workers, multiprocessing.get_context("spawn"), initializer=_prepare_worker
        )
        try:
            # Workers that are still starting leave Ctrl-C to the parent too: they inherit that it is ignored.
            with _interrupts_ignored():
                executor.submit(_nothing)
            yield executor
        except BaseException:
            executor.shutdown(wait=False, cancel_futures=True)
            for child in set(multiprocessing.active_children()) - earlier:
                child.terminate()
            raise
        executor.shutdown()

    def smaller(self) -> Place:
        return Processes(max(1, self.workers // 2))


@dataclass(frozen=True)
class DaskCluster:
    """The workers of a Dask scheduler; Haicap must be installed on them."""

    address: str
    workers: int

    @property
    def losses(self) -> tuple[type[BaseException], ...]:
        from distributed import KilledWorker

        return (KilledWorker, CancelledError, MemoryError)

    @contextmanager
    def open(self) -> Iterator[Executor]:
        with _client(self.address) as client:
            executor: Executor = client.get_executor(pure=False)
            try:
                yield executor
            except BaseException:
                executor.shutdown(wait=False)
                raise

    def smaller(self) -> Place:
        return self


def connect_dask(address: str) -> DaskCluster:
    """The cluster at an address such as "tcp://10.0.0.5:8786".

    Raises DaskMissingError when the package is not there, SchedulerError when the scheduler does not answer.
    """
    if find_spec("distributed") is None:
        raise DaskMissingError("dask.distributed is not installed")
    with _client(address) as client:
        threads = sum(client.nthreads().values())
    return DaskCluster(address, max(1, threads))


@contextmanager
def _client(address: str) -> Iterator[Any]:
    from distributed import Client

    try:
        client = Client(address, set_as_default=False, timeout="5s")
    except (OSError, ValueError) as error:
        raise SchedulerError(address, error) from error
    with client:
        yield client


def local_place(workers: int | None) -> Place:
    """This process for one worker, else that many processes; None is one for each core."""
    count = workers or core_count()
    return ThisProcess() if count == 1 else Processes(count)


def core_count() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    earlier = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, earlier)


def _nothing() -> None:
    """A first job: it makes the pool start all its processes."""


def _prepare_worker() -> None:
    """Leave Ctrl-C to the parent, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)
