"""What is wrong with the steps of a procedure as a whole: incomplete, lost, without an end, mixed parts."""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain, combinations
from typing import Final

from sim.scenario.errors import did_you_mean, known_words
from sim.scenario.schema.base import Fault, quoted
from sim.scenario.schema.steps import (
    COMPLETED,
    ENDS,
    JOINED,
    KNOWN_TRAITS,
    WITHDRAWN,
    Branch,
    Condition,
    Step,
)

MOST_CONDITIONS: Final = 10
"""Different conditions in one procedure; every set of them is looked at."""

MOST_MARKS: Final = 60
"""Steps to which a way leads once at most, in one procedure with all its versions."""

MOST_STREAM_CONDITIONS: Final = 22
"""Different conditions by channel or site in a scenario: each takes a bit of every dossier."""

Steps = dict[str, Step]


def flow_faults(steps: Steps, traits: Collection[str]) -> Iterator[Fault]:
    """The faults in the steps of a procedure that has these traits."""
    if not steps:
        yield Fault("the procedure has no steps", "steps, or a workflow that has steps")
        return
    for name, step in steps.items():
        yield from _kind_faults(name, step)
        yield from _target_faults(name, step, steps)
        yield from _trait_faults(name, step, traits)
    yield from _part_faults(steps)
    yield from _way_faults(steps)


def _kind_faults(name: str, step: Step) -> Iterator[Fault]:
    at = ("steps", name)
    if name in (*ENDS, JOINED):
        yield Fault(f'"{name}" is the name of an end', "another name for the step", at=at)
    missing = [key for key in ("pool", "touch_time") if getattr(step, key) is None]
    if step.is_work and missing:
        expected = "pool and touch_time, or citizen, or parallel"
        yield Fault(f"{' and '.join(missing)} missing", expected, at=at)
    for place, system in enumerate(step.writes):
        if system not in step.needs:
            found = f"it writes in {system}, which is not among its needs"
            yield Fault(
                found,
                "systems that it needs",
                f"add {system} to needs, or take it out of writes",
                (*at, "writes", place),
            )
    if step.parallel and not step.next:
        expected = "where the dossier goes when all parts have joined"
        yield Fault("next is missing at a parallel step", expected, at=at)


def _target_faults(name: str, step: Step, steps: Steps) -> Iterator[Fault]:
    at = ("steps", name)
    for branch in step.next:
        if branch.to not in (*steps, *ENDS, JOINED):
            yield unknown_step(branch.to, [*steps, *ENDS], (*at, "next"))
    for first in step.parallel:
        if first not in steps:
            yield unknown_step(first, steps, (*at, "parallel"))
    limit = step.waits_at_most
    if limit is not None and (limit.then in (name, COMPLETED, JOINED) or limit.then not in (*steps, *ENDS)):
        known = [each for each in (*steps, *ENDS) if each not in (name, COMPLETED)]
        yield unknown_step(limit.then, known, (*at, "waits_at_most", "then"))


def _trait_faults(name: str, step: Step, traits: Collection[str]) -> Iterator[Fault]:
    known = [*traits, *KNOWN_TRAITS]
    for condition in conditions_of([step]):
        if condition.trait is not None and condition.trait not in known:
            found = f"unknown trait {quoted(condition.trait)}"
            mend = did_you_mean(condition.trait, known) or "add it to traits of the procedure"
            yield Fault(found, "one of " + known_words(known), mend, ("steps", name, "next"))


def unknown_step(name: str, known: Iterable[str], at: tuple[str, ...]) -> Fault:
    """The fault of naming a step that the procedure does not have, or that does not fit there."""
    known = list(known)
    return Fault(
        f"unknown step {quoted(name)}", "one of " + known_words(known), did_you_mean(name, known), at
    )


def conditions_of(steps: Iterable[Step]) -> tuple[Condition, ...]:
    """All conditions in the ways on of some steps, each once, in order."""
    branches = chain.from_iterable(step.next for step in steps)
    return tuple(dict.fromkeys(chain.from_iterable((*each.when, *each.unless) for each in branches)))


