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

from sim.world.cache_lines import CACHE_LINE_BYTES as CACHE_LINE_BYTES
from sim.world.cache_lines import on_whole_lines

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Records = NDArray[np.void]

MS_PER_MINUTE = 60_000
MS_PER_HOUR = 3_600_000
MS_PER_DAY = 86_400_000
FAR_FUTURE_MS = 1 << 52
# Key of an event, time and kind, that comes after all others.
NO_EVENT = FAR_FUTURE_MS << 3

# End of shift: what happens to work in hand when the pool's calendar closes.
RESUME, FINISH = 0, 1
# Queue rules.
FIRST_COME, EARLIEST_DUE_DATE, PRIORITY = 0, 1, 2
# Kinds of steps.
WORK, CITIZEN, FORK = 0, 1, 2
# What a step does when a system that it needs is out of reach.
WAIT, MANUAL, PAPER, SKIP_SYNC = 0, 1, 2, 3
# The medium a dossier is on.
ELECTRONIC, ON_PAPER = 0, 1
# Where a branch leads when it does not lead to a step.
COMPLETED, REFUSED, CLOSED_UNANSWERED, WITHDRAWN = -1, -2, -3, -4
# States of a dossier slot. FORKED waits for its parts; GONE is over but for a pending event of its slot.
FREE, QUEUED, IN_SERVICE, MOVING, WITH_CITIZEN, IN_OUTBOX, FORKED, GONE = range(8)
# Kinds of events; at the same millisecond the smaller kind goes first, then the smaller dossier number.
SERVICE_ENDS, TRANSFER_ARRIVES, CITIZEN_ANSWERS, WAIT_ENDS, SYNC_TRIED, POOL_OPENS = range(6)
# A dossier has the number 16 n, its parts 16 n + 1 to 16 n + 15.
PART_BITS = 4
MOST_PARTS = (1 << PART_BITS) - 1
# Traits that a dossier has by its state and not by its filing.
TRAIT_LATE, TRAIT_ELSEWHERE = 1 << 63, 1 << 62
# Which of the candidates a citizen chooses who files at another commune.
CHOOSE_FIRST, CHOOSE_ANY, CHOOSE_LEAST_LOADED = 0, 1, 2
# When a pool covers another: always, or only while nobody of that pool is there.
COVER_ALWAYS, COVER_WHEN_ABSENT = 0, 1
# Clock rule after a supplement.
CLOCK_RESTARTS, CLOCK_RESUMES = 0, 1
# Purposes: the last part of the address of a random number.
FOR_TOUCH_TIME, FOR_BRANCH, FOR_ANSWER, FOR_COURIER = 1, 2, 3, 4
FOR_BUSY_DAY, FOR_COUNT, FOR_TIME_OF_DAY, FOR_USED_DEADLINE = 5, 6, 7, 8
FOR_FAILURE, FOR_REPAIR = 9, 10
FOR_TRAIT, FOR_WAIT_LIMIT, FOR_RETURN, FOR_APOLOGY, FOR_ELSEWHERE, FOR_CANDIDATE = 11, 12, 13, 14, 15, 16
FOR_ABSENCE, FOR_ABSENCE_LENGTH, FOR_DEPARTURE, FOR_HIRING = 17, 18, 19, 20
FOR_SYNC, FOR_SYNC_TRY, FOR_ERROR = 21, 22, 23
# What befalls sites and components, and who mends it (sim.control).
FOR_OCCURRENCE, FOR_HIT, FOR_LENGTH, FOR_TICKET, FOR_TICKET_WORK, FOR_SOLVED = 24, 25, 26, 27, 28, 29
# Directions of a line.
UPWARD, DOWNWARD = 0, 1

# Causes of elapsed time; the seven parts of each dossier add up to its elapsed time exactly.
CAUSES = ("work", "staff", "closed", "outage", "signature", "transfer", "citizen")
BY_WORK, BY_STAFF, BY_CLOSED, BY_OUTAGE, BY_SIGNATURE, BY_TRANSFER, BY_CITIZEN = range(7)

