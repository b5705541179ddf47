"""A lost worker costs its jobs another try, never the study; an error in a job ends everything."""

from pathlib import Path

import pytest

from sim.running.executors import Place, Processes, ThisProcess, local_place
from sim.running.jobs import Done, Job, WorkersLostError, run_jobs
from tests.support import jobs


def test_all_jobs_are_done_once_in_this_process_and_in_others() -> None:
    for place in (ThisProcess(), Processes(2)):
        done = list(run_jobs([Job(n, jobs.square, (n,)) for n in range(5)], place))
        assert sorted((each.name, each.result) for each in done) == [(n, n * n) for n in range(5)]


def test_jobs_of_a_lost_worker_are_done_again_and_all_others_too(tmp_path: Path) -> None:
    work = [Job(n, jobs.square, (n,)) for n in range(6)]
    work.insert(2, Job(99, jobs.square_after_a_loss, (99, str(tmp_path / "mark"))))
    losses: list[int] = []
    done = list(run_jobs(work, Processes(2), on_loss=losses.append))
    assert sorted((each.name, each.result) for each in done) == [(n, n * n) for n in [*range(6), 99]]
    assert len(losses) == 1 and losses[0] >= 1


def test_a_job_that_loses_every_worker_is_given_up_and_named() -> None:
    with pytest.raises(WorkersLostError) as told:
        list(run_jobs([Job("hopeless", jobs.lose_the_process, (1,))], Processes(1)))
    assert told.value.names == ("hopeless",)


def test_after_a_loss_fewer_workers_are_used() -> None:
    assert Processes(4).smaller().workers == 2
    assert Processes(1).smaller().workers == 1


@pytest.mark.parametrize("place", [ThisProcess(), Processes(1)], ids=["inline", "processes"])
def test_an_error_in_a_job_ends_the_run_with_that_error(place: Place) -> None:
    with pytest.raises(ZeroDivisionError, match="job 1"):
        list(run_jobs([Job(1, jobs.fail, (1,)), Job(2, jobs.square, (2,))], place))


def test_leaving_early_ends_the_worker_processes() -> None:
    import multiprocessing

    before = set(multiprocessing.active_children())
    results = run_jobs([Job(n, jobs.square_slowly, (n,)) for n in range(50)], Processes(2))
    assert isinstance(next(results), Done)
    mine = set(multiprocessing.active_children()) - before
    results.close()
    for process in mine:
        process.join(10)
    assert mine and not any(process.is_alive() for process in mine)


def test_one_worker_means_this_process() -> None:
    assert local_place(1) == ThisProcess()
    assert local_place(3) == Processes(3)
    assert local_place(None).workers >= 1
