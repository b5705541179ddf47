"""The common workload as users of plain SimPy write it: one process per dossier, resources as pools.

Communes, each with reception (2 people, mean 15 min) -> specialist (4, 27 min) -> 20 % to the one province
pool (30 min) -> leader (1, 4.8 min); Poisson filings, 6 an hour and commune; exponential touch times; open
round the clock.
Nothing is recorded but the number of finished dossiers and the sum of their elapsed times.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import simpy

FILINGS_PER_MINUTE = 6 / 60
RECEPTION_MINUTES, SPECIALIST_MINUTES, PROVINCE_MINUTES, LEADER_MINUTES = 15.0, 27.0, 30.0, 4.8
SHARE_TO_PROVINCE = 0.2


@dataclass
class Commune:
    """The pools of one commune."""

    reception: simpy.Resource
    specialist: simpy.Resource
    leader: simpy.Resource


@dataclass
class Totals:
    """What the run counts."""

    finished: int = 0
    elapsed_minutes: float = 0.0


def province_headcount(communes: int) -> int:
    """People in the province pool: 85 % busy at half an hour a dossier."""
    return int(communes * 6 * SHARE_TO_PROVINCE * 0.5 / 0.85) + 1


def served(env, pool, mean_minutes, draw):
    """One step of a dossier: wait for a person, then be worked on."""
    with pool.request() as request:
        yield request
        yield env.timeout(draw.expovariate(1 / mean_minutes))


def dossier(env, commune, province, totals, draw):
    """A dossier from filing to signature."""
    filed = env.now
    yield from served(env, commune.reception, RECEPTION_MINUTES, draw)
    yield from served(env, commune.specialist, SPECIALIST_MINUTES, draw)
    if draw.random() < SHARE_TO_PROVINCE:
        yield from served(env, province, PROVINCE_MINUTES, draw)
    yield from served(env, commune.leader, LEADER_MINUTES, draw)
    totals.finished += 1
    totals.elapsed_minutes += env.now - filed


def filings(env, commune, province, totals, draw):
    """Files dossiers at one commune for ever."""
    while True:
        yield env.timeout(draw.expovariate(FILINGS_PER_MINUTE))
        env.process(dossier(env, commune, province, totals, draw))


def run(communes: int, days: float, seed: int) -> Totals:
    """Runs the workload; returns what was counted."""
    env, draw, totals = simpy.Environment(), random.Random(seed), Totals()
    province = simpy.Resource(env, province_headcount(communes))
    for _ in range(communes):
        commune = Commune(simpy.Resource(env, 2), simpy.Resource(env, 4), simpy.Resource(env, 1))
        env.process(filings(env, commune, province, totals, draw))
    env.run(until=days * 24 * 60)
    return totals
