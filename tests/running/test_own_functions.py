"""Functions of one's own: what results note of them, where they can run, and what their steering does."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.control.dispatch import DispatchView, Team, nearest
from sim.control.environment import Steered, Steps
from sim.control.extensions import Extensions
from sim.control.own_steering import OwnSteering
from sim.control.start import start_control
from sim.control.tickets import Ticket
from sim.record.errors import OtherStudyError
from sim.running.own_functions import can_travel, fingerprint
from sim.world.build import build
from tests.support.control_record import StaffRecorder
from tests.support.tiny_scenario import tiny_scenario

STUDY = """
name: own
extends: haicap:two_level
period: {start: 2025-07-01, end: 2025-07-04}
seed: 1
replications: 2
territory: {provinces: [Quảng Ngãi], only: {kinds: [ward]}}
support:
  problems:
    device:
      rate: {per_site_and_year: 200}
      effect: {pools: [reception], slower: 1.5}
      on_site: {takes: 1 h}
      alone: 3 days
  teams:
    mobile: {number: 1, calendar: office, dispatch: RULE}
"""
LIMIT = 3


def oldest(team: Team, tickets: tuple[Ticket, ...], view: DispatchView) -> Ticket | None:
    return tickets[0] if len(tickets) < LIMIT else tickets[1]


def preferring(sign: int) -> Callable[..., Ticket | None]:
    def rule(team: Team, tickets: tuple[Ticket, ...], view: DispatchView) -> Ticket | None:
        return max(tickets, key=lambda ticket: sign * ticket.site)

    return rule


def study(folder: Path, rule: str) -> Path:
    path = folder / f"{rule}.yaml"
    path.write_text(STUDY.replace("RULE", rule), encoding="utf-8")
    return path


def trips(results: sim.Results) -> list[str]:
    base = results.records.alternatives["base"]
    return [base.table("trips", number).to_csv() for number in base.replications]


def test_a_copy_of_a_rule_of_the_program_gives_its_results(tmp_path: Path) -> None:
    """Registered under another name, and in workers of their own."""
    plain = sim.run(study(tmp_path, "nearest"), tmp_path / "plain")
    assert plain.records.alternatives["base"].manifest["extensions"] == {}
    own = Extensions(dispatch={"mine": nearest})
    told: list[str] = []
    found = sim.run(
        study(tmp_path, "mine"),
        tmp_path / "own",
        extensions=own,
        workers=2,
        notify=lambda event, **_: told.append(event),
    )
    assert trips(found) == trips(plain)
    assert "own_functions_stay" not in told


def test_what_is_registered_and_not_named_changes_nothing(tmp_path: Path) -> None:
    path = study(tmp_path, "nearest")
    sim.run(path, tmp_path / "results", replications=1)
    told: list[str] = []
    sim.run(
        path,
        tmp_path / "results",
        replications=1,
        extensions=Extensions(dispatch={"mine": oldest}),
        notify=lambda event, **_: told.append(event),
    )
    assert told == ["nothing_missing"]


def test_results_of_another_function_are_not_taken_for_these(tmp_path: Path) -> None:
    path, folder = study(tmp_path, "mine"), tmp_path / "results"
    first = Extensions(dispatch={"mine": preferring(1)})
    told: list[str] = []
    sim.run(path, folder, replications=1, workers=2, extensions=first, notify=lambda e, **_: told.append(e))
    assert told[0] == "own_functions_stay"
    again = sim.run(path, folder, replications=1, extensions=Extensions(dispatch={"mine": preferring(1)}))
    with pytest.raises(OtherStudyError, match="other_functions"):
        sim.run(path, folder, replications=1, extensions=Extensions(dispatch={"mine": preferring(-1)}))
    before = trips(again)
    other = sim.run(
        path, folder, replications=1, fresh=True, extensions=Extensions(dispatch={"mine": preferring(-1)})
    )
    assert trips(other) != before


def test_a_fingerprint_knows_what_a_function_refers_to(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fingerprint(preferring(1)) == fingerprint(preferring(1)) != fingerprint(preferring(2))
    before = fingerprint(oldest)
    monkeypatch.setitem(globals(), "LIMIT", 4)
    assert fingerprint(oldest) != before


def test_a_fingerprint_needs_no_source() -> None:
    made: list[Any] = []
    for number in (1, 2, 2):
        names: dict[str, Any] = {}
        exec(f"def rule(team, tickets, view):\n    return tickets[{number}]", names)
        made.append(fingerprint(names["rule"]))
    assert made[0] != made[1] == made[2]


def test_only_functions_of_a_module_can_be_sent_elsewhere() -> None:
    assert can_travel(Extensions(dispatch={"a": oldest, "b": nearest}))
    assert not can_travel(Extensions(dispatch={"a": oldest, "b": preferring(1)}))


def steered(process: Callable[..., Steps], hours: float) -> StaffRecorder:
    """Runs a process of one's own on the tiny scenario, without an engine."""
    scenario = tiny_scenario(
        processes={"mine": {"where": {"names": ["Commune 0002"]}, "parameters": {"x": 2}}}
    )
    own = Extensions(processes={"mine": process})
    built = build(scenario, own.names)
    env = StaffRecorder(built)
    start_control(env, built.control_plan, 1, 0, own)
    env.run(until=round(hours * 3_600_000))
    return env


