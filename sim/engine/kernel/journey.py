"""The way of a dossier from step to step, to its end (E17-E23, E44-E48)."""

import numpy as np

from sim.engine.kernel.branching import step_instead, take_branch, take_up_step
from sim.engine.kernel.citizen import come_again, wait_for_citizen
from sim.engine.kernel.compiled import compiled, inlined
from sim.engine.kernel.counting import count, count_visit, log_detail, write_log
from sim.engine.kernel.deadlines import apologise, renew_deadline
from sim.engine.kernel.events import set_event
from sim.engine.kernel.finishing import finish
from sim.engine.kernel.limits import set_limit_event
from sim.engine.kernel.moving import move
from sim.engine.kernel.parts import come_together, fork
from sim.engine.kernel.pools import enter_pool, start_what_it_can
from sim.engine.kernel.queues import take_from_queue
from sim.engine.kernel.randoms import uniform
from sim.engine.kernel.service import account_service, end_of_wait, leave_work
from sim.engine.kernel.slots import give_slot_back
from sim.engine.kernel.status import tell_others
from sim.engine.kernel.work import send_to_pool
from sim.world.arrays import (
    BY_CITIZEN,
    BY_TRANSFER,
    CITIZEN,
    CLOSED_UNANSWERED,
    ELECTRONIC,
    F_BACK_ENTRIES,
    F_ESCALATED,
    F_GAVE_UP,
    F_REDONE,
    F_TIMED_OUT,
    FAR_FUTURE_MS,
    FOR_ERROR,
    FORK,
    GONE,
    IN_SERVICE,
    LOG_CITIZEN,
    LOG_SERVICE,
    LOG_TRANSFER,
    LOG_WAIT_ENDS,
    QUEUED,
    REFUSED,
    S_BACK_ENTRIES_OPEN,
    S_LOGGING,
    S_STEPS,
    SERVICE_ENDS,
)


@inlined
def go_on(world, state, tally, slot, now):
    """The dossier leaves its present step by one of its branches (E21)."""
    leave_step(world, state, tally, slot, take_branch(world, state.dossiers[slot], now), now)


@inlined
def leave_step(world, state, tally, slot, to, now):
    """The dossier goes to a step or to an end; a part that comes to an end is done (E45)."""
    if to < 0 and state.dossiers[slot]["parent"] >= 0:
        end_part(world, state, tally, slot, to, now)
    else:
        lead(world, state, tally, slot, to, now)


@inlined
def lead(world, state, tally, slot, to, now):
    """Leads a dossier to its end, or to the step that is done now instead of the next one (E21, E44)."""
    if to < 0:
        finish(world, state, tally, slot, to, now)
        return
    dossier = state.dossiers[slot]
    step = step_instead(world, state, dossier, to)
    if step <= dossier["step"]:
        dossier["round"] += 1
    take_up_step(world, dossier, step)
    enter_step(world, state, tally, slot, now)


@inlined
def enter_step(world, state, tally, slot, now):
    """The present step begins: at a pool, with the citizen, or as a fork (E18, E48)."""
    dossier = state.dossiers[slot]
    kind = world.steps[dossier["step"]]["kind"]
    if world.apology_days >= 0 and dossier["due_ms"] < now:
        apologise(world, tally, dossier, now)
    if kind == CITIZEN:
        wait_for_citizen(world, state, tally, slot, now)
    elif kind == FORK:
        fork(world, state, tally, slot, now)
    else:
        send_to_pool(world, state, tally, slot, now)


@compiled
def end_part(world, state, tally, slot, end, now):
    """A part is done and goes to where its dossier is (E45)."""
    part = state.dossiers[slot]
    dossier = state.dossiers[part["parent"]]
    if end == REFUSED:
        dossier["parts_refused"] = 1
    part["pool"] = -1
    if part["site"] == dossier["site"]:
        join(world, state, tally, slot, now)
    else:
        move(world, state, slot, dossier["site"], now)


@compiled
def join(world, state, tally, slot, now):
    """A part joins its dossier, which goes on when it was the last one (E45)."""
    parent = state.dossiers[slot]["parent"]
    dossier = state.dossiers[parent]
    if not come_together(state, slot, now):
        return
    to = np.int64(REFUSED) if dossier["parts_refused"] == 1 else take_branch(world, dossier, now)
    lead(world, state, tally, parent, to, now)


@inlined
def arrive(world, state, tally, slot, now):
    """A dossier reaches the site of its next step, one on its way there, or a part that of its dossier."""
    dossier = state.dossiers[slot]
    dossier["event_ms"] = -1
    dossier["site"] = dossier["reaches"]
    started = dossier["started_ms"]
    dossier["causes_ms"][BY_TRANSFER] += now - started
    write_log(state, slot, LOG_TRANSFER, dossier["site"], dossier["entered_ms"], started, now, 0)
    if dossier["site"] != dossier["goes_to"]:
        move(world, state, slot, dossier["goes_to"], now)
    elif dossier["pool"] >= 0:
        enter_pool(world, state, tally, slot, dossier["pool"], now)
    else:
        join(world, state, tally, slot, now)


