"""Mistakes in traits, conditions, parts, limits and versions are told with their line and what would be right."""

# One case a line keeps the table readable as a table.
# ruff: noqa: E501

import pytest

from sim.scenario import ScenarioError, load_text

HEAD = """
name: faulty
period: {start: 2025-07-01, end: 2025-07-14}
seed: 7
territory: {synthetic: {communes_per_province: 2}}
calendars: {office: {weekly: {mon-fri: ["07:30-11:30"]}}}
official_calendar: office
pools:
  reception: {level: commune, headcount: 2, calendar: office}
  office: {level: province, headcount: 9, calendar: office}
channels: {online: {medium: electronic, in_person: false, filing: any_time}}
demand: {channel_shares: [{shares: {online: 100 %}}]}
groups: {papers: {}}
workflows:
  above: {steps: {desk: {pool: office, touch_time: 1 min}}}
procedures:
  permit:
    group: papers
    deadline: 3 working days
    rate: {per_1000_inhabitants_and_working_day: 2}
    traits: {hard: 10 %, urgent: 5 %}
"""

FORK = """
    steps:
      desk: {pool: reception, touch_time: 1 min, next: both}
      both: {parallel: [left, right], next: stamp}
      left: {pool: reception, touch_time: 1 min, next: joined}
      right: {pool: office, touch_time: 1 min, next: joined}
      stamp: {pool: reception, touch_time: 1 min}
"""

CASES = {
    # Conditions and traits
    "unknown trait": (
        "    steps: {desk: {pool: office, touch_time: 1 min, next: [{to: refused, when: hart}, {to: completed, share: rest}]}}",
        'steps.desk.next: unknown trait "hart"; expected one of hard, urgent, late, filed_elsewhere; did you mean "hard"?',
    ),
    "unknown channel in a condition": (
        "    steps: {desk: {pool: office, touch_time: 1 min, next: [{to: refused, when: {channels: [onlin]}}, {to: completed, share: rest}]}}",
        'when.channels[1]: unknown name "onlin"',
    ),
    "unknown channel in a list of conditions": (
        "    steps: {desk: {pool: office, touch_time: 1 min, next: [{to: refused, unless: [hard, {channels: [onlin]}]}, {to: completed, share: rest}]}}",
        'unless[2].channels[1]: unknown name "onlin"',
    ),
    "share and condition": (
        "    steps: {desk: {pool: office, touch_time: 1 min, next: [{to: refused, when: hard, share: 5 %}, {to: completed, share: rest}]}}",
        "share is given together with a condition; expected either share, or when and unless",
    ),
    "neither share nor condition": (
        "    steps: {desk: {pool: office, touch_time: 1 min, next: [{to: completed}]}}",
        "no share is given; expected either share",
    ),
    "only conditions": (
        "    steps: {desk: {pool: office, touch_time: 1 min, next: [{to: completed, when: hard}]}}",
        "every way has a condition; expected a last way for all others, with share: rest",
    ),
    "condition of two kinds": (
        "    steps: {desk: {pool: office, touch_time: 1 min, next: [{to: refused, when: {trait: hard, channels: [online]}}, {to: completed, share: rest}]}}",
        "found trait and channels; expected exactly one of trait, channels, where",
    ),
    "condition as a number": (
        "    steps: {desk: {pool: office, touch_time: 1 min, next: [{to: refused, when: 5}, {to: completed, share: rest}]}}",
        "found 5; expected a trait, {channels: [...]} or {where: {...}}",
    ),
    "endless under a condition": (
        "    steps: {desk: {pool: office, touch_time: 1 min, next: [{to: desk, when: hard}, {to: completed, share: rest}]}}",
        "from this step no dossier ever comes to an end, under some conditions",
    ),
    "deadline of an unknown trait": (
        "    deadline_with: {hart: 5 working days}\n    workflow: above",
        'deadline_with.hart: unknown trait "hart"; expected one of hard, urgent; did you mean "hard"?',
    ),
    "unknown holder": (
        "    holds: ofice\n    workflow: above",
        'holds: unknown name "ofice"; expected one of pools: reception, office; did you mean "office"?',
    ),
    # Limits and waits
    "limit to the step itself": (
        "    steps: {desk: {pool: office, touch_time: 1 min, waits_at_most: {time: 1 h, then: desk}}}",
        'waits_at_most.then: unknown step "desk"; expected one of refused, withdrawn',
    ),
    "limit that completes": (
        "    steps: {desk: {pool: office, touch_time: 1 min, waits_at_most: {time: 1 h, then: completed}}}",
        'unknown step "completed"; expected one of refused, withdrawn',
    ),
    "limit of a wait for the citizen": (
        "    steps: {desk: {citizen: {comes_again_after: 1 h}, waits_at_most: {time: 1 h, then: refused}}}",
        "waits_at_most is given together with citizen",
    ),
    "citizen who answers and comes again": (
        "    steps: {desk: {citizen: {comes_again_after: 1 h, answers_after: 1 h}}}",
        "found answers_after and comes_again_after; expected exactly one of answers_after, comes_again_after",
    ),
    # Parts
    "one part": (FORK.replace("[left, right]", "[left]"), "these are not the parts; expected 2 to 15 different steps"),
    "unknown part": (FORK.replace("[left, right]", "[left, rihgt]"), 'parallel: unknown step "rihgt"; expected one of desk'),
    "fork without next": (
        FORK.replace(", next: stamp", ""),
        "next is missing at a parallel step; expected where the dossier goes when all parts have joined",
    ),
    "fork with work": (FORK.replace("next: stamp", "next: stamp, pool: office"), "pool is given together with parallel"),
    "part that leads out": (
        FORK.replace("office, touch_time: 1 min, next: joined", "office, touch_time: 1 min, next: stamp"),
        "steps.stamp: this step is reached from inside and from outside of the part that begins with right",
    ),
    "way into a part": (
        FORK.replace("stamp: {pool: reception, touch_time: 1 min", "stamp: {pool: reception, touch_time: 1 min, next: {left: 10 %, completed: rest}"),
        "steps.left: this step is reached from inside and from outside of the part that begins with left",
    ),
    "two parts that meet": (
        FORK.replace("office, touch_time: 1 min, next: joined", "office, touch_time: 1 min, next: left"),
        "steps.left: this step is reached from inside and from outside of the part that begins with right",
    ),
    "completed in a part": (
        FORK.replace("office, touch_time: 1 min, next: joined", "office, touch_time: 1 min, next: completed"),
        "steps.right: completed inside a part; expected joined, or refused",
    ),
    "limit that withdraws in a part": (
        FORK.replace("office, touch_time", "office, waits_at_most: {time: 1 h, then: withdrawn}, touch_time"),
        "steps.right: withdrawn inside a part; expected joined, or refused",
    ),
    "question in a part": (
        FORK.replace("right: {pool: office, touch_time: 1 min", "right: {citizen: {answers_after: 1 day}"),
        "steps.right: a wait for the citizen inside a part; expected work in every part; ask the citizen before",
    ),
    "fork in a part": (
        FORK.replace("right: {pool: office, touch_time: 1 min", "right: {parallel: [one, two]")
        + "      one: {pool: office, touch_time: 1 min, next: joined}\n"
        + "      two: {pool: office, touch_time: 1 min, next: joined}\n",
        "steps.right: a parallel step inside a part",
    ),
    "joined outside": (
        FORK.replace("stamp: {pool: reception, touch_time: 1 min", "stamp: {pool: reception, touch_time: 1 min, next: joined"),
        "steps.stamp.next: joined outside of a part; expected a step, completed or refused",
    ),
    "backlog in a part": (
        FORK + "    inherited: {per_1000_inhabitants: 1, at_step: left, deadline_used: 50 %}",
        "inherited.at_step: left stands in a part; expected a step before or after the parts",
    ),
    "step called joined": ("    steps: {joined: {pool: office, touch_time: 1 min}}", '"joined" is the name of an end'),
    # Versions
    "unknown workflow of a version": (
        "    workflow: above\n    versions: {v: {at: 2025-07-02, workflow: abov}}",
        'versions.v.workflow: unknown name "abov"; expected one of workflows: above; did you mean "above"?',
    ),
    "unknown pool in a version": (
        "    workflow: above\n    versions: {v: {at: 2025-07-02, steps: {desk: {pool: offize}}}}",
        'versions.v.steps.desk.pool: unknown name "offize"',
    ),
    "abolished with steps": (
        "    workflow: above\n    versions: {v: {at: 2025-07-02, abolished: true, steps: {desk: {pool: office, touch_time: 1 min}}}}",
        "versions.v: steps of something abolished; expected either abolished, or steps",
    ),
    "fault in the steps of a version": (
        "    workflow: above\n    versions: {v: {at: 2025-07-02, steps: {desk: {next: nowhere}}}}",
        'versions.v.steps.desk.next: unknown step "nowhere"',
    ),
    "trait of a version that nobody knows": (
        "    workflow: above\n    versions: {v: {at: 2025-07-02, deadline_with: {x: 2 working days}}}",
        'versions.v.deadline_with.x: unknown trait "x"',
    ),
    "level of a version": (
        "    workflow: above\n    versions: {v: {at: 2025-07-02, steps: {desk: {level: commune}}}}",
        "versions.v.steps.desk.level: level commune, but its pool office is at level province",
    ),
}  # fmt: skip


