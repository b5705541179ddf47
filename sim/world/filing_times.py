"""When in the day dossiers are filed: patterns of filing times by channel and day."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import Channel, ProfilePart
from sim.world.arrays import MS_PER_DAY, MS_PER_MINUTE, Floats, Ints
from sim.world.hours import Hours

Span = tuple[int, int]
"""Part of a day: start and end, ms since midnight."""

WHOLE_DAY: tuple[Span, ...] = ((0, MS_PER_DAY),)


@dataclass(frozen=True)
class FilingPatterns:
    """Patterns of filing times: fields as in `World`."""

    pattern_of_day: NDArray[np.int32]
    pattern_first: NDArray[np.int32]
    segment_until: Floats
    segment_start_ms: Ints
    segment_length_ms: Ints


def filing_patterns(channels: list[Channel], opening: Hours, day_count: int) -> FilingPatterns:
    """Patterns of all channels; those that file in opening hours have none on closed days."""
    open_spans = spans_by_day(opening, day_count)
    number_of: dict[tuple[tuple[ProfilePart, ...], tuple[Span, ...]], int] = {}
    of_day = np.full((len(channels), day_count), -1, dtype=np.int32)
    for row, channel in enumerate(channels):
        profile = channel.profile
        for day in range(day_count):
            spans = open_spans[day] if channel.filing == "opening_hours" else WHOLE_DAY
            if spans:
                of_day[row, day] = number_of.setdefault((profile, spans), len(number_of))
    patterns = [_segments(profile, spans) for profile, spans in number_of]
    segments = [segment for pattern in patterns for segment in pattern]
    return FilingPatterns(
        of_day,
        np.cumsum([0] + [len(pattern) for pattern in patterns]).astype(np.int32),
        np.array([until for until, _, _ in segments], dtype=np.float64),
        np.array([start for _, start, _ in segments], dtype=np.int64),
        np.array([length for _, _, length in segments], dtype=np.int64),
    )


def spans_by_day(hours: Hours, day_count: int) -> list[tuple[Span, ...]]:
    """The open parts of each of the first days."""
    spans: list[tuple[Span, ...]] = []
    for midnight in range(0, day_count * MS_PER_DAY, MS_PER_DAY):
        first = int(np.searchsorted(hours.close_ms, midnight, side="right"))
        last = int(np.searchsorted(hours.open_ms, midnight + MS_PER_DAY, side="left"))
        spans.append(
            tuple(
                (max(0, opens - midnight), min(MS_PER_DAY, closes - midnight))
                for opens, closes in zip(
                    hours.open_ms[first:last].tolist(), hours.close_ms[first:last].tolist(), strict=True
                )
            )
        )
    return spans


def _segments(profile: tuple[ProfilePart, ...], spans: tuple[Span, ...]) -> list[tuple[float, int, int]]:
    """Cumulative probability at the end, start and length of every segment.

    The weight of a part of the profile is spread evenly in it, and what falls outside the open
    spans is left out. A day open only where the profile has no weight is filled evenly.
    """
    weighted = [
        (part.weight * (end - start) / _length(part), start, end - start)
        for part in profile
        for start, end in (
            (max(opens, part.start_minute * MS_PER_MINUTE), min(closes, part.end_minute * MS_PER_MINUTE))
            for opens, closes in spans
        )
        if start < end and part.weight > 0
    ]
    if not weighted:
        weighted = [(float(closes - opens), opens, closes - opens) for opens, closes in spans]
    until = np.cumsum([weight for weight, _, _ in weighted])
    until /= until[-1]
    until[-1] = 1.0
    return [(float(u), start, length) for u, (_, start, length) in zip(until, weighted, strict=True)]


def _length(part: ProfilePart) -> int:
    return (part.end_minute - part.start_minute) * MS_PER_MINUTE
