"""Support played with tickets at given hours, without an engine behind it."""

from typing import Any

from sim.control.dispatch import RULES, DispatchRule
from sim.control.hindrances import Hindrances
from sim.control.outages import Outages
from sim.control.staff import Staff
from sim.control.support import Support
from sim.control.tickets import Ticket
from sim.scenario.schema import Scenario, Table
from sim.world.arrays import MS_PER_HOUR
from sim.world.build import build
from sim.world.own_plan import OwnNames
from tests.support.control_record import StaffRecorder
from tests.support.tiny_scenario import tiny_scenario

ONE, TWO, THREE, BASE = "Commune 0001", "Commune 0002", "Commune 0003", "Province 1"
SITES = {BASE: 1, ONE: 2, TWO: 3, THREE: 4}
KM = (
    (BASE, ONE, 30),
    (BASE, TWO, 60),
    (BASE, THREE, 90),
    (ONE, TWO, 20),
    (ONE, THREE, 60),
    (TWO, THREE, 10),
)
WAYS = Table(
    file="ways.csv",
    columns=("from", "to", "km"),
    rows=tuple((start, end, str(km)) for start, end, km in KM),
    lines=tuple(range(2, 2 + len(KM))),
)
SLOW = {
    "rate": {"per_site_and_year": 1},
    "effect": {"slower": 2},
    "on_site": {"takes": "2 h"},
    "alone": "3 days",
}
"""A problem that only people on site can solve, in two hours."""
TEAM = {"number": 1, "calendar": "office", "speed_kmh": 30}


def supported(
    problems: dict[str, Any] | None = None, teams: dict[str, Any] | None = None, **support: Any
) -> Scenario:
    """The tiny scenario with support; one kind of problem and one team unless told otherwise."""
    own = {
        "problems": {"device": SLOW} if problems is None else problems,
        "teams": {"mobile": TEAM} if teams is None else teams,
    }
    return tiny_scenario(support=own | support, territory__travel={"roads_csv": WAYS})


class Settled:
    """What became of problems that arose at given hours: hour, site and, if there are several, kind."""

    def __init__(
        self,
        scenario: Scenario,
        *opened: tuple[Any, ...],
        rules: dict[str, DispatchRule] | None = None,
        waiting: Any = 0,
    ) -> None:
        self.built = build(scenario, OwnNames(dispatch=tuple(rules or ())))
        plan = self.built.control_plan
        self.env = StaffRecorder(self.built, waiting)
        outages = Outages(self.env, plan)
        outages.apply()
        self.at_start = self.env.people.copy(), self.env.stretch.copy(), self.env.reach.copy()
        kinds = {problem.name: problem for problem in plan.support.problems}
        self.tickets = []
        for number, (hour, name, *kind) in enumerate(opened):
            problem, site = kinds[kind[0]] if kind else plan.support.problems[0], SITES[name]
            effect = problem.effects[problem.sites.tolist().index(site)]
            self.tickets.append(Ticket(problem, effect, site, 7, number, round(hour * MS_PER_HOUR)))
        hindrances = Hindrances(Staff(self.env, plan.staff), outages)
        self.support = Support(self.env, plan.support, hindrances, RULES | (rules or {}))
        self.env.process(self.support.open_all(sorted(self.tickets, key=lambda each: each.opened_ms)))

    def until(self, hour: float) -> "Settled":
        """Runs on to an hour."""
        self.env.run(until=round(hour * MS_PER_HOUR))
        return self

    @property
    def solved(self) -> list[tuple[str, float]]:
        """By whom and at which hour each problem was solved, in the order given; -1 while it is open."""
        return [(each.solved_by, _hours(each.solved_ms) if each.solved_by else -1) for each in self.tickets]

    @property
    def ways(self) -> list[tuple[str, str, float, float, float]]:
        """From, to, left and arrived in hours, km, of all ways of teams."""
        name = {number: site for site, number in SITES.items()}
        return [
            (name[trip.start], name[trip.to], _hours(trip.left_ms), _hours(trip.arrived_ms), trip.km)
            for trip in self.support.trips
        ]


def _hours(ms: int) -> float:
    """Hours, to the second."""
    return round(ms / MS_PER_HOUR, 4)