def told(text: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_text(text)
    return caught.value.render()


def test_the_scenario_is_right_without_its_mistake() -> None:
    assert load_text(HEAD + FORK).base.procedures["permit"].steps["both"].parallel == ("left", "right")


@pytest.mark.parametrize("case", CASES)
def test_the_mistake_is_told(case: str) -> None:
    written, words = CASES[case]
    message = told(HEAD + written + "\n")
    assert words in message, message
    assert "text:" in message


def test_a_trait_may_not_have_the_name_of_one_that_every_dossier_may_have() -> None:
    text = HEAD.replace("traits: {hard", "traits: {late")
    assert 'traits.late: "late" is a trait of its own; expected another name' in told(
        text + "    workflow: above\n"
    )


def test_more_conditions_than_bits_are_refused() -> None:
    ways = "".join(
        f"{{to: refused, when: {{where: {{names: [Commune {number:04}]}}}}}}, " for number in range(8)
    )
    step = f"{{pool: office, touch_time: 1 min, next: [{ways}{{to: completed, share: rest}}]}}"
    others = "".join(
        f"  p{number}: {{group: papers, deadline: none, rate: {{per_commune_and_hour: 1}}, steps: {{desk: {step}}}}}\n".replace(
            "Commune 0", f"Commune {number}"
        )
        for number in (1, 2, 3)
    )
    message = told(HEAD + "    workflow: above\n" + others)
    assert "24 different conditions by channel or site; expected at most 22 in a scenario" in message
