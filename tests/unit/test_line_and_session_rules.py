"""Rules about lines, access and sessions (E58 to E60, E62), in worlds that can be worked out by hand.

Each test runs in both engines, as those of ``test_engine_rules.py``. Unless said otherwise dossiers are filed
at 9:00 and everything is open round the clock.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sim.engine.flow import run_flow
from sim.engine.reference import run_reference
from sim.world.arrays import (
    CITIZEN,
    COMPLETED,
    F_ARRIVED_ELECTRONIC,
    F_CHANGED_CHANNEL,
    F_COUNTER_STARTS,
    F_ESCALATED,
    F_GAVE_UP,
    F_TIMED_OUT,
    F_VISITS,
    F_WITHDRAWN,
    LOG_CITIZEN,
    LOG_FIELDS,
    LOG_SERVICE,
    LOG_TRANSFER,
    LOG_WAIT_ENDS,
    MS_PER_HOUR,
    ON_PAPER,
    WITHDRAWN,
    World,
)
from sim.world.pulse_plan import PulsePlan
from tests.support.small_worlds import CENTRE, COMMUNE, PROVINCE, Branch, Channel, Procedure, Role, Step
from tests.support.steering import (
    DEPENDENT,
    FILED_AT_HOUR,
    FIRST,
    LINE_BITS_PER_MS,
    OFFICES,
    SECOND,
    Change,
    Result,
    blocked,
    carries,
    cause_hours,
    counted,
    headcount,
    hours,
    link,
    of_network,
    play,
    rows,
    system,
    world_with_filings,
)

Engine = Callable[..., Result]
DONE = (Branch(COMPLETED),)
PROVINCE_SITE, COMMUNE_SITE, OTHER_COMMUNE = 1, 2, 3
HOUR_OF_LINE = LINE_BITS_PER_MS * MS_PER_HOUR
"""Bits that a line needs an hour for."""
AT_NINE = ((1.0, FILED_AT_HOUR * MS_PER_HOUR, 1),)
ON_LINE = Channel(segments=AT_NINE)
IN_PERSON = Channel(ON_PAPER, in_person=True, segments=AT_NINE)


@pytest.fixture(params=[run_reference, run_flow], ids=["naive", "compiled"])
def engine(request: pytest.FixtureRequest) -> Engine:
    result: Engine = request.param
    return result


def counts(result: Result, *fields: int) -> list[int]:
    return [counted(result, field) for field in fields]


def transfers(result: Result) -> list[tuple[float, ...]]:
    """When each transfer began, left the outbox and ended, by dossier and step."""
    return [row[2:5] for row in rows(result, LOG_TRANSFER)]


def ends_at_centre(result: Result) -> list[float]:
    """When each dossier was at the centre, by number."""
    log = result.log[result.log[:, LOG_FIELDS.index("event")] == LOG_TRANSFER]
    log = log[log[:, LOG_FIELDS.index("site")] == 0]
    ended = log[np.argsort(log[:, 0], kind="stable"), LOG_FIELDS.index("ended_ms")]
    return [float(moment) / MS_PER_HOUR for moment in ended]


def upward(filings: int, *hours_of_line: float, **options: Any) -> tuple[World, int]:
    """Half an hour at the commune, then at the centre; for each procedure its hours on a line."""
    steps = (Step((Branch(1),)), Step(DONE, role=1, level=CENTRE))
    procedures = tuple(Procedure(steps, bits=size * HOUR_OF_LINE) for size in hours_of_line)
    roles = (Role(people=3), Role(levels=(CENTRE,), people=3))
    return world_with_filings(filings, procedures=procedures, roles=roles, tables=hours(0.5), **options)


def speed(site: int, bits_per_ms: float) -> Change:
    """The link from a site to its parent has another bandwidth from then on."""
    return of_network(lambda network: network.links["bits_per_ms"].__setitem__(site, bits_per_ms))


def latency(site: int, latency_ms: int) -> Change:
    """The link from a site to its parent has another latency from then on."""
    return of_network(lambda network: network.links["latency_ms"].__setitem__(site, latency_ms))


def test_e58_a_line_carries_one_dossier_after_the_other(engine: Engine) -> None:
    result = play(engine, upward(2, 1.0))
    # An hour on the line of the commune, an hour on that of the province; the second is an hour behind.
    first, second = [(9.5, 9.5, 10.5), (10.5, 10.5, 11.5)], [(9.5, 9.5, 11.5), (11.5, 11.5, 12.5)]
    assert sorted(transfers(result)) == sorted(first + second)
    assert cause_hours(result) == [2, 0, 0, 0, 0, 2 + 3, 0]


def test_e58_a_dossier_takes_a_line_for_as_long_as_its_procedure_says(engine: Engine) -> None:
    # In order of their numbers: 0 with two hours, then 1 with half an hour.
    result = play(engine, upward(1, 2.0, 0.5))
    # Lines of the commune: 9:30 to 11:30, to 12:00; of the province: 11:30 to 13:30, to 14:00.
    assert ends_at_centre(result) == [13.5, 14]


def test_e58_latency_does_not_occupy_a_line(engine: Engine) -> None:
    changes = {8: latency(COMMUNE_SITE, MS_PER_HOUR // 4)}
    assert ends_at_centre(play(engine, upward(2, 1.0), changes)) == [11.75, 12.75]


def test_e58_the_two_directions_do_not_hinder_each_other(engine: Engine) -> None:
    steps = (Step((Branch(1),)), Step((Branch(2),), role=1, level=PROVINCE), Step(DONE))
    world = world_with_filings(
        2,
        procedures=(Procedure(steps, bits=HOUR_OF_LINE),),
        roles=(Role(people=2), Role(levels=(PROVINCE,))),
        tables=hours(0.5),
    )
    # The first goes down from 11:00 to 12:00, while the second goes up from 10:30 to 11:30.
    up_and_down = [(9.5, 9.5, 10.5), (11, 11, 12), (9.5, 9.5, 11.5), (12, 12, 13)]
    assert transfers(play(engine, world)) == up_and_down


def test_e58_a_line_further_on_is_taken_by_who_is_there_first(engine: Engine) -> None:
    # The first, from the slow commune, is at the province at 11:30; the other one was there at 9:45.
    world = upward(1, 1.0, communes=2)
    changes = {7: speed(COMMUNE_SITE, LINE_BITS_PER_MS / 2), 8: speed(OTHER_COMMUNE, LINE_BITS_PER_MS * 4)}
    assert ends_at_centre(play(engine, world, changes)) == [12.5, 10.75]


def test_e19_who_finds_the_next_line_cut_waits_where_it_is(engine: Engine) -> None:
    changes = {10: link(PROVINCE_SITE, False), 13: link(PROVINCE_SITE, True)}
    result = play(engine, upward(1, 1.0), changes)
    assert sorted(transfers(result)) == [(9.5, 9.5, 10.5), (10.5, 13, 14)]
    assert cause_hours(result) == [1, 0, 0, 2.5, 0, 2, 0]


def test_e19_a_line_that_is_cut_meanwhile_stops_nobody_who_is_on_it(engine: Engine) -> None:
    changes = {10: link(COMMUNE_SITE, False)}
    assert ends_at_centre(play(engine, upward(1, 1.0), changes)) == [11.5]


def test_e58_who_waits_in_the_outbox_takes_no_line(engine: Engine) -> None:
    changes = {9: link(PROVINCE_SITE, False), 11: link(PROVINCE_SITE, True)}
    result = play(engine, upward(2, 1.0), changes)
    assert (9.5, 11, 12) in transfers(result)
    assert ends_at_centre(result) == [13, 14]


def test_e58_a_line_that_is_replaced_stays_taken(engine: Engine) -> None:
    steps = (Step((Branch(1),)), Step(DONE, role=1, level=PROVINCE))
    procedure = Procedure(steps, bits=4 * HOUR_OF_LINE)
    roles = (Role(people=1), Role(levels=(PROVINCE,)))
    world = world_with_filings(2, procedures=(procedure,), roles=roles, tables=hours(0.5))
    # The second is sent at 10:00 over a line of four times the speed, which is free at 13:30.
    changes = {9.75: speed(COMMUNE_SITE, 4 * LINE_BITS_PER_MS)}
    assert transfers(play(engine, world, changes)) == [(9.5, 9.5, 13.5), (10, 10, 14.5)]


def begins_at(engine: Engine, needs: int, changes: dict[float, Change]) -> float:
    """When work of an hour at the commune begins that waits for these systems."""
    procedure = Procedure((Step(DONE, needs=needs),))
    world = world_with_filings(1, procedures=(procedure,), tables=hours(1))
    [row] = rows(play(engine, world, changes), LOG_SERVICE)
    return row[3]


EVERYTHING = (1 << 64) - 1
USES_FIRST, USES_SECOND, USES_OFFICES, USES_DEPENDENT = (1 << n for n in (FIRST, SECOND, OFFICES, DEPENDENT))


@pytest.mark.parametrize("site", [PROVINCE_SITE, COMMUNE_SITE])
def test_e59_a_system_is_used_over_lines_that_carry_it(engine: Engine, site: int) -> None:
    changes = {8: carries(site, USES_SECOND), 11: carries(site, EVERYTHING)}
    assert begins_at(engine, USES_FIRST, changes) == 11
    assert begins_at(engine, USES_SECOND, changes) == 9


def test_e59_what_a_system_needs_at_its_host_need_not_be_carried(engine: Engine) -> None:
    assert begins_at(engine, USES_DEPENDENT, {8: carries(COMMUNE_SITE, USES_DEPENDENT)}) == 9


def test_e59_dossiers_go_over_lines_that_carry_no_system(engine: Engine) -> None:
    result = play(engine, upward(1, 0.0), {8: carries(COMMUNE_SITE, 0)})
    assert transfers(result) == [(9.5, 9.5, 9.5)] * 2


def test_e59_a_system_may_be_blocked_at_one_site(engine: Engine) -> None:
    changes = {8: blocked(COMMUNE_SITE, USES_FIRST), 11: blocked(COMMUNE_SITE, 0)}
    assert begins_at(engine, USES_FIRST, changes) == 11
    assert begins_at(engine, USES_FIRST, {8: blocked(PROVINCE_SITE, USES_FIRST)}) == 9


def test_e59_what_is_blocked_where_a_system_is_hosted_stops_only_those_who_work_there(engine: Engine) -> None:
    assert begins_at(engine, USES_DEPENDENT, {8: blocked(0, USES_DEPENDENT | USES_SECOND)}) == 9
    assert begins_at(engine, USES_DEPENDENT, {8: system(False, SECOND), 11: system(True, SECOND)}) == 11


def test_e59_what_every_site_has_for_itself_needs_no_line(engine: Engine) -> None:
    assert begins_at(engine, USES_OFFICES, {8: link(COMMUNE_SITE, False)}) == 9
    closed, opened = (system(works, OFFICES, COMMUNE_SITE) for works in (False, True))
    assert begins_at(engine, USES_OFFICES, {8: closed, 11: opened}) == 11


def in_sessions(filings: int = 2, **session: Any) -> tuple[World, int]:
    """A portal of one session of two hours at a time, for which nobody waits longer than an hour.

    Steps: 0 session, 1 try again after half an hour, 2 goes to the counter after half an hour, 3 an hour at
    the counter of the commune, 4 an hour at the province. Channel 0 enters by the session, 1 at the counter.
    """
    steps = (
        Step(
            (Branch(3),),
            role=1,
            level=CENTRE,
            table=0,
            is_session=True,
            **({"limit_table": 1, "limit_to": 1} | session),
        ),
        Step((Branch(0),), kind=CITIZEN, asks=False, table=2),
        Step((Branch(3),), kind=CITIZEN, asks=False, table=2, to_channel=1),
        Step((Branch(4),), role=0, table=1, at_desk=True, in_person_wait=True),
        Step(DONE, role=2, level=PROVINCE, table=1),
    )
    return world_with_filings(
        filings,
        procedures=(Procedure(steps, entry=(0, 3), bits=0.0),),
        channels=(ON_LINE, IN_PERSON),
        channel_factors=(1.0, 1.0),
        roles=(Role(people=3), Role(levels=(CENTRE,)), Role(levels=(PROVINCE,), people=9)),
        tables=hours(2, 1, 0.5, 4),
        courier_table=3,
    )


def of_channel(world_and_seed: tuple[World, int], channel: int) -> tuple[World, int]:
    """The same world with the filings of one channel only; they have the same keys."""
    world, seed = world_and_seed
    streams = world.streams.copy()
    streams["per_day"][streams["channel"] != channel] = 0.0
    return world._replace(streams=streams), seed


def test_e60_a_dossier_is_filed_at_the_step_of_its_channel(engine: Engine) -> None:
    result = play(engine, in_sessions(1))
    first_steps = {row[0]: row[1] for row in reversed(rows(result, LOG_SERVICE))}
    assert first_steps == {0: 0, 1: 3}


def test_e60_who_finds_the_portal_full_tries_again_without_a_move(engine: Engine) -> None:
    result = play(engine, of_channel(in_sessions(), 0))
    # Out at 10:00, in again at 10:30, served at 11:00 before the next hour is over.
    assert [row[2:5] for row in rows(result, LOG_WAIT_ENDS)] == [(9, 10, 10)]
    assert [row[2:5] for row in rows(result, LOG_CITIZEN)] == [(10, 10, 10.5)]
    assert [row[2:5] for row in rows(result, LOG_SERVICE) if row[1] == 0] == [(9, 9, 11), (10.5, 11, 13)]
    # The first move is that from the portal to the commune.
    moves = dict.fromkeys(row[:3] for row in rows(result, LOG_TRANSFER))
    assert [move[1:] for move in moves] == [(3, 11), (4, 12), (3, 13), (4, 14)]
    assert counts(result, F_TIMED_OUT, F_ESCALATED, F_GAVE_UP, F_CHANGED_CHANNEL) == [1, 0, 0, 0]


def test_e60_a_session_needs_no_line_of_the_commune(engine: Engine) -> None:
    result = play(
        engine, of_channel(in_sessions(), 0), {8: link(COMMUNE_SITE, False), 15: link(COMMUNE_SITE, True)}
    )
    assert [row[2:5] for row in rows(result, LOG_SERVICE) if row[1] == 0] == [(9, 9, 11), (10.5, 11, 13)]
    moves = [row[2:5] for row in rows(result, LOG_TRANSFER) if row[1] == 3]
    assert moves == [(11, 15, 15), (15, 15, 15), (13, 15, 15), (15, 15, 15)]


def test_e60_who_goes_to_the_counter_instead_comes_in_person_with_paper(engine: Engine) -> None:
    result = play(engine, of_channel(in_sessions(limit_to=2), 0))
    # At the counter from 10:30 to 11:30, then by courier for four hours.
    assert [row[1:5] for row in rows(result, LOG_SERVICE) if row[0] == 1] == [
        (3, 10.5, 10.5, 11.5),
        (4, 15.5, 15.5, 16.5),
    ]
    assert [row[1:5] for row in rows(result, LOG_TRANSFER) if row[0] == 1] == [(4, 11.5, 11.5, 15.5)]
    assert counts(result, F_CHANGED_CHANNEL, F_TIMED_OUT, F_VISITS, F_COUNTER_STARTS) == [1, 1, 1, 1]
    assert counted(result, F_ARRIVED_ELECTRONIC) == 2


def test_e60_the_patience_of_a_citizen_at_a_session_counts_as_giving_up(engine: Engine) -> None:
    session = Step(DONE, limit_table=1, limit_to=WITHDRAWN, limit_in_person=True, is_session=True)
    world = world_with_filings(
        2, procedures=(Procedure((session,)),), channels=(IN_PERSON,), tables=hours(2, 1)
    )
    assert counts(play(engine, world), F_GAVE_UP, F_TIMED_OUT, F_WITHDRAWN) == [1, 0, 1]


def test_e60_a_lost_portal_times_out_too(engine: Engine) -> None:
    world = of_channel(in_sessions(1, needs=USES_FIRST), 0)
    result = play(engine, world, {8: system(False), 11: system(True)})
    # Out at 10:00, in again from 10:30, and served when the portal is back.
    assert [row[2:5] for row in rows(result, LOG_SERVICE) if row[1] == 0] == [(10.5, 11, 13)]
    assert counted(result, F_TIMED_OUT) == 1


def test_e62_control_may_ask_what_waits_where(engine: Engine) -> None:
    said: list[list[list[int]]] = []
    # Two regions, the one with the larger number first.
    regions = [np.array(each, np.int32) for each in ([0, 1], [1, 0], [1, 1, 0])]

    def ask(_: object, env: Any) -> None:
        said.append([list(env.queue_lengths()), list(env.held_lengths()), list(env.outbox_lengths())])
        said.append(env.lengths_by_region(PulsePlan(MS_PER_HOUR, *regions)).tolist())

    # Of role 0: two wait for somebody, two for the first system; of role 1: one is on the way to it.
    procedures = (
        Procedure((Step(DONE, needs=USES_FIRST),)),
        Procedure((Step(DONE),)),
        Procedure((Step(DONE, role=1, level=PROVINCE),)),
    )
    roles = (Role(levels=(COMMUNE,)), Role(levels=(PROVINCE,)))
    world = world_with_filings(2, procedures=procedures, roles=roles, tables=hours(8))
    changes = {7: system(False), 8: link(COMMUNE_SITE, False), 8.5: headcount(1, 0), 10: ask}
    play(engine, world, changes)
    # Sites: centre, province, commune; pools: role 1 of the province, role 0 of the commune.
    assert said == [[[0, 4], [0, 2], [0, 0, 2]], [[4, 0], [2, 0], [2, 0]]]
