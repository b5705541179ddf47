"""Streams of dossiers: one for each home, procedure and channel, with their volume by day."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.scenario.errors import PathInScenario
from sim.scenario.schema import Channel, ChannelShareCase, Procedure, Scenario
from sim.world.arrays import STREAM, Floats, Ints, Records
from sim.world.day_factors import days_of, phase_by_day, share_by_day, volume_by_day, weekday_by_day
from sim.world.elsewhere import NO_CASE, Elsewhere
from sim.world.headcounts import headcounts
from sim.world.hours import Hours
from sim.world.keys import name_keys
from sim.world.replay import Replay, StreamKey
from sim.world.selecting import Selector
from sim.world.sites import LEVELS, Sites

HOURS_PER_DAY = 24
WORKING_DAYS_PER_YEAR = 250


@dataclass(frozen=True)
class Streams:
    """Streams of a world: fields as in `World`."""

    streams: Records
    name_key: np.ndarray
    day_factor: Floats

    def numbers_of(self, wanted: Iterable[StreamKey]) -> dict[StreamKey, int]:
        """Numbers of the streams with these keys, as far as there are such."""
        known = set(wanted)
        keys = _keys(self.streams) if known else []
        return {key: number for number, key in enumerate(keys) if key in known}


@dataclass(frozen=True)
class _Shares:
    """The cases of channel shares that hold for a procedure; `path` is where they are written."""

    cases: tuple[ChannelShareCase, ...]
    path: PathInScenario
    case_of: Ints  # [homes] first case that fits


class _DayFactors:
    """The rows of `World.day_factor`, each combination of factors once."""

    def __init__(self, scenario: Scenario, opening: Hours) -> None:
        self.days = days_of(scenario.period)
        self.rows: list[Floats] = []
        self._number_of: dict[tuple[object, ...], int] = {}
        self._volume = volume_by_day(scenario.demand, self.days)
        self._phases = [phase_by_day(phase, self.days) for phase in scenario.demand.phases.values()]
        open_ms = opening.open_ms_by_day(len(self.days))
        self._weekdays = {
            name: weekday_by_day(channel, self.days, open_ms) for name, channel in scenario.channels.items()
        }

    def number_of(self, shares: _Shares, case: int, channel: str, phases: int, round_the_clock: bool) -> int:
        """Number of the row for a case of channel shares, a channel and a set of phases (bit mask)."""
        key = (shares.path, case, channel, phases, round_the_clock)
        if key not in self._number_of:
            row = share_by_day(shares.cases[case].shares[channel], self.days)
            if round_the_clock:
                # Even an exact rate brings nothing where a counter is closed all day.
                row = row * (self._weekdays[channel] > 0)
            else:
                row = row * self._volume * self._weekdays[channel]
                for bit, factor in enumerate(self._phases):
                    row = row * factor if phases >> bit & 1 else row
            self._number_of[key] = len(self.rows)
            self.rows.append(row)
        return self._number_of[key]


def streams_of(
    scenario: Scenario, selector: Selector, opening: Hours, elsewhere: Elsewhere, replay: Replay
) -> Streams:
    """All streams that ever bring a dossier, ordered by site code, procedure name and channel name."""
    factors = _DayFactors(scenario, opening)
    parts = [
        _streams_of_procedure(scenario, selector, factors, elsewhere, number, name)
        for number, name in enumerate(scenario.procedures)
    ]
    streams = np.concatenate(parts)
    day_factor = np.array(factors.rows, dtype=np.float64).reshape(-1, len(factors.days))
    if scenario.demand.replay == "replaces":
        streams["per_day"][np.isin(streams["procedure"], list(replay.procedures))] = 0.0
    brings = streams["per_day"] * day_factor.max(axis=1, initial=0.0)[streams["factor_row"]] > 0
    streams = streams[brings | (streams["inherited"] > 0) | _are_replayed(streams, replay)]
    procedures, channels = list(scenario.procedures), list(scenario.channels)
    order = np.lexsort(
        (_ranks(channels)[streams["channel"]], _ranks(procedures)[streams["procedure"]], streams["site"])
    )
    streams = streams[order]
    codes = [site.code for site in selector.sites.all]
    names = (
        f"stream:{codes[site]}/{procedures[procedure]}/{channels[channel]}"
        for site, procedure, channel in streams[["site", "procedure", "channel"]].tolist()
    )
    return Streams(streams, name_keys(names), day_factor)


def _keys(streams: Records) -> list[StreamKey]:
    keys: list[StreamKey] = streams[["site", "procedure", "channel"]].tolist()
    return keys


def _are_replayed(streams: Records, replay: Replay) -> NDArray[np.bool_]:
    wanted = set(replay.keys)
    if not wanted:
        return np.zeros(len(streams), dtype=np.bool_)
    return np.array([key in wanted for key in _keys(streams)], dtype=np.bool_)


def _ranks(names: list[str]) -> Ints:
    """Place of each name in alphabetical order."""
    return np.argsort(np.argsort(np.array(names)))


def _streams_of_procedure(
    scenario: Scenario,
    selector: Selector,
    factors: _DayFactors,
    elsewhere: Elsewhere,
    number: int,
    name: str,
) -> Records:
    """The streams of one procedure, by channel, then by home."""
    procedure, homes = scenario.procedures[name], selector.sites.homes
    shares = _shares_of(scenario, selector, name)
    per_day = _per_day(scenario, selector, name)
    phases = _phases_of(scenario, selector, procedure)
    inherited_channel = _channel_of_inherited(scenario.channels)
    round_the_clock = procedure.rate.per_commune_and_hour is not None
    found = []
    for channel_number, channel in enumerate(scenario.channels):
        streams = np.zeros(len(homes), dtype=STREAM)
        streams["site"], streams["procedure"], streams["channel"] = homes, number, channel_number
        streams["elsewhere_row"] = -1
        if scenario.channels[channel].in_person and procedure.confidential is None:
            _may_file_elsewhere(streams, elsewhere)
        for case, mask in sorted(set(zip(shares.case_of.tolist(), phases.tolist(), strict=True))):
            if channel in shares.cases[case].shares:
                mine = (shares.case_of == case) & (phases == mask)
                streams["per_day"][mine] = per_day[mine]
                row = factors.number_of(shares, case, channel, mask, round_the_clock)
                streams["factor_row"][mine] = row
        if procedure.inherited is not None and channel == inherited_channel:
            population = selector.sites.population[homes]
            streams["inherited"] = procedure.inherited.per_1000_inhabitants * population / 1000
        found.append(streams)
    return np.concatenate(found)


def _may_file_elsewhere(streams: Records, elsewhere: Elsewhere) -> None:
    """Sets case and candidates of the streams, one for each home; a case's row and set have its number."""
    mine = elsewhere.case_of != NO_CASE
    case = elsewhere.case_of[mine]
    streams["elsewhere_row"][mine] = streams["candidate_set"][mine] = case
    streams["choose"][mine] = elsewhere.choose[case]


