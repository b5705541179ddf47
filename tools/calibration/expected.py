"""Expected dossiers of a scenario by arithmetic: no chance, nothing is run."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.scenario import Scenario, load, load_text
from sim.world.arrays import Floats
from sim.world.build import Built, build
from sim.world.load import expected_load
from sim.world.territory import load_territory
from tools.calibration.published import FIRST_DAY, LAST_DAY_OF_THE_COUNT

CERTIFICATION = "certification"
ONLINE = ("online", "assisted")
IN_PERSON = ("assisted", "counter")
REPOSITORY = Path(__file__).resolve().parents[2]
QUANG_NGAI = REPOSITORY / "scenarios" / "quang_ngai.yaml"

COUNTRY = """
name: country
extends: haicap:two_level
period: {{start: {start}, end: {end}}}
replications: 1
seed: 1
territory: {{provinces: [{provinces}]}}
"""


@dataclass(frozen=True)
class Expected:
    """A built scenario with its streams of dossiers as arrays of names, one entry a stream."""

    built: Built
    kind: NDArray[np.str_]
    site: NDArray[np.str_]
    group: NDArray[np.str_]
    channel: NDArray[np.str_]

    def dossiers(self, first: datetime.date, last: datetime.date, chosen: NDArray[np.bool_]) -> float:
        """Expected dossiers of the chosen streams from the first to the last day."""
        return float(self._by_stream(first, last)[chosen].sum())

    def _by_stream(self, first: datetime.date, last: datetime.date) -> Floats:
        world, start = self.built.world, self.built.names.start
        days = slice((first - start).days, (last - start).days + 1)
        by_row = world.day_factor[:, days].sum(axis=1)
        return np.asarray(world.streams["per_day"] * by_row[world.streams["factor_row"]])

    def working_days(self, first: datetime.date, last: datetime.date) -> int:
        """Days of the official calendar from the first to the last day."""
        start, days = self.built.names.start, self.built.world.working_day_of
        inside = (days >= (first - start).days) & (days <= (last - start).days)
        return int(inside.sum())

    @property
    def communes(self) -> int:
        """Number of commune-level units."""
        return len(self.built.sites.communes)

    def inhabitants(self, kinds: Iterable[str] = ("ward", "commune", "special_zone")) -> float:
        """Inhabitants of the communes of these kinds."""
        communes = [self.built.sites.all[site] for site in self.built.sites.communes]
        return float(sum(site.population for site in communes if site.kind in set(kinds)))

    @property
    def counted(self) -> NDArray[np.bool_]:
        """Streams that count in the total: all but certification."""
        return np.asarray(self.group != CERTIFICATION)

    @property
    def online(self) -> NDArray[np.bool_]:
        """Streams filed online, from home or with help at the counter."""
        return np.isin(self.channel, ONLINE)

    @property
    def in_person(self) -> NDArray[np.bool_]:
        """Streams filed at the counter."""
        return np.isin(self.channel, IN_PERSON)


def expected(scenario: Scenario) -> Expected:
    """The expected dossiers of a scenario."""
    built = build(scenario)
    names, streams, sites = built.names, built.world.streams, built.sites.all
    return Expected(
        built,
        kind=np.array([site.kind for site in sites])[streams["site"]],
        site=np.array([site.name for site in sites])[streams["site"]],
        group=np.array(names.groups)[built.world.procedures["group"][streams["procedure"]]],
        channel=np.array(names.channels)[streams["channel"]],
    )


@cache
def country() -> Expected:
    """All 34 provinces over the days of the published count."""
    provinces = ", ".join(province.name for province in load_territory().provinces)
    text = COUNTRY.format(start=FIRST_DAY, end=LAST_DAY_OF_THE_COUNT, provinces=provinces)
    return expected(load_text(text).base)


@cache
def quang_ngai() -> Expected:
    """The base of the shipped study."""
    return expected(load(QUANG_NGAI).base)


def posts_per_commune(of: Expected) -> float:
    """Mean posts that work on dossiers in a commune."""
    sites = of.communes
    return sum(pool.people for pool in expected_load(of.built).pools if pool.sites == sites) / sites
