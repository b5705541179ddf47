"""Filings that are replayed from a planner's file (E50)."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import NDArray

from sim.scenario.schema import ReplayRow, Scenario, replay_rows
from sim.scenario.schema.base import quoted
from sim.world.arrays import MS_PER_DAY, Ints
from sim.world.moments import ms_since
from sim.world.places import UnknownPlace
from sim.world.selecting import Selector

StreamKey = tuple[int, int, int]
"""Numbers of site, procedure and channel."""


@dataclass(frozen=True)
class Replay:
    """The filings of the run in order of time, then of the file, each of the stream with its key.

    `ms` counts from the start of the run. `procedures` are the numbers of all procedures in the file.
    """

    ms: tuple[int, ...]
    keys: tuple[StreamKey, ...]
    procedures: frozenset[int]

    def arrays(self, day_count: int, number_of: dict[StreamKey, int]) -> tuple[Ints, NDArray[np.int32], Ints]:
        """`replay_first`, `replay_stream` and `replay_ms`; filings that have no stream are left out."""
        kept = [(ms, number_of[key]) for ms, key in zip(self.ms, self.keys, strict=True) if key in number_of]
        ms = np.array([each for each, _ in kept], dtype=np.int64)
        stream = np.array([number for _, number in kept], dtype=np.int32)
        first = np.searchsorted(ms, np.arange(day_count + 1) * MS_PER_DAY).astype(np.int64)
        return first, stream, ms % MS_PER_DAY


NOTHING = Replay((), (), frozenset())


def replay_of(scenario: Scenario, selector: Selector) -> Replay:
    """The filings of `demand.replay_csv`; rows outside the period and the territory are passed over."""
    table = scenario.demand.replay_csv
    if table is None:
        return NOTHING
    rows = _understood(replay_rows(table), table.file, scenario, selector)
    period = scenario.period
    found = [
        (ms_since(period.start, row.filed_at), (home, procedure, channel))
        for row, home, procedure, channel in rows
        if home is not None and period.start <= row.filed_at.date() <= period.end
    ]
    found.sort(key=lambda filing: filing[0])
    named = frozenset(procedure for _, _, procedure, _ in rows)
    return Replay(tuple(ms for ms, _ in found), tuple(key for _, key in found), named)


def _understood(
    rows: Iterable[ReplayRow], file: str, scenario: Scenario, selector: Selector
) -> list[tuple[ReplayRow, int | None, int, int]]:
    """The rows with numbers of home (None: outside the scenario), procedure and channel; notes mistakes."""
    homes, found = _Homes(selector), []
    procedures = {name: number for number, name in enumerate(scenario.procedures)}
    channels = {name: number for number, name in enumerate(scenario.channels)}
    for row in rows:
        try:
            procedure = _number_of(row.procedure, procedures, "procedure")
            channel = _number_of(row.channel, channels, "channel")
            found.append((row, homes.of(row), procedure, channel))
        except UnknownPlace as error:
            selector.mistakes.add_in_table(file, row.line, str(error))
    return found


def _number_of(name: str, known: dict[str, int], kind: str) -> int:
    if name not in known:
        near = get_close_matches(name, known, n=3) or list(known)[:10]
        raise UnknownPlace(f"column {kind}: there is no {kind} {quoted(name)}", near)
    return known[name]


class _Homes:
    """Where the citizens of rows live; those of a commune are spread over its former communes."""

    def __init__(self, selector: Selector) -> None:
        self._selector = selector
        self._known: dict[tuple[str, str], list[int]] = {}
        self._filed = np.zeros(len(selector.sites.all))

    def of(self, row: ReplayRow) -> int | None:
        """The home of a row's citizen, None when it is outside the scenario; UnknownPlace when it is nowhere.

        Among several it is the one that has the fewest rows for its inhabitants so far.
        """
        key = (row.site, row.province)
        if key not in self._known:
            self._known[key] = self._find(*key)
        homes = self._known[key]
        if not homes:
            return None
        people = np.maximum(self._selector.sites.population[homes], 1e-9)
        home = homes[int(np.argmin((self._filed[homes] + 1) / people))]
        self._filed[home] += 1
        return home

    def _find(self, name: str, province: str) -> list[int]:
        """The homes of a present commune, or else of a former one; none when it is outside the scenario."""
        sites = self._selector.sites
        try:
            area = self._selector.of_areas.find(name, province, ("commune",))
        except UnknownPlace:
            return self._find_former(name, province)
        homes: list[int] = sites.homes[sites.area_of[sites.homes] == area].tolist()
        return homes

    def _find_former(self, name: str, province: str) -> list[int]:
        sites = self._selector.sites
        try:
            site = self._selector.find(name, province)
        except UnknownPlace:
            if self._selector.exists_elsewhere(name, province):
                return []
            raise
        is_home = (sites.homes == site) | (sites.seat_of[sites.homes] == site)
        homes: list[int] = sites.homes[is_home].tolist()
        if not homes:
            raise UnknownPlace(f"{sites.all[site].full_name} is no commune")
        return homes
