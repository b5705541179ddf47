"""The two engines with problems, teams, outages, absences and functions of one's own at once."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pytest

from sim.control.dispatch import DispatchView, Team
from sim.control.environment import Steered, Steps
from sim.control.extensions import Extensions
from sim.control.own_steering import OwnSteering
from sim.control.start import start_control
from sim.control.tickets import Ticket
from sim.engine.verify import verify
from sim.scenario.schema import DISPATCH_RULES
from sim.world.build import build
from tests.support.ticket_record import TEAM, WAYS
from tests.support.tiny_scenario import tiny_scenario

HELP = {"solves": "30 %", "takes": {"exponential": {"mean": "20 min"}}}
LASTS = {"on_site": {"takes": {"exponential": {"mean": "1 h"}}}, "alone": {"exponential": {"mean": "20 h"}}}
OFTEN = {"rate": {"per_post_and_year": 60}}
TROUBLE: dict[str, Any] = {
    "territory__travel": {"roads_csv": WAYS},
    "pools__reception": {
        "level": "commune",
        "headcount": 2,
        "calendar": "office",
        "overtime": {
            "weekdays": "mon-fri",
            "hours": ["17:30-19:00"],
            "when_waiting_per_person": 2,
            "people": "50 %",
        },
    },
    "outages__lines": {
        "links": ["line"],
        "random": {
            "time_between_failures": {"exponential": {"mean": "30 h"}},
            "time_to_repair": {"exponential": {"mean": "5 h"}},
        },
    },
    "processes": {"lightning": {"where": {"levels": ["commune"]}, "parameters": {"mean_hours": 20}}},
    "support": {
        "problems": {
            "device": OFTEN | LASTS | {"effect": {"slower": 1.7, "holds": 1}, "hotline": HELP},
            "certificate": OFTEN | LASTS | {"effect": {"blocks": ["dossiers"]}, "video": HELP},
        },
        "hotline": {"agents": 1},
        "video": {"agents": 1, "calendar": "office"},
    },
}


def most_people_first(team: Team, tickets: tuple[Ticket, ...], view: DispatchView) -> Ticket | None:
    return max(tickets, key=lambda ticket: (view.waiting_at(ticket), view.inhabitants(ticket)))


def lightning(env: Steered, steering: OwnSteering, parameters: Mapping[str, Any]) -> Steps:
    """Takes a line and the power of a site down, and hinders its people, again and again."""
    number = 0
    while True:
        yield steering.wait(hours=steering.exponential(parameters["mean_hours"], "gap", number))
        site = steering.sites[int(steering.uniform("site", number) * len(steering.sites))]
        struck = steering.take_down(steering.components("line", "power", sites=[site]))
        shocked = steering.hinder([site], ["reception"], slower=2.0, holds=1)
        yield steering.wait(hours=2)
        steering.bring_back(struck)
        yield steering.wait(hours=1)
        steering.relieve(shocked)
        number += 1


OWN = Extensions({"most_people_first": most_people_first}, {"lightning": lightning})


@pytest.mark.parametrize("rule", [*DISPATCH_RULES, "most_people_first"])
def test_both_engines_agree_whatever_the_dispatch_rule(rule: str) -> None:
    scenario = tiny_scenario(
        **TROUBLE, support__teams={"mobile": TEAM | {"number": 2, "people": 2, "dispatch": rule}}
    )
    built = build(scenario, OWN.names)
    start = partial(start_control, plan=built.control_plan, seed=1, replication=0, extensions=OWN)
    outcome = verify(built.world, 1, 0, start, built.names)
    assert outcome.first_difference is None
    assert outcome.dossiers_compared > 300