def _per_day(scenario: Scenario, selector: Selector, name: str) -> Floats:
    """Mean dossiers per home on a day whose factor is 1, all channels together."""
    rate, homes = scenario.procedures[name].rate, selector.sites.homes
    factor, left = np.ones(len(homes)), np.ones(len(homes), dtype=np.bool_)
    for place, case in enumerate(rate.cases):
        fits = selector.select_homes(case.where, ("procedures", name, "rate", "cases", place, "where"))
        factor[left & fits] = case.factor
        left &= ~fits
    if rate.per_commune_and_hour is not None:
        return rate.per_commune_and_hour * HOURS_PER_DAY * factor * _share_of_area(selector.sites)
    if rate.per_post_and_year is not None:
        posts = _posts_of_homes(scenario, selector, rate.per_post_and_year.pool)
        return np.asarray(rate.per_post_and_year.requests * posts * factor / WORKING_DAYS_PER_YEAR)
    per_1000 = rate.per_1000_inhabitants_and_working_day or 0.0
    population = selector.sites.population[homes]
    return np.asarray(per_1000 * population / 1000 * scenario.demand.volume_factor * factor)


def _posts_of_homes(scenario: Scenario, selector: Selector, name: str) -> Floats:
    """Posts of a pool as the run begins, spread evenly over the homes at or below its sites."""
    sites, pool = selector.sites, scenario.pools[name]
    posts = np.maximum(headcounts(pool, selector, ("pools", name)), 0)
    above = sites.at_level[sites.homes, LEVELS.index(pool.level)]
    homes = np.bincount(above[above >= 0], minlength=len(posts))
    return np.asarray(np.where(above >= 0, posts[above] / np.maximum(homes[above], 1), 0.0))


def _share_of_area(sites: Sites) -> Floats:
    """Share of the inhabitants of its area, a present commune, that live in each home."""
    population, area = sites.population[sites.homes], sites.area_of[sites.homes]
    total = np.bincount(area, weights=population)[area]
    count = np.bincount(area)[area]
    return np.divide(population, total, out=1.0 / count, where=(total > 0) & (count > 1))


def _shares_of(scenario: Scenario, selector: Selector, name: str) -> _Shares:
    own = scenario.procedures[name].channel_shares
    path: PathInScenario = ("procedures", name, "channel_shares")
    cases = own
    if cases is None:
        cases, path = scenario.demand.channel_shares, ("demand", "channel_shares")
    # The last case has no `where`; the scenario layer sees to it.
    case_of = np.full(len(selector.sites.homes), len(cases) - 1, dtype=np.int64)
    for place, case in reversed(list(enumerate(cases))):
        case_of[selector.select_homes(case.where, (*path, place, "where"))] = place
    return _Shares(cases, path, case_of)


def _phases_of(scenario: Scenario, selector: Selector, procedure: Procedure) -> Ints:
    """By home: the phases that concern the procedure there, as a bit mask."""
    masks = np.zeros(len(selector.sites.homes), dtype=np.int64)
    for bit, (name, phase) in enumerate(scenario.demand.phases.items()):
        if phase.groups is None or procedure.group in phase.groups:
            fits = selector.select_homes(phase.where, ("demand", "phases", name, "where"))
            masks |= fits.astype(np.int64) << bit
    return masks


def _channel_of_inherited(channels: dict[str, Channel]) -> str:
    """The channel that handed-over dossiers are taken to have come on: an electronic one if there is one."""
    electronic = [name for name, channel in channels.items() if channel.medium == "electronic"]
    from_home = [name for name in electronic if not channels[name].in_person]
    return [*from_home, *electronic, *channels][0]
