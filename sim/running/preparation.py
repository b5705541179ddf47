"""What is there already and what is missing, before anything runs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sim.control.extensions import Extensions
from sim.record.errors import OtherStudyError
from sim.record.store import (
    finished_replications,
    has_present_format,
    mend,
    remove_alternative,
    stored_manifest,
)
from sim.running.own_functions import fingerprints, used_by
from sim.running.provenance import program_hash
from sim.scenario.reader import BASE, Study
from sim.scenario.schema.scenario import Scenario

Notify = Callable[..., None]
"""Is told what happens: the name of an event and its values, as `notify("started", total=30)`."""


class UnknownAlternativeError(Exception):
    """The study has no alternative of this name; `known` are those that it has."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.known = name, tuple(known)
        super().__init__(f"no alternative {name!r}; there are {', '.join(known)}")


@dataclass(frozen=True)
class AlternativeRun:
    """One alternative with its folder, and the replications that are still to be run."""

    name: str
    scenario: Scenario
    scenario_hash: str
    effective_yaml: str
    folder: Path
    finished: tuple[int, ...]
    missing: tuple[int, ...]
    extensions: Extensions  # of these the scenario makes use


def prepare(
    folder: Path,
    study: Study,
    name: str,
    replications: int,
    fresh: bool,
    notify: Notify,
    extensions: Extensions,
) -> AlternativeRun:
    """Clears away what an interrupted run left half done and finds what is missing.

    Raises OtherStudyError when results of another scenario, or of other functions of one's own, are in the
    way; `fresh` removes them instead.
    """
    own, scenario = folder / name, study.scenarios[name]
    if fresh:
        remove_alternative(own)
    scenario_hash = scenario.content_hash()
    stored = stored_manifest(own)
    if stored is not None and stored.get("scenario_hash") != scenario_hash:
        raise OtherStudyError("results.other_scenario", path=own, scenario=name)
    used = used_by(scenario, extensions)
    if stored is not None and stored.get("extensions", {}) != fingerprints(used):
        raise OtherStudyError("results.other_functions", path=own)
    damaged = mend(own)
    if damaged:
        notify("damaged", alternative=name, numbers=", ".join(map(str, damaged)))
    finished = tuple(finished_replications(own))
    missing = tuple(number for number in range(replications) if number not in finished)
    if stored is not None and finished:
        _check_program(own, stored, missing, notify)
    effective = study.effective_yaml(name)
    return AlternativeRun(name, scenario, scenario_hash, effective, own, finished, missing, used)


def _check_program(
    folder: Path, stored: Mapping[str, object], missing: tuple[int, ...], notify: Notify
) -> None:
    """Never mix results of two states of the program; complete ones of an earlier state are told of."""
    if stored.get("program_hash") == program_hash():
        return
    if missing or not has_present_format(stored):
        raise OtherStudyError("results.other_program", path=folder)
    notify("earlier_program", path=folder)


def chosen(study: Study, alternatives: Sequence[str] | None) -> list[str]:
    """Names of the alternatives to run, in the order of the study; the base always is one of them.

    Raises UnknownAlternativeError for a name that the study does not have.
    """
    for name in alternatives or ():
        if name not in study.scenarios:
            raise UnknownAlternativeError(name, list(study.scenarios))
    return [name for name in study.scenarios if alternatives is None or name in (BASE, *alternatives)]


def is_current(folder: Path, name: str, study: Study, extensions: Extensions | None = None) -> bool:
    """Whether there are results of this alternative that belong to the scenario as it is now.

    And to these functions of one's own, if any are given.
    """
    stored, scenario = stored_manifest(folder / name), study.scenarios[name]
    if stored is None or stored.get("scenario_hash") != scenario.content_hash():
        return False
    return extensions is None or stored.get("extensions", {}) == fingerprints(used_by(scenario, extensions))
