"""Small offices run through the real program, with every step of every dossier in dates and hours."""

import datetime
from functools import partial
from typing import NamedTuple

from sim.control.start import start_control
from sim.engine.flow import run_flow
from sim.scenario.reader import load_text
from sim.world.arrays import LOG_FIELDS, MS_PER_DAY
from sim.world.build import build

DATE_TIME = "%Y-%m-%d %H:%M"

# Twenty dossiers a day in one part of the day, and more people than dossiers unless stated otherwise.
OFFICE = """
name: small_office
period: {{start: {start}, end: {end}}}
replications: 1
seed: 11
territory: {{synthetic: {{communes_per_province: 1, inhabitants_per_commune: 10000}}}}
calendars:
  office: {{weekly: {{mon-fri: ["07:30-11:30", "13:30-17:00"]}}}}
  always: {{always_open: true}}
official_calendar: office
pools:
  desk: {{level: commune, headcount: {people}, calendar: {calendar}, end_of_shift: {end_of_shift}}}
channels:
  online: {{medium: electronic, in_person: false, filing: any_time, hour_profile: {{"{filed}": 1}}}}
demand:
  channel_shares:
    - shares: {{online: 100 %}}
rules: {{cutoff: "15:00", supplement_limit: {supplement_limit}, clock_after_supplement: {clock}}}
groups:
  all: {{}}
procedures:
  request:
    group: all
    deadline: {deadline}
    rate: {{per_1000_inhabitants_and_working_day: 2.8}}
    steps: {steps}
"""

PLAIN = {
    "people": 200,
    "calendar": "office",
    "end_of_shift": "resume",
    "deadline": "none",
    "supplement_limit": "15 working days",
    "clock": "restart",
    "days": 20,
}


class Stamp(NamedTuple):
    """A row of the step log; the fields of sim.world.arrays.LOG_FIELDS, times since the first midnight."""

    event: int
    entered_ms: int
    started_ms: int
    ended_ms: int
    detail: int


def stamps_of_first_day(event: int, start: str, filed: str, steps: str, **options: object) -> list[Stamp]:
    """The log of one kind of event, for the dossiers filed on the first day, by number of the dossier."""
    settings = PLAIN | options
    end = datetime.date.fromisoformat(start) + datetime.timedelta(days=int(str(settings.pop("days"))))
    scenario = load_text(OFFICE.format(start=start, end=end, filed=filed, steps=steps, **settings)).base
    built = build(scenario)
    control = partial(start_control, plan=built.control_plan, seed=scenario.seed, replication=0)
    result = run_flow(built.world, scenario.seed, 0, control, logging=True)
    rows = [dict(zip(LOG_FIELDS, row, strict=True)) for row in result.log.tolist()]
    filed_at: dict[int, int] = {}
    for row in rows:
        filed_at.setdefault(row["dossier"], row["entered_ms"])
    chosen = [row for row in rows if row["event"] == event and filed_at[row["dossier"]] < MS_PER_DAY]
    assert chosen, "nothing was filed on the first day"
    return [
        Stamp(*(row[name] for name in Stamp._fields)) for row in sorted(chosen, key=lambda r: r["dossier"])
    ]


def ms_at(start: str, moment: str) -> int:
    """Milliseconds from the midnight of the first day to a moment such as "2025-07-07 09:00"."""
    midnight = datetime.datetime.fromisoformat(start)
    passed = datetime.datetime.strptime(moment, DATE_TIME) - midnight
    return passed // datetime.timedelta(milliseconds=1)