# Columns of ``Tally.flow``: per area, procedure group and day.
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
    "withdrawn",  # of the finished those that the citizen gave up
    "gave_up",  # citizens who left the counter on this day before they were called
    "escalated",  # dossiers that went on to another desk on this day because they had waited too long
    "apologies",  # apologies sent on this day to dossiers past their deadline, with one new date
    "new_date_kept",  # of the finished those that had an apology and met its date
    "filed_elsewhere",  # dossiers filed on this day at another commune than that of the citizen
    "travel_m",  # metres that citizens travelled for the visits of this day, there and back
    "entries",  # services begun on this day at steps where data can come from another system
    "prefilled",  # of these with all data from there
    "redone",  # services of this day that were done again because work by hand went wrong
    "out_of_step",  # dossiers whose status began to differ between two systems on this day
    "synced",  # dossiers whose status agreed again on this day
    "synced_late",  # of these after more working time than the rules allow
    "out_of_step_ms",  # time for which those synced on this day had differed, ms
    "finished_open",  # of the finished those that were still open in another system
    "timed_out",  # sessions of this day that ended in the queue of a full or lost system
    "changed_channel",  # citizens who took to another channel on this day
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
(
    F_WITHDRAWN,
    F_GAVE_UP,
    F_ESCALATED,
    F_APOLOGIES,
    F_NEW_DATE_KEPT,
    F_FILED_ELSEWHERE,
    F_TRAVEL_M,
    F_ENTRIES,
    F_PREFILLED,
    F_REDONE,
    F_OUT_OF_STEP,
    F_SYNCED,
    F_SYNCED_LATE,
    F_OUT_OF_STEP_MS,
    F_FINISHED_OPEN,
    F_TIMED_OUT,
    F_CHANGED_CHANNEL,
) = range(F_FIRST_LATE_CAUSE + len(CAUSES), len(FLOW_FIELDS))

# What is counted per pool and day; the pool itself has the counts of the present day.
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

# Notes of a tally, and how many of them one event may make at most.
NOTES = 512
MOST_NOTES_AT_ONCE = len(FLOW_FIELDS)

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
    "part",
)
LOG_SERVICE, LOG_PUT_ASIDE, LOG_TRANSFER, LOG_CITIZEN, LOG_FINISH, LOG_WAIT_ENDS, LOG_JOIN = range(7)

# Two lines. What a dossier that enters or leaves looks at comes first.
POOL = on_whole_lines(
    [
        ("site", "i4"),  # site the pool works at
        ("calendar", "i4"),  # opening hours
        ("queues_down", "i4"),  # those of its queues whose needs are out of reach now
        ("end_of_shift", "i4"),  # RESUME or FINISH
        ("queue_rule", "i4"),  # FIRST_COME, EARLIEST_DUE_DATE or PRIORITY
        ("queue_first", "i4"),  # first of its queues in ``State.queues``
        ("queue_count", "i4"),  # one queue for each set of systems that its steps wait for
        ("busy_first", "i4"),  # first of its places in ``State.at_work``
        ("stretch", "f8"),  # wall time per touch time: 1 / (share of time for dossiers x speed)
        ("capacity", "i4"),  # people now
        ("held", "i4"),  # people who cannot work now because a request for them is open
        ("busy", "i4"),  # people at work now
        ("queued", "i4"),  # dossiers waiting, all queues of the pool
        ("wakes_at_ms", "i8"),  # pending event at the next opening, -1 when there is none
        ("queue_area_ms", "i8"),  # integral of the queue length over time
        ("queue_changed_ms", "i8"),  # when the queue length last changed
        ("windows_within", "i4"),  # office calendar when the pool's hours are windows inside it, else -1
        # Counts of the present day, with the names of POOL_FIELDS.
        ("wait_ms", "i8"),
        ("busy_ms", "i8"),
        ("started", "i4"),
        ("waited", "i4"),
        ("queued_at_midnight", "i4"),
        ("role", "i4"),  # index of the pool's name in the scenario (reception, leader ...)
        ("capacity_limit", "i4"),  # most people it may ever have in this run (places in ``at_work``)
    ]
)

QUEUE = on_whole_lines(
    [
        ("needs", "u8"),  # systems (bit mask) without which nothing in this queue can start; 0 = none
        ("count", "i4"),  # dossiers in it
        ("root", "i4"),  # first dossier in the order of the queue rule, -1 = empty
        ("last", "i4"),  # FIRST_COME: last dossier, unless empty
        ("last_key", "i8"),  # FIRST_COME: its ``queue_key``
        ("down_since_ms", "i8"),  # since when those systems are out of reach, -1 = in reach
        ("down_ms", "i8"),  # opening time of the pool for which they were out of reach so far
    ]
)

