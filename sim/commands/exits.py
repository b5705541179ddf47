"""How a command ends: its exit code, and a sentence instead of a traceback."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import typer

from sim.commands.output import Screen

FINE, FAILED, BAD_INPUT, INCOMPLETE, INTERRUPTED = 0, 1, 2, 3, 130

EXIT_CODES_HELP = (
    "Exit codes: 0 fine; 1 a check or verification failed; 2 bad input; "
    "3 the run is incomplete (disk full, workers lost); 130 interrupted."
)


@contextmanager
def told_plainly(screen: Screen, on_interrupt: str = "") -> Iterator[None]:
    """Turns every expected error into a sentence on the standard error and an exit code.

    `on_interrupt` is the command that goes on where an interrupted one stopped.
    """
    # Imported here: help and shell completion stay quick.
    from sim.record.errors import ConservationError, OtherStudyError, ResultsError
    from sim.running.executors import DaskMissingError, SchedulerError
    from sim.running.jobs import WorkersLostError
    from sim.running.preparation import UnknownAlternativeError
    from sim.scenario.errors import ScenarioError
    from sim.world.places import UnknownPlace

    try:
        with _stopped_by_term():
            yield
    except ScenarioError as error:
        key = "cli.one_mistake" if len(error.mistakes) == 1 else "cli.bad_scenario"
        screen.remark(key, count=len(error.mistakes), mistakes=error.render())
        raise typer.Exit(BAD_INPUT) from None
    except UnknownPlace as error:
        screen.remark("cli.error", reason=error)
        raise typer.Exit(BAD_INPUT) from None
    except OtherStudyError as error:
        screen.remark(error.key, **error.values)
        raise typer.Exit(BAD_INPUT) from None
    except ResultsError as error:
        screen.remark(error.key, **error.values)
        raise typer.Exit(BAD_INPUT if error.key in NOTHING_TO_READ else INCOMPLETE) from None
    except UnknownAlternativeError as error:
        screen.remark("cli.unknown_alternative", name=error.name, known=", ".join(error.known))
        raise typer.Exit(BAD_INPUT) from None
    except DaskMissingError:
        screen.remark("cli.dask_missing")
        raise typer.Exit(BAD_INPUT) from None
    except SchedulerError as error:
        screen.remark("cli.no_scheduler", address=error.address, reason=error.reason)
        raise typer.Exit(INCOMPLETE) from None
    except WorkersLostError as error:
        screen.remark("cli.workers_lost", jobs=", ".join(f"{name} {number}" for name, number in error.names))
        raise typer.Exit(INCOMPLETE) from None
    except ConservationError as error:
        screen.remark("cli.law_broken", reason=error)
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:
        screen.remark("cli.interrupted")
        if on_interrupt:
            screen.remark("cli.resume_with", command=on_interrupt)
        raise typer.Exit(INTERRUPTED) from None


NOTHING_TO_READ = (
    "results.none_here",
    "results.nothing_finished",
    "results.unreadable",
    "results.other_format",
)


@contextmanager
def _stopped_by_term() -> Iterator[None]:
    """A polite request to end (SIGTERM) does what Ctrl-C does."""
    earlier = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, earlier)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