def test_a_process_changes_people_lines_and_systems_and_takes_it_back() -> None:
    def process(env: Steered, steering: OwnSteering, parameters: Mapping[str, Any]) -> Steps:
        yield steering.wait(hours=1)
        (site,) = steering.sites
        assert (steering.code(site), steering.waiting_at(site)) == ("C00002", 0)
        hindered = steering.hinder(
            [site], ["reception"], slower=parameters["x"], holds=1, blocks=["dossiers"]
        )
        lines = steering.take_down(steering.components("line"))
        slow = steering.slow_down(steering.components("portal", sites=[0]))
        yield steering.wait(hours=1)
        steering.relieve(hindered)
        steering.bring_back([*lines, *slow])
        for again in (lambda: steering.relieve(hindered), lambda: steering.bring_back(lines)):
            with pytest.raises(ValueError, match="did not begin here"):
                again()

    at_start, during, after = (steered(process, hours) for hours in (0.5, 1.5, 2.5))
    site = 3
    pool = next(
        n for n, p in enumerate(build(tiny_scenario()).world.pools) if (p["site"], p["role"]) == (site, 0)
    )
    assert [(env.people[pool], env.stretch[pool]) for env in (at_start, during, after)] == [
        (2, 1),
        (1, 2),
        (2, 1),
    ]
    assert during.reach[site] == 0
    assert during.reach[2] == at_start.reach[2] == after.reach[site]


BAD_CALLS: list[tuple[Callable[[OwnSteering], object], str]] = [
    (lambda steering: steering.components("rope"), "no link, system or site component 'rope'.*line"),
    (lambda steering: steering.hinder([2], ["cook"]), "no pool 'cook'.*reception"),
    (lambda steering: steering.hinder([2], blocks=["post"]), "no system 'post'.*portal"),
    (lambda steering: steering.hinder([2], slower=0.5), "at least 1"),
    (lambda steering: steering.bring_back([None]), "did not begin here"),  # type: ignore[list-item]
]


@pytest.mark.parametrize(("call", "words"), BAD_CALLS)
def test_what_a_process_cannot_do_is_told(call: Callable[[OwnSteering], object], words: str) -> None:
    def process(env: Steered, steering: OwnSteering, parameters: Mapping[str, Any]) -> Steps:
        with pytest.raises(ValueError, match=words):
            call(steering)
        yield steering.wait(ms=0)
        assert env.now == 1

    steered(process, 1)


def test_parts_of_a_millisecond_are_refused() -> None:
    def process(env: Steered, steering: OwnSteering, parameters: Mapping[str, Any]) -> Steps:
        yield env.timeout(0.5)
        steering.take_down(steering.components("line"))

    with pytest.raises(ValueError, match="whole milliseconds"):
        steered(process, 1)


def test_random_numbers_have_names_and_do_not_move() -> None:
    drawn: list[list[float]] = []

    def process(env: Steered, steering: OwnSteering, parameters: Mapping[str, Any]) -> Steps:
        drawn.append([steering.uniform("a", n) for n in range(3)] + [steering.uniform("b", 0)])
        assert steering.exponential(10.0, "a", 1) == 10 * steering.exponential(1.0, "a", 1)
        yield steering.wait(hours=1)

    steered(process, 2), steered(process, 2)
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == 4
    assert all(0 <= u < 1 for u in drawn[0])