STEP = np.dtype(
    [
        ("key", "u8"),  # address of the step's random numbers (from its name)
        ("needs", "u8"),  # systems it needs, bit mask
        ("waits_for", "u8"),  # systems without which it is not done at all: ``needs`` of its queue
        ("eased_by", "u8"),  # systems that fill in its data when all of them are in reach, 0 = none
        ("tells", "u8"),  # systems that must learn of its result
        ("kind", "i4"),  # WORK, CITIZEN or FORK
        ("procedure", "i4"),  # procedure that it belongs to, -1 for the step of back-entry
        ("level", "i4"),  # level of the site that does it
        ("role", "i4"),  # pool that does it
        ("table", "i4"),  # quantile table of the touch time (WORK) or of the answer time (CITIZEN)
        ("without", "i4"),  # WAIT, MANUAL, PAPER or SKIP_SYNC
        ("queue_class", "i4"),  # which of the pool's queues it waits in
        ("branch_first", "i4"),
        ("branch_count", "i4"),
        ("in_person_wait", "i4"),  # 1: the citizen stands at the counter while waiting for this step
        ("digitises", "i4"),  # 1: a paper dossier leaves this step electronic, if the systems were in reach
        ("at_desk", "i4"),  # 1: done where the citizen filed, 0: at the site above the home
        ("asks", "i4"),  # CITIZEN: 1 a supplement is asked for, 0 the citizen was not ready and comes again
        ("limit_table", "i4"),  # quantile table of the longest wait for the step, opening time, -1 = no limit
        ("limit_to", "i4"),  # step, or end, of those who waited so long
        ("limit_in_person", "i4"),  # 1: the limit is the patience of citizens at the counter
        ("part_first", "i4"),  # FORK: first of its parts in ``World.parts``
        ("part_count", "i4"),
        ("is_session", "i4"),  # 1: a session in which a dossier is filed; it is there from the beginning
        ("to_channel", "i4"),  # CITIZEN that does not ask: channel on which the citizen comes, -1 = the same
        ("eased_factor", "f8"),  # touch time with the data filled in / without
        ("sync_failure", "f8"),  # probability that the message to the systems it tells is lost
        ("manual_error", "f8"),  # probability that it has to be done again after it was done by hand
        ("manual_factor", "f8"),  # touch time by hand / touch time with the system
    ],
    align=True,
)

BRANCH = np.dtype(
    [
        ("share", "f8"),  # probability; 0 for a branch with a condition
        ("to", "i4"),  # step index, or COMPLETED / REFUSED / WITHDRAWN
        ("once", "i4"),  # above 0: number of its mark; a dossier that has the mark cannot take it
        ("if_all", "u8"),  # traits that the dossier must have, bit mask
        ("if_none", "u8"),  # traits that it must not have; with both 0 the branch has no condition
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
        ("trait_first", "i4"),  # first of its traits in ``World.traits``
        ("trait_count", "i4"),
        ("holds_level", "i4"),  # level and role of the pool at or above the home of which one person
        ("holds_role", "i4"),  # cannot work while a dossier of this procedure is open, -1 = none
        ("bits", "f8"),  # size of its electronic dossiers
    ],
    align=True,
)

TRAIT = np.dtype(
    [
        ("mask", "u8"),  # its bit
        ("key", "u8"),  # address of its random numbers (from its name)
        ("share", "f8"),  # probability that a dossier has it
        ("deadline_days", "i4"),  # deadline of a dossier that has it, the first such trait counts, -1 = none
    ],
    align=True,
)

STREAM = np.dtype(
    [
        ("site", "i4"),
        ("procedure", "i4"),
        ("channel", "i4"),
        ("factor_row", "i4"),  # row of ``World.day_factor``
        ("elsewhere_row", "i4"),  # row of ``World.elsewhere_share``, -1 = nobody files at another commune
        ("candidate_set", "i4"),  # where they go: first index of ``World.candidates``
        ("choose", "i4"),  # CHOOSE_FIRST, CHOOSE_ANY or CHOOSE_LEAST_LOADED
        ("traits", "u8"),  # traits that all its dossiers have
        ("per_day", "f8"),  # mean dossiers on a day whose factor is 1
        ("inherited", "f8"),  # mean number of dossiers handed over on day one
    ],
    align=True,
)

