"""Who comes when, for the naive engine: the rules E8, E9, E12-E15 and E50."""

import math
from dataclasses import dataclass
from itertools import pairwise

from sim.engine.addressed import filing_key, key_within, look_up, poisson_count, replication_key, uniform
from sim.engine.reference_dossier import Filing, Row, rows_of
from sim.world.arrays import FOR_BUSY_DAY, FOR_COUNT, FOR_TIME_OF_DAY, MS_PER_DAY, World

# The j-th replayed filing of a day has the key of a drawn one with this number plus j (E50).
FIRST_REPLAYED = 1 << 20


@dataclass(frozen=True)
class Segment:
    """A part of the day during which filings come evenly: cumulative shares, times of day in ms."""

    share_from: float
    share_until: float
    start_ms: int
    length_ms: int

    def moment(self, u: float) -> int:
        """Time of day at the cumulative share u (E13)."""
        part = (u - self.share_from) / (self.share_until - self.share_from)
        return self.start_ms + min(math.floor(part * self.length_ms), self.length_ms - 1)


class Demand:
    """All filings of one replication, by day."""

    def __init__(self, world: World, seed: int, replication: int) -> None:
        key = replication_key(seed, replication)
        self.world = world
        self.streams = rows_of(world.streams)
        self.stream_keys = [key_within(key, name) for name in world.stream_name_key.tolist()]
        self.site_day_keys = [key_within(key, name) for name in world.site_key.tolist()]
        self.day_factor = world.day_factor.tolist()
        self.pattern_of_day = world.pattern_of_day.tolist()
        self.replay_first = world.replay_first.tolist()
        self.replayed = list(zip(world.replay_stream.tolist(), world.replay_ms.tolist(), strict=True))
        self.patterns = _patterns(world)
        self.busy_table = None if world.busy_day_table < 0 else world.tables[world.busy_day_table].tolist()

    def inherited(self) -> list[Filing]:
        """Dossiers handed over on the first day, in the order of their numbers (E14, E15)."""
        return [
            Filing(0, False, stream.index, index, self._key(stream.index, -1, index), inherited=True)
            for stream in self.streams
            for index in range(self._inherited_count(stream))
        ]

    def filings_of(self, day: int) -> list[Filing]:
        """New filings of a day, in the order of their numbers (E14)."""
        drawn = [
            self._filing(stream, day, index)
            for stream in self.streams
            for index in range(self._count(stream, day))
        ]
        return sorted(drawn + self._replayed(day))

    def _key(self, stream: int, day: int, index: int) -> int:
        return filing_key(self.stream_keys[stream], day, index)

    def _replayed(self, day: int) -> list[Filing]:
        """Filings of a day that are given and not drawn (E50)."""
        rows = self.replayed[self.replay_first[day] : self.replay_first[day + 1]]
        return [
            Filing(day * MS_PER_DAY + moment, True, stream, index, self._key(stream, day, index), False)
            for index, (stream, moment) in enumerate(rows, FIRST_REPLAYED)
        ]

    def _inherited_count(self, stream: Row) -> int:
        return poisson_count(stream.inherited, self.stream_keys[stream.index], 0, FOR_COUNT)

    def _count(self, stream: Row, day: int) -> int:
        if self.pattern_of_day[stream.channel][day] < 0:
            return 0
        mean = stream.per_day * self.day_factor[stream.factor_row][day]
        if self.busy_table is not None:
            u = uniform(self.site_day_keys[stream.site], day + 1, 0, FOR_BUSY_DAY)
            mean *= look_up(self.busy_table, u)
        return poisson_count(mean, self.stream_keys[stream.index], day + 1, FOR_COUNT)

    def _filing(self, stream: Row, day: int, index: int) -> Filing:
        key = self._key(stream.index, day, index)
        segments = self.patterns[self.pattern_of_day[stream.channel][day]]
        u = uniform(key, 0, 0, FOR_TIME_OF_DAY)
        segment = next(segment for segment in segments if u < segment.share_until)
        return Filing(day * MS_PER_DAY + segment.moment(u), False, stream.index, index, key, False)


def _patterns(world: World) -> list[list[Segment]]:
    untils = world.segment_until.tolist()
    starts, lengths = world.segment_start_ms.tolist(), world.segment_length_ms.tolist()
    firsts = world.pattern_first.tolist()
    return [
        [
            Segment(
                0.0 if place == first else untils[place - 1], untils[place], starts[place], lengths[place]
            )
            for place in range(first, end)
        ]
        for first, end in pairwise(firsts)
    ]
