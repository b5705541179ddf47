"""The two engines under every kind of outage at once: storms, power, vendors, crews, slow systems."""

from typing import Any

import pytest

from sim.engine.verify import verify
from sim.world.build import build
from tests.support.played import control_of
from tests.support.tiny_scenario import tiny_scenario

TRACK = [
    {"at": "2025-07-09 06:00", "latitude": 14.0, "longitude": 108.0, "radius_km": 120},
    {"at": "2025-07-09 18:00", "latitude": 16.5, "longitude": 108.0, "radius_km": 120},
]
HARD_TIMES: dict[str, Any] = {
    "territory": {"synthetic": {"provinces": 2, "communes_per_province": 3}},
    "systems__portal": {"hosted_at": "centre", "may_be_read_only": True, "slow_factor": 3},
    "systems__dossiers": {
        "hosted_at": "province",
        "needs": ["portal"],
        "may_be_read_only": True,
        "vendors": {"acme": {"names": ["Province 1"]}},
    },
    "network__radio": {
        "from": "commune",
        "to": "neighbour",
        "bandwidth": "300 kbps",
        "latency": "3 s",
        "carries": ["portal", "dossiers"],
    },
    "procedures__permit__steps__desk__writes": ["dossiers"],
    "crews": {"team": {"number": 1, "calendar": "office", "queue": "nearest"}},
    "outages": {
        "lines": {
            "links": ["line"],
            "random": {"time_between_failures": "40 h", "time_to_repair": "5 h", "crew": "team"},
        },
        "narrow": {
            "links": ["line", "trunk"],
            "effect": "slow",
            "bandwidth_left": "0.1 %",
            "random": {
                "time_between_failures": {"exponential": {"mean": "2 days"}},
                "time_to_repair": {"exponential": {"mean": "12 h"}},
                "together": "province",
            },
        },
        "crowd": {
            "systems": ["portal"],
            "effect": "slow",
            "planned": [{"at": "2025-07-08 09:00", "lasts": "30 h"}],
        },
        "copying": {
            "systems": ["portal"],
            "effect": "read_only",
            "planned": [{"at": "2025-07-10 08:00", "lasts": "7 h"}],
        },
        "release": {"vendor": "acme", "planned": [{"at": "2025-07-14 09:30", "lasts": "4 h"}]},
        "grid": {
            "sites": ["power"],
            "random": {
                "time_between_failures": {"exponential": {"mean": "60 h"}},
                "time_to_repair": {"exponential": {"mean": "6 h"}},
            },
        },
        "end": {"systems": ["portal"], "planned": [{"at": "2025-07-18 12:00", "lasts": "for_good"}]},
    },
    "storms": {
        "gale": {
            "track": TRACK,
            "hits": [
                {"sites": ["offices"], "where": {"levels": ["commune"]}, "share": "70 %", "lasts": "9 h"},
                {
                    "links": ["line"],
                    "share": {"at_centre": "90 %", "at_edge": "40 %"},
                    "lasts": "3 h",
                    "crew": "team",
                },
            ],
        }
    },
}


@pytest.mark.parametrize("replication", range(3))
@pytest.mark.parametrize("without", ["wait", "manual"])
def test_both_engines_agree_under_every_kind_of_outage(without: str, replication: int) -> None:
    scenario = tiny_scenario(**HARD_TIMES, procedures__permit__steps__desk__without=without)
    built = build(scenario)
    outcome = verify(
        built.world, scenario.seed, replication, control_of(built, scenario.seed, replication), built.names
    )
    assert outcome.first_difference is None
    assert outcome.dossiers_compared > 500