# Five lines.
DOSSIER = on_whole_lines(
    [
        ("number", "i8"),  # 16 x its place in the order of arrival, plus 1 to 15 for its parts
        ("queue_key", "i8"),  # its place in the order of the queue rule
        ("next", "i4"),  # next in the chain of its queue or in the outbox, or sibling in a pairing heap
        ("prev", "i4"),  # one before in the chain, but for its first; sibling before, or parent, in a heap
        ("child", "i4"),
        ("pool", "i4"),  # pool that it waits for, or waited for
        ("server", "i4"),  # pool that serves it
        ("queue", "i4"),
        ("step", "i4"),
        ("site", "i4"),  # where it is
        ("entered_ms", "i8"),  # when the present wait, move or absence began
        ("started_ms", "i8"),  # when the present service began
        ("ends_ms", "i8"),  # when the present service ends if nothing interrupts it
        ("service_ms", "i8"),  # work of the present service
        ("work_left_ms", "i8"),  # work left of a service that was put aside, -1 = none begun
        ("event_ms", "i8"),  # time of its event of another kind (it never has two), -1 = there is none
        ("down_before_ms", "i8"),  # ``down_ms`` of its queue when the present wait began
        ("key", "u8"),  # address of its random numbers
        ("traits", "u8"),
        ("marks", "i8"),  # bit mask of the branches that it has taken and may take once only
        ("limit_ms", "i8"),  # when its present wait ends without service, FAR_FUTURE_MS = never
        ("limit_event_ms", "i8"),  # time of its event WAIT_ENDS in the event list, -1 = there is none
        ("arrived_ms", "i8"),
        ("due_ms", "i8"),  # legal deadline, FAR_FUTURE_MS = none
        ("new_due_ms", "i8"),  # date of the apology
        ("owed", "u8"),  # systems that still have to learn of its status, 0 = in step
        ("out_of_step_ms", "i8"),  # since when its status differs
        ("sync_site", "i4"),  # site from which they are told
        ("sync_tries", "i4"),  # tries so far
        ("goes_to", "i4"),  # site that it is on its way to
        ("reaches", "i4"),  # site at the end of the line that it is on, or ``goes_to``
        ("desk", "i4"),  # site where the citizen filed it
        ("home", "i4"),  # site where the citizen lives
        ("travel_m", "i4"),  # way of the citizen to the desk and back
        ("area", "i4"),  # where it is counted
        ("parent", "i4"),  # slot of the dossier that it is a part of, -1 = it is a dossier
        ("holds", "i4"),  # pool of which it holds one person while it is open, -1 = none
        ("round", "i4"),  # backward moves so far; part of the address, so that a repeated step draws anew
        ("procedure", "i4"),
        ("deadline_days", "i2"),  # working days to its deadline, -1 = none
        ("group", "i2"),  # group that it is counted in (the inherited ones have their own)
        ("channel", "i2"),
        ("state", "i1"),
        ("medium", "i1"),
        ("unanswered", "i1"),  # 1: the citizen will not answer before the limit
        ("owes_back_entry", "i1"),
        ("by_hand", "i1"),  # 1: the present service is done without a system that it needs
        ("finished", "i1"),  # 1: result is out, only back-entry remains
        ("parts_left", "i1"),  # FORKED: parts that have not joined
        ("parts_refused", "i1"),  # FORKED: 1 when a part was refused
        ("parts_on_paper", "i1"),  # FORKED: 1 when a part joined on paper
        ("apologised", "i1"),  # 1: an apology was sent
        ("sync_pending", "i1"),  # 1: an event SYNC_TRIED is in the event list
        ("skips", "i1"),  # 1: the present service does without a system and tells it later
        ("owes_apology", "i1"),  # 1: and its letter is still to be written, with the next service
        ("causes_ms", "i8", (len(CAUSES),)),  # elapsed time by cause so far
    ]
)

