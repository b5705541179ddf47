"""A scenario of three made-up communes that tests change as they need."""

import copy
from typing import Any

from sim.scenario.schema import Scenario

TINY: dict[str, Any] = {
    "name": "tiny",
    "period": {"start": "2025-07-07", "end": "2025-07-20"},
    "seed": 1,
    "territory": {"synthetic": {"communes_per_province": 3}},
    "calendars": {
        "office": {"weekly": {"mon-fri": ["07:30-11:30", "13:30-17:00"]}},
        "signing": {"weekly": {"mon-fri": ["10:30-11:30"]}},
        "always": {"always_open": True},
    },
    "official_calendar": "office",
    "pools": {
        "reception": {"level": "commune", "headcount": 2, "calendar": "office"},
        "leader": {"level": "province", "headcount": 3, "calendar": "signing", "windows_within": "office"},
    },
    "systems": {
        "portal": {"hosted_at": "centre"},
        "dossiers": {"hosted_at": "province", "needs": ["portal"]},
    },
    "network": {
        "line": {"from": "commune", "to": "province", "bandwidth": "200 Mbps"},
        "trunk": {"from": "province", "to": "centre", "bandwidth": "10 Gbps", "latency": "5 ms"},
    },
    "channels": {
        "online": {"medium": "electronic", "in_person": False, "filing": "any_time"},
        "counter": {"medium": "paper", "in_person": True, "filing": "opening_hours"},
    },
    "demand": {
        "channel_shares": [{"shares": {"online": "40 %", "counter": "rest"}}],
        "opening_calendar": "office",
    },
    "rules": {"courier": {"calendar": "office", "time": "4 h"}},
    "groups": {"papers": {}},
    "procedures": {
        "permit": {
            "group": "papers",
            "deadline": "3 working days",
            "rate": {"per_1000_inhabitants_and_working_day": 2},
            "steps": {
                "desk": {
                    "pool": "reception",
                    "touch_time": {"exponential": {"mean": "10 min"}},
                    "needs": ["dossiers"],
                },
                "signature": {"pool": "leader", "touch_time": "3 min"},
            },
        }
    },
}


def tiny_scenario(**changes: Any) -> Scenario:
    """The scenario with changes; keys are paths with `__` between their parts."""
    data = copy.deepcopy(TINY)
    for path, value in changes.items():
        *parents, last = path.split("__")
        section = data
        for part in parents:
            section = section.setdefault(part, {})
        section[last] = value
    return Scenario.model_validate(data)
