"""Small worlds drawn at random, with random outages and staff changes, to compare the two engines."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.world.arrays import (
    CHOOSE_ANY,
    CHOOSE_FIRST,
    CHOOSE_LEAST_LOADED,
    CITIZEN,
    CLOCK_RESTARTS,
    CLOCK_RESUMES,
    COMPLETED,
    COVER_ALWAYS,
    COVER_WHEN_ABSENT,
    EARLIEST_DUE_DATE,
    ELECTRONIC,
    FINISH,
    FIRST_COME,
    FORK,
    MANUAL,
    MS_PER_DAY,
    MS_PER_HOUR,
    MS_PER_MINUTE,
    ON_PAPER,
    PAPER,
    PRIORITY,
    REFUSED,
    RESUME,
    SKIP_SYNC,
    TRAIT_ELSEWHERE,
    TRAIT_LATE,
    WAIT,
    WITHDRAWN,
    World,
)
from tests.support.network_states import LiveNetwork
from tests.support.quantile_tables import even, long_tailed, steady, stepped
from tests.support.small_worlds import (
    CENTRE,
    COMMUNE,
    OFFICE_HOURS,
    PROVINCE,
    Branch,
    Channel,
    Cover,
    Options,
    Procedure,
    Role,
    Step,
    Trait,
    site_levels,
    site_parents,
    world_of,
)

# Systems: three of all kinds, the writing of the first one, and what is there at every site or not (power).
SYSTEMS = 5
WRITING, POWER = 0b01000, 0b10000
NEEDS = (0, 0b001, 0b010, 0b011, 0b110, 0b001 | WRITING, 0b100 | POWER)
ALL_SYSTEMS = (1 << 64) - 1
MOST_PEOPLE = 3
# Roles: counter, specialist (commune and province), leader in windows, clerk of the centre, portal.
COUNTER, SPECIALIST, LEADER, CLERK, PORTAL = range(5)
LEVELS_OF_ROLE = ((COMMUNE,), (COMMUNE, PROVINCE), (COMMUNE, PROVINCE), (CENTRE,), (CENTRE,))
OFFICE, WINDOWS, ALWAYS, SHORT = range(4)
CALENDARS = (OFFICE_HOURS, ((9, 10), (15, 15.5)), (), ((10, 11),))
SHARES_OF_DEADLINE, BUSY_DAYS, ANSWERS, COURIER, PATIENCE, FIRST_WORK = range(6)
DRAWN, OF_THE_STREAM = 0b001, 0b100
CONDITIONS = (DRAWN, OF_THE_STREAM, TRAIT_LATE, TRAIT_ELSEWHERE, DRAWN | TRAIT_LATE)

StartControl = Callable[[Any], object]


def random_world(seed: int) -> tuple[World, StartControl]:
    """A world and what happens to its links, systems and pools, both functions of the seed alone."""
    rng = random.Random(seed)
    options = random_options(rng)
    world = world_of(options)
    return world, RandomControl(options, len(world.pools), rng.getrandbits(64)).start


def random_options(rng: random.Random) -> Options:
    """Options that reach every rule of the engines sooner or later."""
    together = rng.random() < 0.5
    channels = tuple(_channel(rng, together) for _ in range(rng.randint(1, 2)))
    procedures = tuple(_procedure(rng, channels) for _ in range(rng.randint(1, 3)))
    provinces, communes = rng.randint(1, 2), rng.randint(1, 3)
    streams = provinces * communes * len(procedures) * len(channels)
    return Options(
        latency_ms=0 if together else 20,
        days=rng.randint(2, 6),
        provinces=provinces,
        communes=communes,
        calendars=CALENDARS,
        days_off=frozenset(rng.sample(range(4), k=rng.choice([0, 0, 1]))),
        roles=tuple(_role(rng, levels, together) for levels in LEVELS_OF_ROLE),
        procedures=procedures,
        channels=channels,
        channel_factors=(1.0, 1.0) if together else (rng.choice([0.75, 1.3]), 1.0),
        back_entry=_back_entry(rng),
        tables=_tables(rng, together),
        courier_table=COURIER,
        courier_calendar=rng.choice([OFFICE, ALWAYS, SHORT]),
        used_table=SHARES_OF_DEADLINE,
        busy_day_table=rng.choice([-1, BUSY_DAYS]),
        per_day=rng.choice([1.0, 3.0, 6.0]),
        inherited=rng.choice([0.0, 0.0, 3.0]),
        day_factors=tuple(rng.choice([0.0, 1.0, 1.0, 2.0]) for _ in range(4)),
        # At 1e4 bits per ms the last one takes half an hour.
        dossier_bits=rng.choice([0.0, 0.0, 1.8e10]) if together else rng.choice([0.0, 1e6, 4e9, 2e10]),
        slow_factors=(2.0,) * SYSTEMS if together else (1.5, 3.0, 1.2, 0.5, 2.0),
        sync_retry_ms=rng.choice([MS_PER_HOUR, 7 * MS_PER_MINUTE, 90 * MS_PER_MINUTE]),
        sync_limit_ms=rng.choice([0, MS_PER_HOUR, 4 * MS_PER_HOUR]),
        sync_failure=rng.choice([0.0, 0.3, 0.8]),
        cutoff_hour=rng.choice([0.0, 15.0, 24.0]),
        supplement_limit_days=rng.randint(1, 2),
        clock_after_supplement=rng.choice([CLOCK_RESTARTS, CLOCK_RESUMES]),
        apology_days=rng.choice([-1, 0, 1]),
        apology_table=FIRST_WORK,
        covers=tuple(_covers(rng)),
        shared_roles=frozenset(rng.sample([COUNTER, SPECIALIST, LEADER], k=rng.choice([0, 0, 1]))),
        one_desk=rng.random() < 0.2,
        one_area=rng.random() < 0.2,
        elsewhere_share=rng.choice([0.0, 0.0, 0.5]),
        choose=rng.choice([CHOOSE_FIRST, CHOOSE_ANY, CHOOSE_LEAST_LOADED]),
        stream_traits=rng.choice([0, OF_THE_STREAM]),
        replayed=tuple(_replayed(rng, streams)),
        route_rows=rng.choice([1, 2]),
    )


def _covers(rng: random.Random) -> Iterator[Cover]:
    """Who covers whom: perhaps several roles, perhaps each other."""
    for by, role in rng.sample([(0, 1), (1, 0), (1, 2), (2, 1), (0, 2)], k=rng.choice([0, 1, 2, 3])):
        yield Cover(by, role, rng.choice([1.0, 1.25]), rng.choice([COVER_ALWAYS, COVER_WHEN_ABSENT]))


def _replayed(rng: random.Random, streams: int) -> Iterator[tuple[int, int, int]]:
    for _ in range(rng.choice([0, 0, 4])):
        yield rng.randrange(2), rng.choice([9, 9, 14]) * MS_PER_HOUR, rng.randrange(streams)


def _role(rng: random.Random, levels: tuple[int, ...], together: bool) -> Role:
    calendar = rng.choice([OFFICE, OFFICE, WINDOWS, ALWAYS, ALWAYS, SHORT])
    return Role(
        levels=levels,
        people=rng.choice([0, 1, 1, 2, 2, 3]),
        most_people=MOST_PEOPLE,
        calendar=calendar,
        windows_within=OFFICE if calendar in (WINDOWS, SHORT) and rng.random() < 0.7 else -1,
        end_of_shift=rng.choice([RESUME, FINISH]),
        queue_rule=rng.choice([FIRST_COME, EARLIEST_DUE_DATE, PRIORITY]),
        stretch=1.0 if together else rng.choice([1.0, 1.7, 0.6]),
    )


def _procedure(rng: random.Random, channels: tuple[Channel, ...]) -> Procedure:
    """Perhaps a session and what follows it, steps one after the other, then those of the parts of forks."""
    session = _session(rng, len(channels)) if rng.random() < 0.5 else []
    base = len(session)
    count = base + rng.randint(1, 5)
    steps: list[Step] = []
    parts: list[Step] = []
    for place in range(base, count):
        if place > base and rng.random() < 0.2:
            steps.append(_fork(rng, place, base, count, parts))
        else:
            steps.append(_step(rng, place, base, count))
    return Procedure(
        (*session, *steps, *parts),
        deadline_days=rng.choice([-1, 0, 1, 2, 7]),
        priority=rng.randint(0, 2),
        inherited_step=rng.randrange(base, count),
        first_step=base,
        entry=tuple(_entry(rng, channel, base) for channel in channels),
        bits=rng.choice([None, 0.0, 4e9]),
        traits=(Trait(DRAWN, rng.choice([0.3, 1.0]), rng.choice([-1, 0, 3])),) if rng.random() < 0.5 else (),
        holds=rng.choice([None, None, (COMMUNE, COUNTER), (PROVINCE, LEADER)]),
    )


def _entry(rng: random.Random, channel: Channel, base: int) -> int:
    """Who comes in person mostly comes to the first step, others mostly to the session, if there is one."""
    by_session = 0.1 if channel.in_person else 0.9
    return 0 if rng.random() < by_session else base


def _session(rng: random.Random, channels: int) -> list[Step]:
    """A session, the wait before a new try, and the change to another channel: the first steps."""
    steps_before = 3
    session = Step(
        (Branch(steps_before), *([Branch(1, share=0.2)] if rng.random() < 0.3 else [])),
        role=rng.choice([PORTAL, PORTAL, COUNTER]),
        level=CENTRE,
        table=FIRST_WORK + rng.randrange(3),
        needs=rng.choice([0, 0b001]),
        limit_table=PATIENCE,
        limit_to=rng.choice([1, 1, 2, WITHDRAWN]),
        limit_in_person=rng.random() < 0.1,
        is_session=True,
    )
    if session.role == COUNTER:
        session = replace(session, level=COMMUNE, at_desk=True)
    again = (Branch(0), Branch(2, share=0.5), Branch(WITHDRAWN, share=0.2))
    return [
        session,
        Step(again, kind=CITIZEN, table=ANSWERS, asks=False),
        Step(
            (Branch(steps_before),),
            kind=CITIZEN,
            table=ANSWERS,
            asks=False,
            to_channel=rng.randrange(channels),
        ),
    ]


def _fork(rng: random.Random, place: int, base: int, count: int, parts: list[Step]) -> Step:
    """A fork; the steps of its parts go to the end of ``parts``."""
    firsts = []
    for _ in range(rng.randint(2, 3)):
        first, length = count + len(parts), rng.randint(1, 2)
        firsts.append(first)
        parts.extend(
            _work(rng, _role_of_step(rng), _branches_of_part(rng, first, first + k, length))
            for k in range(length)
        )
    return Step(_branches(rng, place, base, count), kind=FORK, parts=tuple(firsts))


def _branches_of_part(rng: random.Random, first: int, place: int, length: int) -> tuple[Branch, ...]:
    onward = Branch(place + 1 if place + 1 < first + length else COMPLETED)
    others = [Branch(REFUSED, share=0.2)] if rng.random() < 0.3 else []
    if rng.random() < 0.3:
        others.append(Branch(first, share=0.3))
    return (onward, *others)


def _role_of_step(rng: random.Random) -> int:
    return rng.choice([COUNTER, SPECIALIST, SPECIALIST, LEADER, CLERK])


def _step(rng: random.Random, place: int, base: int, count: int) -> Step:
    branches = _branches(rng, place, base, count)
    if place > base and rng.random() < 0.25:
        return Step(branches, kind=CITIZEN, table=ANSWERS, asks=rng.random() < 0.5)
    step = _work(rng, COUNTER if place == base else _role_of_step(rng), branches, at_desk=place == base)
    if rng.random() < 0.3:
        step = replace(
            step,
            limit_table=PATIENCE,
            limit_to=rng.choice([*range(base, count), WITHDRAWN, REFUSED]),
            limit_in_person=rng.random() < 0.5,
        )
    return step


def _work(rng: random.Random, role: int, branches: tuple[Branch, ...], at_desk: bool = False) -> Step:
    return Step(
        branches,
        role=role,
        level=rng.choice(LEVELS_OF_ROLE[role]),
        table=FIRST_WORK + rng.randrange(3),
        needs=rng.choice(NEEDS),
        without=rng.choice([WAIT, WAIT, WAIT, MANUAL, MANUAL, PAPER, PAPER, SKIP_SYNC]),
        manual_factor=rng.choice([1.0, 2.5]),
        manual_error=rng.choice([0.0, 0.5]),
        waits_for=rng.choice([0, 0, 0, POWER, 0b010]),
        eased_by=rng.choice([0, 0, 0b001, 0b110]),
        eased_factor=rng.choice([0.5, 0.9]),
        tells=rng.choice([0, 0, 0b001, 0b010, 0b101]),
        sync_failure=rng.choice([0.0, 0.4]),
        in_person_wait=rng.random() < 0.4,
        digitises=rng.random() < 0.4,
        at_desk=at_desk or rng.random() < 0.1,
    )


def _branches(rng: random.Random, place: int, base: int, count: int) -> tuple[Branch, ...]:
    onward = Branch(place + 1 if place + 1 < count else COMPLETED, share=1.0)
    others = []
    if rng.random() < 0.4:
        others.append(
            Branch(rng.randint(base, place), share=rng.choice([0.3, 2.0]), once=rng.choice([1, 1, 2]))
        )
    if rng.random() < 0.2:
        others.append(Branch(rng.randint(base, place), share=0.3))
    if rng.random() < 0.3:
        others.append(Branch(rng.choice([REFUSED, WITHDRAWN]), share=0.2))
    if place + 2 < count and rng.random() < 0.3:
        others.append(Branch(place + 2, share=0.5, once=rng.choice([0, 1])))
    if rng.random() < 0.3:
        others.append(_with_condition(rng, place, base, count))
    branches = [onward, *others]
    rng.shuffle(branches)
    return tuple(branches)


def _with_condition(rng: random.Random, place: int, base: int, count: int) -> Branch:
    """Leads back only once: it is taken whenever its condition is fulfilled."""
    condition = {rng.choice(["if_all", "if_none"]): rng.choice(CONDITIONS)}
    if rng.random() < 0.3:
        return Branch(rng.randint(base, place), once=3, **condition)
    return Branch(rng.choice([*range(place + 1, count), COMPLETED, REFUSED]), **condition)


def _back_entry(rng: random.Random) -> Step:
    return Step(
        (),
        role=COUNTER,
        table=FIRST_WORK,
        needs=rng.choice([0, 0b001]),
        without=rng.choice([WAIT, WAIT, MANUAL]),
        waits_for=rng.choice([0, POWER]),
        eased_by=rng.choice([0, 0b100]),
        # Of back-entry nobody is told, and it is not done again.
        tells=0b001,
        manual_error=0.5,
    )


def _channel(rng: random.Random, together: bool) -> Channel:
    evenly = ((0.4, 8 * MS_PER_HOUR, 3 * MS_PER_HOUR), (1.0, 13 * MS_PER_HOUR, 4 * MS_PER_HOUR))
    moments = sorted(rng.sample([0, 8, 9, 10, 12, 13, 15, 17], k=3))
    at_once = tuple(
        (share, hour * MS_PER_HOUR, 1) for share, hour in zip((0.5, 0.8, 1.0), moments, strict=True)
    )
    return Channel(
        medium=rng.choice([ELECTRONIC, ON_PAPER]),
        in_person=rng.random() < 0.5,
        segments=at_once if together else evenly,
    )


def _tables(rng: random.Random, together: bool) -> tuple[np.ndarray, ...]:
    hour = float(MS_PER_HOUR)
    work: list[np.ndarray] = [even(0.0, 4 * hour), long_tailed(0.7 * hour), steady(0.0)]
    answers, courier, patience = even(0.0, 60 * hour), even(0.0, 6 * hour), even(0.2 * hour, 3 * hour)
    if together:
        work = [stepped(0.0, 4 * hour, hour), steady(0.5 * hour), stepped(0.0, 2 * hour, 0.5 * hour)]
        answers, courier = stepped(0.0, 60 * hour, hour), stepped(0.0, 6 * hour, hour)
        patience = stepped(0.5 * hour, 3 * hour, 0.5 * hour)
    rng.shuffle(work)
    return (even(0.0, 1.3), even(0.2, 1.8), answers, courier, patience, *work)


@dataclass(frozen=True)
class RandomControl:
    """Control processes that cut and mend links and systems and change staff at random moments."""

    options: Options
    pools: int
    seed: int

    def start(self, env: Any) -> object:
        """Starts the processes; the network is as good as new at time 0."""
        rng = random.Random(self.seed)
        network = _network(self.options, rng)
        env.apply_network(network.state())
        for _ in range(rng.choice([0, 4, 8, 12])):
            env.process(self._disturb(env, network, random.Random(rng.getrandbits(64))))
        for _ in range(rng.randint(0, 2)):
            env.process(self._restaff(env, random.Random(rng.getrandbits(64))))
        for _ in range(rng.choice([0, 0, 1])):
            env.process(self._reroute(env, random.Random(rng.getrandbits(64))))
        return network

    def _disturb(self, env: Any, network: LiveNetwork, rng: random.Random) -> Iterator[Any]:
        while True:
            yield env.timeout(_pause(rng))
            _change(network, rng)
            # Where much has piled up the line is mended.
            network.links["up"][env.outbox_lengths() > 2] = 1
            env.apply_network(network.state())

    def _restaff(self, env: Any, rng: random.Random) -> Iterator[Any]:
        while True:
            yield env.timeout(_pause(rng))
            pool = rng.randrange(self.pools)
            if rng.random() < 0.3:
                self._restaff_several(env, rng)
            elif rng.random() < 0.7:
                env.set_headcount(pool, rng.randint(0, MOST_PEOPLE))
            else:
                env.set_stretch(pool, rng.choice([0.5, 1.0, 2.0]))

    def _restaff_several(self, env: Any, rng: random.Random) -> None:
        """Several pools at once; where many wait who could be served there are more people."""
        pools = rng.sample(range(self.pools), k=rng.randint(1, self.pools))
        waiting = env.queue_lengths() - env.held_lengths()
        people = [MOST_PEOPLE if waiting[pool] > 2 else rng.randint(0, MOST_PEOPLE) for pool in pools]
        stretch = [rng.choice([0.5, 1.0, 2.0]) for _ in pools]
        env.set_staff(np.array(pools, np.int32), np.array(people, np.int32), np.array(stretch))

    def _reroute(self, env: Any, rng: random.Random) -> Iterator[Any]:
        """Steps are done otherwise, and citizens go elsewhere, from some moment on."""
        while True:
            yield env.timeout(_pause(rng))
            row = rng.randrange(self.options.route_rows)
            steps = rng.sample(self.main_steps, k=rng.randint(1, len(self.main_steps)))
            # Never to an earlier step: that could make circles without an end.
            to = [rng.choice([other for other in self.main_steps if other >= step]) for step in steps]
            env.set_routes(row, np.array(steps, np.int32), np.array(to, np.int32))
            communes = [s for s, level in enumerate(site_levels(self.options)) if level == COMMUNE]
            desks = [rng.choice(communes) for _ in communes]
            travel = [rng.randrange(9000) for _ in communes]
            env.set_desks(*(np.array(values, np.int32) for values in (communes, desks, travel)))

    @property
    def main_steps(self) -> list[int]:
        """Numbers of all steps that belong to no part of a fork."""
        found, first = [], 0
        for procedure in self.options.procedures:
            forks = [step.parts for step in procedure.steps if step.kind == FORK]
            of_parts = min((part for parts in forks for part in parts), default=len(procedure.steps))
            found.extend(range(first, first + of_parts))
            first += len(procedure.steps)
        return found


def _pause(rng: random.Random) -> int:
    """Time to the next disturbance: often a round one, sometimes none at all."""
    if rng.random() < 0.1:
        return 0
    if rng.random() < 0.6:
        return rng.choice([30 * MS_PER_MINUTE, MS_PER_HOUR, 4 * MS_PER_HOUR, MS_PER_DAY])
    return rng.randrange(1, MS_PER_DAY // 2)


def _network(options: Options, rng: random.Random) -> LiveNetwork:
    """Three systems, the writing of the first one, and power at every site."""
    parents = site_parents(options)
    needs = [[], [0], [], [0], []] if rng.random() < 0.5 else [[], [], [1], [0], []]
    hosts = [_hosts(options, rng) for _ in range(3)]
    return LiveNetwork(parents, [*hosts, hosts[0], list(range(len(parents)))], needs, options.latency_ms)


def _hosts(options: Options, rng: random.Random) -> list[int]:
    """A system has one instance at the centre, or one in each province, which the centre goes without."""
    parents, levels = site_parents(options), site_levels(options)
    if rng.random() < 0.5:
        return [0] * len(parents)
    of_level = {CENTRE: lambda _: -1, PROVINCE: lambda site: site, COMMUNE: lambda site: parents[site]}
    return [of_level[level](site) for site, level in enumerate(levels)]


def _change(network: LiveNetwork, rng: random.Random) -> None:
    """Something breaks, slows down or is mended; now and then several things at once, or all is mended."""
    if rng.random() < 0.25:
        network.up[:], network.links["up"] = True, 1
        return
    for _ in range(rng.choice([1, 1, 4])):
        site, system = rng.randrange(len(network.parents)), rng.randrange(SYSTEMS)
        host = max(0, network.hosts[system, site])
        kind = rng.random()
        if kind < 0.3:
            network.links["up"][site] = rng.random() < 0.7
            network.links["bits_per_ms"][site] = rng.choice([1e3, 1e4, 3e4])
            network.links["carries"][site] = rng.choice([ALL_SYSTEMS, ALL_SYSTEMS, ALL_SYSTEMS, 0b00101])
        elif kind < 0.7:
            network.up[system, host] = rng.random() < 0.6
        elif kind < 0.85:
            network.slow[system, host] = rng.random() < 0.7
        else:
            network.blocked[site] = rng.choice([0, 0, 1 << system, 0b01010])
