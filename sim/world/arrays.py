"""The world and its moving state as arrays: every field, its meaning and its unit, in this one place.

Two NamedTuples go into the engine. ``World`` is what the scenario fixes before time starts and is never
written to. ``State`` is what one replication moves. Both hold integers inside and names only at the edges
(``sim.world.names_of`` keeps the names). All times are int64 milliseconds of local time (UTC+7) since
00:00 of the first day of the run; all shares are float64 between 0 and 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Records = NDArray[np.void]

MS_PER_MINUTE = 60_000
MS_PER_HOUR = 3_600_000
MS_PER_DAY = 86_400_000
FAR_FUTURE_MS = 1 << 52

# End of shift: what happens to work in hand when the pool's calendar closes.
RESUME, FINISH = 0, 1
# Queue rules.
FIRST_COME, EARLIEST_DUE_DATE, PRIORITY = 0, 1, 2
# Kinds of steps.
WORK, CITIZEN = 0, 1
# What a step does when a system that it needs is out of reach.
WAIT, MANUAL, PAPER = 0, 1, 2
# The medium a dossier is on.
ELECTRONIC, ON_PAPER = 0, 1
# Where a branch leads when it does not lead to a step.
COMPLETED, REFUSED, CLOSED_UNANSWERED = -1, -2, -3
# States of a dossier slot.
FREE, QUEUED, IN_SERVICE, MOVING, WITH_CITIZEN, IN_OUTBOX = 0, 1, 2, 3, 4, 5
# Kinds of events; at the same millisecond the smaller kind goes first, then the smaller dossier number.
SERVICE_ENDS, TRANSFER_ARRIVES, CITIZEN_ANSWERS, POOL_OPENS = 0, 1, 2, 3
# Clock rule after a supplement.
CLOCK_RESTARTS, CLOCK_RESUMES = 0, 1
# Purposes: the last part of the address of a random number.
FOR_TOUCH_TIME, FOR_BRANCH, FOR_ANSWER, FOR_COURIER = 1, 2, 3, 4
FOR_BUSY_DAY, FOR_COUNT, FOR_TIME_OF_DAY, FOR_USED_DEADLINE = 5, 6, 7, 8
FOR_FAILURE, FOR_REPAIR = 9, 10

# Causes of elapsed time; the seven parts of each dossier add up to its elapsed time exactly.
CAUSES = ("work", "staff", "closed", "outage", "signature", "transfer", "citizen")
BY_WORK, BY_STAFF, BY_CLOSED, BY_OUTAGE, BY_SIGNATURE, BY_TRANSFER, BY_CITIZEN = range(7)

# Columns of ``Tally.flow``: per site, procedure group and day.
FLOW_FIELDS = (
    "arrived",  # dossiers filed on this day
    "arrived_electronic",  # of these on an electronic channel
    "visits",  # visits in person on this day: filings and answers to a supplement request
    "finished",  # dossiers that ended on this day, however they ended
    "refused",  # of these refused
    "closed_unanswered",  # of these closed because the citizen did not answer in time
    "with_deadline",  # of the finished those with a legal deadline
    "on_time",  # of these finished not later than the deadline
    "supplements",  # supplement requests sent on this day
    "shuttles",  # changes from electronic to paper forced by an outage
    "manual",  # steps done by hand because a system was out of reach
    "back_entries",  # paper steps entered into the system afterwards
    "counter_starts",  # citizens called to the counter on this day
    "counter_wait_ms",  # their waiting time in opening hours, ms
    "cycle_ms",  # sum of elapsed time of the finished, ms
    "cycle_working_ms",  # the same in working time of the official calendar, ms
    "overdue_ms",  # sum of working time past the deadline of the finished late ones, ms
    "cause_work_ms",
    "cause_staff_ms",
    "cause_closed_ms",
    "cause_outage_ms",
    "cause_signature_ms",
    "cause_transfer_ms",
    "cause_citizen_ms",
    "late_work_ms",  # the same of those finished after their deadline
    "late_staff_ms",
    "late_closed_ms",
    "late_outage_ms",
    "late_signature_ms",
    "late_transfer_ms",
    "late_citizen_ms",
)
(
    F_ARRIVED,
    F_ARRIVED_ELECTRONIC,
    F_VISITS,
    F_FINISHED,
    F_REFUSED,
    F_CLOSED_UNANSWERED,
    F_WITH_DEADLINE,
    F_ON_TIME,
    F_SUPPLEMENTS,
    F_SHUTTLES,
    F_MANUAL,
    F_BACK_ENTRIES,
    F_COUNTER_STARTS,
    F_COUNTER_WAIT_MS,
    F_CYCLE_MS,
    F_CYCLE_WORKING_MS,
    F_OVERDUE_MS,
    F_FIRST_CAUSE,
) = range(18)
F_FIRST_LATE_CAUSE = F_FIRST_CAUSE + len(CAUSES)

# Columns of ``Tally.pools``: per pool and day.
POOL_FIELDS = (
    "started",  # services begun on this day
    "waited",  # of these after a wait longer than zero
    "wait_ms",  # sum of their waits from entering the queue, ms
    "busy_ms",  # time that people of the pool were at work on dossiers, ms
    "queued_at_midnight",  # length of the queue at the end of the day
)
P_STARTED, P_WAITED, P_WAIT_MS, P_BUSY_MS, P_QUEUED_AT_MIDNIGHT = range(5)

# A time in whole seconds falls in a bin by its leading bits: 16 bins to each doubling, so a bin is at most
# 6.25 % wide (the layout of HdrHistogram, Tene 2012). 26 doublings reach 2 years.
BINS_PER_DOUBLING = 16
HISTOGRAM_BINS = 16 * 24

# Columns of the step log, written only when asked for (twin checks, event logs).
LOG_FIELDS = (
    "dossier",
    "procedure",
    "step",
    "event",
    "site",
    "entered_ms",
    "started_ms",
    "ended_ms",
    "detail",
)
LOG_SERVICE, LOG_PUT_ASIDE, LOG_TRANSFER, LOG_CITIZEN, LOG_FINISH = 0, 1, 2, 3, 4

POOL = np.dtype(
    [
        ("site", "i4"),  # site the pool works at
        ("role", "i4"),  # index of the pool's name in the scenario (reception, leader ...)
        ("calendar", "i4"),  # opening hours
        ("windows_within", "i4"),  # office calendar when the pool's hours are windows inside it, else -1
        ("end_of_shift", "i4"),  # RESUME or FINISH
        ("queue_rule", "i4"),  # FIRST_COME, EARLIEST_DUE_DATE or PRIORITY
        ("queue_first", "i4"),  # first of its queues in ``State.queues``
        ("queue_count", "i4"),  # one queue for each set of systems that its steps wait for
        ("busy_first", "i4"),  # first of its places in ``State.at_work``
        ("capacity_limit", "i4"),  # most people it may ever have in this run (places in ``at_work``)
        ("stretch", "f8"),  # wall time per touch time: 1 / (share of time for dossiers x speed)
        ("capacity", "i4"),  # people now
        ("busy", "i4"),  # people at work now
        ("queued", "i4"),  # dossiers waiting, all queues of the pool
        ("wakes_at_ms", "i8"),  # pending event at the next opening, -1 when there is none
        ("queue_area_ms", "i8"),  # integral of the queue length over time
        ("queue_changed_ms", "i8"),  # when the queue length last changed
    ],
    align=True,
)

QUEUE = np.dtype(
    [
        ("needs", "u8"),  # systems (bit mask) without which nothing in this queue can start; 0 = none
        ("root", "i4"),  # first dossier in the order of the queue rule (root of a pairing heap), -1 = empty
        ("down_since_ms", "i8"),  # since when those systems are out of reach, -1 = in reach
        ("down_ms", "i8"),  # opening time of the pool for which they were out of reach so far
    ],
    align=True,
)

STEP = np.dtype(
    [
        ("key", "u8"),  # address of the step's random numbers (from its name)
        ("needs", "u8"),  # systems it needs, bit mask
        ("kind", "i4"),  # WORK or CITIZEN
        ("level", "i4"),  # level of the site that does it
        ("role", "i4"),  # pool that does it
        ("table", "i4"),  # quantile table of the touch time (WORK) or of the answer time (CITIZEN)
        ("without", "i4"),  # WAIT, MANUAL or PAPER
        ("queue_class", "i4"),  # which of the pool's queues it waits in
        ("branch_first", "i4"),
        ("branch_count", "i4"),
        ("in_person_wait", "i4"),  # 1: the citizen stands at the counter while waiting for this step
        ("digitises", "i4"),  # 1: a paper dossier leaves this step electronic, if the systems were in reach
        ("manual_factor", "f8"),  # touch time by hand / touch time with the system
    ],
    align=True,
)

BRANCH = np.dtype(
    [
        ("share", "f8"),  # probability
        ("to", "i4"),  # step index, or COMPLETED / REFUSED
        ("once", "i4"),  # 1: may be taken once per dossier only (a supplement is asked for once)
    ],
    align=True,
)

PROCEDURE = np.dtype(
    [
        ("group", "i4"),
        ("first_step", "i4"),
        ("priority", "i4"),  # smaller is served first under PRIORITY
        ("deadline_days", "i4"),  # working days; 0 = same day, -1 = no deadline
        ("inherited_step", "i4"),  # where the inherited backlog stands on day one, -1 = none
        ("inherited_used_table", "i4"),  # share of the deadline already used
    ],
    align=True,
)

STREAM = np.dtype(
    [
        ("site", "i4"),
        ("procedure", "i4"),
        ("channel", "i4"),
        ("factor_row", "i4"),  # row of ``World.day_factor``
        ("per_day", "f8"),  # mean dossiers on a day whose factor is 1
        ("inherited", "f8"),  # mean number of dossiers handed over on day one
    ],
    align=True,
)

DOSSIER = np.dtype(
    [
        ("number", "i8"),  # in order of arrival
        ("key", "u8"),  # address of its random numbers
        ("queue_key", "i8"),  # its place in the order of the queue rule
        ("entered_ms", "i8"),  # when the present wait, move or absence began
        ("started_ms", "i8"),  # when the present service began
        ("ends_ms", "i8"),  # when the present service ends if nothing interrupts it
        ("service_ms", "i8"),  # work of the present service
        ("work_left_ms", "i8"),  # work left of a service that was put aside, -1 = none begun
        ("down_before_ms", "i8"),  # ``down_ms`` of its queue when the present wait began
        ("step", "i4"),
        ("site", "i4"),  # where it is
        ("pool", "i4"),  # pool that it waits for or is served by
        ("queue", "i4"),
        ("place", "i4"),  # its place in ``State.at_work``
        ("next", "i4"),  # sibling in the pairing heap, or next in the outbox
        ("child", "i4"),
        ("home", "i4"),  # commune where it was filed
        ("stream", "i4"),
        ("procedure", "i4"),
        ("group", "i4"),  # group that it is counted in (the inherited ones have their own)
        ("round", "i4"),  # backward moves so far; part of the address, so that a repeated step draws anew
        ("channel", "i2"),
        ("state", "i1"),
        ("medium", "i1"),
        ("has_event", "i1"),  # 1: an event of this dossier is in the event list (never two)
        ("supplemented", "i1"),
        ("unanswered", "i1"),  # 1: the citizen will not answer before the limit
        ("owes_back_entry", "i1"),
        ("by_hand", "i1"),  # 1: the present service is done without a system that it needs
        ("finished", "i1"),  # 1: result is out, only back-entry remains
        ("shuttles", "i2"),
        ("arrived_ms", "i8"),
        ("due_ms", "i8"),  # legal deadline, FAR_FUTURE_MS = none
    ],
    align=True,
)

UPLINK = np.dtype(
    [
        ("up", "i4"),  # 1: some link from this site to its parent works
        ("latency_ms", "i8"),  # of the best link that works
        ("bits_per_ms", "f8"),
    ],
    align=True,
)


class World(NamedTuple):
    """Everything the scenario fixes. Sites are ordered by level from the top, then by code."""

    horizon_ms: int
    day_count: int
    # calendars: intervals of one calendar stand together, the last of each is open for ever after the table
    interval_open_ms: Ints  # [intervals]
    interval_close_ms: Ints  # [intervals]
    interval_before_ms: Ints  # [intervals] open time of its calendar before this interval
    interval_of_day: NDArray[np.int32]  # [calendars, table days] first interval closing after 00:00
    # legal deadlines, on the official calendar
    official_calendar: int
    cutoff_ms: int  # time of day after which a dossier counts from the next working day
    working_day_after: NDArray[np.int32]  # [table days] number of the first working day on or after this day
    working_day_of: NDArray[np.int32]  # [working days] its day
    working_day_close_ms: Ints  # [working days] when its offices close
    supplement_limit_days: int
    clock_after_supplement: int
    # territory
    site_parent: NDArray[np.int32]  # [sites] -1 for the top
    site_depth: NDArray[np.int32]  # [sites] 0 for the top
    site_level: NDArray[np.int32]  # [sites]
    site_at_level: NDArray[np.int32]  # [sites, levels] the site itself or its ancestor, -1 = none
    site_key: NDArray[np.uint64]  # [sites] address from the site's code
    site_first_pool: NDArray[np.int32]  # [sites + 1] pools of a site stand together
    pool_of: NDArray[np.int32]  # [sites, roles] -1 = none
    pools: Records  # [pools] POOL, as the run begins
    queues: Records  # [queues] QUEUE, as the run begins
    # procedures
    procedures: Records  # [procedures] PROCEDURE
    steps: Records  # [steps] STEP; steps of a procedure stand together, in order
    branches: Records  # [branches] BRANCH
    channel_factor: Floats  # [steps, channels] factor on the touch time
    back_entry_step: int  # step done later for a dossier that went on paper, -1 = none
    courier_calendar: int
    courier_table: int
    dossier_bits: float  # size of an electronic dossier
    # demand
    streams: Records  # [streams] STREAM, ordered by site code, procedure name, channel name
    stream_name_key: NDArray[np.uint64]  # [streams] address from site code, procedure and channel name
    day_factor: Floats  # [rows, days]
    channel_medium: NDArray[np.int32]  # [channels]
    channel_in_person: NDArray[np.int32]  # [channels]
    pattern_of_day: NDArray[np.int32]  # [channels, days] pattern of filing times, -1 = no filing
    pattern_first: NDArray[np.int32]  # [patterns + 1] segments of a pattern
    segment_until: Floats  # [segments] cumulative probability at the end of the segment
    segment_start_ms: Ints  # [segments] time of day
    segment_length_ms: Ints  # [segments]
    busy_day_table: int  # quantile table of the gamma factor of a site and day, -1 = no over-dispersion
    # random numbers
    tables: Floats  # [tables, TABLE_NODES] quantile tables, see sim.world.quantiles
    # reporting
    group_count: int  # groups of procedures, the last one is the inherited backlog
    at_work_places: int


class State(NamedTuple):
    """What one replication moves. Growable arrays are replaced by larger ones between two events."""

    scalars: Ints  # [S_COUNT] counters, by the S_ constants
    pools: Records  # [pools] POOL
    queues: Records  # [queues] QUEUE
    at_work: NDArray[np.int32]  # [places] slots of the dossiers in service, by pool
    reach: NDArray[np.uint64]  # [sites] systems in reach of a site, bit mask
    uplinks: Records  # [sites] UPLINK
    outbox_first: NDArray[np.int32]  # [sites] first dossier that waits for a path, -1 = none
    outbox_last: NDArray[np.int32]  # [sites]
    stream_key: NDArray[np.uint64]  # [streams] address of the stream in this replication
    site_day_key: NDArray[np.uint64]  # [sites] address of the site in this replication
    dossiers: Records  # [slots] DOSSIER, recycled
    causes_ms: Ints  # [slots, 7] elapsed time by cause so far
    free_slots: NDArray[np.int32]  # [slots] stack
    event_key: Ints  # [events] time and kind, a 4-ary heap
    event_item: NDArray[np.int32]  # [events] slot or pool
    filing_key: Ints  # [filings of a day] time of day and place in the two arrays below, sorted
    filing_stream: NDArray[np.int32]
    filing_index: NDArray[np.int32]
    log: Ints  # [rows, len(LOG_FIELDS)]


class Tally(NamedTuple):
    """What one replication leaves behind, counted while it runs."""

    flow: Ints  # [sites, groups, days, len(FLOW_FIELDS)]
    cycle: NDArray[np.int32]  # [sites, groups, 2, HISTOGRAM_BINS] elapsed and working time of the finished, s
    counter_wait: NDArray[np.int32]  # [sites, HISTOGRAM_BINS] waits at the counter in opening hours, s
    pools: Ints  # [pools, days, len(POOL_FIELDS)]


# Places in ``State.scalars``.
(
    S_NOW_MS,  # the clock
    S_DAY,  # day whose filings are in the buffer, -1 before the first
    S_EVENTS,  # events in the list
    S_FREE,  # free slots on the stack
    S_FILINGS,  # filings of the day
    S_NEXT_FILING,  # next one of them
    S_NEXT_NUMBER,  # number of the next dossier
    S_LOG_ROWS,
    S_LOGGING,  # 1: write the step log
    S_IN_SYSTEM,  # dossiers filed and not finished
    S_AREA_MS,  # integral of that number over time
    S_AREA_CHANGED_MS,
    S_ELAPSED_MS,  # sum of the elapsed times of the finished
    S_FINISHED,
    S_STEPS,  # services done
    S_SPLIT_ERRORS,  # dossiers whose causes did not add up: must stay 0
    S_MOST_IN_SYSTEM,
    S_BACK_ENTRIES_OPEN,
    S_FILINGS_DRAWN,  # filings of the day that was drawn last, also when there was no room for them
) = range(19)
S_COUNT = 19

# What ``advance`` returns.
REACHED, NEEDS_SLOTS, NEEDS_FILINGS, NEEDS_LOG = 0, 1, 2, 3

# Quantile tables: 64 equal cells to each halving of the upper tail, 24 halvings, see sim.world.quantiles.
CELLS_PER_HALVING = 64
HALVINGS = 24
TABLE_NODES = CELLS_PER_HALVING * HALVINGS + 1