@compiled
def hear_from_citizen(world, state, tally, slot, now):
    """The answer comes, the citizen comes again, or the limit has passed (E22, E47)."""
    dossier = state.dossiers[slot]
    dossier["event_ms"] = -1
    asked = dossier["entered_ms"]
    dossier["causes_ms"][BY_CITIZEN] += now - asked
    write_log(state, slot, LOG_CITIZEN, dossier["site"], asked, asked, now, dossier["unanswered"])
    if dossier["unanswered"] == 1:
        lead(world, state, tally, slot, np.int64(CLOSED_UNANSWERED), now)
        return
    if world.steps[dossier["step"]]["asks"] == 0:
        come_again(world, state, tally, dossier, now)
    else:
        if world.channel_in_person[dossier["channel"]] == 1:
            count_visit(world, tally, dossier)
        renew_deadline(world, dossier, asked, now)
    go_on(world, state, tally, slot, now)


@compiled
def wait_event(world, state, tally, slot, now):
    """An event of a limited wait: its end, or what is left of one that ended before (E46)."""
    dossier = state.dossiers[slot]
    dossier["limit_event_ms"] = -1
    if dossier["state"] == GONE:
        give_slot_back(state, slot)
    elif dossier["state"] == QUEUED and dossier["limit_ms"] == now:
        end_wait(world, state, tally, slot, now)
    elif dossier["state"] == QUEUED and dossier["limit_ms"] < FAR_FUTURE_MS:
        set_limit_event(state, slot)


@compiled
def end_wait(world, state, tally, slot, now):
    """The dossier has waited too long for its step and goes elsewhere (E46)."""
    dossier = state.dossiers[slot]
    step = world.steps[dossier["step"]]
    end_of_wait(world, state, slot, now)
    take_from_queue(state, slot, now)
    count(world, tally, dossier, field_of_ended_wait(step), 1)
    waited_from, in_person = dossier["entered_ms"], step["limit_in_person"]
    write_log(state, slot, LOG_WAIT_ENDS, dossier["site"], waited_from, now, now, in_person)
    leave_step(world, state, tally, slot, np.int64(step["limit_to"]), now)


@compiled
def field_of_ended_wait(step):
    """What is counted when somebody has waited too long for a step (E46, E60)."""
    if step["limit_in_person"] == 1:
        return F_GAVE_UP
    return F_TIMED_OUT if step["is_session"] == 1 else F_ESCALATED


@inlined
def end_service(world, state, tally, slot, now):
    """A service ends: the dossier moves on, then the person takes the next (E29)."""
    dossier = state.dossiers[slot]
    server_index = dossier["server"]
    step = world.steps[dossier["step"]]
    account_service(world, state, slot, now, dossier["service_ms"])
    leave_work(state, slot)
    state.scalars[S_STEPS] += 1
    if state.scalars[S_LOGGING] == 1:
        log_service(world, state, slot, now)
    if dossier["finished"] == 1:
        count(world, tally, dossier, F_BACK_ENTRIES, 1)
        state.scalars[S_BACK_ENTRIES_OPEN] -= 1
        give_slot_back(state, slot)
    elif went_wrong(dossier, step):
        count(world, tally, dossier, F_REDONE, 1)
        dossier["round"] += 1
        enter_step(world, state, tally, slot, now)
    else:
        with_systems = dossier["by_hand"] == 0 and dossier["skips"] == 0
        if step["digitises"] == 1 and with_systems and dossier["owes_back_entry"] == 0:
            dossier["medium"] = ELECTRONIC
        tell_others(world, state, tally, slot, now)
        go_on(world, state, tally, slot, now)
    start_what_it_can(world, state, tally, server_index, now)


@compiled
def went_wrong(dossier, step):
    """Whether a service that was done by hand has to be done again (E61)."""
    if dossier["by_hand"] == 0 or step["manual_error"] == 0.0:
        return False
    u = uniform(dossier["key"], step["key"], np.uint64(dossier["round"]), FOR_ERROR)
    return u < step["manual_error"]


@compiled
def log_service(world, state, slot, now):
    """Writes the service that ends now into the step log."""
    dossier = state.dossiers[slot]
    detail = log_detail(world, dossier)
    write_log(
        state, slot, LOG_SERVICE, dossier["site"], dossier["entered_ms"], dossier["started_ms"], now, detail
    )


@inlined
def service_event(world, state, tally, slot, now):
    """An event of a service: the true end, or what is left of one that was put aside meanwhile."""
    dossier = state.dossiers[slot]
    dossier["event_ms"] = -1
    if dossier["state"] != IN_SERVICE:
        return
    if dossier["ends_ms"] > now:
        set_event(state, dossier["ends_ms"], SERVICE_ENDS, slot)
    else:
        end_service(world, state, tally, slot, now)