# Four to a line.
EVENT = np.dtype(
    [
        ("key", "i8"),  # time and kind
        ("item", "i4"),  # slot or pool
    ],
    align=True,
)

UPLINK = np.dtype(
    [
        ("up", "i4"),  # 1: some link from this site to its parent works
        ("latency_ms", "i8"),  # of the best link that works
        ("bits_per_ms", "f8"),
        ("carries", "u8"),  # systems that can be used over it, bit mask
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
    area_of: NDArray[np.int32]  # [sites] where dossiers of citizens who live there are counted
    area_count: int
    seat_of: NDArray[np.int32]  # [sites] commune of a site at or below a commune, else the site itself
    desk_of: NDArray[np.int32]  # [sites] where its citizens go in person, as the run begins
    travel_m: NDArray[np.int32]  # [sites] how far that is, there and back, metres
    route_row: NDArray[np.int32]  # [sites] row of ``routes`` for dossiers of citizens who live there
    routes: NDArray[np.int32]  # [rows, steps] step that is done instead, as the run begins; no rows: itself
    site_first_pool: NDArray[np.int32]  # [sites + 1] pools of a site stand together
    pool_of: NDArray[np.int32]  # [sites, roles] -1 = none
    pools: Records  # [pools] POOL, as the run begins
    queues: Records  # [queues] QUEUE, as the run begins
    # procedures
    procedures: Records  # [procedures] PROCEDURE
    steps: Records  # [steps] STEP; steps of a procedure stand together, in order
    branches: Records  # [branches] BRANCH
    parts: NDArray[np.int32]  # [parts] first step of each part of a fork
    traits: Records  # [traits] TRAIT
    channel_factor: Floats  # [steps, channels] factor on the touch time
    back_entry_step: int  # step done later for a dossier that went on paper, -1 = none
    courier_calendar: int
    courier_table: int
    entry_step: NDArray[np.int32]  # [procedures, channels] step at which a dossier is filed
    slow_factor: Floats  # [64] factor on the touch time of steps that need a slow system, by system
    sync_retry_ms: int  # time between two tries to bring a status into step
    sync_limit_ms: int  # working time after which it was late
    sync_failure: float  # probability that a try is lost although the systems are in reach
    apology_days: int  # working days from an apology to its new date, -1 = no apologies
    apology_table: int  # quantile table of the work of an apology
    # who covers whom, both sorted by the first, then in order of preference
    cover_first: NDArray[np.int32]  # [pools + 1] pools that a pool covers stand together
    cover_pool: NDArray[np.int32]  # [covers] pool that is covered
    cover_stretch: Floats  # [covers] time of the coverer / time of the pool's own people
    cover_when: NDArray[np.int32]  # [covers] COVER_ALWAYS or COVER_WHEN_ABSENT
    coverer_first: NDArray[np.int32]  # [pools + 1] pools that cover a pool stand together
    coverer_pool: NDArray[np.int32]  # [covers] pool that covers
    coverer_place: NDArray[np.int32]  # [covers] place of the same pair in the three arrays above
    # demand
    streams: Records  # [streams] STREAM, ordered by site code, procedure name, channel name
    stream_name_key: NDArray[np.uint64]  # [streams] address from site code, procedure and channel name
    day_factor: Floats  # [rows, days]
    candidates: NDArray[np.int32]  # [sets, sites, most candidates] other communes, nearest first, then -1
    candidate_m: NDArray[np.int32]  # [sets, sites, most candidates] way there and back, metres
    elsewhere_share: Floats  # [rows, days] share of those who file in person that do it at another commune
    replay_first: Ints  # [days + 1] replayed filings of a day stand together
    replay_stream: NDArray[np.int32]  # [replayed filings] in order of time, then of the file
    replay_ms: Ints  # [replayed filings] time of day
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
    slow: NDArray[np.uint64]  # [sites] of these the slow ones
    uplinks: Records  # [sites] UPLINK
    line_free_ms: Ints  # [sites, 2] until when the line to the site above is taken, UPWARD and DOWNWARD
    routes: NDArray[np.int32]  # [rows, steps] step that is done instead, now
    desk_of: NDArray[np.int32]  # [sites] where citizens go in person, now
    travel_m: NDArray[np.int32]  # [sites] how far that is
    outbox_first: NDArray[np.int32]  # [sites] first dossier that waits for a path, -1 = none
    outbox_last: NDArray[np.int32]  # [sites]
    streams: Records  # [streams] see ``sim.engine.streams``
    site_day_key: NDArray[np.uint64]  # [sites] address of the site in this replication
    dossiers: Records  # [slots] DOSSIER, recycled
    free_slots: NDArray[np.int32]  # [slots] stack
    event_key: Ints  # [events] time and kind, a 4-ary heap; NO_EVENT at its top when it is empty
    event_item: NDArray[np.int32]  # [events] slot or pool
    line_key: Ints  # [LONGEST_LINE + 1] those of the open bucket that were known before, in order; NO_EVENT
    line_item: NDArray[np.int32]  # [LONGEST_LINE + 1]
    line_pool: NDArray[np.int32]  # [LONGEST_LINE + 1] pool that it leads to, as a rule, -1 = none
    line_queue: NDArray[np.int32]  # [LONGEST_LINE + 1] and the queue of that pool
    slice_place: NDArray[np.int32]  # [LINE_SLICES] where the next event of a slice of the bucket goes
    later: Records  # [CHUNK * chunks] EVENT, those of later buckets, see ``sim.engine.kernel.later``
    later_last: NDArray[np.int32]  # [lists] place of the last event of a list, -1 = the list is empty
    chunk_before: NDArray[np.int32]  # [chunks] place of the last event of the chunk before, -1 = none
    filing_key: Ints  # [filings of a day] time of day and place in the two arrays below, sorted
    filing_stream: NDArray[np.int32]
    filing_index: NDArray[np.int32]
    log: Ints  # [rows, len(LOG_FIELDS)]


class Tally(NamedTuple):
    """What is counted while a replication runs; ``sim.world.counts`` keeps the days that are over."""

    flow: Ints  # [areas x groups x len(FLOW_FIELDS)] of the present day
    # [areas x groups x 2 x HISTOGRAM_BINS] elapsed and working time of the finished, s; behind them
    # [areas x HISTOGRAM_BINS] waits at the counter in opening hours, s
    bins: NDArray[np.int32]
    # What is to be added to ``flow`` and ``bins``: many places at once are fetched from memory side by side.
    noted: Ints  # [2] how many of either are noted
    noted_place: Ints  # [NOTES] place in ``flow``
    noted_amount: Ints  # [NOTES]
    noted_bin: Ints  # [NOTES] place in ``bins``, where 1 is added


# Places in ``State.scalars``.
(
    S_NOW_MS,  # the clock
    S_DAY,  # day whose filings are in the buffer, -1 before the first
    S_EVENTS,  # events in the heap
    S_LINE_NEXT,  # place of the next event in the line
    S_LINE_END,  # behind its last event
    S_BUCKET,  # bucket of time that is open
    S_CHUNKS,  # chunks of later events ever taken
    S_FREE_CHUNK,  # first of those given back, -1 = none; ``chunk_before`` has the next
    S_FETCHED_LIST,  # place in the next list up to which it has not been asked for yet, -1 = all has
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
    S_DAYS_ENDED,  # days whose counts are complete
    S_OUT_OF_STEP,  # dossiers whose status differs between two systems
    S_FINISHED_OPEN,  # of these the finished ones
) = range(28)
S_COUNT = 28

# Later events: so many to a chunk, and so many buckets of time to a stretch.
CHUNK_BITS, STRETCH_BITS = 3, 12
CHUNK, STRETCH = 1 << CHUNK_BITS, 1 << STRETCH_BITS

# The line of the open bucket: slices of time, and so many events at most in each.
LINE_SLICES, LONGEST_SLICE = 256, 24
LONGEST_LINE = LINE_SLICES * LONGEST_SLICE

# What ``advance`` returns. After DAY_ENDED the counts of the day are taken out of the tally.
REACHED, NEEDS_SLOTS, NEEDS_FILINGS, NEEDS_ORDER, NEEDS_LOG, DAY_ENDED = range(6)

# Quantile tables: 64 equal cells to each halving of the upper tail, 24 halvings, see sim.world.quantiles.
CELLS_PER_HALVING = 64
HALVINGS = 24
TABLE_NODES = CELLS_PER_HALVING * HALVINGS + 1
