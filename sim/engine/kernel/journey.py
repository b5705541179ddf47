"""The way of a dossier from step to step, over lines and couriers, to its end (E17-E23)."""

import math

import numpy as np

from sim.engine.kernel.calendars import (
    add_working,
    close_of_working_day,
    working_between,
    working_day_counted_from,
)
from sim.engine.kernel.compiled import compiled
from sim.engine.kernel.counting import count, histogram_bin, note_in_system, write_log
from sim.engine.kernel.events import set_event
from sim.engine.kernel.randoms import quantile, uniform, whole
from sim.engine.kernel.service import account_service, enter_pool, leave_work, start_what_it_can
from sim.world.arrays import (
    BY_CITIZEN,
    BY_OUTAGE,
    BY_TRANSFER,
    CITIZEN,
    CITIZEN_ANSWERS,
    CLOCK_RESTARTS,
    CLOSED_UNANSWERED,
    ELECTRONIC,
    F_BACK_ENTRIES,
    F_CLOSED_UNANSWERED,
    F_CYCLE_MS,
    F_CYCLE_WORKING_MS,
    F_FINISHED,
    F_FIRST_CAUSE,
    F_FIRST_LATE_CAUSE,
    F_ON_TIME,
    F_OVERDUE_MS,
    F_REFUSED,
    F_SUPPLEMENTS,
    F_VISITS,
    F_WITH_DEADLINE,
    FAR_FUTURE_MS,
    FOR_ANSWER,
    FOR_BRANCH,
    FOR_COURIER,
    FREE,
    IN_OUTBOX,
    IN_SERVICE,
    LOG_CITIZEN,
    LOG_FINISH,
    LOG_SERVICE,
    LOG_TRANSFER,
    MANUAL,
    MOVING,
    MS_PER_DAY,
    ON_PAPER,
    REFUSED,
    S_BACK_ENTRIES_OPEN,
    S_ELAPSED_MS,
    S_FINISHED,
    S_FREE,
    S_LOGGING,
    S_SPLIT_ERRORS,
    S_STEPS,
    SERVICE_ENDS,
    TRANSFER_ARRIVES,
    WITH_CITIZEN,
)


@compiled
def branch_after(world, dossier):
    """Index of the branch taken after the present step (E21)."""
    step = world.steps[dossier["step"]]
    first = step["branch_first"]
    last = first + step["branch_count"]
    total, open_branches, only = 0.0, 0, -1
    for b in range(first, last):
        if world.branches[b]["once"] == 0 or dossier["supplemented"] == 0:
            total += world.branches[b]["share"]
            open_branches += 1
            only = b
    if open_branches == 1:
        return only
    u = uniform(dossier["key"], step["key"], np.uint64(dossier["round"]), FOR_BRANCH) * total
    cumulative = 0.0
    for b in range(first, last):
        if world.branches[b]["once"] == 0 or dossier["supplemented"] == 0:
            cumulative += world.branches[b]["share"]
            if u < cumulative:
                return b
    return only


@compiled
def go_on(world, state, tally, slot, now):
    """The dossier leaves its present step for the next one, or ends."""
    dossier = state.dossiers[slot]
    branch = world.branches[branch_after(world, dossier)]
    if branch["once"] == 1:
        dossier["supplemented"] = 1
    to = branch["to"]
    if to < 0:
        finish(world, state, tally, slot, to, now)
        return
    if to <= dossier["step"]:
        dossier["round"] += 1
    dossier["step"] = to
    enter_step(world, state, tally, slot, now)


@compiled
def enter_step(world, state, tally, slot, now):
    """Takes the dossier to whoever does its present step."""
    dossier = state.dossiers[slot]
    step = world.steps[dossier["step"]]
    if step["kind"] == CITIZEN:
        ask_citizen(world, state, tally, slot, now)
        return
    site = world.site_at_level[dossier["home"], step["level"]]
    pool_index = world.pool_of[site, step["role"]]
    if site == dossier["site"]:
        enter_pool(world, state, tally, slot, pool_index, now)
    else:
        move(world, state, slot, pool_index, now)


@compiled
def move(world, state, slot, pool_index, now):
    """Sends the dossier to another site: by courier, by line, or into the outbox (E19)."""
    dossier = state.dossiers[slot]
    dossier["pool"] = pool_index
    dossier["entered_ms"] = now
    if dossier["medium"] == ON_PAPER:
        send_by_courier(world, state, slot, now)
    elif not send_by_line(world, state, slot, now):
        put_in_outbox(state, slot)


@compiled
def send_by_courier(world, state, slot, now):
    """Sends a dossier on paper (E19)."""
    dossier = state.dossiers[slot]
    key = world.steps[dossier["step"]]["key"]
    u = uniform(dossier["key"], key, np.uint64(dossier["round"]), FOR_COURIER)
    work = whole(quantile(world.tables, world.courier_table, u))
    dossier["state"] = MOVING
    dossier["started_ms"] = now
    set_event(state, add_working(world, world.courier_calendar, now, work), TRANSFER_ARRIVES, slot)