def steps_in_parts(steps: Steps) -> set[str]:
    """Names of the steps that stand in a part of a parallel step."""
    return {name for part in _parts(steps) for name in part[1]}


def _parts(steps: Steps) -> list[tuple[str, set[str]]]:
    """First step of each part of a parallel step, and all steps that it leads to."""
    firsts = chain.from_iterable(step.parallel for step in steps.values())
    return [(first, _reached_from(first, steps) & set(steps)) for first in firsts if first in steps]


def _part_faults(steps: Steps) -> Iterator[Fault]:
    seen: set[str] = set()
    outside = _reached_from(next(iter(steps)), steps)
    for first, part in _parts(steps):
        shared = [name for name in steps if name in part and name in outside | seen]
        if shared:
            found = f"this step is reached from inside and from outside of the part that begins with {first}"
            expected = "steps that only one part leads to, the last of them with next: joined"
            yield Fault(found, expected, at=("steps", shared[0]))
        for name in steps:
            if name in part and name not in outside | seen:
                yield from _faults_inside(name, steps[name])
        seen |= part
    for name in steps:
        if name in outside and name not in seen and any(way == JOINED for way in _ways(steps[name])):
            yield Fault(
                "joined outside of a part", "a step, completed or refused", at=("steps", name, "next")
            )


def _faults_inside(name: str, step: Step) -> Iterator[Fault]:
    """What a step of a part may not be or do."""
    if step.parallel:
        yield Fault("a parallel step inside a part", "work in every part", at=("steps", name))
    if step.citizen is not None:
        mend = "ask the citizen before the ways part"
        yield Fault("a wait for the citizen inside a part", "work in every part", mend, ("steps", name))
    for end in (COMPLETED, WITHDRAWN):
        if end in _ways(step):
            yield Fault(f"{end} inside a part", "joined, or refused", at=("steps", name))


def _way_faults(steps: Steps) -> Iterator[Fault]:
    reached = _reached_from(next(iter(steps)), steps)
    for first, part in _parts(steps):
        reached |= {first, *part}
    conditions = conditions_of(steps.values())
    if len(conditions) > MOST_CONDITIONS:
        yield Fault(f"{len(conditions)} different conditions", f"at most {MOST_CONDITIONS} in a procedure")
        return
    for name in steps:
        if name not in reached:
            mend = f"name it in next of another step, as in next: {name}"
            yield Fault(
                "no dossier ever comes to this step", "a step that another leads to", mend, ("steps", name)
            )
        elif any(not _comes_to_an_end(name, steps, set(held)) for held in _subsets(conditions)):
            found = "from this step no dossier ever comes to an end"
            found += ", under some conditions" if conditions else ""
            yield Fault(found, "a way on to completed or refused", at=("steps", name))


def _subsets(conditions: tuple[Condition, ...]) -> Iterator[tuple[Condition, ...]]:
    return chain.from_iterable(combinations(conditions, size) for size in range(len(conditions) + 1))


def _ways(step: Step) -> list[str]:
    """All ways on from a step; the parts of a parallel step are not among them."""
    ways = [branch.to for branch in step.next if branch.has_condition or branch.share > 0]
    return ways if step.waits_at_most is None else [*ways, step.waits_at_most.then]


def _reached_from(start: str, steps: Steps) -> set[str]:
    """Steps and ends that some dossier, or some part, reaches."""
    reached: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += _ways(steps[name]) if name in steps else ()
    return reached


def _comes_to_an_end(start: str, steps: Steps, held: set[Condition]) -> bool:
    """Whether some dossier comes to an end for which these conditions hold, by ways that stay open."""
    reached: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        if name not in steps:
            return True
        if name not in reached:
            reached.add(name)
            ahead += _lasting_ways(steps[name], held)
    return False


def _lasting_ways(step: Step, held: set[Condition]) -> list[str]:
    lasting = [branch for branch in step.next if not branch.once]
    fitting = [branch for branch in lasting if branch.has_condition and _fits(branch, held)]
    if fitting:
        return [fitting[0].to]
    return [branch.to for branch in lasting if branch.share > 0]


def _fits(branch: Branch, held: set[Condition]) -> bool:
    return held.issuperset(branch.when) and held.isdisjoint(branch.unless)
