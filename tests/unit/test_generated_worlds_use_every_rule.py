"""The generated worlds on which the two engines are compared use every rule, in the naive engine alone."""

import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sim.engine.reference import ReferenceFlow, run_reference
from sim.engine.reference_dossier import BY_HAND, COVERED, DONE_ON_PAPER, RESUMED, SKIPPED
from sim.engine.reference_journeys import Journeys
from sim.engine.reference_moves import Moves
from sim.engine.reference_pools import Pool
from sim.engine.reference_status import Status
from sim.world.arrays import (
    FLOW_FIELDS,
    IN_OUTBOX,
    LOG_CITIZEN,
    LOG_JOIN,
    LOG_PUT_ASIDE,
    LOG_SERVICE,
    LOG_TRANSFER,
    LOG_WAIT_ENDS,
    WAIT,
    Ints,
)
from tests.support.random_worlds import ALL_SYSTEMS, random_world

WORLDS = 60
OFTEN = 20

EVENTS = {
    "services": LOG_SERVICE,
    "work put aside": LOG_PUT_ASIDE,
    "transfers": LOG_TRANSFER,
    "times with the citizen": LOG_CITIZEN,
    "ended waits": LOG_WAIT_ENDS,
    "joinings": LOG_JOIN,
}
DETAILS = {
    "services by hand": BY_HAND,
    "services on paper": DONE_ON_PAPER,
    "services resumed": RESUMED,
    "services by coverers": COVERED,
    "services without a system that is told later": SKIPPED,
}
WATCHED = (
    "work put aside that has a fallback",
    "waits for a line",
    "moves over several lines",
    "slow services",
    "slow services with data filled in",
    "messages lost while one is owed",
    "messages of parts lost",
    "tries in vain",
    "tries after the result",
    "dossiers that fall out of step again",
    "sessions entered again",
    "states with blocked systems",
    "states with lines that do not carry everything",
    "states in which only slowness changed",
    "answers that something is held",
    "answers that outboxes are not empty",
)
"""What leaves no row of its own in the log and no count of its own."""


@pytest.fixture(scope="module")
def seen() -> Iterator[Counter[str]]:
    """How often everything happens in the generated worlds, all together."""
    found: Counter[str] = Counter()
    with pytest.MonkeyPatch.context() as patch:
        watch(patch, found)
        for seed in range(WORLDS):
            world, start_control = random_world(seed)
            result = run_reference(world, seed, 0, start_control, logging=True)
            add_log(found, result.log)
            found.update(dict(zip(FLOW_FIELDS, result.tally.flow.sum(axis=(0, 1, 2)).tolist(), strict=True)))
            found.update({f"total {name}": number for name, number in result.totals.items()})
    yield found


def add_log(found: Counter[str], log: Ints) -> None:
    """Adds what the rows of a log tell of."""
    event, detail = log[:, 3], log[:, 8]
    found.update({words: int((event == number).sum()) for words, number in EVENTS.items()})
    services = detail[event == LOG_SERVICE]
    found.update({words: int((services & bit > 0).sum()) for words, bit in DETAILS.items()})


def watch(patch: pytest.MonkeyPatch, found: Counter[str]) -> None:
    """Lets the naive engine note what leaves no row in the log."""

    def also(owner: type, method: str, note: Callable[..., dict[str, Any]]) -> None:
        """Notes, after each call of a method, what holds; `note` gets its result first."""
        plain = getattr(owner, method)

        def noting(self: Any, *args: Any) -> Any:
            result = plain(self, *args)
            found.update({words: int(bool(holds)) for words, holds in note(result, self, *args).items()})
            return result

        patch.setattr(owner, method, noting)

    also(Moves, "_end_of_line", note_line)
    also(Moves, "arrive", lambda is_there, *_: {"moves over several lines": not is_there})
    also(Moves, "send_on", note_on_the_way)
    also(Pool, "_service_ms", note_service)
    also(Pool, "_put_aside", lambda _, __, d: {"work put aside that has a fallback": d.step.without != WAIT})
    also(Status, "_is_lost", note_message)
    also(Status, "_try", note_try)
    also(
        Journeys,
        "go_to",
        lambda _, env, d, __: {"sessions entered again": d.step.is_session and env.now > d.filed_ms},
    )
    also(ReferenceFlow, "held_lengths", lambda held, _: {"answers that something is held": held.any()})
    also(ReferenceFlow, "outbox_lengths", lambda held, _: {"answers that outboxes are not empty": held.any()})
    also(ReferenceFlow, "_differs", note_state)


def note_line(end: int, moves: Moves, hop: Any, bits: float) -> dict[str, Any]:
    uplink = moves.uplinks[hop.lower]
    alone = math.ceil(bits / uplink.bits_per_ms) + uplink.latency_ms
    return {"waits for a line": end > moves.clock.now + alone}


def note_on_the_way(_: None, __: Moves, dossier: Any) -> dict[str, Any]:
    stays = dossier.state == IN_OUTBOX and dossier.reaches_site == dossier.site
    return {"waits on the way for a line to come up": stays}


def note_service(_: int, pool: Pool, dossier: Any, __: float) -> dict[str, Any]:
    slow = (dossier.step.needs | dossier.step.waits_for) & pool.slow != 0
    return {"slow services": slow, "slow services with data filled in": slow and dossier.prefilled}


def note_message(lost: bool, _: Status, served: Any, __: int) -> dict[str, Any]:
    dossier = served.parent or served
    return {
        "messages lost while one is owed": lost and dossier.owed,
        "messages of parts lost": lost and served.parent,
        "dossiers that fall out of step again": lost and not dossier.owed and dossier.out_of_step,
    }


def note_try(_: None, __: Status, dossier: Any) -> dict[str, Any]:
    return {"tries in vain": dossier.owed, "tries after the result": dossier.finished_ms is not None}


def note_state(_: Any, env: ReferenceFlow, state: Any) -> dict[str, Any]:
    """Before the engine takes up a network state."""
    narrow = (state.uplinks["up"] == 1) & (state.uplinks["carries"] != ALL_SYSTEMS)
    same_reach, same_slow = state.reach.tolist() == env.reach, state.slow.tolist() == env.slow
    return {
        "states with blocked systems": state.blocked.any(),
        "states with lines that do not carry everything": narrow.any(),
        "states in which only slowness changed": same_reach and not same_slow,
    }


@pytest.mark.parametrize("words", [*EVENTS, *DETAILS, *WATCHED])
def test_the_generated_worlds_use_every_rule(seen: Counter[str], words: str) -> None:
    assert seen[words] >= OFTEN


def test_some_generated_worlds_cut_the_next_line_of_a_dossier_on_its_way(seen: Counter[str]) -> None:
    assert seen["waits on the way for a line to come up"] >= 3


@pytest.mark.parametrize("field", FLOW_FIELDS)
def test_the_generated_worlds_count_everything(seen: Counter[str], field: str) -> None:
    assert seen[field] >= OFTEN


def test_the_generated_worlds_end_with_dossiers_in_every_state(seen: Counter[str]) -> None:
    names = ("unfinished", "back_entries_open", "out_of_step", "finished_open")
    assert min(seen[f"total {name}"] for name in names) >= OFTEN
    assert seen["total split_errors"] == 0