@compiled
def send_by_line(world, state, slot, now):
    """Sends an electronic dossier if every uplink on its way works; False if not."""
    dossier = state.dossiers[slot]
    takes = transfer_ms(world, state, dossier["site"], state.pools[dossier["pool"]]["site"])
    if takes < 0:
        return False
    state.causes_ms[slot, BY_OUTAGE] += now - dossier["entered_ms"]
    dossier["state"] = MOVING
    dossier["started_ms"] = now
    set_event(state, now + takes, TRANSFER_ARRIVES, slot)
    return True


@compiled
def transfer_ms(world, state, a, b):
    """Time from site a to site b up and down the tree, -1 when a link on the way is down."""
    latency = np.int64(0)
    bits_per_ms = np.inf
    while a != b:
        if world.site_depth[a] >= world.site_depth[b]:
            lower, a = a, world.site_parent[a]
        else:
            lower, b = b, world.site_parent[b]
        uplink = state.uplinks[lower]
        if uplink["up"] == 0:
            return np.int64(-1)
        latency += uplink["latency_ms"]
        bits_per_ms = min(bits_per_ms, uplink["bits_per_ms"])
    return latency + np.int64(math.ceil(world.dossier_bits / bits_per_ms))


@compiled
def put_in_outbox(state, slot):
    """Keeps an electronic dossier until there is a path."""
    dossier = state.dossiers[slot]
    dossier["state"] = IN_OUTBOX
    dossier["next"] = -1
    site = dossier["site"]
    if state.outbox_first[site] < 0:
        state.outbox_first[site] = slot
    else:
        state.dossiers[state.outbox_last[site]]["next"] = slot
    state.outbox_last[site] = slot


@compiled
def arrive(world, state, tally, slot, now):
    """A dossier reaches the site of its next step."""
    dossier = state.dossiers[slot]
    dossier["has_event"] = 0
    state.causes_ms[slot, BY_TRANSFER] += now - dossier["started_ms"]
    site = state.pools[dossier["pool"]]["site"]
    write_log(state, slot, LOG_TRANSFER, site, dossier["entered_ms"], dossier["started_ms"], now, 0)
    enter_pool(world, state, tally, slot, dossier["pool"], now)


@compiled
def ask_citizen(world, state, tally, slot, now):
    """The office asks for what is missing and waits, at most the legal limit (E22)."""
    dossier = state.dossiers[slot]
    step = world.steps[dossier["step"]]
    count(tally, dossier, now, F_SUPPLEMENTS, 1)
    u = uniform(dossier["key"], step["key"], np.uint64(dossier["round"]), FOR_ANSWER)
    answers = now + whole(quantile(world.tables, step["table"], u))
    limit = close_of_working_day(world, working_day_counted_from(world, now) + world.supplement_limit_days)
    dossier["state"] = WITH_CITIZEN
    dossier["entered_ms"] = now
    dossier["unanswered"] = np.int8(answers > limit)
    set_event(state, min(answers, limit), CITIZEN_ANSWERS, slot)


@compiled
def hear_from_citizen(world, state, tally, slot, now):
    """The answer comes, or the limit has passed (E22)."""
    dossier = state.dossiers[slot]
    dossier["has_event"] = 0
    asked = dossier["entered_ms"]
    state.causes_ms[slot, BY_CITIZEN] += now - asked
    write_log(state, slot, LOG_CITIZEN, dossier["site"], asked, asked, now, dossier["unanswered"])
    if dossier["unanswered"] == 1:
        finish(world, state, tally, slot, CLOSED_UNANSWERED, now)
        return
    if world.channel_in_person[dossier["channel"]] == 1:
        count(tally, dossier, now, F_VISITS, 1)
    renew_deadline(world, dossier, asked, now)
    go_on(world, state, tally, slot, now)


@compiled
def renew_deadline(world, dossier, asked, now):
    """The clock stopped when the office asked; it restarts or resumes (E17)."""
    due = dossier["due_ms"]
    if due == FAR_FUTURE_MS or due < asked:
        return
    if world.clock_after_supplement == CLOCK_RESTARTS:
        dossier["due_ms"] = deadline_from(world, dossier["procedure"], now)
    else:
        calendar = world.official_calendar
        stopped = working_between(world, calendar, asked, now)
        dossier["due_ms"] = add_working(world, calendar, due, stopped)


@compiled
def deadline_from(world, procedure, received):
    """Legal deadline of a procedure received at a time, FAR_FUTURE_MS when it has none (E16)."""
    days = world.procedures[procedure]["deadline_days"]
    if days < 0:
        return np.int64(FAR_FUTURE_MS)
    return np.int64(close_of_working_day(world, working_day_counted_from(world, received) + days))


@compiled
def finish(world, state, tally, slot, end, now):
    """The result is out: the dossier is counted, and gone unless it owes back-entry (E23)."""
    dossier = state.dossiers[slot]
    elapsed = now - dossier["arrived_ms"]
    write_log(state, slot, LOG_FINISH, dossier["site"], dossier["arrived_ms"], dossier["due_ms"], now, -end)
    count_finish(world, state, tally, slot, end, now, elapsed)
    note_in_system(state, now, -1)
    state.scalars[S_FINISHED] += 1
    state.scalars[S_ELAPSED_MS] += elapsed
    if dossier["owes_back_entry"] == 1 and world.back_entry_step >= 0:
        owe_back_entry(world, state, tally, slot, now)
    else:
        give_slot_back(state, slot)


