"""The tiny scenario with a roster at its counters."""

from pathlib import Path
from typing import Any

from sim.scenario.files import Files
from sim.scenario.schema import Scenario
from sim.scenario.schema.tables import READ_TABLE
from tests.support.tiny_scenario import TINY

ROSTER = """site,weekday,from,until,people,person
Commune 0001,mon-fri,07:30,11:30,2,
Commune 0001,mon-fri,09:00,12:00,1,Lan
Commune 0001,mon-fri,13:30,17:00,1,Lan
Commune 0001,sat,08:00,10:00,1,Minh
Commune 0001,2025-07-09,08:00,12:00,1,
"""


def rostered(folder: Path, text: str = ROSTER, **reception: Any) -> Scenario:
    """Three people at each counter, and a roster, written into a folder; `reception` changes that pool."""
    (folder / "roster.csv").write_text(text, encoding="utf-8")
    pools = TINY["pools"]
    pool = pools["reception"] | {"headcount": 3, "roster_csv": "roster.csv"} | reception
    data = TINY | {"pools": pools | {"reception": pool}}
    return Scenario.model_validate(data, context={READ_TABLE: Files(folder).table})
