"""Where replications run: in this process, in processes of this machine, or on a Dask cluster.

Each place is opened as a `concurrent.futures.Executor`; results do not depend on which.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol


class DaskMissingError(Exception):
    """The optional package for clusters is not installed."""


class Place(Protocol):
    """Somewhere to run things."""

    @property
    def workers(self) -> int:
        """How many things run at a time."""

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

    def open(self) -> AbstractContextManager[Executor]:
        return InlineExecutor()

    def smaller(self) -> Place:
        return self


@dataclass(frozen=True)
class Processes:
    """Processes of this machine, started afresh (`spawn`), the same way on every operating system."""

    workers: int

    @contextmanager
    def open(self) -> Iterator[Executor]:
        earlier = set(multiprocessing.active_children())
        executor = ProcessPoolExecutor(
            self.workers, multiprocessing.get_context("spawn"), initializer=_prepare_worker
        )
        try:
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

    @contextmanager
    def open(self) -> Iterator[Executor]:
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
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

    Raises DaskMissingError when the package is not there, OSError when the scheduler does not answer.
    """
    try:
        from distributed import Client
    except ImportError as error:
        raise DaskMissingError("dask.distributed is not installed") from error
    with Client(address, set_as_default=False, timeout="10s") as client:
        threads = sum(client.nthreads().values())
    return DaskCluster(address, max(1, threads))


def local_place(workers: int | None) -> Place:
    """This process for one worker, else that many processes; None is one for each core."""
    count = workers or core_count()
    return ThisProcess() if count == 1 else Processes(count)


def core_count() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _prepare_worker() -> None:
    """Leave Ctrl-C to the parent, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: Any) -> None:
    parent.join()
    os._exit(1)