@compiled
def owe_back_entry(world, state, tally, slot, now):
    """Sends a finished dossier to be entered into the system afterwards (E23)."""
    dossier = state.dossiers[slot]
    dossier["finished"] = 1
    dossier["step"] = world.back_entry_step
    state.scalars[S_BACK_ENTRIES_OPEN] += 1
    step = world.steps[world.back_entry_step]
    site = world.site_at_level[dossier["home"], step["level"]]
    enter_pool(world, state, tally, slot, world.pool_of[site, step["role"]], now)


@compiled
def count_finish(world, state, tally, slot, end, now, elapsed):
    """Counts a finished dossier with its times and causes (E37, E41, E42)."""
    dossier = state.dossiers[slot]
    row = tally.flow[dossier["home"], dossier["group"], now // MS_PER_DAY]
    row[F_FINISHED] += 1
    row[F_REFUSED] += np.int64(end == REFUSED)
    row[F_CLOSED_UNANSWERED] += np.int64(end == CLOSED_UNANSWERED)
    late = False
    if dossier["due_ms"] != FAR_FUTURE_MS and end != CLOSED_UNANSWERED:
        late = now > dossier["due_ms"]
        row[F_WITH_DEADLINE] += 1
        row[F_ON_TIME] += np.int64(not late)
        row[F_OVERDUE_MS] += working_between(world, world.official_calendar, max(0, dossier["due_ms"]), now)
    working = working_between(world, world.official_calendar, dossier["arrived_ms"], now)
    row[F_CYCLE_MS] += elapsed
    row[F_CYCLE_WORKING_MS] += working
    count_causes(state, row, slot, elapsed, late)
    tally.cycle[dossier["home"], dossier["group"], 0, histogram_bin(elapsed)] += 1
    tally.cycle[dossier["home"], dossier["group"], 1, histogram_bin(working)] += 1


@compiled
def count_causes(state, row, slot, elapsed, late):
    """Adds the causes of a finished dossier, again apart if it is late, and checks that they add up (E37)."""
    sum_of_causes = np.int64(0)
    for cause in range(state.causes_ms.shape[1]):
        amount = state.causes_ms[slot, cause]
        sum_of_causes += amount
        row[F_FIRST_CAUSE + cause] += amount
        if late:
            row[F_FIRST_LATE_CAUSE + cause] += amount
    state.scalars[S_SPLIT_ERRORS] += np.int64(sum_of_causes != elapsed)


@compiled
def give_slot_back(state, slot):
    """Frees the slot of a dossier that is gone."""
    state.dossiers[slot]["state"] = FREE
    state.free_slots[state.scalars[S_FREE]] = slot
    state.scalars[S_FREE] += 1


@compiled
def end_service(world, state, tally, slot, now):
    """A service ends: the dossier moves on, then the person takes the next (E29)."""
    dossier = state.dossiers[slot]
    pool_index = dossier["pool"]
    step = world.steps[dossier["step"]]
    account_service(world, state, tally, slot, pool_index, now, dossier["service_ms"])
    leave_work(state, state.pools[pool_index], slot)
    state.scalars[S_STEPS] += 1
    if state.scalars[S_LOGGING] == 1:
        log_service(world, state, slot, now)
    if dossier["finished"] == 1:
        count(tally, dossier, now, F_BACK_ENTRIES, 1)
        state.scalars[S_BACK_ENTRIES_OPEN] -= 1
        give_slot_back(state, slot)
    else:
        if step["digitises"] == 1 and dossier["by_hand"] == 0 and dossier["owes_back_entry"] == 0:
            dossier["medium"] = ELECTRONIC
        go_on(world, state, tally, slot, now)
    start_what_it_can(world, state, tally, pool_index, now)


@compiled
def log_service(world, state, slot, now):
    """Writes the service that ends now into the step log."""
    dossier = state.dossiers[slot]
    paper = dossier["by_hand"] == 1 and world.steps[dossier["step"]]["without"] != MANUAL
    detail = dossier["by_hand"] + 2 * np.int64(paper) + 4 * np.int64(dossier["work_left_ms"] >= 0)
    write_log(
        state, slot, LOG_SERVICE, dossier["site"], dossier["entered_ms"], dossier["started_ms"], now, detail
    )


@compiled
def service_event(world, state, tally, slot, now):
    """An event of a service: the true end, or what is left of one that was put aside meanwhile."""
    dossier = state.dossiers[slot]
    dossier["has_event"] = 0
    if dossier["state"] != IN_SERVICE:
        return
    if dossier["ends_ms"] > now:
        set_event(state, dossier["ends_ms"], SERVICE_ENDS, slot)
    else:
        end_service(world, state, tally, slot, now)
