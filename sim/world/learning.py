"""The learning curve of a pool, in steps, so that control has few of them."""

import datetime
import math

from sim.scenario.schema import Learning
from sim.world.arrays import MS_PER_DAY

LONGEST_HALF_TIME_BY_DAY_MS = 14 * MS_PER_DAY
"""Up to this half time a step is a day, above it a week."""
LEARNED = 0.001
"""So close to full speed, learning is over."""


def speed_after(learning: Learning, days: float) -> float:
    """Speed so many days after the beginning: 1 - (1 - starts_at) 2^(-days / half_time).

    The exponential learning curve, its rate written as a half time (Mazur and Hastie, Psychological
    Bulletin 85, 1978).
    """
    half_time_days = learning.half_time / MS_PER_DAY
    return 1.0 - (1.0 - learning.starts_at) * math.exp2(-days / half_time_days)


def learning_steps(learning: Learning, first_day: datetime.date) -> list[tuple[int, float]]:
    """Days, counted from the first day of the run, on which the speed becomes another, with that speed.

    A step has the speed at its middle.
    """
    length = 1 if learning.half_time <= LONGEST_HALF_TIME_BY_DAY_MS else 7
    begin = (learning.start - first_day).days
    steps, after = [], 0
    while 1.0 - speed_after(learning, after) >= LEARNED:
        steps.append((begin + after, speed_after(learning, after + length / 2)))
        after += length
    return [*steps, (begin + after, 1.0)]


def speed_on(steps: list[tuple[int, float]], day: float) -> float:
    """Speed on a day; full before the first step."""
    return next((speed for first, speed in reversed(steps) if first <= day), 1.0)
