"""Complete tiny worlds for tests of the engines: a tree of sites, some pools, some procedures, a few days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

import numpy as np

from sim.engine.addressed import name_key
from sim.world.arrays import (
    BRANCH,
    CHOOSE_FIRST,
    CLOCK_RESTARTS,
    COVER_ALWAYS,
    ELECTRONIC,
    FAR_FUTURE_MS,
    FIRST_COME,
    MS_PER_DAY,
    MS_PER_HOUR,
    POOL,
    PROCEDURE,
    QUEUE,
    RESUME,
    STEP,
    STREAM,
    TRAIT,
    UPLINK,
    WAIT,
    WORK,
    Floats,
    Records,
    World,
)
from sim.world.calendars import calendar_tables, working_days_of
from sim.world.hours import Hours
from tests.support.quantile_tables import steady

CENTRE, PROVINCE, COMMUNE = 0, 1, 2
TABLE_DAYS_AFTER_THE_RUN = 40
OFFICE_HOURS = ((8, 12), (13, 17))


@dataclass(frozen=True)
class Branch:
    """Where a step leads: the place of a step in its procedure, or an end; ``once`` is a mark from 1 on.

    With ``if_all`` or ``if_none`` it is a branch with a condition, whose share does not count.
    """

    to: int
    share: float = 1.0
    once: int = 0
    if_all: int = 0
    if_none: int = 0


@dataclass(frozen=True)
class Step:
    """A step; ``needs`` and the like are bit masks of systems, ``table`` is a place in ``Options.tables``.

    It waits for ``waits_for`` and, when it has WAIT, for all that it needs.
    """

    branches: tuple[Branch, ...]
    role: int = 0
    level: int = COMMUNE
    kind: int = WORK
    table: int = 0
    needs: int = 0
    without: int = WAIT
    manual_factor: float = 1.5
    in_person_wait: bool = False
    digitises: bool = False
    at_desk: bool = False
    asks: bool = True
    limit_table: int = -1
    limit_to: int = -1
    limit_in_person: bool = False
    parts: tuple[int, ...] = ()
    waits_for: int = 0
    eased_by: int = 0
    eased_factor: float = 0.5
    tells: int = 0
    sync_failure: float = 0.0
    is_session: bool = False
    to_channel: int = -1
    manual_error: float = 0.0


@dataclass(frozen=True)
class Trait:
    """Something that a share of the dossiers of a procedure is; ``mask`` is its bit."""

    mask: int
    share: float
    deadline_days: int = -1


@dataclass(frozen=True)
class Cover:
    """The pools of one role that do the work of another at the same site."""

    by: int
    role: int
    stretch: float = 1.0
    when: int = COVER_ALWAYS


@dataclass(frozen=True)
class Procedure:
    """A procedure; its branches count steps from its own first one. ``holds`` is a level and a role.

    ``entry`` has the step at which it is filed, by channel; none = ``first_step``. ``bits`` None = those of
    the options.
    """

    steps: tuple[Step, ...]
    deadline_days: int = 5
    priority: int = 0
    inherited_step: int = 0
    first_step: int = 0
    traits: tuple[Trait, ...] = ()
    holds: tuple[int, int] | None = None
    entry: tuple[int, ...] = ()
    bits: float | None = None


@dataclass(frozen=True)
class Role:
    """The pools of one kind: one at every site of these levels."""

    levels: tuple[int, ...] = (COMMUNE,)
    people: int = 1
    most_people: int = 3
    calendar: int = 0
    windows_within: int = -1
    end_of_shift: int = RESUME
    queue_rule: int = FIRST_COME
    stretch: float = 1.0


@dataclass(frozen=True)
class Channel:
    """How dossiers come in, and in what part of the day."""

    medium: int = ELECTRONIC
    in_person: bool = False
    segments: tuple[tuple[float, int, int], ...] = ((1.0, 8 * MS_PER_HOUR, 8 * MS_PER_HOUR),)


@dataclass(frozen=True)
class Options:
    """Everything that a small world is made of; each default is the plainest choice."""

    days: int = 3
    provinces: int = 1
    communes: int = 1
    # Opening hours of a working day by calendar, in hours; none = always open. The first is the official one.
    calendars: tuple[tuple[tuple[float, float], ...], ...] = (OFFICE_HOURS,)
    days_off: frozenset[int] = frozenset()
    roles: tuple[Role, ...] = (Role(),)
    procedures: tuple[Procedure, ...] = (Procedure((Step((Branch(-1),)),)),)
    channels: tuple[Channel, ...] = (Channel(),)
    channel_factors: tuple[float, ...] = (1.0,)
    back_entry: Step | None = None
    tables: tuple[Floats, ...] = field(default_factory=lambda: (steady(0.5 * MS_PER_HOUR),))
    courier_table: int = 0
    courier_calendar: int = 0
    used_table: int = 0
    busy_day_table: int = -1
    per_day: float = 5.0
    inherited: float = 0.0
    day_factors: tuple[float, ...] = (1.0,)
    dossier_bits: float = 1e6
    latency_ms: int = 20
    slow_factors: tuple[float, ...] = ()  # by system; those beyond the last are never slow
    sync_retry_ms: int = MS_PER_HOUR
    sync_limit_ms: int = MS_PER_HOUR
    sync_failure: float = 0.0
    cutoff_hour: float = 15.0
    supplement_limit_days: int = 3
    clock_after_supplement: int = CLOCK_RESTARTS
    apology_days: int = -1
    apology_table: int = 0
    covers: tuple[Cover, ...] = ()
    # Roles whose pool at the first commune of a province serves all its communes.
    shared_roles: frozenset[int] = frozenset()
    # Citizens of all communes of a province go to, or are counted at, its first commune.
    one_desk: bool = False
    one_area: bool = False
    travel_m: int = 4000
    elsewhere_share: float = 0.0
    choose: int = CHOOSE_FIRST
    stream_traits: int = 0
    # Filings that are replayed: day, time of day in ms, place of the stream.
    replayed: tuple[tuple[int, int, int], ...] = ()
    # Communes of odd number follow the second row of routes.
    route_rows: int = 1


def make_world(**options: object) -> World:
    """A small world; the options are the fields of ``Options``."""
    return world_of(Options(**options))  # type: ignore[arg-type]


def world_of(options: Options) -> World:
    """A small world from its options."""
    hours = [_hours(options, day_hours) for day_hours in options.calendars]
    table_days = options.days + TABLE_DAYS_AFTER_THE_RUN
    steps = _all_steps(options)
    return World(
        horizon_ms=options.days * MS_PER_DAY,
        day_count=options.days,
        official_calendar=0,
        cutoff_ms=round(options.cutoff_hour * MS_PER_HOUR),
        supplement_limit_days=options.supplement_limit_days,
        clock_after_supplement=options.clock_after_supplement,
        procedures=_procedures(options),
        steps=_step_records(options, steps),
        branches=_branches(options),
        parts=_parts(options),
        traits=_traits(options),
        apology_days=options.apology_days,
        apology_table=options.apology_table,
        channel_factor=np.tile(np.array(options.channel_factors), (len(steps), 1)),
        back_entry_step=-1 if options.back_entry is None else len(steps) - 1,
        courier_calendar=options.courier_calendar,
        courier_table=options.courier_table,
        slow_factor=np.array([*options.slow_factors, *[1.0] * (64 - len(options.slow_factors))]),
        sync_retry_ms=options.sync_retry_ms,
        sync_limit_ms=options.sync_limit_ms,
        sync_failure=options.sync_failure,
        entry_step=_entry_steps(options),
        busy_day_table=options.busy_day_table,
        tables=np.stack(options.tables),
        group_count=len(options.procedures) + 1,
        routes=np.tile(np.arange(len(steps), dtype=np.int32), (options.route_rows, 1)),
        **_calendar_fields(hours, table_days),
        **_site_fields(options),
        **_pool_fields(options, steps),
        **_demand_fields(options),
    )


def site_parents(options: Options) -> list[int]:
    """Parent of each site: the centre, then the provinces, then the communes by province."""
    provinces = [0] * options.provinces
    communes = [1 + number for number in range(options.provinces) for _ in range(options.communes)]
    return [-1, *provinces, *communes]


def site_levels(options: Options) -> list[int]:
    """Level of each site."""
    below = [PROVINCE] * options.provinces + [COMMUNE] * (options.provinces * options.communes)
    return [CENTRE, *below]


def good_links(sites: int, latency_ms: int, bits_per_ms: float = 1e4) -> Records:
    """Uplinks that all work."""
    links = np.zeros(sites, UPLINK)
    links["up"], links["latency_ms"], links["bits_per_ms"] = 1, latency_ms, bits_per_ms
    links["carries"] = np.iinfo(np.uint64).max
    return links


def _hours(options: Options, day_hours: Sequence[tuple[float, float]]) -> Hours:
    table_days = options.days + TABLE_DAYS_AFTER_THE_RUN
    parts = [
        (day * MS_PER_DAY + round(start * MS_PER_HOUR), day * MS_PER_DAY + round(end * MS_PER_HOUR))
        for day in range(table_days)
        if day % 7 not in options.days_off
        for start, end in day_hours
    ]
    after = (table_days * MS_PER_DAY if day_hours else 0, FAR_FUTURE_MS)
    open_ms, close_ms = (
        np.array([*parts, after], np.int64).T.copy() if day_hours else np.array([after]).T.copy()
    )
    return Hours(open_ms, close_ms, np.cumsum(close_ms - open_ms) - (close_ms - open_ms))


def _calendar_fields(hours: list[Hours], table_days: int) -> dict[str, object]:
    tables = calendar_tables(hours, table_days)
    working = working_days_of(hours[0], table_days, longest_limit=60)
    return {
        "interval_open_ms": tables.open_ms,
        "interval_close_ms": tables.close_ms,
        "interval_before_ms": tables.before_ms,
        "interval_of_day": tables.interval_of_day,
        "working_day_after": working.after,
        "working_day_of": working.day_of,
        "working_day_close_ms": working.close_ms,
    }


def _site_fields(options: Options) -> dict[str, object]:
    parents, levels = site_parents(options), site_levels(options)
    at_level = np.full((len(parents), 3), -1, np.int32)
    for site, parent in enumerate(parents):
        if parent >= 0:
            at_level[site] = at_level[parent]
        at_level[site, levels[site]] = site
    return {
        "site_parent": np.array(parents, np.int32),
        "site_depth": np.array(levels, np.int32),
        "site_level": np.array(levels, np.int32),
        "site_at_level": at_level,
        "site_key": np.array([name_key(f"site {site}") for site in range(len(parents))], np.uint64),
        "area_of": _gathered(options, options.one_area),
        "area_count": len(parents),
        "seat_of": np.arange(len(parents), dtype=np.int32),
        "desk_of": _gathered(options, options.one_desk),
        "travel_m": np.full(len(parents), options.travel_m, np.int32),
        "route_row": (np.arange(len(parents)) % options.route_rows).astype(np.int32),
    }


def _gathered(options: Options, together: bool) -> np.ndarray:
    """Every site itself; or, of the communes of a province, the first one."""
    own = np.arange(len(site_parents(options)), dtype=np.int32)
    return np.array([_first_sister(options, site) for site in own], np.int32) if together else own


def _first_sister(options: Options, site: int) -> int:
    if site_levels(options)[site] != COMMUNE:
        return int(site)
    return 1 + options.provinces + (site - 1 - options.provinces) // options.communes * options.communes


def _all_steps(options: Options) -> list[Step]:
    steps = [step for procedure in options.procedures for step in procedure.steps]
    return steps if options.back_entry is None else [*steps, options.back_entry]


def _waits_for(step: Step) -> int:
    return step.waits_for | (step.needs if step.without == WAIT else 0)


def _queue_classes(steps: Sequence[Step]) -> dict[int, list[int]]:
    """For each role the sets of systems that its steps wait for, in the order of their first use."""
    classes: dict[int, list[int]] = {}
    for step in steps:
        if step.kind == WORK:
            known = classes.setdefault(step.role, [])
            known.extend({_waits_for(step)} - set(known))
    return classes


def _pool_fields(options: Options, steps: Sequence[Step]) -> dict[str, object]:
    classes = _queue_classes(steps)
    levels = site_levels(options)
    pool_of = np.full((len(levels), len(options.roles)), -1, np.int32)
    pools: list[tuple[int, ...]] = []
    firsts, queue_needs, places = [0], [], 0
    for site, level in enumerate(levels):
        for number, role in enumerate(options.roles):
            if level in role.levels:
                pool_of[site, number] = len(pools)
                needs = classes.get(number, [])
                pools.append((site, number, len(queue_needs), len(needs), places))
                queue_needs.extend(needs)
                places += role.most_people
        firsts.append(len(pools))
    for role in options.shared_roles:
        for site, level in enumerate(levels):
            if level == COMMUNE:
                pool_of[site, role] = pool_of[_first_sister(options, site), role]
    return {
        **_cover_fields(options, pool_of, pools),
        "site_first_pool": np.array(firsts, np.int32),
        "pool_of": pool_of,
        "pools": _pool_records(options, pools),
        "queues": _queue_records(queue_needs),
        "at_work_places": places,
    }


def _pool_records(options: Options, pools: Sequence[tuple[int, ...]]) -> Records:
    records = np.zeros(len(pools), POOL)
    for record, (site, number, queue_first, queue_count, busy_first) in zip(records, pools, strict=True):
        role = options.roles[number]
        record["site"], record["role"] = site, number
        record["queue_first"], record["queue_count"] = queue_first, queue_count
        record["busy_first"], record["capacity_limit"] = busy_first, role.most_people
        record["calendar"], record["windows_within"] = role.calendar, role.windows_within
        record["end_of_shift"], record["queue_rule"] = role.end_of_shift, role.queue_rule
        record["stretch"], record["capacity"] = role.stretch, role.people
        record["wakes_at_ms"] = -1
    return records


def _queue_records(needs: Sequence[int]) -> Records:
    records = np.zeros(len(needs), QUEUE)
    records["needs"], records["root"], records["down_since_ms"] = needs, -1, -1
    return records


def _procedures(options: Options) -> Records:
    records = np.zeros(len(options.procedures), PROCEDURE)
    trait_first = 0
    for place, (procedure, first) in enumerate(zip(options.procedures, _firsts(options), strict=False)):
        inherited = first + procedure.inherited_step if procedure.inherited_step >= 0 else -1
        records[place] = (
            place,
            first + procedure.first_step,
            procedure.priority,
            procedure.deadline_days,
            inherited,
            options.used_table,
            trait_first,
            len(procedure.traits),
            *(procedure.holds or (-1, -1)),
            options.dossier_bits if procedure.bits is None else procedure.bits,
        )
        trait_first += len(procedure.traits)
    return records


def _entry_steps(options: Options) -> np.ndarray:
    """Step at which dossiers of a procedure are filed on a channel."""
    channels = len(options.channels)
    rows = [
        [first + step for step in procedure.entry or (procedure.first_step,) * channels]
        for procedure, first in zip(options.procedures, _firsts(options), strict=False)
    ]
    return np.array(rows, np.int32)


def _step_records(options: Options, steps: Sequence[Step]) -> Records:
    classes = _queue_classes(steps)
    records = np.zeros(len(steps), STEP)
    firsts, owners = _firsts(options), _owners(options)
    branch_first = part_first = 0
    for place, (record, step) in enumerate(zip(records, steps, strict=True)):
        record["key"], record["needs"], record["kind"] = name_key(f"step {place}"), step.needs, step.kind
        record["level"], record["role"], record["table"] = step.level, step.role, step.table
        record["without"], record["manual_factor"] = step.without, step.manual_factor
        record["procedure"], record["at_desk"], record["asks"] = owners[place], step.at_desk, step.asks
        first = firsts[owners[place]] if owners[place] >= 0 else 0
        record["limit_table"], record["limit_in_person"] = step.limit_table, step.limit_in_person
        record["limit_to"] = step.limit_to + first if step.limit_to >= 0 else step.limit_to
        record["part_first"], record["part_count"] = part_first, len(step.parts)
        part_first += len(step.parts)
        record["waits_for"], record["eased_by"], record["tells"] = _waits_for(step), step.eased_by, step.tells
        record["eased_factor"], record["sync_failure"] = step.eased_factor, step.sync_failure
        record["is_session"], record["to_channel"] = step.is_session, step.to_channel
        record["manual_error"] = step.manual_error
        if step.kind == WORK:
            record["queue_class"] = classes[step.role].index(_waits_for(step))
        record["branch_first"], record["branch_count"] = branch_first, len(step.branches)
        record["in_person_wait"], record["digitises"] = step.in_person_wait, step.digitises
        branch_first += len(step.branches)
    return records


def _firsts(options: Options) -> list[int]:
    """First step of each procedure, and of what comes after the last."""
    return list(accumulate((len(procedure.steps) for procedure in options.procedures), initial=0))


def _owners(options: Options) -> list[int]:
    """Procedure of each step, -1 for the step of back-entry."""
    owners = [place for place, procedure in enumerate(options.procedures) for _ in procedure.steps]
    return owners if options.back_entry is None else [*owners, -1]


def _branches(options: Options) -> Records:
    rows = [
        (
            0.0 if branch.if_all or branch.if_none else branch.share,
            branch.to + first if branch.to >= 0 else branch.to,
            branch.once,
            branch.if_all,
            branch.if_none,
        )
        for procedure, first in zip(options.procedures, _firsts(options), strict=False)
        for step in procedure.steps
        for branch in step.branches
    ]
    return np.array(rows, BRANCH)


def _parts(options: Options) -> np.ndarray:
    rows = [
        first + part
        for procedure, first in zip(options.procedures, _firsts(options), strict=False)
        for step in procedure.steps
        for part in step.parts
    ]
    return np.array(rows, np.int32)


def _traits(options: Options) -> Records:
    rows = [
        (trait.mask, name_key(f"trait {place} {trait.mask}"), trait.share, trait.deadline_days)
        for place, procedure in enumerate(options.procedures)
        for trait in procedure.traits
    ]
    return np.array(rows, TRAIT).reshape(-1)


def _demand_fields(options: Options) -> dict[str, object]:
    communes = [site for site, level in enumerate(site_levels(options)) if level == COMMUNE]
    elsewhere = 0 if options.elsewhere_share > 0 else -1
    rows = [
        (
            site,
            procedure,
            channel,
            0,
            elsewhere,
            0,
            options.choose,
            options.stream_traits,
            options.per_day,
            options.inherited,
        )
        for site in communes
        for procedure in range(len(options.procedures))
        for channel in range(len(options.channels))
    ]
    segments = [segment for channel in options.channels for segment in channel.segments]
    firsts = np.cumsum([0] + [len(channel.segments) for channel in options.channels])
    days = np.arange(options.days)
    return {
        "streams": np.array(rows, STREAM),
        "stream_name_key": np.array([name_key(f"stream {row[:3]}") for row in rows], np.uint64),
        **_elsewhere_fields(options, communes),
        **_replay_fields(options),
        "day_factor": np.resize(np.array(options.day_factors), options.days)[None, :].copy(),
        "channel_medium": np.array([channel.medium for channel in options.channels], np.int32),
        "channel_in_person": np.array([channel.in_person for channel in options.channels], np.int32),
        "pattern_of_day": np.array(
            [
                np.where(np.isin(days % 7, list(options.days_off)), -1, place)
                for place in range(len(options.channels))
            ],
            np.int32,
        ),
        "pattern_first": firsts.astype(np.int32),
        "segment_until": np.array([segment[0] for segment in segments]),
        "segment_start_ms": np.array([segment[1] for segment in segments], np.int64),
        "segment_length_ms": np.array([segment[2] for segment in segments], np.int64),
    }


def _cover_fields(
    options: Options, pool_of: np.ndarray, pools: Sequence[tuple[int, ...]]
) -> dict[str, object]:
    """Who covers whom, by the coverer in the order of the options; and the same by the pool covered."""
    pool_at = {(site, role): place for place, (site, role, *_) in enumerate(pools)}
    rows = [
        (pool, pool_at[site, cover.role], cover.stretch, cover.when)
        for (site, role), pool in pool_at.items()
        for cover in options.covers
        if cover.by == role and (site, cover.role) in pool_at
    ]
    inverse = sorted((covered, place, by) for place, (by, covered, *_) in enumerate(rows))
    counts = [np.bincount([row[key] for row in rows], minlength=len(pools)) for key in (0, 1)]
    firsts = [np.concatenate([[0], np.cumsum(count)]).astype(np.int32) for count in counts]
    return {
        "cover_first": firsts[0],
        "cover_pool": np.array([row[1] for row in rows], np.int32),
        "cover_stretch": np.array([row[2] for row in rows], np.float64),
        "cover_when": np.array([row[3] for row in rows], np.int32),
        "coverer_first": firsts[1],
        "coverer_pool": np.array([by for _, _, by in inverse], np.int32),
        "coverer_place": np.array([place for _, place, _ in inverse], np.int32),
    }


def _elsewhere_fields(options: Options, communes: Sequence[int]) -> dict[str, object]:
    """Candidates of a commune: the others of its province, in order of their number."""
    sites = len(site_parents(options))
    most = max(options.communes - 1, 1)
    candidates = np.full((1, sites, most), -1, np.int32)
    parents = site_parents(options)
    for site in communes:
        others = [other for other in communes if other != site and parents[other] == parents[site]]
        candidates[0, site, : len(others)] = others
    return {
        "candidates": candidates,
        "candidate_m": np.where(candidates >= 0, 1000 * candidates, 0).astype(np.int32),
        "elsewhere_share": np.full((1, options.days), options.elsewhere_share),
    }


def _replay_fields(options: Options) -> dict[str, object]:
    rows = sorted(options.replayed, key=lambda row: row[:2])
    days = np.array([day for day, _, _ in rows], np.int64)
    return {
        "replay_first": np.searchsorted(days, np.arange(options.days + 1)).astype(np.int64),
        "replay_stream": np.array([stream for _, _, stream in rows], np.int32),
        "replay_ms": np.array([moment for _, moment, _ in rows], np.int64),
    }
